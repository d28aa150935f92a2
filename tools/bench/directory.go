package main

import (
	"context"
	"log/slog"
	"net/url"
	"time"

	"wattle/internal/booking"
	"wattle/internal/clock"
	"wattle/internal/demo"
	"wattle/internal/directory"
	"wattle/internal/pg"
	"wattle/internal/search"
	"wattle/internal/search/memindex"
	"wattle/tools/bench/lab"
)

// everyone is how many people the benchmarks of search have.
const everyone = 100_000

// population is a database of fictional people, and a search over them in this process.
type population struct {
	*lab.Lab
	db       *pg.DB
	clock    *clock.Fixed
	booking  *booking.Service
	search   *search.Service
	index    *memindex.Index
	all      []*directory.Profile
	misspelt string // a common family name without its fourth letter
}

// hundredThousand is shared by the benchmarks of one run; nil until one needs it.
var hundredThousand *population

// withEveryone gives a benchmark the population of 100,000, which is made once.
func withEveryone(run func(ctx context.Context, p *population) ([]lab.Result, error)) func(context.Context, *lab.Lab) ([]lab.Result, error) {
	return func(ctx context.Context, l *lab.Lab) ([]lab.Result, error) {
		if hundredThousand == nil {
			p, err := populate(ctx, l, "everyone", everyone)
			if err != nil {
				return nil, err
			}
			hundredThousand = p
		}
		return run(ctx, hundredThousand)
	}
}

// populate makes n people and reads them in.
func populate(ctx context.Context, l *lab.Lab, database string, n int) (*population, error) {
	if err := l.Migrated(ctx, database); err != nil {
		return nil, err
	}
	db, err := pg.Open(ctx, l.Cluster.URL("wattle_app", database))
	if err != nil {
		return nil, err
	}
	p := &population{Lab: l, db: db, clock: clock.At(lab.Now), index: memindex.New()}
	p.booking = &booking.Service{DB: db, Clock: p.clock, Log: slog.New(slog.DiscardHandler)}
	lab.Say("seeding %d people", n)
	watch := clock.Stopwatch()
	err = demo.Seed(ctx, db, demo.Options{N: n, Seed: demo.DefaultSeed, Now: lab.Now, Recompute: p.booking.RecomputeNext})
	if err != nil {
		return nil, err
	}
	lab.Say("seeded in %.1f s", watch().Seconds())
	if err := l.Administer(ctx, database, `VACUUM ANALYZE`); err != nil {
		return nil, err
	}
	p.search = p.searchOver(p.index)
	if err := p.search.Model.Load(ctx); err != nil {
		return nil, err
	}
	p.all, _, err = directory.ReadAllListed(ctx, db)
	p.misspelt = misspelling(p.all)
	return p, err
}

// searchOver is another search over the same people.
func (p *population) searchOver(x search.Index) *search.Service {
	model := &directory.Model{DB: p.db, Log: slog.New(slog.DiscardHandler), Index: x}
	return &search.Service{Model: model, Index: x, Clock: p.clock, NextTimes: p.booking.LiveNext}
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

// shape is a kind of search whose speed the goals name.
type shape struct {
	name  string
	query string
	goal  bool // the goals are about it; others are shown for comparison
	typo  bool // its word is misspelt: p.misspelt
	quick int  // searches a round
}

var shapes = []shape{
	{name: "state+type", query: "state=nsw&type=psychologist", goal: true, quick: 200},
	{name: "state+type+3-issues", query: "state=nsw&type=psychologist&issue=anxiety,panic,grief", goal: true, quick: 200},
	{name: "typo+state+type", query: "state=nsw&type=psychologist", goal: true, typo: true, quick: 200},
	{name: "10-km+type", query: "near=newtown+nsw+2042&within_km=10&type=psychologist&sort=distance", goal: true, quick: 200},
	{name: "everybody", query: "", quick: 200},
	{name: "week+max-fee", query: "available=week&max_fee=160", quick: 50},
	{name: "language+gender", query: "language=arabic&gender=woman", quick: 100},
	{name: "max-gap", query: "max_gap=80", quick: 30},
}

// timed is the median time of one search of a shape.
func timed(ctx context.Context, x search.Index, f search.Filter, times int) (time.Duration, error) {
	var failed error
	took := lab.Median(times, func() {
		for range times {
			if _, err := x.Search(ctx, f, lab.Now); err != nil {
				failed = err
			}
		}
	})
	return took, failed
}

// filter is the shape's search.
func (p *population) filter(s shape) (search.Filter, error) {
	v, err := url.ParseQuery(s.query)
	if err != nil {
		return search.Filter{}, err
	}
	if s.typo {
		v.Set("q", p.misspelt)
	}
	return search.Parse(v)
}
