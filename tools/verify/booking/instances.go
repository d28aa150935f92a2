package booking

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"wattle/internal/clock"
	"wattle/tools/verify/rig"
)

const (
	agreements  = 50
	agreeWithin = time.Second
	stops       = 20
)

// Instances shows what two instances on one database promise: they agree within a second, a killed
// one loses and repeats nothing, one that is told to stop drops nothing.
func Instances(ctx context.Context, t *rig.Trial) error {
	mails, err := rig.NewSink(t)
	if err != nil {
		return err
	}
	h, a, b, err := rig.TwoInstances(ctx, t, "SMTP_URL="+mails.Url, "MAIL_FROM=Wattle <hello@example.org>")
	if err != nil {
		return err
	}
	c := rig.NewCaller(32)
	if err := agree(ctx, t, c, a, b); err != nil {
		return err
	}
	offices, err := h.PrepareStorm(ctx, c, a)
	if err != nil {
		return err
	}
	if a, err = kills(ctx, t, h, c, mails, offices, a, b); err != nil {
		return err
	}
	return gracefulStops(ctx, t, h, c, offices, a)
}

// agree books on A the time that B shows as somebody's next, and watches B.
func agree(ctx context.Context, t *rig.Trial, c *rig.Caller, a, b *rig.Instance) error {
	list, err := c.Bookable(ctx, b.Base)
	if err != nil {
		return err
	}
	if len(list) < t.Times(agreements) {
		return rig.ErrEmpty
	}
	var slots, next rig.Durations
	for n, p := range list[:t.Times(agreements)] {
		s, err := rig.NextSlot(ctx, c, b, p)
		if err != nil {
			return err
		}
		if got, _ := c.Book(ctx, a.Base, rig.Want(p.Slug, s, fmt.Sprintf("agree%02d@example.org", n))); got.Status != http.StatusCreated {
			t.Miss("%s is shown as free next at %s and cannot be booked: %s", p.Slug, p.Next, got)
			continue
		}
		took := clock.Stopwatch()
		var gone, moved time.Duration
		for (gone == 0 || moved == 0) && took() < 5*time.Second && ctx.Err() == nil {
			if gone == 0 && !rig.Offered(ctx, c, b, p.Slug, s) {
				gone = took()
			}
			if moved == 0 && rig.MovedOn(ctx, c, b, p) {
				moved = took()
			}
		}
		slots.Add(rig.OrLate(gone))
		next.Add(rig.OrLate(moved))
	}
	t.Say("booked on A: the slot is gone from B after: %s", &slots)
	t.Say("booked on A: B's list shows the next free time after: %s", &next)
	t.Want(slots.At(1) <= agreeWithin && next.At(1) <= agreeWithin, "B took longer than %s to know", agreeWithin)
	return nil
}
