package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"time"

	"wattle/internal/clock"
	"wattle/internal/config"
	"wattle/internal/pg"
	"wattle/internal/pg/private"
)

// database is an open, migrated Postgres: the one named by DATABASE_URL, or the private cluster.
type database struct {
	*pg.DB
	url     string
	cluster *private.Cluster // nil when DATABASE_URL is set
}

// Close closes the pool and stops the private cluster if this process runs it.
func (d *database) Close() {
	d.DB.Close()
	if d.cluster != nil {
		d.cluster.Stop()
	}
}

// openDatabase starts or joins the private cluster when no DATABASE_URL is set, migrates under a
// lock and opens the pool. say gets a line for whatever may take longer than a second.
func openDatabase(ctx context.Context, c *config.Config, log *slog.Logger, say *progress) (*database, error) {
	d := &database{url: c.DatabaseURL}
	owner := c.DatabaseOwnerURL
	if c.DatabaseURL == "" {
		say.step("starting the private Postgres under " + filepath.Join(c.Data, "postgres"))
		cluster, err := private.Start(ctx, private.Options{Dir: filepath.Join(c.Data, "postgres"), Log: log})
		if err != nil {
			return nil, err
		}
		d.cluster, d.url, owner = cluster, cluster.AppURL(), cluster.OwnerURL()
	}
	if owner == "" {
		owner = d.url
	}
	say.step("bringing the tables up to date")
	err := pg.Migrate(ctx, owner, log)
	if err == nil {
		d.DB, err = pg.Open(ctx, d.url)
	}
	if err != nil {
		if d.cluster != nil {
			d.cluster.Stop()
		}
		return nil, err
	}
	return d, nil
}

// progress prints each step that takes longer than a second, with its duration.
type progress struct {
	w    io.Writer
	what string
	took func() time.Duration
	late *time.Timer
	said chan struct{}
}

func newProgress(w io.Writer) *progress { return &progress{w: w} }

// step ends the previous step and starts the next.
func (p *progress) step(what string) {
	p.done()
	said := make(chan struct{})
	p.what, p.took, p.said = what, clock.Stopwatch(), said
	p.late = time.AfterFunc(time.Second, func() {
		fmt.Fprintf(p.w, "wattle: %s …\n", what)
		close(said)
	})
}

// done ends the last step.
func (p *progress) done() {
	if p.late == nil {
		return
	}
	if !p.late.Stop() {
		<-p.said
		fmt.Fprintf(p.w, "wattle: %s: %.1f s\n", p.what, p.took().Seconds())
	}
	p.late = nil
}
