// Package searchbench measures the goals of speed for search and pages (F1 to F6, F12) on 100,000
// fictional therapists. Every goal is a ratio against a limit measured in the same run; only memory
// and the warm start are absolute.
package searchbench

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"time"

	"wattle/internal/bench"
	"wattle/internal/booking"
	"wattle/internal/search"
)

// Engine is another index that answers the same searches, to stand beside ours.
type Engine struct {
	Name  string
	Index search.Index
}

// Options say what the benchmarks cannot know themselves.
type Options struct {
	// Site makes the web server of a directory, as it is served to everybody.
	Site func(*search.Service, *booking.Service) (*http.Server, error)
	// Instance is the command that serves a site with these settings, and no others.
	Instance func(ctx context.Context, settings ...string) (*exec.Cmd, error)
	// Beside, where given, makes another engine, which is filled with the same people and measured beside
	// the embedded index, and what to call when that is over. The engine is nil where none is configured.
	Beside func(ctx context.Context) (*Engine, func(), error)
	// Say is told what takes long.
	Say func(what string)
}

// All lists the benchmarks in order, and what to call when they are over: they share a laboratory.
func All(o Options) (list []bench.Bench, end func()) {
	l := &lab{Options: o}
	in := func(run func(ctx context.Context, l *lab) ([]bench.Result, error)) func(context.Context) ([]bench.Result, error) {
		return func(ctx context.Context) ([]bench.Result, error) {
			if err := l.open(ctx); err != nil {
				return nil, err
			}
			return run(ctx, l)
		}
	}
	return []bench.Bench{
		{Name: "F1", Title: "searches of 100,000 against the same answers by SQL, beside the one-pass scan", Run: in(againstSQL)},
		{Name: "F2", Title: "searches against bare ANDs and bit counts, and against the one-pass scan", Run: in(againstLimit)},
		{Name: "F3", Title: "searches of 1,000,000 against those of 100,000, and memory a therapist", Run: in(million)},
		{Name: "F4", Title: "from a commit until it can be found, against SELECT 1", Run: in(following)},
		{Name: "F5", Title: "cold start with 100,000 against reading the same rows", Run: in(coldStart)},
		{Name: "F6", Title: "pages through HTTP against static bytes of the same length", Run: in(pages)},
		{Name: "F12", Title: "memory of an instance with 100,000, and its warm start with 400", Run: in(instance)},
	}, l.close
}

// shape is a kind of search whose speed the goals name.
type shape struct {
	name  string
	query string
	goal  bool // F1 and F2 are about it; others are shown for comparison
	typo  bool // its word is misspelt: NAME stands for a common name without its fourth letter
	quick int  // how many make a round
}

var shapes = []shape{
	{name: "state+type", query: "state=nsw&type=psychologist", goal: true, quick: 200},
	{name: "state+type+3-issues", query: "state=nsw&type=psychologist&issue=anxiety,panic,grief", goal: true, quick: 200},
	{name: "typo+state+type", query: "q=NAME&state=nsw&type=psychologist", goal: true, typo: true, quick: 200},
	{name: "10-km+type", query: "near=newtown+nsw+2042&within_km=10&type=psychologist&sort=distance", goal: true, quick: 200},
	{name: "everybody", query: "", quick: 200},
	{name: "week+max-fee", query: "available=week&max_fee=160", quick: 50},
	{name: "language+gender", query: "language=arabic&gender=woman", quick: 100},
	{name: "max-gap", query: "max_gap=80", quick: 30},
}

// filter is the shape's search.
func (l *lab) filter(s shape) (search.Filter, error) {
	v, err := url.ParseQuery(s.query)
	if err != nil {
		return search.Filter{}, err
	}
	if s.typo {
		v.Set("q", l.misspelt)
	}
	return search.Parse(v)
}

// timed is the median time of one search of a shape.
func timed(ctx context.Context, x search.Index, f search.Filter, now time.Time, times int) (time.Duration, error) {
	var failed error
	took := bench.Median(times, func() {
		for range times {
			if _, err := x.Search(ctx, f, now); err != nil {
				failed = err
			}
		}
	})
	return took, failed
}

func short(d time.Duration) string {
	switch {
	case d < 10*time.Microsecond:
		return d.String()
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.0f µs", float64(d)/1e3)
	}
	return fmt.Sprintf("%.0f ms", float64(d)/1e6)
}
