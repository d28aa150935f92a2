package search

import (
	"context"
	"slices"
	"strconv"
	"time"

	"wattle/internal/money"
)

// Suggestion is one way to find somebody after all: the filter with one thing dropped or loosened,
// and how many that finds.
type Suggestion struct {
	Group  string // of what was changed
	Value  string // what was asked for; "" for a whole group
	Text   string // "Raise the limit to $200"
	Filter Filter
	Total  int
}

// mostSuggestions bounds the searches made for one empty page.
const mostSuggestions = 24

// Suggest tells what dropping or loosening each single filter would bring, the most helpful first;
// what brings nobody new is left out. Where two help alike, loosening stands before dropping.
func (s *Service) Suggest(ctx context.Context, f Filter) ([]Suggestion, error) {
	now := s.Clock.Now()
	f = f.bounded().AtPage(1)
	had, err := s.count(ctx, f, now)
	if err != nil {
		return nil, err
	}
	var out []Suggestion
	for _, one := range loosened(f) {
		if one.Total, err = s.count(ctx, one.Filter, now); err != nil {
			return nil, err
		}
		if one.Total > had {
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

// loosened lists the single steps away from a filter.
func loosened(f Filter) []Suggestion {
	var out []Suggestion
	add := func(group, value, text string, g Filter) {
		if len(out) < mostSuggestions {
			out = append(out, Suggestion{Group: group, Value: value, Text: text, Filter: g})
		}
	}
	loosenMoney(f, add)
	loosenPlace(f, add)
	loosenTime(f, add)
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

// dropGroup drops a group; with "all of the issues" each single one as well.
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

func loosenMoney(f Filter, add adder) {
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

// steps are the next two limits worth offering, in steps of $20 below $200 and of $50 from there.
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

func loosenPlace(f Filter, add adder) {
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

func loosenTime(f Filter, add adder) {
	if slices.Equal(f.Available, []string{"today"}) {
		g := f.Without("available", "").With("available", "week")
		add("available", "today", "This week instead of today", g)
	}
}
