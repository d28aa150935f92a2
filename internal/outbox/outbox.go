// Package outbox runs work that follows from a fact. A task is added in the transaction of the
// fact, so it exists exactly when the fact does; it runs at least once, on some instance, however
// instances die; and where it must have one effect, the effect is keyed (Effect, Finish) so that
// running twice does it once.
//
// Payloads are JSON in the database: ids, never personal values, or erasing a person could not
// reach them.
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

// Task is a piece of work. Its kind names it in the database and must not change while such tasks
// are stored; its fields are stored as JSON.
type Task interface{ Kind() string }

// Option says more about a task that is added.
type Option func(*row)

// row is a task as Add stores it.
type row struct {
	key, once *string
	due       time.Time
	attempts  int
}

// defaultAttempts with the back-off of pause spread over about nine hours.
const defaultAttempts = 20

// At makes the task due at t instead of at once.
func At(t time.Time) Option { return func(r *row) { r.due = t } }

// Key makes adding the task do nothing while another of its kind and key waits: for work that
// brings something up to date, where one run serves any number of facts. A running task does not
// count, because it may have read the world before this fact; the new one starts when it has ended.
func Key(key string) Option { return func(r *row) { r.key = &key } }

// Once makes adding the task do nothing when one of its kind and once-key was ever added, even if
// it is done (kept for seven days): for effects, such as a mail about one version of a booking.
func Once(key string) Option { return func(r *row) { r.once = &key } }

// MaxAttempts is how often the task may run before it is parked; 20 unless given.
func MaxAttempts(n int) Option { return func(r *row) { r.attempts = n } }

// Add stores the task in ex's transaction. now is the application's clock: the task is due then
// unless At says otherwise. On a pg.Conn it is a single write of its own.
func Add(ctx context.Context, ex pg.Execer, now time.Time, t Task, opts ...Option) error {
	args, err := Args(now, t, opts...)
	if err != nil {
		return err
	}
	_, err = ex.Exec(ctx, `INSERT INTO outbox_tasks (`+Columns+`) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`, args...)
	if err != nil {
		return fmt.Errorf("outbox: adding %s: %w", t.Kind(), err)
	}
	return nil
}

// Columns are what Args gives values for, in order, so that a statement which writes a fact can
// add its task in the same breath: WITH fact AS (…) INSERT INTO outbox_tasks (Columns) SELECT
// $8, … FROM fact ON CONFLICT DO NOTHING. Give the parameters their types there: text, jsonb,
// text, text, timestamptz, int, timestamptz.
const Columns = `kind, payload, key, once, due_at, max_attempts, created_at`

// Args are the values of Columns for the task.
func Args(now time.Time, t Task, opts ...Option) ([]any, error) {
	r := row{due: now, attempts: defaultAttempts}
	for _, o := range opts {
		o(&r)
	}
	payload, err := json.Marshal(t)
	if err != nil {
		return nil, fmt.Errorf("outbox: %s cannot be stored: %w", t.Kind(), err)
	}
	return []any{t.Kind(), string(payload), r.key, r.once, r.due, r.attempts, now}, nil
}

// Effect records in ex's transaction that the effect named key is done, and reports whether this
// was the first time. When it was not, leave the effect out. The record is kept for ninety days.
func Effect(ctx context.Context, ex pg.Execer, now time.Time, key string) (first bool, err error) {
	n, err := ex.Exec(ctx, `INSERT INTO outbox_effects (key, done_at) VALUES ($1, $2) ON CONFLICT DO NOTHING`, key, now)
	return n == 1, err
}

// ErrLate is what a worker gets whose task was given to another meanwhile: its effects must not
// count, so it returns the error and its transaction is undone.
var ErrLate = errors.New("outbox: this worker is late: its task was given to another")

// Finish marks the task that ctx belongs to as done in the handler's own transaction, so that the
// transaction's effects and the end of the task are one: exactly once, without a key. A late
// worker gets ErrLate. Outside a handler it returns an error.
func Finish(ctx context.Context, tx *pg.Tx, now time.Time) error {
	id, ok := ctx.Value(claimKey{}).(claim)
	if !ok {
		return errors.New("outbox: Finish was called outside a handler")
	}
	n, err := tx.Exec(ctx, finishSQL, id.id, id.attempt, now)
	if err == nil && n == 0 {
		return ErrLate
	}
	return err
}

// Permanent marks an error that trying again cannot mend: the task is parked at once.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return permanent{err}
}

type permanent struct{ error }

// Unwrap gives the cause.
func (p permanent) Unwrap() error { return p.error }

// wait is how long a task rests after its n-th failed attempt: 2 s doubling to 30 minutes, or
// longer when the fault asks for it. jitter is in [0, 1) and spreads it by a quarter.
func wait(n int, err error, jitter float64) time.Duration {
	d := maxWait
	if n < 11 {
		d = min(maxWait, 2*time.Second<<(n-1))
	}
	d += time.Duration(jitter * float64(d) / 4)
	if f, ok := fault.As(err); ok {
		d = max(d, f.RetryAfter)
	}
	return d
}

const maxWait = 30 * time.Minute

// Stats are the figures an operator watches.
type Stats struct {
	Pending   int           `db:"pending"` // waiting and due, or running
	Scheduled int           `db:"scheduled"`
	Parked    int           `db:"parked"`
	Oldest    time.Duration `db:"-"` // how long the oldest due task has waited
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

// Parked is a task that gave up and waits for a person.
type Parked struct {
	ID        int64           `db:"id"`
	Kind      string          `db:"kind"`
	Payload   json.RawMessage `db:"payload"`
	Attempt   int             `db:"attempt"`
	LastError string          `db:"last_error"`
	CreatedAt time.Time       `db:"created_at"`
	ParkedAt  time.Time       `db:"finished_at"`
}

// ListParked gives the parked tasks, newest first.
func ListParked(ctx context.Context, q pg.Queryer, limit int) ([]Parked, error) {
	var out []Parked
	err := q.Select(ctx, &out, `
		SELECT id, kind, payload, attempt, last_error, created_at, finished_at
		FROM outbox_tasks WHERE state = 'parked' ORDER BY id DESC LIMIT $1`, limit)
	return out, err
}

// Retry lets a parked task run again with all its attempts. It returns fault.NotFound when no
// such task is parked, fault.Conflict when a newer one of its key waits already.
func Retry(ctx context.Context, ex pg.Execer, id int64, now time.Time) error {
	n, err := ex.Exec(ctx, `
		UPDATE outbox_tasks SET state = 'waiting', due_at = $2, attempt = attempt + 1,
			max_attempts = attempt + 1 + max_attempts, finished_at = NULL
		WHERE id = $1 AND state = 'parked'`, id, now)
	switch {
	case pg.Constraint(err) == "outbox_tasks_one_waits_per_key":
		return fault.Wrap(fault.Conflict, "A newer task of the same kind is waiting already.", err)
	case err == nil && n == 0:
		return fault.New(fault.NotFound, "There is no such parked task.")
	}
	return err
}

// Discard gives up a parked task for good. It returns fault.NotFound when no such task is parked.
func Discard(ctx context.Context, ex pg.Execer, id int64, now time.Time) error {
	n, err := ex.Exec(ctx, `UPDATE outbox_tasks SET state = 'done', finished_at = $2 WHERE id = $1 AND state = 'parked'`, id, now)
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "There is no such parked task.")
	}
	return err
}
