package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"

	"wattle/internal/booking"
	"wattle/internal/clock"
	"wattle/internal/fault"
	"wattle/internal/ratelimit"
)

// maxBody is the largest body any route takes, in bytes.
const maxBody = 64 << 10

const requestIDKey = "request_id"

// refusedKey marks a request which another site's page tried to make.
type refusedKey struct{}

// refuse answers what the cross-origin check refused before any handler sees it.
func (s *Server) refuse(c *gin.Context) {
	if refused, _ := c.Request.Context().Value(refusedKey{}).(bool); !refused {
		c.Next()
		return
	}
	s.fail(c, fault.New(fault.Forbidden, "This was sent from another site, so nothing was done. Please start again from our own page."))
	c.Abort()
}

// wrap puts around the router what must see every request, static files and unknown routes
// included: host check, cross-origin refusal, body cap, compression.
func (s *Server) wrap(r *gin.Engine) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.ServeHTTP(w, req.WithContext(context.WithValue(req.Context(), refusedKey{}, true)))
	}))
	app := cross.Handler(r)
	compress, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(6), gzhttp.EnableZstd(false), gzhttp.MinSize(1024), gzhttp.ContentTypes([]string{
		"text/html", "application/json", "application/problem+json", "text/plain", "image/svg+xml"}))
	if err != nil {
		panic(err) // the options above are constants
	}
	squeezed := compress(app)
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if s.draining.Load() {
			// Each answer says goodbye. Closing idle connections at once instead would meet requests
			// that are on their way.
			w.Header().Set("Connection", "close")
		}
		switch {
		case !s.ourHost(req):
			s.headers(w.Header())
			http.Error(w, "This is not an address of this site.", http.StatusMisdirectedRequest)
		case strings.HasPrefix(req.URL.Path, "/static/"):
			s.headers(w.Header())
			s.Assets.ServeHTTP(w, req)
		case secretive(req.URL.Path):
			// Pages that hold a bearer token beside the visitor's own words are never
			// compressed: their length would tell about the token (BREACH).
			req.Body = http.MaxBytesReader(w, req.Body, maxBody)
			app.ServeHTTP(w, req)
		default:
			req.Body = http.MaxBytesReader(w, req.Body, maxBody)
			squeezed.ServeHTTP(w, req)
		}
	})
}

func secretive(path string) bool {
	return strings.HasPrefix(path, "/booking/") || strings.HasPrefix(path, "/api/v1/bookings")
}

func (s *Server) ourHost(req *http.Request) bool {
	if !s.Production || req.URL.Path == "/healthz" || req.URL.Path == "/readyz" {
		return true
	}
	base, err := url.Parse(s.BaseURL)
	return err == nil && strings.EqualFold(req.Host, base.Host)
}

// identify gives each request an id and writes its one line of log: the route's template, never
// the path or query, for what people look for is nobody's business.
func (s *Server) identify(c *gin.Context) {
	var raw [8]byte
	rand.Read(raw[:])
	id := hex.EncodeToString(raw[:])
	c.Set(requestIDKey, id)
	c.Header("X-Request-Id", id)
	took := clock.Stopwatch()
	c.Next()
	if s.Answered != nil {
		s.Answered(known(c.Request.Method), c.FullPath(), c.Writer.Status(), took())
	}
	s.Log.InfoContext(ctx(c), "request", "method", known(c.Request.Method), "route", c.FullPath(), "status", c.Writer.Status(),
		"ms", float64(took().Microseconds())/1000, "bytes", max(c.Writer.Size(), 0), "from", blur(c.ClientIP()), requestIDKey, id)
}

// known keeps made-up methods, which may carry anything, out of the log.
func known(method string) string {
	switch method {
	case "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS":
		return method
	}
	return "OTHER"
}

// blur shortens an address to its network: /24 or /48.
func blur(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ""
	}
	bits := 48
	if a = a.Unmap(); a.Is4() {
		bits = 24
	}
	p, _ := a.Prefix(bits)
	return p.String()
}

func (s *Server) recoverPanics(c *gin.Context) {
	defer func() {
		if v := recover(); v != nil {
			s.Log.ErrorContext(ctx(c), "panic", "route", c.FullPath(), "panic", fmt.Sprint(v), "stack", string(debug.Stack()), requestIDKey, c.GetString(requestIDKey))
			if !c.Writer.Written() {
				s.fail(c, fault.Internal)
			}
			c.Abort()
		}
	}()
	c.Next()
}

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; " +
	"manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// headers are on every answer, errors and files included.
func (s *Server) headers(h http.Header) {
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin") // no-referrer makes Chromium send "Origin: null", which refuses every form
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()")
	if s.Production {
		h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
	}
}

func (s *Server) secure(c *gin.Context) {
	s.headers(c.Writer.Header())
	c.Header("Cache-Control", "no-store")
	c.Next()
}

// The allowances. No network holds more than three times at once, no address gets more than six
// codes an hour. Reads are counted in the process, writes across all instances.
var (
	readRule  = ratelimit.Rule{Name: "read", Most: 600, Window: time.Minute}
	writeRule = ratelimit.Rule{Name: "write", Most: 60, Window: time.Minute}
	holdRule  = ratelimit.Rule{Name: "hold", Most: 3, Window: booking.HoldFor}
	mailRule  = ratelimit.Rule{Name: "mail", Most: 6, Window: time.Hour}

	provenRule = ratelimit.Rule{Name: "proven", Most: 1, Window: 24 * time.Hour}
)

// limitReads and limitWrites bound what one network may ask in a while.
func (s *Server) limitReads(c *gin.Context) error {
	if s.exempt(c) {
		return nil
	}
	return s.Local.Take(readRule, network(c.ClientIP()))
}

func (s *Server) limitWrites(c *gin.Context, rule ratelimit.Rule) error {
	if s.exempt(c) {
		return nil
	}
	return s.Shared.Take(ctx(c), rule, s.hashed("network", network(c.ClientIP())))
}

func (s *Server) hashed(what, value string) string {
	return hex.EncodeToString(s.Box.Sum("ratelimit", what, value)[:16])
}

func (s *Server) exempt(c *gin.Context) bool {
	if s.LimitsOff {
		return true
	}
	a, err := netip.ParseAddr(c.ClientIP())
	return s.ExemptLoopback && err == nil && a.Unmap().IsLoopback()
}

// network is what is counted as one visitor: an IPv4 address or an IPv6 /64.
func network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return ip
	}
	if a = a.Unmap(); a.Is4() {
		return a.String()
	}
	p, _ := a.Prefix(64)
	return p.String()
}
