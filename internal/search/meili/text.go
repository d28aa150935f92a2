package meili

import (
	"cmp"
	"slices"
	"strings"

	meilisearch "github.com/meilisearch/meilisearch-go"

	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// reading is the text of a search as the embedded index understands it too: what the taxonomies know becomes
// conditions, so that "psychologist" is a profession and "anxiety" an issue in both engines. The rest (names, places,
// typos) is left to the engine.
type reading struct {
	units []taxonomy.Unit
	terms []string // a condition for each unit that was recognised
	words []string // the others
}

func read(text string) reading {
	var r reading
	if text == "" {
		return r
	}
	r.units = taxonomy.Units(text)
	for _, u := range r.units {
		if c := meaning(u); c != "" {
			r.terms = append(r.terms, c)
		} else {
			r.words = append(r.words, strings.Fields(u.Text)...)
		}
	}
	return r
}

// meaning is a recognised unit as a condition: any of its terms, narrower issues with them, or the same word as a name
// ("French"). It is "" for a word that no filter knows.
func meaning(u taxonomy.Unit) string {
	by := map[string][]string{}
	for _, t := range u.Found {
		slugs := []string{t.Slug}
		if t.List == taxonomy.Issues.Name {
			slugs = taxonomy.Issues.Narrower(t.Slug)
		}
		for _, slug := range slugs {
			if _, ok := search.FacetIndex(t.List, slug); ok && !slices.Contains(by[t.List], slug) {
				by[t.List] = append(by[t.List], slug)
			}
		}
	}
	if len(by) == 0 {
		return ""
	}
	var any []string
	for _, group := range sortedKeys(by) {
		any = append(any, oneOf(group, by[group]))
	}
	if !strings.Contains(u.Text, " ") {
		any = append(any, oneOf(atNames, []string{u.Text}))
	}
	return either(any)
}

// attempt is one way to query a text: its words, and how many of its terms must be met.
type attempt struct {
	words    string
	strategy meilisearch.MatchingStrategy
	filter   string
	met      int // units met, at least
	partial  bool
}

// full asks for all words and terms.
func (r reading) full() attempt {
	return attempt{words: strings.Join(r.words, " "), strategy: meilisearch.All,
		filter: strings.Join(r.terms, " AND "), met: len(r.words) + len(r.terms)}
}

// mostWays bounds the conditions of atLeast.
const mostWays = 40

// relaxed lists the weaker attempts, those that meet the most units first.
func (r reading) relaxed() []attempt {
	var out []attempt
	add := func(words string, strategy meilisearch.MatchingStrategy, met, terms int) {
		if filter, ok := atLeast(terms, r.terms); ok {
			out = append(out, attempt{words, strategy, filter, met + terms, true})
		}
	}
	all := strings.Join(r.words, " ")
	for k := len(r.terms); k >= 0; k-- {
		if len(r.words) > 0 && k < len(r.terms) {
			add(all, meilisearch.All, len(r.words), k)
		}
		if len(r.words) > 1 {
			add(all, meilisearch.Last, 1, k)
		}
		if k > 0 && (len(r.words) > 0 || k < len(r.terms)) {
			add("", meilisearch.All, 0, k)
		}
	}
	slices.SortStableFunc(out, func(a, b attempt) int { return cmp.Compare(b.met, a.met) })
	return out
}

// atLeast is the condition that k of the terms are met; ok is false if it is too long.
func atLeast(k int, terms []string) (filter string, ok bool) {
	if k == 0 {
		return "", true
	}
	if k == len(terms) {
		return strings.Join(terms, " AND "), true
	}
	var ways []string
	var choose func(from int, chosen []string) bool
	choose = func(from int, chosen []string) bool {
		if len(chosen) == k {
			ways = append(ways, "("+strings.Join(chosen, " AND ")+")")
			return len(ways) <= mostWays
		}
		for i := from; i <= len(terms)-(k-len(chosen)); i++ {
			if !choose(i+1, append(slices.Clone(chosen), terms[i])) {
				return false
			}
		}
		return true
	}
	if !choose(0, nil) {
		return "", false
	}
	return either(ways), true
}
