package search

import (
	"context"
	"slices"
	"strconv"
	"time"

	"wattle/internal/money"
)

// Suggestion is a filter with one condition removed or relaxed, and its number of results.
type Suggestion struct {
	Group  string // the group that changes
	Value  string // the value that changes; "" for the whole group
	Text   string // "Raise the limit to $200"
	Filter Filter
	Total  int
}

// maxSuggestions limits the searches for one empty page.
const maxSuggestions = 24

// Suggest lists what removing or relaxing a single condition would bring, most results first.
// Suggestions without additional results are left out. In a tie relaxing comes before removing.
func (s *Service) Suggest(ctx context.Context, f Filter) ([]Suggestion, error) {
	now := s.Clock.Now()
	f = f.bounded().AtPage(1)
	before, err := s.count(ctx, f, now)
	if err != nil {
		return nil, err
	}
	var out []Suggestion
	for _, one := range relaxed(f) {
		if one.Total, err = s.count(ctx, one.Filter, now); err != nil {
			return nil, err
		}
		if one.Total > before {
			out = append(out, one)
		}
	}
	slices.SortStableFunc(out, func(a, b Suggestion) int { return b.Total - a.Total })
	return out, nil
}

func (s *Service) count(ctx context.Context, f Filter, now time.Time) (int, error) {
	f.PerPage = 1
	r, err := s.Index.Search(ctx, f, now)
	return r.Total, err
}

// relaxed lists the filters one step away.
func relaxed(f Filter) []Suggestion {
	var out []Suggestion
	add := func(group, value, text string, g Filter) {
		if len(out) < maxSuggestions {
			out = append(out, Suggestion{Group: group, Value: value, Text: text, Filter: g})
		}
	}
	relaxMoney(f, add)
	relaxPlace(f, add)
	relaxTime(f, add)
	if f.AllIssues && len(f.Issues) > 1 {
		add("issue_match", "all", "Any of the issues instead of all", f.Without("issue_match", ""))
	}
	for _, g := range table().chips {
		dropGroup(f, g, add)
	}
	if f.Q != "" {
		add("q", f.Q, "Without the words", f.Without("q", ""))
	}
	return out
}

type adder func(group, value, text string, f Filter)

// dropGroup removes a group and, when every issue must match, each issue by itself.
func dropGroup(f Filter, g Group, add adder) {
	values := g.Chosen(&f)
	switch {
	case len(values) == 0:
		return
	case g.flag != nil:
		add(g.Name, "true", "Without “"+Label(g.Name, "true")+"”", f.Without(g.Name, "true"))
		return
	case len(values) == 1:
		add(g.Name, "", "Without “"+Label(g.Name, values[0])+"”", f.Without(g.Name, ""))
	default:
		add(g.Name, "", "Any "+g.any, f.Without(g.Name, ""))
	}
	if g.Name == "issue" && f.AllIssues && len(values) > 1 {
		for _, v := range values {
			add(g.Name, v, "Without “"+Label(g.Name, v)+"”", f.Without(g.Name, v))
		}
	}
}

func relaxMoney(f Filter, add adder) {
	if f.MaxFee.Set {
		for _, to := range steps(f.MaxFee.Cents) {
			add("max_fee", f.MaxFee.Cents.Dollars(), "Raise the limit to "+to.String(), f.With("max_fee", to.Dollars()))
		}
		add("max_fee", f.MaxFee.Cents.Dollars(), "Any price", f.Without("max_fee", ""))
	}
	if f.MaxGap.Set {
		for _, to := range steps(f.MaxGap.Cents) {
			add("max_gap", f.MaxGap.Cents.Dollars(), "Raise the gap to "+to.String(), f.With("max_gap", to.Dollars()))
		}
		add("max_gap", f.MaxGap.Cents.Dollars(), "Any gap", f.Without("max_gap", ""))
	}
}

// steps returns the next two limits to offer, in steps of $20 below $200 and $50 above.
func steps(from money.Cents) []money.Cents {
	var out []money.Cents
	for range 2 {
		step := money.Cents(20_00)
		if from >= 200_00 {
			step = 50_00
		}
		from = (from/step + 1) * step
		out = append(out, from)
	}
	return out
}

func relaxPlace(f Filter, add adder) {
	if f.Postcode != "" {
		add("postcode", f.Postcode, "Any postcode", f.Without("postcode", ""))
	}
	if f.Near.IsZero() {
		return
	}
	wider := 0
	for _, km := range []int{5, 10, 25, 50, 100, 250} {
		if km > f.Radius() && wider < 2 {
			wider++
			add("within_km", strconv.Itoa(f.Radius()), "Within "+strconv.Itoa(km)+" km", f.With("within_km", strconv.Itoa(km)))
		}
	}
	add("near", f.Near.Label(), "Anywhere", f.Without("near", ""))
}

func relaxTime(f Filter, add adder) {
	if slices.Equal(f.Available, []string{"today"}) {
		g := f.Without("available", "").With("available", "week")
		add("available", "today", "This week instead of today", g)
	}
}
