package memindex

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"testing"
	"time"

	"wattle/internal/directory"
	"wattle/internal/money"
	"wattle/internal/region"
	"wattle/internal/search"
	"wattle/internal/search/memindex/scan"
	"wattle/internal/taxonomy"
)

// clocks are the three moments: the start, a night later, and after the times of most have lapsed.
var clocks = []time.Time{start, start.Add(9*time.Hour + 30*time.Minute), start.Add(12 * 24 * time.Hour)}

// randomFilter asks for up to five things, written as a query so that parsing is tried as well.
func randomFilter(r *rand.Rand) search.Filter {
	v := url.Values{}
	for range r.IntN(6) {
		switch r.IntN(12) {
		case 0, 1, 2, 3:
			groups := search.Groups()
			g := groups[r.IntN(len(groups)-1)] // not price
			n := 1
			if g.Many {
				n += r.IntN(2)
			}
			for range n {
				v.Add(g.Name, g.Values[r.IntN(len(g.Values))])
			}
			if !g.Many {
				v.Set(g.Name, "true")
			}
		case 4:
			for range 1 + r.IntN(3) {
				v.Add("issue", pick(r, taxonomy.Issues.Slugs()[:10]))
			}
			v.Set("issue_match", pick(r, []string{"any", "all"}))
		case 5:
			v.Set("max_fee", fmt.Sprint(60+r.IntN(30)*10))
		case 6:
			v.Set("max_gap", fmt.Sprint(r.IntN(20)*10))
		case 7:
			p := region.Places()[r.IntN(400)]
			v.Set("near", search.PlaceOf(p).Text)
			v.Set("within_km", fmt.Sprint(1+r.IntN(200)))
		case 8:
			v.Add("available", pick(r, []string{"today", "week", "evening", "weekend"}))
		case 9:
			v["format"] = []string{pick(r, []string{"couple", "individual", "group"})}
		case 10:
			v.Set("state", pick(r, []string{"nsw", "act"}))
		case 11:
			v["mode"] = some(r, []string{"video", "phone", "in-person"}, 2)
		}
	}
	v.Set("sort", pick(r, []string{"relevance", "soonest", "price"}))
	if v.Has("near") && r.IntN(2) == 0 {
		v.Set("sort", "distance")
	}
	if len(v["mode"]) == 0 {
		v.Del("mode")
	}
	v.Set("page", fmt.Sprint(1+r.IntN(3)))
	v.Set("per_page", fmt.Sprint(1+r.IntN(50)))
	f, err := search.Parse(v)
	if err != nil {
		panic(fmt.Sprint(v, err))
	}
	return f
}

// naive answers by looking at everybody once for every question, and shares no code with the index.
type naive struct {
	all []*directory.Profile
	f   search.Filter
	now time.Time
}

func (n naive) matches(t *directory.Profile, f search.Filter) bool {
	return t.Listing == directory.Listed && n.lists(t, f) && n.money(t, f) && n.times(t, f) &&
		(f.Postcode == "" || f.Postcode == t.Postcode) &&
		(f.Near.IsZero() || region.Distance(f.Near.Lat, f.Near.Lng, t.Lat, t.Lng) <= float64(f.WithinKm)) &&
		(!f.Reduced || t.Reduced != nil && t.Reduced.Left > 0) && (!f.FreeConsultation || n.free(t)) && (!f.Accepting || t.Accepting)
}

func (n naive) free(t *directory.Profile) bool {
	return slices.ContainsFunc(t.Services, func(s directory.Service) bool { return s.Slug == "free-consultation" })
}

func (n naive) lists(t *directory.Profile, f search.Filter) bool {
	var modes, freeModes, formats []string
	for _, s := range t.Services {
		if s.Kind == "consultation" {
			freeModes = append(freeModes, s.Modes...)
			continue
		}
		modes = append(modes, s.Modes...)
		formats = append(formats, s.Format)
	}
	if len(modes) == 0 {
		modes = freeModes
	}
	issues := append(slices.Clone(t.Issues), t.AlsoIssues...)
	for _, c := range []struct{ asked, has []string }{
		{f.States, []string{t.State}}, {f.Types, []string{t.Type}}, {f.Genders, []string{t.Gender}}, {f.Approaches, t.Approaches},
		{f.Groups, t.ClientGroups}, {f.Languages, t.Languages}, {f.Affirming, t.Affirming}, {f.Faiths, t.Faiths}, {f.Access, t.Access},
		{f.Funding, t.Funding}, {f.Modes, modes}, {f.Formats, formats},
	} {
		if len(c.asked) > 0 && !slices.ContainsFunc(c.asked, func(v string) bool { return slices.Contains(c.has, v) }) {
			return false
		}
	}
	have := 0
	for _, i := range f.Issues {
		if slices.Contains(issues, i) {
			have++
		}
	}
	return len(f.Issues) == 0 || have == len(f.Issues) || have > 0 && !f.AllIssues
}

