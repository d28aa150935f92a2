package memindex

import (
	"math/bits"
	"slices"
	"strings"

	"wattle/internal/directory"
	"wattle/internal/taxonomy"
)

// locality is where somebody practises.
type locality struct{ suburb, state, postcode string }

// placeBook numbers the localities and counts who practises there.
type placeBook struct {
	number map[locality]int32
	list   []locality
	people []int32
	byName []int32  // sorted by key
	keys   []string // normalised names
}

func newPlaceBook() *placeBook { return &placeBook{number: map[locality]int32{}} }

func (b *placeBook) enter(p *directory.Therapist) int32 {
	l := locality{p.Suburb, p.State, p.Postcode}
	i, ok := b.number[l]
	if !ok {
		i = int32(len(b.list))
		b.number[l] = i
		b.list, b.people, b.keys = append(b.list, l), append(b.people, 0), append(b.keys, taxonomy.Normalise(l.suburb))
		at, _ := slices.BinarySearchFunc(b.byName, i, b.compare)
		b.byName = slices.Insert(b.byName, at, i)
	}
	b.people[i]++
	return i
}

func (b *placeBook) leave(i int32) { b.people[i]-- }

func (b *placeBook) compare(i, j int32) int {
	if c := strings.Compare(b.keys[i], b.keys[j]); c != 0 {
		return c
	}
	return int(i - j)
}

// inPostcode keeps those of set who practise in a postcode. known is memory.
func (t *table) inPostcode(set []uint64, postcode string, known []bool) []bool {
	known = empty(known, len(t.places.list))
	for i, l := range t.places.list {
		known[i] = l.postcode == postcode
	}
	for w, m := range set {
		for ; m != 0; m &= m - 1 {
			low := m & -m
			if !known[t.place[w<<6+bits.TrailingZeros64(m)]] {
				set[w] &^= low
			}
		}
	}
	return known
}
