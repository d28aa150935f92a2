package search

import (
	"slices"
	"strings"
	"sync"

	"wattle/internal/directory"
	"wattle/internal/money"
	"wattle/internal/region"
	"wattle/internal/taxonomy"
)

// Group describes a filter group. This table is the single source for parsing, the canonical address,
// chips, facets, reasons, suggestions, the API document and both engines.
type Group struct {
	Name   string   // query parameter and facet key
	Label  string   // heading
	Values []string // all values, in display order
	Many   bool     // several values may be selected

	list   func(*Filter) *[]string           // the selection of a list group
	flag   func(*Filter) *bool               // the selection of a flag, whose only value is "true"
	of     func(*directory.Profile) []string // the values of a profile; nil where they depend on the clock or the format
	terms  *taxonomy.List                    // labels of its values
	chip   int                               // order of the chips
	any    string                            // "Any …" removes it
	reason reasonRank                        // order of the reasons
	before string                            // text before its values in a reason
	after  string                            // text after them
	first  int                               // index of its first count in Facets
}

// reasonRank orders the reasons of a result; low ranks come first. Money and times come between told
// and detail. Ranks from plain on cover what the card shows anyway.
type reasonRank int

const (
	told   reasonRank = 1
	detail reasonRank = 10
	plain  reasonRank = 20
)

// groups is the filter table, in the order of the facets.
var groups = []Group{
	{Name: "state", Label: "State or territory", Many: true, chip: 1, any: "state", reason: plain + 5, before: "In ",
		list: func(f *Filter) *[]string { return &f.States }, of: func(p *directory.Profile) []string { return []string{p.State} }},
	{Name: "type", Label: "Profession", Many: true, chip: 2, any: "profession", reason: plain + 4, terms: taxonomy.Types,
		list: func(f *Filter) *[]string { return &f.Types }, of: func(p *directory.Profile) []string { return []string{p.Type} }},
	{Name: "issue", Label: "Helps with", Many: true, chip: 3, any: "issue", reason: told, before: "Helps with ", terms: taxonomy.Issues,
		list: func(f *Filter) *[]string { return &f.Issues }, of: (*directory.Profile).AllIssues},
	{Name: "mode", Label: "How you meet", Many: true, chip: 5, any: "way to meet", reason: plain + 3, terms: taxonomy.Modes,
		list: func(f *Filter) *[]string { return &f.Modes }, of: (*directory.Profile).Modes},
	{Name: "language", Label: "Language", Many: true, chip: 7, any: "language", reason: told + 1, before: "Speaks ", terms: taxonomy.Languages,
		list: func(f *Filter) *[]string { return &f.Languages }, of: func(p *directory.Profile) []string { return p.Languages }},
	{Name: "gender", Label: "Gender", Many: true, chip: 8, any: "gender", reason: detail + 2, terms: taxonomy.Genders,
		list: func(f *Filter) *[]string { return &f.Genders }, of: func(p *directory.Profile) []string { return []string{p.Gender} }},
	{Name: "approach", Label: "Approach", Many: true, chip: 9, any: "approach", reason: told + 4, before: "Uses ", terms: taxonomy.Approaches,
		list: func(f *Filter) *[]string { return &f.Approaches }, of: func(p *directory.Profile) []string { return p.Approaches }},
	{Name: "format", Label: "Kind of session", Many: true, chip: 6, any: "kind of session", reason: detail + 3, after: " sessions",
		terms: taxonomy.Formats, list: func(f *Filter) *[]string { return &f.Formats }, of: (*directory.Profile).Formats},
	{Name: "funding", Label: "Paying", Many: true, chip: 11, any: "way to pay", reason: detail + 1, before: "Way to pay: ", terms: taxonomy.Funding,
		list: func(f *Filter) *[]string { return &f.Funding }, of: func(p *directory.Profile) []string { return p.Funding }},
	{Name: "group", Label: "Who it is for", Many: true, chip: 10, any: "client group", reason: told + 5, before: "Works with ",
		terms: taxonomy.ClientGroups,
		list:  func(f *Filter) *[]string { return &f.Groups }, of: func(p *directory.Profile) []string { return p.ClientGroups }},
	{Name: "affirming", Label: "Experienced with", Many: true, chip: 12, any: "experience", reason: told + 2, before: "Experienced with ",
		terms: taxonomy.Affirming,
		list:  func(f *Filter) *[]string { return &f.Affirming }, of: func(p *directory.Profile) []string { return p.Affirming }},
	{Name: "faith", Label: "Faith-aware", Many: true, chip: 13, any: "faith", reason: told + 3, before: "Faith-aware: ", terms: taxonomy.Faiths,
		list: func(f *Filter) *[]string { return &f.Faiths }, of: func(p *directory.Profile) []string { return p.Faiths }},
	{Name: "access", Label: "Access needs", Many: true, chip: 14, any: "access need", reason: detail, terms: taxonomy.Access,
		list: func(f *Filter) *[]string { return &f.Access }, of: func(p *directory.Profile) []string { return p.Access }},
	{Name: "available", Label: "Free times", Many: true, chip: 4, any: "time", reason: plain + 2,
		Values: []string{"today", "week", "evening", "weekend"}, list: func(f *Filter) *[]string { return &f.Available }},
	{Name: "reduced", Label: "Reduced fee", chip: 15, reason: plain, flag: func(f *Filter) *bool { return &f.Reduced },
		of: func(p *directory.Profile) []string { return yes(p.Reduced != nil && p.Reduced.Left > 0) }},
	{Name: "free_consultation", Label: "Free consultation", chip: 16, reason: plain + 1, flag: func(f *Filter) *bool { return &f.FreeConsultation },
		of: func(p *directory.Profile) []string { _, offered := p.FreeConsult(); return yes(offered) }},
	{Name: "accepting", Label: "New clients", chip: 17, reason: plain + 6, flag: func(f *Filter) *bool { return &f.Accepting },
		of: func(p *directory.Profile) []string { return yes(p.Accepting) }},
	{Name: "price", Label: "Price", Values: []string{"0-100", "100-150", "150-200", "200-250", "250-"}}, // the selection is MaxFee
}

