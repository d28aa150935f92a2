package find

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"wattle/internal/clock"
	"wattle/internal/search"
	"wattle/internal/view"
	"wattle/internal/web"
	"wattle/internal/web/profile"
	"wattle/static"
)

type fictional struct{}

func (fictional) Fresh() bool     { return true }
func (fictional) Version() string { return "1" }
func (fictional) Fictional() bool { return true }

// newPages is the area without search or database: its pages can be rendered.
func newPages(t testing.TB, now *clock.Fixed) *Pages {
	t.Helper()
	assets, err := view.NewAssets(static.FS)
	if err != nil {
		t.Fatal(err)
	}
	s := &Pages{Kit: &web.Kit{Clock: now, Assets: assets, Directory: fictional{}}}
	if err := s.Prepare(); err != nil {
		t.Fatal(err)
	}
	r, err := s.Router()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Mount(r); err != nil {
		t.Fatal(err)
	}
	return s
}

// printed is a card straight from its template.
func printed(t *testing.T, s *Pages, v search.View, f search.Filter) string {
	t.Helper()
	from, format := "", ""
	if q := f.Encode(); q != "" {
		from = "?from=" + url.QueryEscape("?"+q)
	}
	if len(f.Formats) == 1 {
		format = f.Formats[0]
	}
	card, err := s.views.card.Markup(profile.Card(v, format, from, s.Clock.Now()))
	if err != nil {
		t.Fatal(err)
	}
	return string(card)
}

// results are people in every state that a card shows differently.
func results() []search.View {
	full := profile.Example()
	paused, bare := *full, *full
	paused.Accepting, paused.GivenName, paused.Version = false, "Bo", full.Version+1
	bare.Reduced, bare.Services, bare.Bio, bare.Version = nil, full.Services[:1], "Short.", full.Version+2
	next := full.Next
	return []search.View{{Profile: full, Next: next}, {Profile: full, Next: next, Matched: []string{"Helps with anxiety", "LGBTQIA+ <affirming>"}},
		{Profile: full, Next: next, HasKm: true, Km: 3.2}, {Profile: &paused}, {Profile: &bare, Next: next, Matched: []string{"Evenings"}}}
}

func TestCachedCardsEqualTheTemplate(t *testing.T) {
	now := clock.At(profile.ExampleNow)
	s := newPages(t, now)
	list := results()
	look := func() {
		t.Helper()
		for range 2 { // rendered, then cached
			for _, q := range []string{"", "state=nsw", "format=couple", "format=couple,individual", "q=siobh%C3%A1n+%22a%2Bb%22+%3Cb%3E+it's", "max_fee=160&sort=price"} {
				v, _ := url.ParseQuery(q)
				f, err := search.Parse(v)
				if err != nil {
					t.Fatal(err)
				}
				cards, err := s.cardList(list, f)
				if err != nil {
					t.Fatal(err)
				}
				want := ""
				for _, r := range list {
					want += "<li>" + printed(t, s, r, f) + "</li>"
				}
				plus := strings.NewReplacer("&#43;", "+") // html/template escapes a plus, package html does not
				if plus.Replace(string(cards)) != plus.Replace(want) {
					t.Fatalf("%q:\n%s\nthe template has\n%s", q, cards, want)
				}
			}
		}
	}
	look()
	changed := *list[0].Profile
	changed.Bio, changed.Version = "Another bio.", changed.Version+10
	list[0].Profile = &changed
	look()
	now.Advance(31 * time.Hour) // other times, other days
	look()
	now.Set(time.Date(2027, 7, 1, 0, 30, 0, 0, time.UTC)) // other rebates
	look()
	if hits, misses := s.cards.Counts(); hits < misses {
		t.Errorf("%d cards came from the cache and %d were rendered", hits, misses)
	}
}
