// Package booking holds the assurance runs of bookings: races, storms, killed and stopped instances, and
// the nights the clocks change.
package booking

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"wattle/internal/clock"
	"wattle/tools/verify/rig"
)

const (
	hotClients = 64
	hotRounds  = 100
	hotWorst   = 2 * time.Second
)

// raceResult is what rounds of the race brought.
type raceResult struct {
	wrong    []string
	lasted   rig.Durations
	overlaps []rig.Overlap
}

// Hotslot lets 64 clients with 64 addresses ask two instances for one time at once, again and
// again. Afterwards it takes the force out of the constraint, and the same race must fail: a race
// that cannot fail shows nothing.
func Hotslot(ctx context.Context, t *rig.Trial) error {
	h, a, b, err := rig.TwoInstances(ctx, t)
	if err != nil {
		return err
	}
	rounds, control := t.Times(hotRounds), t.Times(hotRounds)
	c := rig.NewCaller(hotClients)
	list, err := rig.HotTargets(ctx, c, a, rounds+control+5)
	if err != nil {
		return err
	}
	took := clock.Stopwatch()
	got, err := hotRace(ctx, h, c, list[:rounds], a, b)
	if err != nil {
		return err
	}
	t.Say("%d rounds of %d clients, half to each instance, in %.1f s: %s", rounds, hotClients, took().Seconds(), &got.lasted)
	t.Say("overlaps in the database: %d", len(got.overlaps))
	for _, w := range got.wrong {
		t.Miss("%s", w)
	}
	t.Want(len(got.overlaps) == 0, "%d overlaps", len(got.overlaps))
	t.Want(got.lasted.At(1) < hotWorst, "the worst answer took %s, the limit is %s", got.lasted.At(1), hotWorst)
	return hotControl(ctx, t, h, c, list[rounds:], a, b)
}

// hotControl races without the constraint, then with it again.
func hotControl(ctx context.Context, t *rig.Trial, h *rig.Deployment, c *rig.Caller, list []rig.Target, a, b *rig.Instance) error {
	restore, err := disarm(ctx, h)
	if err != nil {
		return err
	}
	got, err := hotRace(ctx, h, c, list[:len(list)-5], a, b)
	if err != nil {
		return err
	}
	t.Say("control, constraint without force: %d rounds not as promised, %d overlaps, such as", len(got.wrong), len(got.overlaps))
	for _, o := range got.overlaps[:min(3, len(got.overlaps))] {
		t.Say("  practice %d at %s: bookings %s and %s", o.Therapist, o.From.UTC().Format(time.RFC3339), o.One, o.Other)
	}
	t.Want(len(got.wrong) > 0 && len(got.overlaps) > 0, "the race passed without the constraint, so it shows nothing")
	if err := restore(); err != nil {
		return fmt.Errorf("the constraint could not be put back: %w", err)
	}
	again, err := hotRace(ctx, h, c, list[len(list)-5:], a, b)
	if err != nil {
		return err
	}
	t.Say("constraint back: %d of 5 rounds not as promised, %d overlaps", len(again.wrong), len(again.overlaps))
	t.Want(len(again.wrong)+len(again.overlaps) == 0, "with the constraint back the race still fails")
	return nil
}

// disarm takes the force out of bookings_no_overlap. The statement of a hold names it (ON CONFLICT
// ON CONSTRAINT), so it must go on existing: it is made anew for rows of a status that does not
// exist, and then sees nothing. What it answers ends the bookings made meanwhile and puts back the
// constraint as it was.
func disarm(ctx context.Context, h *rig.Deployment) (restore func() error, err error) {
	var was string
	err = h.Owner.Get(ctx, &was, `SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'bookings_no_overlap'`)
	if err != nil {
		return nil, err
	}
	before := ""
	if err := h.Owner.Get(ctx, &before, `SELECT coalesce(string_agg(id, ','), '') FROM bookings`); err != nil {
		return nil, err
	}
	replace := func(def string) error {
		return h.Exec(ctx, `ALTER TABLE bookings DROP CONSTRAINT bookings_no_overlap, ADD CONSTRAINT bookings_no_overlap `+def)
	}
	if err := replace(`EXCLUDE USING gist (therapist_id WITH =, busy WITH &&) WHERE (status = 'none has this')`); err != nil {
		return nil, err
	}
	return func() error {
		if err := h.Exec(ctx, `UPDATE bookings SET status = 'released' WHERE NOT id = ANY(string_to_array($1, ','))`, before); err != nil {
			return err
		}
		return replace(was)
	}, nil
}

func hotRace(ctx context.Context, h *rig.Deployment, c *rig.Caller, list []rig.Target, at ...*rig.Instance) (*raceResult, error) {
	got := new(raceResult)
	for n, target := range list {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		answers := make([]rig.Answer, hotClients)
		start := make(chan struct{})
		time.AfterFunc(5*time.Millisecond, func() { close(start) })
		rig.Together(hotClients, func(i int) {
			r := rig.Want(target.Slug, target.Slot, fmt.Sprintf("hot%02d@example.org", i))
			<-start
			answers[i], _ = c.Book(ctx, at[i%len(at)].Base, r)
		})
		got.judge(n, target, answers)
	}
	var err error
	got.overlaps, err = h.Overlaps(ctx)
	return got, err
}

// judge holds one round to the promise: one 201, and 409 with other times for all others.
func (g *raceResult) judge(round int, target rig.Target, answers []rig.Answer) {
	won, lost := 0, 0
	fail := func(format string, args ...any) {
		g.wrong = append(g.wrong, fmt.Sprintf("round %d: ", round)+fmt.Sprintf(format, args...))
	}
	for _, a := range answers {
		g.lasted.Add(a.Took)
		switch {
		case a.Err == nil && a.Status == http.StatusCreated:
			won++
		case a.Err == nil && a.Status == http.StatusConflict:
			lost++
			if why := badAlternatives(a.Body, target.Slot); why != "" {
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

func badAlternatives(body []byte, taken rig.Slot) string {
	var got struct {
		Alternatives []rig.Slot `json:"alternatives"`
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
