package outbox

import (
	"context"
	"encoding/json"
	"time"

	"wattle/internal/pg"
)

// claim is one attempt at one task: the pair that fences a late worker.
type claim struct {
	id      int64
	attempt int
}

type claimed struct {
	ID          int64           `db:"id"`
	Kind        string          `db:"kind"`
	Payload     json.RawMessage `db:"payload"`
	Attempt     int             `db:"attempt"`
	MaxAttempts int             `db:"max_attempts"`
}

func (c claimed) claim() claim { return claim{c.ID, c.Attempt} }

// take gives runner up to limit due tasks of the kinds. SKIP LOCKED keeps instances from waiting
// for each other; a key that runs anywhere is left alone.
func take(ctx context.Context, db *pg.DB, runner int64, now time.Time, kinds []string, limit int) ([]claimed, error) {
	var out []claimed
	err := pg.Once(ctx, db, func(c *pg.Conn) error {
		return c.Select(ctx, &out, `
			UPDATE outbox_tasks SET state = 'running', runner = $1, attempt = attempt + 1
			WHERE id IN (
				SELECT t.id FROM outbox_tasks t
				WHERE t.state = 'waiting' AND t.due_at <= $2 AND t.kind = ANY($3)
				  AND NOT EXISTS (SELECT FROM outbox_tasks r WHERE r.state = 'running' AND r.kind = t.kind AND r.key = t.key)
				ORDER BY t.due_at, t.id LIMIT $4 FOR UPDATE SKIP LOCKED)
			RETURNING id, kind, payload, attempt, max_attempts`, runner, now, pg.Strings(kinds), limit)
	})
	return out, err
}

// finishSQL also counts for a task that was taken away but not yet given to another: its effect
// has happened and nobody else has begun.
const finishSQL = `
	UPDATE outbox_tasks SET state = 'done', runner = NULL, last_error = '', finished_at = $3
	WHERE id = $1 AND attempt = $2 AND state IN ('running', 'waiting', 'done')`

// finish marks the attempt as done; false when it was fenced.
func finish(ctx context.Context, db *pg.DB, id claim, now time.Time) (bool, error) {
	return change(ctx, db, finishSQL, id.id, id.attempt, now)
}

// again lets the task wait until due. Where a newer task of the same key waits, that one does the
// work and this one is done.
func again(ctx context.Context, db *pg.DB, id claim, due, now time.Time, why string) (bool, error) {
	return change(ctx, db, `
		UPDATE outbox_tasks t SET runner = NULL, last_error = $5,
			state = CASE WHEN newer THEN 'done' ELSE 'waiting' END,
			due_at = CASE WHEN newer THEN t.due_at ELSE $3 END,
			finished_at = CASE WHEN newer THEN $4::timestamptz END
		FROM (SELECT a.id, EXISTS (SELECT FROM outbox_tasks n WHERE n.kind = a.kind AND n.key = a.key AND n.state = 'waiting') AS newer
		      FROM outbox_tasks a WHERE a.id = $1) x
		WHERE t.id = x.id AND t.attempt = $2 AND t.state = 'running'`, id.id, id.attempt, due, now, why)
}

// park puts the task aside for a person.
func park(ctx context.Context, db *pg.DB, id claim, now time.Time, why string) (bool, error) {
	return change(ctx, db, `
		UPDATE outbox_tasks SET state = 'parked', runner = NULL, last_error = $4, finished_at = $3
		WHERE id = $1 AND attempt = $2 AND state = 'running'`, id.id, id.attempt, now, why)
}

func change(ctx context.Context, db *pg.DB, query string, args ...any) (bool, error) {
	var n int64
	err := pg.Once(ctx, db, func(c *pg.Conn) (err error) {
		n, err = c.Exec(ctx, query, args...)
		return err
	})
	return n > 0, err
}

// register makes a runner's row and returns its id.
func register(ctx context.Context, db *pg.DB, name string, now time.Time) (id int64, err error) {
	err = pg.Once(ctx, db, func(c *pg.Conn) error {
		return c.Get(ctx, &id, `INSERT INTO outbox_runners (name, beat, started_at) VALUES ($1, 0, $2) RETURNING id`, name, now)
	})
	return id, err
}

// beat says that the runner lives; false when the others have buried it.
func beat(ctx context.Context, db *pg.DB, id int64) (bool, error) {
	return change(ctx, db, `UPDATE outbox_runners SET beat = beat + 1 WHERE id = $1`, id)
}

type pulse struct {
	ID   int64 `db:"id"`
	Beat int64 `db:"beat"`
}

