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
	pollEvery  = time.Second / 4 // NOTIFY is a hint only and can be missed
	beatEvery  = 2 * time.Second
	deadAfter  = 6 // heartbeats without a change until a runner counts as dead: 12–14 s
	cleanEvery = 10 * time.Second
	drainFor   = 10 * time.Second // how long running tasks may take at shutdown
)

// Runner claims due tasks and runs them. Register handlers with Handle and Every before Run.
type Runner struct {
	DB      *pg.DB
	Clock   clock.Clock
	Log     *slog.Logger
	Workers int           // concurrent tasks; 4 if 0. Keep it below the pool's 16.
	Limit   time.Duration // of one attempt, enforced by its context; 5 minutes if 0

	handlers map[string]handler
	kinds    []string
	every    []schedule

	wake     chan struct{}
	wakeOnce sync.Once
	id       int64                 // 0 until registered
	running  sync.Map              // ids of the running tasks
	seen     map[int64]observation // all runners, by id
	periods  map[periodic]int64    // the current period of each schedule
	pace     time.Duration         // between heartbeats; beatEvery except in tests
}

type handler func(ctx context.Context, payload json.RawMessage) error

type schedule struct {
	name   periodic
	period time.Duration
}

// observation is a runner's last beat and the number of heartbeats for which it has not changed.
type observation struct{ beat, unchanged int64 }

type claimKey struct{}

// Handle runs fn for tasks of T's kind; T is a value type, not a pointer. fn may run more than once for
// a task, on any instance. After an error the task is retried (but see Permanent). ctx ends after the
// runner's Limit.
func Handle[T Task](r *Runner, fn func(ctx context.Context, t T) error) {
	var zero T
	r.register(zero.Kind(), func(ctx context.Context, payload json.RawMessage) error {
		var t T
		if err := json.Unmarshal(payload, &t); err != nil {
			return Permanent(fmt.Errorf("outbox: the stored task does not match its type: %w", err))
		}
		return fn(ctx, t)
	})
}

// Every runs fn once per period of the application's clock, on one instance. It runs when a period
// begins, or when an instance starts in a period without a run. A run that outlasts its period delays
// the next. fn must be idempotent. A failed run is attempted three times and then parked until the
// next period.
func (r *Runner) Every(name string, period time.Duration, fn func(ctx context.Context) error) {
	p := periodic(name)
	r.register(p.Kind(), func(ctx context.Context, _ json.RawMessage) error { return fn(ctx) })
	r.every = append(r.every, schedule{p, period})
}

func (r *Runner) register(kind string, h handler) {
	if r.handlers == nil {
		r.handlers = map[string]handler{}
	}
	if _, ok := r.handlers[kind]; ok {
		panic("outbox: two handlers for " + kind)
	}
	r.handlers[kind] = h
	r.kinds = append(r.kinds, kind)
}

// Wake makes the runner look for due tasks now, after a task was added or the clock moved. It never
// blocks.
func (r *Runner) Wake() {
	select {
	case r.waker() <- struct{}{}:
	default:
	}
}

func (r *Runner) waker() chan struct{} {
	r.wakeOnce.Do(func() { r.wake = make(chan struct{}, 1) })
	return r.wake
}

// Run runs tasks until ctx ends, then waits up to ten seconds for running tasks and releases the rest
// to other instances. It tolerates an unavailable database. It returns ctx's error.
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
	r.seen, r.periods = map[int64]observation{}, map[periodic]int64{}
	listening := make(chan struct{})
	go func() {
		defer close(listening)
		err := pg.Listen(ctx, r.DB.URL(), []string{"outbox"}, func(string, string) { r.Wake() })
		if ctx.Err() == nil {
			r.Log.Warn("outbox: listening failed, polling only", "error", err)
		}
	}()
	r.loop(ctx)
	<-listening
	return ctx.Err()
}

