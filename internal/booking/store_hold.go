package booking

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/fault"
	"wattle/internal/outbox"
	"wattle/internal/pg"
)

// outcome is what became of an attempt to place a hold.
type outcome int

const (
	placed  outcome = iota
	taken           // the practice is as planned; the time or the day is not free
	changed         // hours, service or listing are no longer those of the plan
)

// placeAttempts bounds how often a hold looks for another of the day's numbered places when
// somebody takes the one it chose.
const placeAttempts = 50

// holdQuery places a hold in one statement. Order matters, and the parts read each other to keep
// it: stale holds in the way end first (locked by id, so that two such statements cannot wait for
// each other in a ring), then the practice is read FOR SHARE as it was planned with, then the
// booking goes in unless the time is taken, then record and tasks follow. The lock makes requests
// of one idempotency key wait for each other before any of them inserts.
//
// $1 the booking as JSON, $2 now, $3 availability version, $4 the key's lock or 0, $5 the actor,
// $6 the system as actor, $7–$13 and $14–$20 two tasks (outbox.Columns).
const holdQuery = `
WITH n AS (
	SELECT n.*, CASE WHEN $4::bigint <> 0 THEN pg_advisory_xact_lock($4::bigint) IS NULL END AS waited
	FROM json_to_record($1::json) AS n (id text, therapist_id bigint, service_id bigint, service text, mode text, tier text,
		price_cents integer, minutes integer, buffer_before integer, buffer_after integer, starts timestamptz, ends timestamptz,
		busy_from timestamptz, busy_to timestamptz, wall_start timestamp, zone text, zone_offset integer, practice_day date,
		held_until timestamptz, client_name text, client_email text, client_zone text, client_phone bytea, note bytea,
		idem_hash bytea, body_hash bytea)
), stale AS (
	SELECT b.id FROM n JOIN bookings b ON b.therapist_id = n.therapist_id
	WHERE b.status = 'held' AND b.held_until <= $2
	  AND (b.busy && tstzrange(n.busy_from, n.busy_to) OR b.practice_day = n.practice_day AND b.day_place IS NOT NULL)
	ORDER BY b.id FOR UPDATE OF b
), freed AS (
	UPDATE bookings SET status = 'released', version = version + 1, updated_at = $2
	WHERE id IN (SELECT id FROM stale)
	RETURNING id
), gate AS (
	SELECT p.daily_cap
	FROM n JOIN practices p ON p.therapist_id = n.therapist_id JOIN therapists t ON t.id = n.therapist_id JOIN services s ON s.id = n.service_id
	WHERE p.availability_version = $3 AND t.listing = 'listed' AND t.accepting AND t.zone = n.zone
	  AND s.therapist_id = t.id AND s.active AND s.kind = 'consultation' AND s.minutes = n.minutes AND s.fee_cents = n.price_cents
	  AND s.buffer_before = n.buffer_before AND s.buffer_after = n.buffer_after AND n.mode = ANY(s.modes)
	FOR SHARE OF p, t
), chosen AS (
	SELECT gate.daily_cap, CASE WHEN gate.daily_cap > 0 THEN (
		SELECT min(place) FROM generate_series(1, gate.daily_cap) AS place WHERE NOT EXISTS (
			SELECT FROM bookings b WHERE b.therapist_id = n.therapist_id AND b.practice_day = n.practice_day AND b.day_place = place
			  AND b.status IN ('held', 'requested', 'pending_payment', 'confirmed', 'completed', 'no_show')
			  AND b.id NOT IN (SELECT id FROM freed))) END AS day_place
	FROM (SELECT count(*) FROM freed) AS f, gate, n
), placed AS (
	INSERT INTO bookings (id, therapist_id, service_id, service, mode, tier, price_cents, status, during, busy, wall_start, zone,
		zone_offset, practice_day, day_place, held_until, client_name, client_email, client_zone, client_phone, note, code_tries,
		idem_hash, body_hash, version, sequence, created_at, updated_at)
	SELECT n.id, n.therapist_id, n.service_id, n.service, n.mode, n.tier, n.price_cents, 'held', tstzrange(n.starts, n.ends),
		tstzrange(n.busy_from, n.busy_to), n.wall_start, n.zone, n.zone_offset, n.practice_day, chosen.day_place, n.held_until,
		n.client_name, n.client_email, n.client_zone, n.client_phone, n.note, 0, n.idem_hash, n.body_hash, 1, 0, $2, $2
	FROM chosen, n WHERE chosen.daily_cap = 0 OR chosen.day_place IS NOT NULL
	ON CONFLICT ON CONSTRAINT bookings_no_overlap DO NOTHING
	RETURNING id
), recorded AS (
	INSERT INTO audit_entries (at, actor, action, subject, before, after, reason, request_id)
	SELECT $2, $5, 'booking.hold', 'booking ' || id, '', 'held', '', '' FROM placed
	UNION ALL SELECT $2, $6, 'booking.release', 'booking ' || id, 'held', 'released', '', '' FROM freed
), tasks AS (
	INSERT INTO outbox_tasks (` + outbox.Columns + `)
	SELECT $7, $8::jsonb, $9, $10, $11::timestamptz, $12::integer, $13::timestamptz FROM placed
	UNION ALL SELECT $14, $15::jsonb, $16, $17, $18::timestamptz, $19::integer, $20::timestamptz
	WHERE EXISTS (SELECT FROM placed) OR EXISTS (SELECT FROM freed)
	ON CONFLICT DO NOTHING
)
SELECT (SELECT count(*) FROM placed) AS placed, (SELECT count(*) FROM gate) AS as_planned`

