package booking

import (
	"context"
	"time"

	"wattle/internal/booking/availability"
	"wattle/internal/booking/calendar"
	"wattle/internal/outbox"
	"wattle/internal/pg"
)

// row is a booking as it is stored: some columns are sealed.
type row struct {
	Booking
	Phone      []byte `db:"client_phone"`
	Note       []byte `db:"note"`
	CancelNote []byte `db:"cancel_note"`
	BodyHash   []byte `db:"body_hash"`
}

// A column that is not set yet reads as Go's zero.
const bookingColumns = `id, therapist_id, service_id, service, mode, tier, price_cents, status,
	lower(during) AS starts, upper(during) AS ends, lower(busy) AS busy_from, upper(busy) AS busy_to, zone,
	coalesce(held_until, '0001-01-01') AS held_until, coalesce(client_id, 0) AS client_id, client_name, client_email,
		client_zone,
	client_phone, note, cancel_note, code_tries, body_hash, version, sequence, created_at,
	coalesce(confirmed_at, '0001-01-01') AS confirmed_at, coalesce(cancelled_at, '0001-01-01') AS cancelled_at`

// open turns a row into a booking and decrypts the sealed columns.
func (s *Service) open(r *row) (b Booking, err error) {
	b = r.Booking
	for _, t := range []*time.Time{&b.Starts, &b.Ends, &b.BusyFrom, &b.BusyTo, &b.HeldUntil, &b.CreatedAt, &b.ConfirmedAt, &b.CancelledAt} {
		*t = t.UTC()
	}
	if b.ClientPhone, err = s.unseal(r.Phone, "client_phone", b.ID); err != nil {
		return Booking{}, err
	}
	if b.Note, err = s.unseal(r.Note, "note", b.ID); err != nil {
		return Booking{}, err
	}
	if b.CancelNote, err = s.unseal(r.CancelNote, "cancel_note", b.ID); err != nil {
		return Booking{}, err
	}
	return b, nil
}

func bookingByID(ctx context.Context, q pg.Queryer, id string) (r row, err error) {
	err = q.Get(ctx, &r, `SELECT `+bookingColumns+` FROM bookings WHERE id = $1`, id)
	return r, err
}

func lockBooking(ctx context.Context, tx *pg.Tx, id string) (r row, err error) {
	err = tx.Get(ctx, &r, `SELECT `+bookingColumns+` FROM bookings WHERE id = $1 FOR UPDATE`, id)
	return r, err
}

func bookingByKey(ctx context.Context, q pg.Queryer, key []byte, since time.Time) (r row, err error) {
	err = q.Get(ctx, &r, `SELECT `+bookingColumns+` FROM bookings WHERE idem_hash = $1 AND created_at > $2`, key, since)
	return r, err
}

// lockListing reads a therapist's listing and keeps it unchanged until the transaction ends.
func lockListing(ctx context.Context, tx *pg.Tx, therapist int64) (listing string, err error) {
	err = tx.Get(ctx, &listing, `SELECT listing FROM therapists WHERE id = $1 FOR SHARE`, therapist)
	return listing, err
}

func addCodeTry(ctx context.Context, tx *pg.Tx, id string, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE bookings SET code_tries = code_tries + 1, updated_at = $2 WHERE id = $1`, id, now)
	return err
}

// provenClient finds or makes the client of an address and locks the row, so that two confirmations of
// one client run one after the other.
func provenClient(ctx context.Context, tx *pg.Tx, email string, now time.Time) (id int64, err error) {
	err = tx.Get(ctx, &id, `
		INSERT INTO clients AS c (email, created_at) VALUES ($1, $2)
		ON CONFLICT (email) DO UPDATE SET email = c.email
		RETURNING id`, email, now)
	return id, err
}

// freeOpenPlace is the first of the client's three places for open free consultations, 0 when
// all are taken.
func freeOpenPlace(ctx context.Context, tx *pg.Tx, client int64) (place int, err error) {
	err = tx.Get(ctx, &place, `
		SELECT coalesce(min(p), 0) FROM generate_series(1, 3) AS p
		WHERE NOT EXISTS (
			SELECT FROM bookings b WHERE b.client_id = $1 AND b.open_place = p AND b.service = 'free-consultation' AND b.status = 'confirmed')`, client)
	return place, err
}

func updateConfirmed(ctx context.Context, tx *pg.Tx, b *Booking, openPlace int, now time.Time) error {
	_, err := tx.Exec(ctx, `
		UPDATE bookings SET status = $2, client_id = $3, open_place = nullif($4, 0), version = $5, confirmed_at = $6,
			updated_at = $6
		WHERE id = $1`, b.ID, string(b.Status), b.ClientID, openPlace, b.Version, now)
	return err
}

func updateStatus(ctx context.Context, tx *pg.Tx, b *Booking, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE bookings SET status = $2, version = $3, updated_at = $4 WHERE id = $1`, b.ID,
		string(b.Status), b.Version, now)
	return err
}

