package upgrade

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"wattle/internal/clock"
	"wattle/tools/verify/booking"
	"wattle/tools/verify/rig"
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
	*rig.Trial
	c        *rig.Caller
	h        *rig.Deployment // runs the older version
	later    *rig.Deployment // the same data, runs the newer version
	codes    rig.Codes
	calendar []bookableTime
	done     rig.Tally

	mu sync.Mutex
	at []*rig.Instance
}

// bookableTime is a time on offer.
type bookableTime struct {
	slug string
	slot rig.Slot
}

// rolling deploys the newer version on a database that the older version made and still serves. Both
// book on the same calendars, then each works alone through tasks that the other created.
func rolling(ctx context.Context, t, before *rig.Trial) error {
	h, err := rig.NewDeployment(before)
	if err != nil {
		return err
	}
	old, err := h.Start(ctx, "before")
	if err != nil {
		return err
	}
	w := &roll{Trial: t, c: rig.NewCaller(2 * rollWorkers), h: h, at: []*rig.Instance{old},
		later: &rig.Deployment{T: t, Dir: h.Dir, More: h.More, App: h.App, Owner: h.Owner}}
	reading, stop := context.WithCancel(ctx)
	defer stop()
	go w.codes.Follow(reading, h)
	if err := w.readCalendar(ctx); err != nil {
		return err
	}
	defer w.printErrors(old)
	mine := w.worker(0)
	for len(mine.Open)+len(mine.Confirmed) < t.Times(rollBooked) && ctx.Err() == nil {
		if mine.book(ctx); mine.R.IntN(2) == 0 && len(mine.Open) > 0 {
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
func (w *roll) printErrors(at *rig.Instance) {
	seen := map[string]bool{}
	for line := range strings.Lines(at.Log.String()) {
		_, what, failed := strings.Cut(line, "level=ERROR ")
		what, _, _ = strings.Cut(what, " request_id=")
		if failed && !seen[what] && len(seen) < shownErrors {
			seen[what] = true
			w.Say("%s logged: %.400s", at.Name, strings.TrimSpace(what))
		}
	}
}

// readCalendar collects the video times of a few people.
func (w *roll) readCalendar(ctx context.Context) error {
	list, err := w.c.Bookable(ctx, w.at[0].Base)
	if err != nil {
		return err
	}
	for people := 0; people < rollPeople && len(list) > 0; list = list[1:] {
		cal, err := w.c.Slots(ctx, w.at[0].Base, list[0].Slug, "days=28")
		if err != nil {
			return err
		}
		n := len(w.calendar)
		for _, s := range cal.All() {
			if slices.Contains(s.Modes, "video") {
				w.calendar = append(w.calendar, bookableTime{list[0].Slug, s})
			}
		}
		if len(w.calendar) > n {
			people++
		}
	}
	if len(w.calendar) == 0 {
		return rig.ErrEmpty
	}
	return nil
}

// deploy starts the newer version while the older one is under load, then loads both.
func (w *roll) deploy(ctx context.Context) (fresh *rig.Instance, err error) {
	loaded, stop := context.WithCancel(ctx)
	defer stop()
	var workers sync.WaitGroup
	for i := range rollWorkers {
		workers.Go(func() { w.worker(i + 1).work(loaded) })
	}
	took := clock.Stopwatch()
	if fresh, err = w.later.Start(ctx, "after"); err != nil {
		return nil, err
	}
	up := took()
	w.mu.Lock()
	w.at = append(w.at, fresh)
	w.mu.Unlock()
	err = rig.Pause(ctx, rollTime)
	stop()
	workers.Wait()
	w.Say("the newer version was ready after %.1f s under load, migrations included", up.Seconds())
	w.Say("both then served for %s: %s", rollTime, &w.done)
	for _, verb := range []string{"book 201", "confirm 200", "reschedule 200", "cancel 200"} {
		w.Want(w.done.Get(verb) >= 10, "too few %q for the run to prove anything", verb)
	}
	return fresh, err
}

// sameBookings compares how both versions show the bookings made before the migration.
func (w *roll) sameBookings(ctx context.Context, mine *rollWorker, old, fresh *rig.Instance) error {
	held, all := len(mine.Open), slices.Clone(mine.Open)
	for _, m := range mine.Confirmed {
		all = append(all, m.Held)
	}
	for n, b := range all {
		var answers [2]rig.Answer
		for i, at := range []*rig.Instance{old, fresh} {
			address := at.Base + "/api/v1/bookings/" + b.ID
			answers[i] = w.c.Do(ctx, http.MethodGet, address, nil, "Authorization", "Bearer "+b.Token)
		}
		read := answers[0].Err == nil && answers[0].Status == http.StatusOK
		if !read || len(differences(printed(answers[0], nil), printed(answers[1], nil))) > 0 {
			w.Miss("booking %d, made before the migration: %s, then %s", n, answers[0], answers[1])
		}
	}
	for len(mine.Open) > 0 && ctx.Err() == nil {
		mine.confirmAt(ctx, fresh.Base)
	}
	w.Say("%d bookings made before the migration read the same in both versions", len(all))
	w.Say("%d holds among them were confirmed by the newer version", held)
	return ctx.Err()
}

// handTasksOver runs each version alone, first the older, then the newer, and advances the clock so
// that tasks created by both fall due.
func (w *roll) handTasksOver(ctx context.Context, old, fresh *rig.Instance) error {
	fresh.Stop()
	if err := w.advance(ctx, "the older version alone", old, rollAhead); err != nil {
		return err
	}
	again, err := w.later.Start(ctx, "after2")
	if err != nil {
		return err
	}
	old.Stop()
	if err := again.Ready(ctx); err != nil {
		return err
	}
	return w.advance(ctx, "the newer version alone", again, rollAhead)
}

const dueTasks = `SELECT count(*) FROM outbox_tasks
	WHERE state = 'running' OR state = 'waiting' AND due_at <= $1`

// advance moves the clock and waits until every due task is done.
func (w *roll) advance(ctx context.Context, who string, at *rig.Instance, by time.Duration) error {
	const finished = `SELECT count(*) FROM outbox_tasks WHERE finished_at IS NOT NULL`
	was, err := w.h.Count(ctx, finished)
	if err != nil {
		return err
	}
	if err := w.c.SetClock(ctx, map[string]string{"advance": by.String()}, at); err != nil {
		return err
	}
	var now struct {
		Now time.Time `json:"now"`
	}
	if err := w.c.Get(ctx, at.Base+"/dev/clock").Read(&now); err != nil {
		return err
	}
	left := -1
	for took := booking.Stopwatch(); left != 0 && took() < time.Minute; {
		if err := rig.Pause(ctx, 200*time.Millisecond); err != nil {
			return err
		}
		if left, err = w.h.Count(ctx, dueTasks, now.Now); err != nil {
			return err
		}
	}
	is, err := w.h.Count(ctx, finished)
	if err != nil {
		return err
	}
	var parked []struct {
		Kind  string `db:"kind"`
		Error string `db:"last_error"`
	}
	err = w.h.Owner.Select(ctx, &parked, `SELECT kind, last_error FROM outbox_tasks WHERE state = 'parked'`)
	w.Say("%s, %s later: %d tasks done, %d left, %d parked", who, by, is-was, left, len(parked))
	w.Want(is > was && left == 0, "no task ran, or due tasks are left")
	for _, p := range parked {
		w.Miss("a task of kind %s is parked: %s", p.Kind, p.Error)
	}
	return err
}

// judge counts overlaps in Postgres and runs wattle check of the newer version, audit chain included.
func (w *roll) judge(ctx context.Context) error {
	pairs, err := w.h.Overlaps(ctx)
	if err != nil {
		return err
	}
	clients, err := w.h.ClientOverlaps(ctx)
	if err != nil {
		return err
	}
	chain, err := w.h.Count(ctx, `SELECT count(*) FROM audit_chain`)
	if err != nil {
		return err
	}
	w.Want(len(pairs)+clients == 0, "%d overlaps of practices, %d of clients", len(pairs), clients)
	w.Want(chain > 0, "the audit chain is empty")
	out, err := w.later.Check()
	if err != nil {
		w.Miss("wattle check: %v\n%s", err, out)
		return nil
	}
	w.Say("wattle check of the newer version is clean; %d entries in the audit chain, 0 overlaps", chain)
	return nil
}

// rollWorker is one client during the deployment.
type rollWorker struct {
	*booking.StormClient
	w    *roll
	i, n int
}

func (w *roll) worker(i int) *rollWorker {
	s := &booking.StormClient{StormRun: &booking.StormRun{Trial: w.Trial, C: w.c}, R: w.Random(uint64(500 + i))}
	return &rollWorker{StormClient: s, w: w, i: i}
}

// either is the address of a random running version.
func (k *rollWorker) either() string {
	k.w.mu.Lock()
	defer k.w.mu.Unlock()
	return k.w.at[k.R.IntN(len(k.w.at))].Base
}

// work books, confirms, moves and cancels at random until ctx ends. It finishes what it started.
func (k *rollWorker) work(ctx context.Context) {
	uncancelled := context.WithoutCancel(ctx)
	for ctx.Err() == nil {
		switch n := k.R.IntN(10); {
		case len(k.Open) > 2 || n < 3 && len(k.Open) > 0:
			k.confirm(uncancelled)
		case n < 5 && len(k.Confirmed) > 0:
			k.move(uncancelled)
		case len(k.Confirmed) > 12 || n == 5 && len(k.Confirmed) > 0:
			k.cancel(uncancelled)
		default:
			k.book(uncancelled)
		}
	}
}

// note counts an answer and misses every status that is not allowed.
func (k *rollWorker) note(verb string, a rig.Answer, allowed ...int) {
	k.w.done.Add(fmt.Sprintf("%s %d", verb, a.Status))
	if a.Err != nil || !slices.Contains(allowed, a.Status) {
		k.w.Miss("%s: %s", verb, a)
	}
}

func (k *rollWorker) any() bookableTime { return k.w.calendar[k.R.IntN(len(k.w.calendar))] }

func (k *rollWorker) book(ctx context.Context) {
	k.n++
	at := k.any()
	r := rig.Want(at.slug, at.slot, fmt.Sprintf("roll-%d-%d@example.org", k.i, k.n))
	r.Mode = "video"
	a, h := k.w.c.Book(ctx, k.either(), r)
	k.note("book", a, http.StatusCreated, http.StatusConflict)
	if a.Err == nil && a.Status == http.StatusCreated {
		k.Open = append(k.Open, h)
	}
}

func (k *rollWorker) confirm(ctx context.Context) { k.confirmAt(ctx, k.either()) }

// confirmAt confirms the oldest hold with the code from its mail.
func (k *rollWorker) confirmAt(ctx context.Context, base string) {
	h := k.Open[0]
	k.Open = k.Open[1:]
	code := k.w.codes.Wait(ctx, h.ID, answerWithin)
	if code == "" {
		k.w.Miss("no mail with the code of a hold")
		return
	}
	a := k.w.c.Change(ctx, base, h, "confirm", map[string]string{"code": code})
	k.note("confirm", a, http.StatusOK)
	if a.Status == http.StatusOK {
		k.Confirmed = append(k.Confirmed, booking.ConfirmedBooking{Held: h})
	}
}

// move reschedules a booking to a random time, which may lie outside the practice's hours (422).
func (k *rollWorker) move(ctx context.Context) {
	b := k.Confirmed[k.R.IntN(len(k.Confirmed))]
	a := k.w.c.Change(ctx, k.either(), b.Held, "reschedule", map[string]any{"starts_at": k.any().slot.Starts})
	k.note("reschedule", a, http.StatusOK, http.StatusConflict, http.StatusUnprocessableEntity)
}

func (k *rollWorker) cancel(ctx context.Context) {
	i := k.R.IntN(len(k.Confirmed))
	k.note("cancel", k.w.c.Change(ctx, k.either(), k.Confirmed[i].Held, "cancel", nil), http.StatusOK)
	k.Confirmed = slices.Delete(k.Confirmed, i, i+1)
}
