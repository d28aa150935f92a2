package view

import (
	"html/template"
	"strconv"
	"strings"
	"sync"
	"unicode"
)

// Writer takes markup that is written by hand, into a buffer that is used again. Put takes markup,
// Text what is none. The first failure stands in Err: whoever wrote looks at it once, at the end.
type Writer struct {
	b   []byte
	err error
}

var writers = sync.Pool{New: func() any { return new(Writer) }}

// NewWriter is an empty writer. Free it when nothing of what it holds is needed any more.
func NewWriter() *Writer { return writers.Get().(*Writer) }

// Free gives the writer's buffer to others.
func (w *Writer) Free() {
	w.b, w.err = w.b[:0], nil
	writers.Put(w)
}

// Bytes is what was written, until Free.
func (w *Writer) Bytes() []byte { return w.b }

// Err is the first failure, nil for none.
func (w *Writer) Err() error { return w.err }

// Fail remembers the first failure.
func (w *Writer) Fail(err error) {
	if w.err == nil {
		w.err = err
	}
}

// Put appends markup.
func (w *Writer) Put(markup string) { w.b = append(w.b, markup...) }

// PutIf appends markup when there is reason to.
func (w *Writer) PutIf(markup string, when bool) {
	if when {
		w.Put(markup)
	}
}

// Text appends text, escaped as html/template does between tags and in quoted attributes.
func (w *Writer) Text(s string) { w.b = appendEscaped(w.b, s) }

// Number appends Number(n).
func (w *Writer) Number(n int) { w.b = appendNumber(w.b, n) }

// Int appends n.
func (w *Writer) Int(n int) { w.b = strconv.AppendInt(w.b, int64(n), 10) }

// Count appends Count(n, one, many).
func (w *Writer) Count(n int, one, many string) {
	w.Number(n)
	w.Put(" ")
	w.Put(Plural(n, one, many))
}

// Write makes the writer one that templates print to.
func (w *Writer) Write(p []byte) (int, error) {
	w.b = append(w.b, p...)
	return len(p), nil
}

// WriteString appends markup, as Put does.
func (w *Writer) WriteString(s string) (int, error) {
	w.b = append(w.b, s...)
	return len(s), nil
}

// URL appends an address as html/template does in a quoted attribute that holds one. Addresses that
// begin as ours do are escaped here, all others by a template, which knows which of them are safe.
func (w *Writer) URL(u string) {
	if !strings.HasPrefix(u, "/") && !strings.HasPrefix(u, "https://") && !strings.HasPrefix(u, "http://") {
		w.foreign(u)
		return
	}
	from := 0
	for i := 0; i < len(u); i++ {
		c := u[i]
		if addressBytes[c] || c == '%' && i+2 < len(u) && isHex(u[i+1]) && isHex(u[i+2]) {
			continue
		}
		w.Text(u[from:i])
		w.b = append(w.b, '%', hexDigits[c>>4], hexDigits[c&15])
		from = i + 1
	}
	w.Text(u[from:])
}

func (w *Writer) foreign(u string) {
	var b strings.Builder
	if err := foreignLink().Execute(&b, u); err != nil {
		w.Fail(err)
		return
	}
	w.Put(strings.TrimSuffix(strings.TrimPrefix(b.String(), `<a href="`), `">`))
}

var foreignLink = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("link").Parse(`<a href="{{.}}">`))
})

const hexDigits = "0123456789abcdef"

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// addressBytes stand in an address as they are: letters, digits and what RFC 3986 reserves or lets be.
var addressBytes = func() (out [256]bool) {
	for _, c := range "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~!#$&*+,/:;=?@[]" {
		out[c] = true
	}
	return out
}()

// appendNumber appends Number(n).
func appendNumber(b []byte, n int) []byte {
	from := len(b)
	b = strconv.AppendInt(b, int64(n), 10)
	for i := len(b) - 3; i > from && b[i-1] != '-'; i -= 3 {
		b = append(b, 0)
		copy(b[i+1:], b[i:])
		b[i] = ','
	}
	return b
}

// appendEscaped escapes text as html/template does between tags and in quoted attributes.
func appendEscaped(b []byte, s string) []byte {
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c > '>' {
			continue
		}
		with := escapes[c]
		if with == "" {
			continue
		}
		b = append(append(b, s[from:i]...), with...)
		from = i + 1
	}
	return append(b, s[from:]...)
}

var escapes = ['>' + 1]string{0: string(unicode.ReplacementChar), '"': "&#34;", '&': "&amp;", '\'': "&#39;", '+': "&#43;", '<': "&lt;", '>': "&gt;"}