func pulses(ctx context.Context, db *pg.DB) ([]pulse, error) {
	var out []pulse
	err := db.Select(ctx, &out, `SELECT id, beat FROM outbox_runners`)
	return out, err
}

// bury removes dead runners and gives back what they were doing; beats guards against one that
// has come back since it was looked at.
func bury(ctx context.Context, db *pg.DB, dead []pulse) error {
	ids, beats := make(pg.Int64s, len(dead)), make(pg.Int64s, len(dead))
	for i, p := range dead {
		ids[i], beats[i] = p.ID, p.Beat
	}
	_, err := change(ctx, db, `
		DELETE FROM outbox_runners r USING unnest($1::bigint[], $2::bigint[]) AS d (id, beat)
		WHERE r.id = d.id AND r.beat = d.beat`, ids, beats)
	return err
}

// orphans gives back running tasks whose runner is gone, and those of runner me that it does not
// know of (the answer to its taking was lost). Attempts used up park the task: it may be what
// kills its workers.
func orphans(ctx context.Context, db *pg.DB, me int64, known []int64, now time.Time) error {
	_, err := change(ctx, db, `
		UPDATE outbox_tasks t SET runner = NULL,
			state = CASE WHEN t.attempt >= t.max_attempts THEN 'parked'
			             WHEN EXISTS (SELECT FROM outbox_tasks n WHERE n.kind = t.kind AND n.key = t.key AND n.state = 'waiting') THEN 'done'
			             ELSE 'waiting' END,
			finished_at = $3,
			last_error = 'the instance that ran it ended'
		WHERE t.state = 'running' AND (
			t.runner = $1 AND t.id <> ALL($2)
			OR NOT EXISTS (SELECT FROM outbox_runners r WHERE r.id = t.runner))`, me, pg.Int64s(known), now)
	return err
}

// leave removes the runner's row and gives back what it still holds.
func leave(ctx context.Context, db *pg.DB, id int64, now time.Time) error {
	if _, err := change(ctx, db, `DELETE FROM outbox_runners WHERE id = $1`, id); err != nil {
		return err
	}
	return orphans(ctx, db, id, nil, now)
}

// tidy does what time brings: a clock moved back leaves tasks due in a future that was undone;
// tasks of a kind that no instance knows are parked after ten minutes (an older binary must not
// park a newer one's during a roll-out); what is done goes after seven days.
func tidy(ctx context.Context, db *pg.DB, kinds []string, now time.Time) error {
	for _, step := range []struct {
		query string
		args  []any
	}{
		{`UPDATE outbox_tasks SET due_at = $1 WHERE state = 'waiting' AND due_at > $1
			AND (due_at <= created_at OR attempt > 0 AND due_at > $1::timestamptz + interval '1 day')`, []any{now}},
		{`UPDATE outbox_tasks SET state = 'parked', finished_at = $1, last_error = 'no handler is registered for tasks of kind "' || kind || '"'
			WHERE state = 'waiting' AND due_at < $1::timestamptz - interval '10 minutes' AND kind <> ALL($2)`, []any{now, pg.Strings(kinds)}},
		{`DELETE FROM outbox_tasks WHERE id IN (SELECT id FROM outbox_tasks
			WHERE state = 'done' AND finished_at < $1::timestamptz - interval '7 days' LIMIT 5000)`, []any{now}},
		{`DELETE FROM outbox_effects WHERE done_at < $1::timestamptz - interval '90 days'`, []any{now}},
	} {
		if _, err := change(ctx, db, step.query, step.args...); err != nil {
			return err
		}
	}
	return nil
}

// startPeriod adds the periodic task for period number n unless some instance has. One period
// back is tolerated, for instances whose clocks differ a little; further back, the clock was moved.
func startPeriod(ctx context.Context, db *pg.DB, p periodic, n int64, now time.Time) error {
	return pg.InTx(ctx, db, func(tx *pg.Tx) error {
		won, err := tx.Exec(ctx, `
			INSERT INTO outbox_schedules AS s (name, last_run) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET last_run = excluded.last_run
			WHERE s.last_run < $2 OR s.last_run > $2 + 1`, string(p), n)
		if err != nil || won == 0 {
			return err
		}
		// What the last period left parked is this period's work now.
		if _, err := tx.Exec(ctx, `UPDATE outbox_tasks SET state = 'done' WHERE kind = $1 AND state = 'parked'`, p.Kind()); err != nil {
			return err
		}
		return Add(ctx, tx, now, p, Key(""), MaxAttempts(3))
	})
}

// periodic is the task of a periodic job; its name is its kind.
type periodic string

// Kind is the job's name among the kinds.
func (p periodic) Kind() string { return "every " + string(p) }
