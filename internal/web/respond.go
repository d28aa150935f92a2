package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/fault"
	"wattle/internal/region"
	"wattle/internal/view"
)

// NotModified answers a repeated read before any searching: the read model's version, the
// address and the minute decide what the page says.
func (k *Kit) NotModified(c *gin.Context) bool {
	if !k.Directory.Fresh() {
		return false // what has changed is not known
	}
	tag := k.tagOf(c)
	h := c.Writer.Header()
	h["Cache-Control"], h["Etag"] = ownNoCache, []string{tag}
	if c.GetHeader("If-None-Match") != tag {
		return false
	}
	c.Status(http.StatusNotModified)
	c.Writer.WriteHeaderNow()
	return true
}

// tagOf names what stands at an address in this minute for one viewer. A filter is read from its
// address and from nothing else, so the address stands for it.
func (k *Kit) tagOf(c *gin.Context) string {
	u := c.Request.URL
	sum := sumOf(sumOf(sumOf(sumOf(emptySum, u.Path), "?"), u.RawQuery), RequestOf(c).tag())
	var room [96]byte
	b := append(append(append(room[:0], `W/"`...), k.Directory.Version()...), '-')
	b = append(strconv.AppendUint(b, sum, 16), '-')
	b = append(strconv.AppendInt(b, k.Clock.Now().Unix()/60, 10), '-')
	return string(append(append(b, k.Version...), '"'))
}

// OrderPath is where the order of results is explained.
const OrderPath = "/how-results-are-ordered"

// ZoneOf is the location of a stored zone; the database holds only zones that exist.
func ZoneOf(name string) *time.Location {
	if loc, err := region.LoadZone(name); err == nil {
		return loc
	}
	return time.UTC
}

// emptySum and sumOf are 64-bit FNV-1a.
const emptySum uint64 = 14695981039346656037

func sumOf[T string | []byte](sum uint64, s T) uint64 {
	for i := 0; i < len(s); i++ {
		sum = (sum ^ uint64(s[i])) * 1099511628211
	}
	return sum
}

// Handler is a route that returns its failure; one place decides status and page.
type Handler func(*gin.Context) error

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

// Render writes a whole page or, when it cannot be rendered, none of it.
func Render[T any](c *gin.Context, status int, p view.Page[T], data T) error {
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
	c.Writer.Write(body) //nolint:errcheck // the client has gone
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

// SeeOther sends the browser to another page of ours, after a form.
func SeeOther(c *gin.Context, address string) error {
	c.Redirect(http.StatusSeeOther, address)
	return nil
}

// WriteJSON answers a program.
func WriteJSON(c *gin.Context, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	c.Data(status, "application/json", body)
	return nil
}
