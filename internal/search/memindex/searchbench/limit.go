package searchbench

import (
	"context"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"time"

	"wattle/internal/bench"
	"wattle/internal/search"
)

// bare is what counting costs at least when every value of everybody is looked at: one AND and one
// bit count for each word of each value's set.
type bare struct {
	values [][]uint64
	set    []uint64
	sum    int
}

func newBare(n int) *bare {
	r := rand.New(rand.NewPCG(1, 2))
	words := func() []uint64 {
		out := make([]uint64, (n+63)/64)
		for i := range out {
			out[i] = r.Uint64() & r.Uint64()
		}
		return out
	}
	b := &bare{set: words()}
	for range search.FacetLen() {
		b.values = append(b.values, words())
	}
	return b
}

func (b *bare) count() {
	for _, v := range b.values {
		n := 0
		for w, m := range b.set {
			n += bits.OnesCount64(m & v[w])
		}
		b.sum += n
	}
}

// took is the median time of one count.
func (b *bare) took() time.Duration {
	const times = 50
	return bench.Median(times, func() {
		for range times {
			b.count()
		}
	})
}

// againstLimit is F2.
func againstLimit(ctx context.Context, l *lab) (results []bench.Result, err error) {
	oracle, err := l.scan(ctx)
	if err != nil {
		return nil, err
	}
	b := newBare(len(l.all))
	var slowest, least, allocs, typoAllocs float64
	for _, s := range shapes {
		f, err := l.filter(s)
		if err != nil {
			return nil, err
		}
		limit := b.took()
		ours, err := timed(ctx, l.index, f, labNow, s.quick)
		if err != nil {
			return nil, err
		}
		pass, err := timed(ctx, oracle, f, labNow, 10)
		if err != nil {
			return nil, err
		}
		n := bench.Allocations(100, func() { l.index.Search(ctx, f, labNow) })
		of, than := float64(ours)/float64(limit), float64(pass)/float64(ours)
		results = append(results, bench.Result{Name: "  " + s.name, Ratio: of, Ours: fmt.Sprintf("%s, %.1f allocs, %.1f × the scan", short(ours), n, than),
			Limit: fmt.Sprintf("bare AND and count %s; one-pass scan %s", short(limit), short(pass)), Met: true})
		if !s.goal {
			continue
		}
		slowest = max(slowest, of)
		if least == 0 || than < least {
			least = than
		}
		if s.typo {
			typoAllocs = max(typoAllocs, n)
		} else {
			allocs = max(allocs, n)
		}
	}
	return append([]bench.Result{
		{Name: "search-against-counting", Ratio: slowest, Ours: "the slowest of the shapes", Limit: fmt.Sprintf("%d × AND and count", search.FacetLen()), Goal: "≤ 1.6 ×", Met: slowest <= 1.6},
		{Name: "search-against-scan", Ratio: least, Ours: "the least gain of the shapes", Limit: "one pass over everybody", Goal: "≥ 3 ×", Met: least >= 3},
		{Name: "search-allocations", Ratio: allocs, Ours: "allocations of a search", Limit: "none", Goal: "≤ 5", Met: allocs <= 5},
		{Name: "search-allocations-typo", Ratio: typoAllocs, Ours: "allocations with a misspelt word", Limit: "none", Goal: "≤ 20", Met: typoAllocs <= 20},
	}, results...), nil
}
