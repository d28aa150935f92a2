package find

import (
	"encoding/xml"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/directory"
	"wattle/internal/fault"
	"wattle/internal/region"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
	"wattle/internal/web"
)

// sitemapGuides are the guides that may be indexed, those a clinician has read, with the day of that;
// and with the first of them the list.
func (s *Pages) sitemapGuides() (out []sitemapURL) {
	newest := ""
	for _, a := range s.Library.All() {
		if a.Clinical() {
			day := lastMod(a.Reviewer.On)
			newest = max(newest, day)
			out = append(out, sitemapURL{s.BaseURL + "/guides/" + a.Slug, day})
		}
	}
	if out != nil {
		out = append(out, sitemapURL{s.BaseURL + "/guides", newest})
	}
	return out
}

// sitemapMost is how many addresses one file may hold (sitemaps.org, protocol).
const sitemapMost = 50_000

type sitemapURL struct {
	Loc     string `xml:"loc"`
	LastMod string `xml:"lastmod,omitempty"`
}

type sitemapIndex struct {
	XMLName xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 sitemapindex"`
	Maps    []sitemapURL `xml:"sitemap"`
}

type sitemapFile struct {
	XMLName xml.Name     `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
	URLs    []sitemapURL `xml:"url"`
}

// sitemap is the index: one file of pages, one of landing pages, and as many of profiles as it takes.
func (s *Pages) sitemap(c *gin.Context) error {
	profiles := s.sitemapProfiles()
	index := sitemapIndex{Maps: []sitemapURL{{Loc: s.BaseURL + "/sitemaps/pages.xml"}, {Loc: s.BaseURL + "/sitemaps/places.xml"}}}
	for n := 0; n*sitemapMost < len(profiles); n++ {
		newest := ""
		for _, u := range profiles[n*sitemapMost : min((n+1)*sitemapMost, len(profiles))] {
			newest = max(newest, u.LastMod)
		}
		index.Maps = append(index.Maps, sitemapURL{Loc: s.BaseURL + "/sitemaps/therapists-" + strconv.Itoa(n+1) + ".xml", LastMod: newest})
	}
	return writeXML(c, index)
}

// sitemapPart is one file of the index.
func (s *Pages) sitemapPart(c *gin.Context) error {
	name, ok := strings.CutSuffix(c.Param("file"), ".xml")
	if !ok {
		return fault.NotFound
	}
	switch name {
	case "pages":
		var file sitemapFile
		for _, p := range []string{"/", "/therapists", web.OrderPath, "/crisis", "/privacy", "/terms", "/accessibility"} {
			file.URLs = append(file.URLs, sitemapURL{Loc: s.BaseURL + p})
		}
		file.URLs = append(file.URLs, s.sitemapGuides()...)
		return writeXML(c, file)
	case "places":
		body, err := s.placesFile()
		if err != nil {
			return err
		}
		return sendXML(c, body)
	}
	number, ok := strings.CutPrefix(name, "therapists-")
	n, err := strconv.Atoi(number)
	profiles := s.sitemapProfiles()
	if !ok || err != nil || n < 1 || n > len(profiles)/sitemapMost+1 || strconv.Itoa(n) != number {
		return fault.NotFound
	}
	from := (n - 1) * sitemapMost
	if from == len(profiles) {
		return fault.NotFound
	}
	return writeXML(c, sitemapFile{URLs: profiles[from:min(from+sitemapMost, len(profiles))]})
}

// sitemapProfiles are the profiles that may be indexed, with the day they last changed. Fictional
// people are left out.
func (s *Pages) sitemapProfiles() []sitemapURL {
	var out []sitemapURL
	for _, t := range s.Search.Model.AllBySlug() {
		if !t.Demo {
			out = append(out, sitemapURL{s.BaseURL + "/therapist/" + t.Slug, lastMod(t.Updated)})
		}
	}
	return out
}

func lastMod(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.DateOnly)
}

// The addresses of landing pages are counted once in ten minutes, which takes a pass over the whole
// directory; they name no person.
const (
	placesEvery = 10 * time.Minute
	placesBytes = 32 << 20
)

// placesFile is the file of landing pages, at most placesEvery old.
func (s *Pages) placesFile() ([]byte, error) {
	period := s.Clock.Now().Unix() / int64(placesEvery/time.Second)
	return s.places.Get(period, func() ([]byte, error) { return xml.Marshal(sitemapFile{URLs: s.sitemapPlaces()}) })
}

// subject is what a landing page is about: a state, with a profession or an issue or both, or a suburb.
type subject struct{ state, first, second, suburb, postcode string }

func (l subject) path() string {
	path := "/therapists/" + l.state
	if l.postcode != "" {
		return path + "/near/" + region.Place{Name: l.suburb, State: l.state, Postcode: l.postcode}.Slug()
	}
	for _, part := range []string{l.first, l.second} {
		if part != "" {
			path += "/" + part
		}
	}
	return path
}

// crowd is how many people a page is about, and when the last of them changed.
type crowd struct {
	people int
	newest time.Time
}

// sitemapPlaces are the landing pages with at least MinSample people: states, their professions and
// subjects, those together, and suburbs where people practise.
func (s *Pages) sitemapPlaces() []sitemapURL {
	seen := map[subject]int{} // entry in found
	var found []crowd
	count := func(at subject, t *directory.Profile) {
		n, ok := seen[at]
		if !ok {
			n = len(found)
			seen[at], found = n, append(found, crowd{})
		}
		found[n].people++
		if t.Updated.After(found[n].newest) {
			found[n].newest = t.Updated
		}
	}
	for _, t := range s.Search.Model.AllBySlug() {
		count(subject{state: t.State}, t)
		count(subject{state: t.State, first: t.Type}, t)
		for _, issue := range t.AllIssues() {
			count(subject{state: t.State, first: issue}, t)
			count(subject{state: t.State, first: t.Type, second: issue}, t)
		}
		if t.Postcode != "" {
			count(subject{state: t.State, suburb: t.Suburb, postcode: t.Postcode}, t)
		}
	}
	people, newest := map[string]int{}, map[string]time.Time{}
	for at, n := range seen {
		path := at.path()
		people[path], newest[path] = found[n].people, found[n].newest
	}
	var out []sitemapURL
	add := func(path string) {
		if people[path] >= search.MinSample && len(out) < sitemapMost {
			out = append(out, sitemapURL{s.BaseURL + path, lastMod(newest[path])})
			delete(people, path)
		}
	}
	for _, st := range region.States() {
		state := "/therapists/" + st.Slug
		add(state)
		for _, ty := range taxonomy.Types.All() {
			add(state + "/" + ty.Slug)
		}
		for _, i := range taxonomy.Issues.All() {
			add(state + "/" + i.Slug)
			for _, ty := range taxonomy.Types.All() {
				add(state + "/" + ty.Slug + "/" + i.Slug)
			}
		}
	}
	for _, path := range slices.Sorted(maps.Keys(people)) {
		add(path) // suburbs
	}
	return out
}

func writeXML(c *gin.Context, doc any) error {
	body, err := xml.Marshal(doc)
	if err != nil {
		return err
	}
	return sendXML(c, body)
}

func sendXML(c *gin.Context, body []byte) error {
	c.Header("Cache-Control", "public, max-age=3600")
	c.Data(http.StatusOK, "application/xml; charset=utf-8", append([]byte(xml.Header), body...))
	return nil
}
