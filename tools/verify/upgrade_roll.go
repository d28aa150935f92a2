package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"wattle/internal/clock"
)

const (
	rollWorkers = 8
	rollPeople  = 6
	rollTime    = 20 * time.Second
	rollBooked  = 36 // made by the older version alone
	rollAhead   = 72 * time.Hour
	shownErrors = 5
)

// roll is a rolling deployment: one database, the older and the newer version.
type roll struct {
	*trial
	c        *caller
	h        *house // runs the older version
	later    *house // the same data, runs the newer version
	codes    codes
	calendar []bookableTime
	done     tally

	mu sync.Mutex
	at []*instance
}

// bookableTime is a time on offer.
type bookableTime struct {
	slug string
	slot slot
}

// rolling deploys the newer version on a database that the older version made and still serves. Both
// book on the same calendars, then each works alone through tasks that the other created.
func rolling(ctx context.Context, t, before *trial) error {
	h, err := newHouse(before)
	if err != nil {
		return err
	}
	old, err := h.start(ctx, "before")
	if err != nil {
		return err
	}
	w := &roll{trial: t, c: newCaller(2 * rollWorkers), h: h, at: []*instance{old},
		later: &house{t: t, dir: h.dir, more: h.more, app: h.app, owner: h.owner}}
	reading, stop := context.WithCancel(ctx)
	defer stop()
	go w.codes.follow(reading, h)
	if err := w.readCalendar(ctx); err != nil {
		return err
	}
	defer w.printErrors(old)
	mine := w.worker(0)
	for len(mine.open)+len(mine.confirmed) < t.times(rollBooked) && ctx.Err() == nil {
		if mine.book(ctx); mine.r.IntN(2) == 0 && len(mine.open) > 0 {
			mine.confirm(ctx)
		}
	}
	fresh, err := w.deploy(ctx)
	if err != nil {
		return err
	}
	defer w.printErrors(fresh)
	if err := w.sameBookings(ctx, mine, old, fresh); err != nil {
		return err
	}
	if err := w.handTasksOver(ctx, old, fresh); err != nil {
		return err
	}
	return w.judge(ctx)
}

// printErrors prints the distinct errors in an instance's log.
func (w *roll) printErrors(at *instance) {
	seen := map[string]bool{}
	for line := range strings.Lines(at.log.String()) {
		_, what, failed := strings.Cut(line, "level=ERROR ")
		what, _, _ = strings.Cut(what, " request_id=")
		if failed && !seen[what] && len(seen) < shownErrors {
			seen[what] = true
			w.say("%s logged: %.400s", at.name, strings.TrimSpace(what))
		}
	}
}

// readCalendar collects the video times of a few people.
func (w *roll) readCalendar(ctx context.Context) error {
	list, err := w.c.bookable(ctx, w.at[0].base)
	if err != nil {
		return err
	}
	for people := 0; people < rollPeople && len(list) > 0; list = list[1:] {
		cal, err := w.c.slots(ctx, w.at[0].base, list[0].Slug, "days=28")
		if err != nil {
			return err
		}
		n := len(w.calendar)
		for _, s := range cal.all() {
			if slices.Contains(s.Modes, "video") {
				w.calendar = append(w.calendar, bookableTime{list[0].Slug, s})
			}
		}
		if len(w.calendar) > n {
			people++
		}
	}
	if len(w.calendar) == 0 {
		return errEmpty
	}
	return nil
}

// deploy starts the newer version while the older one is under load, then loads both.
func (w *roll) deploy(ctx context.Context) (fresh *instance, err error) {
	loaded, stop := context.WithCancel(ctx)
	defer stop()
	var workers sync.WaitGroup
	for i := range rollWorkers {
		workers.Go(func() { w.worker(i + 1).work(loaded) })
	}
	took := clock.Stopwatch()
	if fresh, err = w.later.start(ctx, "after"); err != nil {
		return nil, err
	}
	up := took()
	w.mu.Lock()
	w.at = append(w.at, fresh)
	w.mu.Unlock()
	err = pause(ctx, rollTime)
	stop()
	workers.Wait()
	w.say("the newer version was ready after %.1f s under load, migrations included", up.Seconds())
	w.say("both then served for %s: %s", rollTime, &w.done)
	for _, verb := range []string{"book 201", "confirm 200", "reschedule 200", "cancel 200"} {
		w.want(w.done.get(verb) >= 10, "too few %q for the run to prove anything", verb)
	}
	return fresh, err
}

