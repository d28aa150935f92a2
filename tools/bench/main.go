// Command bench measures the goals of speed: bench [F1,F6,…] [-json] [-binary PATH]. A figure is a
// ratio against a limit measured in the same run, so that it holds on any machine; only memory, the
// start and the rate of traffic are absolute. It exits with 1 if a goal is missed.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"wattle/tools/bench/lab"
	"wattle/tools/bench/live"
)

// benchmark is one row of the list of goals.
type benchmark struct {
	Name  string
	Title string
	Run   func(ctx context.Context, l *lab.Lab) ([]lab.Result, error)
}

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
	{"F10", "whole holds over 16 connections, in the process and through HTTP, against pgbench -N -M prepared -c 16", holds},
	{"F12", "memory of an instance with 400, 10,000 and 60,000 people, and its warm start (-binary)", live.Memory},
	{"F13", "a day's traffic at once: the highest rate with p99 < 200 ms, and its cost from 400 to 40,000 people (-binary)", live.Traffic},
	{"F15", "CPU and statements of a booking page against a results page (-binary)", live.BookingPage},
	{"F17", "a search through a real Meilisearch against its bare query (-binary; needs MEILI_URL)", live.Meilisearch},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	switch {
	case errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// errUsage has already been explained.
var errUsage = errors.New("usage")

func run(ctx context.Context, args []string) error {
	name := ""
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	asJSON := fs.Bool("json", false, "one JSON object a line")
	binary := fs.String("binary", "bin/wattle", "the build that F12, F13, F15 and F17 start")
	fs.Usage = func() {
		fmt.Fprintln(os.Stderr, "bench [NAME[,NAME…]] [flags]")
		for _, b := range benchmarks {
			fmt.Fprintf(os.Stderr, "  %-4s %s\n", b.Name, b.Title)
		}
		fs.PrintDefaults()
	}
	if err := fs.Parse(args); errors.Is(err, flag.ErrHelp) {
		return err
	} else if err != nil || fs.NArg() > 0 {
		return errUsage
	}
	chosen, err := choose(name)
	if err != nil {
		return err
	}
	l := &lab.Lab{Binary: *binary}
	defer l.Close()
	return measure(ctx, l, chosen, *asJSON)
}

// choose picks benchmarks by name; without a name all of them.
func choose(names string) (chosen []benchmark, err error) {
	if names == "" {
		return benchmarks, nil
	}
	for name := range strings.SplitSeq(strings.ToUpper(names), ",") {
		i := slices.IndexFunc(benchmarks, func(b benchmark) bool { return b.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no figure %s", name)
		}
		chosen = append(chosen, benchmarks[i])
	}
	return chosen, nil
}

// measure runs the benchmarks and prints their figures as they come.
func measure(ctx context.Context, l *lab.Lab, chosen []benchmark, asJSON bool) error {
	missed := 0
	for _, b := range chosen {
		lab.Say("%s: %s", b.Name, b.Title)
		results, err := b.Run(ctx, l)
		if err != nil {
			return fmt.Errorf("%s: %w", b.Name, err)
		}
		for _, r := range results {
			if asJSON {
				json.NewEncoder(os.Stdout).Encode(r) //nolint:errcheck // standard output
			} else {
				fmt.Println(r)
			}
			if !r.Met && r.Unmeasured == "" {
				missed++
			}
		}
	}
	if missed > 0 {
		return fmt.Errorf("%d goals were missed", missed)
	}
	return nil
}
