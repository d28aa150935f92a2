package site

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"wattle/internal/fault"
	"wattle/internal/view"
	"wattle/internal/web"
)

// mount adds the addresses that belong to no area.
func (s *Server) mount(r gin.IRouter) error {
	s.views = views{
		integrity:  view.Parse[integrityPage](s.Set, "integrity"),
		gallery:    view.Parse[galleryPage](s.Set, "dev/gallery"),
		components: view.Parse[view.Gallery](s.Set, "dev/components"),
	}
	s.Read(r, "/integrity", s.integrity)
	r.GET("/healthz", s.healthz)
	r.GET("/readyz", s.readyz)
	for path, h := range s.Dev {
		r.Any(path, gin.WrapH(h))
	}
	if s.Development {
		r.GET("/dev/gallery", s.Page(s.gallery))
		r.GET("/dev/gallery/:name", s.Page(s.galleryPage))
	}
	return s.Set.Err()
}

func (s *Server) unknown(*gin.Context) error { return fault.NotFound }

func (s *Server) wrongMethod(*gin.Context) error {
	return fault.New(fault.Method, "This address does not take that kind of request.")
}

// Health is what /readyz looks at.
type Health struct {
	// Checks are the dependencies by name; one that fails makes the process unready.
	Checks map[string]func(context.Context) error
	// Words describe by name what the process can do without.
	Words map[string]func() string
	// Warnings are what an operator should fix although the process serves.
	Warnings []string
}

func (s *Server) healthz(c *gin.Context) { c.String(http.StatusOK, "alive\n") }

// readyz answers 200 when every dependency answers; it names each. While the process ends it says so.
func (s *Server) readyz(c *gin.Context) {
	status, out := http.StatusOK, gin.H{}
	if s.Draining() {
		status, out["process"] = http.StatusServiceUnavailable, "ending"
	}
	for name, check := range s.Checks {
		if err := check(c.Request.Context()); err != nil {
			status, out[name] = http.StatusServiceUnavailable, "not available"
			s.Log.WarnContext(c.Request.Context(), "not ready", "dependency", name, "error", web.Scrub(err))
		} else {
			out[name] = "ok"
		}
	}
	for name, words := range s.Words {
		out[name] = words()
	}
	if len(s.Warnings) > 0 {
		out["warnings"] = s.Warnings
	}
	c.JSON(status, out)
}
