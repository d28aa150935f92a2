package site

import (
	"compress/gzip"
	"encoding/xml"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"wattle/internal/accounts"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
	"wattle/internal/web"
)

// publicPages are pages that anybody can open, each different.
var publicPages = []string{"/", "/therapists", "/therapists?state=nsw&max_fee=100", "/therapists?q=zzzzzz", "/therapists/nsw", "/therapists/nsw/psychologist",
	"/therapists/nsw/anxiety", "/therapists/nsw/clinical-psychologist/anxiety", "/therapists/nsw/near/newtown-2042", "/therapist/ada-example", "/therapist/eve-full",
	"/therapist/fay-nocall", "/therapist/ada-example/book", "/guides", "/guides/rebuilding-trust", "/guides/therapy-costs", "/crisis", web.OrderPath, "/privacy", "/terms", "/accessibility", "/integrity", "/under-18", "/api/docs"}

func TestPublicPagesAreSoundAndLoadNothingFromElsewhere(t *testing.T) {
	s := newSite(t)
	for _, path := range publicPages {
		a := s.get(path).want(t, 200)
		sound(t, a)
		root, err := html.Parse(strings.NewReader(a.text))
		s.must(err)
		for n := range root.Descendants() {
			loads := attr(n, "src") + attr(n, "srcset") + attr(n, "poster")
			if n.Data == "link" && attr(n, "rel") != "canonical" || n.Data == "use" || n.Data == "image" {
				loads += attr(n, "href")
			}
			if strings.Contains(loads, "//") || strings.HasPrefix(loads, "data:") {
				t.Errorf("%s loads %s", path, loads)
			}
			if n.Data == "form" && !strings.HasPrefix(attr(n, "action"), "/") {
				t.Errorf("%s has a form to %q", path, attr(n, "action"))
			}
		}
		if got := s.ask("HEAD", path, nil); path != "/therapist/ada-example/book" && (got.StatusCode != 200 || got.text != "") {
			t.Errorf("HEAD %s answers %d with %d bytes", path, got.StatusCode, len(got.text))
		}
	}
}

func TestEveryLinkOfAPublicPageResolves(t *testing.T) {
	s := newSite(t)
	seen, queue := map[string]bool{}, slices.Clone(publicPages)
	for len(queue) > 0 && len(seen) < 250 {
		path := queue[0]
		queue = queue[1:]
		if seen[path] {
			continue
		}
		seen[path] = true
		a := s.get(path)
		if a.StatusCode >= 400 {
			t.Errorf("a link leads to %s, which answers %d", path, a.StatusCode)
		}
		if !strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
			continue
		}
		root, err := html.Parse(strings.NewReader(a.text))
		s.must(err)
		for n := range root.Descendants() {
			to, err := a.Request.URL.Parse(attr(n, "href"))
			if n.Type == html.ElementNode && n.Data == "a" && err == nil && to.Host == "wattle.example" && !strings.HasPrefix(to.Path, "/dev/") {
				queue = append(queue, to.RequestURI())
			}
		}
	}
	if len(seen) < 60 {
		t.Errorf("only %d addresses were found", len(seen))
	}
}

func TestMalformedFiltersAreDroppedWithANoteAndUnknownNamesSilently(t *testing.T) {
	s := newSite(t)
	v := s.visitor(t).open("/therapists?max_fee=cheap&state=nsw").sees(200, "must be an amount in dollars", "3 therapists")
	v.open("/therapists?state=nsw&type=healer").sees(200, "is not one of the choices", "3 therapists")
	v.open("/therapists?utm_source=canary-77&fbclid=x&state=nsw").sees(200, "3 therapists").lacks("canary-77", "not understood", "no parameter")
	if strings.Contains(v.page.text, "canary-77") {
		t.Error("an unknown name's value is repeated")
	}
	v.open("/therapists?near=Newtown").sees(200, "more than one").lacks("0 therapists")
	v.follow("Newtown NSW 2042").sees(200, "3 therapists")
	v.open("/therapists?page=99").sees(200)
	v.open("/therapists?%zz&;;&state=nsw").sees(200)
}

func TestAnEmptyResultSuggestsTheBestChange(t *testing.T) {
	s := newSite(t)
	v := s.visitor(t).open("/therapists?state=vic&max_fee=100").sees(200, "0 therapists")
	v.follow("1 therapist").lacks("0 therapists").sees(200, "1 therapist")
	s.visitor(t).open("/therapists?q=zzzzzz").sees(200)
}

