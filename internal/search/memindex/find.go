package memindex

import (
	"math/bits"
	"slices"

	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// found is what the words of a query found.
type found struct {
	units   [][]alternative
	met     [][]uint64 // by unit: who meets it
	match   []uint64   // who meets the most units
	most    int
	partial bool
	worse   []uint32 // typos and fields of those found, by slot; less is better
	best    []uint8  // of the unit at hand, by slot; unmet between searches
	counter [][]uint64
	list    []uint32
}

const unmet = 255

// find looks for everybody who has all units of the text, or where nobody has, for those who have
// the most; it looks among all therapists, whatever else is asked, so that counts beside the other
// filters stay comparable. It is false when the text says nothing (stop words only).
func (f *found) find(t *table, text string) bool {
	f.units = t.understand(text, f.units)
	if len(f.units) == 0 {
		return false
	}
	n := len(t.live)
	for len(f.met) < len(f.units) {
		f.met = append(f.met, nil)
	}
	for i, unit := range f.units {
		f.met[i] = empty(f.met[i], n)
		for _, a := range unit {
			f.reach(t, a, f.met[i])
		}
	}
	f.choose(t, f.met[:len(f.units)])
	if _, risk := taxonomy.Crisis(text); risk && f.most == 0 {
		return false // words of danger never lead to an empty page
	}
	return true
}

// reach adds whom an alternative reaches.
func (f *found) reach(t *table, a alternative, set []uint64) {
	if a.term < 0 {
		or(set, t.value[a.place])
		return
	}
	f.list = t.text.terms[a.term].unpack(f.list[:0])
	for _, p := range f.list {
		set[p>>8] |= 1 << (p >> 2 & 63)
	}
}

// choose keeps those who have the most units. Where nobody has all, units are counted for everybody
// at once: the sets of counter are the digits, in twos, of how many each has.
func (f *found) choose(t *table, met [][]uint64) {
	f.match = append(f.match[:0], t.live...)
	for _, m := range met {
		and(f.match, f.match, m)
	}
	f.most, f.partial = len(met), false
	if size(f.match) > 0 {
		return
	}
	digits := bits.Len(uint(len(met)))
	for len(f.counter) < digits {
		f.counter = append(f.counter, nil)
	}
	for d := range digits {
		f.counter[d] = empty(f.counter[d], len(t.live))
	}
	for _, m := range met {
		for w, carry := range m {
			for d := 0; carry != 0; d++ {
				f.counter[d][w], carry = f.counter[d][w]^carry, f.counter[d][w]&carry
			}
		}
	}
	f.most = 0
	copy(f.match, t.live)
	for d := digits - 1; d >= 0; d-- {
		and(f.counter[d], f.counter[d], f.match)
		if size(f.counter[d]) > 0 {
			copy(f.match, f.counter[d])
			f.most |= 1 << d
		}
	}
	if f.most == 0 {
		clear(f.match)
	}
	f.partial = f.most > 0
}

// rank notes of everybody in a set how well they are met: fewer typos, then better fields.
func (f *found) rank(t *table, set []uint64, slots []int32) {
	f.worse = sized(f.worse, len(t.ids))
	if len(f.best) < len(t.ids) {
		f.best = make([]uint8, len(t.ids)+len(t.ids)/8)
		for i := range f.best {
			f.best[i] = unmet
		}
	}
	for _, slot := range slots {
		f.worse[slot] = 0
	}
	for _, unit := range f.units {
		for _, a := range unit {
			f.mark(t, a, set, slots)
		}
		for _, slot := range slots {
			if b := f.best[slot]; b != unmet {
				f.worse[slot] += uint32(b>>2)<<16 | uint32(b&3)
				f.best[slot] = unmet
			}
		}
	}
}

// mark notes who of a set is reached by an alternative, and how well: typos, then field.
func (f *found) mark(t *table, a alternative, set []uint64, slots []int32) {
	away := a.away << 2
	if a.term < 0 {
		value := t.value[a.place]
		for _, slot := range slots {
			if isIn(value, slot) {
				f.best[slot] = min(f.best[slot], away|inTerms)
			}
		}
		return
	}
	f.list = t.text.terms[a.term].unpack(f.list[:0])
	for _, p := range f.list {
		if slot := p >> 2; isIn(set, int32(slot)) {
			f.best[slot] = min(f.best[slot], away|uint8(p&3))
		}
	}
}

// why appends the best reason for each unit that a therapist meets, each once.
func (f *found) why(t *table, slot int32, list []string) []string {
	from := len(list)
	for _, unit := range f.units {
		best, way := uint8(unmet), alternative{}
		for _, a := range unit {
			if b := f.meets(t, a, slot); b < best {
				best, way = b, a
			}
		}
		if best == unmet {
			continue
		}
		if text := t.says(way, slot, int(best&3)); !slices.Contains(list[from:], text) {
			list = append(list, text)
		}
	}
	return list
}

// meets says how well a therapist meets an alternative: typos, then field.
func (f *found) meets(t *table, a alternative, slot int32) uint8 {
	if a.term < 0 {
		if isIn(t.value[a.place], slot) {
			return a.away<<2 | inTerms
		}
		return unmet
	}
	f.list = sized(f.list, blockful)
	if field, ok := t.text.terms[a.term].find(uint32(slot), f.list); ok {
		return a.away<<2 | field
	}
	return unmet
}

// says puts a reason in plain words.
func (t *table) says(a alternative, slot int32, field int) string {
	if a.term < 0 {
		return search.ReasonText(a.list, a.slug)
	}
	switch field {
	case inName:
		return search.FoundByName
	case inTerms:
		return "Practises in " + t.places.list[t.place[slot]].suburb
	case inHeadline:
		return "Says “" + t.text.terms[a.term].text + "” in the headline"
	}
	return "Says “" + t.text.terms[a.term].text + "” in the profile"
}
