// Package live measures a real server process: its traffic, memory, booking page and Meilisearch.
package live

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"wattle/internal/clock"
	"wattle/tools/bench/lab"
)

const (
	fewPeople    = 400
	manyPeople   = 40_000
	mostWait     = 200 * time.Millisecond // p99
	maxInFlight  = 512                    // visits at once; more are lost, which fails the rate
	probePeriod  = 3 * time.Second
	shownPeriod  = 8 * time.Second
	stepsDown    = 6
	firstRate    = 50 // visits a second
	highestRate  = 6400
	probeHalvers = 3 // steps between the last rate that held and the first that did not
)

// outcome is some seconds of traffic at a rate.
type outcome struct {
	rate     float64       // visits a second
	p50, p99 time.Duration // of requests
	requests int
	failed   int
	first    error         // one of the failures
	cpu      time.Duration // of the server and Postgres, a request
}

func (o outcome) holds() bool { return o.failed == 0 && o.p99 < mostWait }

func (o outcome) String() string {
	s := fmt.Sprintf("%.0f/s: p50 %s, p99 %s", o.rate, lab.Short(o.p50), lab.Short(o.p99))
	if o.failed > 0 {
		s += fmt.Sprintf(", %d of %d failed (%v)", o.failed, o.requests, o.first)
	}
	return s
}

// Traffic is F13: the highest rate of the mix at which p99 stays below 200 ms, at half and at double
// that rate, and how its cost grows with the directory. The load runs on the same processors as the
// server and Postgres.
func Traffic(ctx context.Context, l *lab.Lab) (results []lab.Result, err error) {
	var cost [2]outcome
	for i, people := range []int{fewPeople, manyPeople} {
		err := withVisitors(ctx, l, people, func(v *visitors) error {
			r, err := v.highest(ctx)
			if err != nil {
				return err
			}
			r.Name = fmt.Sprintf("traffic-%d-people", people)
			results = append(results, r)
			rate := cost[0].rate // the same for both sizes
			if i == 0 {
				rate = max(firstRate/2, r.Ratio/4)
			}
			cost[i], err = v.at(ctx, rate, shownPeriod)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	growth := float64(cost[1].cpu) / float64(cost[0].cpu)
	return append(results, lab.Result{Name: "traffic-cost-growth", Ratio: growth,
		Ours:  fmt.Sprintf("%s of CPU a request with %d people at %.0f/s", lab.Short(cost[1].cpu), manyPeople, cost[1].rate),
		Limit: fmt.Sprintf("%s with %d", lab.Short(cost[0].cpu), fewPeople), Goal: "≤ 1.3 ×", Met: growth <= 1.3}), nil
}

// withVisitors starts a server for so many people and calls fn with its visitors, once they have warmed
// it up.
func withVisitors(ctx context.Context, l *lab.Lab, people int, fn func(v *visitors) error) error {
	database, err := l.People(ctx, people)
	if err != nil {
		return err
	}
	s, err := l.Serve(ctx, database)
	if err != nil {
		return err
	}
	defer s.Stop()
	v, err := newVisitors(ctx, s, database)
	if err != nil {
		return err
	}
	defer v.close()
	if _, err := v.at(ctx, firstRate, probePeriod); err != nil {
		return err
	}
	return fn(v)
}

// highest finds the highest rate that holds, and shows it beside half and double.
func (v *visitors) highest(ctx context.Context) (lab.Result, error) {
	held, broke := 0.0, 0.0
	probe := func(rate float64) error {
		o, err := v.at(ctx, rate, probePeriod)
		if o.holds() {
			held = rate
		} else {
			broke = rate
		}
		return err
	}
	for rate := float64(firstRate); rate <= highestRate && broke == 0; rate *= 2 {
		if err := probe(rate); err != nil {
			return lab.Result{}, err
		}
	}
	for range probeHalvers {
		if held == 0 || broke == 0 {
			break
		}
		if err := probe((held + broke) / 2); err != nil {
			return lab.Result{}, err
		}
	}
	shown, err := v.confirmed(ctx, max(held, firstRate/2))
	if err != nil {
		return lab.Result{}, err
	}
	half, err := v.at(ctx, shown.rate/2, shownPeriod)
	if err != nil {
		return lab.Result{}, err
	}
	double, err := v.at(ctx, shown.rate*2, shownPeriod)
	return lab.Result{Ratio: shown.rate, Ours: shown.String(), Limit: fmt.Sprintf("p99 < %s; half: %s; double: %s", mostWait, half, double),
		Met: true}, err
}

// confirmed is the longer run at a rate, or at the next lower one that holds for as long.
func (v *visitors) confirmed(ctx context.Context, rate float64) (o outcome, err error) {
	for range stepsDown {
		if o, err = v.at(ctx, rate, shownPeriod); err != nil || o.holds() {
			return o, err
		}
		rate *= 0.8
	}
	return o, nil
}

// at sends visits at a rate, whether or not earlier ones have ended. Latency counts from the moment at
// which a visit was due.
func (v *visitors) at(ctx context.Context, rate float64, period time.Duration) (outcome, error) {
	var (
		mu    sync.Mutex
		took  []time.Duration
		o     = outcome{rate: rate}
		group sync.WaitGroup
		slots = make(chan struct{}, maxInFlight)
	)
	done := func(d time.Duration, err error) {
		mu.Lock()
		defer mu.Unlock()
		took = append(took, d)
		if err != nil {
			o.failed, o.first = o.failed+1, err
		}
	}
	before, err := v.server.CpuWithPostgres()
	if err != nil {
		return o, err
	}
	watch := clock.Stopwatch()
	for n := 0; ctx.Err() == nil; n++ {
		begin := time.Duration(float64(n) / rate * float64(time.Second))
		if begin > period {
			break
		}
		time.Sleep(begin - watch())
		select {
		case slots <- struct{}{}:
		default:
			done(mostWait, fmt.Errorf("%d visits were under way", maxInFlight))
			continue
		}
		r := rand.New(rand.NewPCG(uint64(n), uint64(rate)))
		group.Go(func() {
			defer func() { <-slots }()
			v.visit(ctx, r, func() time.Duration { return watch() - begin }, done)
		})
	}
	group.Wait()
	after, err := v.server.CpuWithPostgres()
	if err != nil || ctx.Err() != nil {
		return o, cmp.Or(err, ctx.Err())
	}
	slices.Sort(took)
	o.requests = len(took)
	o.p50, o.p99 = took[len(took)/2], took[len(took)*99/100]
	o.cpu = (after - before) / time.Duration(len(took))
	return o, nil
}
