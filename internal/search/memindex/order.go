package memindex

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"sort"
	"wattle/internal/search"
)

// compareSoon orders slots by their next time, those without one last. Those with the same time lie
// by their lots, so that each day of the week can read them in its own order.
func (t *table) compareSoon(a, b int32) int {
	if c := cmp.Compare(uint64(t.next[0][a]-1), uint64(t.next[0][b]-1)); c != 0 {
		return c
	}
	return cmp.Compare(search.RotationKey(t.ids[a]), search.RotationKey(t.ids[b]))
}

// leave takes a slot out of the order, or notes that it is to go.
func (t *table) leave(slot int32) {
	if t.bulk {
		t.moved = append(t.moved, slot)
		return
	}
	if i, ok := slices.BinarySearchFunc(t.soon, slot, t.compareSoon); ok {
		t.soon = slices.Delete(t.soon, i, i+1)
	}
}

// enter puts a slot into the order, or notes that it is to come.
func (t *table) enter(slot int32) {
	if t.bulk {
		t.moved = append(t.moved, slot)
		return
	}
	i, _ := slices.BinarySearchFunc(t.soon, slot, t.compareSoon)
	t.soon = slices.Insert(t.soon, i, slot)
}

// settle mends the order after many changes: what moved is taken out, sorted and merged in.
func (t *table) settle() {
	if len(t.moved) == 0 {
		return
	}
	moved := make([]uint64, len(t.live))
	for _, slot := range t.moved {
		moved[slot>>6] |= 1 << (slot & 63)
	}
	t.soon = slices.DeleteFunc(t.soon, func(slot int32) bool { return isIn(moved, slot) })
	and(moved, moved, t.live)
	come := members(t.moved[:0], moved)
	slices.SortFunc(come, t.compareSoon)
	t.soon = t.merge(t.soon, come)
	t.moved = nil
}

// merge adds b to a, both in order, from the end so that a's memory is used.
func (t *table) merge(a, b []int32) []int32 {
	i, j := len(a)-1, len(b)-1
	a = append(a, b...)
	for at := len(a) - 1; j >= 0; at-- {
		if i >= 0 && t.compareSoon(a[i], b[j]) > 0 {
			a[at] = a[i]
			i--
		} else {
			a[at] = b[j]
			j--
		}
	}
	return a
}

// key orders the therapists found: first by what was asked for, then soonest, then by the rotation of
// the day, in which nobody shares a place, so that the order is total and stable. It has four fields,
// which is as many as the compiler keeps in registers.
type key struct {
	first float64
	next  int64
	turn  uint64
	slot  int32
}

func (a key) compare(b key) int {
	return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.next, b.next), cmp.Compare(a.turn, b.turn))
}

// page picks the slots of the page asked for, in order.
func (s *scratch) page(t *table, f search.Filter) []key {
	from := (f.Page - 1) * f.PerPage
	upTo := min(from+f.PerPage, s.size)
	if from < 0 || from >= upTo {
		return nil
	}
	s.keys = s.keys[:0]
	set := s.all
	switch {
	case f.Sort == search.Price:
		set = s.cheapest(t, upTo)
	case f.Sort == search.Distance && s.near != nil || f.Sort == "" && s.words != nil:
	case upTo*len(t.soon) < s.size*s.size: // fewer steps than keys
		s.walk(t, upTo)
		return s.keys[from:]
	}
	s.choose(t, f, set, upTo)
	return s.keys[from:]
}

// walk goes through everybody from the soonest on until enough of those found have been met. Those
// whose time has lapsed come at the end, as if they had none.
func (s *scratch) walk(t *table, upTo int) {
	ahead := sort.Search(len(t.soon), func(i int) bool { at := t.next[0][t.soon[i]]; return at == never || at > s.now })
	without := ahead + sort.Search(len(t.soon)-ahead, func(i int) bool { return t.next[0][t.soon[ahead+i]] == never })
	for at := ahead; at < without; {
		end := t.tiedUntil(at, without)
		if s.meetTied(t, t.soon[at:end], upTo) {
			return
		}
		at = end
	}
	met := len(s.keys)
	for _, part := range [][]int32{t.soon[:ahead], t.soon[without:]} {
		for _, slot := range part {
			if isIn(s.all, slot) {
				s.keys = append(s.keys, key{slot: slot, turn: search.RotationRank(t.ids[slot], s.day)})
			}
		}
	}
	slices.SortFunc(s.keys[met:], key.compare)
	s.keys = s.keys[:upTo]
}

// tiedUntil is where those end who have the same next time as the one at a place of the order. Steps
// grow, then shrink: most times are few people's, some are thousands'.
func (t *table) tiedUntil(at, most int) int {
	same, step := at, 1
	for same+step < most && t.next[0][t.soon[same+step]] == t.next[0][t.soon[at]] {
		same += step
		step *= 2
	}
	last := min(most, same+step)
	return same + 1 + sort.Search(last-same-1, func(i int) bool { return t.next[0][t.soon[same+1+i]] != t.next[0][t.soon[at]] })
}

