package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"wattle/internal/directory"
	"wattle/internal/search/memindex"
	"wattle/tools/bench/lab"
)

// growth is F3: searches of 1,000,000 against those of 100,000, and those against 10,000.
func growth(p *population) {
	p.Say("multiplying %d people by ten", len(p.all))
	sizes := [3]*memindex.Index{memindex.New(), p.index, memindex.New()}
	p.Must(sizes[0].Replace(p.Ctx, p.all[:len(p.all)/10]))
	p.Must(sizes[2].Replace(p.Ctx, multiplied(p.all, 10)))
	var ratios [2][]float64
	for _, s := range shapes {
		var took [3]time.Duration
		for i, searches := range []int{s.quick, s.quick, max(3, s.quick/10)} {
			took[i] = p.timed(sizes[i], p.filter(s), searches)
		}
		p.Report(lab.Result{Name: "  " + s.name, Ratio: lab.Ratio(took[2], took[1]), Ours: lab.Short(took[2]),
			Limit: fmt.Sprintf("%s, with a tenth of that %s", lab.Short(took[1]), lab.Short(took[0]))})
		for i := range ratios {
			if s.goal {
				ratios[i] = append(ratios[i], lab.Ratio(took[i+1], took[i]))
			}
		}
	}
	for i, name := range []string{"search-of-100,000", "search-of-1,000,000"} {
		p.Report(lab.Result{Name: name, Ratio: lab.GeometricMean(ratios[i]),
			Ours:  fmt.Sprintf("%d people, geometric mean of the shapes' medians", sizes[i+1].Len()),
			Limit: fmt.Sprintf("%d people", sizes[i].Len())}.AtMost(25))
	}
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
