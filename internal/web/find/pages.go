package find

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"wattle/internal/view"
	"wattle/internal/web"
)

// plainPage is a page of words alone.
type plainPage struct{ view.Chrome }

// plainPages are their titles and descriptions, by path. Their templates have the same names.
var plainPages = map[string]struct{ title, description string }{
	"/crisis":        {"Help right now", "Phone lines in Australia that answer now, free and confidential."},
	"/privacy":       {"Privacy", "What Wattle keeps about you, why, for how long, and what it never does."},
	"/terms":         {"Terms", "What you can expect of this site and what it expects of you."},
	"/accessibility": {"Accessibility", "How this site is built to be used by everybody, and what to do when it is not."},
}

// plain serves one of plainPages.
func (s *Pages) plain(path string) web.Handler {
	return func(c *gin.Context) error {
		p := plainPages[path]
		c.Header("Cache-Control", "private, no-cache")
		return web.Render(c, http.StatusOK, s.views.plain[path],
			plainPage{s.Chrome(web.RequestOf(c), p.title, p.description, path)})
	}
}

func (s *Pages) robots(c *gin.Context) error {
	c.Header("Cache-Control", "public, max-age=3600")
	c.String(http.StatusOK, "User-agent: *\nDisallow: /booking/\nDisallow: /api/\nDisallow: /therapists?\n"+
		"Sitemap: %s/sitemap.xml\n", s.BaseURL)
	return nil
}
