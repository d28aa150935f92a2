package search

import (
	"sync"

	"wattle/internal/money"
	"wattle/internal/region"
)

// FilterGroup is one group of filter values with counts beside them, named as in the query.
type FilterGroup struct {
	Name   string
	Label  string
	Values []string // every value there is, in display order
	Many   bool     // several may be chosen
	first  int      // where its counts begin in Facets
}

// buckets are the price buckets of the lowest fee in dollars; the upper end is excluded.
var buckets = []string{"0-100", "100-150", "150-200", "200-250", "250-"}

// availabilities are the values of available, from the narrowest.
var availabilities = []string{"today", "week", "evening", "weekend"}

var layout = sync.OnceValue(func() []FilterGroup {
	yes := []string{"true"}
	groups := []FilterGroup{
		{Name: "state", Label: "State or territory", Values: stateSlugs(), Many: true},
		{Name: "type", Label: "Profession", Values: slugs("type"), Many: true},
		{Name: "issue", Label: "Helps with", Values: slugs("issue"), Many: true},
		{Name: "mode", Label: "How you meet", Values: slugs("mode"), Many: true},
		{Name: "language", Label: "Language", Values: slugs("language"), Many: true},
		{Name: "gender", Label: "Gender", Values: slugs("gender"), Many: true},
		{Name: "approach", Label: "Approach", Values: slugs("approach"), Many: true},
		{Name: "format", Label: "Kind of session", Values: slugs("format"), Many: true},
		{Name: "funding", Label: "Paying", Values: slugs("funding"), Many: true},
		{Name: "group", Label: "Who it is for", Values: slugs("group"), Many: true},
		{Name: "affirming", Label: "Experienced with", Values: slugs("affirming"), Many: true},
		{Name: "faith", Label: "Faith-aware", Values: slugs("faith"), Many: true},
		{Name: "access", Label: "Access needs", Values: slugs("access"), Many: true},
		{Name: "available", Label: "Free times", Values: availabilities, Many: true},
		{Name: "reduced", Label: "Reduced fee", Values: yes},
		{Name: "free_consultation", Label: "Free consultation", Values: yes},
		{Name: "accepting", Label: "New clients", Values: yes},
		{Name: "price", Label: "Price", Values: buckets},
	}
	next := 0
	for i := range groups {
		groups[i].first = next
		next += len(groups[i].Values)
	}
	return groups
})

// Groups lists the groups that carry counts, in the order of the contract. The slice is shared.
func Groups() []FilterGroup { return layout() }

// GroupByName finds a group that carries counts.
func GroupByName(name string) (FilterGroup, bool) {
	for _, g := range layout() {
		if g.Name == name {
			return g, true
		}
	}
	return FilterGroup{}, false
}

func stateSlugs() []string {
	var out []string
	for _, s := range region.States() {
		out = append(out, s.Slug)
	}
	return out
}

var places = sync.OnceValue(func() map[string]map[string]int {
	out := map[string]map[string]int{}
	for _, g := range layout() {
		values := make(map[string]int, len(g.Values))
		for i, v := range g.Values {
			values[v] = g.first + i
		}
		out[g.Name] = values
	}
	return out
})

// FacetPlace is where the count of a group's value stands in Facets.
func FacetPlace(group, value string) (int, bool) {
	i, ok := places()[group][value]
	return i, ok
}

// FacetRange is the half-open range of a group's places in Facets.
func FacetRange(group string) (from, to int) {
	g, _ := GroupByName(group)
	return g.first, g.first + len(g.Values)
}

// FacetLen is the number of places in Facets.
func FacetLen() int {
	last := layout()[len(layout())-1]
	return last.first + len(last.Values)
}

// fixed labels of the groups that no taxonomy holds.
var fixed = map[string]string{
	"available/today": "Free today", "available/week": "Free this week",
	"available/evening": "Evenings", "available/weekend": "Weekends",
	"reduced/true": "Reduced fee available now", "free_consultation/true": "Free consultation",
	"accepting/true": "Taking new clients", "issue_match/all": "Every chosen issue",
	"price/0-100": "Under $100", "price/100-150": "$100 to under $150", "price/150-200": "$150 to under $200",
	"sort/soonest": "Soonest first", "sort/price": "Lowest price first", "sort/distance": "Nearest first",
	"price/200-250": "$200 to under $250", "price/250-": "$250 and over",
}

// Label names a group's value in plain words: "Psychologist", "Up to $160". An unknown value is
// its own label.
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
	return termLabel(group, value)
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
