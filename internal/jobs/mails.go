package jobs

import (
	"context"
	"errors"
	"time"

	"wattle/internal/booking"
	"wattle/internal/fault"
	"wattle/internal/notify"
	"wattle/internal/outbox"
)

// A task may run late: the mail server was away, or the clock was moved. So each reads the booking
// first and says only what is still true; what a later version overtook, that version's own task says.

// held moves the next free instants past the held time, then sends the code while it can be used.
func (j *Jobs) held(ctx context.Context, t booking.BookingHeld) error {
	if err := j.Booking.RecomputeNext(ctx, []int64{t.TherapistID}); err != nil {
		return err
	}
	b, current, err := j.Booking.Current(ctx, t.ID, t.Version)
	if err != nil || !current || b.Status != booking.Held || b.LapsedAt(j.Clock.Now()) {
		return err
	}
	f, err := j.Facts(ctx, b)
	if err != nil {
		return err
	}
	m, err := j.Composer.Code(f, j.Booking.Code(b.ID), j.address(b.ID, "/confirm", j.Booking.LinkToken(b.ID)))
	return j.send(ctx, m, err)
}

// confirmed tells both sides, with the booking as it stands: moved since, it names the new time.
func (j *Jobs) confirmed(ctx context.Context, t booking.BookingConfirmed) error {
	b, found, err := j.find(ctx, t.ID)
	if err != nil || !found || !j.ahead(&b) {
		return err
	}
	return j.both(ctx, b, t.Version, j.Composer.Confirmed)
}

// rescheduled tells both sides the time of the version that moved.
func (j *Jobs) rescheduled(ctx context.Context, t booking.BookingRescheduled) error {
	b, current, err := j.Booking.Current(ctx, t.ID, t.Version)
	if err != nil || !current || !j.ahead(&b) {
		return err
	}
	return j.both(ctx, b, t.Version, j.Composer.Rescheduled)
}

// cancelled tells both sides that an appointment is off. A hold that never became an appointment
// was known to nobody but whoever gave it up.
func (j *Jobs) cancelled(ctx context.Context, t booking.BookingCancelled) error {
	b, found, err := j.find(ctx, t.ID)
	if err != nil || !found || b.CancelledBy() == "" || b.ConfirmedAt.IsZero() {
		return err
	}
	return j.both(ctx, b, t.Version, j.Composer.Cancelled)
}

// proposed tells the client of another time while the proposal stands.
func (j *Jobs) proposed(ctx context.Context, t booking.BookingProposed) error {
	b, found, err := j.find(ctx, t.ID)
	if err != nil || !found || !j.ahead(&b) {
		return err
	}
	p, standing, err := j.Booking.Proposal(ctx, t.ID)
	if err != nil || !standing || !p.Starts.After(j.Clock.Now()) {
		return err
	}
	f, err := j.Facts(ctx, b)
	if err != nil {
		return err
	}
	f.Version = t.Version
	m, err := j.Composer.Proposed(f, p.Starts)
	return j.send(ctx, m, err)
}

// lastReminder is how many hours before the start the last reminder comes.
const lastReminder = 2

// reminder reminds both sides of the version it was made for and of no other (I18), and never of
// what has begun. One so late that the next is due as well leaves the word to that one.
func (j *Jobs) reminder(ctx context.Context, t booking.Reminder) error {
	b, current, err := j.Booking.Current(ctx, t.ID, t.Version)
	if err != nil || !current || !j.ahead(&b) {
		return err
	}
	if lastDue := b.Starts.Add(-lastReminder * time.Hour); t.Hours > lastReminder && !j.Clock.Now().Before(lastDue) {
		return nil
	}
	return j.both(ctx, b, t.Version, func(f *notify.Facts, r notify.Role) (notify.Message, error) {
		return j.Composer.Reminder(f, r, t.Hours)
	})
}

// find reads a booking; one that was erased is no error, but nothing to write about.
func (j *Jobs) find(ctx context.Context, id string) (booking.Booking, bool, error) {
	b, err := j.Booking.Get(ctx, id)
	if errors.Is(err, fault.NotFound) {
		return b, false, nil
	}
	return b, err == nil, err
}

// ahead says whether b is an appointment that has not begun.
func (j *Jobs) ahead(b *booking.Booking) bool {
	return b.Status == booking.Confirmed && j.Clock.Now().Before(b.Starts)
}

// both writes to the client and to the practice. Neither waits for the other: a refused address on
// one side must not keep the news from the other.
func (j *Jobs) both(ctx context.Context, b booking.Booking, version int, write func(*notify.Facts, notify.Role) (notify.Message, error)) error {
	f, err := j.Facts(ctx, b)
	if err != nil {
		return err
	}
	f.Version = version
	var again, never []error
	for _, r := range []notify.Role{notify.Client, notify.Host} {
		m, err := write(f, r)
		err = j.send(ctx, m, err)
		if refused(err) {
			never = append(never, err)
		} else if err != nil {
			again = append(again, err)
		}
	}
	if len(again) > 0 {
		return errors.Join(again...)
	}
	return outbox.Permanent(errors.Join(never...))
}

// send delivers m once. What cannot be written or is refused for good is parked, where an
// administrator sees it.
func (j *Jobs) send(ctx context.Context, m notify.Message, written error) error {
	if written != nil {
		return outbox.Permanent(errors.Join(notify.ErrRefused, written))
	}
	err := j.Post.Deliver(ctx, m)
	if refused(err) {
		return outbox.Permanent(err)
	}
	return err
}

func refused(err error) bool { return errors.Is(err, notify.ErrRefused) }
