// Package live measures a real server process: its traffic, memory, booking page and Meilisearch.
package live

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"wattle/internal/clock"
	"wattle/tools/bench/lab"
	"wattle/tools/rig"
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
func Traffic(l *lab.Lab) {
	var cost [2]outcome
	for i, people := range []int{fewPeople, manyPeople} {
		v := newVisitors(l, people)
		r := v.highest()
		r.Name = fmt.Sprintf("traffic-%d-people", people)
		l.Report(r)
		rate := cost[0].rate // the same for both sizes
		if i == 0 {
			rate = max(firstRate/2, r.Ratio/4)
		}
		cost[i] = v.at(rate, shownPeriod)
		v.server.Stop()
	}
	l.Report(lab.Result{Name: "traffic-cost-growth", Ratio: lab.Ratio(cost[1].cpu, cost[0].cpu),
		Ours: fmt.Sprintf("%s of CPU a request with %d people at %.0f/s",
			lab.Short(cost[1].cpu), manyPeople, cost[1].rate),
		Limit: fmt.Sprintf("%s with %d", lab.Short(cost[0].cpu), fewPeople)}.AtMost(1.3))
}

// highest finds the highest rate that holds, and shows it beside half and double.
func (v *visitors) highest() lab.Result {
	held, broke := 0.0, 0.0
	probe := func(rate float64) {
		if v.at(rate, probePeriod).holds() {
			held = rate
		} else {
			broke = rate
		}
	}
	for rate := float64(firstRate); rate <= highestRate && broke == 0; rate *= 2 {
		probe(rate)
	}
	for range probeHalvers {
		if held > 0 && broke > 0 {
			probe((held + broke) / 2)
		}
	}
	shown := v.confirmed(max(held, firstRate/2))
	half, double := v.at(shown.rate/2, shownPeriod), v.at(shown.rate*2, shownPeriod)
	return lab.Result{Ratio: shown.rate, Ours: shown.String(),
		Limit: fmt.Sprintf("p99 < %s; half: %s; double: %s", mostWait, half, double)}
}

// confirmed is the longer run at a rate, or at the next lower one that holds for as long.
func (v *visitors) confirmed(rate float64) (o outcome) {
	for range stepsDown {
		if o = v.at(rate, shownPeriod); o.holds() {
			return o
		}
		rate *= 0.8
	}
	return o
}

// at sends visits at a rate, whether or not earlier ones have ended. Latency counts from the moment at
// which a visit was due.
func (v *visitors) at(rate float64, period time.Duration) outcome {
	var (
		mu    sync.Mutex
		took  rig.Durations
		o     = outcome{rate: rate}
		group sync.WaitGroup
		slots = make(chan struct{}, maxInFlight)
	)
	done := func(d time.Duration, err error) {
		took.Add(d)
		mu.Lock()
		defer mu.Unlock()
		if o.requests++; err != nil {
			o.failed, o.first = o.failed+1, err
		}
	}
	before, watch := v.server.CPUWithPostgres(), clock.Stopwatch()
	for n := 0; ; n++ {
		begin := time.Duration(float64(n) / rate * float64(time.Second))
		if begin > period {
			break
		}
		v.Pause(begin - watch())
		select {
		case slots <- struct{}{}:
		default:
			done(mostWait, fmt.Errorf("%d visits were under way", maxInFlight))
			continue
		}
		r := rand.New(rand.NewPCG(uint64(n), uint64(rate)))
		group.Go(func() {
			defer func() { <-slots }()
			v.visit(r, func() time.Duration { return watch() - begin }, done)
		})
	}
	group.Wait()
	o.p50, o.p99 = took.At(0.5), took.At(0.99)
	o.cpu = (v.server.CPUWithPostgres() - before) / time.Duration(o.requests)
	return o
}
