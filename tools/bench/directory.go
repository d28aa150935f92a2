package main

import (
	"log/slog"
	"net/url"
	"strings"
	"time"

	"wattle/internal/booking"
	"wattle/internal/booking/availability"
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

// withEveryone gives a benchmark the population of 100,000, which the first one makes.
func withEveryone(run func(p *population)) func(*lab.Lab) {
	return func(l *lab.Lab) {
		if shared == nil {
			shared = populate(l)
		}
		run(shared)
	}
}

// shared is nil until a benchmark needs it.
var shared *population

// populate makes everyone and reads them in.
func populate(l *lab.Lab) *population {
	p := &population{Lab: l, db: l.Migrated("everyone"), clock: clock.At(lab.Now), index: memindex.New()}
	p.booking = &booking.Service{DB: p.db, Clock: p.clock, Log: slog.New(slog.DiscardHandler), Availability: &availability.Service{DB: p.db, Clock: p.clock}}
	l.Say("seeding %d people", everyone)
	took := lab.Time(func() {
		l.Must(demo.Seed(l.Ctx, p.db, demo.Options{N: everyone, Seed: demo.DefaultSeed, Now: lab.Now,
			Recompute: p.booking.Availability.RecomputeNext}))
	})
	l.Say("seeded in %.1f s", took.Seconds())
	l.Administer("everyone", `VACUUM ANALYZE`)
	p.search = p.searchOver(p.index)
	l.Must(p.search.Model.Load(l.Ctx))
	var err error
	p.all, _, err = directory.ReadAllListed(l.Ctx, p.db)
	l.Must(err)
	p.misspelt = misspelling(p.all)
	return p
}

// searchOver is another search over the same people.
func (p *population) searchOver(x search.Index) *search.Service {
	model := &directory.Model{DB: p.db, Log: slog.New(slog.DiscardHandler), Index: x}
	return &search.Service{Model: model, Index: x, Clock: p.clock, NextTimes: p.booking.Availability.LiveNext}
}

// misspelling is the most common family name of at least seven letters a to z, without its fourth.
func misspelling(all []*directory.Profile) string {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	count, best := map[string]int{}, "kowalski"
	for _, t := range all {
		name := t.FamilyName
		if len(name) < 7 || strings.Trim(name, letters) != "" {
			continue
		}
		if count[name]++; count[name] > count[best] || count[name] == count[best] && name < best {
			best = name
		}
	}
	return best[:3] + best[4:]
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
	{name: "10-km+type", query: "near=newtown+nsw+2042&within_km=10&type=psychologist&sort=distance", goal: true,
		quick: 200},
	{name: "everybody", query: "", quick: 200},
	{name: "week+max-fee", query: "available=week&max_fee=160", quick: 50},
	{name: "language+gender", query: "language=arabic&gender=woman", quick: 100},
	{name: "max-gap", query: "max_gap=80", quick: 30},
}

// timed is the median time of one search.
func (p *population) timed(x search.Index, f search.Filter, searches int) time.Duration {
	return lab.PerUnit(searches, func() {
		_, err := x.Search(p.Ctx, f, lab.Now)
		p.Must(err)
	})
}

// filter is the shape's search.
func (p *population) filter(s shape) search.Filter {
	v, err := url.ParseQuery(s.query)
	p.Must(err)
	if s.typo {
		v.Set("q", p.misspelt)
	}
	f, err := search.Parse(v)
	p.Must(err)
	return f
}
