package directory

import (
	"context"
	"database/sql"

	"wattle/internal/pg"
)

// changes are what a reading of the feed brought.
type changes struct {
	snap       string
	ids        []int64 // each once
	everything bool    // rows were missed, or a bulk load asks for it
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

// now is the present snapshot, and whether rows since the snapshot $1 were lost.
const now = `pg_current_snapshot()::text, (SELECT swept > pg_snapshot_xmin($1::pg_snapshot) AND swept < pg_snapshot_xmax(pg_current_snapshot())
	OR pg_snapshot_xmax($1::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot()) FROM directory_feed)`

// isNew says of a row that it has become visible since the snapshot $1.
const isNew = `xid >= pg_snapshot_xmin($1::pg_snapshot) AND NOT pg_visible_in_snapshot(xid, $1::pg_snapshot) AND xid < pg_snapshot_xmax(pg_current_snapshot())`

// changeOfOne reads, with the profile as it is now, a change that is the only one and of somebody who
// is listed: nearly every change is, and what takes two statements otherwise takes one. LIMIT 2 tells
// whether it is the only one, and Postgres that this plan is as good as any other.
const changeOfOne = pg.Keep + `SELECT ` + now + `, c.rows, ` + profileColumns + ` FROM (
	SELECT therapist_id, count(*) OVER () AS rows FROM (SELECT therapist_id FROM directory_changes WHERE ` + isNew + ` ORDER BY xid, seq LIMIT 2) two) c
	JOIN therapists t ON t.id = c.therapist_id AND t.listing = 'listed' LEFT JOIN next_times n ON n.therapist_id = t.id`

// readChangeOfOne gives the profile of the only change there was since a snapshot, and the snapshot it
// was read with; nil where there was another number of them, or somebody was unlisted.
func readChangeOfOne(ctx context.Context, db *pg.DB, since string) (t *Therapist, snap string, err error) {
	rows, err := db.Query(ctx, changeOfOne, since)
	if err != nil {
		return nil, "", err
	}
	defer rows.Close()
	var lost bool
	var n int
	r := newProfileReader()
	if !rows.Next() {
		return nil, "", rows.Err()
	}
	if t, err = r.read(rows, &snap, &lost, &n); err != nil || lost || n != 1 {
		return nil, "", err
	}
	if rows.Next() {
		return nil, "", nil
	}
	return t, snap, rows.Err()
}

// readChanges reads in one statement, hence with one snapshot, which rows have become visible since
// the snapshot since. Rows swept away unseen, and a server that lies behind that snapshot (a backup
// was restored), ask for everything. Numbers from beyond the present snapshot's end came with a
// backup of another server; whoever reads here has read everything of it, so they say nothing.
func readChanges(ctx context.Context, db *pg.DB, since string) (changes, error) {
	rows, err := db.Query(ctx, pg.Keep+`SELECT `+now+`, c.therapist_id FROM (SELECT) s LEFT JOIN directory_changes c ON `+isNew, since)
	if err != nil {
		return changes{}, err
	}
	defer rows.Close()
	var c changes
	seen := map[int64]bool{}
	for rows.Next() {
		var lost bool
		var id sql.NullInt64
		if err := rows.Scan(&c.snap, &lost, &id); err != nil {
			return changes{}, err
		}
		c.everything = c.everything || lost || id.Valid && id.Int64 == 0
		if id.Valid && !seen[id.Int64] {
			seen[id.Int64] = true
			c.ids = append(c.ids, id.Int64)
		}
	}
	return c, rows.Err()
}

// sweepChanges deletes up to the last sweep's horizon and sets the next one. A horizon of another
// server, as a restored backup brings it, is the present one, and its rows go.
func sweepChanges(ctx context.Context, tx *pg.Tx) error {
	const move = `UPDATE directory_feed SET swept = least(horizon, pg_snapshot_xmin(pg_current_snapshot())), horizon = pg_snapshot_xmin(pg_current_snapshot())`
	if _, err := tx.Exec(ctx, move); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `DELETE FROM directory_changes WHERE xid < (SELECT swept FROM directory_feed) OR xid >= pg_snapshot_xmax(pg_current_snapshot())`)
	return err
}
