package main

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/booking"
	"wattle/internal/clock"
	"wattle/internal/fault"
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
func holds(ctx context.Context, l *lab.Lab) (results []lab.Result, err error) {
	err = withPractices(ctx, l, holdPractice, func(p *practices) error {
		limit, err := l.NewPgbench(ctx)
		if err != nil {
			return err
		}
		var next atomic.Int64
		for next.Load() < holdPractice { // every practice's plan is cached
			if err := p.holdNext(ctx, &next); err != nil {
				return err
			}
		}
		if err := p.exec(ctx, `ANALYZE`); err != nil { // plans made for empty tables go
			return err
		}
		site, err := serveInProcess(newSite(nil, p.Service))
		if err != nil {
			return err
		}
		defer site.close()
		results, err = p.holdRates(ctx, limit, site.addr, &next)
		return err
	})
	return results, err
}

// holdRates measures each kind of hold against pgbench.
func (p *practices) holdRates(ctx context.Context, limit *lab.Pgbench, addr string, next *atomic.Int64) ([]lab.Result, error) {
	const period = holdSeconds * time.Second
	hold := func(int) error { return p.holdNext(ctx, next) }
	kinds := []struct {
		name string
		goal float64 // 0 for none
		rate func() (float64, error)
	}{
		{"pgbench", 0, func() (float64, error) { return limit.PerSecond(ctx, holdSeconds) }},
		{"hold-16-connections", 0.25, func() (float64, error) { return rateOf(clients, period, hold) }},
		{"hold-through-http", 0.15, func() (float64, error) { return postFor(period, addr, next) }},
		{"hold-16-clients-only", 0, func() (float64, error) { return rateOf(connections, period, hold) }},
	}
	rates := make([][]float64, len(kinds))
	for range holdRounds {
		for i, k := range kinds {
			rate, err := k.rate()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", k.name, err)
			}
			rates[i] = append(rates[i], rate)
		}
	}
	against := lab.Middle(rates[0])
	var results []lab.Result
	for i, k := range kinds[1:] {
		rate := lab.Middle(rates[i+1])
		r := lab.Result{Name: k.name, Ratio: rate / against, Ours: fmt.Sprintf("%.0f holds a second", rate),
			Limit: fmt.Sprintf("pgbench -N -M prepared -c 16: %.0f a second", against)}
		if r.Met = r.Ratio >= k.goal; k.goal > 0 {
			r.Goal = fmt.Sprintf("≥ %.2f ×", k.goal)
		}
		results = append(results, r)
	}
	return results, nil
}

// rateOf is how often a second n clients together succeed, each without a pause.
func rateOf(n int, period time.Duration, do func(client int) error) (float64, error) {
	watch := clock.Stopwatch()
	var done atomic.Int64
	var failed atomic.Value
	lab.Crowd(n, func(i int) {
		for watch() < period {
			if err := do(i); err != nil {
				failed.Store(err)
				return
			}
			done.Add(1)
		}
	})
	took := watch()
	if err, _ := failed.Load().(error); err != nil {
		return 0, err
	}
	return float64(done.Load()) / took.Seconds(), nil
}

// holdNext holds the next slot that is still free.
func (p *practices) holdNext(ctx context.Context, next *atomic.Int64) error {
	n, practice, start, err := nextSlot(next)
	if err == nil {
		_, err = p.Hold(ctx, accounts.Anonymous, request(practice, n, start))
	}
	return err
}

// nextSlot is the next slot that is still free, with a number of its own.
func nextSlot(next *atomic.Int64) (n, practice int, start time.Time, err error) {
	n = int(next.Add(1)) - 1
	slot := n / holdPractice
	if slot >= slotsADay*holdDays {
		err = errors.New("the practices ran out of slots")
	}
	return n, n%holdPractice + 1, slotStart(slot), err
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
		Email: fmt.Sprintf("sam%d@example.com", client), Zone: "Australia/Perth", Note: "I would rather talk in the evening."}
}

// lost reports whether err is the expected way to lose a race.
func lost(err error) bool { return errors.Is(err, fault.Conflict) }
