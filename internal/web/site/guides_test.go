package site

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"wattle/internal/accounts"
	"wattle/internal/guides"
	"wattle/internal/search"
	"wattle/internal/web"
)

const someGuide = "/guides/rebuilding-trust"

func reviewedArticle(a *guides.Article) *guides.Article {
	b := *a
	b.Reviewer = &guides.Reviewer{Name: "Dr Example Fixture", Profession: "Clinical Psychologist", Registration: "PSY0009990001", On: b.Reviewed}
	return &b
}

// reviewed gives the site's first guide a reviewer, who is made up for this test.
func reviewed(s *Server) {
	list := s.Guides.Library.All()
	list[0] = reviewedArticle(list[0])
	library, err := guides.NewLibrary(list...)
	if err != nil {
		panic(err)
	}
	s.Guides.Library = library
}

func TestEveryGuideIsShownWithItsSourcesAndItsState(t *testing.T) {
	s := newSite(t)
	list := s.get("/guides").want(t, 200, `<meta name="robots" content="noindex">`)
	for _, a := range s.web.Guides.Library.All() {
		path := "/guides/" + a.Slug
		if !strings.Contains(list.text, `href="`+path+`"`) {
			t.Errorf("the list lacks %s", path)
		}
		r := s.get(path).want(t, 200, html.EscapeString(a.Title), "Key takeaways", "When to get help", "Questions and answers", "Not yet clinically reviewed",
			`<meta name="robots" content="noindex">`, `<link rel="canonical" href="`+home+path+`">`, "hello@wattle.example", `href="/crisis"`, a.Byline.Name)
		sound(t, r)
		for _, src := range a.Sources {
			if strings.Count(r.text, `href="#source-`+src.ID+`"`) == 0 {
				t.Errorf("%s: nothing leads to the source %s", path, src.ID)
			}
		}
	}
	for _, path := range []string{"/guides/none", "/guides/", "/guides/rebuilding-trust/x", "/guides/%00", "/guides/Rebuilding-trust"} {
		s.get(path).want(t, 404)
	}
}

func TestAGuideWithoutAReviewerIsNotIndexed(t *testing.T) {
	if text := newSite(t).get("/sitemaps/pages.xml").want(t, 200).text; strings.Contains(text, "/guides") {
		t.Error("the sitemap names guides that no clinician has read")
	}
	s := newSite(t, reviewed)
	first := "/guides/" + s.web.Guides.Library.All()[0].Slug
	if text := s.get("/sitemaps/pages.xml").want(t, 200, home+first+"</loc>", home+"/guides</loc>").text; strings.Count(text, "/guides/") != 1 {
		t.Error("the sitemap names more than the guide that was read")
	}
	r := s.get(first).want(t, 200, "Clinically reviewed by Dr Example Fixture", "PSY0009990001")
	sound(t, r)
	if strings.Contains(r.text, "noindex") || strings.Contains(r.text, "Not yet") || strings.Contains(s.get("/guides").text, `content="noindex"`) {
		t.Error("a reviewed guide, or the list that holds it, is kept from search engines")
	}
}

// data is the structured data of a page, by type.
func data(t *testing.T, r reply) map[string]map[string]any {
	t.Helper()
	out := map[string]map[string]any{}
	for _, node := range r.jsonld(t) {
		out[node["@type"].(string)] = node
	}
	return out
}

func TestStructuredDataSaysWhatThePageSays(t *testing.T) {
	for name, change := range map[string][]func(*Server){"unreviewed": nil, "reviewed": {reviewed}} {
		s := newSite(t, change...)
		a := s.web.Guides.Library.All()[0]
		at := home + "/guides/" + a.Slug
		r := s.get("/guides/" + a.Slug)
		d := data(t, r)
		if len(d) != 3 || d["MedicalWebPage"]["url"] != at || d["Article"]["headline"] != a.Title || d["Article"]["datePublished"] != a.Published.Format(time.DateOnly) {
			t.Errorf("%s: %v", name, d)
		}
		crumbs := d["BreadcrumbList"]["itemListElement"].([]any)
		if len(crumbs) != 3 || dig(crumbs[1], "item") != home+"/guides" || dig(crumbs[2], "item") != at {
			t.Errorf("%s: the way is %v", name, crumbs)
		}
		if got := dig(d["MedicalWebPage"]["reviewedBy"], "name"); (got == "Dr Example Fixture") != a.Clinical() || (d["MedicalWebPage"]["lastReviewed"] != nil) != a.Clinical() {
			t.Errorf("%s: reviewed by %v", name, got)
		}
		for _, word := range []string{"ating", "Review\"", "Psychologist\",\"@type", "FAQ"} {
			if raw, _ := json.Marshal(d); strings.Contains(string(raw), `"`+word) || strings.Contains(string(raw), "Rating") {
				t.Errorf("%s: it speaks of %s", name, word)
			}
		}
	}
}

// helpers are people who help with affairs, and one who does not.
func helpers() []person {
	var out []person
	for _, p := range smallDirectory() {
		if p.Slug == "ada-example" || p.Slug == "ben-okafor" || p.Slug == "eve-full" || p.Slug == "fay-nocall" || p.Slug == "dev-paused" {
			p.Issues = append(slices.Clone(p.Issues), "infidelity")
		}
		out = append(out, p)
	}
	return out
}

