package find

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"wattle/internal/view"
	"wattle/internal/web"
)

// plainPage is a page of words alone.
type plainPage struct{ view.Chrome }

func (s *Pages) words(c *gin.Context, page view.Page[plainPage], title, description, path string) error {
	c.Header("Cache-Control", "private, no-cache")
	return web.Render(c, http.StatusOK, page, plainPage{Chrome: s.Chrome(web.RequestOf(c), title, description, path)})
}

func (s *Pages) crisis(c *gin.Context) error {
	return s.words(c, s.views.crisis, "Help right now", "Phone lines in Australia that answer now, free and confidential.", "/crisis")
}

func (s *Pages) privacy(c *gin.Context) error {
	return s.words(c, s.views.privacy, "Privacy", "What Wattle keeps about you, why, for how long, and what it never does.", "/privacy")
}

func (s *Pages) terms(c *gin.Context) error {
	return s.words(c, s.views.terms, "Terms", "What you can expect of this site and what it expects of you.", "/terms")
}

func (s *Pages) accessibility(c *gin.Context) error {
	return s.words(c, s.views.accessibility, "Accessibility", "How this site is built to be used by everybody, and what to do when it is not.", "/accessibility")
}

func (s *Pages) robots(c *gin.Context) error {
	c.Header("Cache-Control", "public, max-age=3600")
	c.String(http.StatusOK, "User-agent: *\nDisallow: /booking/\nDisallow: /api/\nDisallow: /therapists?\nSitemap: %s/sitemap.xml\n", s.BaseURL)
	return nil
}
