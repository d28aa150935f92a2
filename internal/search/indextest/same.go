package indextest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"wattle/internal/directory"
	"wattle/internal/region"
	"wattle/internal/search"
)

// Edge is the distance from the edge of a circle, in kilometres, within which two engines may disagree about who
// is inside.
const Edge = 0.010

// Same compares the answers of two indexes over the same people: the total, the page in order and the distances.
// It returns the difference, "" for none. People within Edge of the edge of a circle may be in one answer only;
// without such people every id must be the same.
func Same(ctx context.Context, a, b search.Index, f search.Filter, now time.Time, all []*directory.Profile) string {
	x, err := a.Search(ctx, f, now)
	if err != nil {
		return err.Error()
	}
	y, err := b.Search(ctx, f, now)
	if err != nil {
		return err.Error()
	}
	slack := onEdge(f, all)
	if off(x.Total, y.Total) > slack {
		return fmt.Sprintf("totals %d and %d", x.Total, y.Total)
	}
	if slack == 0 {
		if p, q := ids(x.Hits), ids(y.Hits); !slices.Equal(p, q) {
			return fmt.Sprintf("of %d the page %v and %v", x.Total, p, q)
		}
		for i, h := range x.Hits {
			if g := y.Hits[i]; h.HasKm != g.HasKm || math.Abs(h.Km-g.Km) > Edge {
				return fmt.Sprintf("%d is %v km and %v km away", h.ID, h.Km, g.Km)
			}
		}
	}
	return ""
}

func off(a, b int) int { return max(a-b, b-a) }

func ids(hits []search.Hit) []int64 {
	out := make([]int64, len(hits))
	for i, h := range hits {
		out[i] = h.ID
	}
	return out
}

func onEdge(f search.Filter, all []*directory.Profile) (n int) {
	if f.Near.IsZero() {
		return 0
	}
	for _, t := range all {
		if math.Abs(region.Distance(f.Near.Lat, f.Near.Lng, t.Lat, t.Lng)-float64(f.Radius())) < Edge {
			n++
		}
	}
	return n
}

// Overlap is the share of the first n of a that are among the first n of b; 1 where a is empty.
func Overlap(a, b []search.Hit, n int) float64 {
	p, q := ids(a[:min(n, len(a))]), ids(b[:min(n, len(b))])
	if len(p) == 0 {
		return 1
	}
	both := 0
	for _, id := range p {
		if slices.Contains(q, id) {
			both++
		}
	}
	return float64(both) / float64(len(p))
}
