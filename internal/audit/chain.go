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

// window is how far behind the newest chained entry an unchained one is looked for. Transactions
// end within seconds, so a late committer is never so many numbers behind.
const window = 10_000

// batch bounds one run of Chain.
const batch = 5_000

// Chain appends to the chain what was committed since the last run, in commit order, and returns
// where the chain stands. Of several instances one works; the others return the head as it is.
// Run it every five seconds or less.
//
// Only rows below the snapshot's horizon are taken (no transaction that old is still open), since
// a row with a lower number may commit later. Rows from beyond the horizon's end come from a
// restored backup, whose transaction numbers belong to another server.
func Chain(ctx context.Context, db *pg.DB, now time.Time) (Head, error) {
	var head Head
	err := pg.InTx(ctx, db, func(tx *pg.Tx) error {
		var mine bool
		err := tx.Get(ctx, &mine, `SELECT pg_try_advisory_xact_lock(hashtext('audit_chain'))`)
		if err != nil {
			return err
		}
		if head, err = headOf(ctx, tx); err != nil || !mine {
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

type newcomer struct {
	ID    int64  `db:"id"`
	Entry string `db:"entry"`
}

func extend(ctx context.Context, tx *pg.Tx, head Head, now time.Time) (Head, error) {
	var fresh []newcomer
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

// Report is what Verify found.
type Report struct {
	Head     Head     // where the chain stands
	Problems []string // what does not hold; at most 100
}

// Whole reports whether nothing was found.
func (r Report) Whole() bool { return len(r.Problems) == 0 }

func (r *Report) add(format string, args ...any) {
	if len(r.Problems) < 100 {
		r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
	}
}

// Verify walks the whole chain and compares it with the entries and with every head known: those
// the database keeps and those given, which were kept outside. It finds edits, deletions in the
// middle, reordering, added rows and a cut tail. The error says that the looking failed, not that
// something was found. It reads with db's statement limit, in pieces, so the chain may grow.
func Verify(ctx context.Context, db *pg.DB, outside ...Head) (Report, error) {
	w := walk{outside: map[int64][][]byte{}}
	for _, h := range outside {
		if h.Seq > 0 {
			w.outside[h.Seq] = append(w.outside[h.Seq], h.Hash)
		}
	}
	for {
		n, err := w.piece(ctx, db)
		if err != nil {
			return w.Report, err
		}
		if n == 0 {
			break
		}
	}
	return w.Report, w.rest(ctx, db)
}

// walk is a verification under way; outside are the given heads that it has not met yet.
type walk struct {
	Report
	outside map[int64][][]byte
}

type chained struct {
	Seq     int64   `db:"seq"`
	EntryID int64   `db:"entry_id"`
	Entry   string  `db:"entry"`
	Hash    []byte  `db:"hash"`
	Now     *string `db:"now_entry"` // the entry as it stands in audit_entries; nil when it is gone
	Kept    []byte  `db:"kept"`      // the hash in audit_heads; nil when this row was no head
}

func (w *walk) piece(ctx context.Context, db *pg.DB) (int, error) {
	var part []chained
	err := db.Select(ctx, &part, `
		SELECT c.seq, c.entry_id, c.entry, c.hash, CASE WHEN e.id IS NOT NULL THEN `+canonical+` END AS now_entry, h.hash AS kept
		FROM audit_chain c LEFT JOIN audit_entries e ON e.id = c.entry_id LEFT JOIN audit_heads h ON h.seq = c.seq
		WHERE c.seq > $1 ORDER BY c.seq LIMIT $2`, w.Head.Seq, batch)
	for _, c := range part {
		w.row(c)
	}
	return len(part), err
}

func (w *walk) row(c chained) {
	if c.Seq != w.Head.Seq+1 {
		w.add("rows %d to %d of the chain are gone", w.Head.Seq+1, c.Seq-1)
	}
	if !bytes.Equal(c.Hash, link(w.Head.Hash, c.Seq, c.EntryID, c.Entry)) {
		w.add("row %d of the chain does not follow from the one before: it was edited, moved or put in", c.Seq)
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
			w.add("row %d of the chain is not the head that was known: the chain was rewritten", c.Seq)
		}
	}
	w.Head = Head{c.Seq, c.Hash}
}

// rest looks for heads beyond the chain's end and for entries that the chain has passed by.
func (w *walk) rest(ctx context.Context, db *pg.DB) error {
	var cut int64
	err := db.Get(ctx, &cut, `SELECT coalesce(max(seq), 0) FROM audit_heads`)
	if err != nil {
		return err
	}
	for seq := range w.outside {
		cut = max(cut, seq)
	}
	if cut > w.Head.Seq {
		w.add("the chain was cut: row %d was its head once and is gone", cut)
	}
	return w.strays(ctx, db)
}

// strays looks for entries that the chain has passed by.
func (w *walk) strays(ctx context.Context, db *pg.DB) error {
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
