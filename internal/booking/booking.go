// Package booking turns a practice's hours into times that can be booked, and holds, confirms,
// moves and cancels bookings so that no two of them can share a moment.
package booking

import (
	"time"

	"wattle/internal/money"
)

// Status is a state of assurance.md's booking machine.
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

// live are the statuses that keep their time: the same list as in bookings_no_overlap.
var live = []Status{Held, Requested, PendingPayment, Confirmed, Completed, NoShow}

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

// Booking is the promise of a time. WallStart and Zone are the promise; Starts and Ends are
// derived from them and half-open, Busy adds the buffers.
type Booking struct {
	ID           string // random, unguessable
	TherapistID  int64
	ServiceID    int64
	Service      string // slug
	Mode         string
	Tier         string // standard, concession, reduced
	Price        money.Cents
	Status       Status
	Starts, Ends time.Time
	BusyFrom     time.Time
	BusyTo       time.Time
	Zone         string // of the practice
	HeldUntil    time.Time
	ClientID     int64 // 0 until the address is proven
	ClientName   string
	ClientEmail  string
	ClientZone   string
	ClientPhone  string // sealed at rest
	Note         string // sealed at rest
	CancelNote   string // what the side that cancelled wrote to the other; sealed at rest
	CodeTries    int
	Version      int // grows by one with each transition
	Sequence     int // of the calendar entry
	CreatedAt    time.Time
	ConfirmedAt  time.Time
	CancelledAt  time.Time
}

// Minutes is the booking's length.
func (b *Booking) Minutes() int { return int(b.Ends.Sub(b.Starts) / time.Minute) }
