package memindex

import (
	"math/bits"
	"slices"
)

// compacted is the table without its dead slots, those of the living in the same order. Searches of
// the old one go on meanwhile.
func (t *table) compacted() *table {
	to := make([]int32, len(t.ids)) // new slots by old, -1 for the dead
	n := newTable(len(t.slots))
	n.zones, n.rates, n.places = slices.Clone(t.zones), slices.Clone(t.rates), t.places.copy()
	for slot := range to {
		to[slot] = -1
		if isIn(t.live, int32(slot)) {
			to[slot] = n.grow()
			n.copyFrom(t, int32(slot), to[slot])
		}
	}
	for _, slot := range t.soon {
		n.soon = append(n.soon, to[slot])
	}
	n.text = t.text.moved(to)
	return n
}

// copyFrom fills an empty slot with what old has in another.
func (t *table) copyFrom(old *table, from, slot int32) {
	t.ids[slot], t.said[slot], t.slots[old.ids[from]] = old.ids[from], old.said[from], slot
	t.live[slot>>6] |= 1 << (slot & 63)
	for w, m := range old.row(from) {
		for ; m != 0; m &= m - 1 {
			t.has(slot, w<<6+bits.TrailingZeros64(m))
		}
	}
	for i := range t.low {
		t.setLow(slot, i, old.low[i][from])
	}
	for i := range t.next {
		t.next[i][slot] = old.next[i][from]
	}
	t.gapFee[slot], t.gapOf[slot], t.zone[slot], t.place[slot] = old.gapFee[from], old.gapOf[from], old.zone[from], old.place[from]
	t.lat[slot], t.lng[slot], t.on[slot] = old.lat[from], old.lng[from], old.on[from]
	t.area.add(cellOf(t.lat[slot], t.lng[slot]), slot)
}

// setLow enters the lowest fee of a format.
func (t *table) setLow(slot int32, format int, fee int32) {
	t.low[format][slot] = fee
	if fee == none {
		return
	}
	for j := firstStep(fee); j <= lastStep; j++ {
		t.steps[format][j][slot>>6] |= 1 << (slot & 63)
	}
}

func (b *placeBook) copy() *placeBook {
	n := newPlaceBook()
	for i, l := range b.list {
		n.number[l] = int32(i)
	}
	n.list = slices.Clone(b.list)
	return n
}

// moved is the vocabulary with every slot in its new place; what stands nowhere any more is left out.
func (w *words) moved(to []int32) *words {
	n := newWords()
	n.seed = w.seed
	var list []uint32
	for i := range w.terms {
		old := &w.terms[i]
		e := term{text: old.text, skip: old.skip, title: old.title}
		list = old.unpack(list[:0])
		for _, p := range list {
			if slot := to[p>>2]; slot >= 0 {
				e.add(uint32(slot), p&3)
			}
		}
		if e.n == 0 {
			continue
		}
		e.trim()
		at := int32(len(n.terms))
		n.terms, n.byText[e.text] = append(n.terms, e), at
		if !e.skip && !e.title {
			n.shelve(at)
		}
	}
	return n
}
