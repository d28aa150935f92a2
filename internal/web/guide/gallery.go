package guide

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"wattle/internal/guides"
	"wattle/internal/search"
	"wattle/internal/web"
	"wattle/internal/web/profile"
)

// Fixtures are guides in the states that a fresh site does not show, for the gallery.
func (s *Pages) Fixtures() []web.Fixture {
	return []web.Fixture{
		{Name: "guides", Title: "Guides, one of them reviewed", Show: func(c *gin.Context) error {
			list := s.Guides.Library.All()
			list[0] = reviewedFixture(list[0])
			return web.Render(c, http.StatusOK, s.views.guidesList, s.guidesPage(web.RequestOf(c), list))
		}},
		{Name: "guide-reviewed", Title: "Guide with a made-up reviewer", Show: func(c *gin.Context) error {
			p := s.guidePage(web.RequestOf(c), reviewedFixture(s.Guides.Library.All()[0]), fixturePeople(2))
			p.Canonical = s.BaseURL + "/dev/gallery/guide-reviewed" // so that it can be measured like a page that is indexed
			return web.Render(c, http.StatusOK, s.views.guideShow, p)
		}},
		{Name: "guide-overdue", Title: "Guide overdue, with nobody to call", Show: func(c *gin.Context) error {
			list := s.Guides.Library.All()
			old := *list[len(list)-1]
			now := profile.ExampleNow
			old.Due, old.Reviewed, old.Published = now.AddDate(0, -1, 0), now.AddDate(-1, -1, 0), now.AddDate(-2, 0, 0)
			none := guides.People{Filter: old.Find, Reason: "Nobody here has a free time for a first call right now."}
			return web.Render(c, http.StatusOK, s.views.guideShow, s.guidePage(web.RequestOf(c), &old, none))
		}},
	}
}

// reviewedFixture is the article with a reviewer whose name says that there is no such person.
func reviewedFixture(a *guides.Article) *guides.Article {
	b := *a
	b.Reviewer = &guides.Reviewer{Name: "Dr Example Fixture", Profession: "Clinical Psychologist",
		Registration: "PSY0009990001", On: b.Reviewed}
	return &b
}

func fixturePeople(n int) guides.People {
	p := guides.People{Filter: search.All(), Total: 128}
	for range n {
		t := profile.Example()
		p.Views = append(p.Views, search.View{Profile: t, Next: t.Next})
	}
	return p
}
