package bookingbench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// open serves the lab's bookings on the loopback.
func (l *lab) open(ctx context.Context, site Site) (addr net.Addr, end func() error, err error) {
	srv, err := site(l.Service)
	if err != nil {
		return nil, nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	go srv.Serve(listener) //nolint:errcheck // it ends with Close
	return listener.Addr(), srv.Close, nil
}

// postFor counts the holds a second of 64 clients who ask without a pause through HTTP: POST
// /api/v1/bookings with an Idempotency-Key, over a connection that each keeps. The clients write and
// read their few bytes themselves, as pgbench does, and share the machine with the server, as
// pgbench does too. Tasks that follow from a hold are added but not run, on either side.
func (l *lab) postFor(period time.Duration, addr net.Addr, next *atomic.Int64) (float64, error) {
	var callers [clients]*client
	for i := range callers {
		conn, err := net.Dial("tcp", addr.String())
		if err != nil {
			return 0, err
		}
		defer conn.Close()
		callers[i] = &client{conn, bufio.NewReader(conn)}
	}
	return l.holdFor(clients, period, func(i int) error {
		n, practice, start, err := nextSlot(next)
		if err != nil {
			return err
		}
		return callers[i].book(n, practice, start)
	})
}

// client is one caller's connection.
type client struct {
	conn net.Conn
	in   *bufio.Reader
}

// book asks for a slot; any answer but 201 is an error.
func (c *client) book(n, practice int, start time.Time) error {
	r := request(practice, n, start)
	body := fmt.Sprintf(`{"therapist":"practice-%d","service":"free-consultation","mode":"video","starts_at":%q,"client":{"name":%q,"email":%q,"timezone":%q},"note":%q}`,
		practice, start.Format(time.RFC3339), r.Name, r.Email, r.Zone, r.Note)
	_, err := fmt.Fprintf(c.conn, "POST /api/v1/bookings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nIdempotency-Key: key-%d\r\nContent-Length: %d\r\n\r\n%s", n, len(body), body)
	if err != nil {
		return err
	}
	answer, err := http.ReadResponse(c.in, nil)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	told, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusCreated {
		err = fmt.Errorf("status %d: %s", answer.StatusCode, told)
	}
	return err
}
