package memindex

import (
	"math/bits"
	"wattle/internal/search"
)

// count gives the numbers beside every value: of those found, or within a group that is asked for,
// of those who miss at most that group.
func (s *scratch) count(t *table, f search.Filter) []int32 {
	counts := make([]int32, search.FacetLen())
	s.sum = empty(s.sum, len(t.value))
	s.countAll(t)
	for _, g := range search.Groups() {
		from, to := search.FacetRange(g.Name)
		first := from // where its sets begin
		if g.Name == "price" && s.price == 1 {
			first = search.FacetLen()
		}
		set, parts := s.all, s.spans
		if asked := s.asked(g.Name); asked != nil {
			set = s.without(asked)
			parts = s.parts
		}
		switch {
		case g.Name == "format" && s.money:
			s.countFormats(t, f, counts)
		case g.Name == "available":
			for i, free := range s.hours.free {
				counts[from+i] = common(set, free, parts)
			}
		case s.asked(g.Name) != nil:
			s.countSome(t, set, parts, first, counts[from:to])
		default:
			copy(counts[from:to], s.sum[first:])
		}
	}
	return counts
}

// asked is a group that is asked for; nil for any other.
func (s *scratch) asked(name string) *group {
	for i := range s.groups {
		if s.groups[i].name == name {
			return &s.groups[i]
		}
	}
	return nil
}

// without is who meets everything but perhaps one group.
func (s *scratch) without(g *group) []uint64 {
	s.rest = sized(s.rest, len(s.all))
	all, one, met, rest := s.all, s.one[:len(s.all)], g.met[:len(s.all)], s.rest[:len(s.all)]
	for w, m := range all {
		rest[w] = m | one[w]&^met[w]
	}
	s.parts = spans(s.parts[:0], s.rest)
	return s.rest
}

// aRow is what looking at one therapist's values costs, in words of sets.
const aRow = 25

// countAll counts those found by every value: one by one when they are few, as the rest of everybody
// when they are most, else set by set.
func (s *scratch) countAll(t *table) {
	everybody := len(t.slots)
	words := 0
	for _, sp := range s.spans {
		words += int(sp.to - sp.from)
	}
	switch missing := everybody - s.size; {
	case s.size*aRow < words*len(t.value):
		s.countEach(t, s.all, 1)
	case missing*aRow < words*len(t.value):
		copy(s.sum, t.total)
		s.rest = sized(s.rest, len(s.all))
		for w, m := range t.live {
			s.rest[w] = m &^ s.all[w]
		}
		s.countEach(t, s.rest, -1)
	default:
		for p := range s.sum {
			s.sum[p] = common(s.all, t.value[p], s.spans)
		}
	}
}

// countSome counts a set by the values from first on.
func (s *scratch) countSome(t *table, set []uint64, parts []span, first int, into []int32) {
	if size(set) == len(t.slots) {
		copy(into, t.total[first:])
		return
	}
	for i := range into {
		into[i] = common(set, t.value[first+i], parts)
	}
}

// countFormats counts kinds of session, each by the fee that is asked about when it alone is chosen:
// couples' sessions by theirs, any other by the individual one.
func (s *scratch) countFormats(t *table, f search.Filter, counts []int32) {
	from, to := search.FacetRange("format")
	couple, _ := search.FacetIndex("format", formats[1])
	s.some = sized(s.some, len(s.open))
	t.within(s.some, s.open, 0, s.limit)
	s.parts = spans(s.parts[:0], s.open)
	for p := from; p < to; p++ {
		if p != couple {
			counts[p] = common(s.some, t.value[p], s.parts)
		}
	}
	if !f.MaxGap.Set { // couples' sessions have no benefit
		t.within(s.some, s.open, 1, s.limit)
		counts[couple] = common(s.some, t.value[couple], s.parts)
	}
}

// common is how many two sets have in common within some stretches.
func common(a, b []uint64, parts []span) int32 {
	n := 0
	for _, sp := range parts {
		x, y := a[sp.from:sp.to], b[sp.from:sp.to]
		for w := range min(len(x), len(y)) {
			n += bits.OnesCount64(x[w] & y[w])
		}
	}
	return int32(n)
}
