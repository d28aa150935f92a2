package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"wattle/internal/clock"
)

const (
	hotClients = 64
	hotRounds  = 100
	hotWorst   = 2 * time.Second
)

// target is the slot of one round.
type target struct {
	slug string
	slot slot
}

// heat is what rounds of the race brought.
type heat struct {
	wrong    []string
	lasted   spans
	overlaps []overlap
}

// hotslot lets 64 clients with 64 addresses ask two instances for one time at once, again and
// again. Afterwards it takes the force out of the constraint, and the same race must fail: a race
// that cannot fail shows nothing.
func hotslot(ctx context.Context, t *trial) error {
	h, a, b, err := twoInstances(ctx, t)
	if err != nil {
		return err
	}
	rounds, control := t.times(hotRounds), t.times(hotRounds)
	c := newCaller(hotClients)
	list, err := hotTargets(ctx, c, a, rounds+control+5)
	if err != nil {
		return err
	}
	took := clock.Stopwatch()
	got, err := hotRace(ctx, h, c, list[:rounds], a, b)
	if err != nil {
		return err
	}
	t.say("%d rounds of %d clients, half to each instance, in %.1f s: %s", rounds, hotClients, took().Seconds(), &got.lasted)
	t.say("overlaps in the database: %d", len(got.overlaps))
	for _, w := range got.wrong {
		t.miss("%s", w)
	}
	t.want(len(got.overlaps) == 0, "%d overlaps", len(got.overlaps))
	t.want(got.lasted.at(1) < hotWorst, "the worst answer took %s, the limit is %s", got.lasted.at(1), hotWorst)
	return hotControl(ctx, t, h, c, list[rounds:], a, b)
}

// hotControl races without the constraint, then with it again.
func hotControl(ctx context.Context, t *trial, h *house, c *caller, list []target, a, b *instance) error {
	restore, err := h.disarm(ctx)
	if err != nil {
		return err
	}
	got, err := hotRace(ctx, h, c, list[:len(list)-5], a, b)
	if err != nil {
		return err
	}
	t.say("control, constraint without force: %d rounds not as promised, %d overlaps, such as", len(got.wrong), len(got.overlaps))
	for _, o := range got.overlaps[:min(3, len(got.overlaps))] {
		t.say("  practice %d at %s: bookings %s and %s", o.Therapist, o.From.UTC().Format(time.RFC3339), o.One, o.Other)
	}
	t.want(len(got.wrong) > 0 && len(got.overlaps) > 0, "the race passed without the constraint, so it shows nothing")
	if err := restore(); err != nil {
		return fmt.Errorf("the constraint could not be put back: %w", err)
	}
	again, err := hotRace(ctx, h, c, list[len(list)-5:], a, b)
	if err != nil {
		return err
	}
	t.say("constraint back: %d of 5 rounds not as promised, %d overlaps", len(again.wrong), len(again.overlaps))
	t.want(len(again.wrong)+len(again.overlaps) == 0, "with the constraint back the race still fails")
	return nil
}

// disarm takes the force out of bookings_no_overlap. The statement of a hold names it (ON CONFLICT
// ON CONSTRAINT), so it must go on existing: it is made anew for rows of a status that does not
// exist, and then sees nothing. What it answers ends the bookings made meanwhile and puts back the
// constraint as it was.
func (h *house) disarm(ctx context.Context) (restore func() error, err error) {
	var was string
	err = h.owner.Get(ctx, &was, `SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'bookings_no_overlap'`)
	if err != nil {
		return nil, err
	}
	before := ""
	if err := h.owner.Get(ctx, &before, `SELECT coalesce(string_agg(id, ','), '') FROM bookings`); err != nil {
		return nil, err
	}
	replace := func(def string) error {
		return h.exec(ctx, `ALTER TABLE bookings DROP CONSTRAINT bookings_no_overlap, ADD CONSTRAINT bookings_no_overlap `+def)
	}
	if err := replace(`EXCLUDE USING gist (therapist_id WITH =, busy WITH &&) WHERE (status = 'none has this')`); err != nil {
		return nil, err
	}
	return func() error {
		if err := h.exec(ctx, `UPDATE bookings SET status = 'released' WHERE NOT id = ANY(string_to_array($1, ','))`, before); err != nil {
			return err
		}
		return replace(was)
	}, nil
}

// hotTargets is n slots of different practices where there are so many, days ahead.
func hotTargets(ctx context.Context, c *caller, at *instance, n int) (list []target, err error) {
	all, err := c.bookable(ctx, at.base)
	if err != nil {
		return nil, err
	}
	for _, p := range all {
		if len(list) == n {
			return list, nil
		}
		cal, err := c.slots(ctx, at.base, p.Slug, "days=21")
		if err != nil {
			return nil, err
		}
		if free := cal.all(); len(free) > 8 { // so that others are left to offer
			list = append(list, target{p.Slug, free[len(free)/2]})
		}
	}
	if len(list) < n {
		return nil, errEmpty
	}
	return list, nil
}

func hotRace(ctx context.Context, h *house, c *caller, list []target, at ...*instance) (*heat, error) {
	got := new(heat)
	for n, target := range list {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		answers := make([]answer, hotClients)
		start := make(chan struct{})
		time.AfterFunc(5*time.Millisecond, func() { close(start) })
		together(hotClients, func(i int) {
			r := want(target.slug, target.slot, fmt.Sprintf("hot%02d@example.org", i))
			<-start
			answers[i], _ = c.book(ctx, at[i%len(at)].base, r)
		})
		got.judge(n, target, answers)
	}
	var err error
	got.overlaps, err = h.overlaps(ctx)
	return got, err
}

// judge holds one round to the promise: one 201, and 409 with other times for all others.
func (g *heat) judge(round int, target target, answers []answer) {
	won, lost := 0, 0
	fail := func(format string, args ...any) {
		g.wrong = append(g.wrong, fmt.Sprintf("round %d: ", round)+fmt.Sprintf(format, args...))
	}
	for _, a := range answers {
		g.lasted.add(a.took)
		switch {
		case a.err == nil && a.status == http.StatusCreated:
			won++
		case a.err == nil && a.status == http.StatusConflict:
			lost++
			if why := badAlternatives(a.body, target.slot); why != "" {
				fail("%s: %s", why, a)
			}
		default:
			fail("answered %s", a)
		}
	}
	if won != 1 || lost != len(answers)-1 {
		fail("%d × 201 and %d × 409 instead of 1 and %d", won, lost, len(answers)-1)
	}
}

func badAlternatives(body []byte, taken slot) string {
	var got struct {
		Alternatives []slot `json:"alternatives"`
	}
	if err := json.Unmarshal(body, &got); err != nil {
		return "a 409 that is no JSON"
	}
	if len(got.Alternatives) == 0 {
		return "a 409 without alternatives"
	}
	for _, s := range got.Alternatives {
		if s.Starts.IsZero() || !s.Ends.After(s.Starts) || s.Starts.Before(taken.Ends) && s.Ends.After(taken.Starts) {
			return "a 409 whose alternative is no other time"
		}
	}
	return ""
}
