package site

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"wattle/internal/view"
	"wattle/internal/web"
)

type integrityPage struct {
	view.Chrome
	Checks []view.Row
	Bad    bool
}

// integrity shows how the promises hold: counts alone, no names.
func (s *Server) integrity(c *gin.Context) error {
	found, err := s.Integrity(c.Request.Context())
	if err != nil {
		return err
	}
	p := integrityPage{Chrome: s.Chrome(web.RequestOf(c), "Integrity",
		"Overlapping bookings, stale times, and other promises, counted now.", "/integrity")}
	for _, f := range found {
		p.Checks = append(p.Checks, view.Row{Term: f.What, Values: []string{f.Found}})
		p.Bad = p.Bad || f.Bad
	}
	c.Header("Cache-Control", "no-cache")
	return web.Render(c, http.StatusOK, s.views.integrity, p)
}

// Finding is one promise and what was found of it.
type Finding struct {
	What, Found string
	Bad         bool
}
