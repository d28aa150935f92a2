// Package site puts the areas together into the one handler of the whole server, with the pages that
// belong to none: health, integrity, development.
package site

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"wattle/internal/booking"
	"wattle/internal/guides"
	"wattle/internal/search"
	"wattle/internal/view"
	"wattle/internal/web"
	"wattle/internal/web/api"
	"wattle/internal/web/book"
	"wattle/internal/web/find"
	"wattle/internal/web/guide"
)

// Server is the whole edge. Fill it by field name and call Handler once.
type Server struct {
	web.Kit
	Search  *search.Service
	Booking *booking.Service
	Guides  *guides.Guides

	// Calendar is a booking as a calendar file, for the client or for the practice.
	Calendar func(ctx context.Context, b booking.Booking, practice bool) ([]byte, error)
	// Integrity counts what must never be found.
	Integrity func(ctx context.Context) ([]Finding, error)
	// Health is what /readyz looks at.
	Health
	// Dev holds the development pages by path ("/dev/mail"); nil in production.
	Dev map[string]http.Handler

	find   *find.Pages
	book   *book.Pages
	guide  *guide.Pages
	api    *api.API
	views  views
	routes []Route
}

// views are the pages of no area, each bound to the one struct it prints.
type views struct {
	integrity  view.Page[integrityPage]
	gallery    view.Page[galleryPage]
	components view.Page[view.Gallery]
}

// Handler builds the router with its middleware. It fails when a template does not parse.
func (s *Server) Handler() (http.Handler, error) {
	s.Directory, s.Alternatives, s.HoldFor, s.Development = s.Search.Model, api.Alternatives, booking.HoldFor, s.Dev != nil
	if err := s.Prepare(); err != nil {
		return nil, err
	}
	s.find = &find.Pages{Kit: &s.Kit, Search: s.Search, Booking: s.Booking, Library: s.Guides.Library}
	s.book = &book.Pages{Kit: &s.Kit, Search: s.Search, Booking: s.Booking, Calendar: s.Calendar}
	s.guide = &guide.Pages{Kit: &s.Kit, Guides: s.Guides}
	s.api = &api.API{Kit: &s.Kit, Search: s.Search, Booking: s.Booking, Guides: s.Guides}
	r, err := s.Router()
	if err != nil {
		return nil, err
	}
	for _, mount := range []func(gin.IRouter) error{s.find.Mount, s.book.Mount, s.guide.Mount, s.api.Mount, s.mount} {
		if err := mount(r); err != nil {
			return nil, err
		}
	}
	r.NoRoute(s.Page(s.unknown))
	r.NoMethod(s.Page(s.wrongMethod))
	for _, info := range r.Routes() {
		s.routes = append(s.routes, Route{info.Method, info.Path})
	}
	return s.Wrap(r), nil
}

// Route is one line of the router's own list, for tests that must cover every route.
type Route struct{ Method, Path string }

// Routes lists what the router serves; call it after Handler.
func (s *Server) Routes() []Route { return s.routes }

// Caches returns the hits and misses of each cache by name; call it after Handler.
func (s *Server) Caches() map[string][2]uint64 {
	caches := s.find.Caches()
	caches["pictures"] = s.Pictures
	out := map[string][2]uint64{}
	for name, c := range caches {
		hits, misses := c.Counts()
		out[name] = [2]uint64{hits, misses}
	}
	return out
}
