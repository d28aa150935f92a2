package booking

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"wattle/tools/verify/rig"
)

const (
	stopWorkers = 16
	stopPace    = 80 * time.Millisecond // of each worker: 200 requests a second in all
	stopWithin  = 15 * time.Second
)

// atTheDoor counts requests whose fresh connection still waited in the kernel's queue, unread, when
// the listener closed: a starved machine has more of them. A server alone cannot spare a client that
// ignores /readyz this; such a request was not begun, and of the holds the database proves it.
const atTheDoor = "closed at the door"

// gracefulStops starts an instance beside A, loads it, and tells it to stop, again and again.
func gracefulStops(ctx context.Context, t *rig.Trial, h *rig.Deployment, c *rig.Caller, offices []rig.Practice, a *rig.Instance) error {
	var lasted rig.Durations
	var done rig.Tally
	total := 0
	for n := range t.Times(stops) {
		i, err := h.Start(ctx, fmt.Sprintf("C%d", n))
		if err != nil {
			return err
		}
		l := &load{Trial: t, at: i, offices: offices, done: &done, round: n}
		loading, enough := context.WithCancel(ctx)
		var wg sync.WaitGroup
		for w := range stopWorkers {
			wg.Go(func() { l.work(loading, w) })
		}
		code, took, err := l.stop(ctx)
		enough()
		wg.Wait()
		if err != nil {
			return err
		}
		lasted.Add(took)
		total += l.sent
		t.Want(code == 0, "it ended with exit code %d:\n%s", code, i.Log.Tail())
		if err := l.judge(ctx, h); err != nil {
			return err
		}
	}
	t.Say("SIGTERM under load, %d times, %d requests: it ended after: %s", t.Times(stops), total, &lasted)
	t.Say("%s", &done)
	t.Want(lasted.At(1) < stopWithin, "it took %s to end", lasted.At(1))
	t.Want(done.Get("in flight and answered") == inFlight*t.Times(stops), "not every request in flight was answered")
	return nil
}

// load is requests at a steady pace to one instance that is about to stop.
type load struct {
	*rig.Trial
	at      *rig.Instance
	offices []rig.Practice
	done    *rig.Tally
	round   int

	mu         sync.Mutex
	sent       int
	unanswered []string // addresses of holds whose connection was closed without a byte
}

// stop tells the instance to stop while it has requests in flight.
func (l *load) stop(ctx context.Context) (code int, took time.Duration, err error) {
	if err := rig.Pause(ctx, time.Second); err != nil {
		return 0, 0, err
	}
	list, err := l.begin(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { l.complete(ctx, list) })
	code, took = l.at.Stop()
	wg.Wait()
	return code, took, err
}

// work sends a request every 80 ms over a connection of its own, as a proxy does, until nobody
// listens any more. Nothing is ever sent twice.
func (l *load) work(ctx context.Context, worker int) {
	w := rig.NewWire(l.at.Base)
	defer w.Close()
	tick := time.NewTicker(stopPace)
	defer tick.Stop()
	c := &StormClient{StormRun: &StormRun{Trial: l.Trial, offices: l.offices}, R: l.Random(uint64(5000 + 100*l.round + worker))}
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		method, raw, email := l.request(c, worker, n)
		a := w.Send(method, raw)
		if errors.Is(a.Err, rig.ErrRefused) {
			l.done.Add("refused after the end")
			return
		}
		l.note(a, email)
	}
}

func (l *load) note(a rig.Answer, email string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent++
	switch {
	case a.Err == nil && (a.Status < 500 || a.Status == http.StatusServiceUnavailable):
		l.done.Add(fmt.Sprintf("%dxx", a.Status/100))
	case a.Err == nil:
		l.done.Add("5xx")
		l.Miss("while stopping: %s", a)
	case errors.Is(a.Err, rig.ErrClosed) && email != "":
		l.unanswered = append(l.unanswered, email)
	case errors.Is(a.Err, rig.ErrClosed):
		l.done.Add(atTheDoor)
	default:
		l.done.Add("cut off")
		l.Miss("a request in flight was dropped: %v", a.Err)
	}
}

// judge looks whether a hold that got no answer was begun all the same.
func (l *load) judge(ctx context.Context, h *rig.Deployment) error {
	for _, email := range l.unanswered {
		n, err := h.Count(ctx, `SELECT count(*) FROM bookings WHERE client_email = $1`, email)
		if err != nil {
			return err
		}
		if n == 0 {
			l.done.Add(atTheDoor)
			continue
		}
		l.done.Add("unanswered but accepted")
		l.Miss("a hold was placed and never answered: %s", email)
	}
	return nil
}

// request is a read, or for one in three a hold; email is the hold's.
func (l *load) request(c *StormClient, worker, n int) (method string, raw []byte, email string) {
	o := &l.offices[c.R.IntN(len(l.offices))]
	if n%3 == 0 {
		email = fmt.Sprintf("stop-%d-%d-%d@example.org", l.round, worker, n)
		body, _ := json.Marshal(rig.Want(o.Slug, rig.Slot{Starts: c.start(o), Modes: []string{"video"}}, email)) //nolint:errcheck // plain values
		return http.MethodPost, fmt.Appendf(nil, "POST /api/v1/bookings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body), email
	}
	paths := []string{"/therapists/nsw", "/api/v1/therapists?state=vic&per_page=20", "/therapist/" + o.Slug, "/api/v1/therapists/" + o.Slug + "/slots?days=7"}
	return http.MethodGet, fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", paths[c.R.IntN(len(paths))]), ""
}
