package memindex

import (
	"cmp"
	"slices"
	"strings"

	"wattle/internal/directory"
	"wattle/internal/taxonomy"
)

// name enters a word of somebody's name into the sorted list of them.
func (w *words) name(token string) {
	at, _ := slices.BinarySearchFunc(w.names, token, w.compareName)
	w.names = slices.Insert(w.names, at, w.byText[token])
}

func (w *words) compareName(i int32, token string) int {
	return strings.Compare(w.terms[i].text, token)
}

// Names gives up to n people in whose names words begin as those of begun do ("ng mei" is Mei
// Nguyen), in alphabetical order.
func (x *Index) Names(begun string, n int) []int64 {
	x.mu.RLock()
	defer x.mu.RUnlock()
	t := x.table
	tokens := taxonomy.Tokens(begun)
	if len(tokens) == 0 || n < 1 {
		return nil
	}
	set, one := slices.Clone(t.live), make([]uint64, len(t.live))
	for _, token := range tokens {
		clear(one)
		t.named(one, token)
		and(set, set, one)
	}
	var best []int32
	for _, slot := range members(nil, set) {
		at, _ := slices.BinarySearchFunc(best, slot, t.compareNames)
		if best = slices.Insert(best, at, slot); len(best) > n {
			best = best[:n]
		}
	}
	out := make([]int64, 0, len(best))
	for _, slot := range best {
		out = append(out, t.ids[slot])
	}
	return out
}

// named adds everybody in whose name a word begins so.
func (t *table) named(set []uint64, begun string) {
	w := t.text
	at, _ := slices.BinarySearchFunc(w.names, begun, w.compareName)
	var list []uint32
	for ; at < len(w.names) && strings.HasPrefix(w.terms[w.names[at]].text, begun); at++ {
		list = w.terms[w.names[at]].unpack(list[:0])
		for _, p := range list {
			if p&3 == inName {
				set[p>>8] |= 1 << (p >> 2 & 63)
			}
		}
	}
}

func (t *table) compareNames(a, b int32) int {
	p, q := t.who[a], t.who[b]
	return cmp.Or(strings.Compare(p.GivenName, q.GivenName), strings.Compare(p.FamilyName, q.FamilyName), cmp.Compare(p.ID, q.ID))
}

// Localities gives up to n suburbs in which somebody practises, whose name or postcode begins so:
// those with the most people first.
func (x *Index) Localities(begun string, n int) []directory.Locality {
	x.mu.RLock()
	defer x.mu.RUnlock()
	b := x.table.places
	begun = strings.Join(taxonomy.Tokens(begun), " ")
	if begun == "" || n < 1 {
		return nil
	}
	var out []directory.Locality
	add := func(i int32) {
		if l := b.list[i]; b.people[i] > 0 {
			out = append(out, directory.Locality{Suburb: l.suburb, State: l.state, Postcode: l.postcode, Therapists: int(b.people[i])})
		}
	}
	if begun[0] >= '0' && begun[0] <= '9' {
		for i, l := range b.list {
			if strings.HasPrefix(l.postcode, begun) {
				add(int32(i))
			}
		}
	}
	at, _ := slices.BinarySearchFunc(b.byName, begun, func(i int32, begun string) int { return strings.Compare(b.keys[i], begun) })
	for ; at < len(b.byName) && strings.HasPrefix(b.keys[b.byName[at]], begun); at++ {
		add(b.byName[at])
	}
	slices.SortStableFunc(out, func(a, b directory.Locality) int {
		return cmp.Or(cmp.Compare(b.Therapists, a.Therapists), strings.Compare(a.Suburb, b.Suburb), strings.Compare(a.State, b.State), strings.Compare(a.Postcode, b.Postcode))
	})
	return out[:min(n, len(out))]
}
