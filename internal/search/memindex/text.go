package memindex

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// alternative is one way to meet a unit of the text: a word of the profiles, or a term of a taxonomy, which
// is a filter value.
type alternative struct {
	isTerm bool
	word   int32  // of a word: its number in the vocabulary
	value  int    // of a term: its place in the table's values
	reason string // of a term: why it shows a result
	typos  int
}

// unit is a word or phrase of the text with its alternatives and the therapists who meet it.
type unit struct {
	alternatives []alternative
	met          bitset
	fit          []uint8 // by slot, how well the best alternative fits; unmet for none, lower is better
}

const unmet = 0

// fitOf orders fits by typos, then by field.
func fitOf(typos int, field uint8) uint8 { return uint8(typos)<<2 | field + 1 }

func fitField(fit uint8) uint8 { return (fit - 1) & 3 }
func fitTypos(fit uint8) uint8 { return (fit - 1) >> 2 }

// text is the words of a search with the therapists who meet them.
type text struct {
	units   []unit
	met     bitset // those who meet the most units
	partial bool   // no one meets all of them
}

// find looks among all therapists for those who meet every unit of a text or, where there is none, the most
// units. Filters do not matter here, so that the counts of different filters can be compared. It returns nil
// for a text without meaning (stop words only) and for words of danger that no one meets: these never lead to
// an empty page.
func (t *table) find(q string) *text {
	out := &text{}
	for _, u := range taxonomy.Units(q) {
		out.units = append(out.units, t.meet(t.alternatives(u)))
	}
	if len(out.units) == 0 {
		return nil
	}
	out.met = slices.Clone(t.live)
	for _, u := range out.units {
		out.met.and(u.met)
	}
	if out.met.size() > 0 {
		return out
	}
	most := out.meetMost(t)
	if _, risk := taxonomy.Crisis(q); risk && most == 0 {
		return nil
	}
	out.partial = most > 0
	return out
}

// meetMost sets met to those who meet the most units, and returns how many that is.
func (x *text) meetMost(t *table) (most int) {
	for slot := range t.live.slots() {
		n := 0
		for _, u := range x.units {
			if u.fit[slot] != unmet {
				n++
			}
		}
		if n > most {
			most = n
			clear(x.met)
		}
		if n == most && n > 0 {
			x.met.add(slot)
		}
	}
	return most
}

// meet finds the therapists who meet a unit.
func (t *table) meet(alternatives []alternative) unit {
	u := unit{alternatives, make(bitset, len(t.live)), make([]uint8, len(t.ids))}
	set := func(slot int, fit uint8) {
		if u.fit[slot] == unmet || fit < u.fit[slot] {
			u.fit[slot] = fit
		}
		u.met.add(slot)
	}
	for _, a := range alternatives {
		if a.isTerm {
			for slot := range t.values[a.value].slots() {
				set(slot, fitOf(a.typos, inTerms))
			}
			continue
		}
		for _, p := range t.words.words[a.word].postings {
			set(p.slot(), fitOf(a.typos, p.field()))
		}
	}
	return u
}

// rank orders results: fewer typos first, then better fields.
func (x *text) rank(slot int) (rank float64) {
	for _, u := range x.units {
		if fit := u.fit[slot]; fit != unmet {
			rank += float64(fitTypos(fit))*1000 + float64(fitField(fit))
		}
	}
	return rank
}

// reasons says why the words found a therapist: the best alternative of each unit.
func (t *table) reasons(x *text, slot int) (out []string) {
	for _, u := range x.units {
		fit := u.fit[slot]
		if fit == unmet {
			continue
		}
		for _, a := range u.alternatives {
			if t.fit(a, slot) != fit {
				continue
			}
			if reason := t.reason(a, slot, fitField(fit)); !slices.Contains(out, reason) {
				out = append(out, reason)
			}
			break
		}
	}
	return out
}

// fit is how well a therapist meets an alternative.
func (t *table) fit(a alternative, slot int) uint8 {
	if a.isTerm {
		if t.values[a.value].has(slot) {
			return fitOf(a.typos, inTerms)
		}
		return unmet
	}
	w := &t.words.words[a.word]
	if i, ok := w.at(slot); ok {
		return fitOf(a.typos, w.postings[i].field())
	}
	return unmet
}

func (t *table) reason(a alternative, slot int, field uint8) string {
	if a.isTerm {
		return a.reason
	}
	switch field {
	case inName:
		return search.FoundByName
	case inTerms:
		return "Practises in " + t.profiles[slot].Suburb
	case inHeadline:
		return "Says “" + t.words.words[a.word].text + "” in the headline"
	}
	return "Says “" + t.words.words[a.word].text + "” in the profile"
}

// alternatives lists the ways to meet a unit. A recognised phrase means its terms, and the same word in a
// profile's text. Typos are forgiven in any other word, in profiles and taxonomies alike.
func (t *table) alternatives(u taxonomy.Unit) (out []alternative) {
	if len(u.Found) > 0 {
		out = terms(u.Found, 0)
		if n, ok := t.words.byText[u.Text]; ok {
			out = append(out, alternative{word: n})
		}
		return out
	}
	for _, s := range t.words.similar(u.Text) {
		out = append(out, alternative{word: s.word, typos: s.typos})
	}
	known := dictionary()
	for _, s := range known.similar(u.Text) {
		if s.typos > 0 {
			out = append(out, terms(taxonomy.Units(known.words[s.word].text)[0].Found, s.typos)...)
		}
	}
	return out
}

// terms lists recognised terms, and the narrower issues of an issue, as filter values.
func terms(found []taxonomy.Found, typos int) (out []alternative) {
	for _, f := range found {
		slugs := []string{f.Slug}
		if f.List == taxonomy.Issues.Name {
			slugs = taxonomy.Issues.Narrower(f.Slug)
		}
		for _, slug := range slugs {
			if value, ok := search.FacetIndex(f.List, slug); ok {
				reason := search.ReasonText(f.List, slug)
				out = append(out, alternative{isTerm: true, value: value, reason: reason, typos: typos})
			}
		}
	}
	return out
}

// dictionary is every single word of at least four letters that is a whole phrase of a taxonomy.
var dictionary = sync.OnceValue(func() *vocabulary {
	v := newVocabulary()
	for _, l := range taxonomy.Lists() {
		for _, t := range l.All() {
			for _, phrase := range append([]string{t.Label}, t.Synonyms...) {
				v.learn(phrase)
			}
		}
	}
	v.learn("psychologist")
	return v
})

func (v *vocabulary) learn(phrase string) {
	phrase = taxonomy.Normalise(phrase)
	units := taxonomy.Units(phrase)
	if len(units) != 1 || units[0].Text != phrase || len(units[0].Found) == 0 {
		return
	}
	_, known := v.byText[phrase]
	if !known && utf8.RuneCountInString(phrase) >= 4 && !strings.Contains(phrase, " ") {
		v.allowTypos(v.add(word{text: phrase}))
	}
}
