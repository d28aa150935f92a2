package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"time"

	"wattle/internal/clock"
)

const (
	stormClients = 32
	stormWork    = 20_000
	stormDays    = 3 // ahead: few days, so that clients get in each other's way
)

// storm lets 32 clients book, confirm, move and cancel at random over two instances; then Postgres
// is asked whether any two bookings share a moment.
func storm(ctx context.Context, t *trial) error {
	h, err := newHouse(t)
	if err != nil {
		return err
	}
	a, err := h.start(ctx, "A")
	if err != nil {
		return err
	}
	c := newCaller(stormClients)
	offices, err := h.prepareStorm(ctx, c, a)
	if err != nil {
		return err
	}
	b, err := h.start(ctx, "B")
	if err != nil {
		return err
	}
	w := &stormRun{trial: t, c: c, offices: offices, at: []string{a.base, b.base}}
	reading, stop := context.WithCancel(ctx)
	defer stop()
	go w.codes.follow(reading, h)
	took, total := clock.Stopwatch(), t.times(stormWork)
	together(stormClients, func(i int) { w.client(ctx, i, total) })
	if err := ctx.Err(); err != nil {
		return err
	}
	t.say("%d operations by %d clients in %.0f s: %s", total, stormClients, took().Seconds(), &w.lasted)
	t.say("%s", &w.done)
	for _, verb := range []string{"book 201", "confirm 200", "reschedule 200", "cancel 200", "book 409", "reschedule 409"} {
		t.want(w.done.get(verb) >= total/500, "hardly any %q: the storm shows nothing", verb)
	}
	return h.judgeStorm(ctx, t)
}

// stormRun is a storm under way.
type stormRun struct {
	*trial
	c       *caller
	offices []office
	at      []string
	codes   codes
	begun   atomic.Int64
	done    tally
	lasted  spans
}

// stormClient is one client in the storm with the bookings it believes to have.
type stormClient struct {
	*stormRun
	r         *rand.Rand
	email     string
	open      []held // placed, not confirmed
	confirmed []moveable
}

type moveable struct {
	held
	office int
}

func (w *stormRun) client(ctx context.Context, i, total int) {
	s := &stormClient{stormRun: w, r: w.random(uint64(i)), email: fmt.Sprintf("storm%02d@example.org", i)}
	for w.begun.Add(1) <= int64(total) && ctx.Err() == nil {
		switch n := s.r.IntN(100); {
		case len(s.open) > 6 || n < 15 && len(s.open) > 0:
			s.confirm(ctx)
		case n < 40 && len(s.confirmed) > 0:
			s.reschedule(ctx)
		case len(s.confirmed) > 10 || n < 55 && len(s.confirmed) > 0:
			s.cancel(ctx)
		case n < 60 && len(s.open) > 0:
			s.giveUp(ctx)
		default:
			s.book(ctx)
		}
	}
}

// base is either instance.
func (s *stormClient) base() string { return s.at[s.r.IntN(len(s.at))] }

// start is a random time on the practices' grid within the hours of the next days.
func (s *stormClient) start(o *office) time.Time {
	y, m, d := o.midnight.Date()
	minute := openHour*60 + 5*s.r.IntN((closeHour-openHour)*12)
	return time.Date(y, m, d+1+s.r.IntN(stormDays), 0, minute, 0, 0, o.midnight.Location())
}

// note counts an answer and misses what must never come.
func (s *stormClient) note(verb string, a answer, allowed ...int) {
	s.lasted.add(a.took)
	if a.err != nil {
		s.done.add(verb + " failed")
		s.miss("%s: %v", verb, a.err)
		return
	}
	s.done.add(fmt.Sprintf("%s %d", verb, a.status))
	for _, status := range allowed {
		if a.status == status {
			return
		}
	}
	s.miss("%s answered %s", verb, a)
}

