package view

import (
	"cmp"
	"fmt"
	"html/template"
	"sync"
)

// Hand writes by hand what layouts and partials print, for the pages that are asked for most. The
// templates stay what is read and changed: a test holds every method to its template byte for byte,
// and names the method when somebody has changed the template alone.
type Hand struct {
	frame *frame
	icons map[string]string
}

// handIcons are the icons of what is written by hand.
var handIcons = []string{"arrow-left", "arrow-right", "chevron-down", "sliders-horizontal", "x"}

// NewHand is a hand for the set's layouts and partials. An icon that does not exist is reported by
// set.Err.
func NewHand(set *Set, assets *Assets) *Hand {
	h := &Hand{frame: set.frame, icons: map[string]string{}}
	draw := sprite(assets, "icon", "icons/icons.svg")
	for _, name := range handIcons {
		svg, err := draw(name)
		if err != nil {
			set.errs = append(set.errs, err)
		}
		h.icons[name] = string(svg)
	}
	return h
}

// Icon is an icon of those that are written by hand.
func (h *Hand) Icon(w *Writer, name string) {
	svg, ok := h.icons[name]
	if !ok {
		w.Fail(fmt.Errorf("view: icon %q is not among those written by hand", name))
	}
	w.Put(svg)
}

// Open is layout "base" up to what the page itself puts into it.
func (h *Hand) Open(w *Writer, c *Chrome) {
	w.Put("<!DOCTYPE html>\n<html lang=\"en-AU\">\n<head>\n")
	h.head(w, c)
	w.Put("</head>\n<body")
	if c.BodyClass != "" {
		w.Put(` class="`)
		w.Text(c.BodyClass)
		w.Put(`"`)
	}
	w.Put(">\n")
	h.around(w, "header", c)
	w.Put("\n<main id=\"main\" tabindex=\"-1\">")
	if len(c.Crumbs) > 0 {
		crumbs(w, c.Crumbs)
	}
	if c.Flash.Text != "" {
		w.Fail(fmt.Errorf("view: a page with a notice on top is not written by hand"))
	}
	w.Put("\n")
}

// Close is layout "base" behind what the page itself puts into it.
func (h *Hand) Close(w *Writer, c *Chrome) {
	w.Put("\n</main>\n")
	h.around(w, "footer", c)
	w.Put("\n</body>\n</html>\n")
}

func (h *Hand) around(w *Writer, partial string, c *Chrome) {
	html, err := h.frame.around(partial, c)
	if err != nil {
		w.Fail(err)
	}
	w.Put(string(html))
}

// head is "head" of layout "base".
func (h *Hand) head(w *Writer, c *Chrome) {
	w.Put("<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
	if c.Title != "" {
		w.Text(c.Title)
		w.Put(` – Wattle`)
	} else {
		w.Put(`Wattle: find a therapist you can afford`)
	}
	w.Put(`</title>`)
	w.meta(`name="description"`, c.Description)
	w.PutIf("\n<meta name=\"robots\" content=\"noindex\">", c.NoIndex)
	if c.Canonical != "" {
		w.Put("\n<link rel=\"canonical\" href=\"")
		w.URL(c.Canonical)
		w.Put(`">`)
	}
	w.Put("\n<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"theme-color\" content=\"#143F34\">\n" +
		"<meta name=\"referrer\" content=\"same-origin\">\n<meta name=\"format-detection\" content=\"telephone=no\">")
	w.meta(`property="og:url"`, c.Canonical)
	if c.Description != "" {
		w.meta(`property="og:title"`, cmp.Or(c.Title, "Wattle: find a therapist you can afford"))
		w.meta(`property="og:description"`, c.Description)
		w.Put("\n<meta property=\"og:site_name\" content=\"Wattle\">\n<meta property=\"og:locale\" content=\"en_AU\">")
		w.meta(`property="og:type"`, cmp.Or(c.Kind, "website"))
	}
	if c.Picture.URL != "" {
		w.meta(`property="og:image"`, c.Picture.URL)
		w.Put("\n<meta property=\"og:image:width\" content=\"1200\">\n<meta property=\"og:image:height\" content=\"630\">\n" +
			"<meta property=\"og:image:alt\" content=\"")
		w.Text(c.Picture.Alt)
		w.Put("\">\n<meta name=\"twitter:card\" content=\"summary_large_image\">")
	}
	w.Put("\n")
	h.around(w, "files", c)
	if data, _ := template.IsTrue(c.JSONLD); data {
		w.Put("\n")
		w.through(dataScript(), c.JSONLD)
	}
	w.Put("\n")
}

// meta is a <meta> on a line of its own; none without content.
func (w *Writer) meta(name, content string) {
	if content == "" {
		return
	}
	w.Put("\n<meta ")
	w.Put(name)
	w.Put(` content="`)
	w.Text(content)
	w.Put(`">`)
}

// through prints data by a template.
func (w *Writer) through(t *template.Template, data any) {
	if err := t.Execute(w, data); err != nil {
		w.Fail(fmt.Errorf("view: %w", err))
	}
}

var dataScript = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("data").Parse(`<script type="application/ld+json">{{.}}</script>`))
})

