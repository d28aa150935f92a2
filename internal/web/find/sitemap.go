package find

import (
	"encoding/xml"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/fault"
	"wattle/internal/region"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
	"wattle/internal/web"
)

// sitemapGuides are the guides that may be indexed: those a clinician has read, with the day of the
// review, and their list once there is one.
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
	index := sitemapIndex{Maps: []sitemapURL{{Loc: s.BaseURL + "/sitemaps/pages.xml"},
		{Loc: s.BaseURL + "/sitemaps/places.xml"}}}
	n := 0
	for part := range slices.Chunk(profiles, sitemapMost) {
		newest := ""
		for _, u := range part {
			newest = max(newest, u.LastMod)
		}
		n++
		index.Maps = append(index.Maps, sitemapURL{s.BaseURL + "/sitemaps/" + profilesFile(n), newest})
	}
	return writeXML(c, index)
}

// profilesFile is the name of a file of profiles, from 1.
func profilesFile(n int) string { return "therapists-" + strconv.Itoa(n) + ".xml" }

// sitemapPart is one file of the index.
func (s *Pages) sitemapPart(c *gin.Context) error {
	switch c.Param("file") {
	case "pages.xml":
		var file sitemapFile
		for _, p := range []string{"/", "/therapists", web.OrderPath, "/crisis", "/privacy", "/terms", "/accessibility"} {
			file.URLs = append(file.URLs, sitemapURL{Loc: s.BaseURL + p})
		}
		file.URLs = append(file.URLs, s.sitemapGuides()...)
		return writeXML(c, file)
	case "places.xml":
		body, err := s.placesFile()
		if err != nil {
			return err
		}
		return sendXML(c, body)
	}
	n := 0
	for part := range slices.Chunk(s.sitemapProfiles(), sitemapMost) {
		if n++; c.Param("file") == profilesFile(n) {
			return writeXML(c, sitemapFile{URLs: part})
		}
	}
	return fault.NotFound
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
	crowds := map[subject]crowd{}
	for _, t := range s.Search.Model.AllBySlug() {
		count := func(at subject) {
			c := crowds[at]
			if c.people++; t.Updated.After(c.newest) {
				c.newest = t.Updated
			}
			crowds[at] = c
		}
		count(subject{state: t.State})
		count(subject{state: t.State, first: t.Type})
		for _, issue := range t.AllIssues() {
			count(subject{state: t.State, first: issue})
			count(subject{state: t.State, first: t.Type, second: issue})
		}
		if t.Postcode != "" {
			count(subject{state: t.State, suburb: t.Suburb, postcode: t.Postcode})
		}
	}
	var out []sitemapURL
	add := func(at subject) {
		if c := crowds[at]; c.people >= search.MinSample && len(out) < sitemapMost {
			out = append(out, sitemapURL{s.BaseURL + at.path(), lastMod(c.newest)})
		}
	}
	for _, st := range region.States() {
		add(subject{state: st.Slug})
		for _, ty := range taxonomy.Types.All() {
			add(subject{state: st.Slug, first: ty.Slug})
		}
		for _, i := range taxonomy.Issues.All() {
			add(subject{state: st.Slug, first: i.Slug})
			for _, ty := range taxonomy.Types.All() {
				add(subject{state: st.Slug, first: ty.Slug, second: i.Slug})
			}
		}
	}
	suburbs := map[string]subject{}
	for at := range crowds {
		if at.postcode != "" {
			suburbs[at.path()] = at
		}
	}
	for _, path := range slices.Sorted(maps.Keys(suburbs)) {
		add(suburbs[path])
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
