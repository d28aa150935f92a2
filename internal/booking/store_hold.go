package booking

import (
	"context"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/booking/availability"
	"wattle/internal/pg"
)

// A hold's statements are kept prepared on every connection: planning an insert under an exclusion
// constraint costs several times its execution.

// lookAt reports whether another live booking overlaps b's busy time at now, and whether any hold of its
// calendar has run out by then.
func lookAt(ctx context.Context, q pg.Queryer, b *Booking, now time.Time) (taken, stale bool, err error) {
	var seen struct{ Taken, Stale bool }
	err = q.Get(ctx, &seen, pg.Keep+`
		SELECT EXISTS (SELECT FROM bookings WHERE therapist_id = $1 AND busy && tstzrange($2, $3) AND id <> $4
			AND status IN `+availability.Live+` AND (status <> 'held' OR held_until > $5)) AS taken,
		EXISTS (SELECT FROM bookings WHERE therapist_id = $1 AND status = 'held' AND held_until <= $5) AS stale`,
		b.TherapistID, b.BusyFrom, b.BusyTo, b.ID, now)
	return seen.Taken, seen.Stale, err
}

// releaseStaleOf ends the holds of a calendar that ran out and returns their ids.
func releaseStaleOf(ctx context.Context, tx *pg.Tx, therapist int64, now time.Time) (ids []string, err error) {
	err = tx.Select(ctx, &ids, pg.Keep+`
		UPDATE bookings SET status = 'released', version = version + 1, updated_at = $2
		WHERE therapist_id = $1 AND status = 'held' AND held_until <= $2 RETURNING id`, therapist, now)
	return ids, err
}

// released records the end of holds, whose places are free again.
func released(ctx context.Context, tx *pg.Tx, by accounts.Actor, now time.Time, ids ...string) error {
	for _, id := range ids {
		if err := record(ctx, tx, by, "release", id, Held, Released, now); err != nil {
			return err
		}
	}
	return freeReducedPlaces(ctx, tx, ids...)
}

// unchanged is errChanged unless listing and service are still those of the draft's plan; the calendar's lock
// keeps them so until the transaction ends. It is a statement of its own because it must see what was
// committed while the lock was waited for.
func unchanged(ctx context.Context, tx *pg.Tx, d *draft) error {
	var same bool
	err := tx.Get(ctx, &same, pg.Keep+`
		SELECT EXISTS (SELECT FROM therapists t JOIN services s ON s.therapist_id = t.id
			WHERE t.id = $1 AND t.listing = 'listed' AND t.accepting AND t.zone = $2 AND coalesce(t.reduced_fee_cents, 0) = $3
			  AND s.id = $4 AND s.active AND s.kind = $5 AND s.minutes = $6 AND s.fee_cents = $7
			  AND s.buffer_before = $8 AND s.buffer_after = $9 AND $10 = ANY (s.modes))`,
		d.TherapistID, d.Zone, int64(d.reducedFee), d.ServiceID, string(d.service.Kind), d.service.Minutes,
		int64(d.service.Fee),
		d.service.BufferBefore, d.service.BufferAfter, d.Mode)
	if err == nil && !same {
		err = errChanged
	}
	return err
}

// freeDayPlace is the first free numbered place of the draft's day, 0 where the calendar has no daily
// cap; errTaken when the day is full.
func freeDayPlace(ctx context.Context, tx *pg.Tx, d *draft, dailyCap int) (place int, err error) {
	if dailyCap == 0 {
		return 0, nil
	}
	err = tx.Get(ctx, &place, pg.Keep+`
		SELECT coalesce(min(p), 0) FROM generate_series(1, $3::integer) AS p WHERE NOT EXISTS (
			SELECT FROM bookings WHERE therapist_id = $1 AND practice_day = $2::date AND day_place = p AND status IN `+availability.Live+`)`,
		d.TherapistID, d.wall.Day, dailyCap)
	if err == nil && place == 0 {
		err = errTaken
	}
	return place, err
}

// insertHold writes the row; errTaken when a live booking overlaps it.
func (s *Service) insertHold(ctx context.Context, tx *pg.Tx, d *draft, dayPlace int, now time.Time) error {
	phone, err := s.seal(d.ClientPhone, "client_phone", d.ID)
	if err != nil {
		return err
	}
	note, err := s.seal(d.Note, "note", d.ID)
	if err != nil {
		return err
	}
	n, err := tx.Exec(ctx, pg.Keep+`
		INSERT INTO bookings (id, therapist_id, service_id, service, mode, tier, price_cents, status, during, busy,
			wall_start,
			zone, zone_offset, practice_day, day_place, held_until, client_name, client_email, client_zone, client_phone, note,
			code_tries, idem_hash, body_hash, version, sequence, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, 'held', tstzrange($8, $9), tstzrange($10, $11), $12::timestamp,
			$13, $14, $15::date, nullif($16::integer, 0), $17, $18, $19, $20, $21, $22, 0, $23, $24, 1, 0, $25, $25)
		ON CONFLICT ON CONSTRAINT bookings_no_overlap DO NOTHING`,
		d.ID, d.TherapistID, d.ServiceID, d.Service, d.Mode, d.Tier, int64(d.Price), d.Starts, d.Ends, d.BusyFrom, d.BusyTo,
		d.wall.Start,
		d.Zone, d.wall.Offset, d.wall.Day, dayPlace, d.HeldUntil, d.ClientName, d.ClientEmail, d.ClientZone, phone, note,
		d.key, d.bodyHash, now)
	if err == nil && n == 0 {
		err = errTaken
	}
	return err
}

// takeReducedPlace puts the booking into a free reduced-fee place; errTaken when none is left.
func takeReducedPlace(ctx context.Context, tx *pg.Tx, therapist int64, booking string) error {
	n, err := tx.Exec(ctx, `
		UPDATE reduced_places SET booking_id = $2 WHERE therapist_id = $1 AND place = (
			SELECT min(place) FROM reduced_places WHERE therapist_id = $1 AND booking_id IS NULL)`, therapist, booking)
	if err == nil && n == 0 {
		err = errTaken
	}
	return err
}

// freeReducedPlaces returns the reduced-fee places of bookings that ended early.
func freeReducedPlaces(ctx context.Context, tx *pg.Tx, bookings ...string) error {
	if len(bookings) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `UPDATE reduced_places SET booking_id = NULL WHERE booking_id = ANY ($1)`, pg.Strings(bookings))
	return err
}

// forgetKey forgets an idempotency key from before a time and says how many bookings it freed.
func forgetKey(ctx context.Context, db *pg.DB, key []byte, before time.Time) (freed int64, err error) {
	err = pg.Once(ctx, db, func(c *pg.Conn) (err error) {
		freed, err = c.Exec(ctx, `UPDATE bookings SET idem_hash = NULL, body_hash = NULL WHERE idem_hash = $1 AND created_at <= $2`, key, before)
		return err
	})
	return freed, err
}
