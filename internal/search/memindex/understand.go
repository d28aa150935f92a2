package memindex

import (
	"slices"
	"sync"
	"unicode/utf8"

	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// alternative is one way to meet a unit of the query: a word of the profiles, or a taxonomy's term,
// which is a set.
type alternative struct {
	term  int32 // -1 for a place
	place int   // of a term's set
	list  string
	slug  string
	away  uint8 // typos
}

// understand turns text into units and each unit into its alternatives. A known term is taken as
// written; any other word is forgiven its typos, in profiles and in the taxonomy alike. units is
// memory.
func (t *table) understand(text string, units [][]alternative) [][]alternative {
	units = units[:0]
	for _, u := range taxonomy.Units(text) {
		if len(units) < cap(units) {
			units = units[:len(units)+1]
		} else {
			units = append(units, nil)
		}
		unit := &units[len(units)-1]
		if len(u.Found) == 0 {
			*unit = t.spelt((*unit)[:0], u.Text)
		} else {
			*unit = t.known((*unit)[:0], u)
		}
	}
	return units
}

// known is a recognised phrase: its terms, narrower issues with them, and the same word in a
// profile's text, unless it names a profession.
func (t *table) known(unit []alternative, u taxonomy.Unit) []alternative {
	unit = meanings(unit, u.Found, 0)
	if i, ok := t.text.byText[u.Text]; ok {
		unit = append(unit, alternative{term: i})
	}
	return unit
}

// spelt is a word that no taxonomy knows.
func (t *table) spelt(unit []alternative, word string) []alternative {
	unit = t.text.near(unit, word)
	book := theBook()
	mine := len(unit)
	unit = book.near(unit, word)
	var memory [4]alternative
	learnt := append(memory[:0], unit[mine:]...)
	unit = unit[:mine]
	for _, a := range learnt {
		if a.away > 0 {
			unit = meanings(unit, taxonomy.Units(book.terms[a.term].text)[0].Found, a.away)
		}
	}
	return unit
}

// meanings appends the sets of recognised terms. "Psychologist" comes as professions, so that it
// never reaches anybody by text.
func meanings(unit []alternative, terms []taxonomy.Found, away uint8) []alternative {
	for _, f := range terms {
		if f.List != taxonomy.Issues.Name {
			unit = meaning(unit, f.List, f.Slug, away)
			continue
		}
		for _, slug := range taxonomy.Issues.Narrower(f.Slug) {
			unit = meaning(unit, f.List, slug, away)
		}
	}
	return unit
}

func meaning(unit []alternative, list, slug string, away uint8) []alternative {
	if p, ok := search.FacetIndex(list, slug); ok {
		unit = append(unit, alternative{term: -1, place: p, list: list, slug: slug, away: away})
	}
	return unit
}

// theBook holds every single word of the taxonomies that a typo may reach.
var theBook = sync.OnceValue(func() *words {
	w := newWords()
	for _, l := range taxonomy.Lists() {
		for _, t := range l.All() {
			w.learn(t.Label)
			for _, s := range t.Synonyms {
				w.learn(s)
			}
		}
	}
	w.learn("psychologist")
	return w
})

// learn enters a word that is a whole phrase of the taxonomy.
func (w *words) learn(text string) {
	text = taxonomy.Normalise(text)
	units := taxonomy.Units(text)
	if _, ok := w.byText[text]; ok || len(units) != 1 || units[0].Text != text || len(units[0].Found) == 0 {
		return
	}
	if n := utf8.RuneCountInString(text); n >= 4 && !slices.Contains([]byte(text), ' ') {
		i := int32(len(w.terms))
		w.byText[text] = i
		w.terms = append(w.terms, term{text: text})
		w.shelve(i)
	}
}
