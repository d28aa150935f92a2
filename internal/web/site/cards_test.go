package site

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"wattle/internal/booking"
	"wattle/internal/booking/availability"
	"wattle/internal/directory"
	"wattle/internal/guides"
	"wattle/internal/pg"
	"wattle/internal/search"
	"wattle/internal/search/memindex"
	"wattle/internal/web"
)

// asked counts searches.
type asked struct {
	search.Index
	n atomic.Int64
}

func (a *asked) Search(ctx context.Context, f search.Filter, now time.Time) (search.Result, error) {
	a.n.Add(1)
	return a.Index.Search(ctx, f, now)
}

// apart is another server on the site's database, over a pool of its own that nothing else uses.
func apart(t *testing.T, s *site, x search.Index) (*Server, *pg.DB) {
	t.Helper()
	db, err := pg.Open(context.Background(), s.db.URL())
	s.must(err)
	t.Cleanup(func() { db.Close() })
	b := &booking.Service{DB: db, Clock: s.clock, Box: s.web.Box, Log: s.web.Log, Availability: &availability.Service{DB: db, Clock: s.clock}}
	model := &directory.Model{DB: db, Log: s.web.Log, Index: x}
	d := &search.Service{Model: model, Index: x, Clock: s.clock, NextTimes: b.Availability.LiveNext}
	s.must(d.Model.Load(context.Background()))
	return &Server{Kit: web.Kit{Clock: s.clock, Log: s.web.Log, Assets: s.web.Assets, Box: s.web.Box, BaseURL: home, Version: "test", LimitsOff: true},
		Search: d, Guides: &guides.Guides{Library: s.web.Guides.Library, Search: d}, Booking: b}, db
}

func TestSearchingMakesNoStatementWhileTheDirectoryIsFresh(t *testing.T) {
	s := newSite(t)
	w, db := apart(t, s, memindex.New())
	h, err := w.Handler()
	s.must(err)
	for _, path := range []string{"/", "/therapists", "/therapists/nsw", "/therapists?q=anxiety&sort=price", "/therapists?near=newtown+nsw+2042&within_km=50&available=week",
		"/therapists?max_fee=10&state=nt", "/api/v1/therapists?state=nsw&max_gap=100"} {
		s.must(w.Search.Model.Follow(context.Background()))
		before := db.Statements()
		s.through(h, "127.0.0.1:1", "GET", path, "").want(t, 200)
		if n := db.Statements() - before; n != 0 {
			t.Errorf("%s makes %d statements", path, n)
		}
	}
}

func TestAnUnchangedPageIsAnsweredWithoutASearch(t *testing.T) {
	s := newSite(t)
	x := &asked{Index: memindex.New()}
	w, _ := apart(t, s, x)
	h, err := w.Handler()
	s.must(err)
	const path = "/therapists?q=anxiety&state=nsw"
	get := func(tag string) reply {
		s.must(w.Search.Model.Follow(context.Background()))
		return s.through(h, "127.0.0.1:1", "GET", path, "", "If-None-Match", tag)
	}
	tag := get("").want(t, 200).Header.Get("ETag")
	before := x.n.Load()
	get(tag).want(t, 304)
	if n := x.n.Load() - before; n != 0 {
		t.Errorf("it took %d searches to find out that nothing had changed", n)
	}
	s.clock.Advance(time.Minute)
	get(tag).want(t, 200)
	tag = get("").want(t, 200).Header.Get("ETag")
	s.exec(`UPDATE therapists SET version = version + 1 WHERE id = (SELECT min(id) FROM therapists WHERE listing = 'listed')`)
	get(tag).want(t, 200)
}
