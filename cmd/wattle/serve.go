package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"time"

	"wattle/internal/demo"
	"wattle/internal/pg"
	"wattle/internal/web"
	"wattle/internal/web/site"
)

// demoPeople is the number of fictional therapists that the first start in development creates.
const demoPeople = 400

// Shutdown: /readyz turns unready, a proxy gets time to notice, requests in flight finish, then tasks.
const (
	drainDelay      = 300 * time.Millisecond
	shutdownTimeout = 10 * time.Second
)

func serve(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("serve", flag.ContinueOnError)
	withDemo := fs.Bool("demo", true, "in development, load 400 fictional therapists into an empty database")
	if err := parse(fs, args); err != nil {
		return err
	}
	say := newProgress(os.Stderr)
	a, err := openApp(ctx, say)
	if err != nil {
		return err
	}
	defer a.db.Close()
	if *withDemo && !a.config.Production() {
		say.step(fmt.Sprintf("loading %d fictional therapists, unless there are any", demoPeople))
		if _, err := a.seedIfEmpty(ctx, demoPeople, demo.DefaultSeed); err != nil {
			return err
		}
	}
	if err := a.connectSearch(ctx); err != nil {
		return err
	}
	say.step("reading the directory")
	if err := a.model.Load(ctx); err != nil {
		return err
	}
	boundMemory()
	say.done()
	return a.run(ctx)
}

// boundMemory returns the memory that reading the directory took, and collects garbage earlier than Go
// does by default: most of the heap is the read model, which lives as long as the process. An operator's
// GOGC has precedence.
func boundMemory() {
	debug.FreeOSMemory()
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}

// gcPercent is how far the heap grows beyond its live part before a collection.
const gcPercent = 40

// run serves until ctx ends, then shuts down requests, tasks and database in order.
func (a *app) run(ctx context.Context) error {
	j, runner, captured, err := a.jobs()
	if err != nil {
		return err
	}
	s, err := a.server(j, captured)
	if err != nil {
		return err
	}
	handler, err := s.Handler()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", a.config.Addr)
	if err != nil {
		return fmt.Errorf("cannot listen on %s: %w", a.config.Addr, err)
	}
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	var background sync.WaitGroup
	for _, f := range a.background(runner) {
		background.Go(func() { f(work) })
	}
	srv := web.HTTPServer(handler, a.log)
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(listener) }()
	go func() {
		s.Assets.Warm()
		debug.FreeOSMemory() // the best compression takes a lot once
	}()
	a.announce(listener.Addr())
	select {
	case err = <-failed:
	case <-ctx.Done():
		err = a.finish(s, srv)
	}
	stop()
	background.Wait()
	return err
}

// finish waits for requests in flight. New requests are still answered at first, with "Connection:
// close" and an unready /readyz, so that a proxy turns away in time.
func (a *app) finish(s *site.Server, srv *http.Server) error {
	s.Drain()
	time.Sleep(drainDelay)
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	if err := srv.Shutdown(ctx); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("some requests did not end within %s: %w", shutdownTimeout, err)
	}
	return nil
}

func (a *app) announce(addr net.Addr) {
	if a.config.Production() {
		a.log.Info("ready", "addr", addr.String())
		return
	}
	fmt.Fprintf(os.Stderr, "wattle: ready at %s (mails are kept at %[1]s/dev/mail; every therapist is fictional). "+
		"Ctrl-C ends it.\n", a.config.BaseURL)
}

// background lists what an instance runs besides the web server.
func (a *app) background(runner interface {
	Run(context.Context) error
	Wake()
}) []func(context.Context) {
	list := []func(context.Context){
		func(ctx context.Context) { a.logEnd(ctx, "directory", a.model.Run(ctx)) },
		func(ctx context.Context) { a.logEnd(ctx, "tasks", runner.Run(ctx)) },
		func(ctx context.Context) {
			wake := func(string, string) { a.model.Wake() }
			a.logEnd(ctx, "notifications", pg.Listen(ctx, a.db.url, []string{"directory_changes"}, wake))
		},
	}
	if a.meili != nil {
		list = append(list, func(ctx context.Context) { a.logEnd(ctx, "search", a.meili.Run(ctx)) })
	}
	if a.dev != nil {
		a.dev.Moved = func(context.Context, time.Duration) { runner.Wake() }
		list = append(list, a.dev.Follow)
	}
	if a.config.MetricsAddr != "" {
		list = append(list, a.serveMetrics)
	}
	return list
}

func (a *app) logEnd(ctx context.Context, what string, err error) {
	if err != nil && ctx.Err() == nil {
		a.log.ErrorContext(ctx, "ended", "what", what, "error", err)
	}
}
