package guide

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"wattle/internal/directory"
	"wattle/internal/guides"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
	"wattle/internal/view"
	"wattle/internal/web"
	"wattle/internal/web/profile"
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
func (s *Pages) guidesList(c *gin.Context) error {
	if s.NotModified(c) {
		return nil
	}
	return web.Render(c, http.StatusOK, s.views.guidesList, s.guidesPage(web.RequestOf(c), s.Guides.Library.All()))
}

func (s *Pages) guidesPage(req web.Request, list []*guides.Article) guidesListPage {
	p := guidesListPage{Chrome: s.Chrome(req, "Guides",
		"Plain answers about therapy in Australia: what it costs, who is who, and what a first talk is like. "+
			"Each with its sources.", "/guides")}
	p.Active = "guides"
	for _, a := range list {
		p.Guides = append(p.Guides, guideLine{"/guides/" + a.Slug, a.Title, a.Summary, a.Minutes, a.Clinical()})
		p.Reviewed = p.Reviewed || a.Clinical()
	}
	p.NoIndex = !p.Reviewed
	return p
}

// guideShow is one guide as of today, with people who help with its subject.
func (s *Pages) guideShow(c *gin.Context) error {
	a, err := s.Guides.Library.Get(c.Param("slug"))
	if err != nil {
		return err
	}
	if s.NotModified(c) {
		return nil
	}
	return web.Render(c, http.StatusOK, s.views.guideShow, s.guidePage(web.RequestOf(c), a, s.guidePeople(c, a)))
}

// guidePeople finds people for an article. Where the search fails the page shows no cards and says so.
func (s *Pages) guidePeople(c *gin.Context, a *guides.Article) guides.People {
	people, err := s.Guides.People(c.Request.Context(), a)
	if err != nil {
		s.Degraded(c, "guide without people", err)
	}
	return people
}

// guidePage words a guide.
func (s *Pages) guidePage(req web.Request, a *guides.Article, people guides.People) guideShowPage {
	g := a.At(guides.Today(s.Clock.Now()))
	p := guideShowPage{Chrome: s.Chrome(req, a.Title, a.Summary, "/guides/"+a.Slug), G: g,
		Crisis: view.CrisisPanel{Panel: a.Panel}, Notices: guideNotices(g),
		People: "People " + a.People, Reason: people.Reason, Corrections: s.Corrections}
	p.Active, p.NoIndex = "guides", !a.Clinical()
	p.Crumbs = []view.Link{{URL: "/", Text: "Home"}, {URL: "/guides", Text: "Guides"}}
	p.JSONLD = s.guideData(g)
	shared := pictureOfGuide(a)
	s.Pictured(&p.Chrome, "/guides/"+a.Slug, "article", "Guide: "+shared.Title+", "+shared.Reading, shared)
	for _, sec := range g.Sections {
		p.Contents = append(p.Contents, view.Link{URL: "#" + sec.ID, Text: sec.Question})
	}
	p.Contents = append(p.Contents, view.Link{URL: "#help", Text: "When to get help"},
		view.Link{URL: "#questions", Text: "Questions and answers"},
		view.Link{URL: "#people", Text: p.People}, view.Link{URL: "#sources", Text: "Sources"})
	for _, issue := range a.Issues {
		p.Subjects = append(p.Subjects, view.Link{URL: profile.ListURL(search.All().With("issue", issue)),
			Text: search.Label("issue", issue)})
	}
	for _, slug := range a.Related {
		if other, err := s.Guides.Library.Get(slug); err == nil {
			p.Related = append(p.Related, view.Link{URL: "/guides/" + slug, Text: other.Title})
		}
	}
	format, from := profile.CardsOf(people.Filter)
	for _, v := range people.Views {
		card := profile.Card(v, format, from, s.Clock.Now())
		card.Heading, card.Why = 3, helpsWith(v.Profile, people.Filter)
		p.Cards = append(p.Cards, card)
	}
	p.All = moreLike(a, people)
	return p
}

// helpsWith lists which of the issues searched for a person helps with.
func helpsWith(t *directory.Profile, f search.Filter) (out []string) {
	for _, issue := range f.Issues {
		if slices.Contains(t.AllIssues(), issue) {
			out = append(out, "Helps with "+taxonomy.Within(search.Label("issue", issue)))
		}
	}
	return out
}

// moreLike links from the cards to all who fit where there are more, else to the directory.
func moreLike(a *guides.Article, people guides.People) view.Link {
	if people.Reason == "" && people.Total > len(people.Views) {
		return view.Link{URL: profile.ListURL(people.Filter),
			Text: "See all " + view.Count(people.Total, "person", "people") + " " + a.People}
	}
	return view.Link{URL: "/therapists", Text: "Find a therapist"}
}

func guideNotices(g guides.Guide) (out []view.Notice) {
	if g.Stale {
		out = append(out, view.Notice{Kind: "warn", Title: "This guide is overdue to be checked",
			Text: "That was due on " + view.Date(g.Due) +
				". Rules and amounts may have changed since. Please ask before you rely on them."})
	}
	if g.Undated {
		out = append(out, view.Notice{Kind: "warn", Title: "Medicare’s amounts for today are missing here",
			Text: "They change every July, and our table is not up to date. " +
				"Services Australia and your therapist know what holds today."})
	}
	return out
}
