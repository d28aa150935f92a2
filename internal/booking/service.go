package booking

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/audit"
	"wattle/internal/booking/calendar"
	"wattle/internal/clock"
	"wattle/internal/directory"
	"wattle/internal/fault"
	"wattle/internal/pg"
	"wattle/internal/seal"
)

// Service performs the verbs of booking. Fill it by field name; use it through a pointer.
type Service struct {
	DB    *pg.DB
	Clock clock.Clock
	Box   *seal.Box
	Log   *slog.Logger
	Rand  io.Reader // of booking ids; nil is crypto/rand
}

// Get reads a booking; fault.NotFound when there is none.
func (s *Service) Get(ctx context.Context, id string) (Booking, error) {
	r, err := bookingByID(ctx, s.DB, id)
	if err != nil {
		return Booking{}, missing(err)
	}
	return s.open(&r)
}

func missing(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.New(fault.NotFound, "There is no such booking.")
	}
	return err
}

// Authorise reads the booking that a token opens and says who holds it: its client, or its
// practice. A wrong token is fault.NotFound, as if there were no booking.
func (s *Service) Authorise(ctx context.Context, id, token string) (Booking, accounts.Actor, error) {
	client, practice := s.holds(token, purposeManage, id), s.holds(token, purposePractice, id)
	if !client && !practice {
		return Booking{}, accounts.Actor{}, missing(sql.ErrNoRows)
	}
	b, err := s.Get(ctx, id)
	if err != nil {
		return Booking{}, accounts.Actor{}, err
	}
	if practice {
		return b, accounts.Therapist(b.TherapistID), nil
	}
	return b, accounts.ClientOf(b.ClientID), nil
}

// Current reads a booking for a mail about one version of it. It is false when the booking has
// moved on to another version since, or is gone.
func (s *Service) Current(ctx context.Context, id string, version int) (Booking, bool, error) {
	b, err := s.Get(ctx, id)
	if errors.Is(err, fault.NotFound) {
		return Booking{}, false, nil
	}
	return b, err == nil && b.Version == version, err
}

// Cancellation previews what cancelling would mean; fault.NotFound when there is no booking.
func (s *Service) Cancellation(ctx context.Context, id string) (Preview, error) {
	b, err := s.Get(ctx, id)
	if err != nil {
		return Preview{}, err
	}
	p, err := s.practice(ctx, "", b.TherapistID)
	if err != nil {
		return Preview{}, err
	}
	return preview(&b, p.Policy, s.Clock.Now()), nil
}

// practice loads a practice whatever its listing; fault.NotFound when there is no such therapist.
func (s *Service) practice(ctx context.Context, slug string, id int64) (*practice, error) {
	return s.practiceWith(ctx, slug, id, nil)
}

// practiceWith is practice with what is busy besides the booking named except, unless that is nil.
func (s *Service) practiceWith(ctx context.Context, slug string, id int64, except *string) (*practice, error) {
	p, err := practiceOf(ctx, s.DB, slug, id, except, s.Clock.Now())
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "There is no such therapist.")
	}
	return p, err
}

func (p *practice) listed() bool { return p.Listing == string(directory.Listed) }

// planned is what the calendar needs of a service.
func planned(s *directory.Service) *calendar.Service {
	return &calendar.Service{Slug: s.Slug, Minutes: s.Minutes, BufferBefore: s.BufferBefore, BufferAfter: s.BufferAfter, Modes: s.Modes}
}

// record adds the audit row of a booking's change of status, and the tasks that follow from it.
func record(ctx context.Context, tx *pg.Tx, by accounts.Actor, verb, id string, from, to Status, now time.Time, tasks ...task) error {
	err := audit.Record(ctx, tx, now, audit.Entry{
		Actor: by.String(), Action: "booking." + verb, Subject: "booking " + id, Before: string(from), After: string(to),
	})
	if err != nil {
		return err
	}
	return addTasks(ctx, tx, now, tasks...)
}

func (s *Service) seal(plain, field, id string) ([]byte, error) {
	if plain == "" {
		return nil, nil
	}
	return s.Box.Seal([]byte(plain), place(field, id))
}

func (s *Service) unseal(sealed []byte, field, id string) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	plain, err := s.Box.Open(sealed, place(field, id))
	return string(plain), err
}

// place ties a sealed value to its column and row.
func place(field, id string) string { return "bookings|" + field + "|" + id }
