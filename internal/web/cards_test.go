package web

import (
	"context"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wattle/internal/booking"
	"wattle/internal/directory"
	"wattle/internal/guides"
	"wattle/internal/pg"
	"wattle/internal/search"
	"wattle/internal/search/memindex"
)

// printed is a card straight from its template.
func printed(t *testing.T, s *Server, v search.View, f search.Filter) string {
	t.Helper()
	from, format := "", ""
	if q := f.Encode(); q != "" {
		from = "?from=" + urlQuery("?"+q)
	}
	if len(f.Formats) == 1 {
		format = f.Formats[0]
	}
	card, err := s.views.card.Markup(cardOf(v, format, from, s.Clock.Now()))
	if err != nil {
		t.Fatal(err)
	}
	return string(card)
}

func TestCachedCardsEqualTheTemplate(t *testing.T) {
	s := newSite(t)
	queries := []string{"", "state=nsw", "format=couple", "format=couple,individual", "near=newtown+nsw+2042&within_km=100", "near=brunswick+vic&within_km=500",
		"q=anxiety", "q=siobh%C3%A1n+%22a%2Bb%22+%3Cb%3E+it's", "q=okafor", "max_fee=160&sort=price", "language=mandarin&page=1&per_page=50"}
	shown := 0
	look := func() {
		t.Helper()
		for range 2 { // rendered, then cached
			for _, q := range queries {
				v, _ := url.ParseQuery(q)
				f, err := search.Parse(v)
				if err != nil {
					t.Fatal(err)
				}
				page, err := s.web.Search.Search(context.Background(), f)
				if err != nil {
					t.Fatal(err)
				}
				cards, err := s.web.cards(page.Results, f)
				if err != nil {
					t.Fatal(err)
				}
				want := ""
				for _, r := range page.Results {
					want += "<li>" + printed(t, s.web, r, f) + "</li>"
					shown++
				}
				plus := strings.NewReplacer("&#43;", "+") // html/template escapes a plus, package html does not
				if plus.Replace(string(cards)) != plus.Replace(want) {
					t.Fatalf("%q:\n%s\nthe template has\n%s", q, cards, want)
				}
			}
		}
	}
	look()
	s.exec(`UPDATE therapists SET version = version + 1, accepting = NOT accepting, bio = 'Another bio.' WHERE id % 2 = 0`)
	s.catchUp()
	look()
	s.clock.Advance(31 * time.Hour) // other times, other days
	look()
	s.clock.Set(time.Date(2027, 7, 1, 0, 30, 0, 0, time.UTC)) // other rebates
	look()
	if hits, _ := s.web.cardCache.Counts(); shown < 100 || hits < uint64(shown)/4 {
		t.Errorf("%d cards were shown and %d of them came from the cache", shown, hits)
	}
}

// The cache knows a card by its profile's edition, so it holds on to no profile.
func TestACachedCardIsFoundByAnotherCopyOfItsProfile(t *testing.T) {
	s := newSite(t)
	v, err := s.web.Search.Show(t.Context(), "ada-example")
	s.must(err)
	write := func(v search.View) {
		_, err := s.web.cards([]search.View{v}, search.All())
		s.must(err)
	}
	write(v)
	before, _ := s.web.cardCache.Counts()
	again := *v.Profile
	v.Profile = &again
	write(v)
	if after, _ := s.web.cardCache.Counts(); after != before+1 {
		t.Errorf("its card was found %d times", after-before)
	}
}

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
	b := &booking.Service{DB: db, Clock: s.clock, Box: s.web.Box, Log: s.web.Log}
	model := &directory.Model{DB: db, Log: s.web.Log, Index: x}
	d := &search.Service{Model: model, Index: x, Clock: s.clock, NextTimes: b.LiveNext}
	s.must(d.Model.Load(context.Background()))
	return &Server{Search: d, Guides: &guides.Guides{Library: s.web.Guides.Library, Search: d}, Booking: b, Clock: s.clock, Log: s.web.Log, Assets: s.web.Assets, Box: s.web.Box, BaseURL: home, Version: "test", LimitsOff: true}, db
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
