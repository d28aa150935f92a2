package memindex

import (
	"time"
	"wattle/internal/search"
)

// scratch is one search's memory, kept between searches.
type scratch struct {
	now    int64        // microseconds
	day    time.Weekday // whose rotation is in force
	hours  *hours
	price  int   // 0 individual, 1 couple
	limit  int32 // of the lowest fee; none for no limit
	money  bool  // max_fee or max_gap: each kind of session is counted by its own fee
	near   *circle
	words  *found // nil when no words are asked for
	groups []group

	base  []uint64 // who meets what no count stands beside
	all   []uint64 // who meets everything
	one   []uint64 // who misses exactly one group
	open  []uint64 // who misses none but those the fee depends on
	some  []uint64
	size  int // of all
	spans []span
	slots []int32
	keys  []key

	memory found
	limits []int32
	known  []bool
	sum    []int32
	each   []digits // by word of a row
	rest   []uint64
	parts  []span
}

// group is a group of filters that is asked for, and who meets it.
type group struct {
	name string
	fee  bool     // the fee depends on it: format and price
	met  []uint64 // the table's, or own
	own  []uint64
}

func (s *scratch) search(t *table, f search.Filter, now time.Time) search.Result {
	s.now, s.day, s.hours = now.UnixMicro(), search.RotationDay(now), t.hoursAt(now)
	s.price, s.limit, s.money = 0, none, f.MaxFee.Set || f.MaxGap.Set // none is more than any fee, and than having none
	if f.Format() == formats[1] {
		s.price = 1
	}
	if f.MaxFee.Set {
		s.limit = cents(f.MaxFee.Cents)
	}
	s.setBase(t, f, now)
	s.setGroups(t, f)
	s.sift()
	if f.MaxGap.Set && s.price == 1 { // couples' sessions have no benefit
		clear(s.all)
		clear(s.one)
	}
	s.size = size(s.all)
	s.spans = spans(s.spans[:0], s.all)
	r := search.Result{Total: s.size, Facets: search.NewFacets(s.count(t, f)), Engine: "embedded"}
	r.Partial = s.words != nil && s.words.partial
	if s.words != nil && f.Sort == "" {
		s.slots = members(s.slots[:0], s.all)
		s.words.rank(t, s.all, s.slots)
	}
	r.Hits = s.hits(t, s.page(t, f))
	return r
}

// setBase finds who meets words, place, postcode and gap.
func (s *scratch) setBase(t *table, f search.Filter, now time.Time) {
	s.near, s.words = nil, nil
	s.base = append(s.base[:0], t.live...)
	if f.Q != "" && s.memory.find(t, f.Q) {
		s.words = &s.memory
		and(s.base, s.base, s.words.match)
	}
	if !f.Near.IsZero() {
		s.near = newCircle(f.Near.Lat, f.Near.Lng, float64(f.Radius()))
		s.some = empty(s.some, len(t.live))
		s.near.within(t, s.some)
		and(s.base, s.base, s.some)
	}
	if f.Postcode != "" {
		s.known = t.inPostcode(s.base, f.Postcode, s.known)
	}
	if f.MaxGap.Set {
		s.limits = t.affordable(s.base, cents(f.MaxGap.Cents), now, s.limits)
	}
}

// setGroups finds who meets each group of filters that is asked for.
func (s *scratch) setGroups(t *table, f search.Filter) {
	s.groups = s.groups[:0]
	for _, g := range search.Groups() {
		chosen := f.Chosen(g.Name)
		if len(chosen) == 0 && (g.Name != "price" || !f.MaxFee.Set) {
			continue
		}
		if len(s.groups) < cap(s.groups) {
			s.groups = s.groups[:len(s.groups)+1]
		} else {
			s.groups = append(s.groups, group{})
		}
		a := &s.groups[len(s.groups)-1]
		a.name, a.fee = g.Name, g.Name == "format" || g.Name == "price"
		if !s.meet(t, a, chosen, g.Name == "issue" && f.AllIssues) {
			s.groups = s.groups[:len(s.groups)-1]
		}
	}
}

// meet finds who has any of the values chosen, or with all every one of them. It is false when none
// of them exists.
func (s *scratch) meet(t *table, a *group, chosen []string, all bool) bool {
	if a.name == "price" {
		a.own = sized(a.own, len(t.live))
		t.within(a.own, s.base, s.price, s.limit)
		a.met = a.own
		return true
	}
	n := 0
	for _, v := range chosen {
		p, ok := search.FacetIndex(a.name, v)
		if !ok {
			continue
		}
		has := s.has(t, a.name, p)
		switch n++; {
		case n == 1:
			a.met = has
			continue
		case n == 2:
			a.own = append(a.own[:0], a.met...)
			a.met = a.own
		}
		if all {
			and(a.own, a.own, has)
		} else {
			or(a.own, has)
		}
	}
	return n > 0
}

// has is the set of a value.
func (s *scratch) has(t *table, group string, place int) []uint64 {
	if group == "available" {
		from, _ := search.FacetRange(group)
		return s.hours.free[place-from]
	}
	return t.value[place]
}

// sift tells who meets everything, who misses exactly one group, and, where money is asked for, who
// misses none but those the fee depends on.
func (s *scratch) sift() {
	s.all = append(s.all[:0], s.base...)
	s.one = empty(s.one, len(s.base))
	if s.money {
		s.open = append(s.open[:0], s.base...)
	}
	for i := range s.groups {
		g := &s.groups[i]
		all, one, met := s.all, s.one[:len(s.all)], g.met[:len(s.all)]
		for w, a := range all {
			m := met[w]
			one[w] = one[w]&m | a&^m
			all[w] = a & m
		}
		if s.money && !g.fee {
			and(s.open, s.open, g.met)
		}
	}
}