func (n naive) fee(t *directory.Profile, format string) (best directory.Service, ok bool) {
	for _, s := range t.Services {
		if s.Kind != "session" || s.Format != format {
			continue
		}
		d, e := max(s.Minutes-50, 50-s.Minutes), max(best.Minutes-50, 50-best.Minutes)
		if !ok || d < e || d == e && s.Minutes > best.Minutes {
			best, ok = s, true
		}
	}
	return best, ok
}

func (n naive) lowest(t *directory.Profile, f search.Filter) (money.Cents, bool) {
	if slices.Equal(f.Formats, []string{"couple"}) {
		s, ok := n.fee(t, "couple")
		return s.Fee, ok
	}
	if s, ok := n.fee(t, "individual"); ok {
		if t.Reduced != nil && t.Reduced.Left > 0 {
			return min(s.Fee, t.Reduced.Fee), true
		}
		return s.Fee, true
	}
	for _, s := range t.Services {
		if s.Kind == "session" && s.Format != "group" {
			return s.Fee, true
		}
	}
	return 0, false
}

func (n naive) money(t *directory.Profile, f search.Filter) bool {
	if low, ok := n.lowest(t, f); f.MaxFee.Set && (!ok || low > f.MaxFee.Cents) {
		return false
	}
	if !f.MaxGap.Set {
		return true
	}
	s, ok := n.fee(t, "individual")
	if !ok || slices.Equal(f.Formats, []string{"couple"}) {
		return false
	}
	loc, _ := region.LoadZone(t.Zone)
	row, ok := taxonomy.Rebate(n.tier(t), s.Minutes, "in-person", n.now.In(loc))
	return ok && money.Cents(row.Gap(int64(s.Fee))) <= f.MaxGap.Cents
}

// tier is the profession that Medicare pays, by the credentials of random_test.go.
func (n naive) tier(t *directory.Profile) string {
	kinds := map[string]directory.Credential{}
	for _, c := range t.Credentials {
		kinds[c.Kind] = c
	}
	switch {
	case t.Type == "clinical-psychologist" && len(kinds["ahpra"].Endorsements) == 0:
		return "psychologist"
	case t.Type == "occupational-therapist" && kinds["ota"].Kind == "", t.Type == "mental-health-social-worker" && kinds["amhsw"].Kind == "":
		return ""
	}
	return t.Type
}

func (n naive) times(t *directory.Profile, f search.Filter) bool {
	if len(f.Available) == 0 {
		return true
	}
	return slices.ContainsFunc(f.Available, func(v string) bool { return n.available(t, v) })
}

func (n naive) next(t *directory.Profile) directory.Next {
	if !n.free(t) {
		return directory.Next{}
	}
	return t.Next
}

func (n naive) available(t *directory.Profile, v string) bool {
	next := n.next(t)
	loc, _ := region.LoadZone(t.Zone)
	switch v {
	case "today":
		y, m, d := n.now.In(loc).Date()
		y2, m2, d2 := next.Any.In(loc).Date()
		return next.Any.After(n.now) && y == y2 && m == m2 && d == d2
	case "week":
		return next.Any.After(n.now) && next.Any.Sub(n.now) <= 168*time.Hour
	case "evening":
		return next.Evening.After(n.now)
	}
	return next.Weekend.After(n.now)
}

func (n naive) total(f search.Filter) (out []*directory.Profile) {
	for _, t := range n.all {
		if n.matches(t, f) {
			out = append(out, t)
		}
	}
	return out
}

// rest is everybody who meets all but a group's own choice; fees stay those of the format asked for.
func (n naive) rest(group string) (out []*directory.Profile) {
	without := n.f.Without(group, "")
	priced := n.f
	if group == "price" {
		priced.MaxFee = search.Limit{}
	}
	without.MaxFee, without.MaxGap = search.Limit{}, search.Limit{}
	for _, t := range n.all {
		if n.money(t, priced) && n.matches(t, without) {
			out = append(out, t)
		}
	}
	return out
}

