// Package availability answers which times of a practice can be booked: its hours and their edits, what is
// busy, free times, and the next instants that cards show.
package availability

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"wattle/internal/booking/calendar"
	"wattle/internal/clock"
	"wattle/internal/directory"
	"wattle/internal/fault"
	"wattle/internal/pg"
)

// Service performs the verbs of availability. Fill it by field name; use it through a pointer.
type Service struct {
	DB    *pg.DB
	Clock clock.Clock
}

// Practice loads a practice whatever its listing, with what is busy besides the booking named except unless
// that is nil. It returns fault.NotFound when there is no such therapist.
func (s *Service) Practice(ctx context.Context, slug string, id int64, except *string) (*Practice, error) {
	p, err := PracticeOf(ctx, s.DB, slug, id, except, s.Clock.Now())
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "There is no such therapist.")
	}
	return p, err
}

func (p *Practice) Listed() bool { return p.Listing == string(directory.Listed) }

// planned is what the calendar needs of a service.
func Planned(s *directory.Service) *calendar.Service {
	return &calendar.Service{Slug: s.Slug, Minutes: s.Minutes, BufferBefore: s.BufferBefore, BufferAfter: s.BufferAfter,
		Modes: s.Modes}
}

func FindService(services []directory.Service, slug string) (directory.Service, bool) {
	for _, s := range services {
		if s.Slug == slug {
			return s, true
		}
	}
	return directory.Service{}, false
}

func InWords(modes []string) string {
	words := make([]string, len(modes))
	for i, m := range modes {
		words[i] = strings.ReplaceAll(m, "-", " ")
	}
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
	return strings.Join(words, "")
}

// sayPaid refuses a paid service.
const SayPaid = "Paid sessions can't be booked online here yet."
