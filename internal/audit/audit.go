// Package audit keeps an append-only record of who did what. Record writes an entry in the caller's
// transaction. Chain copies committed entries to a second table, in which each row holds the hash of
// the previous row. Verify detects any later change.
//
// The database's owner can still rewrite both tables and every hash. To detect that, store heads
// outside the database and pass them to Verify.
package audit

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"time"
	"unicode/utf8"

	"wattle/internal/pg"
)

// Entry is one action. It holds ids and field names, never personal values, because entries are kept
// after a person's data is erased.
type Entry struct {
	Actor     string // role and id, such as "therapist 41" or "system"
	Action    string // a verb, such as "booking.cancel"
	Subject   string // kind and id of the record, such as "booking 0190…"
	Before    string // the previous status
	After     string // the new status, or the names of the changed fields
	Reason    string // a code, or a staff member's own words
	RequestID string // links the entry to the log
}

// Record adds an entry in ex's transaction, so that the change and its entry commit together. now is
// the application's clock.
func Record(ctx context.Context, ex pg.Execer, now time.Time, e Entry) error {
	_, err := ex.Exec(ctx, pg.Keep+`
		INSERT INTO audit_entries (at, actor, action, subject, before, after, reason, request_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		now, clean(e.Actor), clean(e.Action), clean(e.Subject), clean(e.Before), clean(e.After),
		clean(e.Reason), clean(e.RequestID))
	return err
}

// clean removes NUL and invalid UTF-8, which Postgres rejects: an entry must not fail the transaction
// it belongs to.
func clean(s string) string {
	if len(s) > 2000 {
		s = s[:2000]
	}
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// Recorded is a stored entry.
type Recorded struct {
	ID int64     `db:"id"`
	At time.Time `db:"at"`
	Entry
}

// Of returns the entries about a subject, oldest first, at most limit.
func Of(ctx context.Context, q pg.Queryer, subject string, limit int) ([]Recorded, error) {
	var out []Recorded
	err := q.Select(ctx, &out, `
		SELECT id, at, actor, action, subject, before, after, reason, request_id AS requestid
		FROM audit_entries WHERE subject = $1 ORDER BY id LIMIT $2`, subject, limit)
	return out, err
}

// Head is the number and hash of the chain's last row. The zero Head is an empty chain.
type Head struct {
	Seq  int64  `db:"seq"`
	Hash []byte `db:"hash"`
}

// link is the hash of a row. Each field has a fixed or stated length, so fields cannot run together.
func link(prev []byte, seq, entryID int64, entry string) []byte {
	h := sha256.New()
	h.Write(prev)
	var n [8]byte
	for _, v := range []int64{seq, entryID, int64(len(entry))} {
		binary.BigEndian.PutUint64(n[:], uint64(v))
		h.Write(n[:])
	}
	h.Write([]byte(entry))
	return h.Sum(nil)
}

// canonical is an entry as the chain stores it: JSON text of its columns, with the time in
// microseconds since 1970.
const canonical = `jsonb_build_array(e.id, e.xid::text, (extract(epoch FROM e.at) * 1000000)::bigint, e.actor, e.action,
	e.subject, e.before, e.after, e.reason, e.request_id)::text`
