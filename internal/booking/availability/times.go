package availability

import (
	"cmp"
	"context"
	"slices"
	"time"

	"wattle/internal/booking/calendar"
	"wattle/internal/directory"
	"wattle/internal/fault"
	"wattle/internal/region"
)

// SlotQuery asks for the free times of a listed therapist. Slug or TherapistID names them.
type SlotQuery struct {
	Slug        string
	TherapistID int64
	Service     string       // slug; "" is the free consultation
	Mode        string       // "" is any
	From        calendar.Day // by Zone; 0 is today
	Days        int          // 1 to 92; 0 is 14
	Zone        string       // in which dates and times are answered; "" is the practice's
	Moving      *Moving      // nil unless a booking is to be moved
}

// Moving is a booking that is to be moved: its own time counts as free, its length is kept, and it does
// not matter that the practice takes no new clients or has paused.
type Moving struct {
	Booking string // id
	Minutes int
}

// Calendar is the free times of one service, by date of Zone.
type Calendar struct {
	TherapistID   int64
	Service, Mode string
	Minutes       int
	TherapistZone string
	Zone          string
	Days          []CalendarDay // every date asked for
	Reason        string        // why nothing at all can be booked, for people; "" when it could
}

// CalendarDay is one date's free times.
type CalendarDay struct {
	Date  calendar.Day
	Slots []calendar.Slot
}

// Alternatives are up to three other free times, in UTC and in order; the Data of a fault.Conflict.
type Alternatives []calendar.Slot

const maxDays = 92

// Slots lists free times. It returns fault.NotFound unless the therapist is listed and has the
// service, fault.Malformed with the field for a mode, zone ("tz") or number of days that cannot
// be. A paid service and a practice that takes no new clients have none, and a Reason.
func (s *Service) Slots(ctx context.Context, q SlotQuery) (Calendar, error) {
	if err := q.check(); err != nil {
		return Calendar{}, err
	}
	except := ""
	if q.Moving != nil {
		except = q.Moving.Booking
	}
	p, err := s.Practice(ctx, q.Slug, q.TherapistID, &except)
	if err != nil {
		return Calendar{}, err
	}
	service, ok := FindService(p.Services, cmp.Or(q.Service, directory.FreeConsultation))
	if !p.shown(&q) || !ok {
		return Calendar{}, fault.New(fault.NotFound, "There is no such service.")
	}
	if q.Moving != nil {
		p.Accepting, service.Minutes = true, q.Moving.Minutes
	}
	return p.answer(q, &service, s.Clock.Now())
}

// shown reports whether q may see the practice's times.
func (p *Practice) shown(q *SlotQuery) bool {
	return p.Listed() || q.Moving != nil && directory.Listing(p.Listing) == directory.Paused
}

func (q *SlotQuery) check() error {
	wrong := fault.New(fault.Malformed, "Part of this request is not understood.")
	if q.Mode != "" && !slices.Contains(calendar.Modes, q.Mode) {
		wrong.With("mode", "The modes are video, phone and in-person.")
	}
	if q.Days == 0 {
		q.Days = 14
	}
	if q.Days < 1 || q.Days > maxDays {
		wrong.With("days", "Ask for 1 to 92 days.")
	}
	if q.Zone != "" {
		if _, err := region.LoadZone(q.Zone); err != nil {
			wrong.With("tz", "That is not a time zone we know, such as Australia/Perth.")
		}
	}
	return wrong.OrNil()
}

// answer works out the free times; p holds what is busy.
func (p *Practice) answer(q SlotQuery, service *directory.Service, now time.Time) (Calendar, error) {
	c := Calendar{
		TherapistID: p.ID, Service: service.Slug, Mode: q.Mode, Minutes: service.Minutes,
		TherapistZone: p.ZoneName, Zone: cmp.Or(q.Zone, p.ZoneName),
	}
	loc, err := region.LoadZone(c.Zone)
	if err != nil {
		return c, err
	}
	if q.From == 0 {
		q.From = calendar.DayOf(now.In(loc))
	}
	for d := range calendar.Day(q.Days) {
		c.Days = append(c.Days, CalendarDay{Date: q.From + d})
	}
	if c.Reason = p.closed(service, q.Mode); c.Reason != "" {
		return c, nil
	}
	modes := service.Modes
	if q.Mode != "" {
		modes = []string{q.Mode}
	}
	// Dates of two zones differ by a day at most.
	for _, slot := range p.Times.Slots(Planned(service), modes, q.From-1, q.From+calendar.Day(q.Days), now) {
		slot.Starts, slot.Ends = slot.Starts.In(loc), slot.Ends.In(loc)
		if i := int(calendar.DayOf(slot.Starts) - q.From); i >= 0 && i < len(c.Days) {
			c.Days[i].Slots = append(c.Days[i].Slots, slot)
		}
	}
	return c, nil
}

// closed says in a sentence why nothing of the service can be booked; "" when it can.
func (p *Practice) closed(service *directory.Service, mode string) string {
	switch {
	case service.Kind != directory.Consultation:
		return SayPaid
	case !p.Accepting:
		return SayFull
	case mode != "" && !slices.Contains(service.Modes, mode):
		return "This is offered by " + InWords(service.Modes) + " only."
	}
	return ""
}

const SayFull = "This practice is not taking new clients at the moment."
