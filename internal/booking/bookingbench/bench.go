// Package bookingbench measures booking's goals of speed (F7 to F10). Every goal is a ratio
// against a limit measured in the same run, so that it holds on any machine; no goal is an
// absolute time.
package bookingbench

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"wattle/internal/booking"
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

// Site makes the web server of a service, as it is served to everybody.
type Site func(*booking.Service) (*http.Server, error)

// All lists the benchmarks in order; site is what F10 measures through HTTP.
func All(site Site) []Bench {
	return []Bench{
		{"F7", "slots of 60 days against plain time.Time code", slots},
		{"F8", "deriving all next instants against reading their inputs", next},
		{"F9", "races of two hundred clients against pgbench's time for as many inserts", storm},
		{"F10", "whole holds over 16 connections, in the process and through HTTP, against pgbench -N -M prepared -c 16", func(ctx context.Context) ([]Result, error) { return holds(ctx, site) }},
	}
}

// rounds is how often each side of a ratio is measured, in turns.
const rounds = 7

// median times fn, which does its work per times, and gives the median of some rounds per work.
func median(per int, fn func()) time.Duration {
	var took []time.Duration
	for range rounds {
		watch := clock.Stopwatch()
		fn()
		took = append(took, watch()/time.Duration(per))
	}
	slices.Sort(took)
	return took[len(took)/2]
}
