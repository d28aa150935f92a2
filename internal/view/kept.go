package view

import (
	"sync"
	"sync/atomic"
)

// Kept keeps what was rendered by all that it shows, within a bound of bytes. The young half is
// filled; when it is full it becomes the old half, from which what is still asked for comes back.
// It is safe for concurrent use; its zero value holds nothing.
type Kept[K comparable, V any] struct {
	Half int // bytes of either half

	mu           sync.Mutex
	young, old   map[K]piece[V]
	size         int // bytes of young
	hits, misses atomic.Int64
}

type piece[V any] struct {
	value V
	bytes int
}

// Get gives what is kept of a key.
func (k *Kept[K, V]) Get(key K) (V, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	p, ok := k.young[key]
	if !ok {
		if p, ok = k.old[key]; ok {
			k.add(key, p)
		}
	}
	if ok {
		k.hits.Add(1)
	} else {
		k.misses.Add(1)
	}
	return p.value, ok
}

// Put keeps a value of so many bytes.
func (k *Kept[K, V]) Put(key K, value V, bytes int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.add(key, piece[V]{value, bytes})
}

func (k *Kept[K, V]) add(key K, p piece[V]) {
	if k.young == nil || k.size+p.bytes > k.Half {
		k.young, k.old, k.size = map[K]piece[V]{}, k.young, 0
	}
	k.young[key] = p
	k.size += p.bytes
}

// Counts are how often something was kept and was not, since the start.
func (k *Kept[K, V]) Counts() (hits, misses int64) { return k.hits.Load(), k.misses.Load() }

// Len is how many pieces are kept; one that came back from the old half may count twice.
func (k *Kept[K, V]) Len() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.young) + len(k.old)
}
