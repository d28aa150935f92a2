package main

import (
	"fmt"
	"net/http"
	"time"

	"wattle/internal/booking"
	"wattle/tools/bench/lab"
)

const (
	connections  = 16 // of pgbench, and of our pool (pg.PoolSize)
	clients      = 64 // that share the pool
	holdPractice = 400
	slotsADay    = 22 // every 30 minutes within 08:00 to 13:30 and 14:30 to 20:00
	holdDays     = 59
	holdSeconds  = 4
	holdRounds   = 3
)

// holds is F10: whole holds a second over 16 connections, alternately with pgbench at 16 connections
// on the same server, called in the process and through HTTP. 64 clients share the pool. The rate of
// 16 clients, each of which waits for its answer, is printed for comparison.
func holds(l *lab.Lab) {
	p := newPractices(l, holdPractice)
	pgbench := l.Pgbench()
	for range holdPractice { // every practice's plan is cached
		p.holdNext(0)
	}
	p.exec(`ANALYZE`) // plans made for empty tables go
	addr := serve(l, siteOf(l, nil, p.Service))
	const period = holdSeconds * time.Second
	kinds := []struct {
		name string
		goal float64 // 0 for none
		rate func() float64
	}{
		{"pgbench", 0, func() float64 { return pgbench(holdSeconds) }},
		{"hold-16-connections", 0.25, func() float64 { return rateOf(clients, period, p.holdNext) }},
		{"hold-through-http", 0.15, func() float64 { return p.postFor(period, addr) }},
		{"hold-16-clients-only", 0, func() float64 { return rateOf(connections, period, p.holdNext) }},
	}
	rates := make([][]float64, len(kinds))
	for range holdRounds {
		for i, k := range kinds {
			rates[i] = append(rates[i], k.rate())
		}
	}
	limit := lab.Median(rates[0])
	for i, k := range kinds[1:] {
		rate := lab.Median(rates[i+1])
		r := lab.Result{Name: k.name, Ratio: rate / limit, Ours: fmt.Sprintf("%.0f holds a second", rate),
			Limit: fmt.Sprintf("pgbench -N -M prepared -c 16: %.0f a second", limit)}
		if k.goal > 0 {
			r = r.AtLeast(k.goal)
		}
		l.Report(r)
	}
}

// holdNext holds the next slot that is still free.
func (p *practices) holdNext(int) {
	n, practice, start := p.nextSlot()
	if !p.hold(practice, n, start) {
		p.Fail("slot %d was taken", n)
	}
}

// nextSlot is the next slot that is still free, with a number of its own.
func (p *practices) nextSlot() (n, practice int, start time.Time) {
	n = int(p.taken.Add(1)) - 1
	slot := n / holdPractice
	if slot >= slotsADay*holdDays {
		p.Fail("the practices ran out of slots")
	}
	return n, n%holdPractice + 1, slotStart(slot)
}

// slotStart is the n-th slot from tomorrow on.
func slotStart(n int) time.Time {
	day, slot := n/slotsADay, n%slotsADay
	minutes := 480 + 30*slot
	if slot >= 11 {
		minutes += 60
	}
	return time.Date(2026, 11, 3+day, 0, minutes, 0, 0, time.FixedZone("AEDT", 11*3600))
}

func request(practice, client int, start time.Time) booking.HoldRequest {
	return booking.HoldRequest{TherapistID: int64(practice), Mode: "video", StartsAt: start, Name: "Sam Example",
		Email: fmt.Sprintf("sam%d@example.com", client), Zone: "Australia/Perth",
		Note: "I would rather talk in the evening."}
}

// postFor is the holds a second of 64 clients through HTTP: POST /api/v1/bookings with an
// Idempotency-Key, each over one connection. The clients share the machine with the server, as pgbench
// does. The tasks of a hold are added and not run, on either side.
func (p *practices) postFor(period time.Duration, addr string) float64 {
	var callers [clients]*conn
	for i := range callers {
		callers[i] = dial(p.Lab, addr)
		defer callers[i].Close()
	}
	return rateOf(clients, period, func(i int) {
		n, practice, start := p.nextSlot()
		r := request(practice, n, start)
		body := fmt.Sprintf(`{"therapist":"practice-%d","service":"free-consultation","mode":"video","starts_at":%q,`+
			`"client":{"name":%q,"email":%q,"timezone":%q},"note":%q}`,
			practice, start.Format(time.RFC3339), r.Name, r.Email, r.Zone, r.Note)
		callers[i].ask(http.StatusCreated, "POST /api/v1/bookings HTTP/1.1\r\nHost: localhost\r\n"+
			"Content-Type: application/json\r\nIdempotency-Key: key-%d\r\nContent-Length: %d\r\n\r\n%s", n, len(body), body)
	})
}
