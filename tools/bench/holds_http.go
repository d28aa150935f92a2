package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// postFor is the holds a second of 64 clients through HTTP: POST /api/v1/bookings with an
// Idempotency-Key, each over one connection. The clients write and read their few bytes themselves
// and share the machine with the server, as pgbench does. The tasks of a hold are added and not run,
// on either side.
func postFor(period time.Duration, addr string, next *atomic.Int64) (float64, error) {
	var callers [clients]*client
	for i := range callers {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			return 0, err
		}
		defer conn.Close()
		callers[i] = &client{conn, bufio.NewReader(conn)}
	}
	return rateOf(clients, period, func(i int) error {
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

// book holds a slot; any status but 201 is an error.
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
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusCreated {
		err = fmt.Errorf("status %d: %s", answer.StatusCode, text)
	}
	return err
}
