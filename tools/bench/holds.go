package bookingbench

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/bench"
	"wattle/internal/booking"
	"wattle/internal/clock"
	"wattle/internal/fault"
)

const (
	connections  = 16 // of pgbench, and of our pool (pg.PoolSize)
	clients      = 64 // who share the pool, as visitors share a server's
	holdPractice = 400
	slotsADay    = 22 // in thirty minutes' distance, within 08:00 to 13:30 and 14:30 to 20:00
	holdDays     = 59
	holdSeconds  = 4
	holdRounds   = 3
)

// holds is F10: whole holds a second over 16 connections, in turns with pgbench at 16 connections on
// the same server: called in the process and asked for through HTTP. A pool of 16 is shared by more
// clients than that when it is busy, here by 64. What 16 clients alone get, who each wait for their
// answer before they ask again, is shown besides and has no goal of its own.
func holds(ctx context.Context, site Site) (results []Result, err error) {
	err = inLab(ctx, holdPractice, func(l *lab) error {
		if err := l.initPgbench(ctx); err != nil {
			return err
		}
		var next atomic.Int64
		for next.Load() < holdPractice { // every practice's plan becomes known
			if err := l.holdNext(ctx, &next); err != nil {
				return err
			}
		}
		if err := l.exec(ctx, `ANALYZE`); err != nil { // plans made for empty tables go
			return err
		}
		addr, end, err := l.open(ctx, site)
		if err != nil {
			return err
		}
		defer end() //nolint:errcheck // the benchmark is over
		one := func(int) error { return l.holdNext(ctx, &next) }
		var ours, few, through, limit []float64
		for range holdRounds {
			theirs, err := l.runPgbench(ctx, holdSeconds)
			if err != nil {
				return err
			}
			mine, err := l.holdFor(clients, holdSeconds*time.Second, one)
			if err != nil {
				return err
			}
			alone, err := l.holdFor(connections, holdSeconds*time.Second, one)
			if err != nil {
				return err
			}
			web, err := l.postFor(holdSeconds*time.Second, addr, &next)
			if err != nil {
				return err
			}
			ours, few, through, limit = append(ours, mine), append(few, alone), append(through, web), append(limit, theirs)
		}
		against := fmt.Sprintf("pgbench -N -M prepared -c 16: %.0f a second", bench.Middle(limit))
		result := func(name string, figures []float64, goal float64) Result {
			r := Result{Name: name, Ratio: bench.Middle(figures) / bench.Middle(limit), Ours: fmt.Sprintf("%.0f holds a second", bench.Middle(figures)), Limit: against,
				Goal: fmt.Sprintf("≥ %.1f ×", goal)}
			r.Met = r.Ratio >= goal
			if goal == 0 {
				r.Goal = ""
			}
			return r
		}
		results = []Result{result("hold-16-connections", ours, 1), result("hold-through-http", through, 0.5), result("hold-16-clients-only", few, 0)}
		return nil
	})
	return results, err
}

// holdFor counts the holds a second of n clients who ask without a pause.
func (l *lab) holdFor(n int, period time.Duration, hold func(client int) error) (float64, error) {
	watch := clock.Stopwatch()
	var done atomic.Int64
	var failed atomic.Value
	crowd(n, func(i int) {
		for watch() < period {
			if err := hold(i); err != nil {
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

// holdNext holds the next slot that nobody has asked for.
func (l *lab) holdNext(ctx context.Context, next *atomic.Int64) error {
	n, practice, start, err := nextSlot(next)
	if err == nil {
		_, err = l.Hold(ctx, accounts.Anonymous, request(practice, n, start))
	}
	return err
}

// nextSlot is the next slot that nobody has asked for, with a number of its own.
func nextSlot(next *atomic.Int64) (n, practice int, start time.Time, err error) {
	n = int(next.Add(1)) - 1
	slot := n / holdPractice
	if slot >= slotsADay*holdDays {
		err = errors.New("the lab ran out of slots")
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

// lost says whether err is how a race is meant to be lost.
func lost(err error) bool { return errors.Is(err, fault.Conflict) }