// fixed holds the labels of values that are in no taxonomy list.
var fixed = map[string]string{
	"available/today": "Free today", "available/week": "Free this week",
	"available/evening": "Evenings", "available/weekend": "Weekends",
	"reduced/true": "Reduced fee available now", "free_consultation/true": "Free consultation",
	"accepting/true": "Taking new clients", "issue_match/all": "Every chosen issue",
	"price/0-100": "Under $100", "price/100-150": "$100 to under $150", "price/150-200": "$150 to under $200",
	"sort/soonest": "Soonest first", "sort/price": "Lowest price first", "sort/distance": "Nearest first",
	"price/200-250": "$200 to under $250", "price/250-": "$250 and over",
}

func yes(b bool) []string {
	if b {
		return []string{"true"}
	}
	return nil
}

// layout is the table with the values of every group and their indexes in Facets.
type layout struct {
	groups []Group
	chips  []Group // the groups that can be selected, in the order of the chips
	byName map[string]Group
	index  map[string]map[string]int
	length int
}

var table = sync.OnceValue(func() *layout {
	l := &layout{groups: slices.Clone(groups), byName: map[string]Group{}, index: map[string]map[string]int{}}
	for i := range l.groups {
		g := &l.groups[i]
		switch {
		case g.Values != nil:
		case g.Name == "state":
			g.Values = stateSlugs()
		case g.flag != nil:
			g.Values = []string{"true"}
		default:
			g.Values = g.terms.Slugs()
		}
		g.first = l.length
		values := make(map[string]int, len(g.Values))
		for j, v := range g.Values {
			values[v] = g.first + j
		}
		l.index[g.Name], l.byName[g.Name] = values, *g
		l.length += len(g.Values)
		if g.list != nil || g.flag != nil {
			l.chips = append(l.chips, *g)
		}
	}
	slices.SortFunc(l.chips, func(a, b Group) int { return a.chip - b.chip })
	return l
})

func stateSlugs() []string {
	var out []string
	for _, s := range region.States() {
		out = append(out, s.Slug)
	}
	return out
}

// Groups lists the groups with facets, in API order. The slice is shared.
func Groups() []Group { return table().groups }

// GroupByName finds a group with facets.
func GroupByName(name string) (Group, bool) {
	g, ok := table().byName[name]
	return g, ok
}

// Static reports whether the values depend on the profile alone, neither on the clock (available) nor
// on the session format (price).
func (g Group) Static() bool { return g.of != nil }

// Of lists the values of a profile; none for a group that is not Static.
func (g Group) Of(p *directory.Profile) []string {
	if g.of == nil {
		return nil
	}
	return g.of(p)
}

// Traits lists the values of a profile in the named group.
func Traits(p *directory.Profile, group string) []string { return table().byName[group].Of(p) }

// Chosen lists the values of the group that the filter selects. The price group has none: its selection
// is MaxFee.
func (g Group) Chosen(f *Filter) []string {
	switch {
	case g.list != nil:
		return *g.list(f)
	case g.flag != nil:
		return yes(*g.flag(f))
	}
	return nil
}

// FacetIndex returns the index of a value's count in Facets.
func FacetIndex(group, value string) (int, bool) {
	i, ok := table().index[group][value]
	return i, ok
}

// FacetRange returns the half-open range of a group's indexes in Facets.
func FacetRange(group string) (from, to int) {
	g := table().byName[group]
	return g.first, g.first + len(g.Values)
}

// FacetLen returns the number of counts in Facets.
func FacetLen() int { return table().length }

// Label names a value for display: "Psychologist", "Up to $160". An unknown value is its own label.
func Label(group, value string) string {
	if l, ok := fixed[group+"/"+value]; ok {
		return l
	}
	switch group {
	case "state":
		if s, ok := region.StateBySlug(value); ok {
			return s.Name
		}
	case "max_fee", "max_gap":
		return limitLabel(group, value)
	case "within_km":
		return "Within " + value + " km"
	case "near":
		return "Near " + value
	case "postcode":
		return "Postcode " + value
	}
	if g := table().byName[group]; g.terms != nil {
		if t, ok := g.terms.BySlug(value); ok {
			return t.Label
		}
	}
	return strings.ReplaceAll(value, "-", " ")
}

func limitLabel(group, value string) string {
	c, err := money.ParseDollars(value)
	if err != nil {
		return value
	}
	if group == "max_gap" {
		return "Up to " + c.String() + " after Medicare"
	}
	return "Up to " + c.String()
}
