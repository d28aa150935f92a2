package outbox

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

	"wattle/internal/clock"
	"wattle/internal/pg"
	"wattle/internal/pg/pgtest"
)

func TestAReassignedTaskIgnoresItsOldWorker(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	old, began, wakeUp := newRunner(db, clock.At(start)), make(chan struct{}), make(chan struct{})
	late := make(chan error, 1)
	Handle(old, func(ctx context.Context, g greet) error {
		began <- struct{}{}
		<-wakeUp
		err := pg.InTx(ctx, db, func(tx *pg.Tx) error {
			if err := Add(ctx, tx, start, other{}, At(start.Add(time.Hour))); err != nil {
				return err
			}
			return Finish(ctx, tx, start)
		})
		late <- err
		return err
	})
	add(t, db, start, greet{1})
	run(t, old)
	<-began
	// The instance pauses for so long that it is removed, and another does the work.
	id, err := register(ctx, db, "another", start)
	if err != nil {
		t.Fatal(err)
	}
	write(t, db, `UPDATE outbox_tasks SET runner = $1, attempt = attempt + 1 WHERE state = 'running'`, id)
	ok, err := finish(ctx, db, claim{1, 2}, start)
	if !ok || err != nil {
		t.Fatalf("the new worker was rejected: %v", err)
	}
	close(wakeUp)
	if err := <-late; !errors.Is(err, ErrReassigned) {
		t.Errorf("the old worker got %v", err)
	}
	if n := count(t, db, `kind = 'other'`); n != 0 {
		t.Error("the old worker's effect was committed")
	}
	if n := count(t, db, `state = 'done' AND attempt = 2`); n != 1 {
		t.Error("the old worker changed the task")
	}
}

func TestATaskIsReleasedIfTheReplyToItsClaimWasLost(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	r := newRunner(db, clock.At(start))
	var runs atomic.Int64
	Handle(r, func(context.Context, greet) error { runs.Add(1); return nil })
	run(t, r)
	eventually(t, "it registered", func() bool {
		s, err := Measure(ctx, db, start)
		return err == nil && s.Runners == 1
	})
	write(t, db, `INSERT INTO outbox_tasks (kind, payload, state, due_at, attempt, max_attempts, runner, created_at)
		SELECT 'greet', '{}', 'running', $1, 1, 5, id, $1 FROM outbox_runners`, start)
	eventually(t, "it ran", func() bool { return runs.Load() == 1 })
}

func TestShutdownWaitsForRunningTasksAndDeregisters(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	r := newRunner(db, clock.At(start))
	began := make(chan struct{})
	Handle(r, func(ctx context.Context, _ greet) error {
		close(began)
		select {
		case <-time.After(200 * time.Millisecond):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	add(t, db, start, greet{1})
	stop := run(t, r)
	<-began
	stop()
	s, err := Measure(ctx, db, start)
	if err != nil || s.Runners != 0 || count(t, db, `state = 'done'`) != 1 {
		t.Errorf("after the shutdown: %+v %v", s, err)
	}
}

// TestChildInstance is the child process of the next test. It does nothing on its own.
func TestChildInstance(t *testing.T) {
	url := os.Getenv("OUTBOX_CHILD_DATABASE")
	if url == "" {
		return
	}
	db, err := pg.Open(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	r := newRunner(db, clock.At(start))
	Handle(r, func(context.Context, greet) error { select {} })
	r.Run(ctx) //nolint:errcheck // it is killed
}

func TestKillingAnInstanceLosesNoTask(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	for i := range 10 {
		add(t, db, start, greet{i})
	}
	child := exec.Command(os.Args[0], "-test.run=^TestChildInstance$")
	child.Env = append(os.Environ(), "OUTBOX_CHILD_DATABASE="+pgtest.URL(t, db))
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the child holds tasks", func() bool { return count(t, db, `state = 'running'`) == 4 })
	child.Process.Kill() //nolint:errcheck // kill -9
	child.Wait()         //nolint:errcheck // it was killed
	r := newRunner(db, clock.At(start))
	var runs atomic.Int64
	Handle(r, func(context.Context, greet) error { runs.Add(1); return nil })
	run(t, r)
	eventually(t, "all are done", func() bool { return count(t, db, `state = 'done'`) == 10 })
	if runs.Load() != 10 {
		t.Errorf("%d runs", runs.Load())
	}
}
