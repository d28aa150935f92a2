package searchbench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"wattle/internal/booking"
	"wattle/internal/clock"
	"wattle/internal/demo"
	"wattle/internal/directory"
	"wattle/internal/pg"
	"wattle/internal/search"
	"wattle/internal/search/memindex"
	"wattle/internal/search/memindex/scan"
)

const (
	people      = 100_000
	smallPeople = 400
)

// labNow is when everything in the lab happens: Monday 2 November 2026, 09:00 in Sydney.
var labNow = time.Date(2026, 11, 1, 22, 0, 0, 0, time.UTC)

// lab is a Postgres of its own with 100,000 fictional people, and a directory of them.
type lab struct {
	Options
	dir      string
	cluster  *pg.Cluster
	db       *pg.DB
	clock    *clock.Fixed
	booking  *booking.Service
	main     *search.Service
	index    *memindex.Index
	all      []*directory.Profile
	oracle   *scan.Index // nil until somebody asks
	other    *Engine     // nil where none is configured
	misspelt string      // a common family name without its fourth letter
}

// open makes the lab once.
func (l *lab) open(ctx context.Context) error {
	if l.main != nil {
		return nil
	}
	var err error
	if l.dir, err = os.MkdirTemp("", "wattle-bench-"); err != nil {
		return err
	}
	settings := map[string]string{"max_connections": "100", "shared_buffers": "256MB"}
	if l.cluster, err = pg.StartCluster(ctx, pg.ClusterOptions{Dir: l.dir, Settings: settings}); err != nil {
		return err
	}
	if l.db, l.booking, err = l.seed(ctx, "wattle", people); err != nil {
		return err
	}
	l.index = memindex.New()
	d := l.directory(l.index)
	l.Say("reading them in")
	if err := d.Model.Load(ctx); err != nil {
		return err
	}
	if l.all, _, err = directory.ReadAllListed(ctx, l.db); err != nil {
		return err
	}
	l.main, l.misspelt = d, misspelling(l.all)
	return nil
}

// seed fills a database of the cluster.
func (l *lab) seed(ctx context.Context, name string, n int) (*pg.DB, *booking.Service, error) {
	log := slog.New(slog.DiscardHandler)
	if err := pg.Migrate(ctx, l.cluster.URL("wattle_owner", name), log); err != nil {
		return nil, nil, err
	}
	db, err := pg.Open(ctx, l.cluster.URL("wattle_app", name))
	if err != nil {
		return nil, nil, err
	}
	l.clock = clock.At(labNow)
	b := &booking.Service{DB: db, Clock: l.clock, Log: log}
	l.Say(fmt.Sprintf("making %d fictional people", n))
	took := clock.Stopwatch()
	err = demo.Seed(ctx, db, demo.Options{N: n, Seed: demo.DefaultSeed, Now: labNow, Recompute: b.RecomputeNext})
	l.Say(fmt.Sprintf("made in %.1f s", took().Seconds()))
	if err == nil {
		err = l.administer(ctx, name, `VACUUM ANALYZE`)
	}
	return db, b, err
}

func (l *lab) administer(ctx context.Context, database, statement string) error {
	return pg.Administer(ctx, l.cluster.URL("postgres", database), statement)
}

// directory is another directory on the same people.
func (l *lab) directory(x search.Index) *search.Service {
	model := &directory.Model{DB: l.db, Log: slog.New(slog.DiscardHandler), Index: x}
	return &search.Service{Model: model, Index: x, Clock: l.clock, NextTimes: l.booking.LiveNext}
}

// scan is the oracle, filled.
func (l *lab) scan(ctx context.Context) (*scan.Index, error) {
	if l.oracle == nil {
		x := scan.New()
		if err := x.Replace(ctx, (l.all)); err != nil {
			return nil, err
		}
		l.oracle = x
	}
	return l.oracle, nil
}

func (l *lab) close() {
	if l.db != nil {
		l.db.Close()
	}
	if l.cluster != nil {
		l.cluster.Stop()
	}
	if l.dir != "" {
		os.RemoveAll(l.dir)
	}
}

// misspelling is the most common family name of at least seven letters a to z, without its fourth.
func misspelling(all []*directory.Profile) string {
	count := map[string]int{}
	best := ""
	for _, t := range all {
		name := t.FamilyName
		if len(name) < 7 || !plain(name) {
			continue
		}
		if count[name]++; best == "" || count[name] > count[best] || count[name] == count[best] && name < best {
			best = name
		}
	}
	if best == "" {
		return "kowlski"
	}
	return best[:3] + best[4:]
}

func plain(name string) bool {
	for _, c := range []byte(name) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

var errDiffer = errors.New("the answers differ")