func TestCrisisWordsShowTheLinesAndAreNotLogged(t *testing.T) {
	s := newSite(t)
	a := s.get("/therapists?q="+url.QueryEscape("I want to kill myself")).want(t, 200, `href="tel:131114"`, `href="tel:000"`)
	if i, j := strings.Index(a.text, "13 11 14"), strings.Index(a.text, "Dr Ada Example"); j >= 0 && i > j {
		t.Error("therapists come before the people who answer now")
	}
	for _, word := range []string{"kill", "myself"} {
		if strings.Contains(s.log.String(), word) {
			t.Errorf("the log holds %q", word)
		}
	}
}

func TestLandingAddresses(t *testing.T) {
	s := newSite(t)
	for path, total := range map[string]string{"/therapists/nsw": "3", "/therapists/nsw/clinical-psychologist": "1", "/therapists/nsw/anxiety": "3",
		"/therapists/nsw/clinical-psychologist/anxiety": "1", "/therapists/nsw/near/newtown-2042": "3", "/therapists/vic/counsellor?language=arabic": "1", "/therapists/nsw?state=vic": "3"} {
		s.visitor(t).open(path).sees(200, total+" therapist")
	}
	for _, path := range []string{"/therapists/uk", "/therapists/NSW", "/therapists/nsw/healer", "/therapists/nsw/nsw", "/therapists/anxiety", "/therapists/nsw/anxiety/depression", "/therapists/nsw/psychologist/psychologist",
		"/therapists/nsw/psychologist/healer", "/therapists/nsw/psychologist/anxiety/x", "/therapists/nsw/near/nowhere-9999", "/therapists/vic/near/newtown-2042",
		"/therapists/nsw/near/", "/therapists/", "/therapists/nsw/", "/therapists/%2e%2e", "/therapists/nsw%00", "/therapists/nsw,vic", "/therapists/nsw/anxiety,sleep"} {
		s.get(path).want(t, 404)
	}
	for _, typ := range taxonomy.Types.All() {
		if slices.Contains(taxonomy.Issues.Slugs(), typ.Slug) {
			t.Errorf("%s is a type and an issue", typ.Slug)
		}
	}
}

func TestAnUnchangedPageIsNotSentAgain(t *testing.T) {
	s := newSite(t)
	for _, path := range publicPages {
		first := s.get(path)
		cache, tag := first.Header.Get("Cache-Control"), first.Header.Get("ETag")
		if cache == "no-store" || cache == "no-cache" {
			continue
		}
		if cache != "private, no-cache" || tag == "" {
			t.Errorf("%s: Cache-Control %q, ETag %q", path, cache, tag)
		}
		again := s.get(path, "If-None-Match", tag)
		if again.StatusCode != 304 || again.text != "" || again.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s again answers %d with %d bytes", path, again.StatusCode, len(again.text))
		}
		if other := s.get(path, "If-None-Match", `W/"other"`); other.StatusCode != 200 {
			t.Errorf("%s with another tag answers %d", path, other.StatusCode)
		}
	}
	tags := map[string]string{}
	for _, path := range []string{"/", "/therapists", "/therapists/nsw", "/therapist/ben-okafor"} {
		tags[path] = s.get(path).Header.Get("ETag")
	}
	s.must(s.profiles.Unlist(t.Context(), accounts.System, s.people["cleo-brisbane"].ID))
	s.catchUp()
	s.get("/therapists", "If-None-Match", tags["/therapists"]).want(t, 200)
	s.get("/", "If-None-Match", tags["/"]).want(t, 200)
	s.get("/therapist/ben-okafor", "If-None-Match", tags["/therapist/ben-okafor"]).want(t, 304)
	s.clock.Advance(time.Minute)
	s.get("/therapists/nsw", "If-None-Match", tags["/therapists/nsw"]).want(t, 200)
}

// The tag of a search is known before it is known whether there is anything at its address.
func TestAFailureCarriesNoTag(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/therapists/atlantis", "/therapists/nsw/wizard", "/therapists/nsw/near/atlantis-9999", "/guides/none"} {
		a := s.get(path).want(t, 404)
		if tag, cache := a.Header.Get("ETag"), a.Header.Get("Cache-Control"); tag != "" || cache != "no-store" {
			t.Errorf("%s: ETag %q, Cache-Control %q", path, tag, cache)
		}
	}
	one, other := s.get("/therapists?state=nsw").Header.Get("ETag"), s.get("/therapists?state=vic").Header.Get("ETag")
	if one == other {
		t.Errorf("two searches are both %s", one)
	}
}

