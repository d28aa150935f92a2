package memindex

import (
	"slices"
	"time"

	"wattle/internal/directory"
	"wattle/internal/search"
)

const week = int64(search.Week / time.Microsecond)

// query is a search in progress.
type query struct {
	table  *table
	filter search.Filter
	now    int64        // microseconds since 1970
	day    time.Weekday // of the rotation
	format int          // index in formats: whose fee counts
	limit  int32        // of the lowest fee; noFee for no limit

	midnight []int64 // by zone, the next one
	circle   *circle // nil without a place
	words    *text   // nil without words

	base    bitset   // those who meet words, place, postcode and gap: what has no facet counts
	choices []choice // the filter groups in use
}

// choice is a filter group in use and the therapists who meet it.
type choice struct {
	group string
	met   bitset
}

func newQuery(t *table, f search.Filter, now time.Time) *query {
	q := &query{table: t, filter: f, now: now.UnixMicro(), day: search.RotationDay(now), limit: noFee}
	if f.Format() == formats[1] {
		q.format = 1
	}
	if f.MaxFee.Set {
		q.limit = cents(f.MaxFee.Cents)
	}
	for _, z := range t.zones {
		q.midnight = append(q.midnight, search.Midnight(z.loc, now).UnixMicro())
	}
	q.setBase(now)
	for _, g := range search.Groups() {
		q.choose(g)
	}
	return q
}

// setBase finds those who meet words, place, postcode and gap.
func (q *query) setBase(now time.Time) {
	t, f := q.table, q.filter
	q.base = slices.Clone(t.live)
	if f.Q != "" {
		q.words = t.find(f.Q)
	}
	if q.words != nil {
		q.base.and(q.words.met)
	}
	if !f.Near.IsZero() {
		q.circle = circleOf(f.Near.Lat, f.Near.Lng, float64(f.Radius()))
		inside := make(bitset, len(q.base))
		t.within(q.circle, inside)
		q.base.and(inside)
	}
	if f.Postcode != "" {
		q.base.filter(func(slot int) bool { return t.profiles[slot].Postcode == f.Postcode })
	}
	if f.MaxGap.Set {
		limits := t.gapLimits(cents(f.MaxGap.Cents), now)
		q.base.filter(func(slot int) bool {
			g := t.gaps[slot]
			return g.fee != noFee && g.fee <= limits[g.rate]
		})
	}
}

// gapLimits is the highest fee whose gap is within most, by rate, on the day of now; -1 where Medicare pays
// nothing.
func (t *table) gapLimits(most int32, now time.Time) []int32 {
	limits := make([]int32, len(t.rates))
	for i, r := range t.rates {
		limits[i] = -1
		if benefit, ok := directory.Benefit(r.practises, r.minutes, r.zone, now); ok {
			limits[i] = int32(min(int64(most)+int64(benefit), noFee-1))
		}
	}
	return limits
}

// choose adds a group's choice to the query if the filter makes one.
func (q *query) choose(g search.Group) {
	chosen := g.Chosen(&q.filter)
	switch {
	case g.Name == "price" && q.filter.MaxFee.Set:
		q.choices = append(q.choices, choice{g.Name, q.within(q.base, q.format)})
	case g.Name == "available" && len(chosen) > 0:
		met := slices.Clone(q.base)
		met.filter(func(slot int) bool {
			free := q.available(slot)
			return slices.ContainsFunc(chosen, func(v string) bool { return free[slices.Index(g.Values, v)] })
		})
		q.choices = append(q.choices, choice{g.Name, met})
	case g.Name == "format" && q.filter.MaxGap.Set && q.format == 1: // couple sessions have no benefit
		q.choices = append(q.choices, choice{g.Name, make(bitset, len(q.base))})
	default:
		if met := q.anyOf(g, chosen, g.Name == "issue" && q.filter.AllIssues); met != nil {
			q.choices = append(q.choices, choice{g.Name, met})
		}
	}
}

// anyOf finds those who have any of the values, or all of them; nil where none of the values exists.
func (q *query) anyOf(g search.Group, values []string, all bool) (met bitset) {
	for _, v := range values {
		place, ok := search.FacetIndex(g.Name, v)
		switch {
		case !ok:
		case met == nil:
			met = slices.Clone(q.table.values[place])
		case all:
			met.and(q.table.values[place])
		default:
			met.or(q.table.values[place])
		}
	}
	return met
}

// within keeps those whose lowest fee of a format is within the limit.
func (q *query) within(b bitset, format int) bitset {
	b = slices.Clone(b)
	if q.limit != noFee {
		fees := q.table.fees[format]
		b.filter(func(slot int) bool { return fees[slot] <= q.limit })
	}
	return b
}

// available says which windows a therapist has a free time in: today, week, evening, weekend. The rule is
// that of search.Free; instants are compared with the clock at each search, so that none goes stale.
func (q *query) available(slot int) [4]bool {
	t := q.table
	soon := t.next[nextAny][slot]
	return [4]bool{
		soon > q.now && soon < q.midnight[t.zone[slot]],
		soon > q.now && soon <= q.now+week,
		t.next[nextEvening][slot] > q.now,
		t.next[nextWeekend][slot] > q.now,
	}
}

// all finds those who meet everything but the choices of some groups.
func (q *query) all(except ...string) bitset {
	out := slices.Clone(q.base)
	for _, c := range q.choices {
		if !slices.Contains(except, c.group) {
			out.and(c.met)
		}
	}
	return out
}

func (q *query) isChosen(group string) bool {
	return slices.ContainsFunc(q.choices, func(c choice) bool { return c.group == group })
}

// facets counts the therapists beside every value: of those who meet everything, in a chosen group of those
// who meet everything but that choice.
func (q *query) facets(all bitset) search.Facets {
	counts := make([]int32, search.FacetLen())
	blocks := all.blocks()
	for _, g := range search.Groups() {
		from, to := search.FacetRange(g.Name)
		set, within := all, blocks
		if q.isChosen(g.Name) {
			set = q.all(g.Name)
			within = set.blocks()
		}
		switch {
		case g.Name == "available":
			q.countAvailable(set, counts[from:to])
		case g.Name == "format" && (q.filter.MaxFee.Set || q.filter.MaxGap.Set):
			q.countFormats(g, counts[from:to])
		case g.Name == "price":
			from += bucketOffset(q.format)
			count(within, q.table.values[from:], counts[to-len(g.Values):to])
		default:
			count(within, q.table.values[from:], counts[from:to])
		}
	}
	return search.NewFacets(counts)
}

// count counts a set by each value.
func count(set []block, values []bitset, counts []int32) {
	for i := range counts {
		counts[i] = common(set, values[i])
	}
}

func (q *query) countAvailable(set bitset, counts []int32) {
	for slot := range set.slots() {
		for i, free := range q.available(slot) {
			if free {
				counts[i]++
			}
		}
	}
}

// countFormats counts session formats where money is limited, each by the fee that counts when it alone is
// chosen: couple sessions by theirs, any other by the individual fee.
func (q *query) countFormats(g search.Group, counts []int32) {
	set := q.all("format", "price")
	within := [2][]block{q.within(set, 0).blocks(), q.within(set, 1).blocks()}
	for i, format := range g.Values {
		place, _ := search.FacetIndex(g.Name, format)
		switch {
		case format != formats[1]:
			counts[i] = common(within[0], q.table.values[place])
		case !q.filter.MaxGap.Set: // couple sessions have no benefit
			counts[i] = common(within[1], q.table.values[place])
		}
	}
}
