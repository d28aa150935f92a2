package meili

import (
	"sync"
	"time"
)

// Budget is how long the engine may take over a search before the embedded index answers.
const Budget = 300 * time.Millisecond

const (
	trips      = 3               // failures in a row until the engine is not asked any more
	heals      = 2               // good probes in a row until it is asked again
	probeEvery = time.Second     // while it is not asked
	staleAfter = time.Minute     // since the index was last known to be up to date
	watchEvery = 2 * time.Second // how often Postgres is asked how far it has come
)

// breaker keeps searches away from an engine that fails them: after a few failures in a row nobody
// waits for it any more, until probes have found it well again.
type breaker struct {
	mu     sync.Mutex
	bad    int
	good   int
	open   bool
	opened int // times
	failed int // searches
}

// lets says whether a search may ask the engine.
func (b *breaker) lets() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.open
}

func (b *breaker) succeeded() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bad = 0
}

// fail counts a failure and says whether it was the one that opens.
func (b *breaker) fail() (opens bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failed++
	b.bad++
	if b.open || b.bad < trips {
		return false
	}
	b.open, b.good = true, 0
	b.opened++
	return true
}

// probed takes in how a probe went and says whether it was the one that closes.
func (b *breaker) probed(well bool) (closes bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !well {
		b.good = 0
		return false
	}
	if b.good++; !b.open || b.good < heals {
		return false
	}
	b.open, b.bad = false, 0
	return true
}

func (b *breaker) figures() (open bool, opened, failed int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.open, b.opened, b.failed
}
