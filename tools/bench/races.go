package main

import (
	"fmt"
	"sync/atomic"
	"time"

	"wattle/internal/booking"
	"wattle/tools/bench/lab"
	"wattle/tools/rig"
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
func races(l *lab.Lab) {
	p := newPractices(l, len(kindsOfRace)+1)
	pgbench := l.Pgbench()
	// Forty starts five minutes apart all overlap when the call takes 210 minutes.
	p.exec(`UPDATE services SET minutes = 210 WHERE therapist_id = 2`)
	p.exec(`UPDATE weekly_hours SET end_minute = 1200 WHERE therapist_id = 2`)
	rig.Together(20*connections, func(i int) { p.hold(p.n, i, slotStart(i)) }) // every connection makes its plans
	p.exec(`ANALYZE`)
	limit := time.Duration(crowdSize / pgbench(holdSeconds) * float64(time.Second))
	for i, r := range kindsOfRace {
		p.repeat(i+1, r, limit)
	}
}

// repeat runs a race some times: its figure is the median time, and every round must be exact.
func (p *practices) repeat(practice int, r race, limit time.Duration) {
	var times []time.Duration
	won, exact := 0, true
	for range lab.Rounds {
		took, winners := p.runRace(practice, r)
		times, won, exact = append(times, took), winners, exact && winners == r.winners
		p.exec(`UPDATE bookings SET status = 'released' WHERE therapist_id = $1`, practice)
	}
	p.count(`SELECT 1 FROM pg_sleep(1.2)`) // the statistics lag by a second
	deadlocks := p.count(`SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`)
	took := lab.Median(times)
	p.Report(lab.Result{Name: r.name, Ratio: lab.Ratio(took, limit),
		Ours: fmt.Sprintf("%v, %d winners of %d, 0 overlaps, %d deadlocks",
			took.Round(time.Millisecond), won, r.winners, deadlocks),
		Limit: fmt.Sprintf("pgbench's %d transactions in %v", crowdSize, limit.Round(time.Millisecond)),
	}.AtMost(10).And("exact winners, 0 overlaps, 0 deadlocks", exact && deadlocks == 0))
}

// runRace is one race: its duration and the number of winners.
func (p *practices) runRace(practice int, r race) (took time.Duration, won int) {
	for i := range r.stale {
		p.hold(practice, i, r.start(i))
	}
	p.clock.Advance(booking.HoldFor)
	var winners atomic.Int64
	took = lab.Time(func() {
		rig.Together(crowdSize, func(i int) {
			if p.hold(practice, 1000+i, r.start(i)) {
				winners.Add(1)
			}
		})
	})
	if n := p.overlaps(); n > 0 {
		p.Fail("%d overlapping pairs", n)
	}
	return took, int(winners.Load())
}

// overlaps counts pairs of live bookings that share a moment.
func (p *practices) overlaps() int {
	return p.count(`
		SELECT count(*) FROM bookings a
		JOIN bookings b ON a.therapist_id = b.therapist_id AND a.id < b.id AND a.busy && b.busy
		WHERE a.status IN ('held', 'confirmed') AND b.status IN ('held', 'confirmed')`)
}