// count is the disjunctive count: of those, who has the value. A kind of session is asked for alone,
// for its fee comes with it.
func (n naive) count(rest []*directory.Profile, group, value string) (c int) {
	if group == "format" {
		alone := n.f
		alone.Formats = []string{value}
		return len(n.total(alone))
	}
	one := single(group, value)
	for _, t := range rest {
		if group == "price" {
			low, ok := n.lowest(t, n.f)
			if ok && inBucket(low, value) {
				c++
			}
		} else if n.matches(t, one) {
			c++
		}
	}
	return c
}

var singles = map[string]search.Filter{}

// single asks for one value only.
func single(group, value string) search.Filter {
	f, ok := singles[group+value]
	if !ok {
		f = search.All().With(group, value)
		singles[group+value] = f
	}
	return f
}

func inBucket(low money.Cents, value string) bool {
	var from, to int
	if n, _ := fmt.Sscanf(value, "%d-%d", &from, &to); n < 2 {
		to = 1 << 30
	}
	return int(low) >= from*100 && int(low) < to*100
}

func (n naive) order(list []*directory.Profile) []int64 {
	soon := func(t *directory.Profile) int64 {
		if at := n.next(t).Any; at.After(n.now) {
			return at.UnixNano()
		}
		return 1<<63 - 1
	}
	day := search.RotationDay(n.now)
	slices.SortFunc(list, func(a, b *directory.Profile) int {
		var first int
		switch n.f.Sort {
		case "price":
			p, ok := n.lowest(a, n.f)
			q, ok2 := n.lowest(b, n.f)
			if !ok {
				p = 1 << 40
			}
			if !ok2 {
				q = 1 << 40
			}
			first = cmp.Compare(p, q)
		case "distance":
			first = cmp.Compare(region.Distance(n.f.Near.Lat, n.f.Near.Lng, a.Lat, a.Lng), region.Distance(n.f.Near.Lat, n.f.Near.Lng, b.Lat, b.Lng))
		}
		return cmp.Or(first, cmp.Compare(soon(a), soon(b)), cmp.Compare(search.RotationRank(a.ID, day), search.RotationRank(b.ID, day)), cmp.Compare(a.ID, b.ID))
	})
	var out []int64
	for i := (n.f.Page - 1) * n.f.PerPage; i < min(len(list), n.f.Page*n.f.PerPage); i++ {
		out = append(out, list[i].ID)
	}
	return out
}

// listed are the profiles as the read model would hand them over.
func listed(all []*directory.Profile) []*directory.Profile {
	var out []*directory.Profile
	for _, t := range all {
		if t.Listing != directory.Listed {
			continue
		}
		c := *t
		if _, ok := directory.NextService(&c); !ok {
			c.Next = directory.Next{}
		}
		out = append(out, &c)
	}
	return out
}

// The oracle is held to the same: it must never be wrong in the way the index is.
func TestSearchEqualsLookingAtEverybody(t *testing.T) {
	all := population(700, 3)
	x, oracle := New(), scan.New()
	for _, y := range []search.Index{x, oracle} {
		if err := y.Replace(context.Background(), (listed(all))); err != nil {
			t.Fatal(err)
		}
	}
	compare(t, all, 120, 1, x, oracle)
}

// compare holds indexes against the naive answer: totals, the page in order, every count.
func compare(t *testing.T, all []*directory.Profile, filters int, seed uint64, indexes ...search.Index) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 11))
	found := 0
	for i := range filters {
		f := randomFilter(r)
		n := naive{all, f, clocks[i%len(clocks)]}
		want := n.total(f)
		found += len(want)
		ids, counts := n.order(want), n.counts()
		for _, x := range indexes {
			res, err := x.Search(context.Background(), f, n.now)
			if err != nil {
				t.Fatal(err)
			}
			if res.Total != len(want) {
				t.Fatalf("%q: total %d, by hand %d", f.Encode(), res.Total, len(want))
			}
			var got []int64
			for _, h := range res.Hits {
				got = append(got, h.ID)
			}
			if !slices.Equal(got, ids) {
				t.Fatalf("%q: page %v, by hand %v", f.Encode(), got, ids)
			}
			for v, by := range counts {
				if c := res.Facets.Count(v.Group, v.Value); c != by {
					t.Fatalf("%q: %s=%s counts %d, by hand %d", f.Encode(), v.Group, v.Value, c, by)
				}
			}
		}
	}
	if found == 0 {
		t.Fatal("the random filters found nobody at all")
	}
}

// counts are the numbers beside every value of every group.
func (n naive) counts() map[search.Value]int {
	out := map[search.Value]int{}
	for _, g := range search.Groups() {
		rest := n.rest(g.Name)
		for _, v := range g.Values {
			out[search.Value{Group: g.Name, Value: v}] = n.count(rest, g.Name, v)
		}
	}
	return out
}
