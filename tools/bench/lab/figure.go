package lab

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"slices"
	"time"

	"wattle/internal/clock"
)

// Result is one figure: Ours against Limit, the goal for their Ratio, and whether it is met. A result
// without a goal is printed for comparison.
type Result struct {
	Name  string
	Ratio float64
	Ours  string
	Limit string
	Goal  string
	Met   bool

	Unmeasured string `json:",omitempty"` // why it could not be measured; such a result is never met
}

// String is the result on one line.
func (r Result) String() string {
	if r.Unmeasured != "" {
		return fmt.Sprintf("%-24s %8s   goal: %s: UNMEASURED, %s", r.Name, "-", r.Goal, r.Unmeasured)
	}
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

// Rounds is how often each side of a ratio is measured, alternately.
const Rounds = 7

// Median is the median duration of one unit of work, over some rounds of fn, which does per units.
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

// Allocations is the average number of allocations of fn.
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

// Short prints a duration with few digits.
func Short(d time.Duration) string {
	switch {
	case d < 10*time.Microsecond:
		return d.String()
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.0f µs", float64(d)/1e3)
	}
	return fmt.Sprintf("%.0f ms", float64(d)/1e6)
}

// Say reports progress.
func Say(format string, args ...any) { fmt.Fprintf(os.Stderr, "bench: "+format+"\n", args...) }
