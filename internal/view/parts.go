package view

import (
	"slices"
	"time"
)

// Notice is a message box: partial "notice".
type Notice struct {
	Kind  string // info, ok, warn, bad
	Title string
	Text  string
	Links []Link
	Alert bool // read out at once, and where the reader starts
}

func newNotice(kind, title, text string) Notice {
	return Notice{Kind: kind, Title: title, Text: text}
}

// Icon is the notice's sign; the word beside it says the same.
func (n Notice) Icon() string {
	switch n.Kind {
	case "ok":
		return "circle-check"
	case "warn":
		return "triangle-alert"
	case "bad":
		return "circle-alert"
	}
	return "info"
}

// Word names the kind for those who see neither colour nor icon.
func (n Notice) Word() string {
	switch n.Kind {
	case "ok":
		return "Done"
	case "warn":
		return "Please note"
	case "bad":
		return "There is a problem"
	}
	return "Good to know"
}

// Pagination is partial "pagination": a window of pages with their addresses.
type Pagination struct {
	Page, Pages int
	Prev, Next  string // addresses, "" at the ends
	Links       []Link // numbers; Text "…" without address is a gap
}

// NewPagination makes the window for the current page (from 1); url gives each page's address.
func NewPagination(page, pages int, url func(page int) string) Pagination {
	p := Pagination{Page: page, Pages: pages, Links: make([]Link, 0, 7)}
	last := 0
	for _, n := range []int{1, page - 1, page, page + 1, pages} {
		if n <= last || n > pages {
			continue
		}
		if n > last+1 {
			p.Links = append(p.Links, Link{Text: "…"})
		}
		l := Link{URL: url(n), Text: Number(n), Current: n == page}
		switch n {
		case page - 1:
			p.Prev = l.URL
		case page + 1:
			p.Next = l.URL
		}
		p.Links = append(p.Links, l)
		last = n
	}
	if page > pages && page > 1 { // beyond the last one there is still a way back
		p.Prev = url(page - 1)
	}
	return p
}

// Chip is an active filter with the address of the page without it: partial "chips".
type Chip struct {
	Label  string
	Remove string
}

// Chips are the active filters above results.
type Chips struct {
	Chips []Chip
	Clear string // address without any filter
}

// FacetGroup is one subject of the filter form with counts: partial "facets".
type FacetGroup struct {
	Name   string // query parameter
	Legend string
	Radio  bool // one choice instead of any
	Open   bool
	Shown  int // how many stand before "More"; 0 shows all
	Values []Facet
	All    *Facet // a box above the values that asks for every chosen one at once; its name is issue_match
}

// Facet is one value of a facet group.
type Facet struct {
	Value, Label string
	Count        int
	On           bool
	Section      string // heading under which it stands behind "More"

	id string // see NewFacet
}

// NewFacet makes a value of a group with its id worked out, which takes longer than printing its box.
func NewFacet(group, value, label, section string) Facet {
	return Facet{Value: value, Label: label, Section: section, id: FacetGroup{Name: group}.ID(Facet{Value: value})}
}

// FacetSection is a part of what stands behind "More".
type FacetSection struct {
	Heading string // empty where a list has none
	Values  []Facet
}

// ID is the id of a value's box.
func (g FacetGroup) ID(f Facet) string {
	if f.id != "" {
		return f.id
	}
	return "x-" + ID(g.Name+"-"+f.Value)
}

// Head is what stands before "More". A value's place does not depend on whether it is on, so that
// ticking it moves nothing.
func (g FacetGroup) Head() []Facet { return g.Values[:g.cut()] }

// Tail is what stands behind "More", in sections.
func (g FacetGroup) Tail() []FacetSection {
	var out []FacetSection
	for _, f := range g.Values[g.cut():] {
		i := slices.IndexFunc(out, func(s FacetSection) bool { return s.Heading == f.Section })
		if i < 0 {
			i = len(out)
			out = append(out, FacetSection{Heading: f.Section})
		}
		out[i].Values = append(out[i].Values, f)
	}
	return out
}

// TailOn reports whether anything behind "More" is chosen: then it stands open.
func (g FacetGroup) TailOn() bool {
	tail := g.Values[g.cut():]
	for i := range tail {
		if tail[i].On {
			return true
		}
	}
	return false
}

func (g FacetGroup) cut() int {
	if g.Shown == 0 {
		return len(g.Values)
	}
	return min(g.Shown, len(g.Values))
}

// Chosen counts the values that are on.
func (g FacetGroup) Chosen() int {
	n := 0
	for i := range g.Values {
		if g.Values[i].On {
			n++
		}
	}
	return n
}

// Steps is partial "steps": where one is in a task of few pages.
type Steps struct {
	Names []string
	Now   int // index of the current one
}

// Portrait is partial "portrait": a picture in the window frame, or initials when there is none.
type Portrait struct {
	URL  string
	Name string
	Size string // "", "large"
}

// Initials are the first letters of the first and last word of the name.
func (p Portrait) Initials() string { return initials(p.Name) }

// Countdown is partial "countdown": how long a time is held. Without JavaScript it says until when.
type Countdown struct {
	Until time.Time
	Now   time.Time
	Text  string // "We are holding this time for you"
	Over  string // what to say when it has run out
	Link  Link   // where to go then
}

// Seconds is the time left, never below zero.
func (c Countdown) Seconds() int { return max(0, int(c.Until.Sub(c.Now)/time.Second)) }

// Minutes is the time left in whole minutes, rounded up, never below zero.
func (c Countdown) Minutes() int {
	left := c.Until.Sub(c.Now)
	if left <= 0 {
		return 0
	}
	return int((left + time.Minute - 1) / time.Minute)
}

// Empty is partial "empty": nothing here yet, and a way on.
type Empty struct {
	Title, Text string
	Links       []Link
	Art         string // symbol of img/art.svg; "sprig" when empty
}

// Row is a line of a summary list: partial "summary".
type Row struct {
	Term   string
	Values []string
	Change Link // where to change it, if it can be
}