// sameBookings compares how both versions show the bookings made before the migration.
func (w *roll) sameBookings(ctx context.Context, mine *rollWorker, old, fresh *instance) error {
	held, all := len(mine.open), slices.Clone(mine.open)
	for _, m := range mine.confirmed {
		all = append(all, m.held)
	}
	for n, b := range all {
		var answers [2]answer
		for i, at := range []*instance{old, fresh} {
			address := at.base + "/api/v1/bookings/" + b.ID
			answers[i] = w.c.do(ctx, http.MethodGet, address, nil, "Authorization", "Bearer "+b.Token)
		}
		read := answers[0].err == nil && answers[0].status == http.StatusOK
		if !read || len(differences(printed(answers[0], nil), printed(answers[1], nil))) > 0 {
			w.miss("booking %d, made before the migration: %s, then %s", n, answers[0], answers[1])
		}
	}
	for len(mine.open) > 0 && ctx.Err() == nil {
		mine.confirmAt(ctx, fresh.base)
	}
	w.say("%d bookings made before the migration read the same in both versions", len(all))
	w.say("%d holds among them were confirmed by the newer version", held)
	return ctx.Err()
}

// handTasksOver runs each version alone, first the older, then the newer, and advances the clock so
// that tasks created by both fall due.
func (w *roll) handTasksOver(ctx context.Context, old, fresh *instance) error {
	fresh.stop()
	if err := w.advance(ctx, "the older version alone", old, rollAhead); err != nil {
		return err
	}
	again, err := w.later.start(ctx, "after2")
	if err != nil {
		return err
	}
	old.stop()
	if err := again.ready(ctx); err != nil {
		return err
	}
	return w.advance(ctx, "the newer version alone", again, rollAhead)
}

const dueTasks = `SELECT count(*) FROM outbox_tasks
	WHERE state = 'running' OR state = 'waiting' AND due_at <= $1`

// advance moves the clock and waits until every due task is done.
func (w *roll) advance(ctx context.Context, who string, at *instance, by time.Duration) error {
	const finished = `SELECT count(*) FROM outbox_tasks WHERE finished_at IS NOT NULL`
	was, err := w.h.count(ctx, finished)
	if err != nil {
		return err
	}
	if err := w.c.setClock(ctx, map[string]string{"advance": by.String()}, at); err != nil {
		return err
	}
	var now struct {
		Now time.Time `json:"now"`
	}
	if err := w.c.get(ctx, at.base+"/dev/clock").read(&now); err != nil {
		return err
	}
	left := -1
	for took := stopwatch(); left != 0 && took() < time.Minute; {
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return err
		}
		if left, err = w.h.count(ctx, dueTasks, now.Now); err != nil {
			return err
		}
	}
	is, err := w.h.count(ctx, finished)
	if err != nil {
		return err
	}
	var parked []struct {
		Kind  string `db:"kind"`
		Error string `db:"last_error"`
	}
	err = w.h.owner.Select(ctx, &parked, `SELECT kind, last_error FROM outbox_tasks WHERE state = 'parked'`)
	w.say("%s, %s later: %d tasks done, %d left, %d parked", who, by, is-was, left, len(parked))
	w.want(is > was && left == 0, "no task ran, or due tasks are left")
	for _, p := range parked {
		w.miss("a task of kind %s is parked: %s", p.Kind, p.Error)
	}
	return err
}

