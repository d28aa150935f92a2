package rig

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"wattle/internal/clock"
)

// Options are the flags of the command.
type Options struct {
	Binary string
	Seed   uint64
	Scale  float64
	Keep   bool

	Meilisearch string // a real server's binary; "" for the stand-in

	Before   string // the older binary; "" for the same binary
	Expected string // the file of intended differences; "" for none
}

// Trial is one run. Like a testing.T, it records misses, ends the goroutine that cannot go on, and
// cleans up.
type Trial struct {
	Options
	Out io.Writer       // where figures and misses are printed
	Ctx context.Context // ends when the run's time is up or the command is interrupted

	mu      sync.Mutex
	missed  int
	cleanup []func()
}

// shownMisses bounds how many misses are printed; all are counted.
const shownMisses = 25

// Run calls do on its own goroutine, then the cleanup functions, and reports whether nothing was missed.
func (t *Trial) Run(ctx context.Context, limit time.Duration, do func(t *Trial)) bool {
	var cancel context.CancelFunc
	t.Ctx, cancel = context.WithTimeout(ctx, limit)
	var wg sync.WaitGroup
	wg.Go(func() { do(t) })
	wg.Wait()
	if errors.Is(t.Ctx.Err(), context.DeadlineExceeded) {
		t.Ctx = ctx
		t.Miss("it took longer than %s", limit)
	}
	cancel()
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, f := range slices.Backward(t.cleanup) {
		f()
	}
	return t.missed == 0 && ctx.Err() == nil
}

// Say prints a figure.
func (t *Trial) Say(format string, args ...any) { fmt.Fprintf(t.Out, "   "+format+"\n", args...) }

// Miss records a broken promise. What fails once the run has been ended counts for nothing.
func (t *Trial) Miss(format string, args ...any) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.Ctx.Err() != nil {
		return
	}
	switch t.missed++; {
	case t.missed <= shownMisses:
		t.Say("MISSED: "+format, args...)
	case t.missed == shownMisses+1:
		t.Say("MISSED: more, not shown")
	}
}

// Want misses unless ok.
func (t *Trial) Want(ok bool, format string, args ...any) {
	if !ok {
		t.Miss(format, args...)
	}
}

// Fail misses and ends the goroutine.
func (t *Trial) Fail(format string, args ...any) {
	t.Miss(format, args...)
	runtime.Goexit()
}

// Must fails on an error.
func (t *Trial) Must(err error) {
	if err != nil {
		t.Fail("%v", err)
	}
}

// After calls f when the run ends, the last first.
func (t *Trial) After(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.cleanup = append(t.cleanup, f)
}

// Pause waits. It ends the goroutine when the run ends first.
func (t *Trial) Pause(d time.Duration) {
	select {
	case <-t.Ctx.Done():
		runtime.Goexit()
	case <-time.After(d):
	}
}

// Wait polls until ok holds and returns how long that took: more than limit when it never did.
func (t *Trial) Wait(limit time.Duration, ok func() bool) time.Duration {
	watch := clock.Stopwatch()
	for !ok() {
		if watch() > limit {
			return max(watch(), limit+1)
		}
		t.Pause(20 * time.Millisecond)
	}
	return watch()
}

// Times is n scaled, at least 1.
func (t *Trial) Times(n int) int { return max(1, int(float64(n)*t.Scale)) }

// Random is a stream of its own for each number, from the run's seed.
func (t *Trial) Random(stream uint64) *rand.Rand { return rand.New(rand.NewPCG(t.Seed, stream)) }

// Together runs n functions at once, once all are ready, and waits for their end.
func Together(n int, f func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	wg.Wait()
}

// Background runs f until the returned function is called, which waits for its end.
func Background(ctx context.Context, f func(ctx context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { f(ctx) })
	return func() { cancel(); wg.Wait() }
}

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

// At is the quantile q of the durations; 1 is the worst.
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
	var list []string
	for _, name := range slices.Sorted(maps.Keys(c.n)) {
		list = append(list, fmt.Sprintf("%s %d", name, c.n[name]))
	}
	return strings.Join(list, ", ")
}
