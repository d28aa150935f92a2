// Package booking turns a practice's hours into times that can be booked, and holds, confirms,
// moves and cancels bookings so that no two of them can share a moment.
package booking

import (
	"time"

	"wattle/internal/booking/availability"
	"wattle/internal/money"
)

// Status is a booking's state; edges lists the transitions.
type Status string

// The statuses. Released and Lapsed are shown as "expired", both cancellations as "cancelled".
const (
	Held               Status = "held"
	Requested          Status = "requested"
	PendingPayment     Status = "pending_payment"
	Confirmed          Status = "confirmed"
	Released           Status = "released"
	Lapsed             Status = "lapsed"
	Declined           Status = "declined"
	CancelledClient    Status = "cancelled_client"
	CancelledTherapist Status = "cancelled_therapist"
	Completed          Status = "completed"
	NoShow             Status = "no_show"
)

// Reduced is the tier of the reduced fee, whose places are counted; the others are standard and concession.
const Reduced = "reduced"

// HoldFor is how long a time is held while the client proves their address.
const HoldFor = 15 * time.Minute

// CodeTries is how many wrong codes end a code.
const CodeTries = 5

// Public is the status as the API and pages name it.
func (s Status) Public() string {
	switch s {
	case Released, Lapsed:
		return "expired"
	case CancelledClient, CancelledTherapist:
		return "cancelled"
	}
	return string(s)
}

// Booking is the promise of a time by the wall clock of Zone. Starts and Ends are derived from it and
// half-open; BusyFrom and BusyTo add the buffers.
type Booking struct {
	ID          string      `db:"id"` // random, unguessable
	TherapistID int64       `db:"therapist_id"`
	ServiceID   int64       `db:"service_id"`
	Service     string      `db:"service"` // slug
	Mode        string      `db:"mode"`
	Tier        string      `db:"tier"` // standard, concession, reduced
	Price       money.Cents `db:"price_cents"`
	Status      Status      `db:"status"`
	Starts      time.Time   `db:"starts"`
	Ends        time.Time   `db:"ends"`
	BusyFrom    time.Time   `db:"busy_from"`
	BusyTo      time.Time   `db:"busy_to"`
	Zone        string      `db:"zone"` // of the practice
	HeldUntil   time.Time   `db:"held_until"`
	ClientID    int64       `db:"client_id"` // 0 until the address is proven
	ClientName  string      `db:"client_name"`
	ClientEmail string      `db:"client_email"`
	ClientZone  string      `db:"client_zone"`
	ClientPhone string      `db:"-"` // sealed at rest
	Note        string      `db:"-"` // sealed at rest
	CancelNote  string      `db:"-"` // what the side that cancelled wrote to the other; sealed at rest
	CodeTries   int         `db:"code_tries"`
	Version     int         `db:"version"`  // grows by one with each transition
	Sequence    int         `db:"sequence"` // of the calendar entry
	CreatedAt   time.Time   `db:"created_at"`
	ConfirmedAt time.Time   `db:"confirmed_at"`
	CancelledAt time.Time   `db:"cancelled_at"`
}

// Minutes is the booking's length.
func (b *Booking) Minutes() int { return int(b.Ends.Sub(b.Starts) / time.Minute) }

// Moving lets a query for free times treat the booking's own time as free; nil for no booking.
func (b *Booking) Moving() *availability.Moving {
	if b == nil {
		return nil
	}
	return &availability.Moving{Booking: b.ID, Minutes: b.Minutes()}
}
