package upgrade

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"wattle/internal/clock"
	"wattle/tools/rig"
)

const (
	rollWorkers = 8
	rollPeople  = 6
	rollTime    = 20 * time.Second
	rollBooked  = 36 // made by the older version alone
	rollAhead   = 72 * time.Hour
)

// roll is a rolling deployment: one database, the older and the newer version.
type roll struct {
	rig.Crowd
	h, later *rig.Deployment // the same data; later runs the newer version
	old      *rig.Instance
	fresh    atomic.Pointer[rig.Instance] // nil until it is ready
}

// rolling deploys the newer version on a database that the older one made and still serves. Both book on
// the same calendars, then each works alone through tasks that the other created.
func rolling(t *rig.Trial) {
	h, mails := older(t), rig.NewSink(t)
	h.More = mails.Environment()
	old, later := h.Start("before"), *h
	later.Binary = t.Binary
	w := &roll{h: h, later: &later, old: old}
	w.Crowd = rig.Crowd{T: t, C: rig.NewCaller(t, 2*rollWorkers), Codes: &mails.Codes,
		CodeTime: answerWithin, At: w.either}
	w.bookCalendar()
	mine := w.Visitor(500)
	for len(mine.Open)+len(mine.Confirmed) < t.Times(rollBooked) && t.Ctx.Err() == nil {
		if mine.Book(); mine.R.IntN(2) == 0 && len(mine.Open) > 0 {
			mine.Confirm(old)
		}
	}
	fresh := w.deploy()
	w.sameBookings(mine, fresh)
	fresh.Stop()
	w.advance("the older version alone", old)
	again := w.later.Start("after2")
	old.Stop()
	again.Ready()
	w.advance("the newer version alone", again)
	chain := h.Count(`SELECT count(*) FROM audit_chain`)
	t.Say("%d entries in the audit chain", chain)
	t.Want(chain > 0, "the audit chain is empty")
	later.Sound() // by the newer version
}

// either is a random running version.
func (w *roll) either(r *rand.Rand) *rig.Instance {
	if fresh := w.fresh.Load(); fresh != nil && r.IntN(2) == 0 {
		return fresh
	}
	return w.old
}

// bookCalendar makes the video times of a few people the ones to book.
func (w *roll) bookCalendar() {
	var calendar []rig.Target
	people := 0
	for _, p := range w.C.Bookable(w.old, rollPeople) {
		n := len(calendar)
		for _, s := range w.C.Slots(w.old, p.Slug, "days=28").All() {
			if slices.Contains(s.Modes, "video") {
				s.Modes = []string{"video"}
				calendar = append(calendar, rig.Target{Slug: p.Slug, Slot: s})
			}
		}
		if len(calendar) > n {
			people++
		}
		if people == rollPeople {
			break
		}
	}
	if len(calendar) == 0 {
		w.T.Fail("no video times")
	}
	var booked atomic.Int64
	w.Any = func(r *rand.Rand) rig.Request {
		target := calendar[r.IntN(len(calendar))]
		return rig.Want(target.Slug, target.Slot, fmt.Sprintf("roll-%d@example.org", booked.Add(1)))
	}
	w.Move = func(r *rand.Rand, _ string) time.Time { return calendar[r.IntN(len(calendar))].Slot.Starts }
}

// deploy starts the newer version while the older one is under load, then loads both.
func (w *roll) deploy() *rig.Instance {
	stop := rig.Background(w.T.Ctx, func(ctx context.Context) {
		rig.Together(rollWorkers, func(i int) {
			for v := w.Visitor(uint64(501 + i)); ctx.Err() == nil; {
				v.Step()
			}
		})
	})
	defer stop()
	took := clock.Stopwatch()
	fresh := w.later.Start("after")
	up := took()
	w.fresh.Store(fresh)
	w.T.Pause(rollTime)
	stop()
	w.T.Say("the newer version was ready after %.1f s under load, migrations included", up.Seconds())
	w.T.Say("both then served for %s: %s", rollTime, &w.Done)
	for _, verb := range []string{"book 201", "confirm 200", "reschedule 200", "cancel 200"} {
		w.T.Want(w.Done.Get(verb) >= 10, "too few %q for the run to prove anything", verb)
	}
	w.T.Want(w.Done.Get("no code") == 0, "%d codes were not sent", w.Done.Get("no code"))
	return fresh
}

// sameBookings compares how both versions show the bookings made before the migration.
func (w *roll) sameBookings(mine *rig.Visitor, fresh *rig.Instance) {
	held, all := len(mine.Open), slices.Concat(mine.Open, mine.Confirmed)
	for n, b := range all {
		var answers [2]rig.Answer
		for i, at := range []*rig.Instance{w.old, fresh} {
			answers[i] = w.C.Do(http.MethodGet, at.Base+"/api/v1/bookings/"+b.ID, nil, "Authorization", "Bearer "+b.Token)
		}
		read := answers[0].Err == nil && answers[0].Status == http.StatusOK
		if !read || len(differences(printed(answers[0], nil), printed(answers[1], nil))) > 0 {
			w.T.Miss("booking %d, made before the migration: %s, then %s", n, answers[0], answers[1])
		}
	}
	for len(mine.Open) > 0 && w.T.Ctx.Err() == nil {
		mine.Confirm(fresh)
	}
	w.T.Say("%d bookings made before the migration read the same in both versions", len(all))
	w.T.Say("%d holds among them were confirmed by the newer version", held)
}

// advance moves the clock, so that tasks created by both versions fall due, and waits until all are done.
func (w *roll) advance(who string, at *rig.Instance) {
	const finished = `SELECT count(*) FROM outbox_tasks WHERE finished_at IS NOT NULL`
	was := w.h.Count(finished)
	now := w.C.SetClock(at, map[string]string{"advance": rollAhead.String()})
	w.h.Settled(now, time.Minute)
	is := w.h.Count(finished)
	w.T.Say("%s, %s later: %d tasks done", who, rollAhead, is-was)
	w.T.Want(is > was, "%s did no task", who)
}
