package web

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/directory"
	"wattle/internal/guides"
	"wattle/internal/search"
	"wattle/internal/view"
)

type guidesListPage struct {
	view.Chrome
	Guides   []guideLine
	Reviewed bool // a clinician has read at least one
}

// guideLine is one guide in the list.
type guideLine struct {
	URL, Title, Summary string
	Minutes             int
	Reviewed            bool
}

type guideShowPage struct {
	view.Chrome
	G           guides.Guide
	Notices     []view.Notice
	Crisis      view.CrisisPanel
	Contents    []view.Link
	Subjects    []view.Link // searches for what it is about
	Related     []view.Link
	People      string // heading of the cards
	Cards       []view.Card
	Reason      string
	All         view.Link
	Corrections string // address for mistakes; "" where the operator has set none
}

// guidesList shows every guide. While no clinician has read any, there is nothing to be indexed.
func (s *Server) guidesList(c *gin.Context) error {
	if s.notModified(c) {
		return nil
	}
	return render(s, c, http.StatusOK, s.views.guidesList, s.guidesPage(s.Guides.Library.All()))
}

func (s *Server) guidesPage(list []*guides.Article) guidesListPage {
	p := guidesListPage{Chrome: s.chrome("Guides", "Plain answers about therapy in Australia: what it costs, who is who, and what a first talk is like. Each with its sources.", "/guides")}
	p.Active = "guides"
	for _, a := range list {
		p.Guides = append(p.Guides, guideLine{"/guides/" + a.Slug, a.Title, a.Summary, a.Minutes, a.Clinical()})
		p.Reviewed = p.Reviewed || a.Clinical()
	}
	p.NoIndex = !p.Reviewed
	return p
}

// guideShow is one guide as of today, with people who help with its subject.
func (s *Server) guideShow(c *gin.Context) error {
	a, err := s.Guides.Library.Get(c.Param("slug"))
	if err != nil {
		return err
	}
	if s.notModified(c) {
		return nil
	}
	return render(s, c, http.StatusOK, s.views.guideShow, s.guidePage(a, s.guidePeople(c, a)))
}

// guidePeople never keeps an article from being read: where nobody can tell who is listed there are
// no cards, and the page says so. It then bears no tag, so that whoever tries again gets a new one.
func (s *Server) guidePeople(c *gin.Context, a *guides.Article) guides.People {
	people, err := s.Guides.People(ctx(c), a)
	if err != nil {
		s.Log.WarnContext(ctx(c), "guide without people", "error", scrub(err))
		h := c.Writer.Header()
		h.Del("ETag")
		h["Cache-Control"] = noStore
		return guides.People{Filter: a.Find, Reason: "We cannot see right now who has a free time. Please try again in a moment."}
	}
	return people
}

// today is the calendar day by which guides tell what holds: Sydney's.
func (s *Server) today() time.Time { return s.Clock.Now().In(zoneOf("Australia/Sydney")) }

// guidePage words a guide.
func (s *Server) guidePage(a *guides.Article, people guides.People) guideShowPage {
	g := a.At(s.today())
	p := guideShowPage{Chrome: s.chrome(a.Title, a.Summary, "/guides/"+a.Slug), G: g, Crisis: view.CrisisPanel{Panel: a.Panel}, Notices: guideNotices(g),
		People: "People " + a.People, Reason: people.Reason, Corrections: s.Corrections}
	p.Active, p.NoIndex = "guides", !a.Clinical()
	p.Crumbs = []view.Link{{URL: "/", Text: "Home"}, {URL: "/guides", Text: "Guides"}}
	p.JSONLD = s.guideData(g)
	shared := pictureOfGuide(a)
	s.pictured(&p.Chrome, "/guides/"+a.Slug, "article", "Guide: "+shared.Title+", "+shared.Reading, shared)
	for _, sec := range g.Sections {
		p.Contents = append(p.Contents, view.Link{URL: "#" + sec.ID, Text: sec.Question})
	}
	p.Contents = append(p.Contents, view.Link{URL: "#help", Text: "When to get help"}, view.Link{URL: "#questions", Text: "Questions and answers"},
		view.Link{URL: "#people", Text: p.People}, view.Link{URL: "#sources", Text: "Sources"})
	for _, issue := range a.Issues {
		p.Subjects = append(p.Subjects, view.Link{URL: listURL(search.All().With("issue", issue)), Text: search.Label("issue", issue)})
	}
	for _, slug := range a.Related {
		if other, err := s.Guides.Library.Get(slug); err == nil {
			p.Related = append(p.Related, view.Link{URL: "/guides/" + slug, Text: other.Title})
		}
	}
	format, from := cardsOf(people.Filter)
	for _, v := range people.Views {
		card := cardOf(v, format, from, s.Clock.Now())
		card.Heading, card.Why = 3, helpsWith(v.Profile, people.Filter)
		p.Cards = append(p.Cards, card)
	}
	p.All = everybodyLike(a, people)
	return p
}

// helpsWith says which of the issues looked for somebody helps with.
func helpsWith(t *directory.Profile, f search.Filter) (out []string) {
	for _, issue := range f.Issues {
		if contains(t.AllIssues(), issue) {
			out = append(out, "Helps with "+lowerFirst(search.Label("issue", issue)))
		}
	}
	return out
}

// everybodyLike leads on from the cards: to all who fit where there are more, else to everybody.
func everybodyLike(a *guides.Article, people guides.People) view.Link {
	if people.Reason == "" && people.Total > len(people.Views) {
		return view.Link{URL: listURL(people.Filter), Text: "See all " + view.Count(people.Total, "person", "people") + " " + a.People}
	}
	return view.Link{URL: "/therapists", Text: "Find a therapist"}
}

func guideNotices(g guides.Guide) (out []view.Notice) {
	if g.Stale {
		out = append(out, view.Notice{Kind: "warn", Title: "This guide is overdue to be checked",
			Text: "That was due on " + view.Date(g.Due) + ". Rules and amounts may have changed since. Please ask before you rely on them."})
	}
	if g.Undated {
		out = append(out, view.Notice{Kind: "warn", Title: "Medicare’s amounts for today are missing here",
			Text: "They change every July, and our table is not up to date. Services Australia and your therapist know what holds today."})
	}
	return out
}

// sitemapGuides are the guides that may be indexed, those a clinician has read, with the day of that;
// and with the first of them the list.
func (s *Server) sitemapGuides() (out []sitemapURL) {
	newest := ""
	for _, a := range s.Guides.Library.All() {
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
