package meili

import (
	"sync"
	"time"
)

// Budget is the time the engine has for a search before the embedded index answers.
const Budget = 300 * time.Millisecond

const (
	trips      = 3               // failures in a row that open the breaker
	heals      = 2               // successful probes in a row that close it
	probeEvery = time.Second     // while the breaker is open
	staleAfter = time.Minute     // since the engine was last known to be up to date
	watchEvery = 2 * time.Second // between readings of the progress in Postgres
)

// breaker is a circuit breaker: it opens after a few failures in a row, so that no search waits for a failing
// engine, and closes after a few successful probes.
type breaker struct {
	mu     sync.Mutex
	bad    int
	good   int
	open   bool
	opened int // times
	failed int // searches
}

// allow reports whether a search may ask the engine.
func (b *breaker) allow() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return !b.open
}

func (b *breaker) succeeded() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.bad = 0
}

// fail counts a failure and reports whether it opened the breaker.
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

// probed counts a probe and reports whether it closed the breaker.
func (b *breaker) probed(ok bool) (closes bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !ok {
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
