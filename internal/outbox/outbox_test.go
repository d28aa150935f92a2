package outbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wattle/internal/clock"
	"wattle/internal/fault"
	"wattle/internal/pg"
	"wattle/internal/pg/pgtest"
)

var (
	ctx   = context.Background()
	start = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
)

// greet is a test task.
type greet struct {
	N int `json:"n"`
}

func (greet) Kind() string { return "greet" }

// other is a task without a handler.
type other struct{}

func (other) Kind() string { return "other" }

func newRunner(db *pg.DB, c clock.Clock) *Runner {
	return &Runner{DB: db, Clock: c, Log: slog.New(slog.DiscardHandler), pace: 50 * time.Millisecond}
}

// run starts r until the test ends.
func run(t *testing.T, r *Runner) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { defer close(ended); r.Run(ctx) }() //nolint:errcheck // it returns ctx's error
	stop = sync.OnceFunc(func() { cancel(); <-ended })
	t.Cleanup(stop)
	return stop
}

func add(t *testing.T, db *pg.DB, now time.Time, task Task, opts ...Option) {
	t.Helper()
	if err := pg.InTx(ctx, db, func(tx *pg.Tx) error { return Add(ctx, tx, now, task, opts...) }); err != nil {
		t.Fatal(err)
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 1000 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("timed out: %s", what)
}

func count(t *testing.T, db *pg.DB, where string, args ...any) (n int) {
	t.Helper()
	if err := db.Get(ctx, &n, `SELECT count(*) FROM outbox_tasks WHERE `+where, args...); err != nil {
		t.Fatal(err)
	}
	return n
}

func write(t *testing.T, db *pg.DB, query string, args ...any) {
	t.Helper()
	if err := pg.Once(ctx, db, func(c *pg.Conn) error { _, err := c.Exec(ctx, query, args...); return err }); err != nil {
		t.Fatal(err)
	}
}

func TestATaskIsAddedOnlyIfItsTransactionCommits(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	rollback := errors.New("rollback")
	err := pg.InTx(ctx, db, func(tx *pg.Tx) error {
		if err := Add(ctx, tx, start, greet{1}); err != nil {
			return err
		}
		return rollback
	})
	if err != rollback || count(t, db, `true`) != 0 {
		t.Errorf("%v; %d tasks", err, count(t, db, `true`))
	}
}

func TestTwoRunnersDoEachKeyedEffectOnce(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	const tasks = 300
	var runs atomic.Int64
	for range 2 {
		r := newRunner(db, clock.At(start))
		Handle(r, func(ctx context.Context, g greet) error {
			runs.Add(1)
			err := pg.InTx(ctx, db, func(tx *pg.Tx) error {
				first, err := Effect(ctx, tx, start, fmt.Sprint("greet ", g.N))
				if err != nil || !first {
					return err
				}
				return Add(ctx, tx, start, other{}, At(start.Add(time.Hour)))
			})
			if err == nil && g.N%10 == 0 && runs.Load()%2 == 0 {
				return errors.New("the reply was lost after the effect")
			}
			return err
		})
		run(t, r)
	}
	for i := range tasks {
		add(t, db, start, greet{i})
	}
	eventually(t, "all ran", func() bool {
		return count(t, db, `kind = 'greet' AND (state = 'done' OR last_error <> '' AND state = 'waiting')`) == tasks
	})
	if n := count(t, db, `kind = 'other'`); n != tasks {
		t.Errorf("%d effects of %d tasks in %d runs", n, tasks, runs.Load())
	}
}

func TestOneTaskPerKeyWaitsAndFollowsTheRunningOne(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for range 5 {
		add(t, db, start, greet{1}, Key("a"))
		add(t, db, start, other{}, Key("a"))
		add(t, db, start, greet{2}, Once("b"))
	}
	if n := count(t, db, `true`); n != 3 {
		t.Fatalf("%d tasks, want one per kind and key", n)
	}
	var at, most, total atomic.Int64
	began, release := make(chan struct{}, 9), make(chan struct{})
	for range 2 {
		r := newRunner(db, clock.At(start))
		Handle(r, func(_ context.Context, g greet) error {
			if g.N != 1 {
				return nil
			}
			most.Store(max(most.Load(), at.Add(1)))
			defer at.Add(-1)
			total.Add(1)
			began <- struct{}{}
			<-release
			return nil
		})
		run(t, r)
	}
	<-began
	add(t, db, start, greet{1}, Key("a")) // the running task may have missed this change
	add(t, db, start, greet{1}, Key("a"))
	time.Sleep(200 * time.Millisecond)
	if n := count(t, db, `key = 'a' AND kind = 'greet' AND state = 'waiting'`); n != 1 {
		t.Errorf("%d wait behind the running task, want 1", n)
	}
	close(release)
	eventually(t, "both ran", func() bool { return count(t, db, `kind = 'greet' AND state = 'done'`) == 3 })
	if total.Load() != 2 || most.Load() != 1 {
		t.Errorf("%d runs, %d at once; want 2 and 1", total.Load(), most.Load())
	}
	add(t, db, start, greet{2}, Once("b"))
	if n := count(t, db, `once = 'b'`); n != 1 {
		t.Errorf("a once key was added again: %d", n)
	}
}

func TestFailedTasksBackOffAndAreThenParked(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	c := clock.At(start)
	r := newRunner(db, c)
	var runs atomic.Int64
	Handle(r, func(context.Context, greet) error {
		runs.Add(1)
		return fault.New(fault.Unavailable, "Not now.")
	})
	add(t, db, start, greet{1}, MaxAttempts(4))
	run(t, r)
	for n, least := range []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second} {
		eventually(t, "the task waits", func() bool { return count(t, db, `state = 'waiting' AND attempt = $1`, n+1) == 1 })
		var due time.Time
		if err := db.Get(ctx, &due, `SELECT due_at FROM outbox_tasks`); err != nil {
			t.Fatal(err)
		}
		if delay := due.Sub(c.Now()); delay < least || delay > least*5/4 {
			t.Errorf("after attempt %d the delay is %v", n+1, delay)
		}
		c.Set(due)
		r.Wake()
	}
	eventually(t, "it is parked", func() bool { return count(t, db, `state = 'parked'`) == 1 })
	parked, err := ListParked(ctx, db, 10)
	if err != nil || len(parked) != 1 || parked[0].Attempt != 4 || parked[0].LastError != "unavailable: Not now." {
		t.Errorf("parked: %+v %v", parked, err)
	}
	s, err := Measure(ctx, db, c.Now())
	if err != nil || s.Parked != 1 || s.Pending != 0 || s.Runners != 1 {
		t.Errorf("stats %+v %v", s, err)
	}
	err = pg.InTx(ctx, db, func(tx *pg.Tx) error { return Retry(ctx, tx, parked[0].ID, c.Now()) })
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "it ran again", func() bool { return runs.Load() >= 5 })
	err = pg.InTx(ctx, db, func(tx *pg.Tx) error { return Discard(ctx, tx, 999, c.Now()) })
	if fault.Of(err) != fault.NotFound {
		t.Errorf("discarding a missing task: %v", err)
	}
}

