package booking

import (
	"strconv"
	"time"

	"wattle/internal/outbox"
)

// The tasks that follow from a booking's facts. They carry ids and versions only; whoever runs
// them reads the booking, and leaves out what its version has overtaken (Service.Current).
type (
	// BookingHeld: bring the therapist's next free instants up to date, then tell the client the
	// code and the link that confirm. One task for both, since a hold is the busiest verb and a
	// second task a seventh of its cost.
	BookingHeld struct {
		ID          string
		Version     int
		TherapistID int64
	}
	// BookingConfirmed: tell both sides, with a calendar entry.
	BookingConfirmed struct {
		ID      string
		Version int
	}
	// BookingCancelled: tell both sides; the booking's status says who cancelled.
	BookingCancelled struct {
		ID      string
		Version int
	}
	// BookingRescheduled: tell both sides the new time, with the next sequence of the entry.
	BookingRescheduled struct {
		ID      string
		Version int
	}
	// BookingProposed: tell the client of the time that the practice proposes.
	BookingProposed struct {
		ID      string
		Version int
	}
	// Reminder: remind both sides, Hours before the start.
	Reminder struct {
		ID             string
		Version, Hours int
	}
	// NextMoved: bring the next free instants of a therapist up to date.
	NextMoved struct{ TherapistID int64 }
)

// Kind names the task in the outbox.
func (BookingHeld) Kind() string { return "booking.held" }

// Kind names the task in the outbox.
func (BookingConfirmed) Kind() string { return "booking.confirmed" }

// Kind names the task in the outbox.
func (BookingCancelled) Kind() string { return "booking.cancelled" }

// Kind names the task in the outbox.
func (BookingRescheduled) Kind() string { return "booking.rescheduled" }

// Kind names the task in the outbox.
func (BookingProposed) Kind() string { return "booking.proposed" }

// Kind names the task in the outbox.
func (Reminder) Kind() string { return "booking.reminder" }

// Kind names the task in the outbox.
func (NextMoved) Kind() string { return "booking.next_moved" }

// task is a task with how it is to be added.
type task struct {
	outbox.Task
	opts []outbox.Option
}

func nextMoved(therapist int64) task {
	return task{NextMoved{therapist}, []outbox.Option{outbox.Key(strconv.FormatInt(therapist, 10))}}
}

// reminders are those of 48 and 2 hours before the start that still lie ahead.
func reminders(b *Booking, now time.Time) []task {
	var out []task
	for _, hours := range []int{48, 2} {
		at := b.Starts.Add(-time.Duration(hours) * time.Hour)
		if at.After(now) {
			out = append(out, task{Reminder{b.ID, b.Version, hours}, []outbox.Option{outbox.At(at)}})
		}
	}
	return out
}
