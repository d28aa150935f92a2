package outbox

import (
	"context"
	"encoding/json"
	"time"

	"wattle/internal/pg"
)

// claim identifies one attempt at a task. A result for an older attempt is ignored.
type claim struct {
	id      int64
	attempt int
}

type claimedTask struct {
	ID          int64           `db:"id"`
	Kind        string          `db:"kind"`
	Payload     json.RawMessage `db:"payload"`
	Attempt     int             `db:"attempt"`
	MaxAttempts int             `db:"max_attempts"`
}

func (c claimedTask) claim() claim { return claim{c.ID, c.Attempt} }

// claimDue assigns up to limit due tasks of the kinds to runner. SKIP LOCKED keeps instances from
// waiting for each other. Tasks whose key is running anywhere are skipped.
func claimDue(
	ctx context.Context, db *pg.DB, runner int64, now time.Time, kinds []string, limit int,
) ([]claimedTask, error) {
	var out []claimedTask
	err := pg.Once(ctx, db, func(c *pg.Conn) error {
		return c.Select(ctx, &out, `
			UPDATE outbox_tasks SET state = 'running', runner = $1, attempt = attempt + 1
			WHERE id IN (
				SELECT t.id FROM outbox_tasks t
				WHERE t.state = 'waiting' AND t.due_at <= $2 AND t.kind = ANY($3)
				  AND NOT EXISTS (
					SELECT FROM outbox_tasks r WHERE r.state = 'running' AND r.kind = t.kind AND r.key = t.key)
				ORDER BY t.due_at, t.id LIMIT $4 FOR UPDATE SKIP LOCKED)
			RETURNING id, kind, payload, attempt, max_attempts`, runner, now, pg.Strings(kinds), limit)
	})
	return out, err
}

// finishSQL also accepts a task that was released but not yet claimed by another worker: its effect has
// happened and no other attempt has begun.
const finishSQL = `
	UPDATE outbox_tasks SET state = 'done', runner = NULL, last_error = '', finished_at = $3
	WHERE id = $1 AND attempt = $2 AND state IN ('running', 'waiting', 'done')`

// finish marks the task as done. It returns false if the task was given to another worker.
func finish(ctx context.Context, db *pg.DB, id claim, now time.Time) (bool, error) {
	return change(ctx, db, finishSQL, id.id, id.attempt, now)
}

// retry makes the task wait until due. If a newer task with the same key is waiting, this task is done
// and the newer one does the work.
func retry(ctx context.Context, db *pg.DB, id claim, due, now time.Time, why string) (bool, error) {
	return change(ctx, db, `
		UPDATE outbox_tasks t SET runner = NULL, last_error = $5,
			state = CASE WHEN newer THEN 'done' ELSE 'waiting' END,
			due_at = CASE WHEN newer THEN t.due_at ELSE $3 END,
			finished_at = CASE WHEN newer THEN $4::timestamptz END
		FROM (SELECT a.id, EXISTS (
				SELECT FROM outbox_tasks n
				WHERE n.kind = a.kind AND n.key = a.key AND n.state = 'waiting') AS newer
		      FROM outbox_tasks a WHERE a.id = $1) x
		WHERE t.id = x.id AND t.attempt = $2 AND t.state = 'running'`, id.id, id.attempt, due, now, why)
}

// park sets the task aside for a person.
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

// register adds a runner and returns its id.
func register(ctx context.Context, db *pg.DB, name string, now time.Time) (id int64, err error) {
	err = pg.Once(ctx, db, func(c *pg.Conn) error {
		return c.Get(ctx, &id, `
			INSERT INTO outbox_runners (name, beat, started_at) VALUES ($1, 0, $2) RETURNING id`, name, now)
	})
	return id, err
}

// beat reports that the runner is alive. It returns false if another instance has removed it.
func beat(ctx context.Context, db *pg.DB, id int64) (bool, error) {
	return change(ctx, db, `UPDATE outbox_runners SET beat = beat + 1 WHERE id = $1`, id)
}

type runnerBeat struct {
	ID   int64 `db:"id"`
	Beat int64 `db:"beat"`
}

func runners(ctx context.Context, db *pg.DB) ([]runnerBeat, error) {
	var out []runnerBeat
	err := db.Select(ctx, &out, `SELECT id, beat FROM outbox_runners`)
	return out, err
}

