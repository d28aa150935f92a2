package book

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"wattle/internal/view"
	"wattle/internal/web"
)

// under18Page leads back to the therapist whose booking it interrupts, where there is one.
type under18Page struct {
	view.Chrome
	Slug string
}

func (s *Pages) under18(c *gin.Context) error {
	p := under18Page{Chrome: s.Chrome(web.RequestOf(c), "Finding help when you are under 18", "", ""),
		Slug: c.Query("from")}
	if _, ok := s.Search.Model.BySlug(p.Slug); !ok {
		p.Slug = ""
	}
	p.BodyClass = "quiet"
	return web.Render(c, http.StatusOK, s.views.under18, p)
}
