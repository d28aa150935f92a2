package main

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"wattle/internal/clock"
)

const (
	expiries     = 10
	expireWithin = 5 * time.Second
)

// expiry holds a time, moves the clock past the hold's end, and waits for the time to be free again
// on both instances: in the slots, in the list's next free time, and in the booking's own status.
func expiry(ctx context.Context, t *trial) error {
	_, a, b, err := twoInstances(ctx, t)
	if err != nil {
		return err
	}
	c := newCaller(8)
	list, err := c.bookable(ctx, a.base)
	if err != nil {
		return err
	}
	var slots, next, status spans
	done := 0
	for _, p := range list {
		if done == t.times(expiries) {
			break
		}
		// A next time that is days away stays out of the notice while the clock moves.
		if until := p.Next.Sub(clock.System{}.Now()); until < 72*time.Hour {
			continue
		}
		if err := expireOne(ctx, t, c, a, b, p, done, &slots, &next, &status); err != nil {
			return err
		}
		done++
	}
	if done == 0 {
		return errEmpty
	}
	t.say("%d holds that nobody confirmed, 15 minutes and a second later, on the slower instance:", done)
	t.say("the slot is offered after: %s", &slots)
	t.say("the list shows it as next free after: %s", &next)
	t.say("the booking is expired after: %s", &status)
	worst := max(slots.at(1), next.at(1), status.at(1))
	t.want(worst <= expireWithin, "it took %s, the limit is %s", worst, expireWithin)
	return nil
}

func expireOne(ctx context.Context, t *trial, c *caller, a, b *instance, p person, n int, slots, next, status *spans) error {
	s, err := nextSlot(ctx, c, a, p)
	if err != nil {
		return err
	}
	got, h := c.book(ctx, a.base, want(p.Slug, s, fmt.Sprintf("expiry%02d@example.org", n)))
	if got.status != http.StatusCreated {
		return fmt.Errorf("holding %s answered %s", p.Slug, got)
	}
	for !movedOn(ctx, c, a, p) || !movedOn(ctx, c, b, p) {
		if err := pause(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	t.want(!offered(ctx, c, a, p.Slug, s) && !offered(ctx, c, b, p.Slug, s), "a time that is held is offered")
	early := c.do(ctx, http.MethodPost, a.base+"/dev/clock", map[string]string{"advance": "14m50s"})
	if early.err != nil || early.status != http.StatusOK {
		return fmt.Errorf("the clock could not be moved: %s", early)
	}
	if err := pause(ctx, 500*time.Millisecond); err != nil {
		return err
	}
	for _, i := range []*instance{a, b} {
		t.want(!offered(ctx, c, i, p.Slug, s), "%s offers a held time early: held until %s, its clock %s", i.name, h.HeldUntil.UTC(), c.get(ctx, i.base+"/dev/clock"))
	}
	if a := c.do(ctx, http.MethodPost, b.base+"/dev/clock", map[string]string{"advance": "11s"}); a.err != nil || a.status != http.StatusOK {
		return fmt.Errorf("the clock could not be moved: %s", a)
	}
	took := clock.Stopwatch()
	slots.add(until(ctx, took, func() bool { return offered(ctx, c, a, p.Slug, s) && offered(ctx, c, b, p.Slug, s) }))
	status.add(until(ctx, took, func() bool { return expired(ctx, c, a, h) && expired(ctx, c, b, h) }))
	next.add(until(ctx, took, func() bool { return !movedOn(ctx, c, a, p) && !movedOn(ctx, c, b, p) }))
	again, _ := c.book(ctx, b.base, want(p.Slug, s, fmt.Sprintf("after%02d@example.org", n)))
	t.want(again.status == http.StatusCreated, "the time that came free cannot be had: %s", again)
	// The other instance may not have looked at the clock yet: it does so five times a second.
	if err := pause(ctx, 500*time.Millisecond); err != nil {
		return err
	}
	late := c.change(ctx, a.base, h, "confirm", map[string]string{"code": "000000"})
	t.want(late.status == http.StatusConflict, "confirming the lapsed hold answered %s", late)
	return nil
}

// until is when ok came true; an hour when it did not within 15 s.
func until(ctx context.Context, took func() time.Duration, ok func() bool) time.Duration {
	for took() < 15*time.Second && ctx.Err() == nil {
		if ok() {
			return took()
		}
		time.Sleep(10 * time.Millisecond)
	}
	return time.Hour
}

func expired(ctx context.Context, c *caller, at *instance, h held) bool {
	var got struct {
		Status string `json:"status"`
	}
	a := c.do(ctx, http.MethodGet, at.base+"/api/v1/bookings/"+h.ID, nil, "Authorization", "Bearer "+h.Token)
	return a.read(&got) == nil && got.Status == "expired"
}
