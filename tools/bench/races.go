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
	"wattle/tools/bench/lab"
)

const crowdSize = 200

// race is what 200 clients ask for at once, and how many of them can win.
type race struct {
	name    string
	winners int
	stale   int // expired holds in the way
	start   func(client int) time.Time
}

// kindsOfRace has a practice of its own for each, in this order.
var kindsOfRace = []race{
	{"race-20-slots", 20, 0, func(i int) time.Time { return slotStart(i % 20) }},
	{"race-40-starts", 1, 0, func(i int) time.Time { return slotStart(22).Add(time.Duration(i%40) * 5 * time.Minute) }},
	{"race-20-stale-holds", 20, 20, func(i int) time.Time { return slotStart(i % 20) }},
}

// races is F9: exact winners, no overlap, no deadlock and no other error, in at most ten times what
// pgbench takes for as many inserts.
func races(ctx context.Context, l *lab.Lab) (results []lab.Result, err error) {
	err = withPractices(ctx, l, len(kindsOfRace)+1, func(p *practices) error {
		bench, err := l.NewPgbench(ctx)
		if err != nil {
			return err
		}
		// Forty starts five minutes apart all overlap when the call takes 210 minutes.
		for _, statement := range []string{
			`UPDATE services SET minutes = 210 WHERE therapist_id = 2`,
			`UPDATE weekly_hours SET end_minute = 1200 WHERE therapist_id = 2`,
		} {
			if err := p.exec(ctx, statement); err != nil {
				return err
			}
		}
		if err := p.warm(ctx, len(kindsOfRace)+1); err != nil {
			return err
		}
		perSecond, err := bench.PerSecond(ctx, holdSeconds)
		if err != nil {
			return err
		}
		limit := time.Duration(crowdSize / perSecond * float64(time.Second))
		for i, r := range kindsOfRace {
			result, err := p.repeat(ctx, i+1, r, limit)
			if err != nil {
				return fmt.Errorf("%s: %w", r.name, err)
			}
			results = append(results, result)
		}
		return nil
	})
	return results, err
}

// warm has every connection make its plans, as pgbench does before it counts.
func (p *practices) warm(ctx context.Context, practice int) error {
	var failed atomic.Value
	lab.Crowd(20*connections, func(i int) {
		if _, err := p.Hold(ctx, accounts.Anonymous, request(practice, i, slotStart(i))); err != nil && !lost(err) {
			failed.Store(err)
		}
	})
	err, _ := failed.Load().(error)
	return errors.Join(err, p.exec(ctx, `ANALYZE`))
}

// repeat runs a race some times: its figure is the median time, and every round must be exact.
func (p *practices) repeat(ctx context.Context, practice int, r race, limit time.Duration) (lab.Result, error) {
	var times []float64
	won, exact := 0, true
	for range lab.Rounds {
		took, winners, err := p.run(ctx, practice, r)
		if err != nil {
			return lab.Result{}, err
		}
		times, won, exact = append(times, took.Seconds()), winners, exact && winners == r.winners
		if err := p.exec(ctx, `UPDATE bookings SET status = 'released' WHERE therapist_id = $1`, practice); err != nil {
			return lab.Result{}, err
		}
	}
	deadlocks, err := p.deadlocks(ctx)
	if err != nil {
		return lab.Result{}, err
	}
	took := time.Duration(lab.Middle(times) * float64(time.Second))
	ratio := float64(took) / float64(limit)
	return lab.Result{Name: r.name, Ratio: ratio, Ours: fmt.Sprintf("%v, %d winners of %d, 0 overlaps, %d deadlocks", took.Round(time.Millisecond), won, r.winners, deadlocks),
		Limit: fmt.Sprintf("pgbench's %d transactions in %v", crowdSize, limit.Round(time.Millisecond)), Goal: "exact winners, 0 overlaps, 0 deadlocks, ≤ 10 ×",
		Met: ratio <= 10 && exact && deadlocks == 0}, nil
}

// run is one race: its duration and the number of winners.
func (p *practices) run(ctx context.Context, practice int, r race) (took time.Duration, won int, err error) {
	for i := range r.stale {
		if _, err := p.Hold(ctx, accounts.Anonymous, request(practice, i, r.start(i))); err != nil {
			return 0, 0, err
		}
	}
	p.clock.Advance(booking.HoldFor)
	var winners atomic.Int64
	var failed atomic.Value
	watch := clock.Stopwatch()
	lab.Crowd(crowdSize, func(i int) {
		_, err := p.Hold(ctx, accounts.Anonymous, request(practice, 1000+i, r.start(i)))
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
	overlaps, err := p.overlaps(ctx)
	if err == nil && overlaps > 0 {
		err = fmt.Errorf("%d overlapping pairs", overlaps)
	}
	return took, int(winners.Load()), err
}

// overlaps counts pairs of live bookings that share a moment.
func (p *practices) overlaps(ctx context.Context) (int, error) {
	return p.count(ctx, `
		SELECT count(*) FROM bookings a JOIN bookings b ON a.therapist_id = b.therapist_id AND a.id < b.id AND a.busy && b.busy
		WHERE a.status IN ('held', 'confirmed') AND b.status IN ('held', 'confirmed')`)
}

// deadlocks counts those that Postgres broke; its statistics lag by a second.
func (p *practices) deadlocks(ctx context.Context) (int, error) {
	if _, err := p.count(ctx, `SELECT 1 FROM pg_sleep(1.2)`); err != nil {
		return 0, err
	}
	return p.count(ctx, `SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`)
}
