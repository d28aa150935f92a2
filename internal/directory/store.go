package directory

import (
	"context"
	"strconv"
	"strings"
	"time"

	"wattle/internal/fault"
	"wattle/internal/pg"
)

// profileSelect reads a whole profile as one row; the rows of services and credentials come joined into
// text. The places are counted with FILTER, because a second condition tempts a planner without
// statistics into reading the whole index of free places for every profile.
var profileSelect = selectList("t", profileColumns) + `,
	(SELECT count(*) FILTER (WHERE r.booking_id IS NULL) FROM reduced_places r WHERE r.therapist_id = t.id),
	n.next_any, n.next_evening, n.next_weekend, ` +
	joinedRows("s", serviceColumns, `ORDER BY s.position, s.id), '')
	FROM services s WHERE s.therapist_id = t.id AND s.active`) + `, ` +
	joinedRows("c", credentialColumns, `ORDER BY c.id), '') FROM credentials c WHERE c.therapist_id = t.id`)

const profileFrom = ` FROM therapists t LEFT JOIN next_times n ON n.therapist_id = t.id `

// Get reads a profile whatever its listing, from Postgres: what bookings go by. It returns
// fault.NotFound when there is none.
func Get(ctx context.Context, q pg.Queryer, id int64) (*Profile, error) {
	return one(readRows(ctx, q, `SELECT `+profileSelect+profileFrom+`WHERE t.id = $1`, id))
}

// GetSlug is Get by the profile's slug.
func GetSlug(ctx context.Context, q pg.Queryer, slug string) (*Profile, error) {
	return one(readRows(ctx, q, `SELECT `+profileSelect+profileFrom+`WHERE t.slug = $1`, slug))
}

// GetContact reads how to reach a practice. It returns fault.NotFound when there is no such therapist.
func GetContact(ctx context.Context, q pg.Queryer, id int64) (Contact, error) {
	rows, err := q.Query(ctx, `SELECT `+selectList("t", contactColumns)+` FROM therapists t WHERE t.id = $1`, id)
	if err != nil {
		return Contact{}, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return Contact{}, err
		}
		return Contact{}, notListed()
	}
	var e Entry
	err = rows.Scan(destinations(newReader(), &e, contactColumns)...)
	return e.Contact, err
}

// UpdateTx writes every editable column of a profile and its contact, and makes the version one higher.
// It returns fault.Conflict when e.Version is no longer the stored one.
func UpdateTx(ctx context.Context, tx *pg.Tx, now time.Time, e *Entry) error {
	set, args := []string{}, []any{e.ID, e.Version, now}
	for _, columns := range [][]column[Entry]{profileColumns, contactColumns} {
		for _, c := range columns {
			if !c.fixed {
				args = append(args, value(c.field(e)))
				set = append(set, c.name+" = $"+strconv.Itoa(len(args)))
			}
		}
	}
	n, err := tx.Exec(ctx, `UPDATE therapists SET `+strings.Join(set, ", ")+`, version = version + 1, updated_at = $3
		WHERE id = $1 AND version = $2`, args...)
	if err != nil {
		return err
	}
	if n == 0 {
		return fault.New(fault.Conflict, "This profile was changed elsewhere in the meantime.")
	}
	e.Version, e.Updated = e.Version+1, now
	return nil
}

func one(list []*Profile, err error) (*Profile, error) {
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, notListed()
	}
	return list[0], nil
}

func notListed() error { return fault.New(fault.NotFound, "There is no such therapist here.") }

// ReadListed reads those of ids that are listed, from Postgres.
func ReadListed(ctx context.Context, q pg.Queryer, ids []int64) ([]*Profile, error) {
	if len(ids) == 1 {
		return readRows(ctx, q, listedOne, ids[0])
	}
	return readRows(ctx, q, listedOf, pg.Int64s(ids))
}

// ReadAllListed reads every listed profile and the snapshot they were read with, as of one moment.
func ReadAllListed(ctx context.Context, db *pg.DB) (list []*Profile, snapshot string, err error) {
	err = pg.InTx(ctx, db, func(tx *pg.Tx) (err error) {
		if snapshot, err = beginReading(ctx, tx); err == nil {
			list, err = readRows(ctx, tx, listedAll)
		}
		return err
	})
	return list, snapshot, err
}

// listedOf and listedOne run at every change and take longer to plan than to execute. Most changes are of
// one profile; for a list Postgres makes a new plan each time, prepared or not.
var (
	listedAll = `SELECT ` + profileSelect + profileFrom + `WHERE t.listing = 'listed'`
	listedOne = pg.Keep + `SELECT ` + profileSelect + profileFrom + `WHERE t.listing = 'listed' AND t.id = $1`
	listedOf  = pg.Keep + `SELECT ` + profileSelect + profileFrom + `WHERE t.listing = 'listed' AND t.id = ANY ($1)`
)

func readRows(ctx context.Context, q pg.Queryer, query string, args ...any) (out []*Profile, err error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	r := newReader()
	for rows.Next() {
		p, err := r.read(rows)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}
