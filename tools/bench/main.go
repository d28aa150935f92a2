// Command bench measures the goals of speed: bench [F1,F6,…] [-json] [-binary PATH]. A figure is a
// ratio against a limit measured in the same run, so that it holds on any machine; only memory, the
// start and the rate of traffic are absolute. It exits with 1 if a goal is missed.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"wattle/tools/bench/lab"
	"wattle/tools/bench/live"
	"wattle/tools/rig"
)

// benchmark is one row of the list of goals.
type benchmark struct {
	name, title string
	run         func(l *lab.Lab)
}

// longest bounds one benchmark.
const longest = 2 * time.Hour

// benchmarks lists them in the order in which they run.
var benchmarks = []benchmark{
	{"F1", "searches of 100,000 against the same answers by SQL", withEveryone(againstSQL)},
	{"F3", "searches of 1,000,000 against those of 100,000, and those against 10,000", withEveryone(growth)},
	{"F4", "from a commit until it can be found, against SELECT 1", withEveryone(following)},
	{"F5", "cold start with 100,000 against reading the same rows", withEveryone(coldStart)},
	{"F6", "a results page as a browser gets it against the compression of its bytes alone", withEveryone(pages)},
	{"F7", "slots of 60 days against plain time.Time code", slots},
	{"F8", "deriving all next instants against reading their inputs", next},
	{"F9", "races of 200 clients against pgbench's time for as many inserts", races},
	{"F10", "whole holds, in the process and through HTTP, against pgbench -N -M prepared -c 16", holds},
	{"F12", "memory of an instance with 400, 10,000 and 60,000 people, and its warm start (-binary)", live.Memory},
	{"F13", "a day's traffic: the highest rate with p99 < 200 ms, its cost with 400 and 40,000 people (-binary)",
		live.Traffic},
	{"F15", "CPU and statements of a booking page against a results page (-binary)", live.BookingPage},
	{"F17", "a search through a real Meilisearch against its bare query (-binary; needs MEILI_URL)", live.Meilisearch},
}

func main() {
	asJSON := flag.Bool("json", false, "one JSON object a line")
	binary := flag.String("binary", "bin/wattle", "the build that F12, F13, F15 and F17 start")
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "bench [flags] [NAME[,NAME…] …]; without a name all of these:")
		for _, b := range benchmarks {
			fmt.Fprintf(os.Stderr, "  %-4s %s\n", b.name, b.title)
		}
		flag.PrintDefaults()
	}
	chosen, err := choose(rig.ParseFlags())
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err = measure(ctx, &lab.Lab{JSON: *asJSON}, rig.Options{Binary: *binary}, chosen)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// choose picks benchmarks by name; without a name all of them.
func choose(args []string) (chosen []benchmark, err error) {
	if len(args) == 0 {
		return benchmarks, nil
	}
	for name := range strings.SplitSeq(strings.ToUpper(strings.Join(args, ",")), ",") {
		i := slices.IndexFunc(benchmarks, func(b benchmark) bool { return b.name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no figure %s", name)
		}
		chosen = append(chosen, benchmarks[i])
	}
	return chosen, nil
}

// measure runs the benchmarks, which print their figures as they come.
func measure(ctx context.Context, l *lab.Lab, o rig.Options, chosen []benchmark) error {
	defer l.Close()
	for _, b := range chosen {
		l.Trial = &rig.Trial{Options: o, Out: os.Stderr}
		l.Say("%s: %s", b.name, b.title)
		if !l.Run(ctx, longest, func(*rig.Trial) { b.run(l) }) {
			return fmt.Errorf("%s failed", b.name)
		}
	}
	if l.Missed > 0 {
		return fmt.Errorf("%d goals were missed", l.Missed)
	}
	return nil
}