// remove deletes dead runners, except those whose beat has changed since it was read.
func remove(ctx context.Context, db *pg.DB, dead []runnerBeat) error {
	ids, beats := make(pg.Int64s, len(dead)), make(pg.Int64s, len(dead))
	for i, b := range dead {
		ids[i], beats[i] = b.ID, b.Beat
	}
	_, err := change(ctx, db, `
		DELETE FROM outbox_runners r USING unnest($1::bigint[], $2::bigint[]) AS d (id, beat)
		WHERE r.id = d.id AND r.beat = d.beat`, ids, beats)
	return err
}

// releaseOrphans releases running tasks whose runner is gone, and tasks of runner me that me does not
// know of because the reply to its claim was lost. A task without attempts left is parked, since it may
// be what crashes its workers.
func releaseOrphans(ctx context.Context, db *pg.DB, me int64, known []int64, now time.Time) error {
	_, err := change(ctx, db, `
		UPDATE outbox_tasks t SET runner = NULL,
			state = CASE WHEN t.attempt >= t.max_attempts THEN 'parked'
			             WHEN EXISTS (
			                 SELECT FROM outbox_tasks n
			                 WHERE n.kind = t.kind AND n.key = t.key AND n.state = 'waiting') THEN 'done'
			             ELSE 'waiting' END,
			finished_at = $3,
			last_error = 'the instance that ran it has stopped'
		WHERE t.state = 'running' AND (
			t.runner = $1 AND t.id <> ALL($2)
			OR NOT EXISTS (SELECT FROM outbox_runners r WHERE r.id = t.runner))`, me, pg.Int64s(known), now)
	return err
}

// deregister removes the runner and releases its tasks.
func deregister(ctx context.Context, db *pg.DB, id int64, now time.Time) error {
	if _, err := change(ctx, db, `DELETE FROM outbox_runners WHERE id = $1`, id); err != nil {
		return err
	}
	return releaseOrphans(ctx, db, id, nil, now)
}

// cleanUp makes tasks due that were scheduled before the clock was moved back; parks tasks of unknown
// kinds after ten minutes, so that an older binary does not park a newer one's tasks during a
// deployment; and deletes finished tasks after seven days and effects after ninety.
func cleanUp(ctx context.Context, db *pg.DB, kinds []string, now time.Time) error {
	for _, step := range []struct {
		query string
		args  []any
	}{
		{`UPDATE outbox_tasks SET due_at = $1 WHERE state = 'waiting' AND due_at > $1
			AND (due_at <= created_at OR attempt > 0 AND due_at > $1::timestamptz + interval '1 day')`, []any{now}},
		{`UPDATE outbox_tasks SET state = 'parked', finished_at = $1,
				last_error = 'no handler is registered for tasks of kind "' || kind || '"'
			WHERE state = 'waiting' AND due_at < $1::timestamptz - interval '10 minutes' AND kind <> ALL($2)`,
			[]any{now, pg.Strings(kinds)}},
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

// startPeriod adds the task for period n unless an instance already has. A stored period one ahead of n
// is tolerated, since clocks differ slightly between instances; if it is further ahead, the clock was
// moved back.
func startPeriod(ctx context.Context, db *pg.DB, p periodic, n int64, now time.Time) error {
	return pg.InTx(ctx, db, func(tx *pg.Tx) error {
		started, err := tx.Exec(ctx, `
			INSERT INTO outbox_schedules AS s (name, last_run) VALUES ($1, $2)
			ON CONFLICT (name) DO UPDATE SET last_run = excluded.last_run
			WHERE s.last_run < $2 OR s.last_run > $2 + 1`, string(p), n)
		if err != nil || started == 0 {
			return err
		}
		// A run parked in an earlier period is replaced by this one.
		_, err = tx.Exec(ctx, `UPDATE outbox_tasks SET state = 'done' WHERE kind = $1 AND state = 'parked'`, p.Kind())
		if err != nil {
			return err
		}
		return Add(ctx, tx, now, p, Key(""), MaxAttempts(3))
	})
}

// periodic is the task of a schedule, by name.
type periodic string

// Kind is the schedule's name with a prefix.
func (p periodic) Kind() string { return "every " + string(p) }
