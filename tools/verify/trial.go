package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// trial is one run under way: what it said, what it missed, what it has to clear away.
type trial struct {
	options
	name string

	mu     sync.Mutex
	missed []string
	clear  []func()
}

// shownMisses bounds how many misses are printed; all are counted.
const shownMisses = 25

// say prints a figure.
func (t *trial) say(format string, args ...any) { fmt.Printf("   "+format+"\n", args...) }

// miss notes what is not as promised.
func (t *trial) miss(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.missed = append(t.missed, fmt.Sprintf(format, args...))
	switch n := len(t.missed); {
	case n <= shownMisses:
		fmt.Printf("   MISSED: %s\n", t.missed[n-1])
	case n == shownMisses+1:
		fmt.Println("   MISSED: more of it, not shown")
	}
}

// want misses unless ok.
func (t *trial) want(ok bool, format string, args ...any) {
	if !ok {
		t.miss(format, args...)
	}
}

// after has f called when the run ends, the last first.
func (t *trial) after(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clear = append(t.clear, f)
}

func (t *trial) end() {
	t.mu.Lock()
	list := t.clear
	t.clear = nil
	t.mu.Unlock()
	for _, f := range slices.Backward(list) {
		f()
	}
}

// times is n scaled, at least 1.
func (t *trial) times(n int) int { return max(1, int(float64(n)*t.scale)) }

// random is a stream of its own for each number, from the run's seed.
func (t *trial) random(stream uint64) *rand.Rand { return rand.New(rand.NewPCG(t.seed, stream)) }

// spans collects durations from many goroutines.
type spans struct {
	mu   sync.Mutex
	list []time.Duration
}

func (s *spans) add(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, d)
}

// at is the quantile q of what was collected; 1 is the worst.
func (s *spans) at(q float64) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.list) == 0 {
		return 0
	}
	slices.Sort(s.list)
	return s.list[min(len(s.list)-1, int(q*float64(len(s.list))))].Round(100 * time.Microsecond)
}

func (s *spans) String() string {
	return fmt.Sprintf("p50 %s, p99 %s, worst %s of %d", s.at(0.5), s.at(0.99), s.at(1), len(s.list))
}

// together runs n functions at once and waits for all.
func together(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}

// until is how long ok took to come true: an hour if it did not within 15 s.
func until(ctx context.Context, took func() time.Duration, ok func() bool) time.Duration {
	for took() < 15*time.Second && ctx.Err() == nil {
		if ok() {
			return took()
		}
		time.Sleep(10 * time.Millisecond)
	}
	return time.Hour
}

// tally counts by name from many goroutines.
type tally struct {
	mu sync.Mutex
	n  map[string]int
}

func (c *tally) add(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[string]int{}
	}
	c.n[name]++
}

func (c *tally) get(name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n[name]
}

func (c *tally) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	names := make([]string, 0, len(c.n))
	for name := range c.n {
		names = append(names, name)
	}
	slices.Sort(names)
	out := ""
	for i, name := range names {
		if i > 0 {
			out += ", "
		}
		out += fmt.Sprintf("%s %d", name, c.n[name])
	}
	return out
}
