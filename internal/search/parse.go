package search

import (
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"wattle/internal/fault"
	"wattle/internal/money"
)

// Note explains which part of a query was dropped and why, for display.
type Note struct {
	Field   string
	Value   string
	Message string
	Choices []Choice // candidates of an ambiguous place
}

// Choice is an alternative filter with its label.
type Choice struct {
	Label  string
	Filter Filter
}

// Parse reads a query strictly, as the API does. Unknown names, malformed or empty values and repeated
// scalars are fault.Malformed with one field each. Only q may be empty.
func Parse(v url.Values) (Filter, error) {
	p := newParser(v, true)
	f := p.filter()
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if !p.known[name] {
			p.note(name, "", "There is no parameter of this name.")
		}
	}
	if len(p.notes) == 0 {
		return f, nil
	}
	err := fault.New(fault.Malformed, "Some of the query could not be understood.")
	for _, n := range p.notes {
		err = err.With(n.Field, n.Message)
	}
	return Filter{}, err
}

// ParseLenient reads a query as pages do. It drops malformed values with a note, ignores unknown names
// and empty values, and takes the first of a repeated scalar.
func ParseLenient(v url.Values) (Filter, []Note) {
	p := newParser(v, false)
	f := p.filter()
	for i, n := range p.notes {
		for j := range n.Choices {
			place := p.notes[i].Choices[j].Filter.Near
			c := f
			c.Near, c.WithinKm, c.Page = place, p.km(), 1
			p.notes[i].Choices[j].Filter = c
		}
	}
	return f, p.notes
}

type parser struct {
	v      url.Values
	strict bool
	known  map[string]bool
	notes  []Note
}

func newParser(v url.Values, strict bool) *parser {
	p := &parser{v: v, strict: strict}
	if strict {
		p.known = map[string]bool{}
	}
	return p
}

// know records a name as known. Only strict parsing needs it.
func (p *parser) know(name string) {
	if p.strict {
		p.known[name] = true
	}
}

func (p *parser) note(field, value, msg string) {
	p.notes = append(p.notes, Note{Field: field, Value: Clip(value), Message: msg})
}

// Clip shortens a value for messages.
func Clip(value string) string {
	value = strings.ToValidUTF8(value, "")
	if utf8.RuneCountInString(value) > 60 {
		value = string([]rune(value)[:60]) + "…"
	}
	return value
}

func (p *parser) filter() Filter {
	f := All()
	for _, g := range table().chips {
		if g.list != nil {
			*g.list(&f) = p.list(g.Name)
		} else {
			*g.flag(&f) = p.flag(g.Name)
		}
	}
	f.Q = p.words()
	f.AsTyped = p.oneOf("understand", "true", "false") == "false" && f.Q != ""
	f.AllIssues = p.oneOf("issue_match", "any", "all") == "all" && len(f.Issues) > 0
	f.Postcode = p.postcode()
	f.MaxFee, f.MaxGap = p.limit("max_fee"), p.limit("max_gap")
	f.Near = p.near(f.States)
	f.WithinKm = p.number("within_km", 0, 1, MaxWithinKm)
	f.Sort = strings.TrimPrefix(p.oneOf("sort", "relevance", Soonest, Price, Distance), "relevance")
	f.Page = p.number("page", 1, 1, maxPage)
	f.PerPage = p.number("per_page", DefaultPerPage, 1, MaxPerPage)
	return p.checkPlace(f)
}

// checkPlace drops the distance and the sort by distance when there is no place.
func (p *parser) checkPlace(f Filter) Filter {
	if !f.Near.IsZero() {
		return f
	}
	asked := p.v.Get("near") != ""
	if f.Sort == Distance {
		f.Sort = ""
		if !asked {
			p.note("sort", Distance, "Sorting by distance needs a suburb or postcode in near.")
		}
	}
	if f.WithinKm > 0 {
		f.WithinKm = 0
		if !asked && p.strict {
			p.note("within_km", p.v.Get("within_km"), "A distance needs a suburb or postcode in near.")
		}
	}
	return f
}