// insertHold places a draft. It returns fault.Unavailable when the outcome is unknown, and never
// repeats then; what Postgres itself undid it tries again.
func (s *Service) insertHold(ctx context.Context, by accounts.Actor, d draft, now time.Time) (outcome, error) {
	args, err := s.holdArgs(by, &d, now)
	if err != nil {
		return taken, err
	}
	var got struct {
		Placed    int `db:"placed"`
		AsPlanned int `db:"as_planned"`
	}
	for try, undone := 0, 0; ; try++ {
		err = pg.Once(ctx, s.DB, func(c *pg.Conn) error { return c.Get(ctx, &got, holdQuery, args...) })
		switch {
		case err == nil && got.Placed == 1:
			return placed, nil
		case err == nil && got.AsPlanned == 1:
			return taken, nil
		case err == nil:
			return changed, nil
		case pg.Constraint(err) == "bookings_day_place" && try < placeAttempts:
		case (pg.Code(err) == "40P01" || pg.Code(err) == "40001") && undone < replans:
			undone++
		case pg.Constraint(err) == "bookings_idem_hash_key":
			return s.keyTaken(ctx, d.key, now)
		default:
			return taken, err
		}
	}
}

// keyTaken answers for a key that is already stored. Hold finds the booking it made; a key older
// than a day is forgotten here, in case the hourly sweep has not come by.
func (s *Service) keyTaken(ctx context.Context, key []byte, now time.Time) (outcome, error) {
	freed := int64(0)
	err := pg.Once(ctx, s.DB, func(c *pg.Conn) (err error) {
		freed, err = c.Exec(ctx, `UPDATE bookings SET idem_hash = NULL, body_hash = NULL WHERE idem_hash = $1 AND created_at <= $2`, key, now.Add(-keyKept))
		return err
	})
	if err == nil && freed == 0 {
		err = fault.New(fault.Conflict, "This request is already being served.")
	}
	return changed, err
}

// wall is the promise of a booking: what the practice's wall clock shows.
type wall struct {
	start  string // 2006-01-02 15:04:05
	day    string // 2006-01-02
	offset int    // seconds east of UTC
}

