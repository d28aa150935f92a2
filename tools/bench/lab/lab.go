// Package lab is what the benchmarks share: figures, a Postgres of their own, and servers on it.
package lab

import (
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"wattle/internal/pg"
	"wattle/internal/pg/private"
	"wattle/tools/rig"
)

// Now is the fixed time of the benchmarks in this process: Monday 2 November 2026, 09:00 in Sydney.
var Now = time.Date(2026, 11, 1, 22, 0, 0, 0, time.UTC)

// Lab is the running benchmark and what all of them share: a Postgres, durable as in production. Each
// benchmark uses a database of its own, except that those which only read share one.
type Lab struct {
	*rig.Trial // of this benchmark
	JSON       bool
	Missed     int // goals
	Cluster    *private.Cluster

	dir    string
	seeded map[string]bool // databases that the binary filled
}

// open starts Postgres once.
func (l *Lab) open() {
	if l.Cluster != nil {
		return
	}
	var err error
	l.dir, err = os.MkdirTemp("", "wattle-bench-")
	l.Must(err)
	settings := map[string]string{"max_connections": "100", "shared_buffers": "256MB"}
	l.Cluster, err = private.Start(l.Ctx, private.Options{Dir: l.dir, Settings: settings})
	l.Must(err)
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
func (l *Lab) Administer(database, statement string) {
	l.Must(pg.Administer(l.Ctx, l.Cluster.URL("postgres", database), statement))
}

// create makes an empty database.
func (l *Lab) create(name string) {
	l.open()
	l.Administer("postgres", `CREATE DATABASE `+name+` OWNER wattle_owner`)
}

// Migrated makes a database with this version's tables and opens it for the application.
func (l *Lab) Migrated(name string) *pg.DB {
	l.create(name)
	l.Must(pg.Migrate(l.Ctx, l.Cluster.URL("wattle_owner", name), slog.New(slog.DiscardHandler)))
	return l.Open("wattle_app", name)
}

// Open opens a database as a role.
func (l *Lab) Open(role, database string) *pg.DB {
	db, err := pg.Open(l.Ctx, l.Cluster.URL(role, database))
	l.Must(err)
	return db
}

// Pgbench makes a database for pgbench at ten times its smallest size. The result runs pgbench -N -M
// prepared at 16 connections and returns its transactions a second.
func (l *Lab) Pgbench() (perSecond func(seconds int) float64) {
	path, err := exec.LookPath("pgbench")
	if found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench"); err != nil && len(found) > 0 {
		path = found[len(found)-1] // where Debian installs it
	} else if err != nil {
		l.Fail("pgbench, the limit of this benchmark, is not on this machine: install postgresql")
	}
	l.open()
	l.Administer("postgres", `DROP DATABASE IF EXISTS pgbench`)
	l.create("pgbench")
	url := l.Cluster.URL("postgres", "pgbench")
	run := func(args ...string) []byte {
		out, err := exec.CommandContext(l.Ctx, path, append(args, url)...).CombinedOutput()
		if err != nil {
			l.Fail("pgbench: %v\n%s", err, out)
		}
		return out
	}
	run("-i", "-q", "-s", "10")
	return func(seconds int) float64 {
		out := run("-N", "-M", "prepared", "-n", "-c", "16", "-j", "2", "-T", strconv.Itoa(seconds))
		m := tps.FindSubmatch(out)
		if m == nil {
			l.Fail("pgbench printed no tps:\n%s", out)
		}
		rate, err := strconv.ParseFloat(string(m[1]), 64)
		l.Must(err)
		return rate
	}
}

var tps = regexp.MustCompile(`(?m)^tps = ([0-9.]+)`)
