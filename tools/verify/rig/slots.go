package rig

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"wattle/internal/clock"
)

// Target is the slot of one round.
type Target struct {
	Slug string
	Slot Slot
}

// HotTargets is n slots of different practices where there are so many, days ahead.
func HotTargets(ctx context.Context, c *Caller, at *Instance, n int) (list []Target, err error) {
	all, err := c.Bookable(ctx, at.Base)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if len(list) == n {
			return list, nil
		}
		cal, err := c.Slots(ctx, at.Base, p.Slug, "days=21")
		if err != nil {
			return nil, err
		}
		if free := cal.All(); len(free) > 8 { // so that others are left to offer
			list = append(list, Target{p.Slug, free[len(free)/2]})
		}
	}
	if len(list) < n {
		return nil, ErrEmpty
	}
	return list, nil
}

// OrLate is d, or an hour when it never came to it.
func OrLate(d time.Duration) time.Duration {
	if d == 0 {
		return time.Hour
	}
	return d
}

// NextSlot is the slot at the shown next free time, with the modes it can be had in.
func NextSlot(ctx context.Context, c *Caller, at *Instance, p Person) (Slot, error) {
	cal, err := c.Slots(ctx, at.Base, p.Slug, "days=2&from="+p.Next.Format(time.DateOnly))
	for _, s := range cal.All() {
		if s.Starts.Equal(*p.Next) {
			return s, nil
		}
	}
	if err == nil {
		err = fmt.Errorf("%s is shown as free next at %s, and the slots do not have it", p.Slug, p.Next.Format(time.RFC3339))
	}
	return Slot{}, err
}

// Offered reports whether a slot is on offer.
func Offered(ctx context.Context, c *Caller, at *Instance, slug string, s Slot) bool {
	cal, err := c.Slots(ctx, at.Base, slug, "days=1&from="+s.Starts.Format(time.DateOnly))
	return err != nil || slices.ContainsFunc(cal.All(), func(o Slot) bool { return o.Starts.Equal(s.Starts) })
}

// MovedOn says whether the list no longer shows the next time that was booked.
func MovedOn(ctx context.Context, c *Caller, at *Instance, p Person) bool {
	list, err := c.People(ctx, at.Base, "state="+url.QueryEscape(p.State)+"&postcode="+url.QueryEscape(p.Postcode))
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

// Settled waits until no task is due, and misses parked ones and what takes too long.
func (h *Deployment) Settled(ctx context.Context, t *Trial, limit time.Duration) error {
	const due = `SELECT count(*) FROM outbox_tasks WHERE state = 'running' OR state = 'waiting' AND due_at <= $1`
	took := clock.Stopwatch()
	for {
		left, err := h.Count(ctx, due, clock.System{}.Now())
		if err != nil {
			return err
		}
		if left == 0 {
			break
		}
		if took() > limit {
			t.Miss("%d tasks are still to be done after %s", left, limit)
			break
		}
		if err := Pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	parked, err := h.Count(ctx, `SELECT count(*) FROM outbox_tasks WHERE state = 'parked'`)
	t.Say("tasks all done after %.1f s; parked: %d", took().Seconds(), parked)
	t.Want(parked == 0, "%d tasks failed for good", parked)
	return err
}
