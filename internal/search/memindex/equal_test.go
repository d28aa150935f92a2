package memindex

import (
	"context"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"wattle/internal/directory"
	"wattle/internal/region"
	"wattle/internal/search"
	"wattle/internal/search/memindex/scan"
)

// asked are words people type: names, with and without typos, places, issues, professions, words of
// profiles, stop words, nonsense.
var asked = []string{"Mei", "nguyen", "Nguyn", "kowalsky", "martin", "marten", "O’Brien", "siobhan", "szymansky", "haddad", "anxiety", "anxeity",
	"grief", "cheating", "cant sleep", "emdr", "mandarin", "psychologist", "phsycologist", "counsellor", "social worker", "clinical psychologist",
	"calm", "practical", "hospitals", "schools", "comunity", "1994", "2015", "2000", "nsw", "the", "with", "zzzzzzzz", "couples", "arabic", "panic attacks", "i want to die"}

// randomSearch is a random filter, half of the time with words.
func randomSearch(r *rand.Rand) search.Filter {
	f := randomFilter(r)
	if r.IntN(2) == 0 {
		return f
	}
	var words []string
	for range 1 + r.IntN(3) {
		words = append(words, pick(r, asked))
	}
	if r.IntN(4) == 0 {
		words = append(words, region.Places()[r.IntN(400)].Name)
	}
	f.Q = strings.Join(words, " ")
	if r.IntN(8) == 0 {
		f.Postcode = region.Places()[r.IntN(400)].Postcode
	}
	return f
}

// equal holds two indexes to the same answer: total, hits in order with their distances and reasons,
// every count.
func equal(t *testing.T, got, want search.Index, f search.Filter, now time.Time) (found int) {
	t.Helper()
	a, err := got.Search(context.Background(), f, now)
	if err != nil {
		t.Fatal(err)
	}
	b, err := want.Search(context.Background(), f, now)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(a, b) {
		t.Fatalf("%q at %v:\n%+v\nby the oracle\n%+v", f.Encode(), now, a, b)
	}
	return len(a.Hits)
}

func TestTheIndexEqualsTheOracle(t *testing.T) {
	all := listed(population(4000, 13))
	x, oracle := New(), scan.New()
	for _, y := range []search.Index{x, oracle} {
		if err := y.Replace(context.Background(), (all)); err != nil {
			t.Fatal(err)
		}
	}
	r, found := rand.New(rand.NewPCG(5, 13)), 0
	for i := range 2500 {
		found += equal(t, x, oracle, randomSearch(r), clocks[i%len(clocks)])
	}
	if found < 2500 {
		t.Errorf("only %d people were found in all", found)
	}
}

// The clock runs on, jumps and goes back; what the index keeps about hours must never be stale.
func TestTheIndexEqualsTheOracleAtAnyTime(t *testing.T) {
	all := listed(population(500, 17))
	x, oracle := New(), scan.New()
	for _, y := range []search.Index{x, oracle} {
		if err := y.Replace(context.Background(), (all)); err != nil {
			t.Fatal(err)
		}
	}
	r := rand.New(rand.NewPCG(6, 17))
	now := start
	for range 600 {
		switch r.IntN(5) {
		case 0:
			now = now.Add(time.Duration(r.IntN(3600)) * time.Second)
		case 1:
			now = now.Truncate(15 * time.Minute).Add(15 * time.Minute)
		case 2:
			now = now.Add(-time.Microsecond)
		case 3:
			now = start.Add(time.Duration(r.IntN(20*24*3600*1000)) * time.Millisecond)
		}
		f := search.All()
		if r.IntN(2) == 0 {
			f = f.With("available", pick(r, []string{"today", "week", "evening", "weekend"}))
		}
		equal(t, x, oracle, f.SortedBy(pick(r, []string{"", "soonest", "price"})), now)
	}
}

// Changes come one by one and by the hundred, some of them compacting the index.
func TestTheChangedIndexEqualsTheOracle(t *testing.T) {
	ctx := context.Background()
	all := population(1500, 31)
	x, oracle := New(), scan.New()
	for _, y := range []search.Index{x, oracle} {
		if err := y.Replace(ctx, (listed(all[:500]))); err != nil {
			t.Fatal(err)
		}
	}
	r := rand.New(rand.NewPCG(8, 31))
	x.waste = 100
	compacted, before := 0, x.table
	living := map[int64]*directory.Profile{}
	for _, p := range listed(all[:500]) {
		living[p.ID] = p
	}
	for round := range 60 {
		other := population(1500, uint64(200+round))
		var put []*directory.Profile
		var gone []int64
		for range 1 + r.IntN([]int{1, few, 600}[round%3]) {
			i := r.IntN(len(all))
			changed := *all[i]
			switch r.IntN(3) {
			case 0:
				changed = *other[i]
			case 1: // the words stay
				changed.Next, changed.Accepting, changed.Services, changed.Reduced = other[i].Next, other[i].Accepting, other[i].Services, other[i].Reduced
			case 2:
				changed.Lat, changed.Lng, changed.Type = other[i].Lat, other[i].Lng, other[i].Type
			}
			if l := listed([]*directory.Profile{&changed}); len(l) > 0 && r.IntN(5) > 0 {
				put = append(put, l...)
				all[i] = &changed
			} else {
				gone = append(gone, changed.ID)
			}
		}
		for _, id := range gone { // forgotten first, then renewed
			delete(living, id)
		}
		for _, p := range put {
			living[p.ID] = p
		}
		for _, y := range []search.Index{x, oracle} {
			if err := y.Apply(ctx, put, gone); err != nil {
				t.Fatal(err)
			}
		}
		if x.table != before {
			compacted, before = compacted+1, x.table
		}
		for i := range 12 {
			equal(t, x, oracle, randomSearch(r), clocks[i%len(clocks)])
		}
	}
	if compacted < 3 {
		t.Errorf("the index was compacted %d times", compacted)
	}
	rebuilt := New()
	if err := rebuilt.Replace(ctx, (slices.Collect(maps.Values(living)))); err != nil {
		t.Fatal(err)
	}
	for i := range 100 {
		equal(t, x, rebuilt, randomSearch(r), clocks[i%len(clocks)])
	}
}
