package view

import (
	"strconv"
	"unicode"
)

// writer appends the markup of the few lists that a function prints because html/template takes too
// long over them. put takes markup, text takes everything else.
type writer struct{ b []byte }

func (w *writer) put(markup string) { w.b = append(w.b, markup...) }

func (w *writer) putIf(markup string, when bool) {
	if when {
		w.put(markup)
	}
}

// text escapes s as html/template does between tags and in quoted attributes.
func (w *writer) text(s string) {
	from := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c > '>' || escapes[c] == "" {
			continue
		}
		w.put(s[from:i])
		w.put(escapes[c])
		from = i + 1
	}
	w.put(s[from:])
}

var escapes = ['>' + 1]string{0: string(unicode.ReplacementChar), '"': "&#34;", '&': "&amp;", '\'': "&#39;",
	'+': "&#43;", '<': "&lt;", '>': "&gt;"}

func (w *writer) int(n int) { w.b = strconv.AppendInt(w.b, int64(n), 10) }

// number appends Number(n).
func (w *writer) number(n int) { w.put(Number(n)) }
