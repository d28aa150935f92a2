package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"wattle/internal/directory"
	"wattle/internal/search/memindex"
	"wattle/tools/bench/lab"
)

// growth is F3: searches of 1,000,000 against those of 100,000, and those against 10,000.
func growth(ctx context.Context, p *population) (results []lab.Result, err error) {
	lab.Say("multiplying %d people by ten", len(p.all))
	sizes := [3]*memindex.Index{memindex.New(), p.index, memindex.New()}
	if err := sizes[0].Replace(ctx, p.all[:len(p.all)/10]); err != nil {
		return nil, err
	}
	if err := sizes[2].Replace(ctx, multiplied(p.all, 10)); err != nil {
		return nil, err
	}
	var ratios [2][]float64
	for _, s := range shapes {
		f, err := p.filter(s)
		if err != nil {
			return nil, err
		}
		var took [3]time.Duration
		for i, times := range []int{s.quick, s.quick, max(3, s.quick/10)} {
			if took[i], err = timed(ctx, sizes[i], f, times); err != nil {
				return nil, err
			}
		}
		large, small := float64(took[2])/float64(took[1]), float64(took[1])/float64(took[0])
		results = append(results, lab.Result{Name: "  " + s.name, Ratio: large, Ours: lab.Short(took[2]),
			Limit: fmt.Sprintf("%s, with a tenth of that %s", lab.Short(took[1]), lab.Short(took[0])), Met: true})
		if s.goal {
			ratios[0], ratios[1] = append(ratios[0], small), append(ratios[1], large)
		}
	}
	head := make([]lab.Result, 2)
	for i, name := range []string{"search-of-100,000", "search-of-1,000,000"} {
		mean := lab.GeometricMean(ratios[i])
		head[i] = lab.Result{Name: name, Ratio: mean, Ours: fmt.Sprintf("%d people, geometric mean of the shapes' medians", sizes[i+1].Len()),
			Limit: fmt.Sprintf("%d people", sizes[i].Len()), Goal: "≤ 25 ×", Met: mean <= 25}
	}
	return append(head, results...), nil
}

// multiplied is the people several times over, each time with other ids, times and coordinates.
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
