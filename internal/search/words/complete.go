package words

import (
	"context"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"wattle/internal/region"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// Completion is one way to go on with what is being typed into the search box.
type Completion struct {
	Group string // "issue", "type", "place", "person" or "crisis"
	Label string
	Note  string // who a person is
	Text  string // what the box says once it is chosen; "" for a person
	Slug  string // of a person's profile
}

// The most completions in all, and the fewest letters that are worth completing.
const (
	MaxCompletions   = 8
	fewestLetters    = 2
	completionsEach  = 3
	lettersForCrisis = 4
)

// Complete offers ways to finish a text: issues, professions, suburbs for its last words, and listed
// people for all of it. Words of danger are completed to the crisis page and to nothing else. The
// text must not be logged. It makes no SQL while the read model is fresh.
func Complete(ctx context.Context, s *search.Service, text string) ([]Completion, error) {
	if utf8.RuneCountInString(text) > search.MaxQuery {
		return nil, nil
	}
	out, danger := completeWords(text)
	if danger {
		return []Completion{{Group: "crisis", Label: "Crisis help: people who answer now"}}, nil
	}
	people, err := completeNames(ctx, s, text)
	if err != nil {
		return nil, err
	}
	return append(out[:min(len(out), MaxCompletions-len(people))], people...), nil
}

func completeNames(ctx context.Context, s *search.Service, text string) ([]Completion, error) {
	prefix := taxonomy.Normalise(text)
	if utf8.RuneCountInString(prefix) < fewestLetters {
		return nil, nil
	}
	found, err := s.Named(ctx, prefix, completionsEach)
	var out []Completion
	for _, v := range found {
		note := v.Title() + ", " + v.Suburb + " " + strings.ToUpper(v.State)
		out = append(out, Completion{Group: "person", Label: v.Name(), Note: note, Slug: v.Slug})
	}
	return out, err
}

// completeWords completes the last words of a text, as many of them as begin something. danger says
// that the text is, or is becoming, one that belongs to the crisis page.
func completeWords(text string) (out []Completion, danger bool) {
	if _, danger := taxonomy.Crisis(text); danger {
		return nil, true
	}
	typed := strings.Fields(text)
	for from := max(0, len(typed)-4); from < len(typed) && len(out) == 0; from++ {
		prefix := taxonomy.Normalise(strings.Join(typed[from:], " "))
		if utf8.RuneCountInString(prefix) < fewestLetters || from > 0 && taxonomy.StopWord(prefix) {
			continue
		}
		head := strings.Join(typed[:from], " ")
		terms, danger := termsFrom(prefix)
		if danger {
			return nil, true
		}
		for _, p := range placesFrom(prefix) {
			terms = append(terms, Completion{Group: "place", Label: p.Label()})
		}
		for _, c := range terms {
			c.Text = strings.TrimSpace(head + " " + c.Label)
			out = append(out, c)
		}
	}
	return out, false
}

// placesFrom lists the suburbs that begin so, also where a state has been begun after the name.
func placesFrom(prefix string) []region.Place {
	if found := region.Suggest(prefix, completionsEach); len(found) > 0 {
		return found
	}
	name := prefix[:max(0, strings.LastIndexByte(prefix, ' '))]
	var out []region.Place
	for _, p := range region.Find(name, "") {
		if len(out) < completionsEach && strings.HasPrefix(taxonomy.Normalise(p.Label()), prefix) {
			out = append(out, p)
		}
	}
	return out
}

// start is a beginning by which a term is found; better starts have a lower rank.
type start struct {
	key   string
	group string
	slug  string
	rank  int
}

// starts are the labels, the words of labels and the synonyms of issues and professions, sorted.
var starts = sync.OnceValue(func() []start {
	var out []start
	for _, l := range []*taxonomy.List{taxonomy.Issues, taxonomy.Types} {
		for _, t := range l.All() {
			label := taxonomy.Normalise(t.Label)
			out = append(out, start{label, l.Name, t.Slug, 0})
			for i := strings.IndexByte(label, ' '); i >= 0; {
				out = append(out, start{label[i+1:], l.Name, t.Slug, 1})
				next := strings.IndexByte(label[i+1:], ' ')
				if next < 0 {
					break
				}
				i += 1 + next
			}
			for _, s := range t.Synonyms {
				out = append(out, start{taxonomy.Normalise(s), l.Name, t.Slug, 2})
			}
		}
	}
	slices.SortFunc(out, func(a, b start) int { return strings.Compare(a.key, b.key) })
	return out
})

// termsFrom lists the issues and professions that begin so, the best first. An issue of danger is
// never offered; four letters into one, where nothing else begins so, or in its second word, the crisis page is.
func termsFrom(prefix string) (out []Completion, danger bool) {
	all := starts()
	i, _ := slices.BinarySearchFunc(all, prefix, func(s start, p string) int { return strings.Compare(s.key, p) })
	var found []start
	for ; i < len(all) && strings.HasPrefix(all[i].key, prefix); i++ {
		found = append(found, all[i])
	}
	slices.SortStableFunc(found, func(a, b start) int { return a.rank - b.rank })
	each := map[string]int{}
	for _, s := range found {
		if t, ok := taxonomy.Issues.BySlug(s.slug); ok && s.group == "issue" && t.Panel != taxonomy.PanelNone {
			danger = true
			continue
		}
		c := Completion{Group: s.group, Label: search.Label(s.group, s.slug)}
		if each[s.group] < completionsEach && !slices.Contains(out, c) {
			out = append(out, c)
			each[s.group]++
		}
	}
	slices.SortStableFunc(out, func(a, b Completion) int { return strings.Compare(a.Group, b.Group) })
	saysNothing := !slices.ContainsFunc(strings.Fields(prefix), func(w string) bool { return !taxonomy.StopWord(w) })
	return out, danger && (len(out) == 0 || strings.Contains(prefix, " ")) && len(prefix) >= lettersForCrisis && !saysNothing
}
