package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzhttp"

	"wattle/internal/clock"
	"wattle/internal/fault"
)

// maxBody is the largest body any route takes, in bytes.
const maxBody = 64 << 10

// The id of a request in the log, and on its answer.
const (
	requestIDKey    = "request_id"
	requestIDHeader = "X-Request-Id"
)

// refusedKey marks a request which another site's page tried to make.
type refusedKey struct{}

// refuse answers what the cross-origin check refused before any handler sees it.
func (k *Kit) refuse(c *gin.Context) {
	if refused, _ := c.Request.Context().Value(refusedKey{}).(bool); !refused {
		c.Next()
		return
	}
	k.fail(c, fault.New(fault.Forbidden,
		"This was sent from another site, so nothing was done. Please start again from our own page."))
	c.Abort()
}

// Wrap puts around the router what must see every request, static files and unknown routes
// included: host check, cross-origin refusal, body cap, compression.
func (k *Kit) Wrap(r *gin.Engine) http.Handler {
	cross := http.NewCrossOriginProtection()
	cross.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.ServeHTTP(w, req.WithContext(context.WithValue(req.Context(), refusedKey{}, true)))
	}))
	app := cross.Handler(r)
	compress, err := gzhttp.NewWrapper(gzhttp.CompressionLevel(6), gzhttp.EnableZstd(false), gzhttp.MinSize(1024),
		gzhttp.ContentTypes([]string{"text/html", "application/json", "application/problem+json", "text/plain",
			"image/svg+xml"}))
	if err != nil {
		panic(err) // the options above are constants
	}
	squeezed := compress(app)
	host := hostOf(k.BaseURL)
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		if k.draining.Load() {
			// Closing idle connections at once instead would drop requests on their way.
			w.Header().Set("Connection", "close")
		}
		switch {
		case k.Production && !ourHost(host, req):
			k.headers(w.Header())
			http.Error(w, "This is not an address of this site.", http.StatusMisdirectedRequest)
		case strings.HasPrefix(req.URL.Path, "/static/"):
			k.headers(w.Header())
			k.Assets.ServeHTTP(w, req)
		case secretive(req.URL.Path):
			// Pages that hold a bearer token beside the visitor's own words are never
			// compressed: their length would tell about the token (BREACH).
			capBody(w, req)
			app.ServeHTTP(w, req)
		default:
			capBody(w, req)
			squeezed.ServeHTTP(w, req)
		}
	})
}

func secretive(path string) bool {
	return strings.HasPrefix(path, "/booking/") || strings.HasPrefix(path, "/api/v1/bookings")
}

// capBody bounds what a request may send; most send nothing.
func capBody(w http.ResponseWriter, req *http.Request) {
	if req.Body != http.NoBody {
		req.Body = http.MaxBytesReader(w, req.Body, maxBody)
	}
}

// hostOf is the host of an address, "" where it has none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// ourHost lets health checks ask by any name.
func ourHost(host string, req *http.Request) bool {
	return req.URL.Path == "/healthz" || req.URL.Path == "/readyz" || host != "" && strings.EqualFold(req.Host, host)
}

// identify gives each request an id and writes its one line of log: the route's template, never
// the path or query, which say what people look for.
func (k *Kit) identify(c *gin.Context) {
	var raw [8]byte
	rand.Read(raw[:])
	id := hex.EncodeToString(raw[:])
	c.Writer.Header()[requestIDHeader] = []string{id}
	took := clock.Stopwatch()
	c.Next()
	method, route, status := known(c.Request.Method), c.FullPath(), c.Writer.Status()
	if k.Answered != nil {
		k.Answered(method, route, status, took())
	}
	if !k.Log.Enabled(c.Request.Context(), slog.LevelInfo) {
		return
	}
	k.Log.LogAttrs(c.Request.Context(), slog.LevelInfo, "request", slog.String("method", method),
		slog.String("route", route), slog.Int("status", status),
		slog.Float64("ms", float64(took().Microseconds())/1000), slog.Int("bytes", max(c.Writer.Size(), 0)),
		slog.String("from", blur(k.from(c))), slog.String(requestIDKey, id))
}

// requestID is what identify called the request.
func requestID(c *gin.Context) string { return c.Writer.Header().Get(requestIDHeader) }

// from is the address a request came from; a forwarding header counts only from a proxy of ours.
// The zero Addr where there is none to be read.
func (k *Kit) from(c *gin.Context) netip.Addr {
	if len(k.Proxies) == 0 {
		if a, err := netip.ParseAddrPort(c.Request.RemoteAddr); err == nil {
			return a.Addr().Unmap()
		}
	}
	a, err := netip.ParseAddr(c.ClientIP())
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap()
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
func blur(a netip.Addr) string {
	if a.Is4() {
		return prefix(a, 24)
	}
	return prefix(a, 48)
}

func (k *Kit) recoverPanics(c *gin.Context) {
	defer func() {
		if v := recover(); v != nil {
			k.Log.ErrorContext(c.Request.Context(), "panic", "route", c.FullPath(), "panic", fmt.Sprint(v), "stack",
				string(debug.Stack()), requestIDKey, requestID(c))
			if !c.Writer.Written() {
				k.fail(c, fault.Internal)
			}
			c.Abort()
		}
	}()
	c.Next()
}

const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// header is one line of an answer. Its value is shared by all answers and never changed in place.
type header struct {
	name  string // in canonical form
	value []string
}

// fixedHeaders are on every answer, errors and files included.
func fixedHeaders(production bool) []header {
	list := []header{
		{"Content-Security-Policy", []string{policy}},
		{"X-Content-Type-Options", []string{"nosniff"}},
		{"X-Frame-Options", []string{"DENY"}},
		// no-referrer makes Chromium send "Origin: null", which refuses every form
		{"Referrer-Policy", []string{"same-origin"}},
		{"Cross-Origin-Opener-Policy", []string{"same-origin"}},
		{"Cross-Origin-Resource-Policy", []string{"same-origin"}},
		{"Permissions-Policy", []string{"camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"}},
	}
	if production {
		list = append(list, header{"Strict-Transport-Security", []string{"max-age=31536000; includeSubDomains"}})
	}
	return list
}

func (k *Kit) headers(h http.Header) {
	for _, f := range k.fixed {
		h[f.name] = f.value
	}
}

// Values of Cache-Control, shared by all answers.
var (
	noStore    = []string{"no-store"}
	ownNoCache = []string{"private, no-cache"}
)

func (k *Kit) secure(c *gin.Context) {
	h := c.Writer.Header()
	k.headers(h)
	h["Cache-Control"] = noStore
	c.Next()
}
