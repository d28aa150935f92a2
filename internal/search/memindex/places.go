package memindex

import (
	"math/bits"

	"wattle/internal/directory"
)

// locality is where somebody practises.
type locality struct{ suburb, state, postcode string }

// placeBook numbers the localities.
type placeBook struct {
	number map[locality]int32
	list   []locality
}

func newPlaceBook() *placeBook { return &placeBook{number: map[locality]int32{}} }

func (b *placeBook) enter(p *directory.Profile) int32 {
	l := locality{p.Suburb, p.State, p.Postcode}
	i, ok := b.number[l]
	if !ok {
		i = int32(len(b.list))
		b.number[l] = i
		b.list = append(b.list, l)
	}
	return i
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
