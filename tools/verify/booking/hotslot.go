// Package booking holds the assurance runs of bookings: races, storms, killed and stopped instances, and
// the nights the clocks change.
package booking

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"wattle/internal/clock"
	"wattle/tools/rig"
)

const (
	hotClients = 64
	hotRounds  = 100
	hotWorst   = 2 * time.Second
)

// hotRace is a race of clients for one slot after another.
type hotRace struct {
	*rig.Trial
	h  *rig.Deployment
	c  *rig.Caller
	at [2]*rig.Instance

	wrong []string // of the last rounds
	took  rig.Durations
}

// Hotslot lets 64 clients with 64 addresses ask two instances for one time at once, again and again.
// Then it disables the constraint, though not the calendar's lock, and the same race must fail: a race
// that cannot fail proves nothing.
func Hotslot(t *rig.Trial) {
	h, a, b := rig.TwoInstances(t)
	r := &hotRace{Trial: t, h: h, c: rig.NewCaller(t, hotClients), at: [2]*rig.Instance{a, b}}
	rounds := t.Times(hotRounds)
	list := r.c.Targets(a, 2*rounds+5)
	took := clock.Stopwatch()
	overlaps := r.run(list[:rounds])
	t.Say("%d rounds of %d clients, half to each instance, in %.1f s: %s", rounds, hotClients, took().Seconds(), &r.took)
	t.Say("overlaps in the database: %d", overlaps)
	for _, w := range r.wrong {
		t.Miss("%s", w)
	}
	t.Want(overlaps == 0, "%d overlaps", overlaps)
	t.Want(r.took.At(1) < hotWorst, "the slowest answer took %s, the limit is %s", r.took.At(1), hotWorst)

	restore := disarm(h)
	overlaps = r.run(list[rounds : 2*rounds])
	t.Say("control, constraint disabled: %d failures, %d overlaps", len(r.wrong), overlaps)
	if overlaps > 0 {
		t.Say("the calendar's lock alone does not prevent overlaps")
	}
	t.Want(len(r.wrong) > 0 && overlaps > 0, "the race passed without the constraint, so it proves nothing")
	restore()
	overlaps = r.run(list[2*rounds:])
	t.Say("constraint restored: %d failures in 5 rounds, %d overlaps", len(r.wrong), overlaps)
	t.Want(len(r.wrong)+overlaps == 0, "the race still fails with the constraint restored")
}

// disarm disables bookings_no_overlap. The statement of a hold names the constraint (ON CONFLICT ON
// CONSTRAINT), so it must exist: it is recreated for rows of a status that no booking has. restore
// releases the bookings made meanwhile and puts it back.
func disarm(h *rig.Deployment) (restore func()) {
	was := rig.Ask[string](h, `SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'bookings_no_overlap'`)
	before := rig.Ask[string](h, `SELECT coalesce(string_agg(id, ','), '') FROM bookings`)
	replace := func(def string) {
		h.Exec(`ALTER TABLE bookings DROP CONSTRAINT bookings_no_overlap, ADD CONSTRAINT bookings_no_overlap ` + def)
	}
	replace(`EXCLUDE USING gist (therapist_id WITH =, busy WITH &&) WHERE (status = 'none has this')`)
	return func() {
		h.Exec(`UPDATE bookings SET status = 'released' WHERE NOT id = ANY(string_to_array($1, ','))`, before)
		replace(was)
	}
}

func (r *hotRace) run(list []rig.Target) (overlaps int) {
	r.wrong = nil
	for n, target := range list {
		answers := make([]rig.Answer, hotClients)
		rig.Together(hotClients, func(i int) {
			want := rig.Want(target.Slug, target.Slot, fmt.Sprintf("hot%02d@example.org", i))
			answers[i], _ = r.c.Book(r.at[i%2], want)
		})
		r.judge(n, target, answers)
	}
	return r.h.Overlaps()
}

// judge holds one round to the promise: one 201, and 409 with other times for everyone else.
func (r *hotRace) judge(round int, target rig.Target, answers []rig.Answer) {
	won, lost := 0, 0
	fail := func(format string, args ...any) {
		r.wrong = append(r.wrong, fmt.Sprintf("round %d: ", round)+fmt.Sprintf(format, args...))
	}
	for _, a := range answers {
		r.took.Add(a.Took)
		switch {
		case a.Err == nil && a.Status == http.StatusCreated:
			won++
		case a.Err == nil && a.Status == http.StatusConflict:
			lost++
			if !offersOthers(a.Body, target.Slot) {
				fail("a 409 without other times: %s", a)
			}
		default:
			fail("answered %s", a)
		}
	}
	if won != 1 || lost != len(answers)-1 {
		fail("%d × 201 and %d × 409 instead of 1 and %d", won, lost, len(answers)-1)
	}
}

func offersOthers(body []byte, taken rig.Slot) bool {
	var got struct {
		Alternatives []rig.Slot `json:"alternatives"`
	}
	if json.Unmarshal(body, &got) != nil {
		return false
	}
	for _, s := range got.Alternatives {
		if s.Starts.IsZero() || !s.Ends.After(s.Starts) || s.Starts.Before(taken.Ends) && s.Ends.After(taken.Starts) {
			return false
		}
	}
	return len(got.Alternatives) > 0
}
