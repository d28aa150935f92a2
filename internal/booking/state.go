package booking

import (
	"slices"
	"time"

	"wattle/internal/fault"
)

// edges are the only changes of status. Completed and no-show change into each other by dispute only.
var edges = map[Status][]Status{
	Requested:      {Confirmed, Held, Declined, Lapsed},
	Held:           {PendingPayment, Confirmed, Released},
	PendingPayment: {Confirmed, Released, CancelledClient, CancelledTherapist},
	Confirmed:      {CancelledClient, CancelledTherapist, Completed, NoShow},
	Completed:      {NoShow},
	NoShow:         {Completed},
}

// disputable is how long after its end a booking may change between completed and no-show.
const disputable = 7 * 24 * time.Hour

// Why a booking cannot change, for people.
const (
	sayLapsed    = "This time was held for 15 minutes, and they have passed. Please choose a time again."
	sayCancelled = "This booking was cancelled."
	sayOver      = "This booking is already over."
	sayBegun     = "This booking has already begun, so it can no longer be changed here."
	sayUnproven  = "Please confirm this booking first, with the code from our e-mail."
)

// move changes the status along an edge and raises the version; fault.Conflict when there is no edge.
func (b *Booking) move(to Status) error {
	if !slices.Contains(edges[b.Status], to) {
		return fault.New(fault.Conflict, b.standing())
	}
	b.Status = to
	b.Version++
	return nil
}

// standing explains in a sentence why a booking in this status cannot change as asked.
func (b *Booking) standing() string {
	switch b.Status {
	case Released, Lapsed, Declined:
		return sayLapsed
	case CancelledClient, CancelledTherapist:
		return sayCancelled
	case Completed, NoShow:
		return sayOver
	case Confirmed:
		return "This booking is already confirmed."
	}
	return sayUnproven
}

// LapsedAt reports whether the hold has run out, swept or not.
func (b *Booking) LapsedAt(now time.Time) bool {
	return b.Status == Held && !now.Before(b.HeldUntil)
}

// PublicAt is the status as the API and pages name it at now: a hold that ran out is "expired".
func (b *Booking) PublicAt(now time.Time) string {
	if b.LapsedAt(now) {
		return Released.Public()
	}
	return b.Status.Public()
}

// CancelledBy is "client", "therapist" or "" when the booking is not cancelled.
func (b *Booking) CancelledBy() string {
	switch b.Status {
	case CancelledClient:
		return "client"
	case CancelledTherapist:
		return "therapist"
	}
	return ""
}

// Confirm makes a hold a promise to a proven client. It returns fault.Conflict when the hold ran
// out or the status has no such edge.
func (b *Booking) Confirm(client int64, now time.Time) error {
	if b.LapsedAt(now) {
		return fault.New(fault.Conflict, sayLapsed)
	}
	if err := b.move(Confirmed); err != nil {
		return err
	}
	b.ClientID, b.ConfirmedAt = client, now
	return nil
}

// Release gives up a hold.
func (b *Booking) Release() error { return b.move(Released) }

// Cancel ends the promise before its start: to is CancelledClient or CancelledTherapist. The
// calendar sequence grows, or calendars would keep the entry (RFC 5546, 3.2.5). It returns
// fault.Conflict once the booking has begun, or where the status has no such edge.
func (b *Booking) Cancel(to Status, now time.Time) error {
	if b.Status == Confirmed && !now.Before(b.Starts) {
		return fault.New(fault.Conflict, sayBegun)
	}
	if err := b.move(to); err != nil {
		return err
	}
	b.CancelledAt = now
	b.Sequence++
	return nil
}

// Complete closes a confirmed booking that has ended; fault.Conflict before its end.
func (b *Booking) Complete(now time.Time) error { return b.close(Completed, now) }

// Missed closes a confirmed booking to which the client did not come; fault.Conflict before its end.
func (b *Booking) Missed(now time.Time) error { return b.close(NoShow, now) }

func (b *Booking) close(to Status, now time.Time) error {
	if now.Before(b.Ends) {
		return fault.New(fault.Conflict, "This booking is not over yet.")
	}
	if b.Status != Confirmed && now.After(b.Ends.Add(disputable)) {
		return fault.New(fault.Conflict, sayOver)
	}
	return b.move(to)
}

// movable returns fault.Conflict unless the booking is confirmed and has not begun.
func (b *Booking) movable(now time.Time) error {
	if b.Status != Confirmed {
		return fault.New(fault.Conflict, b.standing())
	}
	if !now.Before(b.Starts) {
		return fault.New(fault.Conflict, sayBegun)
	}
	return nil
}

// Reschedule gives the same booking another start: length and buffers stay, version and calendar
// sequence grow. It returns fault.Conflict unless the booking is confirmed and has not begun.
func (b *Booking) Reschedule(start, now time.Time) error {
	if err := b.movable(now); err != nil {
		return err
	}
	by := start.Sub(b.Starts)
	b.Starts, b.Ends = b.Starts.Add(by), b.Ends.Add(by)
	b.BusyFrom, b.BusyTo = b.BusyFrom.Add(by), b.BusyTo.Add(by)
	b.Version++
	b.Sequence++
	return nil
}
