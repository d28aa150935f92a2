// Package web is the kit of the HTTP edge: requests, answers, errors as pages and as JSON problems,
// middleware, limits. The packages below it are the areas of the site, each with its pages; they parse,
// make one domain call and render, and decide nothing. Gin is imported here and in the areas alone.
package web

import (
	"log/slog"
	"net/netip"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/clock"
	"wattle/internal/fault"
	"wattle/internal/ratelimit"
	"wattle/internal/seal"
	"wattle/internal/view"
	"wattle/templates"
)

// Kit is what every area uses. Fill it by field name and call Prepare once.
type Kit struct {
	Clock     clock.Clock
	Log       *slog.Logger
	Assets    *view.Assets
	Box       *seal.Box // derives the keys under which addresses are counted
	Directory Directory
	BaseURL   string // used in links; the Host header never is
	SourceURL string // where the source of this version is offered; "" for no link
	Version   string

	// Corrections is the address to which mistakes are reported; "" where none is set.
	Corrections string
	// Production refuses hosts other than BaseURL's and sends HSTS. Development shows the gallery.
	Production, Development bool
	// Proxies are the networks whose forwarding headers are believed; none by default.
	Proxies []netip.Prefix
	// Answered receives the method, route template, status and duration of every answer except static
	// files; the route is "" for an unknown address. Optional.
	Answered func(method, route string, status int, took time.Duration)
	// Alternatives are what a refusal offers instead, and how many they are. Optional.
	Alternatives func(*fault.Error) (any, int)

	// Shared and Local count requests; LimitsOff and ExemptLoopback decide for whom.
	Shared         *ratelimit.Shared
	Local          *ratelimit.Local
	HoldFor        time.Duration // how long a booking is held, and counts against its network
	LimitsOff      bool
	ExemptLoopback bool

	// Pictures draws the pictures of shared links; Prepare makes it.
	Pictures Pictures
	// Set holds the templates, for the areas to bind their pages. Prepare parses it.
	Set *view.Set

	failure  view.Page[view.ErrorPage]
	fallback []byte   // the 500 page, rendered once at start
	fixed    []header // on every answer
	draining atomic.Bool
}

// Directory is what the kit asks of the read model.
type Directory interface {
	Fresh() bool     // it follows the database closely enough to say that nothing has changed
	Version() string // changes with every change that a page may show
	Fictional() bool // every therapist is made up
}

// Prepare parses the templates and renders the page for failures without a page of their own.
func (k *Kit) Prepare() (err error) {
	if k.Set, err = view.NewSet(templates.FS, k.Assets); err != nil {
		return err
	}
	k.failure = view.Parse[view.ErrorPage](k.Set, "failure")
	if err = k.Set.Err(); err != nil {
		return err
	}
	k.Pictures = NewPictures()
	k.fixed = fixedHeaders(k.Production)
	k.fallback, err = k.renderFallback()
	return err
}

// Router makes a router with the middleware that every route shares.
func (k *Kit) Router() (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.HandleMethodNotAllowed = true
	r.RedirectTrailingSlash = false
	if err := r.SetTrustedProxies(prefixes(k.Proxies)); err != nil {
		return nil, err
	}
	r.Use(k.identify, k.recoverPanics, k.secure, k.refuse, k.introduce)
	return r, nil
}

func prefixes(list []netip.Prefix) []string {
	var out []string
	for _, p := range list {
		out = append(out, p.String())
	}
	return out
}

// Drain makes every answer close its connection and /readyz answer 503, so that a proxy sends no new
// requests while those in flight end.
func (k *Kit) Drain() { k.draining.Store(true) }

// Draining reports whether the process is ending.
func (k *Kit) Draining() bool { return k.draining.Load() }

// Fallback is the page that answers when no other can be rendered.
func (k *Kit) Fallback() []byte { return k.fallback }
