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
	"wattle/internal/booking/availability"
	"wattle/internal/clock"
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

	Availability *availability.Service
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
	p, err := s.Availability.Practice(ctx, "", b.TherapistID, nil)
	if err != nil {
		return Preview{}, err
	}
	return preview(&b, p.Policy, s.Clock.Now()), nil
}

// record adds the audit row of a booking's change of status, and the tasks that follow from it.
func record(ctx context.Context, tx *pg.Tx, by accounts.Actor, verb, id string, from, to Status, now time.Time,
	tasks ...task) error {
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

// Alternatives are up to three free times for the booking's service and mode, the nearest to
// around, which is itself left out.
func (s *Service) Alternatives(ctx context.Context, b Booking, around time.Time) (availability.Alternatives, error) {
	p, err := s.Availability.Practice(ctx, "", b.TherapistID, &b.ID)
	if err != nil {
		return nil, err
	}
	service, ok := availability.FindService(p.Services, b.Service)
	if !ok || !p.Listed() {
		return nil, nil
	}
	return p.Times.Nearest(availability.Planned(&service), b.Mode, around, s.Clock.Now(), 3), nil
}
