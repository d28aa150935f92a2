package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/fault"
	"wattle/internal/view"
)

// handler is a route that returns its failure; one place decides status and page.
type handler func(*gin.Context) error

// ctx is the request's own context: domains are given this, never the handler's. Gin uses its
// contexts again, and database/sql may look at one a moment after the answer was sent, when it
// belongs to somebody else's request already.
func ctx(c *gin.Context) context.Context { return c.Request.Context() }

// page turns a handler into a Gin handler for people, with reads counted and forms read whole.
func (s *Server) page(h handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		err := s.limitReads(c)
		if err == nil {
			err = readForm(c)
		}
		if err == nil {
			err = h(c)
		}
		if err != nil {
			s.fail(c, err)
		}
	}
}

// readForm reads what a form sent, before anything is done: too large, cut short, in another
// encoding or with a field twice, it is refused as a whole. No form of ours repeats a field.
func readForm(c *gin.Context) error {
	if c.Request.Method != http.MethodPost || isAPI(c) {
		return nil
	}
	kind, _, _ := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if kind != "application/x-www-form-urlencoded" && (kind != "" || c.Request.ContentLength != 0) {
		return fault.New(fault.Unsupported, "This page takes only what its own form sends.")
	}
	if err := c.Request.ParseForm(); err != nil {
		return fault.Wrap(fault.Malformed, "The form did not arrive whole. Please send it again.", err)
	}
	for _, values := range c.Request.PostForm {
		if len(values) > 1 {
			return fault.New(fault.Malformed, "The form sent an answer twice. Please go back and send it again.")
		}
	}
	return nil
}

func isAPI(c *gin.Context) bool { return strings.HasPrefix(c.Request.URL.Path, "/api/v1/") }

// pages are buffers to render into, used again.
var pages = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// render writes a whole page or, when it cannot be rendered, none of it.
func render[T any](_ *Server, c *gin.Context, status int, p view.Page[T], data T) error {
	b := pages.Get().(*bytes.Buffer)
	defer pages.Put(b)
	b.Reset()
	if err := p.Render(b, data); err != nil {
		return err
	}
	send(c, status, b.Bytes())
	return nil
}

var htmlType = []string{"text/html; charset=utf-8"}

// send answers with a page, or with 304 where the browser has it. body may be used again afterwards.
func send(c *gin.Context, status int, body []byte) {
	if status == http.StatusOK && unchanged(c, body) {
		return
	}
	h := c.Writer.Header()
	h["Content-Type"], h["Content-Length"] = htmlType, []string{strconv.Itoa(len(body))}
	c.Status(status)
	c.Writer.Write(body) //nolint:errcheck // whoever asked has gone
}

// unchanged answers 304 where the browser may keep a page and already has this one. Pages whose
// handler made no tag get one of their text.
func unchanged(c *gin.Context, body []byte) bool {
	h := c.Writer.Header()
	if h.Get("Cache-Control") != "private, no-cache" || h.Get("ETag") != "" {
		return false
	}
	tag := fmt.Sprintf(`W/"%x"`, sumOf(emptySum, body))
	h.Set("ETag", tag)
	if c.GetHeader("If-None-Match") != tag {
		return false
	}
	c.Status(http.StatusNotModified)
	c.Writer.WriteHeaderNow()
	return true
}

// statusOf is the HTTP status of a fault's kind.
func statusOf(k fault.Kind) int {
	switch k {
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.Malformed:
		return http.StatusBadRequest
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Unauthorised:
		return http.StatusUnauthorized
	case fault.TooMany:
		return http.StatusTooManyRequests
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	case fault.Gone:
		return http.StatusGone
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.Method:
		return http.StatusMethodNotAllowed
	case fault.Unsupported:
		return http.StatusUnsupportedMediaType
	}
	return http.StatusInternalServerError
}

// asFault gives every error the one sentence people may read. Too large a body is ours to name.
func asFault(err error) *fault.Error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return fault.New(fault.TooLarge, "That was more than this page takes.")
	}
	if e, ok := fault.As(err); ok && e.Kind != fault.Internal {
		return e
	}
	switch k := fault.Of(err); k {
	case fault.NotFound:
		return fault.New(k, "There is nothing at this address. It may be mistyped, or what was here is gone.")
	case fault.Internal:
		return fault.Wrap(k, "Something went wrong on our side. Nothing you typed was kept. Please try again in a moment.", err)
	default:
		return fault.New(k, "This could not be done.")
	}
}

// fail answers with the fault's status: problem+json under /api/, a designed page elsewhere.
func (s *Server) fail(c *gin.Context, err error) {
	e := asFault(err)
	status := statusOf(e.Kind)
	c.Writer.Header().Del("ETag") // it named what could not be shown
	if status >= 500 {
		s.Log.ErrorContext(ctx(c), "failed", "route", c.FullPath(), "status", status, "error", scrub(err), requestIDKey, requestID(c))
	}
	if e.Kind == fault.TooMany || e.Kind == fault.Unavailable {
		comeAgain(c, e)
	}
	if strings.HasPrefix(c.Request.URL.Path, "/api/") {
		s.problem(c, status, e)
		return
	}
	s.errorPage(c, status, e)
}

// comeAgain says when to come again, in whole seconds.
func comeAgain(c *gin.Context, e *fault.Error) {
	c.Header("Retry-After", strconv.Itoa(int(math.Ceil(max(e.RetryAfter, time.Second).Seconds()))))
}

// scrub keeps values that a database error may quote out of the log.
func scrub(err error) string {
	text := err.Error()
	if i := strings.Index(text, "Key ("); i >= 0 {
		text = text[:i]
	}
	return text
}

type problem struct {
	Type         string        `json:"type"`
	Title        string        `json:"title"`
	Status       int           `json:"status"`
	Detail       string        `json:"detail"`
	Errors       []fault.Field `json:"errors,omitempty"`
	RequestID    string        `json:"request_id"`
	Alternatives any           `json:"alternatives,omitempty"`
}

func (s *Server) problem(c *gin.Context, status int, e *fault.Error) {
	body, err := json.Marshal(problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: e.Message,
		Errors: e.Fields, RequestID: requestID(c), Alternatives: alternativesJSON(e),
	})
	if err != nil {
		body = fmt.Appendf(nil, `{"type":"about:blank","title":"Internal Server Error","status":500,"detail":"Something went wrong on our side.","request_id":%q}`, requestID(c))
	}
	c.Data(status, "application/problem+json", body)
}

// writeJSON answers a program.
func writeJSON(c *gin.Context, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	c.Data(status, "application/json", body)
	return nil
}
