package booking

import (
	"time"

	"wattle/internal/booking/availability"
	"wattle/internal/outbox"
)

// The tasks that follow from changes of a booking. They carry ids and versions only: the handler reads the
// booking and skips a version that is no longer current (Service.Current).
type (
	// BookingHeld: derive the therapist's next instants, then send the client the code and the link that
	// confirm. One task for both, because a hold is the busiest verb.
	BookingHeld struct {
		ID          string
		Version     int
		TherapistID int64
	}
	// BookingConfirmed: notify both sides, with a calendar entry.
	BookingConfirmed struct {
		ID      string
		Version int
	}
	// BookingCancelled: notify both sides; the booking's status says who cancelled.
	BookingCancelled struct {
		ID      string
		Version int
	}
	// BookingRescheduled: notify both sides of the new time, with the next sequence of the entry.
	BookingRescheduled struct {
		ID      string
		Version int
	}
	// BookingProposed: send the client the time that the practice proposes.
	BookingProposed struct {
		ID      string
		Version int
	}
	// Reminder: remind both sides, Hours before the start.
	Reminder struct {
		ID             string
		Version, Hours int
	}
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

// task is a task with the options it is added with.
type task struct {
	outbox.Task
	opts []outbox.Option
}

func nextMoved(therapist int64) task {
	t := availability.NextMoved{TherapistID: therapist}
	return task{t, []outbox.Option{t.Key()}}
}

// reminders are the tasks 48 and 2 hours before the start that are still in the future.
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
