// Package jobs is the edge for background work: it maps each kind of task, and each schedule, to a
// domain verb or a letter.
package jobs

import (
	"context"
	"log/slog"
	"time"

	"wattle/internal/audit"
	"wattle/internal/booking"
	"wattle/internal/booking/availability"
	"wattle/internal/clock"
	"wattle/internal/directory"
	"wattle/internal/notify"
	"wattle/internal/notify/bookingmail"
	"wattle/internal/outbox"
	"wattle/internal/pg"
)

// Jobs handles tasks and schedules. Fill it by field name.
type Jobs struct {
	DB          *pg.DB
	Clock       clock.Clock
	Log         *slog.Logger
	Booking     *booking.Service
	Model       *directory.Model
	BookingMail *bookingmail.Composer
	Post        *notify.Post
}

// Register adds a handler to r for every kind of task and every schedule. Call it before r.Run.
func (j *Jobs) Register(r *outbox.Runner) {
	outbox.Handle(r, j.held)
	outbox.Handle(r, j.confirmed)
	outbox.Handle(r, j.rescheduled)
	outbox.Handle(r, j.cancelled)
	outbox.Handle(r, j.proposed)
	outbox.Handle(r, j.reminder)
	outbox.Handle(r, func(ctx context.Context, t availability.NextMoved) error {
		return j.Booking.Availability.RecomputeNext(ctx, []int64{t.TherapistID})
	})

	r.Every("expire holds", booking.ExpireEvery, j.Booking.ExpireHolds)
	r.Every("complete bookings", booking.CompleteEvery, j.Booking.Complete)
	r.Every("sweep next times", availability.SweepEvery, j.Booking.Availability.SweepNext)
	r.Every("forget booking keys", time.Hour, j.Booking.ForgetKeys)
	r.Every("forget unproven holds", 24*time.Hour, j.Booking.ForgetUnproven)
	r.Every("sweep directory changes", 10*time.Minute, j.Model.Sweep)
	r.Every("forget deliveries", time.Hour, j.Post.Forget)
	r.Every("chain the audit", chainEvery, func(ctx context.Context) error {
		_, err := audit.Chain(ctx, j.DB, j.Clock.Now())
		return err
	})
}

// chainEvery keeps the audit chain within five seconds of the entries.
const chainEvery = 4 * time.Second
