// Package bench is what every benchmark of `wattle bench` is made of: a figure is a ratio against a
// limit measured in the same run, so that it holds on any machine.
package bench

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"time"

	"wattle/internal/clock"
)

// Bench is one benchmark of `wattle bench`.
type Bench struct {
	Name  string
	Title string
	Run   func(ctx context.Context) ([]Result, error)
}

// Result is one figure: Ours against Limit, what Goal asks of their Ratio, and whether it is met. One
// without a goal is shown for comparison.
type Result struct {
	Name  string
	Ratio float64
	Ours  string
	Limit string
	Goal  string
	Met   bool
}

// String is the result on one line.
func (r Result) String() string {
	verdict := "met"
	if !r.Met {
		verdict = "MISSED"
	}
	line := fmt.Sprintf("%-24s %8.2f   %s   against %s", r.Name, r.Ratio, r.Ours, r.Limit)
	if r.Goal == "" {
		return line + "   for comparison"
	}
	return line + "   goal: " + r.Goal + ": " + verdict
}

// Rounds is how often each side of a ratio is measured, in turns.
const Rounds = 7

// Median times fn, which does its work per times, and gives the median of some rounds per work.
func Median(per int, fn func()) time.Duration {
	var took []time.Duration
	for range Rounds {
		watch := clock.Stopwatch()
		fn()
		took = append(took, watch()/time.Duration(per))
	}
	return Middle(took)
}

// Middle is the median; it sorts list.
func Middle[T int | float64 | time.Duration](list []T) T {
	slices.Sort(list)
	return list[len(list)/2]
}

// GeometricMean is the mean of ratios.
func GeometricMean(list []float64) float64 {
	sum := 0.0
	for _, x := range list {
		sum += math.Log(x)
	}
	return math.Exp(sum / float64(len(list)))
}

// Allocations is how often one fn allocates, on average of some times.
func Allocations(times int, fn func()) float64 {
	var before, after runtime.MemStats
	fn()
	runtime.ReadMemStats(&before)
	for range times {
		fn()
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / float64(times)
}
