package scan

import (
	"math/bits"
	"slices"
	"sync"
	"unicode/utf8"

	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// alternative is one way to meet a unit of the query: a word of the profiles, or a taxonomy's term,
// which is bits.
type alternative struct {
	term  int // -1 for a place
	place int // of a term's bits in a row
	list  string
	slug  string
	away  int // typos
}

// found is what the words of a query found.
type found struct {
	units   [][]alternative
	match   []uint64 // by block: who has the most units
	got     []uint8  // units met, by slot
	worse   []uint32 // typos and fields, by slot; less is better
	best    []uint8  // of the unit at hand
	most    int
	partial bool
}

const unmet = 255

// find looks for everybody who has all units of the text, or where nobody has, for those who have
// the most; it looks among all therapists, whatever else is asked, so that counts beside the other
// filters stay comparable. It is nil when the text says nothing (stop words only).
func (x *Index) find(text string, f *found) *found {
	f.units = x.understand(text, f.units[:0])
	if len(f.units) == 0 {
		return nil
	}
	n := len(x.who)
	f.got, f.worse, f.best = sized(f.got, n), sized(f.worse, n), sized(f.best, n)
	f.match = sized(f.match, len(x.live))
	for _, unit := range f.units {
		for i := range f.best {
			f.best[i] = unmet
		}
		for _, a := range unit {
			x.mark(a, f.best)
		}
		for i, b := range f.best {
			if b != unmet {
				f.got[i]++
				f.worse[i] += uint32(b>>2)<<16 | uint32(b&3)
			}
		}
	}
	f.choose(x)
	if _, risk := taxonomy.Crisis(text); risk && f.most == 0 {
		return nil // words of danger never lead to an empty page
	}
	return f
}

// sized is a zeroed slice of n, in old's memory where it fits.
func sized[T any](old []T, n int) []T {
	if cap(old) < n {
		return make([]T, n, n+n/8)
	}
	old = old[:n]
	clear(old)
	return old
}

// mark notes who is reached by an alternative, and how well: typos, then field.
func (x *Index) mark(a alternative, best []uint8) {
	away := uint8(a.away) << 2
	if a.term >= 0 {
		for _, p := range x.text.terms[a.term].postings {
			best[p>>2] = min(best[p>>2], away|uint8(p&3))
		}
		return
	}
	for b, live := range x.live {
		for m := x.bits[b*x.stride+a.place] & live; m != 0; m &= m - 1 {
			i := b*blockSize + bits.TrailingZeros64(m)
			best[i] = min(best[i], away|inTerms)
		}
	}
}

// choose keeps those who have the most units.
func (f *found) choose(x *Index) {
	f.most = 0
	for b, live := range x.live {
		for m := live; m != 0; m &= m - 1 {
			f.most = max(f.most, int(f.got[b*blockSize+bits.TrailingZeros64(m)]))
		}
	}
	f.partial = f.most > 0 && f.most < len(f.units)
	if f.most == 0 {
		return
	}
	for b, live := range x.live {
		for m := live; m != 0; m &= m - 1 {
			if i := bits.TrailingZeros64(m); int(f.got[b*blockSize+i]) == f.most {
				f.match[b] |= 1 << i
			}
		}
	}
}

// rank orders those who match: fewer typos, then better fields.
func (f *found) rank(slot int32) uint32 { return f.worse[slot] }

// understand turns text into units and each unit into its alternatives. A known term is taken as
// written; any other word is forgiven its typos, in profiles and in the taxonomy alike.
func (x *Index) understand(text string, units [][]alternative) [][]alternative {
	for _, u := range taxonomy.Units(text) {
		var alts []alternative
		if len(u.Found) == 0 {
			alts = x.spelt(u.Text)
		} else {
			alts = x.known(u)
		}
		units = append(units, alts)
	}
	return units
}

// known is a recognised phrase: its terms, narrower issues with them, and the same word in a
// profile's text, unless it names a profession.
func (x *Index) known(u taxonomy.Unit) []alternative {
	alts := meanings(u.Found, 0)
	if i, ok := x.text.byText[u.Text]; ok {
		alts = append(alts, alternative{term: i})
	}
	return alts
}

// spelt is a word that no taxonomy knows.
func (x *Index) spelt(word string) []alternative {
	var alts []alternative
	x.text.near(word, func(term, away int) { alts = append(alts, alternative{term: term, away: away}) })
	theBook().near(word, func(i, away int) {
		if away > 0 {
			alts = append(alts, meanings(taxonomy.Units(theBook().terms[i].text)[0].Found, away)...)
		}
	})
	return alts
}

// meanings are the bits of recognised terms. "Psychologist" comes as professions, so that it never
// reaches anybody by text.
func meanings(terms []taxonomy.Found, away int) []alternative {
	var out []alternative
	for _, t := range terms {
		slugs := []string{t.Slug}
		if t.List == taxonomy.Issues.Name {
			slugs = taxonomy.Issues.Narrower(t.Slug)
		}
		for _, slug := range slugs {
			if p, ok := search.FacetIndex(t.List, slug); ok {
				out = append(out, alternative{term: -1, place: p, list: t.List, slug: slug, away: away})
			}
		}
	}
	return out
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
		w.byText[text] = len(w.terms)
		for len(w.byLen) <= n {
			w.byLen = append(w.byLen, nil)
		}
		w.byLen[n] = append(w.byLen[n], int32(len(w.terms)))
		w.terms = append(w.terms, term{text: text, letters: letters(text), length: n})
	}
}

// why gives the best reason for each unit that a therapist meets.
func (f *found) why(x *Index, slot int) []string {
	var out []string
	for _, unit := range f.units {
		best, way := uint8(unmet), alternative{}
		for _, a := range unit {
			if b := x.meets(a, slot); b < best {
				best, way = b, a
			}
		}
		if best == unmet {
			continue
		}
		if text := x.says(way, slot, int(best&3)); !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// meets says how well a therapist meets an alternative: typos, then field.
func (x *Index) meets(a alternative, slot int) uint8 {
	away := uint8(a.away) << 2
	if a.term < 0 {
		if x.bits[slot/blockSize*x.stride+a.place]>>(slot%blockSize)&1 == 1 {
			return away | inTerms
		}
		return unmet
	}
	postings := x.text.terms[a.term].postings
	i, _ := slices.BinarySearch(postings, uint32(slot)<<2)
	if i == len(postings) || postings[i]>>2 != uint32(slot) {
		return unmet
	}
	return away | uint8(postings[i]&3)
}

// says puts a reason in plain words.
func (x *Index) says(a alternative, slot, field int) string {
	if a.term < 0 {
		return search.ReasonText(a.list, a.slug)
	}
	switch field {
	case inName:
		return search.FoundByName
	case inTerms:
		return "Practises in " + x.who[slot].Suburb
	case inHeadline:
		return "Says “" + x.text.terms[a.term].text + "” in the headline"
	}
	return "Says “" + x.text.terms[a.term].text + "” in the profile"
}
