// Package words parses the text of the search box into a filter, and completes it while it is typed.
package words

import (
	"slices"
	"strings"

	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// Understanding is the result of parsing a search text.
type Understanding struct {
	Text     string        // the text as typed
	Filter   search.Filter // the values selected by hand and those parsed from the text; Q holds the words left over
	Meanings []Meaning     // in the order of the text
	Notes    []search.Note // ambiguous suburbs, and words that conflict with a selected value
}

// Meaning is a phrase of the text and the filter values it stands for.
type Meaning struct {
	Words  string
	Values []search.Value
}

func value(group, slug string) search.Value { return search.Value{Group: group, Value: slug} }

// Any reports whether the text yielded a value or a note.
func (u Understanding) Any() bool { return len(u.Meanings) > 0 || len(u.Notes) > 0 }

// Values lists all values parsed from the text, without duplicates.
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

// Understand parses free text ("anxiety therapist in Newtown under $120") into filter values and the
// words left over. It is pure: no database, no clock. Unknown words stay words, as do words that may be
// a person's name. A suburb name shared by several suburbs becomes a choice. Values selected by hand
// win over the text. Text about danger is not parsed at all: it belongs to the crisis panel. Never log
// the text.
func Understand(f search.Filter) Understanding {
	u := Understanding{Text: f.Q, Filter: f}
	if f.Q == "" || f.AsTyped {
		return u
	}
	if _, danger := taxonomy.Crisis(f.Q); danger {
		return u
	}
	for range taxonomy.MaxWords { // removing parsed words may join the rest into a phrase
		words, more := taxonomy.WordsOf(marked(u.Filter.Q))
		if more || !u.parseOnce(words) {
			break
		}
	}
	return u
}

// parseOnce parses words once and adds their values to the filter. It reports whether the words left
// over have changed, so that another pass may find more.
func (u *Understanding) parseOnce(words []string) bool {
	r := &reading{words: words, tokens: tokenize(words)}
	r.negations()
	r.names()
	r.places(u.Filter)
	r.people()
	r.issues()
	a := &application{reading: r, hand: u.Filter, out: u}
	return a.apply()
}

// token is a run of words read as one token. A token without values and place is an unknown word or,
// when quiet, a stop word.
type token struct {
	from, to int
	values   []search.Value
	place    string // the text of a place to search near
	state    string // the state named with it
	sure     bool   // "in", a state or a postcode marks it as a place
	weak     bool   // also a personal name or plain English
	quiet    bool
}

func (p token) known() bool   { return len(p.values) > 0 || p.place != "" }
func (p token) unknown() bool { return !p.known() && !p.quiet }

// reading is a text split into tokens.
type reading struct {
	words      []string
	tokens     []token
	candidates []search.Place // the candidates of an ambiguous place
	ambiguous  []int          // the tokens that name it
	km         int            // the distance asked for with it
}

func (r *reading) text(p token) string { return plainText(r.words[p.from:p.to]) }

// unset turns a token back into plain words.
func (r *reading) unset(i int) {
	r.tokens[i].values, r.tokens[i].place, r.tokens[i].state = nil, "", ""
}

// tokenize scans from the left and takes the longest match at each position.
func tokenize(words []string) []token {
	var out []token
	for i := 0; i < len(words); {
		best := token{from: i, to: i + 1}
		for _, read := range []func([]string, int) (token, bool){readPhrase, readMoney, readTerm, readPlace} {
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

// application applies a reading to a filter.
type application struct {
	*reading
	hand search.Filter
	out  *Understanding
	left []string // the words left over
	some bool
}

func (a *application) apply() bool {
	before := a.out.Filter.Q
	for i, p := range a.tokens {
		switch {
		case slices.Contains(a.ambiguous, i):
			a.left = append(a.left, plainText(strings.Fields(p.place)))
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
	a.offerPlaces()
	return a.out.Filter.Q != before && a.out.Filter.Q != ""
}

func (a *application) keep(p token) { a.left = append(a.left, a.text(p)) }

// take adds the values of a token to the filter. Values selected by hand win; a value that the filter
// does not accept stays as words.
func (a *application) take(p token) {
	var taken []search.Value
	g := a.out.Filter
	for _, v := range p.values {
		switch {
		case a.hand.Has(v.Group, v.Value):
		case a.chosen(v.Group):
			a.conflict(p, v, "You have chosen this yourself, so your choice stays")
			return
		case a.settled(v):
			a.conflict(p, v, "The words say two things here, so the first stays")
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

// chosen reports whether a value of the group was selected by hand.
func (a *application) chosen(group string) bool { return len(a.hand.Values()[group]) > 0 }

// settled reports whether the text has already given another value for a group that allows only one.
func (a *application) settled(v search.Value) bool {
	if a.hand.List(v.Group) != nil || v.Group == "near" {
		return false
	}
	differs := func(w search.Value) bool { return w.Group == v.Group && w.Value != v.Value }
	return slices.ContainsFunc(a.out.Values(), differs)
}

// textGroups are the groups whose words can also match as plain text.
var textGroups = wordSet("state type issue approach group language gender affirming faith access mode format funding near")

// conflict handles words that contradict an earlier value: words that can match as plain text stay,
// others are dropped with a note.
func (a *application) conflict(p token, v search.Value, why string) {
	if textGroups[v.Group] {
		a.keep(p)
		return
	}
	a.some = true
	message := why + " and “" + search.Clip(a.text(p)) + "” was left out."
	a.note(search.Note{Field: v.Group, Value: a.text(p), Message: message})
}

// offerPlaces adds a note with the candidates of an ambiguous place, each with its filter.
func (a *application) offerPlaces() {
	if len(a.candidates) == 0 || a.chosen("near") {
		return
	}
	var names []string
	for _, i := range a.ambiguous {
		names = append(names, a.tokens[i].place)
	}
	n := search.Note{Field: "near", Value: strings.Join(names, ", ")}
	var rest []string
	for i, p := range a.tokens {
		if p.unknown() && !slices.Contains(a.ambiguous, i) {
			rest = append(rest, a.text(p))
		}
	}
	for _, p := range a.candidates[:min(8, len(a.candidates))] {
		c := a.out.Filter
		c.Near, c.WithinKm, c.Q, c.Page = p, a.km, strings.Join(rest, " "), 1
		n.Choices = append(n.Choices, search.Choice{Label: p.Label(), Filter: c})
	}
	n.Message = "“" + search.Clip(n.Value) + "” could be any of these. We did not guess; choose the one you mean."
	a.note(n)
}

func (a *application) note(n search.Note) {
	same := func(o search.Note) bool { return o.Field == n.Field && o.Value == n.Value }
	if !slices.ContainsFunc(a.out.Notes, same) {
		a.out.Notes = append(a.out.Notes, n)
	}
}

// Label names a parsed value for display.
func (u Understanding) Label(v search.Value) string {
	if v.Group == "near" {
		return search.Label("near", u.Filter.Near.Label())
	}
	return v.Label()
}
