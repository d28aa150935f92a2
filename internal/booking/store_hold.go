package booking

import (
	"context"
	"encoding/binary"
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
	alone           // not decided: it cannot be placed together with others
)

var outcomes = map[string]outcome{"placed": placed, "taken": taken, "changed": changed, "alone": alone}

// placeAttempts bounds how often a hold looks for another of the day's numbered places when
// somebody takes the one it chose.
const placeAttempts = 50

// holdQuery calls the function of migration 3, which is a whole hold in one transaction.
const holdQuery = pg.Keep + `SELECT hold_booking(
	key_lock => $1, planned_version => $2, id => $3, therapist => $4, service_id => $5, service => $6, mode => $7, tier => $8,
	price_cents => $9, minutes => $10, buffer_before => $11, buffer_after => $12, starts => $13, wall_start => $14,
	zone => $15, zone_offset => $16, held_until => $17, client_name => $18, client_email => $19, client_zone => $20,
	client_phone => $21, note => $22, idem_hash => $23, body_hash => $24, actor => $25, asked_at => $26,
	mail_kind => $27, mail_payload => $28, attempts => $29, moved_kind => $30, moved_payload => $31, moved_key => $32)`

// insertHold places a draft. It returns fault.Unavailable when the outcome is unknown, and never
// repeats then; what Postgres itself undid it tries again.
func (s *Service) insertHold(ctx context.Context, by accounts.Actor, d *draft, now time.Time) (outcome, error) {
	args, err := s.holdArgs(by, d, now)
	if err != nil {
		return taken, err
	}
	moved, err := movedArgs(d, now)
	if err != nil {
		return taken, err
	}
	args = append(args, moved...)
	var got string
	for try, undone := 0, 0; ; try++ {
		err = pg.Once(ctx, s.DB, func(c *pg.Conn) error { return c.Get(ctx, &got, holdQuery, args...) })
		switch {
		case err == nil:
			return outcomes[got], nil
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

// holdArgs are the first arguments of holdQuery, and all of a hold in holdsQuery.
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
	mail, err := outbox.Args(now, BookingHeld{d.ID, d.Version, d.TherapistID})
	if err != nil {
		return nil, err
	}
	w := z.wall(d.Starts)
	return []any{
		keyLock(d.key), d.version, d.ID, d.TherapistID, d.ServiceID, d.Service, d.Mode, d.Tier,
		int64(d.Price), d.service.Minutes, d.service.BufferBefore, d.service.BufferAfter, d.Starts, w.start,
		d.Zone, w.offset, d.HeldUntil, d.ClientName, d.ClientEmail, d.ClientZone,
		phone, note, d.key, d.bodyHash, by.String(), now,
		mail[taskKind], mail[taskPayload], mail[taskAttempts],
	}, nil
}

// movedArgs are the rest of holdQuery's arguments: the task that follows where stale holds ended
// and nothing was placed.
func movedArgs(d *draft, now time.Time) ([]any, error) {
	next := nextMoved(d.TherapistID)
	moved, err := outbox.Args(now, next.Task, next.opts...)
	if err != nil {
		return nil, err
	}
	return []any{moved[taskKind], moved[taskPayload], moved[taskKey]}, nil
}

// Where outbox.Args (outbox.Columns) keeps what the functions take.
const (
	taskKind     = 0
	taskPayload  = 1
	taskKey      = 2
	taskAttempts = 5
)

// keyLock is the advisory lock of an idempotency key; 0 for none. The sign bit keeps it away from
// the calendars' locks.
func keyLock(key []byte) int64 {
	if len(key) < 8 {
		return 0
	}
	return int64(binary.BigEndian.Uint64(key) | 1<<63)
}
