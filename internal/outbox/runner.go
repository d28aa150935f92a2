package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"wattle/internal/clock"
	"wattle/internal/fault"
	"wattle/internal/pg"
)

const (
	pollEvery = time.Second / 4 // NOTIFY is only a hint, and silent where a backlog that it relied on ends before its commit
	beatEvery = 2 * time.Second // an instance says that it lives
	deadAfter = 6               // looks without a beat until another takes over: 12–14 s
	tidyEvery = 10 * time.Second
	drainFor  = 10 * time.Second // what running tasks get when the instance ends
)

// Runner takes due tasks and runs them. Register with Handle and Every before Run.
type Runner struct {
	DB      *pg.DB
	Clock   clock.Clock
	Log     *slog.Logger
	Workers int           // tasks at a time; 4 when 0. Keep it below the pool's 16.
	Limit   time.Duration // of one attempt, through its context; 5 minutes when 0

	handlers map[string]handler
	kinds    []string
	every    []schedule

	wake    chan struct{}
	setUp   sync.Once
	id      int64
	running sync.Map           // ids of the tasks that run here
	seen    map[int64]look     // other instances, by id
	periods map[periodic]int64 // the period each schedule has come to
	pace    time.Duration      // between beats; beatEvery but in tests
}

type handler func(ctx context.Context, payload json.RawMessage) error

type schedule struct {
	name   periodic
	period time.Duration
}

// look is what another instance's beat was, and how many looks ago it moved.
type look struct{ beat, still int64 }

type claimKey struct{}

// Handle runs fn for tasks of T's kind; T is a value type, not a pointer. fn may run more than once for one task, and on any
// instance. An error is tried again later (see Permanent); ctx ends after the runner's Limit.
func Handle[T Task](r *Runner, fn func(ctx context.Context, t T) error) {
	var zero T
	r.register(zero.Kind(), func(ctx context.Context, payload json.RawMessage) error {
		var t T
		if err := json.Unmarshal(payload, &t); err != nil {
			return Permanent(fmt.Errorf("outbox: the stored task does not fit its type: %w", err))
		}
		return fn(ctx, t)
	})
}

// Every runs fn once in each period of the application's clock, on one of all instances: when a
// period begins, and when an instance starts in a period in which none has run it. A run that
// outlasts its period delays the next. fn must bear being run twice. A failed run is tried thrice
// and then parked until the next period.
func (r *Runner) Every(name string, period time.Duration, fn func(ctx context.Context) error) {
	p := periodic(name)
	r.register(p.Kind(), func(ctx context.Context, _ json.RawMessage) error { return fn(ctx) })
	r.every = append(r.every, schedule{p, period})
}

func (r *Runner) register(kind string, h handler) {
	if r.handlers == nil {
		r.handlers = map[string]handler{}
	}
	if _, twice := r.handlers[kind]; twice {
		panic("outbox: two handlers for " + kind)
	}
	r.handlers[kind] = h
	r.kinds = append(r.kinds, kind)
}

// Wake hints that tasks may be due: something was added, or the clock was moved. It never blocks.
func (r *Runner) Wake() {
	select {
	case r.waker() <- struct{}{}:
	default:
	}
}

func (r *Runner) waker() chan struct{} {
	r.setUp.Do(func() { r.wake = make(chan struct{}, 1) })
	return r.wake
}

// Run takes and runs tasks until ctx ends, then waits at most ten seconds for those that run; what
// is still unfinished goes to another instance at once. It rides out a database that is away and
// returns ctx's error.
func (r *Runner) Run(ctx context.Context) error {
	if r.Workers == 0 {
		r.Workers = 4
	}
	if r.Limit == 0 {
		r.Limit = 5 * time.Minute
	}
	if r.pace == 0 {
		r.pace = beatEvery
	}
	r.seen, r.periods = map[int64]look{}, map[periodic]int64{}
	listening := make(chan struct{})
	go func() {
		defer close(listening)
		err := pg.Listen(ctx, r.DB.URL(), []string{"outbox"}, func(string, string) { r.Wake() })
		if ctx.Err() == nil {
			r.Log.Warn("outbox polls only", "error", err)
		}
	}()
	r.loop(ctx)
	<-listening
	return ctx.Err()
}

