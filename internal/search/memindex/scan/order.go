package scan

import (
	"cmp"
	"math"
	"slices"
	"wattle/internal/search"
)

// key orders the therapists found: first by what was asked for, then soonest, then by the rotation of
// the day, then by id, so that the order is total and stable.
type key struct {
	first float64
	next  int64
	turn  uint64
	id    int64
	slot  int32
}

func (a key) compare(b key) int {
	return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.next, b.next), cmp.Compare(a.turn, b.turn), cmp.Compare(a.id, b.id))
}

// page picks the slots of the page asked for, in order. Only as many keys as stand before the
// page's end are kept, in a heap whose top is the last of them.
func (s *scratch) page(x *Index, f search.Filter) []key {
	from := (f.Page - 1) * f.PerPage
	upTo := min(from+f.PerPage, len(s.found))
	if from < 0 || from >= upTo {
		return nil
	}
	s.keys = s.keys[:0]
	for _, slot := range s.found {
		k := s.key(x, f, slot)
		switch {
		case len(s.keys) < upTo:
			s.keys = append(s.keys, k)
			s.up(len(s.keys) - 1)
		case k.compare(s.keys[0]) < 0:
			s.keys[0] = k
			s.down()
		}
	}
	slices.SortFunc(s.keys, key.compare)
	return s.keys[from:]
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

func (s *scratch) key(x *Index, f search.Filter, slot int32) key {
	k := key{next: x.next[0][slot], turn: search.RotationRank(x.ids[slot], s.day), id: x.ids[slot], slot: slot}
	if k.next <= s.now {
		k.next = math.MaxInt64 // none, or lapsed
	}
	switch {
	case f.Sort == search.Price:
		k.first = float64(x.low[s.price][slot])
	case f.Sort == search.Distance && s.near != nil:
		k.first = s.near.away(x.lat[slot], x.lng[slot])
	case f.Sort == "" && s.words != nil:
		k.first = float64(s.words.rank(slot))
	}
	return k
}

func (s *scratch) hit(x *Index, f search.Filter, k key) search.Hit {
	h := search.Hit{ID: k.id}
	if s.near != nil {
		h.Km, h.HasKm = s.near.away(x.lat[k.slot], x.lng[k.slot]), true
	}
	if s.words != nil {
		h.Matched = s.words.why(x, int(k.slot))
	}
	return h
}