// loop is the only goroutine that claims tasks and sends heartbeats, so it always knows which tasks
// are its own.
func (r *Runner) loop(ctx context.Context) {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	freed := make(chan struct{}, r.Workers)
	var busy sync.WaitGroup
	poll, beats, cleanups := time.NewTicker(pollEvery), time.NewTicker(r.pace), time.NewTicker(cleanEvery)
	defer poll.Stop()
	defer beats.Stop()
	defer cleanups.Stop()
	free := r.Workers
	r.step(ctx, "register", r.heartbeat)
	r.step(ctx, "clean up", r.cleanUp)
	for {
		var claimed []claimedTask
		r.step(ctx, "start periods", r.startPeriods)
		r.step(ctx, "claim tasks", func(ctx context.Context) (err error) {
			claimed, err = r.claimDue(ctx, free)
			return err
		})
		for _, t := range claimed {
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
			r.step(ctx, "heartbeat", r.heartbeat)
		case <-cleanups.C:
			r.step(ctx, "clean up", r.cleanUp)
		}
	}
}

// step runs one maintenance step with a time limit and logs a failure; the next round repeats it.
func (r *Runner) step(ctx context.Context, name string, fn func(context.Context) error) {
	if ctx.Err() != nil {
		return
	}
	bounded, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if err := fn(bounded); err != nil && ctx.Err() == nil {
		r.Log.Warn("outbox: step failed", "step", name, "error", err)
	}
}

func (r *Runner) claimDue(ctx context.Context, free int) ([]claimedTask, error) {
	if free == 0 || r.id == 0 {
		return nil, nil
	}
	tasks, err := claimDue(ctx, r.DB, r.id, r.Clock.Now(), r.kinds, free)
	for _, t := range tasks {
		r.running.Store(t.ID, struct{}{})
	}
	return tasks, err
}

// startPeriods adds the tasks of periods that have begun.
func (r *Runner) startPeriods(ctx context.Context) error {
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

func (r *Runner) cleanUp(ctx context.Context) error {
	return cleanUp(ctx, r.DB, r.kinds, r.Clock.Now())
}

// run makes one attempt and records the result.
func (r *Runner) run(ctx context.Context, t claimedTask) {
	defer r.running.Delete(t.ID)
	limited, cancel := context.WithTimeout(context.WithValue(ctx, claimKey{}, t.claim()), r.Limit)
	err := r.attempt(limited, t)
	cancel()
	if ctx.Err() != nil && err != nil {
		return // shutting down: deregister releases the task
	}
	if err != nil {
		r.Log.Warn("task failed", "kind", t.Kind, "task", t.ID, "attempt", t.Attempt, "error", err)
	}
	r.record(ctx, t, err)
}

// attempt runs the handler and turns a panic into an error.
func (r *Runner) attempt(ctx context.Context, t claimedTask) (err error) {
	defer func() {
		if p := recover(); p != nil {
			r.Log.Error("task panicked", "kind", t.Kind, "task", t.ID, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return r.handlers[t.Kind](ctx, t.Payload)
}

// record saves the result and retries up to five times. The write is fenced by (id, attempt), so
// repeating it is safe.
func (r *Runner) record(ctx context.Context, t claimedTask, result error) {
	for try := range 5 {
		saved, err := r.save(ctx, t, result)
		if err == nil {
			if !saved {
				r.Log.Warn("result discarded: task given to another worker",
					"kind", t.Kind, "task", t.ID, "attempt", t.Attempt)
			}
			return
		}
		r.Log.Warn("outbox: saving a result failed", "kind", t.Kind, "task", t.ID, "error", err)
		select {
		case <-time.After(100 * time.Millisecond << try):
		case <-ctx.Done():
			return
		}
	}
}

func (r *Runner) save(ctx context.Context, t claimedTask, result error) (bool, error) {
	now := r.Clock.Now()
	switch {
	case result == nil:
		return finish(ctx, r.DB, t.claim(), now)
	case errors.As(result, new(permanent)), t.Attempt >= t.MaxAttempts:
		return park(ctx, r.DB, t.claim(), now, reason(result))
	}
	due := now.Add(backoff(t.Attempt, result, rand.Float64()))
	return retry(ctx, r.DB, t.claim(), due, now, reason(result))
}

// reason is the start of the error, for admins. The log has all of it.
func reason(err error) string {
	s := err.Error()
	if f, ok := fault.As(err); ok {
		s = f.Kind.Error() + ": " + s
	}
	return s[:min(len(s), 500)]
}
