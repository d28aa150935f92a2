// Package words reads what people type into a search box: into filters where it can, and completes it.
package words

import (
	"slices"
	"strings"

	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// Understanding is what a search in words was taken to ask for.
type Understanding struct {
	Said     string        // the words as they were typed
	Filter   search.Filter // what was chosen by hand and what the words ask for; Q holds the words that are left
	Meanings []Meaning     // in the order in which they were said
	Notes    []search.Note // what the words leave open (a suburb's name that several bear), and what stands against them
}

// Meaning is a stretch of the words and what it asks for.
type Meaning struct {
	Words  string
	Values []search.Value
}

func value(group, slug string) search.Value { return search.Value{Group: group, Value: slug} }

// Any says that the words were taken to ask for anything, or that they leave a choice open.
func (u Understanding) Any() bool { return len(u.Meanings) > 0 || len(u.Notes) > 0 }

// Values lists everything the words ask for, each once.
func (u Understanding) Values() []search.Value {
	var out []search.Value
	for _, m := range u.Meanings {
		for _, v := range m.Values {
			if !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
	}
	return out
}

// Understand turns free text ("anxiety therapist in Newtown under $120") into filters and the words
// that are left. It asks nobody: not the database, not the clock. What it does not know it leaves as
// it is; a word that may be a person's name stays a word; a suburb that several share becomes a
// choice. What was chosen by hand stands against the words. Words of danger are never understood:
// they belong to the crisis panel, whole. It must not be logged.
func Understand(f search.Filter) Understanding {
	u := Understanding{Said: f.Q, Filter: f}
	if f.Q == "" || f.AsTyped {
		return u
	}
	if _, danger := taxonomy.Crisis(f.Q); danger {
		return u
	}
	for range taxonomy.MaxWords { // words that were apart may be a phrase once those between are understood
		words, more := taxonomy.WordsOf(marked(u.Filter.Q))
		if more || !u.once(words) {
			break
		}
	}
	return u
}

// once reads words and takes what they ask for into the filter. True: other words are left, which
// are worth reading again.
func (u *Understanding) once(words []string) bool {
	r := &reading{words: words, pieces: cut(words)}
	r.negations()
	r.names()
	r.places(u.Filter)
	r.people()
	r.issues()
	a := &application{reading: r, hand: u.Filter, out: u}
	return a.apply()
}

// piece is a stretch of the words read as one thing. Without values and place it is a word nobody
// knows, or, when quiet, one that carries no meaning.
type piece struct {
	from, to int
	values   []search.Value
	spot     string // a place to look near
	state    string // the state said with it
	sure     bool   // it was said to be a place: "in", a state or a postcode stands with it
	weak     bool   // also a name, or plain English
	quiet    bool
}

func (p piece) known() bool   { return len(p.values) > 0 || p.spot != "" }
func (p piece) unknown() bool { return !p.known() && !p.quiet }

// reading is a text cut in pieces.
type reading struct {
	words  []string
	pieces []piece
	open   []search.Place // the places that the words could mean, where they are several
	opened []int          // the pieces that left it open
	km     int            // how far from it, where that was said
}

func (r *reading) text(p piece) string { return plainText(r.words[p.from:p.to]) }

// forget makes a piece a word again.
func (r *reading) forget(i int) {
	r.pieces[i].values, r.pieces[i].spot, r.pieces[i].state = nil, "", ""
}

// cut reads words from the left, the longest stretch with a meaning first.
func cut(words []string) []piece {
	var out []piece
	for i := 0; i < len(words); {
		best := piece{from: i, to: i + 1}
		for _, read := range []func([]string, int) (piece, bool){readSaying, readMoney, readTerm, readPlace} {
			if p, ok := read(words, i); ok && (!best.known() && !best.quiet || p.to > best.to) {
				best = p
			}
		}
		best.from = i
		out = append(out, best)
		i = best.to
	}
	return out
}

// application takes a reading into a filter.
type application struct {
	*reading
	hand search.Filter
	out  *Understanding
	left []string // words that stay words
	some bool
}

func (a *application) apply() bool {
	before := a.out.Filter.Q
	for i, p := range a.pieces {
		switch {
		case slices.Contains(a.opened, i):
			a.left = append(a.left, plainText(strings.Fields(p.spot)))
			a.some = true
		case p.unknown():
			a.keep(p)
		case p.known():
			a.take(p)
		}
	}
	if !a.some {
		return false
	}
	a.out.Filter.Q = strings.Join(a.left, " ")
	a.out.Filter.Page = 1
	a.offer()
	return a.out.Filter.Q != before && a.out.Filter.Q != ""
}

func (a *application) keep(p piece) { a.left = append(a.left, a.text(p)) }

// take adds what a piece asks for. What was chosen by hand stays; what could not stand in a query
// stays words.
func (a *application) take(p piece) {
	var taken []search.Value
	g := a.out.Filter
	for _, v := range p.values {
		switch {
		case a.hand.Has(v.Group, v.Value):
		case a.chosen(v.Group):
			a.against(p, v, "You have chosen this yourself, so your choice stays")
			return
		case a.settled(v):
			a.against(p, v, "The words say two things here, so the first stays")
			return
		default:
			if g = g.With(v.Group, v.Value); !g.Has(v.Group, v.Value) {
				a.keep(p)
				return
			}
			taken = append(taken, v)
		}
	}
	a.out.Filter, a.some = g, true
	if len(taken) > 0 {
		a.out.Meanings = append(a.out.Meanings, Meaning{Words: a.text(p), Values: taken})
	}
}

// chosen says that the person has chosen something of the group by hand.
func (a *application) chosen(group string) bool { return len(a.hand.Values()[group]) > 0 }

// settled says that the words have asked for another value already where there can be only one.
func (a *application) settled(v search.Value) bool {
	if a.hand.List(v.Group) != nil || v.Group == "near" {
		return false
	}
	return slices.ContainsFunc(a.out.Values(), func(w search.Value) bool { return w.Group == v.Group && w.Value != v.Value })
}

// sayable are the groups whose words search can also look for as they stand.
var sayable = map[string]bool{"state": true, "type": true, "issue": true, "approach": true, "group": true, "language": true, "gender": true,
	"affirming": true, "faith": true, "access": true, "mode": true, "format": true, "funding": true, "near": true}

// against meets words that ask for something else than what stands already.
func (a *application) against(p piece, v search.Value, why string) {
	if sayable[v.Group] {
		a.keep(p)
		return
	}
	a.some = true
	a.note(search.Note{Field: v.Group, Value: a.text(p), Message: why + " and “" + search.Clip(a.text(p)) + "” was left out."})
}

// offer notes the places that the words could mean, each with its filter.
func (a *application) offer() {
	if len(a.open) == 0 || a.chosen("near") {
		return
	}
	var said []string
	for _, i := range a.opened {
		said = append(said, a.pieces[i].spot)
	}
	n := search.Note{Field: "near", Value: strings.Join(said, ", ")}
	var rest []string
	for i, p := range a.pieces {
		if p.unknown() && !slices.Contains(a.opened, i) {
			rest = append(rest, a.text(p))
		}
	}
	for _, p := range a.open[:min(8, len(a.open))] {
		c := a.out.Filter
		c.Near, c.WithinKm, c.Q, c.Page = p, a.km, strings.Join(rest, " "), 1
		n.Choices = append(n.Choices, search.Choice{Label: p.Label(), Filter: c})
	}
	n.Message = "“" + search.Clip(n.Value) + "” could be any of these. We did not guess; choose the one you mean."
	a.note(n)
}

func (a *application) note(n search.Note) {
	if !slices.ContainsFunc(a.out.Notes, func(o search.Note) bool { return o.Field == n.Field && o.Value == n.Value }) {
		a.out.Notes = append(a.out.Notes, n)
	}
}

// Label names an understood value in plain words.
func (u Understanding) Label(v search.Value) string {
	if v.Group == "near" {
		return search.Label("near", u.Filter.Near.Label())
	}
	return v.Label()
}
