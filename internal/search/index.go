package search

import (
	"bytes"
	"context"
	"strconv"
	"time"
	"wattle/internal/directory"
)

// Index finds therapists. It holds exactly the listed ones it was given; the read model filters
// what it answers through its own listed set, so that a stale index shows nobody it should not.
type Index interface {
	directory.Index
	// Search gives the page f asks for, the total and the counts, as of now.
	Search(ctx context.Context, f Filter, now time.Time) (Result, error)
}

// Result is an index's answer.
type Result struct {
	Total   int
	Hits    []Hit
	Facets  Facets
	Engine  string // "embedded" or "meilisearch"
	Partial bool   // nobody has all the words: those with the most are shown
}

// Hit is one therapist found.
type Hit struct {
	ID      int64
	Km      float64 // from Filter.Near, where HasKm
	HasKm   bool
	Matched []string // why the words found them, in plain words
}

// Facets counts therapists beside every value of every group. Within a group the counts are
// disjunctive: they take everything asked for but that group's own choice.
type Facets struct{ n []int32 }

// NewFacets wraps counts laid out by FacetIndex; len(n) must be FacetLen().
func NewFacets(n []int32) Facets { return Facets{n} }

// Count is how many there would be with the value chosen (alone in its group).
func (f Facets) Count(group, value string) int {
	i, ok := FacetIndex(group, value)
	if !ok || i >= len(f.n) {
		return 0
	}
	return int(f.n[i])
}

// Of is the counts of a group's values, in their order. The slice is shared: do not change it.
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
