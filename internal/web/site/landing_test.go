package site

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wattle/internal/taxonomy"
)

// crowded adds people to the small directory: n counsellors in Newtown who help with grief.
func (s *site) crowded(n int) {
	var list []person
	for i := range n {
		t := template(fmt.Sprintf("extra-%d", i), "Extra", fmt.Sprintf("Person%d", i))
		t.Type, t.State, t.Suburb, t.Postcode, t.Issues = "counsellor", "nsw", "Newtown", "2042", []string{"grief"}
		t.Demo = false
		list = append(list, person{t, hours(weekdays(540, 1020)...)})
	}
	s.settle(list...)
}

func TestALandingPageSaysWhatItsDataSays(t *testing.T) {
	s := newSite(t)
	s.crowded(4)
	a := s.get("/therapists/nsw/counsellor").want(t, 200, "Half of them ask $", "or less for a session", "What a counsellor is",
		"Medicare does not pay towards sessions with counsellors", `<link rel="canonical" href="`+home+`/therapists/nsw/counsellor">`,
		`href="/therapists/nsw/counsellor/grief"`, `href="/therapists/nsw"`)
	if strings.Contains(a.text, `content="noindex"`) {
		t.Error("a page with four people is kept out of search engines")
	}
	s.get("/therapists/nsw").want(t, 200, "By profession in New South Wales", "By what you need help with", `href="/therapists/nsw/counsellor"`)
	s.get("/therapists/nsw/near/newtown-2042").want(t, 200, `<link rel="canonical" href="`+home+`/therapists/nsw/near/newtown-2042">`)
	row, ok := taxonomy.Rebate("clinical-psychologist", 50, "in-person", s.clock.Now())
	if !ok {
		t.Fatal("the table has no line for today")
	}
	amount := fmt.Sprintf("$%d.%02d", row.BenefitCents/100, row.BenefitCents%100)
	s.get("/therapists/nsw/clinical-psychologist").want(t, 200, "With a referral Medicare pays "+amount, "item "+row.ItemRooms)
}

func TestEveryoneIsOnExactlyOnePage(t *testing.T) {
	s := newSite(t)
	s.crowded(2*cardsAPage + 3)
	seen := map[string]int{}
	path, pages := "/therapists/nsw/counsellor", 0
	for path != "" && pages < 10 {
		v := s.visitor(t).open(path)
		for _, card := range strings.Split(v.page.text, `<article class="card`)[1:] {
			_, rest, _ := strings.Cut(card, `href="/therapist/`)
			slug, _, _ := strings.Cut(rest, `"`)
			slug, _, _ = strings.Cut(slug, "?")
			seen[slug]++
		}
		before, _, found := strings.Cut(v.page.text, `" rel="next"`)
		path, pages = "", pages+1
		if found {
			path = strings.ReplaceAll(before[strings.LastIndex(before, `"`)+1:], "&amp;", "&")
		}
	}
	if len(seen) < 2*cardsAPage+3 || pages != 3 {
		t.Errorf("%d people on %d pages", len(seen), pages)
	}
	for slug, n := range seen {
		if n != 1 {
			t.Errorf("%s stands %d times", slug, n)
		}
	}
}

func TestThinLandingPagesAreKeptOutOfSearchEngines(t *testing.T) {
	s := newSite(t)
	s.crowded(2)
	for _, path := range []string{"/therapists/nsw/counsellor/grief", "/therapists/nt", "/therapists/nsw?max_fee=500"} {
		if a := s.get(path).want(t, 200); !strings.Contains(a.text, `content="noindex"`) || strings.Contains(a.text, `rel="canonical"`) {
			t.Errorf("%s may be indexed", path)
		}
	}
	s.crowdedMore()
	if a := s.get("/therapists/nsw/counsellor/grief").want(t, 200); strings.Contains(a.text, `content="noindex"`) {
		t.Error("three people are enough")
	}
}

func (s *site) crowdedMore() {
	t := template("extra-more", "Extra", "More")
	t.Type, t.State, t.Issues = "counsellor", "nsw", []string{"grief"}
	s.settle(person{t, hours(weekdays(540, 1020)...)})
}

const dataTag = `<script type="application/ld+json">`

