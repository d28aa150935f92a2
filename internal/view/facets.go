package view

import (
	"html/template"
	"slices"
	"strconv"
	"sync"
	"unicode"
)

// facetList is partial "facets" for every group that has values, written by hand: a page of results
// has more than two hundred boxes, and a template takes longer over them than over all the rest. A
// test holds it to the template byte for byte.
func facetList(assets *Assets) func([]FacetGroup) (template.HTML, error) {
	icon := sprite(assets, "icon", "icons/icons.svg")
	return func(groups []FacetGroup) (template.HTML, error) {
		chevron, err := icon("chevron-down")
		if err != nil {
			return "", err
		}
		w := writers.Get().(*facetWriter)
		defer writers.Put(w)
		w.icon, w.b = string(chevron), w.b[:0]
		for i := range groups {
			if len(groups[i].Values) > 0 {
				w.group(&groups[i])
			}
		}
		return template.HTML(w.b), nil
	}
}

var writers = sync.Pool{New: func() any { return new(facetWriter) }}

type facetWriter struct {
	b    []byte
	icon string
}

func (w *facetWriter) put(markup string) { w.b = append(w.b, markup...) }
func (w *facetWriter) text(s string)     { w.b = appendEscaped(w.b, s) }

func (w *facetWriter) putIf(markup string, when bool) {
	if when {
		w.put(markup)
	}
}

func (w *facetWriter) group(g *FacetGroup) {
	chosen := g.Chosen()
	w.put(`<details class="facet" id="facet-`)
	w.text(g.Name)
	w.put(`"`)
	w.putIf(` open`, g.Open || chosen > 0)
	w.put(">\n<summary><span>")
	w.text(g.Legend)
	w.put(`</span>`)
	if chosen > 0 {
		w.put(` <span class="count">`)
		w.b = strconv.AppendInt(w.b, int64(chosen), 10)
		w.put(`<span class="vh"> chosen</span></span>`)
	}
	w.put(w.icon)
	w.put("</summary>\n<fieldset>\n<legend class=\"vh\">")
	w.text(g.Legend)
	w.put(`</legend>`)
	if g.All != nil {
		w.all(g)
	}
	cut := g.cut()
	w.put("\n<ul>")
	for i := range g.Values[:cut] {
		w.box(g, &g.Values[i])
	}
	w.put("\n</ul>")
	if tail := g.Values[cut:]; len(tail) > 0 {
		w.tail(g, tail)
	}
	w.put("\n</fieldset>\n</details>\n")
}

func (w *facetWriter) all(g *FacetGroup) {
	w.put("\n<p class=\"facet-all\"><input type=\"checkbox\" id=\"x-all-")
	w.text(g.Name)
	w.put(`" name="`)
	w.text(g.Name)
	w.put(`_match" value="`)
	w.text(g.All.Value)
	w.put(`"`)
	w.putIf(` checked`, g.All.On)
	w.put(`><label for="x-all-`)
	w.text(g.Name)
	w.put(`">`)
	w.text(g.All.Label)
	w.put(`</label></p>`)
}

// tickList is partial "ticks", written by hand like the rest of the list.
func tickList(ticks []Facet) template.HTML {
	w := writers.Get().(*facetWriter)
	defer writers.Put(w)
	w.b = w.b[:0]
	w.put(`<ul class="ticks">`)
	for i := range ticks {
		f := &ticks[i]
		w.put(`<li><input type="checkbox" id="x-`)
		id := ID(f.Value)
		w.put(id)
		w.put(`" name="`)
		w.text(f.Value)
		w.put(`" value="true"`)
		w.putIf(` checked`, f.On)
		w.put(`><label for="x-`)
		w.put(id)
		w.put(`"><span>`)
		w.text(f.Label)
		w.put(`</span> <span class="n">`)
		w.b = appendNumber(w.b, f.Count)
		w.put(`</span></label></li>`)
	}
	w.put(`</ul>`)
	return template.HTML(w.b)
}

// tail is FacetGroup.Tail, without making it: a section stands where its first value does.
func (w *facetWriter) tail(g *FacetGroup, tail []Facet) {
	w.put("\n<details class=\"more\" id=\"more-")
	w.text(g.Name)
	w.put(`"`)
	w.putIf(` open`, g.TailOn())
	w.put(`><summary><span class="if-shut">More</span><span class="if-open">Fewer</span><span class="vh"> of `)
	w.text(g.Legend)
	w.put(`</span></summary>`)
	for i := range tail {
		section := tail[i].Section
		if slices.ContainsFunc(tail[:i], func(f Facet) bool { return f.Section == section }) {
			continue
		}
		if section != "" {
			w.put("\n<fieldset class=\"facet-part\"><legend>")
			w.text(section)
			w.put(`</legend>`)
		}
		w.put("\n<ul>")
		for j := range tail[i:] {
			if tail[i+j].Section == section {
				w.box(g, &tail[i+j])
			}
		}
		w.put("\n</ul>")
		w.putIf("\n</fieldset>", section != "")
	}
	w.put("\n</details>")
}

func (w *facetWriter) box(g *FacetGroup, f *Facet) {
	w.put("\n<li><input type=\"")
	if g.Radio {
		w.put(`radio`)
	} else {
		w.put(`checkbox`)
	}
	w.put(`" id="`)
	from := len(w.b)
	w.b = appendID(append(w.b, "x-"...), g.Name, f.Value)
	id := w.b[from:]
	w.put(`" name="`)
	w.text(g.Name)
	w.put(`" value="`)
	w.text(f.Value)
	w.put(`"`)
	w.putIf(` checked`, f.On)
	w.put(`><label for="`)
	w.b = append(w.b, id...)
	w.put(`"><span>`)
	w.text(f.Label)
	w.put(`</span> <span class="n">`)
	w.b = appendNumber(w.b, f.Count)
	w.put(`</span></label></li>`)
}

// appendID appends ID(name + "-" + value).
func appendID(b []byte, name, value string) []byte {
	from := len(b)
	for _, part := range [...]string{name, "-", value} {
		for i := 0; i < len(part); i++ {
			switch c := part[i]; {
			case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
				b = append(b, c)
			case c >= 'A' && c <= 'Z' || c >= 0x80: // rare: Unicode has capitals of its own for ASCII letters
				return append(b[:from], ID(name+"-"+value)...)
			case len(b) > from && b[len(b)-1] != '-':
				b = append(b, '-')
			}
		}
	}
	for len(b) > from && b[len(b)-1] == '-' {
		b = b[:len(b)-1]
	}
	return b
}

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
