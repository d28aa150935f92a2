// Package memindex finds therapists inside the process. For every value of every filter it keeps a
// set of bits, one a therapist, and beside them flat columns of fees, instants and coordinates; a
// search is a few ANDs, its counts are bit counts or, where few are found, a look at each of them.
// Package scan gives the same answers by one pass over everybody and is what this one is held to.
package memindex

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"wattle/internal/directory"
	"wattle/internal/search"
)

const (
	wasteful = 4096 // dead slots that are worth compacting, where they are many of all
	few      = 8    // changes that are put into the order one by one
)

// Index holds the listed therapists. It is safe for concurrent use: searches share the table, and a
// change waits for them and holds them up for microseconds. What takes long, reading everything in
// and compacting, is done beside the table that is searched.
type Index struct {
	writing sync.Mutex   // one writer at a time
	mu      sync.RWMutex // over the table
	table   *table
	pool    sync.Pool // *scratch
	waste   int       // wasteful, less in tests
}

// New makes an empty index.
func New() *Index { return &Index{table: newTable(0), waste: wasteful} }

// Replace makes all the whole directory.
func (x *Index) Replace(_ context.Context, all []*directory.Profile) error {
	x.writing.Lock()
	defer x.writing.Unlock()
	x.adopt(tableOf(all))
	return nil
}

func (x *Index) adopt(t *table) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.table = t
}

// Apply adds or renews put and forgets gone.
func (x *Index) Apply(_ context.Context, put []*directory.Profile, gone []int64) error {
	x.writing.Lock()
	defer x.writing.Unlock()
	if x.change(put, gone) {
		x.adopt(x.table.compacted()) // searches go on meanwhile; only writers change a table
	}
	return nil
}

// change reports whether the table has become wasteful.
func (x *Index) change(put []*directory.Profile, gone []int64) bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	t := x.table
	t.bulk = len(put)+len(gone) > few
	for _, id := range gone {
		t.drop(id)
	}
	for _, p := range put {
		t.put(p)
	}
	t.settle()
	return t.dead > x.waste && t.dead > len(t.ids)/4
}

// Search answers f as of now. The error is always nil but for a context that has ended.
func (x *Index) Search(ctx context.Context, f search.Filter, now time.Time) (search.Result, error) {
	if err := ctx.Err(); err != nil {
		return search.Result{}, err
	}
	s, ok := x.pool.Get().(*scratch)
	if !ok {
		s = &scratch{}
	}
	defer x.pool.Put(s)
	x.mu.RLock()
	defer x.mu.RUnlock()
	return s.search(x.table, f, now), nil
}

// Len is how many therapists there are.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.table.slots)
}

// tableOf builds a table. Profiles of one state and profession get neighbouring slots, so that the bits of
// the most common filters are close together and long stretches of a set are empty.
func tableOf(all []*directory.Profile) *table {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b *directory.Profile) int {
		return cmp.Or(strings.Compare(a.State, b.State), strings.Compare(a.Type, b.Type), cmp.Compare(a.ID, b.ID))
	})
	t := newTable(len(all))
	t.bulk = true
	for _, p := range all {
		t.put(p)
	}
	t.settle()
	t.text.trim()
	return t
}
