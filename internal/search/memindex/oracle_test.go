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

// naive answers by looking at everyone once, and shares no code with the index.
type naive struct {
	all   []*directory.Profile
	f     search.Filter
	now   time.Time
	words map[int64]wordMatch // those who meet the words, by id; nil without words
}

func newNaive(all []*directory.Profile, f search.Filter, now time.Time) (n naive, partial bool) {
	n = naive{all: all, f: f, now: now}
	if f.Q != "" {
		n.words, partial = matchWords(all, f.Q)
	}
	return n, partial
}

// base is everything that has no counts beside it.
func (n naive) base(t *directory.Profile) bool {
	if _, ok := n.words[t.ID]; n.words != nil && !ok {
		return false
	}
	return t.Listing == directory.Listed && (n.f.Postcode == "" || n.f.Postcode == t.Postcode) && n.withinGap(t) &&
		(n.f.Near.IsZero() || region.Distance(n.f.Near.Lat, n.f.Near.Lng, t.Lat, t.Lng) <= float64(n.f.WithinKm))
}

// missed lists the groups whose choice a therapist does not meet.
func (n naive) missed(t *directory.Profile, f search.Filter) (out []string) {
	for _, g := range search.Groups() {
		if !n.meets(t, g, f) {
			out = append(out, g.Name)
		}
	}
	return out
}

func (n naive) meets(t *directory.Profile, g search.Group, f search.Filter) bool {
	couple := slices.Equal(f.Formats, []string{"couple"})
	if g.Name == "price" {
		low, ok := n.lowest(t, f)
		return !f.MaxFee.Set || ok && low <= f.MaxFee.Cents
	}
	if g.Name == "format" && couple && f.MaxGap.Set {
		return false // couple sessions have no benefit
	}
	asked := g.Chosen(&f)
	if len(asked) == 0 {
		return true
	}
	has, have := n.values(t, g.Name), 0
	for _, v := range asked {
		if slices.Contains(has, v) {
			have++
		}
	}
	return have == len(asked) || have > 0 && (g.Name != "issue" || !f.AllIssues)
}

// values lists the values of a group that a therapist has.
func (n naive) values(t *directory.Profile, group string) (out []string) {
	switch group {
	case "price":
		low, ok := n.lowest(t, n.f)
		for _, v := range []string{"0-100", "100-150", "150-200", "200-250", "250-"} {
			if ok && inBucket(low, v) {
				out = append(out, v)
			}
		}
		return out
	case "available":
		for _, v := range []string{"today", "week", "evening", "weekend"} {
			if n.available(t, v) {
				out = append(out, v)
			}
		}
		return out
	case "mode", "format":
		return offers(t, group)
	}
	return traits(t, group)
}

func traits(t *directory.Profile, group string) []string {
	yes := func(has bool) []string {
		if has {
			return []string{"true"}
		}
		return nil
	}
	switch group {
	case "state":
		return []string{t.State}
	case "type":
		return []string{t.Type}
	case "issue":
		return slices.Concat(t.Issues, t.AlsoIssues)
	case "language":
		return t.Languages
	case "gender":
		return []string{t.Gender}
	case "approach":
		return t.Approaches
	case "group":
		return t.ClientGroups
	case "affirming":
		return t.Affirming
	case "faith":
		return t.Faiths
	case "access":
		return t.Access
	case "funding":
		return t.Funding
	case "reduced":
		return yes(t.Reduced != nil && t.Reduced.Left > 0)
	case "free_consultation":
		return yes(slices.ContainsFunc(t.Services, func(s directory.Service) bool { return s.Slug == "free-consultation" }))
	case "accepting":
		return yes(t.Accepting)
	}
	panic("the oracle does not know the group " + group)
}