func (z *Zone) wall(t time.Time) wall {
	t = t.In(z.loc)
	_, offset := t.Zone()
	return wall{t.Format(time.DateTime), t.Format(time.DateOnly), offset}
}

// holdRow is the JSON of holdQuery.
type holdRow struct {
	ID           string    `json:"id"`
	TherapistID  int64     `json:"therapist_id"`
	ServiceID    int64     `json:"service_id"`
	Service      string    `json:"service"`
	Mode         string    `json:"mode"`
	Tier         string    `json:"tier"`
	PriceCents   int64     `json:"price_cents"`
	Minutes      int       `json:"minutes"`
	BufferBefore int       `json:"buffer_before"`
	BufferAfter  int       `json:"buffer_after"`
	Starts       time.Time `json:"starts"`
	Ends         time.Time `json:"ends"`
	BusyFrom     time.Time `json:"busy_from"`
	BusyTo       time.Time `json:"busy_to"`
	WallStart    string    `json:"wall_start"`
	Zone         string    `json:"zone"`
	ZoneOffset   int       `json:"zone_offset"`
	PracticeDay  string    `json:"practice_day"`
	HeldUntil    time.Time `json:"held_until"`
	ClientName   string    `json:"client_name"`
	ClientEmail  string    `json:"client_email"`
	ClientZone   string    `json:"client_zone"`
	ClientPhone  *string   `json:"client_phone"`
	Note         *string   `json:"note"`
	IdemHash     *string   `json:"idem_hash"`
	BodyHash     *string   `json:"body_hash"`
}

func (s *Service) holdArgs(by accounts.Actor, d *draft, now time.Time) ([]any, error) {
	phone, err := s.seal(d.ClientPhone, "client_phone", d.ID)
	if err != nil {
		return nil, err
	}
	note, err := s.seal(d.Note, "note", d.ID)
	if err != nil {
		return nil, err
	}
	z, err := LoadZone(d.Zone)
	if err != nil {
		return nil, err
	}
	w := z.wall(d.Starts)
	row, err := json.Marshal(holdRow{
		ID: d.ID, TherapistID: d.TherapistID, ServiceID: d.ServiceID, Service: d.Service, Mode: d.Mode, Tier: d.Tier, PriceCents: int64(d.Price),
		Minutes: d.service.Minutes, BufferBefore: d.service.BufferBefore, BufferAfter: d.service.BufferAfter,
		Starts: d.Starts, Ends: d.Ends, BusyFrom: d.BusyFrom, BusyTo: d.BusyTo, WallStart: w.start, Zone: d.Zone, ZoneOffset: w.offset, PracticeDay: w.day,
		HeldUntil: d.HeldUntil, ClientName: d.ClientName, ClientEmail: d.ClientEmail, ClientZone: d.ClientZone,
		ClientPhone: hexed(phone), Note: hexed(note), IdemHash: hexed(d.key), BodyHash: hexed(d.bodyHash),
	})
	if err != nil {
		return nil, err
	}
	args := []any{string(row), now, d.version, keyLock(d.key), by.String(), accounts.System.String()}
	for _, t := range []task{{Task: BookingHeld{d.ID, d.Version}}, nextMoved(d.TherapistID)} {
		more, err := outbox.Args(now, t.Task, t.opts...)
		if err != nil {
			return nil, err
		}
		args = append(args, more...)
	}
	return args, nil
}

// hexed is how JSON carries bytea; nil is NULL.
func hexed(b []byte) *string {
	if b == nil {
		return nil
	}
	s := `\x` + hex.EncodeToString(b)
	return &s
}

// keyLock is the advisory lock of an idempotency key; 0 for none. The sign bit keeps it away from
// the calendars' locks.
func keyLock(key []byte) int64 {
	if len(key) < 8 {
		return 0
	}
	return int64(binary.BigEndian.Uint64(key) | 1<<63)
}
