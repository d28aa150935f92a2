package main

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"wattle/internal/clock"
)

const (
	agreements  = 50
	agreeWithin = time.Second
	stops       = 20
)

// instances shows what two instances on one database promise: they agree within a second, a killed
// one loses and repeats nothing, one that is told to stop drops nothing.
func instances(ctx context.Context, t *trial) error {
	mails, err := newSink(t)
	if err != nil {
		return err
	}
	h, a, b, err := twoInstances(ctx, t, "SMTP_URL="+mails.url, "MAIL_FROM=Wattle <hello@example.org>")
	if err != nil {
		return err
	}
	c := newCaller(32)
	if err := agree(ctx, t, c, a, b); err != nil {
		return err
	}
	offices, err := h.prepareStorm(ctx, c, a)
	if err != nil {
		return err
	}
	if a, err = kills(ctx, t, h, c, mails, offices, a, b); err != nil {
		return err
	}
	return gracefulStops(ctx, t, h, c, offices, a)
}

// agree books on A the time that B shows as somebody's next, and watches B.
func agree(ctx context.Context, t *trial, c *caller, a, b *instance) error {
	list, err := c.bookable(ctx, b.base)
	if err != nil {
		return err
	}
	if len(list) < t.times(agreements) {
		return errEmpty
	}
	var slots, next spans
	for n, p := range list[:t.times(agreements)] {
		s, err := nextSlot(ctx, c, b, p)
		if err != nil {
			return err
		}
		if got, _ := c.book(ctx, a.base, want(p.Slug, s, fmt.Sprintf("agree%02d@example.org", n))); got.status != http.StatusCreated {
			t.miss("%s is shown as free next at %s and cannot be booked: %s", p.Slug, p.Next, got)
			continue
		}
		took := clock.Stopwatch()
		var gone, moved time.Duration
		for (gone == 0 || moved == 0) && took() < 5*time.Second && ctx.Err() == nil {
			if gone == 0 && !offered(ctx, c, b, p.Slug, s) {
				gone = took()
			}
			if moved == 0 && movedOn(ctx, c, b, p) {
				moved = took()
			}
		}
		slots.add(orLate(gone))
		next.add(orLate(moved))
	}
	t.say("booked on A: the slot is gone from B after: %s", &slots)
	t.say("booked on A: B's list shows the next free time after: %s", &next)
	t.want(slots.at(1) <= agreeWithin && next.at(1) <= agreeWithin, "B took longer than %s to know", agreeWithin)
	return nil
}

// orLate is d, or an hour when it never came to it.
func orLate(d time.Duration) time.Duration {
	if d == 0 {
		return time.Hour
	}
	return d
}

// nextSlot is the slot at the shown next free time, with the modes it can be had in.
func nextSlot(ctx context.Context, c *caller, at *instance, p person) (slot, error) {
	cal, err := c.slots(ctx, at.base, p.Slug, "days=2&from="+p.Next.Format(time.DateOnly))
	for _, s := range cal.all() {
		if s.Starts.Equal(*p.Next) {
			return s, nil
		}
	}
	if err == nil {
		err = fmt.Errorf("%s is shown as free next at %s, and the slots do not have it", p.Slug, p.Next.Format(time.RFC3339))
	}
	return slot{}, err
}

func offered(ctx context.Context, c *caller, at *instance, slug string, s slot) bool {
	cal, err := c.slots(ctx, at.base, slug, "days=1&from="+s.Starts.Format(time.DateOnly))
	return err != nil || slices.ContainsFunc(cal.all(), func(o slot) bool { return o.Starts.Equal(s.Starts) })
}

// movedOn says whether the list no longer shows the next time that was booked.
func movedOn(ctx context.Context, c *caller, at *instance, p person) bool {
	list, err := c.people(ctx, at.base, "state="+url.QueryEscape(p.State)+"&postcode="+url.QueryEscape(p.Postcode))
	if err != nil {
		return false
	}
	for _, o := range list {
		if o.Slug == p.Slug {
			return o.Next == nil || !o.Next.Equal(*p.Next)
		}
	}
	return false
}
