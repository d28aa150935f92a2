package site

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"wattle/internal/fault"
	"wattle/internal/view"
	"wattle/internal/web"
)

// The gallery shows every page from fixtures, in development only.

type galleryPage struct {
	view.Chrome
	Pages []view.Link
}

func (s *Server) gallery(c *gin.Context) error {
	p := galleryPage{Chrome: s.Chrome(web.RequestOf(c), "Gallery", "", "")}
	for _, f := range s.fixtures() {
		p.Pages = append(p.Pages, view.Link{URL: "/dev/gallery/" + f.Name, Text: f.Title})
	}
	return web.Render(c, http.StatusOK, s.views.gallery, p)
}

func (s *Server) galleryPage(c *gin.Context) error {
	for _, f := range s.fixtures() {
		if f.Name == c.Param("name") {
			return f.Show(c)
		}
	}
	return fault.NotFound
}

func (s *Server) fixtures() []web.Fixture {
	list := []web.Fixture{{Name: "components", Title: "Components", Show: s.components}}
	list = append(list, s.find.Fixtures()...)
	list = append(list, s.book.Fixtures()...)
	list = append(list, s.guide.Fixtures()...)
	for _, k := range []fault.Kind{fault.Malformed, fault.Forbidden, fault.NotFound, fault.Method, fault.Conflict,
		fault.TooLarge, fault.Invalid, fault.TooMany, fault.Internal, fault.Unavailable} {
		status := strconv.Itoa(web.StatusOf(k))
		list = append(list, web.Fixture{Name: "error-" + status, Title: "Error " + status,
			Show: func(*gin.Context) error { return web.AsFault(k) }})
	}
	return list
}

func (s *Server) components(c *gin.Context) error {
	p, err := view.NewGallery()
	if err != nil {
		return err
	}
	p.Source = s.SourceURL
	return web.Render(c, http.StatusOK, s.views.components, p)
}