// offers lists the modes or formats of a therapist's sessions; who has none has the modes of the free
// consultation.
func offers(t *directory.Profile, group string) []string {
	var modes, freeModes, formats []string
	for _, s := range t.Services {
		if s.Kind == "consultation" {
			freeModes = append(freeModes, s.Modes...)
			continue
		}
		modes = append(modes, s.Modes...)
		formats = append(formats, s.Format)
	}
	switch {
	case group == "format":
		return formats
	case len(modes) == 0:
		return freeModes
	}
	return modes
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

func (n naive) withinGap(t *directory.Profile) bool {
	if !n.f.MaxGap.Set {
		return true
	}
	s, ok := n.fee(t, "individual")
	if !ok {
		return false
	}
	loc, _ := region.LoadZone(t.Zone)
	row, ok := taxonomy.Rebate(n.tier(t), s.Minutes, "in-person", n.now.In(loc))
	return ok && money.Cents(row.Gap(int64(s.Fee))) <= n.f.MaxGap.Cents
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

func (n naive) available(t *directory.Profile, v string) bool {
	next := t.Next
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

func (n naive) total() (out []*directory.Profile) {
	for _, t := range n.all {
		if n.base(t) && len(n.missed(t, n.f)) == 0 {
			out = append(out, t)
		}
	}
	return out
}

// counts are the numbers beside every value of every group: a therapist counts in a group if no choice of
// another group is missed. A session format is counted by the fee that counts when it alone is chosen.
func (n naive) counts() map[search.Value]int {
	out := map[search.Value]int{}
	for _, t := range n.all {
		if !n.base(t) {
			continue
		}
		missed := n.missed(t, n.f)
		for _, g := range search.Groups() {
			if g.Name == "format" && (n.f.MaxFee.Set || n.f.MaxGap.Set) {
				for _, v := range unique(n.values(t, "format")) {
					alone := n.f
					alone.Formats = []string{v}
					if len(n.missed(t, alone)) == 0 {
						out[search.Value{Group: "format", Value: v}]++
					}
				}
			} else if len(missed) == 0 || len(missed) == 1 && missed[0] == g.Name {
				for _, v := range unique(n.values(t, g.Name)) {
					out[search.Value{Group: g.Name, Value: v}]++
				}
			}
		}
	}
	return out
}

func unique(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
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
		if at := t.Next.Any; at.After(n.now) {
			return at.UnixNano()
		}
		return 1<<63 - 1
	}
	day := search.RotationDay(n.now)
	slices.SortFunc(list, func(a, b *directory.Profile) int {
		var first int
		switch n.f.Sort {
		case "":
			first = cmp.Compare(n.words[a.ID].rank, n.words[b.ID].rank)
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

func TestSearchEqualsLookingAtEveryone(t *testing.T) {
	all := listed(population(700, 3))
	x := filled(t, all)
	r, found := rand.New(rand.NewPCG(1, 11)), 0
	for i := range 120 {
		found += judge(t, x, all, randomFilter(r), clocks[i%len(clocks)])
	}
	if found == 0 {
		t.Fatal("the random filters found no one at all")
	}
}

func filled(t *testing.T, all []*directory.Profile) *Index {
	t.Helper()
	x := New()
	if err := x.Replace(context.Background(), all); err != nil {
		t.Fatal(err)
	}
	return x
}

// judge holds a search against the naive answer: the total, the page in order with distances and reasons,
// every count. It returns how many the search found.
func judge(t *testing.T, x *Index, all []*directory.Profile, f search.Filter, now time.Time) int {
	t.Helper()
	got, err := x.Search(context.Background(), f, now)
	if err != nil {
		t.Fatal(err)
	}
	n, partial := newNaive(all, f, now)
	want := n.total()
	if got.Total != len(want) || got.Partial != partial {
		t.Fatalf("%q at %v: total %d (partial %v), by hand %d (%v)", f.Encode(), now, got.Total, got.Partial, len(want), partial)
	}
	var ids []int64
	for _, h := range got.Hits {
		ids = append(ids, h.ID)
		i := slices.IndexFunc(all, func(p *directory.Profile) bool { return p.ID == h.ID })
		if h.HasKm == f.Near.IsZero() || h.HasKm && h.Km != region.Distance(f.Near.Lat, f.Near.Lng, all[i].Lat, all[i].Lng) {
			t.Fatalf("%q: %d is %v km away (%v)", f.Encode(), h.ID, h.Km, h.HasKm)
		}
		if !n.words[h.ID].explains(h.Matched) {
			t.Fatalf("%q: %d is found because %q, by hand %q", f.Encode(), h.ID, h.Matched, n.words[h.ID].reasons)
		}
	}
	if by := n.order(want); !slices.Equal(ids, by) {
		t.Fatalf("%q at %v: page %v, by hand %v", f.Encode(), now, ids, by)
	}
	counts := n.counts()
	for _, g := range search.Groups() {
		for _, v := range g.Values {
			if c, by := got.Facets.Count(g.Name, v), counts[search.Value{Group: g.Name, Value: v}]; c != by {
				t.Fatalf("%q at %v: %s=%s counts %d, by hand %d", f.Encode(), now, g.Name, v, c, by)
			}
		}
	}
	return len(want)
}