func TestAGuideShowsBookablePeopleForItsSubject(t *testing.T) {
	s := bareSite(t)
	s.settle(helpers()...)
	r := s.get(someGuide).want(t, 200, "Ada", "Ben", "Helps with affairs &amp; infidelity", "/therapist/ben-okafor/book?service=free-consultation", "Book a free 20-minute call")
	for _, who := range []string{"Cleo", "Eve", "Fay", "Paused", "None of the people"} {
		if strings.Contains(r.text, who) {
			t.Errorf("it shows %s", who)
		}
	}
	if strings.Index(r.text, "Ada") > strings.Index(r.text, "Ben") {
		t.Error("the soonest does not come first")
	}
	s.must(s.profiles.Unlist(t.Context(), accounts.System, s.people["ben-okafor"].ID))
	s.catchUp()
	if text := s.get(someGuide).want(t, 200, "Ada").text; strings.Contains(text, "Ben") {
		t.Error("somebody who left is still shown")
	}
}

func TestAGuideSaysWhyItShowsOthers(t *testing.T) {
	s := newSite(t) // nobody helps with affairs
	r := s.get(someGuide).want(t, 200, "None of the people here who help with affairs", "Ada", "Ben", "Cleo", `href="/therapists">Find a therapist`)
	if strings.Contains(r.text, "Eve") || strings.Contains(r.text, "Fay") {
		t.Error("it shows somebody who cannot be called")
	}
	bareSite(t).get(someGuide).want(t, 200, "Nobody here has a free time for a first call right now.", `href="/therapists">Find a therapist`)
}

func TestAGuideIsShownWhenTheSearchFails(t *testing.T) {
	s := newSite(t)
	s.web.Guides.Search = &search.Service{Model: s.web.Search.Model, Index: brokenIndex{}, Clock: s.clock}
	r := s.get(someGuide).want(t, 200, "Key takeaways", "We cannot see right now who has a free time.")
	sound(t, r)
	if r.Header.Get("ETag") != "" || r.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("who tries again is shown the same once more: %q, %q", r.Header.Get("ETag"), r.Header.Get("Cache-Control"))
	}
	s.get("/api/v1/guides/rebuilding-trust").want(t, 200, "We cannot see right now")
}

func TestAGuideSaysWhenItIsOverdue(t *testing.T) {
	s := newSite(t)
	a, err := s.web.Guides.Library.Get("rebuilding-trust")
	s.must(err)
	zone := web.ZoneOf("Australia/Sydney")
	last := time.Date(a.Due.Year(), a.Due.Month(), a.Due.Day(), 23, 59, 0, 0, zone)
	s.clock.Set(last)
	if text := s.get(someGuide).want(t, 200).text; strings.Contains(text, "overdue") {
		t.Error("it is overdue on the day it is due")
	}
	s.clock.Set(last.Add(2 * time.Minute))
	s.get(someGuide).want(t, 200, "This guide is overdue to be checked")
	if s.api("/guides/rebuilding-trust")["overdue"] != true {
		t.Error("the API does not say so")
	}
}

func TestTheAPIServesGuides(t *testing.T) {
	s := bareSite(t)
	s.settle(helpers()...)
	list := s.api("/guides")
	results := list["results"].([]any)
	if n := len(s.web.Guides.Library.All()); len(results) != n || list["total"] != float64(n) {
		t.Fatalf("%v guides of %d", list["total"], n)
	}
	g := s.api("/guides/rebuilding-trust")
	people := g["therapists"].([]any)
	if len(people) != 2 || dig(people[0], "slug") != "ada-example" || dig(people[1], "accepting") != true {
		t.Errorf("the people are %v", people)
	}
	if v, there := g["reviewer"]; v != nil || !there {
		t.Errorf("the reviewer is %v", v)
	}
	if len(g["crisis_lines"].([]any)) < 3 || len(g["sections"].([]any)) < 3 || !strings.Contains(g["url"].(string), home+someGuide) {
		t.Errorf("it lacks something: %v", g["crisis_lines"])
	}
	for _, path := range []string{"/api/v1/guides", "/api/v1/guides/rebuilding-trust", "/api/v1/guides/none"} {
		if r := s.get(path, "Origin", "https://elsewhere.example"); r.Header.Get("Access-Control-Allow-Origin") != "*" || r.Header.Get("Access-Control-Allow-Credentials") != "" {
			t.Errorf("%s may be read by %q", path, r.Header.Get("Access-Control-Allow-Origin"))
		}
	}
	s.get("/api/v1/guides/none").want(t, 404, "There is no such guide.")
	for _, path := range []string{"/api/v1/guides?page=2", "/api/v1/guides/rebuilding-trust?x=1"} {
		s.get(path).want(t, 400, "This parameter is not known.")
	}
	if a := newSite(t, reviewed); dig(a.api("/guides/"+a.web.Guides.Library.All()[0].Slug), "reviewer", "name") != "Dr Example Fixture" {
		t.Error("the reviewer is not named")
	}
}

// brokenIndex finds nobody, ever.
type brokenIndex struct{ search.Index }

func (brokenIndex) Search(context.Context, search.Filter, time.Time) (search.Result, error) {
	return search.Result{}, errors.New("the index is broken")
}