func (s *stormClient) book(ctx context.Context) {
	n := s.r.IntN(len(s.offices))
	o := &s.offices[n]
	mode := o.modes[s.r.IntN(len(o.modes))]
	r := request{Therapist: o.Slug, Service: stormCalls[s.r.IntN(len(stormCalls))].slug, Mode: mode, Starts: s.start(o),
		Client: client{"Verity Example", s.email, "0491 570 006"}}
	a, h := s.c.book(ctx, s.base(), r)
	s.note("book", a, http.StatusCreated, http.StatusConflict, http.StatusUnprocessableEntity)
	if a.err == nil && a.status == http.StatusCreated {
		s.open = append(s.open, h)
	}
}

// confirm proves a booking with the code of its mail, which may take a moment to come.
func (s *stormClient) confirm(ctx context.Context) {
	h := s.open[0]
	s.open = s.open[1:]
	code := s.codes.wait(ctx, h.ID, 10*time.Second)
	if code == "" {
		s.done.add("no code")
		return
	}
	a := s.c.change(ctx, s.base(), h, "confirm", map[string]string{"code": code})
	s.note("confirm", a, http.StatusOK, http.StatusConflict)
	if a.err != nil || a.status != http.StatusOK {
		return
	}
	var got struct {
		Therapist string `json:"therapist"`
	}
	if err := a.read(&got); err != nil {
		s.miss("confirm: %v", err)
	}
	for i := range s.offices {
		if s.offices[i].Slug == got.Therapist {
			s.confirmed = append(s.confirmed, moveable{h, i})
		}
	}
}

func (s *stormClient) reschedule(ctx context.Context) {
	b := s.confirmed[s.r.IntN(len(s.confirmed))]
	a := s.c.change(ctx, s.base(), b.held, "reschedule", map[string]any{"starts_at": s.start(&s.offices[b.office])})
	s.note("reschedule", a, http.StatusOK, http.StatusConflict, http.StatusUnprocessableEntity)
}

func (s *stormClient) cancel(ctx context.Context) {
	i := s.r.IntN(len(s.confirmed))
	a := s.c.change(ctx, s.base(), s.confirmed[i].held, "cancel", nil)
	s.note("cancel", a, http.StatusOK)
	s.confirmed = append(s.confirmed[:i], s.confirmed[i+1:]...)
}

// giveUp cancels a hold.
func (s *stormClient) giveUp(ctx context.Context) {
	s.note("give up", s.c.change(ctx, s.base(), s.open[0], "cancel", nil), http.StatusOK)
	s.open = s.open[1:]
}

// judgeStorm asks Postgres, then wattle check.
func (h *house) judgeStorm(ctx context.Context, t *trial) error {
	pairs, err := h.overlaps(ctx)
	if err != nil {
		return err
	}
	clients, err := h.clientOverlaps(ctx)
	if err != nil {
		return err
	}
	live, err := h.count(ctx, `SELECT count(*) FROM bookings WHERE status IN ('held', 'confirmed') AND client_email LIKE 'storm%'`)
	if err != nil {
		return err
	}
	t.say("live bookings at the end: %d; overlaps of practices: %d, of clients: %d", live, len(pairs), clients)
	t.want(len(pairs) == 0, "%d overlaps of practices", len(pairs))
	t.want(clients == 0, "%d overlaps of clients", clients)
	if err := h.settled(ctx, t, time.Minute); err != nil {
		return err
	}
	if out, err := h.check(); err != nil {
		t.miss("wattle check: %v\n%s", err, out)
	} else {
		t.say("wattle check: clean")
	}
	return nil
}

// settled waits until no task is due, and misses parked ones and what takes too long.
func (h *house) settled(ctx context.Context, t *trial, limit time.Duration) error {
	const due = `SELECT count(*) FROM outbox_tasks WHERE state = 'running' OR state = 'waiting' AND due_at <= $1`
	took := clock.Stopwatch()
	for {
		left, err := h.count(ctx, due, clock.System{}.Now())
		if err != nil {
			return err
		}
		if left == 0 {
			break
		}
		if took() > limit {
			t.miss("%d tasks are still to be done after %s", left, limit)
			break
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
	parked, err := h.count(ctx, `SELECT count(*) FROM outbox_tasks WHERE state = 'parked'`)
	t.say("tasks all done after %.1f s; parked: %d", took().Seconds(), parked)
	t.want(parked == 0, "%d tasks failed for good", parked)
	return err
}
