// Command verify runs the long assurance runs against the real binary: verify [flags] [NAME …].
// Each run starts bin/wattle on loopback with its own data in memory, drives it over HTTP, and prints
// its figures and PASS or FAIL. The exit status is 1 when a figure is missed. verify ends every process
// it started, also when it is interrupted.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"wattle/internal/clock"
	"wattle/tools/rig"
	"wattle/tools/verify/booking"
	"wattle/tools/verify/fuzz"
	"wattle/tools/verify/search"
	"wattle/tools/verify/upgrade"
)

// run is one assurance run: do prints figures and records misses through t.
type run struct {
	name, says string
	limit      time.Duration
	do         func(t *rig.Trial)
}

var runs = []run{
	{"hotslot", "64 clients on one slot over two instances, 100 rounds; without the constraint it must fail",
		10 * time.Minute, booking.Hotslot},
	{"storm", "20,000 random operations by 32 clients, mixed lengths and buffers: no overlap",
		10 * time.Minute, booking.Storm},
	{"instances", "two instances agree within a second; kill -9 loses and repeats nothing; SIGTERM drops nothing",
		12 * time.Minute, booking.Instances},
	{"clocks", "the nights the clocks change: every time offered exists, lies in the hours, and can be booked",
		10 * time.Minute, booking.Clocks},
	{"meili", "Meilisearch stopped, frozen, slow and failing under 100 searches a second: no failed page " +
		"(-meilisearch for a real one)", 10 * time.Minute, search.Meili},
	{"large", "the index of 100,000 people rebuilt while people search and book (-meilisearch; 5,000 with the stand-in)",
		40 * time.Minute, search.Large},
	{"upgrade", "this version and an older one (-before): equal answers on equal databases, then a rolling deployment",
		15 * time.Minute, upgrade.Run},
	{"fuzz", "100,000 hostile requests over every route: no 500, nothing leaks, nothing typed is logged",
		25 * time.Minute, fuzz.Run},
}

func main() {
	var o rig.Options
	flag.StringVar(&o.Binary, "bin", "bin/wattle", "the binary to run")
	flag.Uint64Var(&o.Seed, "seed", 7, "seed of everything random")
	flag.Float64Var(&o.Scale, "scale", 1, "share of the work to do; below 1 only to try a run out")
	flag.BoolVar(&o.Keep, "keep", false, "leave data and logs in place")
	flag.StringVar(&o.Meilisearch, "meilisearch", "", "the binary of a real Meilisearch for the runs meili and large")
	flag.StringVar(&o.Before, "before", "", "the older binary for the run upgrade; by default the same binary")
	flag.StringVar(&o.Expected, "expected", "tools/verify/upgrade/expected.txt",
		"the file of intended differences for the run upgrade")
	flag.Usage = usage
	chosen, err := choose(rig.ParseFlags())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		usage()
		os.Exit(2)
	}
	os.Exit(runAll(o, chosen))
}

func usage() {
	fmt.Fprintln(os.Stderr, "verify [flags] [NAME …]; without a name all of these:")
	for _, r := range runs {
		fmt.Fprintf(os.Stderr, "  %-11s %s\n", r.name, r.says)
	}
	flag.PrintDefaults()
}

func choose(names []string) (chosen []run, err error) {
	if len(names) == 0 {
		return runs, nil
	}
	for _, name := range names {
		i := slices.IndexFunc(runs, func(r run) bool { return r.name == name })
		if i < 0 {
			return nil, fmt.Errorf("no assurance run is called %s", name)
		}
		chosen = append(chosen, runs[i])
	}
	return chosen, nil
}

// runAll runs the chosen runs in turn and returns the exit status.
func runAll(o rig.Options, chosen []run) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	status := 0
	for _, r := range chosen {
		if ctx.Err() == nil && !runOne(ctx, o, r) {
			status = 1
		}
	}
	switch {
	case ctx.Err() != nil:
		fmt.Fprintln(os.Stderr, "Interrupted; everything started was ended.")
		return 130
	case status == 0:
		fmt.Println("All assurance runs met their figures.")
	}
	return status
}

func runOne(ctx context.Context, o rig.Options, r run) bool {
	fmt.Printf("== %s: %s (seed %d)\n", r.name, r.says, o.Seed)
	took, t := clock.Stopwatch(), &rig.Trial{Options: o, Out: os.Stdout}
	passed, verdict := t.Run(ctx, r.limit, r.do), "PASS"
	if !passed {
		verdict = "FAIL"
	}
	fmt.Printf("%s %s (%.0f s)\n\n", verdict, r.name, took().Seconds())
	return passed
}
