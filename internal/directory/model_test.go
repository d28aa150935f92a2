package directory

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"

	"wattle/internal/clock"
)

// Changes in any order, slugs that change hands among them, leave the read model as if it had been read
// anew, while others read from it all the time.
func TestChangesLeaveTheModelAsIfItWereReadAnew(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	names := []string{"Ada", "Bo", "Mei", "Zoë"}
	people := map[int64]*Therapist{}
	slugs := r.Perm(80)
	one := func(id int64) *Therapist {
		return &Therapist{ID: id, Slug: fmt.Sprint("p-", slugs[id]), GivenName: names[r.IntN(4)], FamilyName: names[r.IntN(4)], State: "nsw", Type: "counsellor",
			Demo: r.IntN(2) == 0, Accepting: true, Bio: fmt.Sprint("bio ", r.IntN(9)), Services: []Service{{Slug: fmt.Sprint("s", r.IntN(1000))}}, mark: r.Uint64()}
	}
	m := &model{}
	m.replace(gathered())
	defer readAllTheTime(t, m)()
	for round := range 300 {
		var put []*Therapist
		var gone []int64
		if round%2 == 0 { // slugs change hands
			a, b := r.IntN(80), r.IntN(80)
			slugs[a], slugs[b] = slugs[b], slugs[a]
			for _, id := range slices.Compact([]int64{int64(a), int64(b)}) {
				if people[id] != nil {
					put = append(put, one(id))
				}
			}
		}
		for range r.IntN(5) {
			id := int64(r.IntN(80))
			switch {
			case slices.ContainsFunc(put, func(p *Therapist) bool { return p.ID == id }) || slices.Contains(gone, id):
			case r.IntN(3) == 0:
				gone = append(gone, id)
			default:
				put = append(put, one(id))
			}
		}
		for _, id := range gone {
			delete(people, id)
		}
		for _, p := range put {
			people[p.ID] = p
		}
		if len(put) > 1 && r.IntN(2) == 0 { // as two batches of one reading
			m.apply(put[:1], nil)
			put = put[1:]
		}
		m.apply(put, gone)
		fresh := &model{}
		fresh.replace(gathered(slices.Collect(maps.Values(people))...))
		if m.state != fresh.state || m.demo != fresh.demo || !reflect.DeepEqual(m.roll, fresh.roll) || len(m.byID) != len(fresh.byID) || len(m.bySlug) != len(fresh.bySlug) {
			t.Fatalf("round %d: state %d and %d, demo %d and %d, %d and %d people", round, m.state, fresh.state, m.demo, fresh.demo, len(m.bySlug), len(fresh.bySlug))
		}
		for id, want := range people {
			byID, _ := m.id(id)
			bySlug, _ := m.slug(want.Slug)
			if !reflect.DeepEqual(byID, want) || bySlug == nil || bySlug.ID != id {
				t.Fatalf("round %d: %+v and %+v, want %+v", round, byID, bySlug, want)
			}
		}
		if round%50 == 49 {
			m.replace(gathered(slices.Collect(maps.Values(people))...))
		}
	}
}

// readAllTheTime reads from m in every way, for the race detector, until stop.
func readAllTheTime(t *testing.T, m *model) (stop func()) {
	end := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-end:
				return
			default:
			}
			m.named("a", 5)
			if p, ok := m.slug(fmt.Sprint("p-", i%80)); ok && p.GivenName == "" {
				t.Error("somebody without a name")
			}
			for p := range m.each(Filter{States: []string{"nsw"}}.passesOver, func(*Therapist) bool { return true }) {
				if p.State != "nsw" || len(p.Services) != 1 {
					t.Errorf("somebody in %q with %v", p.State, p.Services)
				}
			}
		}
	})
	return func() { close(end); wg.Wait() }
}

// A survey is of who a page is about, however its list is sorted and cut into pages.
func TestASurveyIsKeptOnceForEveryOrderOfItsPage(t *testing.T) {
	d := &Directory{Clock: clock.At(reasonsNow)}
	d.model.replace(gathered(&Therapist{ID: 1, Slug: "p-1", State: "nsw"}))
	f := Everybody().With("state", "nsw")
	for _, sort := range []string{"", Price, Soonest} {
		for perPage := range MaxPerPage {
			f.Sort, f.PerPage = sort, perPage
			if s := d.Survey(f); s.People != 1 {
				t.Fatalf("%d people", s.People)
			}
		}
	}
	if n := len(d.surveys.made); n != 1 {
		t.Errorf("%d surveys of the same people are kept", n)
	}
	if s := d.Survey(Everybody().With("state", "vic")); s.People != 0 {
		t.Errorf("%d people in another state", s.People)
	}
}
