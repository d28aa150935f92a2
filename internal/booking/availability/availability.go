package availability

import (
	"context"
	"fmt"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/audit"
	"wattle/internal/booking/calendar"
	"wattle/internal/fault"
	"wattle/internal/outbox"
	"wattle/internal/pg"
)

const sayEdited = "These hours were changed by somebody else meanwhile. Please look at them again."

// Get reads a practice's hours, without past exceptions and leave. A therapist without hours
// gets Version 0. It returns fault.NotFound when there is no such therapist.
func (s *Service) Get(ctx context.Context, therapistID int64) (calendar.Availability, error) {
	p, err := s.Practice(ctx, "", therapistID, nil)
	if err != nil {
		return calendar.Availability{}, err
	}
	return p.Times.Availability, nil
}

// Set replaces a practice's hours. Holds wait for it and then plan with the new hours;
// bookings that exist stay. expectedVersion is the version that was edited, 0 for the first.
//
// It returns fault.Invalid with fields, fault.NotFound when there is no such therapist,
// fault.Forbidden for another practice, fault.Conflict when another edit came first.
func (s *Service) Set(ctx context.Context, by accounts.Actor, therapistID int64, a calendar.Availability,
	expectedVersion int) (calendar.Availability, error) {
	if !MayManage(by, therapistID) {
		return a, fault.New(fault.Forbidden, "Only the practice can change its hours.")
	}
	if err := a.Check(); err != nil {
		return a, err
	}
	now := s.Clock.Now().Truncate(time.Microsecond)
	err := pg.InTx(ctx, s.DB, func(tx *pg.Tx) error {
		c, err := LockCalendar(ctx, tx, therapistID)
		if err != nil {
			return err
		}
		if c.Version != expectedVersion {
			return fault.New(fault.Conflict, sayEdited)
		}
		a.Version = c.Version + 1
		saved, err := saveCalendar(ctx, tx, therapistID, &a)
		if err != nil {
			return err
		}
		if saved == 0 {
			return fault.New(fault.Conflict, sayEdited)
		}
		if err := replaceHours(ctx, tx, therapistID, &a); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, now, audit.Entry{
			Actor: by.String(), Action: "booking.set_availability", Subject: fmt.Sprint("therapist:", therapistID),
			After: "availability",
		}); err != nil {
			return err
		}
		moved := NextMoved{TherapistID: therapistID}
		return outbox.Add(ctx, tx, now, moved, moved.Key())
	})
	if pg.Code(err) == "23503" { // no such therapist
		err = fault.Wrap(fault.NotFound, "There is no such therapist.", err)
	}
	return a, err
}

// mayManage reports whether an actor may run a calendar: the practice itself, staff and the system.
func MayManage(by accounts.Actor, therapistID int64) bool {
	return by.Manages(therapistID) || by.Role == accounts.RoleAdmin || by.Role == accounts.RoleSystem
}