// loop is the only goroutine that takes tasks and beats, so it always knows what it holds.
func (r *Runner) loop(ctx context.Context) {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	freed := make(chan struct{}, r.Workers)
	var busy sync.WaitGroup
	poll, beats, tidies := time.NewTicker(pollEvery), time.NewTicker(r.pace), time.NewTicker(tidyEvery)
	defer poll.Stop()
	defer beats.Stop()
	defer tidies.Stop()
	free := r.Workers
	r.step(ctx, "joining", r.live)
	r.step(ctx, "tidying", r.tidy)
	for {
		var got []claimed
		r.step(ctx, "schedules", r.schedules)
		r.step(ctx, "taking tasks", func(ctx context.Context) (err error) { got, err = r.take(ctx, free); return err })
		for _, t := range got {
			free--
			busy.Add(1)
			go func() { defer busy.Done(); r.run(work, t); freed <- struct{}{} }()
		}
		select {
		case <-ctx.Done():
			r.drain(&busy, cancel)
			return
		case <-freed:
			free++
		case <-r.waker():
		case <-poll.C:
		case <-beats.C:
			r.step(ctx, "beating", r.live)
		case <-tidies.C:
			r.step(ctx, "tidying", r.tidy)
		}
	}
}

// step runs one piece of housekeeping with a limit and logs its failure; the next round repeats it.
func (r *Runner) step(ctx context.Context, what string, fn func(context.Context) error) {
	if ctx.Err() != nil {
		return
	}
	bounded, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := fn(bounded); err != nil && ctx.Err() == nil {
		r.Log.Warn("outbox: "+what, "error", err)
	}
}

func (r *Runner) take(ctx context.Context, free int) ([]claimed, error) {
	if free == 0 || r.id == 0 {
		return nil, nil
	}
	got, err := take(ctx, r.DB, r.id, r.Clock.Now(), r.kinds, free)
	for _, t := range got {
		r.running.Store(t.ID, struct{}{})
	}
	return got, err
}

// schedules adds the tasks of periods that have begun.
func (r *Runner) schedules(ctx context.Context) error {
	now := r.Clock.Now()
	for _, s := range r.every {
		n := now.UnixMicro() / s.period.Microseconds()
		if last, seen := r.periods[s.name]; seen && last == n {
			continue
		}
		if err := startPeriod(ctx, r.DB, s.name, n, now); err != nil {
			return err
		}
		r.periods[s.name] = n
	}
	return nil
}

func (r *Runner) tidy(ctx context.Context) error {
	return tidy(ctx, r.DB, r.kinds, r.Clock.Now())
}

// run makes one attempt and records how it ended.
func (r *Runner) run(ctx context.Context, t claimed) {
	defer r.running.Delete(t.ID)
	limited, cancel := context.WithTimeout(context.WithValue(ctx, claimKey{}, t.claim()), r.Limit)
	err := r.attempt(limited, t)
	cancel()
	if ctx.Err() != nil && err != nil {
		return // the instance ends: leave gives the task back
	}
	if err != nil {
		r.Log.Warn("task failed", "kind", t.Kind, "task", t.ID, "attempt", t.Attempt, "error", err)
	}
	r.record(ctx, t, err)
}

// attempt runs the handler; a panic is an error.
func (r *Runner) attempt(ctx context.Context, t claimed) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.Log.Error("task panicked", "kind", t.Kind, "task", t.ID, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return r.handlers[t.Kind](ctx, t.Payload)
}

// record tries for a while: each step is fenced by (id, attempt), so repeating it is safe.
func (r *Runner) record(ctx context.Context, t claimed, result error) {
	for try := range 5 {
		stood, err := r.settle(ctx, t, result)
		if err == nil {
			if !stood {
				r.Log.Warn("a late worker was fenced", "kind", t.Kind, "task", t.ID, "attempt", t.Attempt)
			}
			return
		}
		r.Log.Warn("outbox: recording a result", "kind", t.Kind, "task", t.ID, "error", err)
		select {
		case <-time.After(100 * time.Millisecond << try):
		case <-ctx.Done():
			return
		}
	}
}

func (r *Runner) settle(ctx context.Context, t claimed, result error) (bool, error) {
	now := r.Clock.Now()
	switch {
	case result == nil:
		return finish(ctx, r.DB, t.claim(), now)
	case errors.As(result, new(permanent)), t.Attempt >= t.MaxAttempts:
		return park(ctx, r.DB, t.claim(), now, reason(result))
	}
	due := now.Add(wait(t.Attempt, result, rand.Float64()))
	return again(ctx, r.DB, t.claim(), due, now, reason(result))
}

// reason is the error as an admin may read it, kept short: the log has all of it.
func reason(err error) string {
	s := err.Error()
	if f, ok := fault.As(err); ok {
		s = f.Kind.Error() + ": " + s
	}
	return s[:min(len(s), 500)]
}
