package booking

import (
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"strings"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/booking/availability"
	"wattle/internal/booking/calendar"
	"wattle/internal/directory"
	"wattle/internal/fault"
	"wattle/internal/money"
	"wattle/internal/pg"
	"wattle/internal/seal"
)

// keyKept is how long an Idempotency-Key is remembered.
const keyKept = 24 * time.Hour

// replans is how often a hold is planned again when the practice changes under it.
const replans = 3

// Hold reserves a time for HoldFor while the client proves their address. The same idempotency
// key with the same request is the same booking.
//
// It returns fault.NotFound unless the therapist is listed and has the service; fault.Invalid
// with fields when an answer needs another look, the service is paid, the hours do not offer the
// time, or the key came with another request; fault.Conflict with Alternatives when the time was
// taken, the hours just changed, the day is full or no new clients are taken.
func (s *Service) Hold(ctx context.Context, by accounts.Actor, req HoldRequest) (Booking, error) {
	now := s.Clock.Now().Truncate(time.Microsecond) // what Postgres keeps
	b, err := s.hold(ctx, by, req, now)
	if err == nil || req.IdempotencyKey == "" {
		return b, err
	}
	if first, found, err := s.replay(ctx, &req, now); found || err != nil {
		return first, err
	}
	return Booking{}, err
}

// Why a hold could not be placed.
var (
	errTaken   = errors.New("booking: the time or the day is taken")
	errChanged = errors.New("booking: the practice is no longer as planned")
)

func (s *Service) hold(ctx context.Context, by accounts.Actor, req HoldRequest, now time.Time) (Booking, error) {
	for try := 0; ; try++ {
		p, err := s.Availability.Practice(ctx, req.Slug, req.TherapistID, nil)
		if err != nil {
			return Booking{}, err
		}
		d, err := s.draft(p, req, now)
		if err != nil {
			return Booking{}, s.refused(ctx, &d, err, try > 0)
		}
		if err = s.look(ctx, &d, now); err == nil { // of 64 people who press at once, 63 end here, without a lock
			err = pg.InTx(ctx, s.DB, func(tx *pg.Tx) error { return s.place(ctx, tx, by, &d, now) })
		}
		switch {
		case err == nil:
			return d.Booking, nil
		case errors.Is(err, errChanged) && try < replans:
			continue
		case errors.Is(err, errTaken) || errors.Is(err, errChanged):
			return Booking{}, s.conflict(ctx, &d, sayTaken)
		case pg.Constraint(err) == "bookings_idem_hash_key":
			if err = s.forgetOldKey(ctx, d.key, now); err == nil {
				continue
			}
		}
		return Booking{}, err
	}
}

// look is errTaken when a live booking overlaps the time already, and notes whether holds ran out. It only
// reads; the lock and the constraint decide.
func (s *Service) look(ctx context.Context, d *draft, now time.Time) (err error) {
	var taken bool
	if taken, d.stale, err = lookAt(ctx, s.DB, &d.Booking, now); err == nil && taken {
		err = errTaken
	}
	return err
}

// place writes the hold under the lock of its calendar, which edits of hours, listing and moves take
// too. bookings_no_overlap is the backstop: whatever this code does, two holds never share a moment.
func (s *Service) place(ctx context.Context, tx *pg.Tx, by accounts.Actor, d *draft, now time.Time) error {
	c, err := availability.LockCalendar(ctx, tx, d.TherapistID)
	if err != nil || c.Version != d.version {
		return cmp.Or(err, errChanged)
	}
	if d.stale { // holds that run out later are not in the way of this moment
		if err := s.releaseStale(ctx, tx, d.TherapistID, now); err != nil {
			return err
		}
	}
	if err := unchanged(ctx, tx, d); err != nil {
		return err
	}
	dayPlace, err := freeDayPlace(ctx, tx, d, c.DailyCap)
	if err != nil {
		return err
	}
	if err := s.insertHold(ctx, tx, d, dayPlace, now); err != nil {
		return err
	}
	if d.Tier == Reduced {
		if err := takeReducedPlace(ctx, tx, d.TherapistID, d.ID); err != nil {
			return err
		}
	}
	return record(ctx, tx, by, "hold", d.ID, "", Held, now, task{Task: BookingHeld{d.ID, d.Version, d.TherapistID}})
}

// releaseStale ends the holds of a calendar that ran out. Only held ones: behind a pending payment
// money may be on its way.
func (s *Service) releaseStale(ctx context.Context, tx *pg.Tx, therapist int64, now time.Time) error {
	freed, err := releaseStaleOf(ctx, tx, therapist, now)
	if err != nil {
		return err
	}
	return released(ctx, tx, accounts.System, now, freed...)
}

// Sentences of a hold that is refused.
const (
	sayTaken   = "That time has just been taken."
	sayChanged = "The practice has just changed its hours, and that time is no longer on offer."
	sayOffer   = "That time is not on offer."
)

// draft is a booking that is not yet placed.
type draft struct {
	Booking
	service    directory.Service
	reducedFee money.Cents
	version    int // of the availability it was planned with
	wall       calendar.Wall
	stale      bool // the calendar has holds that ran out
	key        []byte
	bodyHash   []byte
}