// withoutData is a page's text less its structured data, which must be whole: a value that broke out
// of it would leave half a document behind.
func withoutData(t testing.TB, text string) string {
	t.Helper()
	before, rest, ok := strings.Cut(text, dataTag)
	if !ok {
		return text
	}
	data, after, _ := strings.Cut(rest, "</script>")
	if !json.Valid([]byte(data)) {
		t.Errorf("structured data is broken: %s", data)
	}
	return before + withoutData(t, after)
}

// jsonld is the structured data of a page.
func (a reply) jsonld(t *testing.T) (graph []map[string]any) {
	t.Helper()
	_, rest, ok := strings.Cut(a.text, dataTag)
	if !ok {
		t.Fatal("no structured data")
	}
	text, _, _ := strings.Cut(rest, "</script>")
	var doc struct {
		Context string           `json:"@context"`
		Graph   []map[string]any `json:"@graph"`
	}
	if err := json.Unmarshal([]byte(text), &doc); err != nil || doc.Context != "https://schema.org" {
		t.Fatalf("%v: %s", err, text)
	}
	return doc.Graph
}

func TestStructuredDataDescribesThePageWithoutRatings(t *testing.T) {
	s := newSite(t)
	s.crowded(3)
	for path, kinds := range map[string][]string{
		"/therapists/nsw": {"BreadcrumbList", "CollectionPage"}, "/therapists/nsw/counsellor/grief": {"BreadcrumbList", "CollectionPage"},
		"/therapist/ada-example": {"BreadcrumbList", "ProfilePage"},
	} {
		a := s.get(path).want(t, 200)
		var got []string
		for _, g := range a.jsonld(t) {
			got = append(got, g["@type"].(string))
		}
		if !slices.Equal(got, kinds) {
			t.Errorf("%s: %v", path, got)
		}
		for _, banned := range []string{"ating", "eview", "priceRange", `"@type":"Psychologist"`} {
			if _, rest, _ := strings.Cut(a.text, "ld+json"); strings.Contains(strings.SplitN(rest, "</script>", 2)[0], banned) {
				t.Errorf("%s: the structured data says %q", path, banned)
			}
		}
	}
	list := s.get("/therapists/nsw/counsellor/grief").jsonld(t)[0]["itemListElement"].([]any)
	if len(list) != 5 || list[3].(map[string]any)["item"] != home+"/therapists/nsw/counsellor" || list[4].(map[string]any)["position"] != 5.0 {
		t.Errorf("%v", list)
	}
}

func TestTheSitemapNamesEveryPageThatMayBeIndexedWithItsDay(t *testing.T) {
	s := newSite(t)
	s.crowded(3)
	var index struct {
		Maps []sitemapURL `xml:"sitemap"`
	}
	s.must(xml.Unmarshal([]byte(s.get("/sitemap.xml").want(t, 200).text), &index))
	all := map[string]string{}
	for _, m := range index.Maps {
		var file struct {
			URLs []sitemapURL `xml:"url"`
		}
		a := s.get(strings.TrimPrefix(m.Loc, home)).want(t, 200)
		s.must(xml.Unmarshal([]byte(a.text), &file))
		for _, u := range file.URLs {
			if _, twice := all[u.Loc]; twice {
				t.Errorf("%s twice", u.Loc)
			}
			all[u.Loc] = u.LastMod
		}
	}
	today := s.clock.Now().UTC().Format(time.DateOnly)
	for _, want := range []string{"/therapist/ada-example", "/therapists/nsw", "/therapists/nsw/counsellor", "/therapists/nsw/counsellor/grief", "/therapists/nsw/near/newtown-2042"} {
		if got, ok := all[home+want]; !ok || got != today {
			t.Errorf("%s: %q, %v", want, got, ok)
		}
	}
	for loc := range all {
		if a := s.get(strings.TrimPrefix(loc, home)).want(t, 200); strings.Contains(a.text, `content="noindex"`) {
			t.Errorf("%s is in the sitemap and asks not to be indexed", loc)
		}
	}
	for _, path := range []string{"/sitemaps/therapists-0.xml", "/sitemaps/therapists-2.xml", "/sitemaps/therapists-01.xml", "/sitemaps/therapists--1.xml", "/sitemaps/therapists-200000000000000.xml", "/sitemaps/therapists-9223372036854775807.xml", "/sitemaps/pages", "/sitemaps/x.xml"} {
		s.get(path).want(t, 404)
	}
}

type sitemapURL struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod"`
}

// cardsAPage is how many people a page of results shows.
const cardsAPage = 10