// judge counts overlaps in Postgres and runs wattle check of the newer version, audit chain included.
func (w *roll) judge(ctx context.Context) error {
	pairs, err := w.h.overlaps(ctx)
	if err != nil {
		return err
	}
	clients, err := w.h.clientOverlaps(ctx)
	if err != nil {
		return err
	}
	chain, err := w.h.count(ctx, `SELECT count(*) FROM audit_chain`)
	if err != nil {
		return err
	}
	w.want(len(pairs)+clients == 0, "%d overlaps of practices, %d of clients", len(pairs), clients)
	w.want(chain > 0, "the audit chain is empty")
	out, err := w.later.check()
	if err != nil {
		w.miss("wattle check: %v\n%s", err, out)
		return nil
	}
	w.say("wattle check of the newer version is clean; %d entries in the audit chain, 0 overlaps", chain)
	return nil
}

// rollWorker is one client during the deployment.
type rollWorker struct {
	*stormClient
	w    *roll
	i, n int
}

func (w *roll) worker(i int) *rollWorker {
	s := &stormClient{stormRun: &stormRun{trial: w.trial, c: w.c}, r: w.random(uint64(500 + i))}
	return &rollWorker{stormClient: s, w: w, i: i}
}

// either is the address of a random running version.
func (k *rollWorker) either() string {
	k.w.mu.Lock()
	defer k.w.mu.Unlock()
	return k.w.at[k.r.IntN(len(k.w.at))].base
}

// work books, confirms, moves and cancels at random until ctx ends. It finishes what it started.
func (k *rollWorker) work(ctx context.Context) {
	uncancelled := context.WithoutCancel(ctx)
	for ctx.Err() == nil {
		switch n := k.r.IntN(10); {
		case len(k.open) > 2 || n < 3 && len(k.open) > 0:
			k.confirm(uncancelled)
		case n < 5 && len(k.confirmed) > 0:
			k.move(uncancelled)
		case len(k.confirmed) > 12 || n == 5 && len(k.confirmed) > 0:
			k.cancel(uncancelled)
		default:
			k.book(uncancelled)
		}
	}
}

// note counts an answer and misses every status that is not allowed.
func (k *rollWorker) note(verb string, a answer, allowed ...int) {
	k.w.done.add(fmt.Sprintf("%s %d", verb, a.status))
	if a.err != nil || !slices.Contains(allowed, a.status) {
		k.w.miss("%s: %s", verb, a)
	}
}

func (k *rollWorker) any() bookableTime { return k.w.calendar[k.r.IntN(len(k.w.calendar))] }

func (k *rollWorker) book(ctx context.Context) {
	k.n++
	at := k.any()
	r := want(at.slug, at.slot, fmt.Sprintf("roll-%d-%d@example.org", k.i, k.n))
	r.Mode = "video"
	a, h := k.w.c.book(ctx, k.either(), r)
	k.note("book", a, http.StatusCreated, http.StatusConflict)
	if a.err == nil && a.status == http.StatusCreated {
		k.open = append(k.open, h)
	}
}

func (k *rollWorker) confirm(ctx context.Context) { k.confirmAt(ctx, k.either()) }

// confirmAt confirms the oldest hold with the code from its mail.
func (k *rollWorker) confirmAt(ctx context.Context, base string) {
	h := k.open[0]
	k.open = k.open[1:]
	code := k.w.codes.wait(ctx, h.ID, answerWithin)
	if code == "" {
		k.w.miss("no mail with the code of a hold")
		return
	}
	a := k.w.c.change(ctx, base, h, "confirm", map[string]string{"code": code})
	k.note("confirm", a, http.StatusOK)
	if a.status == http.StatusOK {
		k.confirmed = append(k.confirmed, moveable{held: h})
	}
}

// move reschedules a booking to a random time, which may lie outside the practice's hours (422).
func (k *rollWorker) move(ctx context.Context) {
	b := k.confirmed[k.r.IntN(len(k.confirmed))]
	a := k.w.c.change(ctx, k.either(), b.held, "reschedule", map[string]any{"starts_at": k.any().slot.Starts})
	k.note("reschedule", a, http.StatusOK, http.StatusConflict, http.StatusUnprocessableEntity)
}

func (k *rollWorker) cancel(ctx context.Context) {
	i := k.r.IntN(len(k.confirmed))
	k.note("cancel", k.w.c.change(ctx, k.either(), k.confirmed[i].held, "cancel", nil), http.StatusOK)
	k.confirmed = slices.Delete(k.confirmed, i, i+1)
}
