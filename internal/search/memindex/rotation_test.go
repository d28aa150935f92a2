package memindex

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"wattle/internal/directory"
	"wattle/internal/search"
)

// tied is a population in which many have the same next time, some have none and some have one that passes.
func tied(n int, change func(i int, p *directory.Profile)) []*directory.Profile {
	all := listed(population(n, 23))
	times := []time.Time{start.Add(20 * 24 * time.Hour), start.Add(21 * 24 * time.Hour), start.Add(30 * time.Hour), {}}
	for i, p := range all {
		p.Next = directory.Next{Any: times[i*i%len(times)]}
		if i%9 == 0 {
			p.Next.Any = times[i%3]
		}
		if change != nil {
			change(i, p)
		}
	}
	return all
}

// Therapists with the same time are ranked by the rotation of the day, page by page.
func TestTiedResultsAreInTheOrderOfTheDay(t *testing.T) {
	ctx := context.Background()
	all := tied(350, nil)
	x := filled(t, all)
	orders := map[string]bool{}
	for day := range 8 {
		now := start.AddDate(0, 0, day)
		for _, f := range []search.Filter{search.All(), search.All().With("state", "nsw").With("gender", "woman"),
			search.All().SortedBy(search.Price), search.All().With("q", "grief")} {
			seen := map[int64]bool{}
			for f.Page = 1; ; f.Page++ {
				judge(t, x, all, f, now)
				r, err := x.Search(ctx, f, now)
				if err != nil {
					t.Fatal(err)
				}
				for _, h := range r.Hits {
					seen[h.ID] = true
				}
				if f.Page == 1 && f.Empty() && f.Sort == "" {
					orders[fmt.Sprint(r.Hits)] = true
				}
				if f.Page*f.PerPage >= r.Total {
					if len(seen) != r.Total {
						t.Errorf("%q: the pages of a day hold %d of %d", f.Encode(), len(seen), r.Total)
					}
					break
				}
			}
		}
	}
	if len(orders) != 7 {
		t.Errorf("%d first pages in eight days; want seven, the eighth as the first", len(orders))
	}
}

// The newest therapist is on the first page as often as others.
func TestANewcomerReachesTheFirstPage(t *testing.T) {
	ctx := context.Background()
	all := tied(400, func(i int, p *directory.Profile) { p.Next.Any = start.Add(30 * 24 * time.Hour) })[:60]
	newest := slices.MaxFunc(all, func(a, b *directory.Profile) int { return int(a.ID - b.ID) }).ID
	x := New()
	if err := x.Replace(ctx, (all)); err != nil {
		t.Fatal(err)
	}
	days := map[int64]int{}
	for day := range 7 {
		r, err := x.Search(ctx, search.All(), start.AddDate(0, 0, day))
		if err != nil || len(r.Hits) != 20 {
			t.Fatal(len(r.Hits), err)
		}
		for _, h := range r.Hits {
			days[h.ID]++
		}
	}
	if days[newest] == 0 {
		t.Error("the newest is on no first page in a week")
	}
	if len(days) < 55 {
		t.Errorf("only %d of 60 are on a first page in a week", len(days))
	}
}

// Changes among therapists with the same time keep the order, one by one and many at once.
func TestChangesKeepTheOrderOfTiedResults(t *testing.T) {
	ctx := context.Background()
	all := tied(600, nil)
	x, living := filled(t, all[:300]), map[int64]*directory.Profile{}
	for _, p := range all[:300] {
		living[p.ID] = p
	}
	for i, n := 300, 1; i < len(all); i, n = i+n, (n*5)%37 {
		put := slices.Clone(all[i:min(len(all), i+n)])
		gone := []int64{all[i-200].ID}
		moved := *all[i-100]
		moved.Next.Any = start.Add(21 * 24 * time.Hour)
		put = append(put, &moved)
		if err := x.Apply(ctx, put, gone); err != nil {
			t.Fatal(err)
		}
		for _, id := range gone {
			delete(living, id)
		}
		for _, p := range put {
			living[p.ID] = p
		}
		f := search.All()
		f.PerPage = 50
		judge(t, x, slices.Collect(maps.Values(living)), f.AtPage(1+i%5), start.AddDate(0, 0, i%7))
	}
}
