package lab

import (
	"encoding/json"
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

// AtMost sets the goal that the ratio is at most this.
func (r Result) AtMost(goal float64) Result {
	r.Goal, r.Met = fmt.Sprintf("≤ %g", goal), r.Ratio <= goal
	return r
}

// AtLeast sets the goal that the ratio is at least this.
func (r Result) AtLeast(goal float64) Result {
	r.Goal, r.Met = fmt.Sprintf("≥ %g", goal), r.Ratio >= goal
	return r
}

// And adds to the goal what else has to hold.
func (r Result) And(what string, holds bool) Result {
	r.Goal, r.Met = r.Goal+", "+what, r.Met && holds
	return r
}

// String is the result on one line.
func (r Result) String() string {
	if r.Unmeasured != "" {
		return fmt.Sprintf("%-24s %8s   goal: %s: UNMEASURED, %s", r.Name, "-", r.Goal, r.Unmeasured)
	}
	line := fmt.Sprintf("%-24s %8.2f   %s   against %s", r.Name, r.Ratio, r.Ours, r.Limit)
	switch {
	case r.Goal == "":
		return line + "   for comparison"
	case r.Met:
		return line + "   goal: " + r.Goal + ": met"
	}
	return line + "   goal: " + r.Goal + ": MISSED"
}

// Report prints a result and counts a missed goal.
func (l *Lab) Report(r Result) {
	r.Met = r.Met || r.Goal == ""
	if l.JSON {
		json.NewEncoder(os.Stdout).Encode(r) //nolint:errcheck // standard output
	} else {
		fmt.Println(r)
	}
	if !r.Met && r.Unmeasured == "" {
		l.Missed++
	}
}

// Ratio is a / b.
func Ratio[T int | int64 | float64 | time.Duration](a, b T) float64 { return float64(a) / float64(b) }

// Time is how long fn takes.
func Time(fn func()) time.Duration {
	watch := clock.Stopwatch()
	fn()
	return watch()
}

// Rounds is how often each side of a ratio is measured, alternately.
const Rounds = 7

// PerUnit is the median duration of one call of fn, over some rounds of so many calls.
func PerUnit(calls int, fn func()) time.Duration {
	var took []time.Duration
	for range Rounds {
		took = append(took, Time(func() {
			for range calls {
				fn()
			}
		})/time.Duration(calls))
	}
	return Median(took)
}

// Median sorts list and returns its middle.
func Median[T int | float64 | time.Duration](list []T) T {
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
	return Ratio(float64(after.Mallocs-before.Mallocs), float64(times))
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
