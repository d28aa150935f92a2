package memindex

import (
	"context"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"wattle/internal/directory"
	"wattle/internal/region"
	"wattle/internal/search"
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

// A hundred searches in each of 25 directories.
func TestRandomSearchesEqualLookingAtEveryone(t *testing.T) {
	r, found := rand.New(rand.NewPCG(5, 13)), 0
	for seed := range uint64(25) {
		all := listed(population(60+10*int(seed), 13+seed))
		x := filled(t, all)
		for i := range 100 {
			found += judge(t, x, all, randomSearch(r), clocks[i%len(clocks)])
		}
	}
	if found < 2500 {
		t.Errorf("only %d people were found in all", found)
	}
}

// The clock runs on, jumps and goes back.
func TestAvailabilityIsExactAtAnyTime(t *testing.T) {
	all := listed(population(150, 17))
	x := filled(t, all)
	r := rand.New(rand.NewPCG(6, 17))
	now := start
	for range 300 {
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
		judge(t, x, all, f.SortedBy(pick(r, []string{"", "soonest", "price"})), now)
	}
}

// Changes come one by one and by the hundred.
func TestTheChangedIndexEqualsLookingAtEveryone(t *testing.T) {
	ctx := context.Background()
	all := population(300, 31)
	x := filled(t, listed(all[:100]))
	r := rand.New(rand.NewPCG(8, 31))
	living := map[int64]*directory.Profile{}
	for _, p := range listed(all[:100]) {
		living[p.ID] = p
	}
	for round := range 60 {
		put, gone := randomChanges(r, all, population(300, uint64(200+round)), []int{1, 8, 150}[round%3])
		for _, id := range gone { // removed first, then put
			delete(living, id)
		}
		for _, p := range put {
			living[p.ID] = p
		}
		if err := x.Apply(ctx, put, gone); err != nil {
			t.Fatal(err)
		}
		everyone := slices.Collect(maps.Values(living))
		for i := range 4 {
			judge(t, x, everyone, randomSearch(r), clocks[i%len(clocks)])
		}
	}
	if len(x.table.ids) > len(all) {
		t.Errorf("%d slots for at most %d people", len(x.table.ids), len(all))
	}
	for _, w := range x.table.words.words {
		if !slices.IsSortedFunc(w.postings, func(a, b posting) int { return a.slot() - b.slot() }) {
			t.Errorf("the postings of %q are out of order", w.text)
		}
	}
}

// randomChanges changes some of all into others and lists what an index has to be given.
func randomChanges(r *rand.Rand, all, others []*directory.Profile, most int) (put []*directory.Profile, gone []int64) {
	for range 1 + r.IntN(most) {
		i := r.IntN(len(all))
		changed, other := *all[i], others[i]
		switch r.IntN(3) {
		case 0:
			changed = *other
		case 1: // the words stay
			changed.Next, changed.Accepting, changed.Services, changed.Reduced = other.Next, other.Accepting, other.Services, other.Reduced
		case 2:
			changed.Lat, changed.Lng, changed.Type, changed.Credentials = other.Lat, other.Lng, other.Type, other.Credentials
		}
		if l := listed([]*directory.Profile{&changed}); len(l) > 0 && r.IntN(5) > 0 {
			put = append(put, l...)
			all[i] = &changed
		} else {
			gone = append(gone, changed.ID)
		}
	}
	return put, gone
}
