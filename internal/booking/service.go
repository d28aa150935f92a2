package booking

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"slices"
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

// OfTherapist lists a therapist's bookings that keep their time and touch [from, to), by start.
func (s *Service) OfTherapist(ctx context.Context, therapist int64, from, to time.Time) ([]Booking, error) {
	list, err := bookingsBetween(ctx, s.DB, therapist, from, to)
	if err != nil {
		return nil, err
	}
	out := make([]Booking, 0, len(list))
	for i := range list {
		b, err := s.open(&list[i])
		if err != nil {
			return nil, err
		}
		out = append(out, b)
	}
	return out, nil
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

// practiceWith is practice with what is busy, besides the booking named except, where that is not nil.
func (s *Service) practiceWith(ctx context.Context, slug string, id int64, except *string) (*practice, error) {
	p, err := practiceOf(ctx, s.DB, slug, id, except, s.Clock.Now())
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "There is no such therapist.")
	}
	return p, err
}

func (p *practice) listed() bool { return p.Listing == string(directory.Listed) }

// plans are the plans of a service, each with the modes it serves: one for all modes where the
// hours do not depend on the mode.
func (p *practice) plans(service *directory.Service, modes []string) []modePlan {
	if len(modes) > 1 && p.av.SameInAllModes(service.Slug, modes) {
		return []modePlan{{p.plan(service, modes[0]), modes}}
	}
	var out []modePlan
	for i := range modes {
		out = append(out, modePlan{p.plan(service, modes[i]), modes[i : i+1]})
	}
	return out
}

type modePlan struct {
	*calendar.Plan
	modes []string
}

func (p *practice) plan(service *directory.Service, mode string) *calendar.Plan {
	plan := new(calendar.Plan)
	plan.Set(&p.av, p.zone, calendar.HolidaysOf(p.State), service, mode)
	return plan
}

// slots lists the starts of a service between two dates of the practice with the modes of each,
// in order of time.
func (p *practice) slots(service *directory.Service, modes []string, from, to calendar.Day, now time.Time) []Slot {
	var out []Slot
	for _, plan := range p.plans(service, modes) {
		for _, m := range plan.Slots(nil, from, to, p.busy, now) {
			out = append(out, Slot{m.Time(), (m + calendar.Minute(service.Minutes)).Time(), plan.modes})
		}
	}
	slices.SortStableFunc(out, func(a, b Slot) int { return a.Starts.Compare(b.Starts) })
	return joinModes(out)
}

// joinModes makes one slot of equal starts.
func joinModes(list []Slot) []Slot {
	n := 0
	for i := range list {
		if n > 0 && list[n-1].Starts.Equal(list[i].Starts) {
			list[n-1].Modes = slices.Concat(list[n-1].Modes, list[i].Modes)
			continue
		}
		list[n] = list[i]
		n++
	}
	return list[:n]
}

// record adds the audit row of a booking's change of status.
func record(ctx context.Context, tx *pg.Tx, by accounts.Actor, verb, id string, from, to Status, now time.Time) error {
	return audit.Record(ctx, tx, now, audit.Entry{
		Actor: by.String(), Action: "booking." + verb, Subject: subject(id), Before: string(from), After: string(to),
	})
}

func subject(id string) string { return "booking " + id }

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