// crumbs is partial "breadcrumbs".
func crumbs(w *Writer, list []Link) {
	w.Put("<nav class=\"crumbs wrap\" aria-label=\"Breadcrumb\">\n<ol>")
	for i := range list {
		w.Put("\n<li>")
		w.Link(list[i].URL, list[i].Text)
		w.Put(`</li>`)
	}
	w.Put("\n</ol>\n</nav>\n")
}

// Link is <a href>text</a>.
func (w *Writer) Link(url, text string) {
	w.Put(`<a href="`)
	w.URL(url)
	w.Put(`">`)
	w.Text(text)
	w.Put(`</a>`)
}

// Facets is partial "facets" of every group that has values.
func (h *Hand) Facets(w *Writer, groups []FacetGroup) { w.facets(groups, h.icons["chevron-down"]) }

// Ticks is partial "ticks".
func (h *Hand) Ticks(w *Writer, ticks []Facet) { w.ticks(ticks) }

// Chips is partial "chips".
func (h *Hand) Chips(w *Writer, c Chips) {
	if len(c.Chips) > 0 {
		w.Put("\n<div class=\"chips\">\n<h2 class=\"vh\">Active filters</h2>\n<ul>")
		h.ChipItems(w, c.Chips)
		if c.Clear != "" {
			w.Put("\n<li><a class=\"chip-clear\" href=\"")
			w.URL(c.Clear)
			w.Put(`">Clear all</a></li>`)
		}
		w.Put("\n</ul>\n</div>")
	}
	w.Put("\n")
}

// ChipItems are chips as the items of a list.
func (h *Hand) ChipItems(w *Writer, list []Chip) {
	for i := range list {
		w.Put("\n<li><a class=\"chip\" href=\"")
		w.URL(list[i].Remove)
		w.Put(`"><span class="vh">Remove filter: </span>`)
		w.Text(list[i].Label)
		h.Icon(w, "x")
		w.Put(`</a></li>`)
	}
}

// Pagination is partial "pagination".
func (h *Hand) Pagination(w *Writer, p *Pagination) {
	if p.Pages > 1 {
		w.Put("\n<nav class=\"pages\" aria-label=\"Pages of results\">\n<ul>")
		if p.Prev != "" {
			w.Put("\n<li class=\"pages-step\"><a href=\"")
			w.URL(p.Prev)
			w.Put(`" rel="prev">`)
			h.Icon(w, "arrow-left")
			w.Put(`Previous<span class="vh"> page</span></a></li>`)
		}
		for i := range p.Links {
			pageNumber(w, &p.Links[i], p.Pages)
		}
		if p.Next != "" {
			w.Put("\n<li class=\"pages-step\"><a href=\"")
			w.URL(p.Next)
			w.Put(`" rel="next">Next<span class="vh"> page</span>`)
			h.Icon(w, "arrow-right")
			w.Put(`</a></li>`)
		}
		w.Put("\n</ul>\n</nav>")
	}
	w.Put("\n")
}

func pageNumber(w *Writer, l *Link, pages int) {
	if l.URL == "" {
		w.Put("\n<li><span>")
		w.Text(l.Text)
		w.Put(`</span></li>`)
		return
	}
	w.Put("\n<li><a href=\"")
	w.URL(l.URL)
	w.Put(`"`)
	w.PutIf(` aria-current="page"`, l.Current)
	w.Put(`><span class="vh">Page </span>`)
	w.Text(l.Text)
	if l.Current {
		w.Put(`<span class="of">&nbsp;of `)
		w.Int(pages)
		w.Put(`</span>`)
	}
	w.Put(`</a></li>`)
}

// Append is Markup, into a writer: what is rare on a page that is written by hand stays a template.
func (p Partial[T]) Append(w *Writer, data T) { w.through(p.tmpl, data) }
