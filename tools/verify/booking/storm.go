package booking

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync/atomic"
	"time"

	"wattle/internal/clock"
	"wattle/tools/verify/rig"
)

const (
	stormClients = 32
	stormWork    = 20_000
	stormDays    = 3 // ahead: few days, so that clients get in each other's way
)

// Storm lets 32 clients book, confirm, move and cancel at random over two instances; then Postgres
// is asked whether any two bookings share a moment.
func Storm(ctx context.Context, t *rig.Trial) error {
	h, err := rig.NewDeployment(t)
	if err != nil {
		return err
	}
	a, err := h.Start(ctx, "A")
	if err != nil {
		return err
	}
	c := rig.NewCaller(stormClients)
	offices, err := h.PrepareStorm(ctx, c, a)
	if err != nil {
		return err
	}
	b, err := h.Start(ctx, "B")
	if err != nil {
		return err
	}
	w := &StormRun{Trial: t, C: c, offices: offices, at: []string{a.Base, b.Base}}
	reading, stop := context.WithCancel(ctx)
	defer stop()
	go w.codes.Follow(reading, h)
	took, total := clock.Stopwatch(), t.Times(stormWork)
	rig.Together(stormClients, func(i int) { w.client(ctx, i, total) })
	if err := ctx.Err(); err != nil {
		return err
	}
	t.Say("%d operations by %d clients in %.0f s: %s", total, stormClients, took().Seconds(), &w.lasted)
	t.Say("%s", &w.done)
	for _, verb := range []string{"book 201", "confirm 200", "reschedule 200", "cancel 200", "book 409", "reschedule 409"} {
		t.Want(w.done.Get(verb) >= total/500, "hardly any %q: the storm shows nothing", verb)
	}
	return judgeStorm(ctx, t, h)
}

// StormRun is a storm under way.
type StormRun struct {
	*rig.Trial
	C       *rig.Caller
	offices []rig.Practice
	at      []string
	codes   rig.Codes
	begun   atomic.Int64
	done    rig.Tally
	lasted  rig.Durations
}

// StormClient is one client in the storm with the bookings it believes to have.
type StormClient struct {
	*StormRun
	R         *rand.Rand
	email     string
	Open      []rig.Held // placed, not confirmed
	Confirmed []ConfirmedBooking
}

// ConfirmedBooking is a booking that can be moved.
type ConfirmedBooking struct {
	rig.Held
	office int
}

func (w *StormRun) client(ctx context.Context, i, total int) {
	s := &StormClient{StormRun: w, R: w.Random(uint64(i)), email: fmt.Sprintf("storm%02d@example.org", i)}
	for w.begun.Add(1) <= int64(total) && ctx.Err() == nil {
		switch n := s.R.IntN(100); {
		case len(s.Open) > 6 || n < 15 && len(s.Open) > 0:
			s.confirm(ctx)
		case n < 40 && len(s.Confirmed) > 0:
			s.reschedule(ctx)
		case len(s.Confirmed) > 10 || n < 55 && len(s.Confirmed) > 0:
			s.cancel(ctx)
		case n < 60 && len(s.Open) > 0:
			s.giveUp(ctx)
		default:
			s.book(ctx)
		}
	}
}

// base is either instance.
func (s *StormClient) base() string { return s.at[s.R.IntN(len(s.at))] }

// start is a random time on the practices' grid within the hours of the next days.
func (s *StormClient) start(o *rig.Practice) time.Time {
	y, m, d := o.Midnight.Date()
	minute := rig.OpenHour*60 + 5*s.R.IntN((rig.CloseHour-rig.OpenHour)*12)
	return time.Date(y, m, d+1+s.R.IntN(stormDays), 0, minute, 0, 0, o.Midnight.Location())
}

// note counts an answer and misses what must never come.
func (s *StormClient) note(verb string, a rig.Answer, allowed ...int) {
	s.lasted.Add(a.Took)
	if a.Err != nil {
		s.done.Add(verb + " failed")
		s.Miss("%s: %v", verb, a.Err)
		return
	}
	s.done.Add(fmt.Sprintf("%s %d", verb, a.Status))
	for _, status := range allowed {
		if a.Status == status {
			return
		}
	}
	s.Miss("%s answered %s", verb, a)
}

