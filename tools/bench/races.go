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
)

const crowdSize = 200

// race is one of F9's: what two hundred clients ask for at once, and how many of them can win.
type race struct {
	name    string
	winners int
	stale   int // holds that ran out, in the way
	start   func(client int) time.Time
}

// Each race has a practice of its own, in this order. The lab's call takes 20 minutes and 10 after.
var races = []race{
	{"race-20-slots", 20, 0, func(i int) time.Time { return slotStart(i % 20) }},
	{"race-40-starts", 1, 0, func(i int) time.Time { return slotStart(22).Add(time.Duration(i%40) * 5 * time.Minute) }},
	{"race-20-stale-holds", 20, 20, func(i int) time.Time { return slotStart(i % 20) }},
}

// storm is F9: exact winners, no overlap, no deadlock, no other error, in at most three times what
// pgbench takes for as many inserts.
func storm(ctx context.Context) (results []Result, err error) {
	err = inLab(ctx, len(races)+1, func(l *lab) error {
		if err := l.initPgbench(ctx); err != nil {
			return err
		}
		// Forty starts five minutes apart all overlap when the call takes 210 minutes.
		if err := l.exec(ctx, `UPDATE services SET minutes = 210 WHERE therapist_id = 2`); err != nil {
			return err
		}
		if err := l.exec(ctx, `UPDATE weekly_hours SET end_minute = 1200 WHERE therapist_id = 2`); err != nil {
			return err
		}
		if err := l.warm(ctx, len(races)+1); err != nil {
			return err
		}
		perSecond, err := l.runPgbench(ctx, holdSeconds)
		if err != nil {
			return err
		}
		limit := time.Duration(crowdSize / perSecond * float64(time.Second))
		for i, r := range races {
			result, err := l.rounds(ctx, i+1, r, limit)
			if err != nil {
				return fmt.Errorf("%s: %w", r.name, err)
			}
			results = append(results, result)
		}
		return nil
	})
	return results, err
}

// warm lets every connection make its plans, as pgbench's have when it begins to count.
func (l *lab) warm(ctx context.Context, practice int) error {
	var failed atomic.Value
	crowd(20*connections, func(i int) {
		if _, err := l.Hold(ctx, accounts.Anonymous, request(practice, i, slotStart(i))); err != nil && !lost(err) {
			failed.Store(err)
		}
	})
	err, _ := failed.Load().(error)
	return errors.Join(err, l.exec(ctx, `ANALYZE`))
}

// rounds runs a race some times: its figure is the median time, and every round must be exact.
func (l *lab) rounds(ctx context.Context, practice int, r race, limit time.Duration) (Result, error) {
	var times []float64
	won, exact := 0, true
	for range bench.Rounds {
		took, winners, err := l.run(ctx, practice, r)
		if err != nil {
			return Result{}, err
		}
		times, won, exact = append(times, took.Seconds()), winners, exact && winners == r.winners
		if err := l.exec(ctx, `UPDATE bookings SET status = 'released' WHERE therapist_id = $1`, practice); err != nil {
			return Result{}, err
		}
	}
	deadlocks, err := l.deadlocks(ctx)
	if err != nil {
		return Result{}, err
	}
	took := time.Duration(bench.Middle(times) * float64(time.Second))
	ratio := float64(took) / float64(limit)
	return Result{Name: r.name, Ratio: ratio, Ours: fmt.Sprintf("%v, %d winners of %d, 0 overlaps, %d deadlocks", took.Round(time.Millisecond), won, r.winners, deadlocks),
		Limit: fmt.Sprintf("pgbench's %d transactions in %v", crowdSize, limit.Round(time.Millisecond)), Goal: "exact winners, 0 overlaps, 0 deadlocks, ≤ 3 ×",
		Met: ratio <= 3 && exact && deadlocks == 0}, nil
}

// run is one race: how long it took, and how many won.
func (l *lab) run(ctx context.Context, practice int, r race) (took time.Duration, won int, err error) {
	for i := range r.stale {
		if _, err := l.Hold(ctx, accounts.Anonymous, request(practice, i, r.start(i))); err != nil {
			return 0, 0, err
		}
	}
	l.clock.Advance(booking.HoldFor)
	var winners atomic.Int64
	var failed atomic.Value
	watch := clock.Stopwatch()
	crowd(crowdSize, func(i int) {
		_, err := l.Hold(ctx, accounts.Anonymous, request(practice, 1000+i, r.start(i)))
		if err == nil {
			winners.Add(1)
		} else if !lost(err) {
			failed.Store(err)
		}
	})
	took = watch()
	if err, _ = failed.Load().(error); err != nil {
		return 0, 0, err
	}
	overlaps, err := l.overlaps(ctx)
	if err == nil && overlaps > 0 {
		err = fmt.Errorf("%d overlapping pairs", overlaps)
	}
	return took, int(winners.Load()), err
}

// overlaps counts pairs of live bookings that share a moment.
func (l *lab) overlaps(ctx context.Context) (int, error) {
	return l.count(ctx, `
		SELECT count(*) FROM bookings a JOIN bookings b ON a.therapist_id = b.therapist_id AND a.id < b.id AND a.busy && b.busy
		WHERE a.status IN ('held', 'confirmed') AND b.status IN ('held', 'confirmed')`)
}

// deadlocks counts those that Postgres broke; it learns of them with a second's delay.
func (l *lab) deadlocks(ctx context.Context) (int, error) {
	if _, err := l.count(ctx, `SELECT 1 FROM pg_sleep(1.2)`); err != nil {
		return 0, err
	}
	return l.count(ctx, `SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`)
}