func TestAnInsertNotifiesTheRunners(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	var heard atomic.Int64
	listening, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		//nolint:errcheck // it returns ctx's error
		pg.Listen(listening, pgtest.URL(t, db), []string{"outbox"}, func(string, string) { heard.Add(1) })
	}()
	defer func() { stop(); <-ended }()
	eventually(t, "it is listening", func() bool { return heard.Load() == 1 })
	write(t, db, `INSERT INTO outbox_tasks (kind, payload, due_at, max_attempts, created_at)
		SELECT 'greet', '{}', at, 3, at FROM generate_series(1, 2), (SELECT $1::timestamptz AS at) AS it`, start)
	eventually(t, "a notification arrived", func() bool { return heard.Load() > 1 })
}

func TestPermanentErrorsPanicsAndInvalidPayloadsPark(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	r := newRunner(db, clock.At(start))
	Handle(r, func(_ context.Context, g greet) error {
		if g.N == 1 {
			return fmt.Errorf("really: %w", Permanent(errors.New("no such thing")))
		}
		panic("boom")
	})
	add(t, db, start, greet{1})
	add(t, db, start, greet{2}, MaxAttempts(1))
	add(t, db, start, greet{3})
	write(t, db, `UPDATE outbox_tasks SET payload = '{"n": "three"}' WHERE payload->>'n' = '3'`)
	run(t, r)
	eventually(t, "all are parked", func() bool { return count(t, db, `state = 'parked'`) == 3 })
	parked, _ := ListParked(ctx, db, 10)
	for i, want := range []string{"does not match", "panic: boom", "no such thing"} {
		if !strings.Contains(parked[i].LastError, want) {
			t.Errorf("%q lacks %q", parked[i].LastError, want)
		}
	}
}

