// Package outbox is the task queue. A task is added in the transaction of the change that causes it,
// so it exists only if the change commits. It runs at least once, on any instance, even if instances
// crash. An effect that must happen once is keyed (Effect) or committed with the task (Finish).
//
// Payloads are JSON and hold ids, never personal values: erasing a person's data does not search
// them.
package outbox

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"wattle/internal/fault"
	"wattle/internal/pg"
)

// Task is a unit of work. Kind identifies its type in the database and must not change while such
// tasks are stored. Its fields are stored as JSON.
type Task interface{ Kind() string }

// Option configures a task that is added.
type Option func(*row)

// row is what the options set.
type row struct {
	key, once *string
	due       time.Time
	attempts  int
}

// defaultAttempts spans five to six hours with the delays of backoff.
const defaultAttempts = 20

// At makes the task due at t instead of immediately.
func At(t time.Time) Option { return func(r *row) { r.due = t } }

// Key skips adding the task if one of the same kind and key is already waiting. Use it for work that
// refreshes something, where one run covers any number of changes. A running task does not count,
// because it may have read the data before this change; the new task starts after it ends.
func Key(key string) Option { return func(r *row) { r.key = &key } }

// Once skips adding the task if one of the same kind and key was ever added. Finished tasks count for
// seven days. Use it for effects, such as a mail about one version of a booking.
func Once(key string) Option { return func(r *row) { r.once = &key } }

// MaxAttempts is how often the task may run before it is parked; the default is 20.
func MaxAttempts(n int) Option { return func(r *row) { r.attempts = n } }

// Add stores the task in ex's transaction, or as a single write on a pg.Conn. now is the application's
// clock; the task is due then unless At sets another time.
func Add(ctx context.Context, ex pg.Execer, now time.Time, t Task, opts ...Option) error {
	r := row{due: now, attempts: defaultAttempts}
	for _, o := range opts {
		o(&r)
	}
	payload, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("outbox: %s cannot be stored: %w", t.Kind(), err)
	}
	_, err = ex.Exec(ctx, pg.Keep+`
		INSERT INTO outbox_tasks (kind, payload, key, once, due_at, max_attempts, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
		t.Kind(), string(payload), r.key, r.once, r.due, r.attempts, now)
	if err != nil {
		return fmt.Errorf("outbox: adding %s: %w", t.Kind(), err)
	}
	return nil
}

// Effect records the effect named key in ex's transaction and reports whether this is the first time.
// If it is not, the caller must skip the effect. Records are kept for ninety days.
func Effect(ctx context.Context, ex pg.Execer, now time.Time, key string) (first bool, err error) {
	n, err := ex.Exec(ctx, `INSERT INTO outbox_effects (key, done_at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, key, now)
	return n == 1, err
}

// ErrReassigned means that the task was given to another worker in the meantime. The handler must
// return it, so that its transaction rolls back.
var ErrReassigned = errors.New("outbox: the task was given to another worker")

// Finish marks the handler's task as done in the handler's own transaction, so that its effects happen
// exactly once without a key. It returns ErrReassigned if another worker has the task by now. Outside
// a handler it returns an error.
func Finish(ctx context.Context, tx *pg.Tx, now time.Time) error {
	id, ok := ctx.Value(claimKey{}).(claim)
	if !ok {
		return errors.New("outbox: Finish was called outside a handler")
	}
	n, err := tx.Exec(ctx, finishSQL, id.id, id.attempt, now)
	if err == nil && n == 0 {
		return ErrReassigned
	}
	return err
}

// Permanent marks an error that a retry cannot fix: the task is parked immediately.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return permanent{err}
}

type permanent struct{ error }

// Unwrap returns the cause.
func (p permanent) Unwrap() error { return p.error }

// backoff is the delay after the n-th failed attempt: 2 s, doubling up to 30 minutes, plus up to a
// quarter of jitter, which is in [0, 1). A fault's RetryAfter is the minimum.
func backoff(n int, err error, jitter float64) time.Duration {
	d := maxBackoff
	if n < 11 {
		d = min(maxBackoff, 2*time.Second<<(n-1))
	}
	d += time.Duration(jitter * float64(d) / 4)
	if f, ok := fault.As(err); ok {
		d = max(d, f.RetryAfter)
	}
	return d
}

const maxBackoff = 30 * time.Minute

// Stats are the figures that operators monitor.
type Stats struct {
	Pending   int           `db:"pending"` // waiting and due, or running
	Scheduled int           `db:"scheduled"`
	Parked    int           `db:"parked"`
	Oldest    time.Duration `db:"-"` // how long the oldest due task has been due
	Runners   int           `db:"runners"`
}

// Measure counts the tasks at now.
func Measure(ctx context.Context, q pg.Queryer, now time.Time) (Stats, error) {
	var s struct {
		Stats
		OldestDue *time.Time `db:"oldest_due"`
	}
	err := q.Get(ctx, &s, `
		SELECT count(*) FILTER (WHERE state = 'running' OR state = 'waiting' AND due_at <= $1) AS pending,
		       count(*) FILTER (WHERE state = 'waiting' AND due_at > $1) AS scheduled,
		       count(*) FILTER (WHERE state = 'parked') AS parked,
		       min(due_at) FILTER (WHERE state IN ('waiting', 'running') AND due_at <= $1) AS oldest_due,
		       (SELECT count(*) FROM outbox_runners) AS runners
		FROM outbox_tasks WHERE state <> 'done'`, now)
	if s.OldestDue != nil {
		s.Oldest = now.Sub(*s.OldestDue)
	}
	return s.Stats, err
}

// Parked is a task that has failed and needs a person.
type Parked struct {
	ID        int64           `db:"id"`
	Kind      string          `db:"kind"`
	Payload   json.RawMessage `db:"payload"`
	Attempt   int             `db:"attempt"`
	LastError string          `db:"last_error"`
	CreatedAt time.Time       `db:"created_at"`
	ParkedAt  time.Time       `db:"finished_at"`
}

// ListParked returns the parked tasks, newest first.
func ListParked(ctx context.Context, q pg.Queryer, limit int) ([]Parked, error) {
	var out []Parked
	err := q.Select(ctx, &out, `
		SELECT id, kind, payload, attempt, last_error, created_at, finished_at
		FROM outbox_tasks WHERE state = 'parked' ORDER BY id DESC LIMIT $1`, limit)
	return out, err
}

// Retry makes a parked task due now with a full set of attempts. It returns fault.NotFound if no such
// task is parked, and fault.Conflict if a newer task with its key is waiting.
func Retry(ctx context.Context, ex pg.Execer, id int64, now time.Time) error {
	n, err := ex.Exec(ctx, `
		UPDATE outbox_tasks SET state = 'waiting', due_at = $2, attempt = attempt + 1,
			max_attempts = attempt + 1 + max_attempts, finished_at = NULL
		WHERE id = $1 AND state = 'parked'`, id, now)
	switch {
	case pg.Constraint(err) == "outbox_tasks_one_waits_per_key":
		return fault.Wrap(fault.Conflict, "A newer task of the same kind is already waiting.", err)
	case err == nil && n == 0:
		return fault.New(fault.NotFound, "There is no such parked task.")
	}
	return err
}

// Discard closes a parked task. It returns fault.NotFound if no such task is parked.
func Discard(ctx context.Context, ex pg.Execer, id int64, now time.Time) error {
	n, err := ex.Exec(ctx, `
		UPDATE outbox_tasks SET state = 'done', finished_at = $2
		WHERE id = $1 AND state = 'parked'`, id, now)
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "There is no such parked task.")
	}
	return err
}
