package web

import (
	"context"
	"math/rand/v2"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"wattle/internal/clock"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
	"wattle/internal/view"
	"wattle/static"
)

// asTheTemplate fails the test when a page of results by hand is not what its template prints.
func asTheTemplate(t testing.TB, s *Server, what string, p *therapistsListPage) {
	t.Helper()
	var want strings.Builder
	if err := s.views.therapistsList.Render(&want, *p); err != nil {
		t.Fatal(err)
	}
	w := view.NewWriter()
	defer w.Free()
	if s.writeList(w, p); w.Err() != nil {
		t.Fatal(w.Err())
	}
	got := string(w.Bytes())
	if got == want.String() {
		return
	}
	at := 0
	for at < len(got) && at < want.Len() && got[at] == want.String()[at] {
		at++
	}
	near := func(s string) string { return s[max(0, at-80):min(len(s), at+80)] }
	t.Fatalf("%s: internal/web/list_hand.go does not write what templates/pages/directory/list.html and its partials print: a change of one is a change of both. At %d the template has\n%q\nby hand\n%q",
		what, at, near(want.String()), near(got))
}

func TestPagesOfResultsByHandAreThoseOfTheirTemplate(t *testing.T) {
	s := newSite(t)
	look := func(path, query string) {
		t.Helper()
		q, err := url.ParseQuery(query)
		s.must(err)
		p, err := s.web.searched(context.Background(), new(listRoom), path, q)
		s.must(err)
		asTheTemplate(t, s.web, path+"?"+query, p)
	}
	for _, query := range []string{"", "state=nsw", "state=nsw,vic&type=psychologist", "issue=anxiety,panic&issue_match=all", "issue=anxiety&issue=grief", "sort=price&max_fee=160&reduced=true",
		"near=newtown+nsw+2042&within_km=100&sort=distance", "near=richmond&within_km=10", "max_fee=lots&max_gap=%22%3Cb%3E&near=nowhere", "q=anxiety+and+panic+under+%24200", "q=siobh%C3%A1n+%22a%2Bb%22+%3Cb%3E+it's",
		"q=anxiety&understand=false", "q=i+want+to+die", "q=he+hits+me", "max_fee=1&state=nt", "q=zzzzzz", "page=2&per_page=1", "page=900", "postcode=2042", "format=couple&available=evening,weekend", "accepting=true&free_consultation=true&language=mandarin"} {
		look("/therapists", query)
	}
	for path, query := range map[string]string{"/therapists/nsw": "state=nsw", "/therapists/nsw/psychologist": "state=nsw&type=psychologist", "/therapists/nsw/anxiety": "state=nsw&issue=anxiety",
		"/therapists/nsw/psychologist/anxiety": "state=nsw&type=psychologist&issue=anxiety", "/therapists/nsw/near/newtown-2042": "near=newtown-2042&state=nsw", "/therapists/nt/psychiatrist": "state=nt&type=psychiatrist"} {
		look(path, query)
	}
	r := rand.New(rand.NewPCG(7, 7))
	for range 60 {
		f := search.Everybody()
		for _, g := range search.Groups() {
			for r.IntN(6) == 0 {
				f = f.With(g.Name, g.Values[r.IntN(len(g.Values))])
			}
		}
		look("/therapists", f.Encode())
	}
}

func TestBeyondTheLastPageStandsTheLastOne(t *testing.T) {
	s := newSite(t)
	all, err := s.web.Search.Search(t.Context(), search.Filter{PerPage: 2})
	s.must(err)
	if all.Pages() < 2 {
		t.Fatalf("%d people make one page", all.Total)
	}
	people := func(page int) []string {
		return cardOfPage.FindAllString(s.get("/therapists?per_page=2&page="+strconv.Itoa(page)).want(t, 200).text, -1)
	}
	if last, beyond := people(all.Pages()), people(all.Pages()+7); len(last) == 0 || !slices.Equal(last, beyond) {
		t.Errorf("%d people stand on the last page, %d beyond it", len(last), len(beyond))
	}
	s.get("/therapists?per_page=50&page=2").want(t, 200, `class="card therapist"`)
}

