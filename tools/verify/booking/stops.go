package booking

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"wattle/tools/rig"
)

const (
	stops       = 20
	stopWorkers = 16
	stopPace    = 80 * time.Millisecond // of each worker: 200 requests a second in all
	stopWithin  = 15 * time.Second
	inFlight    = 16
)

// atTheDoor counts requests whose new connection was still in the kernel's queue, unread, when the
// listener closed. A server alone cannot spare clients this that ignore /readyz. The request was not
// begun; of holds, the database proves it.
const atTheDoor = "closed at the door"

// load is requests at a steady pace to one instance that is about to stop.
type load struct {
	*rig.Trial
	at      *rig.Instance
	offices []rig.Practice
	round   int
	done    *rig.Tally

	mu         sync.Mutex
	sent       int
	unanswered []string // addresses of holds whose connection was closed without a byte
}

// gracefulStops starts an instance, loads it, and tells it to stop, again and again.
func gracefulStops(t *rig.Trial, h *rig.Deployment, offices []rig.Practice) {
	var lasted rig.Durations
	var done rig.Tally
	total := 0
	for n := range t.Times(stops) {
		l := &load{Trial: t, at: h.Start(fmt.Sprintf("C%d", n)), offices: offices, done: &done, round: n}
		stop := rig.Background(t.Ctx, func(ctx context.Context) { rig.Together(stopWorkers, func(w int) { l.work(ctx, w) }) })
		t.Pause(time.Second)
		complete := l.begin()
		var wg sync.WaitGroup
		wg.Go(complete)
		code, took := l.at.Stop()
		wg.Wait()
		stop()
		lasted.Add(took)
		total += l.sent
		t.Want(code == 0, "it ended with exit code %d:\n%s", code, l.at.Tail())
		for _, email := range l.unanswered {
			done.Add(atTheDoor)
			placed := h.Count(`SELECT count(*) FROM bookings WHERE client_email = $1`, email)
			t.Want(placed == 0, "a hold was placed and never answered: %s", email)
		}
	}
	t.Say("SIGTERM under load, %d times, %d requests: it ended after: %s", t.Times(stops), total, &lasted)
	t.Say("%s", &done)
	t.Want(lasted.At(1) < stopWithin, "it took %s to end", lasted.At(1))
	t.Want(done.Get("in flight and answered") == inFlight*t.Times(stops), "not every request in flight was answered")
}

// begin opens holds whose headers the instance has read (it answers 100 Continue). complete sends their
// bodies between a tenth of a second and a second after the signal, and expects whole answers.
func (l *load) begin() (complete func()) {
	r := l.Random(uint64(9000 + l.round))
	wires, bodies := make([]*rig.Wire, inFlight), make([][]byte, inFlight)
	for n := range inFlight {
		want := l.offices[n%len(l.offices)].Call(r, fmt.Sprintf("flight-%d-%d@example.org", l.round, n))
		head, body := hold(want, "Expect: 100-continue\r\n")
		wires[n], bodies[n] = rig.NewWire(l.at.Base), body
		if a := wires[n].Send(http.MethodPost, head); a.Status != http.StatusContinue {
			l.Miss("asked to continue, the instance answered %s", a)
		}
	}
	return func() {
		rig.Together(inFlight, func(n int) {
			defer wires[n].Close()
			l.Pause(time.Duration(n+2) * 60 * time.Millisecond)
			if a := wires[n].Send(http.MethodPost, bodies[n]); a.Err != nil || a.Status >= 500 {
				l.Miss("a request in flight got no whole answer: %s", a)
				return
			}
			l.done.Add("in flight and answered")
		})
	}
}

// hold is the head and the body of a hold.
func hold(r rig.Request, headers string) (head, body []byte) {
	body, _ = json.Marshal(r) //nolint:errcheck // plain values
	return fmt.Appendf(nil, "POST /api/v1/bookings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"+
		"Content-Length: %d\r\n%s\r\n", len(body), headers), body
}

// work sends a request every 80 ms over one connection, as a proxy does, until the instance refuses
// connections. Nothing is sent twice.
func (l *load) work(ctx context.Context, worker int) {
	w := rig.NewWire(l.at.Base)
	defer w.Close()
	tick := time.NewTicker(stopPace)
	defer tick.Stop()
	r := l.Random(uint64(5000 + 100*l.round + worker))
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		email := ""
		if n%3 == 0 {
			email = fmt.Sprintf("stop-%d-%d-%d@example.org", l.round, worker, n)
		}
		method, raw := l.request(r, email)
		a := w.Send(method, raw)
		if errors.Is(a.Err, rig.ErrRefused) {
			l.done.Add("refused after the end")
			return
		}
		l.note(a, email)
	}
}

// request is a hold where an address is given, otherwise a read.
func (l *load) request(r *rand.Rand, email string) (method string, raw []byte) {
	o := &l.offices[r.IntN(len(l.offices))]
	if email != "" {
		head, body := hold(o.Call(r, email), "")
		return http.MethodPost, append(head, body...)
	}
	paths := []string{"/therapists/nsw", "/api/v1/therapists?state=vic&per_page=20", "/therapist/" + o.Slug,
		"/api/v1/therapists/" + o.Slug + "/slots?days=7"}
	return http.MethodGet, fmt.Appendf(nil, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", paths[r.IntN(len(paths))])
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
