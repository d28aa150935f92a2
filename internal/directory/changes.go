package directory

import (
	"context"
	"database/sql"

	"wattle/internal/pg"
)

// Changes are what has been committed since a snapshot, for followers outside this process such as a
// search engine, which keep their snapshot in Postgres.
type Changes struct {
	Snapshot   string  // pass it to the next ReadChanges
	IDs        []int64 // profiles that changed, each once
	Everything bool    // rows were swept away unread, or a bulk load asks for it: read everything again
}

// beginReading makes tx see one moment only, and returns the snapshot of that moment.
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

// now reads the present snapshot, and whether rows since the snapshot $1 were lost.
const now = `pg_current_snapshot()::text, (SELECT swept > pg_snapshot_xmin($1::pg_snapshot) AND swept < pg_snapshot_xmax(pg_current_snapshot())
	OR pg_snapshot_xmax($1::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot()) FROM directory_feed)`

// isNew is true of rows that have become visible since the snapshot $1.
const isNew = `xid >= pg_snapshot_xmin($1::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, $1::pg_snapshot) AND xid < pg_snapshot_xmax(pg_current_snapshot())`

// changeOfOne reads a change together with the profile as it is now, where it is the only change and the
// profile is listed: that is nearly every change, and takes one statement instead of two. LIMIT 2 shows
// whether it is the only one, and keeps Postgres to this plan.
var changeOfOne = pg.Keep + `SELECT ` + now + `, c.rows, ` + profileSelect + ` FROM (
	SELECT therapist_id, count(*) OVER () AS rows FROM (SELECT therapist_id FROM directory_changes WHERE ` + isNew + ` ORDER BY xid, seq LIMIT 2) two) c
	JOIN therapists t ON t.id = c.therapist_id AND t.listing = 'listed' LEFT JOIN next_times n ON n.therapist_id = t.id`

// readChangeOfOne gives the profile of the only change since a snapshot, and the snapshot it was read
// with; nil when there was none or more than one, or the profile is not listed.
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

// ReadChanges reads what has become visible since a snapshot, including transactions that committed late.
// One statement reads it, hence one snapshot. Rows swept away unread, and a server that lies behind the
// snapshot (a backup was restored), ask for everything. Transaction numbers beyond the present snapshot
// came with a backup of another server, all of which has been read, so they are ignored.
func ReadChanges(ctx context.Context, db *pg.DB, since string) (Changes, error) {
	rows, err := db.Query(ctx, pg.Keep+`SELECT `+now+`, c.therapist_id FROM (SELECT) s LEFT JOIN directory_changes c ON `+isNew, since)
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

// sweepChanges deletes rows up to the last sweep's horizon and sets the next one. A horizon that came with
// a backup of another server is replaced by the present one, and its rows are deleted.
func sweepChanges(ctx context.Context, tx *pg.Tx) error {
	const move = `UPDATE directory_feed SET swept = least(horizon, pg_snapshot_xmin(pg_current_snapshot())), horizon = pg_snapshot_xmin(pg_current_snapshot())`
	if _, err := tx.Exec(ctx, move); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM directory_changes WHERE xid < (SELECT swept FROM directory_feed) OR xid >= pg_snapshot_xmax(pg_current_snapshot())`)
	return err
}
