package directory

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"sync"
	"testing"
)

// Changes in any order, slugs that change hands among them, leave the read model as if it had been read
// anew, while others read from it all the time.
func TestChangesEqualAFullRead(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	names := []string{"Ada", "Bo", "Mei", "Zoë"}
	people := map[int64]*Profile{}
	slugs := r.Perm(80)
	one := func(id int64) *Profile {
		return &Profile{ID: id, Slug: fmt.Sprint("p-", slugs[id]), GivenName: names[r.IntN(4)], FamilyName: names[r.IntN(4)], State: "nsw", Type: "counsellor",
			Demo: r.IntN(2) == 0, Accepting: true, Bio: fmt.Sprint("bio ", r.IntN(9)), Services: []Service{{Slug: fmt.Sprint("s", r.IntN(1000))}}, mark: r.Uint64()}
	}
	m := &Model{}
	m.replace(nil)
	defer readAllTheTime(t, m)()
	for round := range 300 {
		var put []*Profile
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
			case slices.ContainsFunc(put, func(p *Profile) bool { return p.ID == id }) || slices.Contains(gone, id):
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
		fresh := &Model{}
		fresh.replace(slices.Collect(maps.Values(people)))
		if m.state != fresh.state || m.demo != fresh.demo || !reflect.DeepEqual(m.names, fresh.names) || len(m.byID) != len(fresh.byID) || len(m.bySlug) != len(fresh.bySlug) {
			t.Fatalf("round %d: state %d and %d, demo %d and %d, %d and %d people", round, m.state, fresh.state, m.demo, fresh.demo, len(m.bySlug), len(fresh.bySlug))
		}
		for id, want := range people {
			byID, _ := m.ByID(id)
			bySlug, _ := m.BySlug(want.Slug)
			if !reflect.DeepEqual(byID, want) || bySlug == nil || bySlug.ID != id {
				t.Fatalf("round %d: %+v and %+v, want %+v", round, byID, bySlug, want)
			}
		}
		if round%50 == 49 {
			m.replace(slices.Collect(maps.Values(people)))
		}
	}
}

// readAllTheTime reads from m in every way, for the race detector, until stop.
func readAllTheTime(t *testing.T, m *Model) (stop func()) {
	end := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for i := 0; ; i++ {
			select {
			case <-end:
				return
			default:
			}
			m.Named("a", 5)
			if p, ok := m.BySlug(fmt.Sprint("p-", i%80)); ok && p.GivenName == "" {
				t.Error("somebody without a name")
			}
			for _, p := range m.All() {
				if p.State != "nsw" || len(p.Services) != 1 {
					t.Errorf("a profile in %q with %v", p.State, p.Services)
				}
			}
		}
	})
	return func() { close(end); wg.Wait() }
}

func profiles(list ...*Profile) []*Profile { return list }

// After any changes the names equal those built from the same profiles, without anyone who is gone.
func TestNamesFollowEveryChange(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	m := &Model{}
	for round := range 400 {
		var put []*Profile
		var gone []int64
		for range 1 + r.IntN(4) {
			id := int64(1 + r.IntN(30))
			put = append(put, &Profile{ID: id, Slug: fmt.Sprint("p-", id), GivenName: string(rune('A'+r.IntN(4))) + "a",
				FamilyName: string(rune('A'+r.IntN(4))) + "o", mark: uint64(round*100 + r.IntN(100))})
		}
		if r.IntN(2) == 0 {
			gone = append(gone, int64(1+r.IntN(30)))
		}
		m.apply(put, gone)
		if want := namesOf(m.All()); !slices.Equal(want[0], m.names[0]) || !slices.Equal(want[1], m.names[1]) {
			t.Fatalf("round %d: %v, want %v", round, m.names, want)
		}
	}
}
