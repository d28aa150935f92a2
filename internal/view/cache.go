package view

import (
	"context"

	"github.com/maypok86/otter/v2"
	"github.com/maypok86/otter/v2/stats"
)

// Cache holds what was rendered, within a bound of bytes. A key names everything its value shows,
// versions included: an entry is never stale, and one that is no longer asked for is evicted.
type Cache[K comparable, V ~string | ~[]byte] struct{ entries *otter.Cache[K, V] }

// entryBytes is about what an entry costs besides its value.
const entryBytes = 200

// NewCache makes a cache for at most so many bytes.
func NewCache[K comparable, V ~string | ~[]byte](bytes uint64) Cache[K, V] {
	return Cache[K, V]{otter.Must(&otter.Options[K, V]{MaximumWeight: bytes, StatsRecorder: stats.NewCounter(),
		Weigher: func(_ K, value V) uint32 { return uint32(len(value)) + entryBytes }})}
}

// Get returns the cached value, or makes it: once, however many ask for it at the same time.
// Failures are not cached.
func (c Cache[K, V]) Get(key K, make func() (V, error)) (V, error) {
	load := otter.LoaderFunc[K, V](func(context.Context, K) (V, error) { return make() })
	return c.entries.Get(context.Background(), key, load)
}

// Counts returns the hits and misses since the start.
func (c Cache[K, V]) Counts() (hits, misses uint64) {
	s := c.entries.Stats()
	return s.Hits, s.Misses
}

// Counter counts the hits and misses of a cache.
type Counter interface{ Counts() (hits, misses uint64) }
