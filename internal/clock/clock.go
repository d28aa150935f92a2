// Package clock is the only source of the current time. No other package reads the machine's clock,
// so tests and the development clock control every hold, reminder and slot.
package clock

import (
	"sync"
	"time"
)

// Clock returns the current time.
type Clock interface {
	Now() time.Time
}

// System is the machine's clock, in UTC, without a monotonic reading.
type System struct{}

// Now returns the machine's time in UTC.
func (System) Now() time.Time { return time.Now().UTC().Round(0) }

// Fixed is a clock that changes only when it is set. It is safe for concurrent use.
type Fixed struct {
	mu  sync.Mutex
	now time.Time
}

// At returns a clock fixed at t.
func At(t time.Time) *Fixed { return &Fixed{now: t.UTC()} }

// Now returns the time that was last set.
func (f *Fixed) Now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

// Set sets the clock to t, forwards or backwards.
func (f *Fixed) Set(t time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = t.UTC()
}

// Advance moves the clock by d, which may be negative.
func (f *Fixed) Advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

// Stopwatch starts a stopwatch and returns a function that reads it. It uses the machine's monotonic
// clock, which the development clock does not affect.
func Stopwatch() func() time.Duration {
	start := time.Now()
	return func() time.Duration { return time.Since(start) }
}
