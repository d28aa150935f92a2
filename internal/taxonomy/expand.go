package taxonomy

import (
	"slices"
	"strings"
	"sync"
)

// Query is a parsed search text. It must not be logged.
type Query struct {
	Text   string   // normalised, with corrected spelling, for names and headlines
	Types  []string // slugs of the professions named; empty means any. A title never leads to another profession
	Issues []string // slugs of the issues named; broader terms are not expanded (see List.Narrower)
	Found  []Found  // terms of the other lists ("emdr", "mandarin", "online")
	Words  []string // unknown words without stop words: names, places and others
}

// Found is a term of a list.
type Found struct {
	List string // List.Name
	Slug string
}

// Empty reports whether the text yielded nothing.
func (q Query) Empty() bool {
	return len(q.Types) == 0 && len(q.Issues) == 0 && len(q.Found) == 0 && len(q.Words) == 0
}

// Expand parses free text. It corrects spelling and then takes the longest known phrases from the left.
// A phrase may mean several terms ("porn": intimacy and screens). Stop words are dropped last, so "no
// friends" means loneliness although "no" means nothing.
func Expand(text string) Query {
	tokens := respell(Tokens(text))
	q := Query{Text: strings.Join(tokens, " ")}
	for _, u := range unitsOf(tokens) {
		if len(u.Found) == 0 {
			q.Words = append(q.Words, u.Text)
			continue
		}
		q.add(u.Found)
	}
	slices.SortFunc(q.Types, func(a, b string) int { return Types.Index(a) - Types.Index(b) })
	return q
}

// slightWords are abbreviations that are also plain English. In a sentence they mean nothing ("what did
// I do wrong"), alone they do ("DID", "ADD").
var slightWords = map[string]bool{
	"did": true, "add": true, "act": true, "play": true, "ice": true, "flat": true, "man": true, "guy": true,
	"single": true, "apps": true, "moving": true, "meaning": true, "purpose": true, "text": true, "private": true,
}

func (q *Query) add(found []Found) {
	for _, f := range found {
		switch f.List {
		case Types.Name:
			q.Types = appendNew(q.Types, f.Slug)
		case Issues.Name:
			q.Issues = appendNew(q.Issues, f.Slug)
		default:
			q.Found = appendNew(q.Found, f)
		}
	}
}

func appendNew[T comparable](list []T, item T) []T {
	if slices.Contains(list, item) {
		return list
	}
	return append(list, item)
}

// phrases maps every stemmed phrase to its meanings, and knows the longest phrase in tokens. A phrase
// without meanings is known and dropped.
type phrases struct {
	meaning map[string][]Found
	longest int
}

var allPhrases = sync.OnceValue(loadPhrases)

func loadPhrases() *phrases {
	p := &phrases{meaning: map[string][]Found{}}
	for _, text := range []string{"mental health", "wellbeing", "well being", "mental illness", "not sure", "near me"} {
		p.add(text)
	}
	for _, text := range neutralPhrases() {
		p.add(strings.Join(text, " "))
	}
	for _, l := range Lists() {
		if l != Identities && l != Types {
			p.addList(l)
		}
	}
	p.addTypes()
	return p
}

// addList adds the labels, slugs and synonyms of a list. Slugs count as phrases too
// ("trans-non-binary").
func (p *phrases) addList(l *List) {
	for _, t := range l.All() {
		found := Found{l.Name, t.Slug}
		label, _, _ := strings.Cut(t.Label, " (")
		p.add(label, found)
		p.add(t.Slug, found)
		for _, s := range t.Synonyms {
			p.add(s, found)
		}
	}
}

// addTypes adds the professions, then adds the profession to every longer phrase that ends with a
// protected title ("sports psychologist").
func (p *phrases) addTypes() {
	titles := map[string][]Found{}
	for word, slugs := range sharedTypeWords {
		for _, slug := range slugs {
			p.add(word, Found{Types.Name, slug})
		}
	}
	for _, t := range types() {
		if _, shared := sharedTypeWords[Normalise(t.Label)]; !shared {
			p.add(t.Label, Found{Types.Name, t.Slug})
		}
		for _, s := range t.Synonyms {
			p.add(s, Found{Types.Name, t.Slug})
		}
	}
	for _, title := range []string{"psychologist", "psychiatrist", "occupational therapist", "social worker"} {
		k := phraseKey(title)
		titles[k] = p.meaning[k]
	}
	for phrase, found := range p.meaning {
		if len(found) == 0 || slices.ContainsFunc(found, func(f Found) bool { return f.List == Types.Name }) {
			continue
		}
		for title, professions := range titles {
			if strings.HasSuffix(phrase, " "+title) {
				p.meaning[phrase] = append(slices.Clone(found), professions...)
			}
		}
	}
}

func (p *phrases) add(text string, found ...Found) {
	k := phraseKey(text)
	if k == "" {
		return
	}
	p.longest = max(p.longest, 1+strings.Count(k, " "))
	meaning := p.meaning[k]
	for _, f := range found {
		meaning = appendNew(meaning, f)
	}
	p.meaning[k] = meaning
}

func phraseKey(text string) string { return strings.Join(stems(respell(Tokens(text))), " ") }

// at finds the longest phrase at the start of tokens; n is 0 if there is none.
func (p *phrases) at(tokens []string) (n int, found []Found) {
	for n = min(p.longest, len(tokens)); n > 0; n-- {
		if found, ok := p.meaning[join(tokens[:n])]; ok {
			return n, found
		}
	}
	return 0, nil
}
