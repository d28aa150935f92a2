package scan

import (
	"context"
	"math"
	"math/bits"
	"time"

	"wattle/internal/directory"
	"wattle/internal/region"
	"wattle/internal/search"
)

// Search answers f as of now. The error is always nil but for a context that has ended.
func (x *Index) Search(ctx context.Context, f search.Filter, now time.Time) (search.Result, error) {
	if err := ctx.Err(); err != nil {
		return search.Result{}, err
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	s := x.borrow()
	defer x.pool.Put(s)
	s.plan(x, f, now)
	counts := make([]int32, search.FacetLen())
	for b := range x.live {
		s.scan(x, b, counts)
	}
	r := search.Result{Total: len(s.found), Facets: search.NewFacets(counts), Engine: "embedded"}
	r.Partial = s.words != nil && s.words.partial
	for _, slot := range s.page(x, f) {
		r.Hits = append(r.Hits, s.hit(x, f, slot))
	}
	return r, nil
}

// group is a group of filters that is asked for, and the bits that meet it.
type group struct {
	name   string
	from   int   // where the group's counts begin
	places []int // in a row; any of them, unless all
	all    bool
	fee    bool   // the fee depends on it: format and price
	met    uint64 // of the block at hand
}

// scratch is one search's memory, kept between searches.
type scratch struct {
	now      int64        // microseconds
	day      time.Weekday // whose rotation is in force
	week     int64
	midnight []int64 // by zone
	price    int     // 0 individual, 1 couple
	groups   []group
	counted  []counted
	money    bool  // max_fee or max_gap: each kind of session is counted by its own fee
	couple   int   // where couples' sessions stand in a row
	limit    int32 // max_fee
	gap      []int32
	maxGap   int32
	gapped   bool
	postcode string
	near     *circle
	closer   bool      // postcode, place or gap ask for a look at single therapists
	free     [4]uint64 // today, week, evening, weekend of the block at hand
	words    *found
	memory   found
	found    []int32
	keys     []key
}

// counted is a group of facets: where its words begin in a row and its counts in the answer.
type counted struct {
	name     string
	from, to int
	row      int // where its first word stands
	group    int // its entry in groups; -1 when nothing of it is asked for
}

// circle is everything within km of a point; the box around it is looked at first.
type circle struct {
	lat, lng, km float64
	dLat, dLng   float64
}

func (x *Index) borrow() *scratch {
	if s, ok := x.pool.Get().(*scratch); ok {
		return s
	}
	return &scratch{}
}

func (s *scratch) plan(x *Index, f search.Filter, now time.Time) {
	s.found, s.groups, s.counted = s.found[:0], s.groups[:0], s.counted[:0]
	s.now, s.day, s.week = now.UnixMicro(), search.RotationDay(now), now.Add(search.Week).UnixMicro()
	s.midnight = s.midnight[:0]
	for _, z := range x.zones {
		s.midnight = append(s.midnight, search.Midnight(z.loc, now).UnixMicro())
	}
	s.price = 0
	if f.Format() == formats[1] {
		s.price = 1
	}
	s.planMoney(x, f, now)
	s.postcode, s.near = f.Postcode, nil
	if !f.Near.IsZero() {
		s.near = newCircle(f.Near.Lat, f.Near.Lng, float64(f.Radius()))
	}
	s.closer = s.near != nil || s.gapped || s.postcode != ""
	s.words = nil
	if f.Q != "" {
		s.words = x.find(f.Q, &s.memory)
	}
	s.planGroups(f)
}

func (s *scratch) planMoney(x *Index, f search.Filter, now time.Time) {
	s.money = f.MaxFee.Set || f.MaxGap.Set
	s.couple, _ = search.FacetIndex("format", formats[1])
	s.limit = none // which is more than any fee, and than having none
	if f.MaxFee.Set {
		s.limit = cents(f.MaxFee.Cents)
	}
	s.gapped, s.gap = f.MaxGap.Set, s.gap[:0]
	if !s.gapped {
		return
	}
	s.maxGap = cents(f.MaxGap.Cents)
	for _, r := range x.rates {
		benefit, ok := directory.Benefit(r.practises, r.minutes, r.zone, now)
		if !ok {
			benefit = -1
		}
		s.gap = append(s.gap, int32(benefit))
	}
}

func (s *scratch) planGroups(f search.Filter) {
	for _, g := range search.Groups() {
		c := counted{name: g.Name, group: -1}
		c.from, c.to = search.FacetRange(g.Name)
		c.row = c.from
		if g.Name == "price" && s.price == 1 {
			c.row = search.FacetLen()
		}
		asked := group{name: g.Name, from: c.from, all: g.Name == "issue" && f.AllIssues, fee: g.Name == "format" || g.Name == "price"}
		for _, v := range f.Chosen(g.Name) {
			if p, ok := search.FacetIndex(g.Name, v); ok {
				asked.places = append(asked.places, p)
			}
		}
		if len(asked.places) > 0 || g.Name == "price" && f.MaxFee.Set {
			c.group = len(s.groups)
			s.groups = append(s.groups, asked)
		}
		s.counted = append(s.counted, c)
	}
}

// scan takes one block in: who meets everything is found and counted everywhere; who misses one
// group only is counted in that group; who misses none but those the fee depends on may be counted
// beside a kind of session. What needs a look at single therapists comes last, when few of the block
// are left.
func (s *scratch) scan(x *Index, block int, counts []int32) {
	all := x.live[block]
	if s.words != nil {
		all &= s.words.match[block]
	}
	if all == 0 {
		return
	}
	row := x.row(block)
	all, one, open := s.sift(x, row, block, all)
	if open != 0 {
		s.countFormats(x, row, block, open, counts)
	}
	if all|one == 0 {
		return
	}
	s.free = s.freeAt(x, block, all|one)
	for i := range s.counted {
		if c := &s.counted[i]; c.name != "format" || !s.money {
			s.count(c, row, all, one, counts)
		}
	}
	for m := all; m != 0; m &= m - 1 {
		s.found = append(s.found, int32(block*blockSize+bits.TrailingZeros64(m)))
	}
}

// sift tells who of a block meets everything, who misses exactly one group, and, where money is asked
// for, who misses none but those the fee depends on.
func (s *scratch) sift(x *Index, row []uint64, block int, among uint64) (all, one, open uint64) {
	all = among
	if s.money {
		open = among
	}
	for i := range s.groups {
		g := &s.groups[i]
		g.met = s.meet(x, g, row, block, all|one|open)
		one = one&g.met | all&^g.met
		all &= g.met
		if !g.fee {
			open &= g.met
		}
		if all|one|open == 0 {
			return 0, 0, 0
		}
	}
	if s.gapped && s.price == 1 { // couples' sessions have no benefit
		all, one = 0, 0
	}
	if s.closer {
		left := s.look(x, block, all|one|open)
		all, one, open = all&left, one&left, open&left
	}
	return all, one, open
}

// countFormats counts kinds of session, each by the fee that is asked about when it alone is chosen:
// couples' sessions by theirs, any other by the individual one.
func (s *scratch) countFormats(x *Index, row []uint64, block int, open uint64, counts []int32) {
	couples := open & row[s.couple]
	if s.gapped {
		couples = 0
	}
	counts[s.couple] += int32(bits.OnesCount64(s.within(x, block, 1, couples)))
	others := open
	if s.price == 0 && s.limit != none {
		others &= s.groups[len(s.groups)-1].met // price is the last group, and was met by the individual fee
	} else {
		others = s.within(x, block, 0, open)
	}
	from, to := search.FacetRange("format")
	for p := from; p < to; p++ {
		if p != s.couple {
			counts[p] += int32(bits.OnesCount64(row[p] & others))
		}
	}
}

func (s *scratch) count(c *counted, row []uint64, all, one uint64, counts []int32) {
	if c.group >= 0 {
		all |= one &^ s.groups[c.group].met
	}
	if all == 0 {
		return
	}
	words := row[c.row : c.row+c.to-c.from]
	if c.name == "available" {
		words = s.free[:]
	}
	into := counts[c.from:c.to]
	for i, w := range words {
		into[i] += int32(bits.OnesCount64(w & all))
	}
}

// look keeps those of a block who meet what no count stands beside: place, postcode and gap.
func (s *scratch) look(x *Index, block int, among uint64) uint64 {
	out := among
	for m := among; m != 0; m &= m - 1 {
		i := bits.TrailingZeros64(m)
		if !s.allows(x, block*blockSize+i) {
			out &^= 1 << i
		}
	}
	return out
}

func (s *scratch) allows(x *Index, slot int) bool {
	if s.postcode != "" && x.who[slot].Postcode != s.postcode {
		return false
	}
	if s.gapped && !s.affordable(x, slot) {
		return false
	}
	return s.near == nil || s.near.holds(x.lat[slot], x.lng[slot])
}

func (s *scratch) affordable(x *Index, slot int) bool {
	fee := x.gapFee[slot]
	if fee == none {
		return false
	}
	benefit := s.gap[x.gapOf[slot]]
	return benefit >= 0 && max(0, fee-benefit) <= s.maxGap
}

// meet gives the bits that meet a group; only those of among matter.
func (s *scratch) meet(x *Index, g *group, row []uint64, block int, among uint64) uint64 {
	switch {
	case g.name == "price":
		return s.within(x, block, s.price, among)
	case g.name == "available":
		var met uint64
		free := s.freeAt(x, block, among)
		for _, p := range g.places {
			met |= free[p-g.from]
		}
		return met
	case g.all:
		met := ^uint64(0)
		for _, p := range g.places {
			met &= row[p]
		}
		return met
	}
	var met uint64
	for _, p := range g.places {
		met |= row[p]
	}
	return met
}

// within keeps those whose lowest fee, individual (0) or couple (1), is within the limit. A sign bit
// is the answer of each comparison, so that nothing branches.
func (s *scratch) within(x *Index, block, price int, among uint64) (met uint64) {
	if s.limit == none {
		return among
	}
	low := x.low[price][block*blockSize:]
	for m := among; m != 0; m &= m - 1 {
		i := bits.TrailingZeros64(m)
		met |= uint64(uint32(low[i]-s.limit-1)>>31) << i
	}
	return met
}

// freeAt compares instants with the clock: a flag kept here would go stale. A sign bit is the answer
// of each comparison, so that nothing branches.
func (s *scratch) freeAt(x *Index, block int, among uint64) (free [4]uint64) {
	from := block * blockSize
	next, evening, weekend, zone := x.next[0][from:], x.next[1][from:], x.next[2][from:], x.zone[from:]
	for m := among; m != 0; m &= m - 1 {
		i := bits.TrailingZeros64(m)
		at := next[i]
		ahead := uint64(s.now-at) >> 63
		free[0] |= ahead & (uint64(at-s.midnight[zone[i]]) >> 63) << i
		free[1] |= ahead &^ (uint64(s.week-at) >> 63) << i
		free[2] |= uint64(s.now-evening[i]) >> 63 << i
		free[3] |= uint64(s.now-weekend[i]) >> 63 << i
	}
	return free
}

func newCircle(lat, lng, km float64) *circle {
	const perDegree = 111 // kilometres, rounded down: the box is never too small
	c := &circle{lat: lat, lng: lng, km: km, dLat: km/perDegree + 0.01}
	c.dLng = c.dLat / max(0.05, math.Cos((math.Abs(lat)+c.dLat)*math.Pi/180))
	return c
}

func (c *circle) holds(lat, lng float64) bool {
	return math.Abs(lat-c.lat) <= c.dLat && math.Abs(lng-c.lng) <= c.dLng && c.away(lat, lng) <= c.km
}

func (c *circle) away(lat, lng float64) float64 { return region.Distance(c.lat, c.lng, lat, lng) }
