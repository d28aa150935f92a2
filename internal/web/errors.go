package web

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/fault"
	"wattle/internal/view"
)

// errorPage is a fault's page: what happened, in a sentence, and ways on.
func (k *Kit) errorPage(c *gin.Context, status int, e *fault.Error) {
	if strings.HasPrefix(c.Request.URL.Path, "/static/") {
		c.String(status, e.Message)
		return
	}
	id := ""
	if status >= 500 {
		id = requestID(c)
	}
	c.Header("Cache-Control", "no-store")
	if err := Render(c, status, k.failure, k.errorData(e, id)); err != nil {
		k.Log.ErrorContext(c.Request.Context(), "error page", "error", Scrub(err))
		c.Data(status, "text/html; charset=utf-8", k.fallback)
	}
}

func (k *Kit) errorData(e *fault.Error, id string) view.ErrorPage {
	a := answers[e.Kind]
	p := view.ErrorPage{
		Chrome: view.Chrome{Title: a.heading, NoIndex: true, Source: k.SourceURL},
		Status: a.short, Heading: a.heading, Text: e.Message, RequestID: id,
		Links: []view.Link{
			{URL: "/therapists", Text: "Find a therapist"},
			{URL: "/", Text: "Start page"},
			{URL: "/crisis", Text: "Help right now"},
		},
	}
	if _, n := k.alternatives(e); n > 0 {
		p.Text += " Other times are free: go back one page to choose one."
	}
	return p
}

// answers are the status of each kind of fault, and the words of its page.
var answers = map[fault.Kind]struct {
	status         int
	short, heading string
}{
	fault.Malformed:    {400, "Not understood", "We could not read that"},
	fault.Unauthorised: {401, ourFault, didNotWork},
	fault.Forbidden:    {403, "Not allowed", "That was not sent from here"},
	fault.NotFound:     {404, "Page not found", "We cannot find that page"},
	fault.Method:       {405, "Not possible", "That cannot be done here"},
	fault.Conflict:     {409, "Something changed", "This has changed in the meantime"},
	fault.Gone:         {410, ourFault, didNotWork},
	fault.TooLarge:     {413, "Too much", "That was too much at once"},
	fault.Unsupported:  {415, ourFault, didNotWork},
	fault.Invalid:      {422, "Not quite", "Something needs another look"},
	fault.TooMany:      {429, "A short pause", "Please wait a moment"},
	fault.Internal:     {500, ourFault, didNotWork},
	fault.Unavailable:  {503, "Not available", "This is taking a moment"},
}

const ourFault, didNotWork = "Our fault", "That did not work"

// StatusOf is the HTTP status of a fault's kind.
func StatusOf(k fault.Kind) int { return answers[k].status }

// AsFault gives every error the one sentence people may read. Too large a body is ours to name.
func AsFault(err error) *fault.Error {
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
		return fault.Wrap(k,
			"Something went wrong on our side. Nothing you typed was kept. Please try again in a moment.", err)
	default:
		return fault.New(k, "This could not be done.")
	}
}

// fail answers with the fault's status: problem+json under /api/, a designed page elsewhere.
func (k *Kit) fail(c *gin.Context, err error) {
	e := AsFault(err)
	status := StatusOf(e.Kind)
	c.Writer.Header().Del("ETag") // it named what could not be shown
	if status >= 500 {
		k.Log.ErrorContext(c.Request.Context(), "failed", "route", c.FullPath(), "status", status, "error", Scrub(err),
			requestIDKey, requestID(c))
	}
	if e.Kind == fault.TooMany || e.Kind == fault.Unavailable {
		RetryAfter(c, e)
	}
	if strings.HasPrefix(c.Request.URL.Path, "/api/") {
		k.problem(c, status, e)
		return
	}
	k.errorPage(c, status, e)
}

// RetryAfter says when to try again, in whole seconds.
func RetryAfter(c *gin.Context, e *fault.Error) {
	c.Header("Retry-After", strconv.Itoa(int(math.Ceil(max(e.RetryAfter, time.Second).Seconds()))))
}

// Scrub keeps values that a database error may quote out of the log.
func Scrub(err error) string {
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

func (k *Kit) problem(c *gin.Context, status int, e *fault.Error) {
	others, _ := k.alternatives(e)
	body, err := json.Marshal(problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: e.Message,
		Errors: e.Fields, RequestID: requestID(c), Alternatives: others,
	})
	if err != nil {
		body = fmt.Appendf(nil, `{"type":"about:blank","title":"Internal Server Error","status":500,`+
			`"detail":"Something went wrong on our side.","request_id":%q}`, requestID(c))
	}
	c.Data(status, "application/problem+json", body)
}

// Degraded marks an answer that a failure left incomplete: it is logged, and carries no tag, so that
// asking again brings a new one.
func (k *Kit) Degraded(c *gin.Context, what string, err error) {
	k.Log.WarnContext(c.Request.Context(), what, "error", Scrub(err))
	h := c.Writer.Header()
	h.Del("ETag")
	h["Cache-Control"] = noStore
}

func (k *Kit) alternatives(e *fault.Error) (any, int) {
	if k.Alternatives == nil {
		return nil, 0
	}
	return k.Alternatives(e)
}

func (k *Kit) renderFallback() ([]byte, error) {
	var b bytes.Buffer
	e := fault.New(fault.Internal, "Something went wrong on our side. Please try again in a moment.")
	err := k.failure.Render(&b, k.errorData(e, ""))
	return b.Bytes(), err
}
