package directory

import (
	"context"
	"iter"
	"slices"
	"time"

	"wattle/internal/fault"
	"wattle/internal/pg"
)

const chunkSize = 2000

// InsertTx adds profiles with their contacts, services, credentials, reduced places and next instants. It
// sets ids that are 0, versions that are 0 (to 1) and empty times of change (to now), makes Reduced.Left
// free places, and takes the identities and faiths as consented to.
func InsertTx(ctx context.Context, tx *pg.Tx, now time.Time, list ...*Entry) error {
	if err := number(ctx, tx, now, list); err != nil {
		return err
	}
	for _, t := range tables {
		if err := t.copy(ctx, tx, now, list); err != nil {
			return err
		}
	}
	return nil
}

// CopyTx is InsertTx for a directory of any size: the feed gets one row, "read everything", instead of one
// per profile. It returns how many profiles there were.
func CopyTx(ctx context.Context, tx *pg.Tx, now time.Time, all iter.Seq[*Entry]) (int, error) {
	if _, err := tx.Exec(ctx, `SELECT set_config('wattle.bulk', 'on', true)`); err != nil {
		return 0, err
	}
	n, err := copyAll(ctx, tx, now, all)
	if err != nil {
		return n, err
	}
	if _, err := tx.Exec(ctx, `SELECT set_config('wattle.bulk', 'off', true)`); err != nil {
		return n, err
	}
	return n, announceAll(ctx, tx)
}

// AnnounceTx tells every follower of the feed to read these profiles again.
func AnnounceTx(ctx context.Context, tx *pg.Tx, ids []int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO directory_changes (therapist_id) SELECT unnest($1::bigint[])`, pg.Int64s(ids))
	return err
}

func announceAll(ctx context.Context, tx *pg.Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO directory_changes (therapist_id) VALUES (0)`)
	if err == nil {
		_, err = tx.Exec(ctx, `SELECT pg_notify('directory_changes', '')`)
	}
	return err
}

func copyAll(ctx context.Context, tx *pg.Tx, now time.Time, all iter.Seq[*Entry]) (n int, err error) {
	chunk := make([]*Entry, 0, chunkSize)
	for t := range all {
		if chunk = append(chunk, t); len(chunk) < chunkSize {
			continue
		}
		if err := InsertTx(ctx, tx, now, chunk...); err != nil {
			return n, err
		}
		n, chunk = n+len(chunk), chunk[:0]
	}
	return n + len(chunk), InsertTx(ctx, tx, now, chunk...)
}

// number sets ids that are 0, and moves the sequences past the ids that were given.
func number(ctx context.Context, tx *pg.Tx, now time.Time, list []*Entry) error {
	var profiles, services []*int64
	for _, t := range list {
		if t.Listing == "" {
			return fault.New(fault.Internal, "A profile without a listing.")
		}
		if t.Version == 0 {
			t.Version = 1
		}
		if t.Updated.IsZero() {
			t.Updated = now
		}
		profiles = append(profiles, &t.ID)
		for i := range t.Services {
			services = append(services, &t.Services[i].ID)
		}
	}
	if err := numberFrom(ctx, tx, "therapists_id_seq", profiles); err != nil {
		return err
	}
	return numberFrom(ctx, tx, "services_id_seq", services)
}

func numberFrom(ctx context.Context, tx *pg.Tx, sequence string, ids []*int64) error {
	var missing []*int64
	var highest int64
	for _, id := range ids {
		if *id == 0 {
			missing = append(missing, id)
		}
		highest = max(highest, *id)
	}
	if highest > 0 {
		const past = `SELECT setval($1::regclass, $2) WHERE $2 > (SELECT coalesce(last_value, 0) FROM pg_sequences
			WHERE (quote_ident(schemaname) || '.' || quote_ident(sequencename))::regclass = $1::regclass)`
		if _, err := tx.Exec(ctx, past, sequence, highest); err != nil {
			return err
		}
	}
	if len(missing) == 0 {
		return nil
	}
	var fresh []int64
	const draw = `SELECT nextval($1::regclass) FROM generate_series(1, $2::int)`
	if err := tx.Select(ctx, &fresh, draw, sequence, len(missing)); err != nil {
		return err
	}
	for i, id := range missing {
		*id = fresh[i]
	}
	return nil
}

// table is one table that profiles fill: rows yields the rows of a profile.
type table struct {
	name    string
	columns []string
	rows    func(e *Entry, now time.Time, yield func(...any))
}

func (w table) copy(ctx context.Context, tx *pg.Tx, now time.Time, list []*Entry) error {
	var rows [][]any
	for _, t := range list {
		w.rows(t, now, func(row ...any) { rows = append(rows, row) })
	}
	if len(rows) == 0 {
		return nil
	}
	next := 0
	_, err := pg.CopyIn(ctx, tx, w.name, w.columns, func() ([]any, bool) {
		if next == len(rows) {
			return nil, false
		}
		next++
		return rows[next-1], true
	})
	return err
}

var tables = []table{
	{"therapists", append(namesOfColumns(entryColumns), "consented", "created_at"), entryRow},
	{"services", append(namesOfColumns(serviceColumns), "therapist_id", "position", "active"), serviceRows},
	{"credentials", append(namesOfColumns(credentialColumns), "therapist_id"), credentialRows},
	{"reduced_places", []string{"therapist_id", "place"}, placeRows},
	{"next_times", []string{"therapist_id", "next_any", "next_evening", "next_weekend", "computed_at"}, nextRows},
}

var entryColumns = slices.Concat(profileColumns, contactColumns)

func entryRow(e *Entry, now time.Time, yield func(...any)) {
	consented := slices.Concat(e.Identities, e.Faiths)
	yield(append(valuesOf(e, entryColumns), pg.Strings(consented), now)...)
}

func serviceRows(e *Entry, _ time.Time, yield func(...any)) {
	for i := range e.Services {
		yield(append(valuesOf(&e.Services[i], serviceColumns), e.ID, i+1, true)...)
	}
}

func credentialRows(e *Entry, _ time.Time, yield func(...any)) {
	for i := range e.Credentials {
		yield(append(valuesOf(&e.Credentials[i], credentialColumns), e.ID)...)
	}
}

func placeRows(e *Entry, _ time.Time, yield func(...any)) {
	if e.Reduced == nil {
		return
	}
	for i := range e.Reduced.Left {
		yield(e.ID, i+1)
	}
}

func nextRows(e *Entry, now time.Time, yield func(...any)) {
	if e.Next != (Next{}) {
		yield(e.ID, value(&e.Next.Any), value(&e.Next.Evening), value(&e.Next.Weekend), now)
	}
}