func (s *StormClient) book(ctx context.Context) {
	n := s.R.IntN(len(s.offices))
	o := &s.offices[n]
	mode := o.Modes[s.R.IntN(len(o.Modes))]
	r := rig.Request{Therapist: o.Slug, Service: rig.StormCalls[s.R.IntN(len(rig.StormCalls))].Slug, Mode: mode, Starts: s.start(o),
		Client: rig.Client{Name: "Verity Example", Email: s.email, Phone: "0491 570 006"}}
	a, h := s.C.Book(ctx, s.base(), r)
	s.note("book", a, http.StatusCreated, http.StatusConflict, http.StatusUnprocessableEntity)
	if a.Err == nil && a.Status == http.StatusCreated {
		s.Open = append(s.Open, h)
	}
}

// confirm proves a booking with the code of its mail, which may take a moment to come.
func (s *StormClient) confirm(ctx context.Context) {
	h := s.Open[0]
	s.Open = s.Open[1:]
	code := s.codes.Wait(ctx, h.ID, 10*time.Second)
	if code == "" {
		s.done.Add("no code")
		return
	}
	a := s.C.Change(ctx, s.base(), h, "confirm", map[string]string{"code": code})
	s.note("confirm", a, http.StatusOK, http.StatusConflict)
	if a.Err != nil || a.Status != http.StatusOK {
		return
	}
	var got struct {
		Therapist string `json:"therapist"`
	}
	if err := a.Read(&got); err != nil {
		s.Miss("confirm: %v", err)
	}
	for i := range s.offices {
		if s.offices[i].Slug == got.Therapist {
			s.Confirmed = append(s.Confirmed, ConfirmedBooking{h, i})
		}
	}
}

func (s *StormClient) reschedule(ctx context.Context) {
	b := s.Confirmed[s.R.IntN(len(s.Confirmed))]
	a := s.C.Change(ctx, s.base(), b.Held, "reschedule", map[string]any{"starts_at": s.start(&s.offices[b.office])})
	s.note("reschedule", a, http.StatusOK, http.StatusConflict, http.StatusUnprocessableEntity)
}

func (s *StormClient) cancel(ctx context.Context) {
	i := s.R.IntN(len(s.Confirmed))
	a := s.C.Change(ctx, s.base(), s.Confirmed[i].Held, "cancel", nil)
	s.note("cancel", a, http.StatusOK)
	s.Confirmed = append(s.Confirmed[:i], s.Confirmed[i+1:]...)
}

// giveUp cancels a hold.
func (s *StormClient) giveUp(ctx context.Context) {
	s.note("give up", s.C.Change(ctx, s.base(), s.Open[0], "cancel", nil), http.StatusOK)
	s.Open = s.Open[1:]
}

// judgeStorm asks Postgres, then wattle check.
func judgeStorm(ctx context.Context, t *rig.Trial, h *rig.Deployment) error {
	pairs, err := h.Overlaps(ctx)
	if err != nil {
		return err
	}
	clients, err := h.ClientOverlaps(ctx)
	if err != nil {
		return err
	}
	live, err := h.Count(ctx, `SELECT count(*) FROM bookings WHERE status IN ('held', 'confirmed') AND client_email LIKE 'storm%'`)
	if err != nil {
		return err
	}
	t.Say("live bookings at the end: %d; overlaps of practices: %d, of clients: %d", live, len(pairs), clients)
	t.Want(len(pairs) == 0, "%d overlaps of practices", len(pairs))
	t.Want(clients == 0, "%d overlaps of clients", clients)
	if err := h.Settled(ctx, t, time.Minute); err != nil {
		return err
	}
	if out, err := h.Check(); err != nil {
		t.Miss("wattle check: %v\n%s", err, out)
	} else {
		t.Say("wattle check: clean")
	}
	return nil
}
