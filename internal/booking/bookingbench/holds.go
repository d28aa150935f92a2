package bookingbench

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
)

const (
	connections  = 16
	holdPractice = 400
	slotsADay    = 22 // in thirty minutes' distance, within 08:00 to 13:30 and 14:30 to 20:00
	holdDays     = 59
	holdSeconds  = 4
	holdRounds   = 3
)

// holds is F10: whole holds a second by 16 clients at once, called in the process and asked for
// through HTTP, in turns with pgbench at 16 connections on the same server.
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
		var ours, through, limit []float64
		for range holdRounds {
			theirs, err := l.runPgbench(ctx, holdSeconds)
			if err != nil {
				return err
			}
			mine, err := l.holdFor(holdSeconds*time.Second, func(int) error { return l.holdNext(ctx, &next) })
			if err != nil {
				return err
			}
			web, err := l.postFor(holdSeconds*time.Second, addr, &next)
			if err != nil {
				return err
			}
			ours, through, limit = append(ours, mine), append(through, web), append(limit, theirs)
		}
		against := fmt.Sprintf("pgbench -N -M prepared %.0f a second", middle(limit))
		direct, web := middle(ours)/middle(limit), middle(through)/middle(limit)
		results = []Result{
			{"hold-16-clients", direct, fmt.Sprintf("%.0f holds a second", middle(ours)), against, "≥ 1.0 ×", direct >= 1},
			{"hold-16-clients-http", web, fmt.Sprintf("%.0f holds a second", middle(through)), against, "≥ 0.5 ×", web >= 0.5},
		}
		return nil
	})
	return results, err
}

// holdFor counts the holds a second of 16 clients who ask without a pause.
func (l *lab) holdFor(period time.Duration, hold func(client int) error) (float64, error) {
	watch := clock.Stopwatch()
	var done atomic.Int64
	var failed atomic.Value
	crowd(connections, func(i int) {
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
