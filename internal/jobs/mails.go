package jobs

import (
	"context"
	"errors"
	"time"

	"wattle/internal/booking"
	"wattle/internal/fault"
	"wattle/internal/notify"
	"wattle/internal/notify/bookingmail"
	"wattle/internal/outbox"
)

// A task may run late, after an outage of the mail server or a move of the clock. Each handler
// therefore reads the booking first and sends only news that still holds. A later version of the
// booking has a task of its own.

// held updates the next free times and, while the code can still be used, sends it.
func (j *Jobs) held(ctx context.Context, t booking.BookingHeld) error {
	if err := j.Booking.Availability.RecomputeNext(ctx, []int64{t.TherapistID}); err != nil {
		return err
	}
	b, current, err := j.Booking.Current(ctx, t.ID, t.Version)
	if err != nil || !current || b.Status != booking.Held || b.LapsedAt(j.Clock.Now()) {
		return err
	}
	f, err := j.BookingMail.Facts(ctx, b)
	if err != nil {
		return err
	}
	m, err := j.BookingMail.Code(f, j.Booking.Code(b.ID), j.BookingMail.ConfirmURL(b.ID))
	return j.send(ctx, m, err)
}

// confirmed notifies both sides. If the booking has moved since, the letter gives the new time.
func (j *Jobs) confirmed(ctx context.Context, t booking.BookingConfirmed) error {
	b, found, err := j.find(ctx, t.ID)
	if err != nil || !found || !j.ahead(&b) {
		return err
	}
	return j.both(ctx, b, t.Version, j.BookingMail.Confirmed)
}

// rescheduled notifies both sides of the new time, unless a later version replaced it.
func (j *Jobs) rescheduled(ctx context.Context, t booking.BookingRescheduled) error {
	b, current, err := j.Booking.Current(ctx, t.ID, t.Version)
	if err != nil || !current || !j.ahead(&b) {
		return err
	}
	return j.both(ctx, b, t.Version, j.BookingMail.Rescheduled)
}

// cancelled notifies both sides. A hold that was never confirmed needs no letter: only the person
// who released it knew of it.
func (j *Jobs) cancelled(ctx context.Context, t booking.BookingCancelled) error {
	b, found, err := j.find(ctx, t.ID)
	if err != nil || !found || b.CancelledBy() == "" || b.ConfirmedAt.IsZero() {
		return err
	}
	return j.both(ctx, b, t.Version, j.BookingMail.Cancelled)
}

// proposed sends the client the proposed time while the proposal stands.
func (j *Jobs) proposed(ctx context.Context, t booking.BookingProposed) error {
	b, found, err := j.find(ctx, t.ID)
	if err != nil || !found || !j.ahead(&b) {
		return err
	}
	p, standing, err := j.Booking.Proposal(ctx, t.ID)
	if err != nil || !standing || !p.Starts.After(j.Clock.Now()) {
		return err
	}
	f, err := j.BookingMail.Facts(ctx, b)
	if err != nil {
		return err
	}
	f.Version = t.Version
	m, err := j.BookingMail.Proposed(f, p.Starts)
	return j.send(ctx, m, err)
}

// lastReminder is how many hours before the start the last reminder is sent.
const lastReminder = 2

// reminder reminds both sides of the version it was created for and no other (I18), and only before
// the start. A reminder so late that the last one is due too is left to the last one.
func (j *Jobs) reminder(ctx context.Context, t booking.Reminder) error {
	b, current, err := j.Booking.Current(ctx, t.ID, t.Version)
	if err != nil || !current || !j.ahead(&b) {
		return err
	}
	if lastDue := b.Starts.Add(-lastReminder * time.Hour); t.Hours > lastReminder && !j.Clock.Now().Before(lastDue) {
		return nil
	}
	return j.both(ctx, b, t.Version, func(f *bookingmail.Facts, s bookingmail.Side) (notify.Message, error) {
		return j.BookingMail.Reminder(f, s, t.Hours)
	})
}

// find reads a booking. An erased booking is not an error; there is nothing to send.
func (j *Jobs) find(ctx context.Context, id string) (booking.Booking, bool, error) {
	b, err := j.Booking.Get(ctx, id)
	if errors.Is(err, fault.NotFound) {
		return b, false, nil
	}
	return b, err == nil, err
}

// ahead reports whether b is a confirmed appointment that has not begun.
func (j *Jobs) ahead(b *booking.Booking) bool {
	return b.Status == booking.Confirmed && j.Clock.Now().Before(b.Starts)
}

// both sends a letter to the client and one to the practice. A failure on one side does not stop the
// other; the task is retried if either can still succeed.
func (j *Jobs) both(
	ctx context.Context, b booking.Booking, version int,
	compose func(*bookingmail.Facts, bookingmail.Side) (notify.Message, error),
) error {
	f, err := j.BookingMail.Facts(ctx, b)
	if err != nil {
		return err
	}
	f.Version = version
	var retryable, refusals []error
	for _, s := range []bookingmail.Side{bookingmail.Client, bookingmail.Practice} {
		m, err := compose(f, s)
		err = j.send(ctx, m, err)
		if refused(err) {
			refusals = append(refusals, err)
		} else if err != nil {
			retryable = append(retryable, err)
		}
	}
	if len(retryable) > 0 {
		return errors.Join(retryable...)
	}
	return outbox.Permanent(errors.Join(refusals...))
}

// send delivers m once. A letter that could not be composed, or that the server refused, parks the
// task, which an administrator then sees.
func (j *Jobs) send(ctx context.Context, m notify.Message, composeErr error) error {
	if composeErr != nil {
		return outbox.Permanent(errors.Join(notify.ErrRefused, composeErr))
	}
	err := j.Post.Deliver(ctx, m)
	if refused(err) {
		return outbox.Permanent(err)
	}
	return err
}

func refused(err error) bool { return errors.Is(err, notify.ErrRefused) }