func updateCancelled(ctx context.Context, tx *pg.Tx, b *Booking, note []byte, now time.Time) error {
	_, err := tx.Exec(ctx, `
		UPDATE bookings SET status = $2, version = $3, cancelled_at = $4, cancel_note = $5, sequence = $6, updated_at = $4 WHERE id = $1`,
		b.ID, string(b.Status), b.Version, now, note, b.Sequence)
	return err
}

// moveBooking writes the new time and takes a place under the daily cap: the one it has when the day stays
// the same, else the first free one. It changes no row when the day is full.
func moveBooking(ctx context.Context, tx *pg.Tx, b *Booking, w calendar.Wall, dailyCap int,
	now time.Time) (int64, error) {
	return tx.Exec(ctx, `
		WITH place AS (
			SELECT CASE WHEN $11 = 0 THEN NULL
				WHEN b.practice_day = $9::date AND b.day_place <= $11 THEN b.day_place
				ELSE (SELECT min(p) FROM generate_series(1, $11) AS p WHERE NOT EXISTS (
					SELECT FROM bookings o WHERE o.therapist_id = b.therapist_id AND o.practice_day = $9::date AND o.day_place = p
					  AND o.status IN `+availability.Live+`)) END AS n
			FROM bookings b WHERE b.id = $1)
		UPDATE bookings SET during = tstzrange($2, $3), busy = tstzrange($4, $5), wall_start = $6::timestamp, zone = $7,
			zone_offset = $8,
			practice_day = $9::date, day_place = place.n, version = $10, sequence = $12, updated_at = $13
		FROM place WHERE id = $1 AND ($11 = 0 OR place.n IS NOT NULL)`,
		b.ID, b.Starts, b.Ends, b.BusyFrom, b.BusyTo, w.Start, b.Zone, w.Offset, w.Day, b.Version, dailyCap, b.Sequence, now)
}

// lapsed is a hold that was released.
type lapsed struct {
	ID          string `db:"id"`
	TherapistID int64  `db:"therapist_id"`
}

// releaseAllStale ends up to limit holds that ran out, in any calendar, skipping rows that are locked.
func releaseAllStale(ctx context.Context, tx *pg.Tx, limit int, now time.Time) (list []lapsed, err error) {
	err = tx.Select(ctx, &list, `
		UPDATE bookings SET status = 'released', version = version + 1, updated_at = $1
		WHERE id IN (
			SELECT id FROM bookings WHERE status = 'held' AND held_until <= $1
			ORDER BY therapist_id, held_until, id LIMIT $2 FOR UPDATE SKIP LOCKED)
		RETURNING id, therapist_id`, now, limit)
	return list, err
}

func endedBookings(ctx context.Context, tx *pg.Tx, limit int, now time.Time) (list []row, err error) {
	err = tx.Select(ctx, &list, `
		SELECT `+bookingColumns+` FROM bookings WHERE status = 'confirmed' AND upper(during) <= $1
		ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED`, now, limit)
	return list, err
}

func forgetKeys(ctx context.Context, db *pg.DB, before, now time.Time) error {
	return pg.Once(ctx, db, func(c *pg.Conn) error {
		_, err := c.Exec(ctx, `UPDATE bookings SET idem_hash = NULL, body_hash = NULL, updated_at = $2 WHERE idem_hash IS NOT NULL AND created_at <= $1`, before, now)
		return err
	})
}

func forgetUnproven(ctx context.Context, tx *pg.Tx, limit int, before, now time.Time) (int, error) {
	n, err := tx.Exec(ctx, `
		UPDATE bookings SET client_name = '', client_email = '', client_phone = NULL, note = NULL, cancel_note = NULL,
			updated_at = $3
		WHERE id IN (SELECT id FROM bookings WHERE status IN ('released', 'lapsed', 'declined') AND client_email <> ''
			AND created_at <= $2
			ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED)`, limit, before, now)
	return int(n), err
}

func upsertProposal(ctx context.Context, tx *pg.Tx, p *Proposal, now time.Time) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO proposals (booking_id, starts_at, version, created_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (booking_id) DO UPDATE SET starts_at = excluded.starts_at, version = excluded.version, created_at = excluded.created_at`,
		p.BookingID, p.Starts, p.Version, now)
	return err
}

func proposalOf(ctx context.Context, q pg.Queryer, id string) (p Proposal, err error) {
	err = q.Get(ctx, &p, `SELECT booking_id, starts_at, version FROM proposals WHERE booking_id = $1`, id)
	return p, err
}

func deleteProposal(ctx context.Context, tx *pg.Tx, id string) error {
	_, err := tx.Exec(ctx, `DELETE FROM proposals WHERE booking_id = $1`, id)
	return err
}

func meetingOf(ctx context.Context, q pg.Queryer, therapist int64) (m Meeting, err error) {
	err = q.Get(ctx, &m, `SELECT video_url, phone, street, suburb, state, postcode FROM therapists WHERE id = $1`,
		therapist)
	return m, err
}

// addTasks adds tasks in their order.
func addTasks(ctx context.Context, tx *pg.Tx, now time.Time, tasks ...task) error {
	for _, t := range tasks {
		if err := outbox.Add(ctx, tx, now, t.Task, t.opts...); err != nil {
			return err
		}
	}
	return nil
}
