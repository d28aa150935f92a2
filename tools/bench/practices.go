package main

import (
	"bytes"
	"context"
	_ "embed"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/booking"
	"wattle/internal/booking/availability"
	"wattle/internal/clock"
	"wattle/internal/fault"
	"wattle/internal/pg"
	"wattle/internal/seal"
	"wattle/tools/bench/lab"
	"wattle/tools/rig"
)

// practices is a database with the practices of practices.sql.
type practices struct {
	*lab.Lab
	n     int
	owner *pg.DB
	clock *clock.Fixed
	*booking.Service
	taken atomic.Int64 // slots, by nextSlot
}

//go:embed practices.sql
var practicesSQL string

// newPractices makes practices 1 to n in a database that goes with the benchmark.
func newPractices(l *lab.Lab, n int) *practices {
	const name = "practices"
	db := l.Migrated(name)
	owner := l.Open("wattle_owner", name)
	l.After(func() {
		db.Close()
		owner.Close()
		ctx := context.WithoutCancel(l.Ctx)
		//nolint:errcheck // the next benchmark cannot make it then
		pg.Administer(ctx, l.Cluster.URL("postgres", "postgres"), `DROP DATABASE practices WITH (FORCE)`)
	})
	box, err := seal.New([][]byte{bytes.Repeat([]byte("k"), seal.KeySize)})
	l.Must(err)
	fixed := clock.At(lab.Now)
	service := &booking.Service{DB: db, Clock: fixed, Box: box, Log: slog.New(slog.DiscardHandler), Availability: &availability.Service{DB: db, Clock: fixed}}
	p := &practices{Lab: l, n: n, owner: owner, clock: fixed, Service: service}
	p.each(practicesSQL)
	return p
}

// each runs the statements of a script for practices 1 to n as of lab.Now, and then ANALYZE.
func (p *practices) each(script string) {
	for statement := range strings.SplitSeq(strings.TrimSuffix(script, ";\n"), ";\n") {
		p.exec(statement, p.n, lab.Now)
	}
	p.exec(`ANALYZE`)
}

func (p *practices) exec(statement string, args ...any) {
	p.Must(pg.Once(p.Ctx, p.owner, func(c *pg.Conn) error {
		_, err := c.Exec(p.Ctx, statement, args...)
		return err
	}))
}

func (p *practices) count(query string) (n int) {
	p.Must(p.DB.Get(p.Ctx, &n, query))
	return n
}

// hold holds a slot and reports whether it was free.
func (p *practices) hold(practice, client int, start time.Time) (won bool) {
	_, err := p.Hold(p.Ctx, accounts.Anonymous, request(practice, client, start))
	if !errors.Is(err, fault.Conflict) {
		p.Must(err)
	}
	return err == nil
}

// rateOf is how often a second n clients together succeed, each without a pause.
func rateOf(n int, period time.Duration, do func(client int)) float64 {
	watch := clock.Stopwatch()
	var done atomic.Int64
	rig.Together(n, func(i int) {
		for watch() < period {
			do(i)
			done.Add(1)
		}
	})
	return float64(done.Load()) / watch().Seconds()
}