// draft plans the booking: service, mode, price, answers, and whether the hours offer the time.
func (s *Service) draft(p *availability.Practice, req HoldRequest, now time.Time) (draft, error) {
	if !p.Listed() {
		return draft{}, fault.New(fault.NotFound, "There is no such therapist.")
	}
	body := s.bodyHash(&req)
	service, err := req.choose(p.Services)
	if err = bothFields(err, req.clean); err != nil {
		return draft{}, err
	}
	d := draft{service: service, reducedFee: p.ReducedFee, version: p.Times.Version, bodyHash: body, key: s.keyHash(&req),
		wall: p.Times.Zone.Wall(req.StartsAt)}
	d.Booking = Booking{
		TherapistID: p.ID, ServiceID: service.ID, Service: service.Slug, Mode: req.Mode, Tier: req.Tier,
		Price: priceOf(service, req.Tier, p.ReducedFee), Status: Held, Zone: p.ZoneName,
		HeldUntil: now.Truncate(time.Second).Add(HoldFor), Version: 1, CreatedAt: now,
		ClientName: req.Name, ClientEmail: req.Email, ClientZone: cmp.Or(req.Zone, p.ZoneName), ClientPhone: req.Phone,
		Note: req.Note,
	}
	d.schedule(req.StartsAt.UTC(), &service)
	switch {
	case !p.Accepting:
		return d, fault.New(fault.Conflict, availability.SayFull)
	case !p.Times.Offers(availability.Planned(&service), req.Mode, req.StartsAt, now):
		return d, fault.New(fault.Invalid, sayOffer).With("starts_at", sayOffer)
	}
	d.ID, err = newID(cmp.Or(s.Rand, rand.Reader))
	return d, err
}

// priceOf freezes what a client pays for a service in a tier.
func priceOf(s directory.Service, tier string, reduced money.Cents) money.Cents {
	if tier == Reduced {
		return min(s.Fee, reduced)
	}
	return s.Fee
}

// bothFields adds what clean complains of to the complaints in err.
func bothFields(err error, clean func() error) error {
	more := clean()
	first, ok := fault.As(err)
	second, also := fault.As(more)
	if ok && also && first.Kind == fault.Invalid {
		first.Fields = append(first.Fields, second.Fields...)
	}
	return cmp.Or(err, more)
}

// schedule sets the times of b for a start.
func (b *Booking) schedule(start time.Time, s *directory.Service) {
	b.Starts, b.Ends = start, start.Add(minutes(s.Minutes))
	b.BusyFrom, b.BusyTo = b.Starts.Add(-minutes(s.BufferBefore)), b.Ends.Add(minutes(s.BufferAfter))
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

// refused is the answer for a draft that the plan does not allow: when an earlier plan did, the
// practice has changed, and the answer offers other times.
func (s *Service) refused(ctx context.Context, d *draft, wrong error, changed bool) error {
	e, ok := fault.As(wrong)
	if !ok || d.Starts.IsZero() || e.Message != sayOffer {
		return wrong
	}
	if changed {
		return s.conflict(ctx, d, sayChanged)
	}
	other, err := s.Alternatives(ctx, d.Booking, d.Starts)
	e.Data = other
	return cmp.Or(err, wrong)
}

// conflict is a 409 with other times.
func (s *Service) conflict(ctx context.Context, d *draft, sentence string) error {
	e := fault.New(fault.Conflict, sentence)
	other, err := s.Alternatives(ctx, d.Booking, d.Starts)
	e.Data = other
	return cmp.Or[error](err, e)
}

// replay finds the booking that the key already made. found is false when there is none;
// fault.Invalid when the key came with another request then.
func (s *Service) replay(ctx context.Context, req *HoldRequest, now time.Time) (b Booking, found bool, err error) {
	r, err := bookingByKey(ctx, s.DB, s.keyHash(req), now.Add(-keyKept))
	if errors.Is(err, sql.ErrNoRows) {
		return Booking{}, false, nil
	}
	if err != nil {
		return Booking{}, false, err
	}
	if !seal.Equal(r.BodyHash, s.bodyHash(req)) {
		return Booking{}, true, fault.New(fault.Invalid, "This Idempotency-Key was already used for another request.")
	}
	b, err = s.open(&r)
	return b, true, err
}

// forgetOldKey frees a key that is older than a day and that the hourly sweep has not reached. It returns
// fault.Conflict for a younger one: Hold finds the booking that it made.
func (s *Service) forgetOldKey(ctx context.Context, key []byte, now time.Time) error {
	freed, err := forgetKey(ctx, s.DB, key, now.Add(-keyKept))
	if err == nil && freed == 0 {
		err = fault.New(fault.Conflict, "This request is already being served.")
	}
	return err
}

// keyHash binds an idempotency key to the client's address: two people who choose the same key have two
// keys, and neither learns of the other's.
func (s *Service) keyHash(req *HoldRequest) []byte {
	if req.IdempotencyKey == "" {
		return nil
	}
	return s.Box.Sum(purposeKey, req.IdempotencyKey, strings.ToLower(strings.TrimSpace(req.Email)))
}

// bodyHash distinguishes requests. It is keyed, because a note could be guessed from a plain hash.
func (s *Service) bodyHash(r *HoldRequest) []byte {
	if r.IdempotencyKey == "" {
		return nil
	}
	if r.BodyHash != nil {
		return s.Box.Sum(purposeBody, string(r.BodyHash))
	}
	return s.Box.Sum(purposeBody, r.Slug, r.Service, r.Mode, r.StartsAt.UTC().Format(time.RFC3339), r.Tier,
		r.Name, r.Email, r.Phone, r.Zone, r.Note)
}
