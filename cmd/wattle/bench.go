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
	"os/exec"
	"slices"
	"strings"
	"syscall"

	figures "wattle/internal/bench"
	"wattle/internal/booking"
	"wattle/internal/booking/bookingbench"
	"wattle/internal/directory"
	"wattle/internal/guides"
	"wattle/internal/ratelimit"
	"wattle/internal/search"
	"wattle/internal/search/meili"
	"wattle/internal/search/memindex"
	"wattle/internal/search/memindex/searchbench"
	"wattle/internal/view"
	"wattle/internal/web"
	"wattle/static"
)

func bench(ctx context.Context, args []string) error {
	name := ""
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	asJSON := fs.Bool("json", false, "one JSON object a line")
	benches, end := benches()
	defer end()
	fs.Usage = func() {
		fmt.Fprintln(os.Stderr, "wattle bench [NAME[,NAME…]] [-json]")
		for _, b := range benches {
			fmt.Fprintf(os.Stderr, "  %-4s %s\n", b.Name, b.Title)
		}
	}
	if err := parse(fs, args); err != nil {
		return err
	}
	missed := 0
	for _, b := range benches {
		if name != "" && !slices.Contains(strings.Split(strings.ToUpper(name), ","), b.Name) {
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

// benches are the benchmarks by name, and what ends them. Each measures its limit in the same run, so
// that its figure is a ratio that holds on any machine.
func benches() (list []figures.Bench, end func()) {
	say := func(what string) { fmt.Fprintln(os.Stderr, "wattle bench: "+what) }
	list, end = searchbench.All(searchbench.Options{Site: benchDirectory, Instance: benchInstance, Beside: benchMeilisearch, Say: say})
	return append(list, bookingbench.All(benchSite)...), end
}

// benchMeilisearch is the server that the settings name, if they name one, in an index of its own.
func benchMeilisearch(ctx context.Context) (*searchbench.Engine, func(), error) {
	c, err := loadConfig()
	if err != nil || c.MeiliURL == "" {
		return nil, nil, err
	}
	x, err := meili.DialAlone(ctx, c.MeiliURL, c.MeiliKey)
	if err != nil {
		return nil, nil, err
	}
	version, err := x.Version(ctx)
	end := func() { x.Close(context.WithoutCancel(ctx)) }
	return &searchbench.Engine{Name: "Meilisearch " + version, Index: x}, end, err
}

// benchInstance serves as a process of its own. It ends with this one.
func benchInstance(ctx context.Context, settings ...string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, self, "serve", "-demo=false")
	for _, s := range os.Environ() {
		if name, _, _ := strings.Cut(s, "="); !slices.ContainsFunc([]string{"WATTLE_", "DATABASE_", "MEILI_", "STRIPE_", "SMTP_", "MAIL_", "BLOB_"}, func(p string) bool { return strings.HasPrefix(name, p) }) {
			cmd.Env = append(cmd.Env, s)
		}
	}
	cmd.Env = append(cmd.Env, settings...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	return cmd, nil
}

// benchSite serves a benchmark's bookings as in development: loopback is not counted against the
// limits of networks. Every request writes its line of log, to nowhere.
func benchSite(b *booking.Service) (*http.Server, error) {
	index := memindex.New()
	model := &directory.Model{DB: b.DB, Log: b.Log, Index: index}
	return benchDirectory(&search.Service{Model: model, Index: index, Clock: b.Clock, NextTimes: b.LiveNext}, b)
}

// benchDirectory serves a directory as benchSite does.
func benchDirectory(d *search.Service, b *booking.Service) (*http.Server, error) {
	assets, err := view.NewAssets(static.FS)
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.NewJSONHandler(io.Discard, nil))
	library, err := guides.Embedded()
	if err != nil {
		return nil, err
	}
	s := &web.Server{
		Guides: &guides.Guides{Library: library, Search: d},
		Search: d, Booking: b, Clock: b.Clock, Log: log, Assets: assets, Box: b.Box, BaseURL: "http://localhost", Version: versionText(),
		Shared: &ratelimit.Shared{DB: b.DB, Clock: b.Clock}, Local: &ratelimit.Local{Clock: b.Clock}, ExemptLoopback: true,
	}
	handler, err := s.Handler()
	if err != nil {
		return nil, err
	}
	return web.HTTPServer(handler, log), nil
}