// meetTied goes through people with the same next time in the order of the day, part by part. It is
// true when enough have been met.
func (s *scratch) meetTied(t *table, tied []int32, upTo int) bool {
	if len(tied) == 1 {
		return s.meetOne(t, tied[0], upTo)
	}
	var from [search.RotationBuckets + 1]int
	from[search.RotationBuckets] = len(tied)
	for part := 1; part < search.RotationBuckets; part++ {
		rest := tied[from[part-1]:]
		from[part] = from[part-1] + sort.Search(len(rest), func(i int) bool { return search.RotationBucket(search.RotationKey(t.ids[rest[i]])) >= part })
	}
	back := search.BucketReversed(s.day)
	for _, part := range search.BucketOrder(s.day) {
		list := tied[from[part]:from[part+1]]
		for i := range list {
			if back {
				i = len(list) - 1 - i
			}
			if s.meetOne(t, list[i], upTo) {
				return true
			}
		}
	}
	return false
}

func (s *scratch) meetOne(t *table, slot int32, upTo int) bool {
	if isIn(s.all, slot) {
		s.keys = append(s.keys, key{slot: slot})
	}
	return len(s.keys) == upTo
}

// cheapest narrows those found to the lowest steps of fees that hold enough of them.
func (s *scratch) cheapest(t *table, upTo int) []uint64 {
	low, high := 0, lastStep+1
	for low < high {
		j := (low + high) / 2
		if s.sizeWithin(t.steps[s.price][j]) >= upTo {
			high = j
		} else {
			low = j + 1
		}
	}
	if low > lastStep {
		return s.all
	}
	s.some = sized(s.some, len(s.all))
	and(s.some, s.all, t.steps[s.price][low])
	return s.some
}

// sizeWithin is how many of those found are in another set.
func (s *scratch) sizeWithin(other []uint64) (n int) {
	for _, sp := range s.spans {
		for w := sp.from; w < sp.to; w++ {
			n += bits.OnesCount64(s.all[w] & other[w])
		}
	}
	return n
}

// choose sorts the first upTo of a set. Only as many keys as are wanted are kept, in a heap whose top
// is the last of them; whoever is behind the top already needs no turn.
func (s *scratch) choose(t *table, f search.Filter, set []uint64, upTo int) {
	first, next := math.Inf(1), int64(math.MaxInt64) // of the top
	for _, sp := range s.spans {
		for w := sp.from; w < sp.to; w++ {
			for m := set[w]; m != 0; m &= m - 1 {
				k := s.key(t, f, w<<6+int32(bits.TrailingZeros64(m)))
				if k.first > first || k.first == first && k.next > next {
					continue
				}
				k.turn = search.RotationRank(t.ids[k.slot], s.day)
				switch {
				case len(s.keys) < upTo:
					s.keys = append(s.keys, k)
					s.up(len(s.keys) - 1)
				case k.compare(s.keys[0]) < 0:
					s.keys[0] = k
					s.down()
				}
				if len(s.keys) == upTo {
					first, next = s.keys[0].first, s.keys[0].next
				}
			}
		}
	}
	slices.SortFunc(s.keys, key.compare)
}

func (s *scratch) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if s.keys[i].compare(s.keys[parent]) <= 0 {
			return
		}
		s.keys[i], s.keys[parent] = s.keys[parent], s.keys[i]
		i = parent
	}
}

func (s *scratch) down() {
	for i := 0; ; {
		child := 2*i + 1
		if child >= len(s.keys) {
			return
		}
		if child+1 < len(s.keys) && s.keys[child+1].compare(s.keys[child]) > 0 {
			child++
		}
		if s.keys[i].compare(s.keys[child]) >= 0 {
			return
		}
		s.keys[i], s.keys[child] = s.keys[child], s.keys[i]
		i = child
	}
}

func (s *scratch) key(t *table, f search.Filter, slot int32) key {
	k := key{next: t.next[0][slot], slot: slot}
	if k.next <= s.now {
		k.next = math.MaxInt64 // none, or lapsed
	}
	switch {
	case f.Sort == search.Price:
		k.first = float64(t.low[s.price][slot])
	case f.Sort == search.Distance && s.near != nil:
		k.first = s.near.away(t.lat[slot], t.lng[slot])
	case f.Sort == "" && s.words != nil:
		k.first = float64(s.words.worse[slot])
	}
	return k
}

// hits are the therapists of a page, with their distances and reasons.
func (s *scratch) hits(t *table, page []key) []search.Hit {
	if len(page) == 0 {
		return nil
	}
	out := make([]search.Hit, 0, len(page))
	var reasons []string
	if s.words != nil {
		reasons = make([]string, 0, len(page)*len(s.words.units))
	}
	for _, k := range page {
		h := search.Hit{ID: t.ids[k.slot]}
		if s.near != nil {
			h.Km, h.HasKm = s.near.away(t.lat[k.slot], t.lng[k.slot]), true
		}
		if s.words != nil {
			from := len(reasons)
			if reasons = s.words.why(t, k.slot, reasons); len(reasons) > from {
				h.Matched = reasons[from:len(reasons):len(reasons)]
			}
		}
		out = append(out, h)
	}
	return out
}
