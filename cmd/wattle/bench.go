package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"strings"

	"wattle/internal/booking"
	"wattle/internal/booking/bookingbench"
	"wattle/internal/directory"
	"wattle/internal/guides"
	"wattle/internal/memindex"
	"wattle/internal/ratelimit"
	"wattle/internal/view"
	"wattle/internal/web"
	"wattle/static"
)

// benches are the benchmarks by name. Each measures its limit in the same run, so that its figure
// is a ratio that holds on any machine.
var benches = bookingbench.All(benchSite)

func bench(ctx context.Context, args []string) error {
	name := ""
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	asJSON := fs.Bool("json", false, "one JSON object a line")
	fs.Usage = func() {
		fmt.Fprintln(os.Stderr, "wattle bench [NAME] [-json]")
		for _, b := range benches {
			fmt.Fprintf(os.Stderr, "  %-4s %s\n", b.Name, b.Title)
		}
	}
	if err := parse(fs, args); err != nil {
		return err
	}
	missed := 0
	for _, b := range benches {
		if name != "" && !strings.EqualFold(name, b.Name) {
			continue
		}
		results, err := b.Run(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", b.Name, err)
		}
		for _, r := range results {
			if *asJSON {
				json.NewEncoder(os.Stdout).Encode(r)
			} else {
				fmt.Println(r)
			}
			if !r.Met {
				missed++
			}
		}
	}
	if missed > 0 {
		return fmt.Errorf("%d goals were missed", missed)
	}
	return nil
}

// benchSite serves a benchmark's bookings as in development: loopback is not counted against the
// limits of networks. Every request writes its line of log, to nowhere.
func benchSite(b *booking.Service) (*http.Server, error) {
	assets, err := view.NewAssets(static.FS)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewJSONHandler(io.Discard, nil))
	library, err := guides.Embedded()
	if err != nil {
		return nil, err
	}
	people := &directory.Directory{DB: b.DB, Clock: b.Clock, Log: log, Index: memindex.New(), NextTimes: b.LiveNext}
	s := &web.Server{
		Directory: people, Guides: &guides.Guides{Library: library, Directory: people},
		Booking: b, Clock: b.Clock, Log: log, Assets: assets, Box: b.Box, BaseURL: "http://localhost", Version: versionText(),
		Shared: &ratelimit.Shared{DB: b.DB, Clock: b.Clock}, Local: &ratelimit.Local{Clock: b.Clock}, ExemptLoopback: true,
	}
	handler, err := s.Handler()
	if err != nil {
		return nil, err
	}
	return web.HTTPServer(handler, log), nil
}
