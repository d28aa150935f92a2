package memindex

import (
	"cmp"
	"math"
	"slices"

	"wattle/internal/search"
)

// key orders results: by what was asked for, then by the soonest time, then by the rotation of the day. No
// two therapists share a place in the rotation, so the order is total.
type key struct {
	first float64
	next  int64
	turn  uint64
	slot  int
}

func (a key) compare(b key) int {
	return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.next, b.next), cmp.Compare(a.turn, b.turn))
}

// page sorts the therapists of a set as far as the page asked for and returns the page.
func (q *query) page(set bitset, size int) []key {
	from := (q.filter.Page - 1) * q.filter.PerPage
	to := min(from+q.filter.PerPage, size)
	if from < 0 || from >= to {
		return nil
	}
	best := top{n: to}
	for slot := range set.slots() {
		if k := q.key(slot); best.mayHold(k) {
			k.turn = search.RotationRank(q.table.ids[slot], q.day)
			best.add(k)
		}
	}
	best.cut()
	return best.keys[from:]
}

// top keeps the first n keys of those added. It collects twice as many and cuts.
type top struct {
	n    int
	keys []key
	last key // of the n first, once they are known
	full bool
}

// mayHold says that a key, whose turn is not known yet, may be among the first n.
func (t *top) mayHold(k key) bool {
	return !t.full || k.first < t.last.first || k.first == t.last.first && k.next <= t.last.next
}

func (t *top) add(k key) {
	t.keys = append(t.keys, k)
	if len(t.keys) >= 2*t.n+64 {
		t.cut()
	}
}

func (t *top) cut() {
	slices.SortFunc(t.keys, key.compare)
	if len(t.keys) >= t.n {
		t.keys = t.keys[:t.n]
		t.last, t.full = t.keys[t.n-1], true
	}
}

func (q *query) key(slot int) key {
	k := key{next: q.table.next[nextAny][slot], slot: slot}
	if k.next <= q.now {
		k.next = math.MaxInt64 // no time, or one that has passed
	}
	switch {
	case q.filter.Sort == search.Price:
		k.first = float64(q.table.fees[q.format][slot])
	case q.filter.Sort == search.Distance && q.circle != nil:
		k.first = q.circle.distance(&q.table.places[slot])
	case q.filter.Sort == "" && q.words != nil:
		k.first = q.words.rank(slot)
	}
	return k
}

// hits is the therapists of a page with their distances and reasons.
func (q *query) hits(page []key) (out []search.Hit) {
	for _, k := range page {
		h := search.Hit{ID: q.table.ids[k.slot]}
		if q.circle != nil {
			h.Km, h.HasKm = q.circle.distance(&q.table.places[k.slot]), true
		}
		if q.words != nil {
			h.Matched = q.table.reasons(q.words, k.slot)
		}
		out = append(out, h)
	}
	return out
}
