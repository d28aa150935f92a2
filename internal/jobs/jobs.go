// Package jobs is the edge where time and the queue come in: each kind of task becomes a verb of a
// domain or a mail, and each schedule a verb.
package jobs

import (
	"context"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"wattle/internal/audit"
	"wattle/internal/booking"
	"wattle/internal/clock"
	"wattle/internal/directory"
	"wattle/internal/notify"
	"wattle/internal/outbox"
	"wattle/internal/pg"
	"wattle/internal/region"
)

// Jobs performs tasks and schedules. Fill it by field name.
type Jobs struct {
	DB       *pg.DB
	Clock    clock.Clock
	Log      *slog.Logger
	Booking  *booking.Service
	Model    *directory.Model
	Composer *notify.Composer
	Post     *notify.Post
}

// Register gives r a handler for every kind of task and every schedule. Call it before r.Run.
func (j *Jobs) Register(r *outbox.Runner) {
	outbox.Handle(r, j.held)
	outbox.Handle(r, j.confirmed)
	outbox.Handle(r, j.rescheduled)
	outbox.Handle(r, j.cancelled)
	outbox.Handle(r, j.proposed)
	outbox.Handle(r, j.reminder)
	outbox.Handle(r, func(ctx context.Context, t booking.NextMoved) error {
		return j.Booking.RecomputeNext(ctx, []int64{t.TherapistID})
	})

	r.Every("expire holds", booking.ExpireEvery, j.Booking.ExpireHolds)
	r.Every("complete bookings", booking.CompleteEvery, j.Booking.Complete)
	r.Every("sweep next times", booking.SweepEvery, j.Booking.SweepNext)
	r.Every("forget booking keys", time.Hour, j.Booking.ForgetKeys)
	r.Every("forget unproven holds", 24*time.Hour, j.Booking.ForgetUnproven)
	r.Every("sweep directory changes", 10*time.Minute, j.Model.Sweep)
	r.Every("forget deliveries", time.Hour, j.Post.Forget)
	r.Every("chain the audit", chainEvery, func(ctx context.Context) error {
		_, err := audit.Chain(ctx, j.DB, j.Clock.Now())
		return err
	})
}

// chainEvery keeps the audit chain within five seconds of the facts.
const chainEvery = 4 * time.Second

// Facts reads what messages and calendar files about b draw on, as it stands now.
func (j *Jobs) Facts(ctx context.Context, b booking.Booking) (*notify.Facts, error) {
	t, err := directory.Get(ctx, j.DB, b.TherapistID)
	if err != nil {
		return nil, err
	}
	contact, err := directory.GetContact(ctx, j.DB, b.TherapistID)
	if err != nil {
		return nil, err
	}
	here, err := region.LoadZone(b.Zone)
	if err != nil {
		return nil, err
	}
	theirs, err := region.LoadZone(b.ClientZone)
	if err != nil {
		theirs = nil // clients may give none
	}
	preview, err := j.Booking.Cancellation(ctx, b.ID)
	if err != nil {
		return nil, err
	}
	return &notify.Facts{
		Booking: b, Version: b.Version, PracticeZone: here, ClientZone: theirs,
		Practice: notify.Practice{
			Given: t.GivenName, Name: t.Name(), Email: contact.Email, Street: contact.Street, Suburb: t.Suburb,
			State: strings.ToUpper(t.State), Postcode: t.Postcode, VideoURL: contact.VideoURL, Phone: contact.Phone,
		},
		Message:     b.CancelNote != "",
		Policy:      preview.Sentence,
		ManageURL:   j.address(b.ID, "", j.Booking.ManageToken(b.ID)),
		PracticeURL: j.address(b.ID, "", j.Booking.PracticeToken(b.ID)),
		Now:         j.Clock.Now(),
	}, nil
}

// address is a booking's page, opened by token.
func (j *Jobs) address(id, page, token string) string {
	return j.Composer.Site.BaseURL + "/booking/" + url.PathEscape(id) + page + "?t=" + url.QueryEscape(token)
}
