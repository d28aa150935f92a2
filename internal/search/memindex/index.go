// Package memindex is the search engine inside the process. It keeps a bitset for each value of each filter
// group, flat columns of fees, instants and coordinates, and a posting list for each word. A search ANDs
// bitsets; a facet count is the popcount of an AND.
package memindex

import (
	"context"
	"sync"
	"time"

	"wattle/internal/directory"
	"wattle/internal/search"
)

// Index holds the listed therapists. It is safe for concurrent use: searches share the table, a change waits
// for them and blocks them for microseconds.
type Index struct {
	writers sync.Mutex   // one change at a time
	mu      sync.RWMutex // guards table and what it points to
	table   *table
}

// New makes an empty index.
func New() *Index { return &Index{table: newTable(0)} }

// Replace makes all the whole directory. Searches go on in the old table while the new one is built.
func (x *Index) Replace(_ context.Context, all []*directory.Profile) error {
	x.writers.Lock()
	defer x.writers.Unlock()
	t := tableOf(all)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.table = t
	return nil
}

// Apply removes gone, then adds or replaces put.
func (x *Index) Apply(_ context.Context, put []*directory.Profile, gone []int64) error {
	x.writers.Lock()
	defer x.writers.Unlock()
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, id := range gone {
		x.table.drop(id)
	}
	for _, p := range put {
		x.table.put(p)
	}
	return nil
}

// Search answers f as of now. The error is nil unless ctx has ended.
func (x *Index) Search(ctx context.Context, f search.Filter, now time.Time) (search.Result, error) {
	if err := ctx.Err(); err != nil {
		return search.Result{}, err
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	q := newQuery(x.table, f, now)
	all := q.all()
	r := search.Result{Total: all.size(), Facets: q.facets(all), Engine: "embedded"}
	r.Partial = q.words != nil && q.words.partial
	r.Hits = q.hits(q.page(all, r.Total))
	return r, nil
}

// Counts gives the total and the facet counts of f as of now, without a page of hits. The error is nil unless
// ctx has ended.
func (x *Index) Counts(ctx context.Context, f search.Filter, now time.Time) (int, search.Facets, error) {
	if err := ctx.Err(); err != nil {
		return 0, search.Facets{}, err
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	q := newQuery(x.table, f, now)
	all := q.all()
	return all.size(), q.facets(all), nil
}

// Len is the number of therapists.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.table.slots)
}
