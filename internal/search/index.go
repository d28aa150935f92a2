package search

import (
	"bytes"
	"context"
	"strconv"
	"time"

	"wattle/internal/directory"
)

// Index is a search engine over exactly the listed profiles it was given. The service checks every hit
// against the read model, so a stale index cannot show a profile that is no longer listed.
type Index interface {
	directory.Index
	// Search returns the requested page, the total and the facet counts, as of now.
	Search(ctx context.Context, f Filter, now time.Time) (Result, error)
}

// Result is the answer of an index.
type Result struct {
	Total   int
	Hits    []Hit
	Facets  Facets
	Engine  string // "embedded" or "meilisearch"
	Partial bool   // no profile has all the words; the hits are those with the most
}

// Hit is one profile found.
type Hit struct {
	ID      int64
	Km      float64 // distance from Filter.Near, if HasKm
	HasKm   bool
	Matched []string // reasons why the words match, for display
}

// Facets holds the count of every value of every group. Counts are disjunctive within a group: they
// apply every condition except the group's own.
type Facets struct{ n []int32 }

// NewFacets wraps counts in the order of FacetIndex; len(n) must be FacetLen().
func NewFacets(n []int32) Facets { return Facets{n} }

// Count returns the number of results if value were the only selection of its group.
func (f Facets) Count(group, value string) int {
	i, ok := FacetIndex(group, value)
	if !ok || i >= len(f.n) {
		return 0
	}
	return int(f.n[i])
}

// Of returns the counts of a group in the order of its values. The slice is shared and must not be
// changed.
func (f Facets) Of(g Group) []int32 {
	if len(f.n) < g.first+len(g.Values) {
		return make([]int32, len(g.Values))
	}
	return f.n[g.first : g.first+len(g.Values)]
}

// MarshalJSON writes {"state":{"nsw":123,…},…} in the order of Groups.
func (f Facets) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	for i, g := range Groups() {
		b.WriteByte("{,"[min(i, 1)])
		b.WriteString(strconv.Quote(g.Name))
		for j, v := range g.Values {
			if j == 0 {
				b.WriteString(":{")
			} else {
				b.WriteByte(',')
			}
			b.WriteString(strconv.Quote(v))
			b.WriteByte(':')
			b.WriteString(strconv.Itoa(f.Count(g.Name, v)))
		}
		b.WriteByte('}')
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
