package searchbench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"

	"wattle/internal/bench"
	"wattle/internal/directory"
	"wattle/internal/search/memindex"
)

// million is F3. The people are those of the lab ten times over, each time with other numbers, times
// and coordinates.
func million(ctx context.Context, l *lab) ([]bench.Result, error) {
	l.Say("making a million of them")
	all := multiplied(l.all, 10)
	before := heap()
	x := memindex.New()
	if err := x.Replace(ctx, (all)); err != nil {
		return nil, err
	}
	each := float64(heap()-before) / float64(len(all))
	var ratios []float64
	var results []bench.Result
	for _, s := range shapes {
		f, err := l.filter(s)
		if err != nil {
			return nil, err
		}
		small, err := timed(ctx, l.index, f, labNow, s.quick)
		if err != nil {
			return nil, err
		}
		large, err := timed(ctx, x, f, labNow, max(3, s.quick/10))
		if err != nil {
			return nil, err
		}
		r := float64(large) / float64(small)
		results = append(results, bench.Result{Name: "  " + s.name, Ratio: r, Ours: short(large), Limit: "at 100,000 " + short(small), Met: true})
		if s.goal {
			ratios = append(ratios, r)
		}
	}
	runtime.KeepAlive(all)
	mean := bench.GeometricMean(ratios)
	return append([]bench.Result{
		{Name: "search-a-million", Ratio: mean, Ours: fmt.Sprintf("%d people, geometric mean of the shapes' medians", len(all)), Limit: fmt.Sprintf("%d people", len(l.all)),
			Goal: "≤ 25 ×", Met: mean <= 25},
		{Name: "bytes-a-therapist", Ratio: each, Ours: "heap of the index", Limit: "beyond the profiles", Goal: "≤ 400", Met: each <= 400},
	}, results...), nil
}

// heap is the live heap after everything else was swept away.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func multiplied(all []*directory.Profile, times int) []*directory.Profile {
	r := rand.New(rand.NewPCG(3, 4))
	out := make([]*directory.Profile, 0, len(all)*times)
	var highest int64
	for _, t := range all {
		highest = max(highest, t.ID)
	}
	for i := range times {
		for _, t := range all {
			c := *t
			c.ID += int64(i) * highest
			c.Lat, c.Lng = c.Lat+r.Float64()*0.02-0.01, c.Lng+r.Float64()*0.02-0.01
			if !c.Next.Any.IsZero() {
				c.Next.Any = c.Next.Any.Add(time.Duration(r.IntN(48)) * 15 * time.Minute)
			}
			out = append(out, &c)
		}
	}
	return out
}
