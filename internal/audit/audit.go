// Package audit keeps an append-only record of who did what. Record writes in the transaction of
// the fact; Chain copies what was committed into a second table in which every row carries the
// hash of the one before; Verify finds whatever was changed afterwards.
//
// The database's owner can still rewrite both tables and every hash. What shows that are the
// heads which were sent outside meanwhile: give them to Verify.
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

// Entry is one thing that was done. It holds ids and field names, never personal values: the
// record outlives the people in it.
type Entry struct {
	Actor     string // who: role and id, such as "therapist 41" or "system"
	Action    string // what: a verb, such as "booking.cancel"
	Subject   string // to which record: kind and id, such as "booking 0190…"
	Before    string // the status before
	After     string // the status after, or the names of the fields that changed
	Reason    string // a code or a staff member's words
	RequestID string // ties it to the log
}

// Record adds the entry at now (the application's clock) in ex's transaction, so that the fact and
// its record are one.
func Record(ctx context.Context, ex pg.Execer, now time.Time, e Entry) error {
	_, err := ex.Exec(ctx, `
		INSERT INTO audit_entries (at, actor, action, subject, before, after, reason, request_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		now, clean(e.Actor), clean(e.Action), clean(e.Subject), clean(e.Before), clean(e.After), clean(e.Reason), clean(e.RequestID))
	return err
}

// clean keeps a field from failing the transaction of the fact: Postgres refuses NUL and broken UTF-8.
func clean(s string) string {
	if len(s) > 2000 {
		s = s[:2000]
	}
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// Recorded is an entry as it is stored.
type Recorded struct {
	ID int64     `db:"id"`
	At time.Time `db:"at"`
	Entry
}

// Of lists what was done to a subject, oldest first, at most limit entries.
func Of(ctx context.Context, q pg.Queryer, subject string, limit int) ([]Recorded, error) {
	var out []Recorded
	err := q.Select(ctx, &out, `
		SELECT id, at, actor, action, subject, before, after, reason, request_id AS requestid
		FROM audit_entries WHERE subject = $1 ORDER BY id LIMIT $2`, subject, limit)
	return out, err
}

// Head is where the chain stands: the last row's number and hash. The zero Head is the empty chain.
type Head struct {
	Seq  int64  `db:"seq"`
	Hash []byte `db:"hash"`
}

// link is the hash of a row of the chain. Lengths keep fields from running into each other.
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

// canonical is the one way Postgres writes an entry for the chain: JSON text of its columns, the
// time in microseconds since 1970.
const canonical = `jsonb_build_array(e.id, e.xid::text, (extract(epoch FROM e.at) * 1000000)::bigint, e.actor, e.action,
	e.subject, e.before, e.after, e.reason, e.request_id)::text`
