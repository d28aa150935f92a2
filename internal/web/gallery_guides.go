package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"wattle/internal/guides"
	"wattle/internal/search"
)

// guideFixtures are guides in the states that a fresh site does not show.
func guideFixtures() []fixture {
	return []fixture{
		{"guides", "Guides, one of them reviewed", func(s *Server, c *gin.Context) error {
			list := s.Guides.Library.All()
			list[0] = reviewedFixture(list[0])
			return render(s, c, http.StatusOK, s.views.guidesList, s.guidesPage(list))
		}},
		{"guide-reviewed", "Guide with a made-up reviewer", func(s *Server, c *gin.Context) error {
			p := s.guidePage(reviewedFixture(s.Guides.Library.All()[0]), fixturePeople(2))
			p.Canonical = s.BaseURL + "/dev/gallery/guide-reviewed" // so that it can be measured like a page that is indexed
			return render(s, c, http.StatusOK, s.views.guideShow, p)
		}},
		{"guide-overdue", "Guide overdue, with nobody to call", func(s *Server, c *gin.Context) error {
			list := s.Guides.Library.All()
			old := *list[len(list)-1]
			old.Due, old.Reviewed, old.Published = fixtureNow.AddDate(0, -1, 0), fixtureNow.AddDate(-1, -1, 0), fixtureNow.AddDate(-2, 0, 0)
			return render(s, c, http.StatusOK, s.views.guideShow, s.guidePage(&old, guides.People{Filter: old.Find, Reason: "Nobody here has a free time for a first call right now."}))
		}},
	}
}

// reviewedFixture is the article with a reviewer whose name says that there is no such person.
func reviewedFixture(a *guides.Article) *guides.Article {
	b := *a
	b.Reviewer = &guides.Reviewer{Name: "Dr Example Fixture", Profession: "Clinical Psychologist", Registration: "PSY0009990001", On: b.Reviewed}
	return &b
}

func fixturePeople(n int) guides.People {
	p := guides.People{Filter: search.All(), Total: 128}
	for range n {
		t := fixtureTherapist()
		p.Views = append(p.Views, search.View{Profile: t, Next: t.Next})
	}
	return p
}