// Pages are made in room and buffers that are used again: nobody may see a word of another's page.
func TestPagesMadeAtOnceDoNotMix(t *testing.T) {
	s := newSite(t)
	h := s.handler()
	paths := []string{"/therapists", "/therapists?state=nsw&type=psychologist", "/therapists/vic", "/therapists?q=okafor", "/therapists?max_fee=1&state=nt", "/therapists?issue=anxiety,grief&issue_match=all"}
	page := func(path string) string {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", home+path, nil))
		return w.Body.String()
	}
	s.catchUp()
	var alone []string
	for _, path := range paths {
		alone = append(alone, page(path))
	}
	var group sync.WaitGroup
	for visitor := range 8 {
		group.Go(func() {
			for i := range 30 {
				n := (visitor + i) % len(paths)
				if got := page(paths[n]); got != alone[n] {
					t.Errorf("%s is %d bytes when others ask as well, %d alone", paths[n], len(got), len(alone[n]))
				}
			}
		})
	}
	group.Wait()
}

// strangeWords hold all that has to be escaped.
var strangeWords = []string{"", "a", `"><script>`, "it's a+b & c", "心理\x00", "bad\xff", "/therapists?q=%22&x=<y>", "javascript:alert(1)"}

// strangeList is a page of results that says one and two wherever words can stand.
func strangeList(s *Server, one, two string, n int, on bool) *therapistsListPage {
	link := view.Link{URL: one, Text: two, Note: one}
	p := &therapistsListPage{Chrome: view.Chrome{Title: one, Description: two, Canonical: one, NoIndex: on, Active: "find", Live: true, Demo: on, Crumbs: []view.Link{link}},
		Action: "/therapists", Heading: one, Found: []string{one, two}, Sorts: sortsNear, Sort: two, Total: n, Partial: on,
		Words: view.HTML("<p>words</p>"), Wishes: view.HTML("<p>wishes</p>"), Ticks: []view.Facet{{Value: one, Label: two, Count: n, On: on}},
		Groups: []view.FacetGroup{{Name: one, Legend: two, Values: []view.Facet{{Value: one, Label: two, Count: n, On: on}}}},
		Chips:  view.Chips{Chips: []view.Chip{{Label: one, Remove: two}}, Clear: one}, Notes: []view.Notice{{Kind: "warn", Title: one, Text: two, Links: []view.Link{link}}},
		Pages: view.Pagination{Page: n, Pages: n, Prev: one, Next: two, Links: []view.Link{link}}}
	if on {
		p.Crisis.Panel = taxonomy.PanelViolence
		p.Landing = &landing{Lede: []string{one, two}, Who: one, About: []string{two}, Paid: one, Ways: []landingLinks{{two, []view.Link{link, link}}}}
		p.Understood = &understoodWords{Said: one, Other: two, AsIs: n%2 == 0, Chips: []view.Chip{{Label: two, Remove: one}}}
		p.Zero = &zeroResults{Best: link, Others: []view.Link{link}}
		return p
	}
	t := fixtureTherapist()
	t.Bio, t.FamilyName = one, two
	p.Cards = cardList{s, []search.View{{Profile: t, Next: t.Next, Matched: []string{two}}}, search.Filter{Q: one}}
	p.Landing = &landing{Ways: []landingLinks{{two, []view.Link{link}}}}
	p.Zero = &zeroResults{}
	return p
}

func FuzzAPageOfResultsByHandIsThatOfItsTemplate(f *testing.F) {
	assets, err := view.NewAssets(static.FS)
	if err != nil {
		f.Fatal(err)
	}
	v, err := newViews(assets)
	if err != nil {
		f.Fatal(err)
	}
	s := &Server{views: v, Clock: clock.At(fixtureNow)}
	s.keptCards.Half = halfCards
	for i, w := range strangeWords {
		f.Add(w, strangeWords[(i+3)%len(strangeWords)], i*700, i%2 == 0)
	}
	f.Fuzz(func(t *testing.T, one, two string, n int, on bool) {
		asTheTemplate(t, s, one+" "+two, strangeList(s, one, two, n, on))
	})
}
