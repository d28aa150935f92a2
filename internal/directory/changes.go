package directory

import (
	"context"
	"database/sql"

	"wattle/internal/pg"
)

// Changes are the commits since a snapshot, for followers outside this process, such as a search
// engine, that keep their snapshot in Postgres.
type Changes struct {
	Snapshot   string  // pass it to the next ReadChanges
	IDs        []int64 // profiles that changed, each once
	Everything bool    // rows were swept unread, or a bulk load asks for it: read everything again
}

// beginReading gives tx a single snapshot for all its reads and returns that snapshot.
func beginReading(ctx context.Context, tx *pg.Tx) (snap string, err error) {
	if _, err := tx.Exec(ctx, `SET TRANSACTION ISOLATION LEVEL REPEATABLE READ`); err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, `SET LOCAL statement_timeout = '60s'`); err != nil {
		return "", err
	}
	err = tx.Get(ctx, &snap, `SELECT pg_current_snapshot()::text`)
	return snap, err
}

// now selects the current snapshot and whether rows since snapshot $1 are lost.
const now = `pg_current_snapshot()::text, 
	(SELECT swept > pg_snapshot_xmin($1::pg_snapshot) AND swept < pg_snapshot_xmax(pg_current_snapshot())
	OR pg_snapshot_xmax($1::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot()) FROM directory_feed)`

// isNew is true for rows that became visible after snapshot $1.
const isNew = `xid >= pg_snapshot_xmin($1::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, $1::pg_snapshot)
	AND xid < pg_snapshot_xmax(pg_current_snapshot())`

// changeOfOne reads a change with the current profile if it is the only change and the profile is
// listed. That covers nearly all changes in one statement instead of two. LIMIT 2 detects further
// changes and keeps Postgres on this plan.
var changeOfOne = pg.Keep + `SELECT ` + now + `, c.rows, ` + profileSelect + ` FROM (
	SELECT therapist_id, count(*) OVER () AS rows
	FROM (SELECT therapist_id FROM directory_changes WHERE ` + isNew + ` ORDER BY xid, seq LIMIT 2) two) c
	JOIN therapists t ON t.id = c.therapist_id AND t.listing = 'listed' LEFT JOIN next_times n ON n.therapist_id = t.id`

// readChangeOfOne returns the profile of the only change since a snapshot, with the new snapshot; nil
// if there are none or several, or the profile is not listed.
func readChangeOfOne(ctx context.Context, db *pg.DB, since string) (p *Profile, snap string, err error) {
	rows, err := db.Query(ctx, changeOfOne, since)
	if err != nil {
		return nil, "", err
	}
	defer rows.Close()
	var lost bool
	var n int
	r := newReader()
	if !rows.Next() {
		return nil, "", rows.Err()
	}
	if p, err = r.read(rows, &snap, &lost, &n); err != nil || lost || n != 1 {
		return nil, "", err
	}
	if rows.Next() {
		return nil, "", nil
	}
	return p, snap, rows.Err()
}

// ReadChanges reads what became visible since a snapshot, including late commits, in one statement and
// therefore one snapshot. Rows swept unread and a server behind the snapshot (a restored backup)
// request everything. Transaction ids beyond the current snapshot come from a backup of another server
// that has been read in full, so they are ignored.
func ReadChanges(ctx context.Context, db *pg.DB, since string) (Changes, error) {
	rows, err := db.Query(ctx, pg.Keep+`SELECT `+now+`, c.therapist_id
		FROM (SELECT) s LEFT JOIN directory_changes c ON `+isNew, since)
	if err != nil {
		return Changes{}, err
	}
	defer rows.Close()
	var c Changes
	seen := map[int64]bool{}
	for rows.Next() {
		var lost bool
		var id sql.NullInt64
		if err := rows.Scan(&c.Snapshot, &lost, &id); err != nil {
			return Changes{}, err
		}
		c.Everything = c.Everything || lost || id.Valid && id.Int64 == 0
		if id.Valid && !seen[id.Int64] {
			seen[id.Int64] = true
			c.IDs = append(c.IDs, id.Int64)
		}
	}
	return c, rows.Err()
}

// sweepChanges deletes rows up to the last sweep's horizon and sets the next one. It replaces a horizon
// that came with another server's backup and deletes its rows.
func sweepChanges(ctx context.Context, tx *pg.Tx) error {
	const move = `UPDATE directory_feed SET horizon = pg_snapshot_xmin(pg_current_snapshot()),
		swept = least(horizon, pg_snapshot_xmin(pg_current_snapshot()))`
	if _, err := tx.Exec(ctx, move); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM directory_changes
		WHERE xid < (SELECT swept FROM directory_feed) OR xid >= pg_snapshot_xmax(pg_current_snapshot())`)
	return err
}
