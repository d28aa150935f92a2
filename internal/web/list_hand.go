package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"wattle/internal/view"
)

// Pages of results are asked for more than all others, so what they show is written by hand. What
// they look like is read and changed in templates/pages/directory/list.html: a test holds every page
// to it byte for byte.

// showList answers with a page of results.
func (s *Server) showList(c *gin.Context, p *therapistsListPage) error {
	w := view.NewWriter()
	defer w.Free()
	s.writeList(w, p)
	if err := w.Err(); err != nil {
		return err
	}
	send(c, http.StatusOK, w.Bytes())
	return nil
}

// writeList is pages/directory/list.html.
func (s *Server) writeList(w *view.Writer, p *therapistsListPage) {
	s.views.hand.Open(w, &p.Chrome)
	w.Put("\n<div id=\"finder\" class=\"finder wrap\">\n<div class=\"finder-top\">")
	s.writeListTop(w, p)
	w.Put("\n</div>\n")
	s.writeFilters(w, p)
	w.Put("\n<section class=\"results\" aria-labelledby=\"found\">\n")
	s.writeResultsHead(w, p)
	if p.Understood != nil {
		s.writeUnderstood(w, p.Understood)
	}
	w.Put("\n")
	s.views.hand.Chips(w, p.Chips)
	w.PutIf(`<p class="muted">Nobody matches every word, so these match most of them.</p>`, p.Partial)
	if p.Zero != nil {
		w.Put("\n")
		s.views.loosen.Append(w, *p.Zero)
	}
	if p.Cards.Any() {
		w.Put("\n<ul class=\"cards\">")
		s.writeCards(w, p.Cards.list, p.Cards.filter)
		w.Put(`</ul>`)
	}
	w.Put("\n")
	s.views.hand.Pagination(w, &p.Pages)
	if l := p.Landing; l != nil && (len(l.About) > 0 || len(l.Ways) > 0) {
		writeLanding(w, l)
	}
	w.Put("\n</section>\n</div>\n")
	s.views.hand.Close(w, &p.Chrome)
	w.Put("\n\n")
}

func (s *Server) writeListTop(w *view.Writer, p *therapistsListPage) {
	if p.Crisis.Shown() {
		s.views.crisisPanel.Append(w, p.Crisis)
	}
	w.Put("\n<h1>")
	w.Text(p.Heading)
	w.Put(`</h1>`)
	if p.Landing != nil && len(p.Landing.Lede) > 0 {
		w.Put(`<p class="lede">`)
		for i, l := range p.Landing.Lede {
			w.PutIf(` `, i > 0)
			w.Text(l)
		}
		w.Put(`</p>`)
	}
	for _, n := range p.Notes {
		s.views.notice.Append(w, n)
	}
}

func (s *Server) writeFilters(w *view.Writer, p *therapistsListPage) {
	w.Put(`<form method="get" action="`)
	w.URL(p.Action)
	w.Put(`" id="filters" hx-get="`)
	w.Text(p.Action)
	w.Put("\" hx-target=\"#finder\" hx-select=\"#finder\" hx-swap=\"outerMorph\" hx-push-url=\"true\" hx-trigger=\"change delay:250ms, submit\" class=\"filters\" novalidate>\n")
	w.Put(string(p.Words))
	w.Put("\n<details class=\"sheet\"><summary class=\"button quiet\">")
	s.views.hand.Icon(w, "sliders-horizontal")
	w.Put(`Filters`)
	if n := p.FiltersOn(); n > 0 {
		w.Put(` <span class="count">`)
		w.Int(n)
		w.Put(`<span class="vh"> active</span></span>`)
	}
	w.Put("</summary>\n<div class=\"sheet-panel\"><p class=\"sheet-close\"><b>Filters</b><button type=\"button\" class=\"button plain\" data-close>Close</button></p><div class=\"sheet-body\">\n")
	w.Put(string(p.Wishes))
	w.Put("\n")
	s.views.hand.Ticks(w, p.Ticks)
	w.Put("\n")
	s.views.hand.Facets(w, p.Groups)
	w.Put("\n</div><p class=\"sheet-foot\"><button type=\"submit\" class=\"button\">Show ")
	w.Count(p.Total, "therapist", "therapists")
	w.Put(`</button></p></div></details></form>`)
}

func (s *Server) writeResultsHead(w *view.Writer, p *therapistsListPage) {
	w.Put(`<div class="results-head"><div role="status"><h2 id="found">`)
	w.Count(p.Total, "therapist", "therapists")
	w.Put("</h2></div>\n<div class=\"field inline\"><label for=\"sort\">Order</label><div class=\"select\"><select id=\"sort\" name=\"sort\" form=\"filters\">")
	for i := range p.Sorts {
		w.Put(`<option value="`)
		w.Text(p.Sorts[i].Value)
		w.Put(`"`)
		w.PutIf(` selected`, p.Sorts[i].Value == p.Sort)
		w.Put(`>`)
		w.Text(p.Sorts[i].Label)
		w.Put(`</option>`)
	}
	w.Put(`</select>`)
	s.views.hand.Icon(w, "chevron-down")
	w.Put(`</div></div>`)
	if p.Total > 0 {
		w.Put(`<p class="found">`)
		for _, f := range p.Found {
			w.Put(`<span class="nowrap">`)
			w.Text(f)
			w.Put(`</span> · `)
		}
		w.Put(`<a href="` + orderPath + `">Why this order</a></p>`)
	}
	w.Put(`</div>`)
}

// writeUnderstood is partial "understood".
func (s *Server) writeUnderstood(w *view.Writer, u *understoodWords) {
	w.Put(`<section class="understood" aria-labelledby="understood">`)
	if u.AsIs {
		w.Put("\n<h3 class=\"vh\" id=\"understood\">Your words</h3>\n<p>We search for “")
		w.Text(u.Said)
		w.Put(`” exactly as it stands. `)
		w.Link(u.Other, "Read it as filters instead")
	} else {
		w.Put("\n<h3 id=\"understood\">We understood “")
		w.Text(u.Said)
		w.Put("” as</h3>\n<ul class=\"chips-list\">")
		s.views.hand.ChipItems(w, u.Chips)
		w.Put("\n</ul>\n<p>")
		w.Link(u.Other, "Search these words as they stand instead")
	}
	w.Put("</p>\n</section>\n")
}

// writeLanding is partial "landing".
func writeLanding(w *view.Writer, l *landing) {
	w.Put("<section class=\"landing stack\" aria-labelledby=\"about-these\">\n<h2 id=\"about-these\" class=\"vh\">About this page</h2>")
	if len(l.About) > 0 {
		w.Put("\n<h3>")
		w.Text(l.Who)
		w.Put("</h3>\n")
		for _, sentence := range l.About {
			w.Put(`<p>`)
			w.Text(sentence)
			w.Put(`</p>`)
		}
		w.Put("\n")
		if l.Paid != "" {
			w.Put(`<p>`)
			w.Text(l.Paid)
			w.Put(` <a href="/terms#medicare">How we work it out</a></p>`)
		}
	}
	for i := range l.Ways {
		w.Put("\n<h3>")
		w.Text(l.Ways[i].Heading)
		w.Put("</h3>\n<ul class=\"starts\">")
		for j := range l.Ways[i].Links {
			to := &l.Ways[i].Links[j]
			w.Put(`<li><a href="`)
			w.URL(to.URL)
			w.Put(`">`)
			w.Text(to.Text)
			w.Put(` <span class="n">`)
			w.Text(to.Note)
			w.Put(`</span></a></li>`)
		}
		w.Put(`</ul>`)
	}
	w.Put("\n</section>\n")
}
