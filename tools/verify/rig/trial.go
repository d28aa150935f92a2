package rig

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Options are the flags every run sees.
type Options struct {
	Binary string
	Seed   uint64
	Scale  float64
	Keep   bool

	Meilisearch string // a real server's binary; "" for the stand-in

	Before   string // the older binary; "" for the same binary
	Expected string // the file of intended differences; "" for none
}

// Trial is one run under way: what it said, what it missed, what it has to clear away.
type Trial struct {
	Options
	Name string

	mu     sync.Mutex
	Missed []string
	clear  []func()
}

// shownMisses bounds how many misses are printed; all are counted.
const shownMisses = 25

// Say prints a figure.
func (t *Trial) Say(format string, args ...any) { fmt.Printf("   "+format+"\n", args...) }

// Miss notes what is not as promised.
func (t *Trial) Miss(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.Missed = append(t.Missed, fmt.Sprintf(format, args...))
	switch n := len(t.Missed); {
	case n <= shownMisses:
		fmt.Printf("   MISSED: %s\n", t.Missed[n-1])
	case n == shownMisses+1:
		fmt.Println("   MISSED: more of it, not shown")
	}
}

// Want misses unless ok.
func (t *Trial) Want(ok bool, format string, args ...any) {
	if !ok {
		t.Miss(format, args...)
	}
}

// After has f called when the run ends, the last first.
func (t *Trial) After(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.clear = append(t.clear, f)
}

// End calls what After was given.
func (t *Trial) End() {
	t.mu.Lock()
	list := t.clear
	t.clear = nil
	t.mu.Unlock()
	for _, f := range slices.Backward(list) {
		f()
	}
}

// Times is n scaled, at least 1.
func (t *Trial) Times(n int) int { return max(1, int(float64(n)*t.Scale)) }

// Random is a stream of its own for each number, from the run's seed.
func (t *Trial) Random(stream uint64) *rand.Rand { return rand.New(rand.NewPCG(t.Seed, stream)) }

// Durations collects durations from many goroutines.
type Durations struct {
	mu   sync.Mutex
	list []time.Duration
}

// Add records one duration.
func (s *Durations) Add(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = append(s.list, d)
}

// At is the quantile q of what was collected; 1 is the worst.
func (s *Durations) At(q float64) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.list) == 0 {
		return 0
	}
	slices.Sort(s.list)
	return s.list[min(len(s.list)-1, int(q*float64(len(s.list))))].Round(100 * time.Microsecond)
}

// String is the median, the 99th percentile and the worst.
func (s *Durations) String() string {
	return fmt.Sprintf("p50 %s, p99 %s, worst %s of %d", s.At(0.5), s.At(0.99), s.At(1), len(s.list))
}

// Together runs n functions at once and waits for all.
func Together(n int, f func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { f(i) })
	}
	wg.Wait()
}

// Until is how long ok took to come true: an hour if it did not within 15 s.
func Until(ctx context.Context, took func() time.Duration, ok func() bool) time.Duration {
	for took() < 15*time.Second && ctx.Err() == nil {
		if ok() {
			return took()
		}
		time.Sleep(10 * time.Millisecond)
	}
	return time.Hour
}

// Tally counts by name from many goroutines.
type Tally struct {
	mu sync.Mutex
	n  map[string]int
}

// Add counts one.
func (c *Tally) Add(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == nil {
		c.n = map[string]int{}
	}
	c.n[name]++
}

// Get is the count of a name.
func (c *Tally) Get(name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.n[name]
}

// String lists the counts by name.
func (c *Tally) String() string {
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
