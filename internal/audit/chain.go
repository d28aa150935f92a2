package audit

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"wattle/internal/pg"
)

// window is how many ids below the newest chained entry Chain looks for unchained entries.
// Transactions end within seconds, so none commits later than that.
const window = 10_000

// batch limits the rows of one query.
const batch = 5_000

// Chain appends the entries committed since the last run, in commit order, and returns the new head.
// Only one instance works at a time; the others return the current head. Run it at least every five
// seconds.
//
// It takes only entries below the snapshot's xmin, where no transaction is still open, because an
// entry with a lower id may commit later. Entries at or above xmax come from a restored backup, whose
// transaction ids belong to another server.
func Chain(ctx context.Context, db *pg.DB, now time.Time) (Head, error) {
	var head Head
	err := pg.InTx(ctx, db, func(tx *pg.Tx) error {
		var locked bool
		err := tx.Get(ctx, &locked, `SELECT pg_try_advisory_xact_lock(hashtext('audit_chain'))`)
		if err != nil {
			return err
		}
		if head, err = headOf(ctx, tx); err != nil || !locked {
			return err
		}
		head, err = extend(ctx, tx, head, now)
		return err
	})
	return head, err
}

func headOf(ctx context.Context, q pg.Queryer) (Head, error) {
	var h Head
	err := q.Get(ctx, &h, `SELECT seq, hash FROM audit_chain ORDER BY seq DESC LIMIT 1`)
	if errors.Is(err, sql.ErrNoRows) {
		return Head{}, nil
	}
	return h, err
}

type unchained struct {
	ID    int64  `db:"id"`
	Entry string `db:"entry"`
}

func extend(ctx context.Context, tx *pg.Tx, head Head, now time.Time) (Head, error) {
	var fresh []unchained
	err := tx.Select(ctx, &fresh, `
		SELECT e.id, `+canonical+` AS entry FROM audit_entries e
		WHERE e.id > coalesce((SELECT max(entry_id) FROM audit_chain), 0) - $1
		  AND (e.xid < pg_snapshot_xmin(pg_current_snapshot()) OR e.xid >= pg_snapshot_xmax(pg_current_snapshot()))
		  AND NOT EXISTS (SELECT FROM audit_chain c WHERE c.entry_id = e.id)
		ORDER BY e.xid, e.id LIMIT $2`, window, batch)
	if err != nil || len(fresh) == 0 {
		return head, err
	}
	i := 0
	_, err = pg.CopyIn(ctx, tx, "audit_chain", []string{"seq", "entry_id", "entry", "hash"}, func() ([]any, bool) {
		if i == len(fresh) {
			return nil, false
		}
		f := fresh[i]
		i++
		head = Head{head.Seq + 1, link(head.Hash, head.Seq+1, f.ID, f.Entry)}
		return []any{head.Seq, f.ID, f.Entry, head.Hash}, true
	})
	if err != nil {
		return head, err
	}
	_, err = tx.Exec(ctx, `INSERT INTO audit_heads (seq, hash, at) VALUES ($1, $2, $3)`, head.Seq, head.Hash, now)
	return head, err
}

// Report is the result of Verify.
type Report struct {
	Head     Head     // the last row read
	Problems []string // at most 100
}

func (r *Report) add(format string, args ...any) {
	if len(r.Problems) < 100 {
		r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
	}
}

// Verify reads the whole chain and compares it with the entries and with every known head: those in
// the database and those kept outside it. It detects edits, deletions, reordering, inserted rows and
// a truncated tail, which it lists in the report; an error means that reading failed. It reads in
// batches, each within the statement timeout, so the chain may grow.
func Verify(ctx context.Context, db *pg.DB, outside ...Head) (Report, error) {
	w := walk{outside: map[int64][][]byte{}}
	for _, h := range outside {
		if h.Seq > 0 {
			w.outside[h.Seq] = append(w.outside[h.Seq], h.Hash)
		}
	}
	for {
		n, err := w.batch(ctx, db)
		if err != nil {
			return w.Report, err
		}
		if n == 0 {
			break
		}
	}
	return w.Report, w.tail(ctx, db)
}

// walk is the state of a verification. outside holds the given heads that it has not reached yet.
type walk struct {
	Report
	outside map[int64][][]byte
}

type chained struct {
	Seq     int64   `db:"seq"`
	EntryID int64   `db:"entry_id"`
	Entry   string  `db:"entry"`
	Hash    []byte  `db:"hash"`
	Now     *string `db:"now_entry"` // the entry in audit_entries; nil if deleted
	Kept    []byte  `db:"kept"`      // the hash in audit_heads; nil if this row was never the head
}

func (w *walk) batch(ctx context.Context, db *pg.DB) (int, error) {
	var rows []chained
	err := db.Select(ctx, &rows, `
		SELECT c.seq, c.entry_id, c.entry, c.hash, h.hash AS kept,
		       CASE WHEN e.id IS NOT NULL THEN `+canonical+` END AS now_entry
		FROM audit_chain c
		LEFT JOIN audit_entries e ON e.id = c.entry_id
		LEFT JOIN audit_heads h ON h.seq = c.seq
		WHERE c.seq > $1 ORDER BY c.seq LIMIT $2`, w.Head.Seq, batch)
	for _, c := range rows {
		w.row(c)
	}
	return len(rows), err
}

func (w *walk) row(c chained) {
	if c.Seq != w.Head.Seq+1 {
		w.add("rows %d to %d of the chain are missing", w.Head.Seq+1, c.Seq-1)
	}
	if !bytes.Equal(c.Hash, link(w.Head.Hash, c.Seq, c.EntryID, c.Entry)) {
		w.add("row %d of the chain does not match the row before it: it was edited, moved or inserted", c.Seq)
	}
	switch {
	case c.Now == nil:
		w.add("entry %d was deleted", c.EntryID)
	case *c.Now != c.Entry:
		w.add("entry %d was edited", c.EntryID)
	}
	known := w.outside[c.Seq]
	delete(w.outside, c.Seq)
	if c.Kept != nil {
		known = append(known, c.Kept)
	}
	for _, k := range known {
		if !bytes.Equal(k, c.Hash) {
			w.add("row %d of the chain differs from a known head: the chain was rewritten", c.Seq)
		}
	}
	w.Head = Head{c.Seq, c.Hash}
}

// tail looks for heads beyond the end of the chain and for entries that the chain has skipped.
func (w *walk) tail(ctx context.Context, db *pg.DB) error {
	var last int64
	err := db.Get(ctx, &last, `SELECT coalesce(max(seq), 0) FROM audit_heads`)
	if err != nil {
		return err
	}
	for seq := range w.outside {
		last = max(last, seq)
	}
	if last > w.Head.Seq {
		w.add("the chain was truncated: row %d was once its head and is missing", last)
	}
	return w.skipped(ctx, db)
}

// skipped counts entries below the window that were never chained.
func (w *walk) skipped(ctx context.Context, db *pg.DB) error {
	var n int
	err := db.Get(ctx, &n, `
		SELECT count(*) FROM audit_entries e
		WHERE e.id <= coalesce((SELECT max(entry_id) FROM audit_chain), 0) - $1
		  AND NOT EXISTS (SELECT FROM audit_chain c WHERE c.entry_id = e.id)`, window)
	if n > 0 {
		w.add("%d entries were never chained", n)
	}
	return err
}
