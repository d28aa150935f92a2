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

// Completion is one suggestion for the text in the search box.
type Completion struct {
	Group string // "issue", "type", "place", "person" or "crisis"
	Label string
	Note  string // a person's title and suburb
	Text  string // the search box's text once it is chosen; "" for a person
	Slug  string // a person's profile
}

// Limits of completion.
const (
	MaxCompletions   = 8 // in total
	minLetters       = 2 // shorter prefixes are not completed
	maxPerGroup      = 3
	minCrisisLetters = 4
)

// Complete suggests issues and professions that start with the last words of the text, suburbs
// likewise, and listed people whose name starts with the whole text. Text about danger gets the crisis
// page and nothing else. Never log the text. Complete runs no SQL while the read model is fresh.
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
	if utf8.RuneCountInString(prefix) < minLetters {
		return nil, nil
	}
	found, err := s.Named(ctx, prefix, maxPerGroup)
	var out []Completion
	for _, v := range found {
		note := v.Title() + ", " + v.Suburb + " " + strings.ToUpper(v.State)
		out = append(out, Completion{Group: "person", Label: v.Name(), Note: note, Slug: v.Slug})
	}
	return out, err
}

// completeWords completes the last words of the text, preferring the longest run of words that starts a
// term. danger is true when the text is, or is about to become, one for the crisis page.
func completeWords(text string) (out []Completion, danger bool) {
	if _, danger := taxonomy.Crisis(text); danger {
		return nil, true
	}
	typed := strings.Fields(text)
	for from := max(0, len(typed)-4); from < len(typed) && len(out) == 0; from++ {
		prefix := taxonomy.Normalise(strings.Join(typed[from:], " "))
		if utf8.RuneCountInString(prefix) < minLetters || from > 0 && taxonomy.StopWord(prefix) {
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

// placesFrom lists suburbs that start with prefix. The prefix may continue into the state: "newtown n".
func placesFrom(prefix string) []region.Place {
	if found := region.Suggest(prefix, maxPerGroup); len(found) > 0 {
		return found
	}
	name := prefix[:max(0, strings.LastIndexByte(prefix, ' '))]
	var out []region.Place
	for _, p := range region.Find(name, "") {
		if len(out) < maxPerGroup && strings.HasPrefix(taxonomy.Normalise(p.Label()), prefix) {
			out = append(out, p)
		}
	}
	return out
}

// start is a prefix key of a term. Lower ranks are better matches.
type start struct {
	key   string
	group string
	slug  string
	rank  int
}

// starts holds the labels of issues and professions, every word suffix of a label, and the synonyms,
// sorted by key for binary search.
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

// termsFrom lists the issues and professions that start with prefix, best first. An issue about danger
// is never suggested; instead danger is true once the prefix has four letters and either nothing else
// matches or it has reached a second word.
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
		if each[s.group] < maxPerGroup && !slices.Contains(out, c) {
			out = append(out, c)
			each[s.group]++
		}
	}
	slices.SortStableFunc(out, func(a, b Completion) int { return strings.Compare(a.Group, b.Group) })
	onlyStopWords := !slices.ContainsFunc(strings.Fields(prefix), func(w string) bool { return !taxonomy.StopWord(w) })
	longEnough := len(prefix) >= minCrisisLetters && (len(out) == 0 || strings.Contains(prefix, " "))
	return out, danger && longEnough && !onlyStopWords
}