// scalar reads a parameter that may occur once. ok is false when it is missing, empty or repeated.
func (p *parser) scalar(name string) (value string, ok bool) {
	p.know(name)
	all := p.v[name]
	if len(all) == 0 {
		return "", false
	}
	if p.strict && len(all) > 1 {
		p.note(name, all[1], "This can be given only once.")
		return "", false
	}
	value = strings.TrimSpace(all[0])
	if value == "" {
		if p.strict && name != "q" {
			p.note(name, "", "This is empty.")
		}
		return "", false
	}
	return value, true
}

func (p *parser) list(group string) []string {
	p.know(group)
	var out []string
	for _, raw := range p.v[group] {
		for value := range strings.SplitSeq(raw, ",") {
			value = strings.ToLower(strings.TrimSpace(value))
			_, ok := FacetIndex(group, value)
			switch {
			case ok:
				out = append(out, value)
			case value != "":
				p.note(group, value, "“"+Clip(value)+"” is not one of the choices.")
			case p.strict:
				p.note(group, value, "This is empty.")
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (p *parser) flag(name string) bool {
	return p.oneOf(name, "true", "false") == "true"
}

func (p *parser) oneOf(name string, choices ...string) string {
	value, ok := p.scalar(name)
	if !ok {
		return ""
	}
	if value = strings.ToLower(value); slices.Contains(choices, value) {
		return value
	}
	p.note(name, value, "This must be one of: "+strings.Join(choices, ", ")+".")
	return ""
}

// words cleans the search text: one line, single spaces, no control characters.
func (p *parser) words() string {
	value, ok := p.scalar("q")
	if !ok {
		return ""
	}
	bad := !utf8.ValidString(value) || strings.ContainsFunc(value, func(r rune) bool {
		return unicode.IsControl(r) && !unicode.IsSpace(r)
	})
	if bad {
		p.note("q", "", "This holds characters that are not text.")
		return ""
	}
	value = strings.Join(strings.Fields(value), " ")
	if utf8.RuneCountInString(value) > MaxQuery {
		p.note("q", value, "This is longer than "+strconv.Itoa(MaxQuery)+" characters.")
		return ""
	}
	return value
}

var fourDigits = regexp.MustCompile(`^[0-9]{4}$`)

func (p *parser) postcode() string {
	value, ok := p.scalar("postcode")
	if ok && !fourDigits.MatchString(value) {
		p.note("postcode", value, "A postcode has four digits.")
		return ""
	}
	return value
}

func (p *parser) limit(name string) Limit {
	value, ok := p.scalar(name)
	if !ok {
		return Limit{}
	}
	c, err := money.ParseDollars(value)
	if err != nil {
		p.note(name, value, "This must be an amount in dollars, such as 160 or 78.45.")
		return Limit{}
	}
	return Limit{Set: true, Cents: c}
}

func (p *parser) number(name string, fallback, low, high int) int {
	value, ok := p.scalar(name)
	if !ok {
		return fallback
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < low || n > high {
		p.note(name, value, "This must be a whole number from "+strconv.Itoa(low)+" to "+strconv.Itoa(high)+".")
		return fallback
	}
	return n
}

// km reads the distance without notes.
func (p *parser) km() int {
	n, err := strconv.Atoi(strings.TrimSpace(p.v.Get("within_km")))
	if err != nil || n < 1 || n > MaxWithinKm {
		return 0
	}
	return n
}

func (p *parser) near(states []string) Place {
	value, ok := p.scalar("near")
	if !ok {
		return Place{}
	}
	if !utf8.ValidString(value) || utf8.RuneCountInString(value) > MaxQuery {
		p.note("near", "", "This is not the name of a suburb.")
		return Place{}
	}
	place, choices := FindPlace(value, states)
	switch {
	case len(choices) > 0:
		p.ambiguous(value, choices)
	case place.IsZero():
		p.note("near", value, "We do not know a suburb or postcode “"+Clip(value)+"”.")
	}
	return place
}

// ambiguous adds a note with at most eight candidates.
func (p *parser) ambiguous(value string, choices []Place) {
	n := Note{Field: "near", Value: Clip(value)}
	var names []string
	for _, c := range choices[:min(8, len(choices))] {
		names = append(names, c.Label())
		n.Choices = append(n.Choices, Choice{Label: c.Label(), Filter: Filter{Near: c}})
	}
	n.Message = "There is more than one “" + Clip(value) + "”: " + strings.Join(names, ", ") +
		". Add the state or the postcode."
	p.notes = append(p.notes, n)
}
