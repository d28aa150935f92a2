// Package web is the HTTP edge: pages for people, JSON for programs. It parses, makes one domain
// call and renders; it decides nothing. It is the only importer of Gin.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/booking"
	"wattle/internal/clock"
	"wattle/internal/guides"
	"wattle/internal/ratelimit"
	"wattle/internal/seal"
	"wattle/internal/search"
	"wattle/internal/view"
)

// Server holds what the edge needs. Fill it by field name and call Handler once.
type Server struct {
	Search    *search.Service
	Booking   *booking.Service
	Guides    *guides.Guides
	Clock     clock.Clock
	Log       *slog.Logger
	Assets    *view.Assets
	Box       *seal.Box // derives the keys under which addresses are counted
	BaseURL   string    // used in links; the Host header never is
	SourceURL string    // where everybody gets the source of this version; no link without it
	Version   string
	// Corrections is the address to which mistakes in the guides are written; "" where none is set.
	Corrections string

	// Production refuses hosts other than BaseURL's and sends HSTS.
	Production bool
	// Proxies are the networks whose forwarding headers are believed; none by default.
	Proxies []netip.Prefix
	// Dev holds the development pages by path ("/dev/mail"); nil in production.
	Dev map[string]http.Handler
	// Calendar is a booking as a calendar file, for the client or for the practice.
	Calendar func(ctx context.Context, b booking.Booking, practice bool) ([]byte, error)
	// Integrity counts what must never be found.
	Integrity func(ctx context.Context) ([]Finding, error)
	// Checks are the dependencies of /readyz by name.
	Checks map[string]func(context.Context) error
	// Words are what /readyz tells by name although it serves either way.
	Words map[string]func() string
	// Warnings are what /readyz tells an operator to mend although it serves.
	Warnings []string
	// Answered is told of every answer but static files: the route's template, "" for none of ours.
	// Optional.
	Answered func(method, route string, status int, took time.Duration)
	// Shared and Local count requests; LimitsOff and ExemptLoopback decide for whom.
	Shared         *ratelimit.Shared
	Local          *ratelimit.Local
	LimitsOff      bool
	ExemptLoopback bool

	views      *views
	cardCache  view.Cache[cardKey, view.HTML]
	placeCache view.Cache[int64, []byte]
	pictures   pictures
	fixed      []header // on every answer
	fallback   []byte   // the 500 page, rendered once at start
	draining   atomic.Bool
	routes     []Route
}

// Route is one line of the router's own list, for tests that must cover every route.
type Route struct{ Method, Path string }

// Routes lists what the router serves; call it after Handler.
func (s *Server) Routes() []Route { return s.routes }

// Caches returns the hits and misses of each cache by name.
func (s *Server) Caches() map[string][2]uint64 {
	out := map[string][2]uint64{}
	for name, counts := range map[string]func() (uint64, uint64){"cards": s.cardCache.Counts, "pictures": s.pictures.drawn.Counts,
		"words": s.views.words.Counts, "wishes": s.views.wishes.Counts} {
		hits, misses := counts()
		out[name] = [2]uint64{hits, misses}
	}
	return out
}

// Drain makes /readyz answer 503, so that a proxy sends no new requests while those in flight end.
func (s *Server) Drain() { s.draining.Store(true) }

// Handler builds the router with its middleware. It fails when a template does not parse.
func (s *Server) Handler() (http.Handler, error) {
	v, err := newViews(s.Assets)
	if err != nil {
		return nil, err
	}
	s.views = v
	s.cardCache, s.placeCache, s.pictures = view.NewCache[cardKey, view.HTML](cardsBytes), view.NewCache[int64, []byte](placesBytes), newPictures()
	if s.fallback, err = s.renderFallback(); err != nil {
		return nil, err
	}
	s.fixed = fixedHeaders(s.Production)
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.HandleMethodNotAllowed = true
	r.RedirectTrailingSlash = false
	if err := r.SetTrustedProxies(prefixes(s.Proxies)); err != nil {
		return nil, err
	}
	r.Use(s.identify, s.recoverPanics, s.secure, s.refuse)
	s.addRoutes(r)
	for _, info := range r.Routes() {
		s.routes = append(s.routes, Route{info.Method, info.Path})
	}
	return s.wrap(r), nil
}

func prefixes(list []netip.Prefix) []string {
	var out []string
	for _, p := range list {
		out = append(out, p.String())
	}
	return out
}

// HTTPServer is h behind the time limits of assurance.md §5.
func HTTPServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       15 * time.Second,
		WriteTimeout:      20 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    32 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}