func TestUnknownKindsAreParkedAfterTenMinutes(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	add(t, db, start, other{})
	for _, late := range []time.Duration{time.Minute, 11 * time.Minute} {
		if err := cleanUp(ctx, db, []string{"greet"}, start.Add(late)); err != nil {
			t.Fatal(err)
		}
		want := 0
		if late > 10*time.Minute {
			want = 1
		}
		if n := count(t, db, `state = 'parked' AND last_error LIKE '%"other"%'`); n != want {
			t.Errorf("%v late: %d parked", late, n)
		}
	}
}

func TestTheClockMayMoveInBothDirections(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	c := clock.At(start)
	r := newRunner(db, c)
	var runs atomic.Int64
	Handle(r, func(context.Context, greet) error { runs.Add(1); return nil })
	add(t, db, start, greet{1}, At(start.Add(49*time.Hour)))
	run(t, r)
	time.Sleep(100 * time.Millisecond)
	if runs.Load() != 0 {
		t.Fatal("it ran before it was due")
	}
	c.Advance(49 * time.Hour)
	eventually(t, "a run after the jump", func() bool { return runs.Load() == 1 })
	c.Advance(-100 * time.Hour)
	add(t, db, start.Add(49*time.Hour), greet{2}) // added just before the clock was moved back
	if err := r.cleanUp(ctx); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a run of the task due in the future", func() bool { return runs.Load() == 2 })
}

func TestSchedulesRunOncePerPeriodAcrossInstances(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	c := clock.At(start)
	var runs atomic.Int64
	for range 4 {
		r := newRunner(db, c)
		r.pace = time.Second // a runner delayed by 300 ms must not count as dead
		r.Every("sweep", time.Minute, func(context.Context) error { runs.Add(1); return nil })
		run(t, r)
	}
	for i := range 5 {
		eventually(t, "the period's run", func() bool { return runs.Load() == int64(i+1) })
		time.Sleep(50 * time.Millisecond)
		if n := runs.Load(); n != int64(i+1) {
			t.Fatalf("%d runs in %d periods", n, i+1)
		}
		c.Advance(time.Minute)
	}
	eventually(t, "the sixth run", func() bool { return runs.Load() == 6 })
	c.Advance(-3 * time.Hour)
	eventually(t, "a run after the clock moved back", func() bool { return runs.Load() == 7 })
	c.Advance(100 * time.Hour)
	eventually(t, "one run for all skipped periods", func() bool { return runs.Load() == 8 })
}

func TestANewTaskRunsWithinTwoSeconds(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	r := newRunner(db, clock.System{})
	ran := make(chan struct{})
	Handle(r, func(context.Context, greet) error { ran <- struct{}{}; return nil })
	run(t, r)
	add(t, db, clock.System{}.Now(), greet{0})
	<-ran
	var worst, sum time.Duration
	for i := range 20 {
		since := clock.Stopwatch()
		add(t, db, clock.System{}.Now(), greet{i})
		<-ran
		sum, worst = sum+since(), max(worst, since())
	}
	t.Logf("add → run: mean %v, worst %v", sum/20, worst)
	if worst > 2*time.Second {
		t.Errorf("a task waited %v", worst)
	}
}