func TestListsTravelCompressedAndBookingsDoNot(t *testing.T) {
	s := newSite(t)
	a := s.get("/therapists", "Accept-Encoding", "gzip")
	if a.Header.Get("Content-Encoding") != "gzip" || !strings.Contains(a.Header.Get("Vary"), "Accept-Encoding") {
		t.Errorf("the list travels as %q, Vary %q", a.Header.Get("Content-Encoding"), a.Header.Get("Vary"))
	}
	unpacked, err := gzip.NewReader(strings.NewReader(a.text))
	s.must(err)
	if text, err := io.ReadAll(unpacked); err != nil || !strings.Contains(string(text), "</html>") {
		t.Errorf("it does not unpack: %v", err)
	}
	b := s.held()
	for _, path := range []string{strings.TrimPrefix(b["manage_url"].(string), home), "/api/v1/bookings/" + b["id"].(string)} {
		if got := s.get(path, append(bearer(b), "Accept-Encoding", "gzip")...).want(t, 200).Header.Get("Content-Encoding"); got != "" {
			t.Errorf("%s is compressed beside a token (BREACH)", path[:12])
		}
	}
}

func TestRobotsAndSitemap(t *testing.T) {
	s := newSite(t)
	robots := s.get("/robots.txt").want(t, 200, "Sitemap: "+home+"/sitemap.xml", "Disallow: /booking/")
	if got := robots.Header.Get("Content-Type"); !strings.HasPrefix(got, "text/plain") {
		t.Errorf("robots.txt is %s", got)
	}
	made := template("demo-person", "Demo", "Person")
	made.Demo = true
	s.settle(person{made, hours(weekdays(540, 600)...)})
	var locs []string
	for _, file := range []string{"pages", "places", "therapists-1"} {
		var doc struct {
			URLs []struct {
				Loc string `xml:"loc"`
			} `xml:"url"`
		}
		s.must(xml.Unmarshal([]byte(s.get("/sitemaps/"+file+".xml").want(t, 200).text), &doc))
		for _, u := range doc.URLs {
			locs = append(locs, strings.TrimPrefix(u.Loc, home))
		}
	}
	for _, want := range []string{"/", "/therapists", "/therapists/nsw", "/therapist/ada-example", "/crisis"} {
		if !slices.Contains(locs, want) {
			t.Errorf("the sitemap lacks %s", want)
		}
	}
	for _, slug := range append(hidden, "demo-person") {
		if slices.Contains(locs, "/therapist/"+slug) {
			t.Errorf("the sitemap names %s", slug)
		}
	}
	for _, loc := range locs {
		s.get(loc).want(t, 200)
	}
}

func TestPortraitsAreDrawn(t *testing.T) {
	s := newSite(t)
	a := s.get("/portrait/ada-example.svg").want(t, 200, "<svg")
	if a.Header.Get("Content-Type") != "image/svg+xml" || strings.Contains(a.text, "<script") || strings.Contains(a.text, "http") && !strings.Contains(a.text, `xmlns="http://www.w3.org/2000/svg"`) {
		t.Errorf("the portrait: %s\n%s", a.Header.Get("Content-Type"), short(a.text))
	}
	for _, path := range []string{"/portrait/ada-example", "/portrait/ada-example.png", "/portrait/.svg", "/portrait/nobody.svg", "/portrait/%00.svg"} {
		s.get(path).want(t, 404)
	}
}

func TestEveryPageOfADemoDirectorySaysSo(t *testing.T) {
	s := bareSite(t)
	made := template("demo-person", "Demo", "Person")
	made.Demo = true
	s.settle(person{made, hours(weekdays(540, 600)...)})
	for _, path := range []string{"/", "/therapists", "/therapist/demo-person", "/crisis"} {
		if text := s.get(path).want(t, 200).text; !strings.Contains(text, "made up") && !strings.Contains(text, "fictional") {
			t.Errorf("%s does not say that its people are made up", path)
		}
	}
	s.get("/therapist/demo-person").want(t, 200, `<meta name="robots" content="noindex">`)
	if s.api("/therapists/demo-person")["fictional"] != true {
		t.Error("the API does not say that they are fictional")
	}
}

func TestAnEmptyDirectoryIsServed(t *testing.T) {
	s := bareSite(t)
	for _, path := range []string{"/", "/therapists", "/therapists/nsw", "/sitemap.xml", "/api/v1/therapists"} {
		s.get(path).want(t, 200)
	}
	if search.All().Page != 1 {
		t.Error("everybody is the first page")
	}
}

func TestAProfileLinksBackOnlyToARealSearch(t *testing.T) {
	s := newSite(t)
	for path, want := range map[string]string{
		"/therapist/ada-example":                     `href="/therapists"><svg`,
		"/therapist/ada-example?from=%3Fstate=nsw":   "Back to your search",
		"/therapist/ada-example?from=%3Fq%3Danxiety": "Back to your search",
	} {
		if text := s.get(path).want(t, 200, want).text; strings.Contains(text, "Back to your search") != (want == "Back to your search") {
			t.Errorf("%s speaks of a search that was none, or of none that was", path)
		}
	}
}
