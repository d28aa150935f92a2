// Package lab is what the benchmarks share: figures, a Postgres of their own, and servers on it.
package lab

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"time"

	"wattle/internal/pg"
	"wattle/internal/pg/private"
)

// labNow is the fixed time of the benchmarks in this process: Monday 2 November 2026, 09:00 in Sydney.
var Now = time.Date(2026, 11, 1, 22, 0, 0, 0, time.UTC)

// Lab is a Postgres of its own, durable as in production, that the benchmarks share. Each uses a
// database of its own, except that those which only read share one.
type Lab struct {
	Binary  string // the build to start as a server
	dir     string
	Cluster *private.Cluster
	seeded  map[int]string // database by number of people, filled by the binary
}

// open starts Postgres once.
func (l *Lab) open(ctx context.Context) (err error) {
	if l.Cluster != nil {
		return nil
	}
	if l.dir, err = os.MkdirTemp("", "wattle-bench-"); err != nil {
		return err
	}
	settings := map[string]string{"max_connections": "100", "shared_buffers": "256MB"}
	l.Cluster, err = private.Start(ctx, private.Options{Dir: l.dir, Settings: settings})
	return err
}

// Close stops Postgres and removes its data.
func (l *Lab) Close() {
	if l.Cluster != nil {
		l.Cluster.Stop()
	}
	if l.dir != "" {
		os.RemoveAll(l.dir)
	}
}

// Administer runs a statement as the superuser.
func (l *Lab) Administer(ctx context.Context, database, statement string) error {
	return pg.Administer(ctx, l.Cluster.URL("postgres", database), statement)
}

// create makes an empty database.
func (l *Lab) create(ctx context.Context, name string) error {
	if err := l.open(ctx); err != nil {
		return err
	}
	return l.Administer(ctx, "postgres", `CREATE DATABASE `+name+` OWNER wattle_owner`)
}

// Migrated makes a database with this version's tables.
func (l *Lab) Migrated(ctx context.Context, name string) error {
	if err := l.create(ctx, name); err != nil {
		return err
	}
	return pg.Migrate(ctx, l.Cluster.URL("wattle_owner", name), slog.New(slog.DiscardHandler))
}

// Pgbench is pgbench on a database of its own.
type Pgbench struct{ path, url string }

// NewPgbench makes pgbench's tables at ten times their smallest size.
func (l *Lab) NewPgbench(ctx context.Context) (*Pgbench, error) {
	path, err := findPgbench()
	if err != nil {
		return nil, err
	}
	p := &Pgbench{path, l.Cluster.URL("postgres", "pgbench")}
	if err := l.Administer(ctx, "postgres", `DROP DATABASE IF EXISTS pgbench`); err != nil {
		return nil, err
	}
	if err := l.create(ctx, "pgbench"); err != nil {
		return nil, err
	}
	out, err := exec.CommandContext(ctx, path, "-i", "-q", "-s", "10", p.url).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("pgbench -i: %w\n%s", err, out)
	}
	return p, nil
}

// findPgbench looks in the path and where Debian installs it.
func findPgbench() (string, error) {
	if path, err := exec.LookPath("pgbench"); err == nil {
		return path, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench")
	if len(found) == 0 {
		return "", errors.New("pgbench, the limit of this benchmark, is not on this machine: install postgresql")
	}
	return found[len(found)-1], nil
}

var tps = regexp.MustCompile(`(?m)^tps = ([0-9.]+)`)

// PerSecond is transactions a second of pgbench -N -M prepared at 16 connections.
func (p *Pgbench) PerSecond(ctx context.Context, seconds int) (float64, error) {
	cmd := exec.CommandContext(ctx, p.path, "-N", "-M", "prepared", "-n", "-c", "16", "-j", "2", "-T", strconv.Itoa(seconds), p.url)
	cmd.Stderr = io.Discard
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("pgbench: %w\n%s", err, out)
	}
	m := tps.FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("pgbench printed no tps:\n%s", out)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}

// Crowd runs n at once and waits for all.
func Crowd(n int, do func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	wg.Wait()
}
