package search

import (
	"net/url"
	"slices"
	"strconv"

	"wattle/internal/money"
)

// The sort orders. An empty sort means relevance, which equals Soonest when there are no words.
const (
	Soonest  = "soonest"
	Price    = "price"
	Distance = "distance"
)

// Bounds of a filter.
const (
	DefaultWithinKm = 25  // the radius of Near when none is given
	MaxWithinKm     = 500 // the largest radius
	DefaultPerPage  = 20
	MaxPerPage      = 50
	maxPage         = 100_000
	MaxQuery        = 200 // characters
)

// Limit is an upper bound on an amount; it applies only when Set. Zero is a valid bound: no gap at all.
type Limit struct {
	Set   bool
	Cents money.Cents
}

// Filter is a parsed search. A list matches profiles with any of its values; with AllIssues every issue
// must match. Groups combine with AND. Lists are sorted, unique, and nil when empty, so equal filters
// are deeply equal. All returns the filter without conditions.
type Filter struct {
	Q                string // the words to match
	AsTyped          bool   // understand=false: match the words without parsing them (see words.Understand)
	States           []string
	Types            []string
	Issues           []string
	Approaches       []string
	Groups           []string
	Languages        []string
	Genders          []string
	Affirming        []string
	Faiths           []string
	Access           []string
	Modes            []string
	Formats          []string
	Funding          []string
	Available        []string // today, week, evening, weekend
	AllIssues        bool     // issue_match=all
	Postcode         string   // exact match
	Near             Place
	WithinKm         int   // radius around Near; 0 means DefaultWithinKm
	MaxFee           Limit // on the lowest fee available to a client (directory.LowestFee)
	MaxGap           Limit // on the gap after Medicare with a referral
	Reduced          bool  // a reduced-fee place is left
	FreeConsultation bool  // a free consultation is offered
	Accepting        bool  // takes new clients
	Sort             string
	Page             int // from 1
	PerPage          int // 1 to 50
}

// All returns the filter without conditions, which matches every listed therapist.
func All() Filter { return Filter{Page: 1, PerPage: DefaultPerPage} }

// Format returns the format whose fee the search uses: "couple" when only couples' sessions are
// selected, otherwise "individual". The counts beside the formats are the exception: each uses the fee
// of its own format. All other counts, including those beside the prices, use the fee of the selected
// format.
func (f Filter) Format() string {
	if len(f.Formats) == 1 && f.Formats[0] == "couple" {
		return "couple"
	}
	return "individual"
}

// Radius returns the search radius around Near in kilometres.
func (f Filter) Radius() int {
	if f.WithinKm > 0 {
		return f.WithinKm
	}
	return DefaultWithinKm
}

// List returns the selection of a list group, and nil for any other name.
func (f *Filter) List(group string) *[]string {
	if g := table().byName[group]; g.list != nil {
		return g.list(f)
	}
	return nil
}

// Chosen lists the selected values of a group with facets; a flag has the value "true". The price group
// has none: its selection is MaxFee.
func (f Filter) Chosen(group string) []string { return table().byName[group].Chosen(&f) }

// Has reports whether the filter contains the value, written as in Values.
func (f Filter) Has(group, value string) bool {
	return slices.Contains(f.Values()[group], value)
}

// Values returns the canonical query: sorted, without defaults. Parsing it yields the same filter.
func (f Filter) Values() url.Values {
	v := url.Values{}
	for _, g := range table().chips {
		if chosen := g.Chosen(&f); len(chosen) > 0 {
			v[g.Name] = slices.Clone(chosen)
		}
	}
	set := func(name, value string, when bool) {
		if when {
			v.Set(name, value)
		}
	}
	set("q", f.Q, f.Q != "")
	set("understand", "false", f.AsTyped)
	set("issue_match", "all", f.AllIssues)
	set("postcode", f.Postcode, f.Postcode != "")
	set("near", f.Near.Text, !f.Near.IsZero())
	set("within_km", strconv.Itoa(f.WithinKm), f.WithinKm > 0)
	set("max_fee", f.MaxFee.Cents.Dollars(), f.MaxFee.Set)
	set("max_gap", f.MaxGap.Cents.Dollars(), f.MaxGap.Set)
	set("sort", f.Sort, f.Sort != "")
	set("page", strconv.Itoa(f.Page), f.Page > 1)
	set("per_page", strconv.Itoa(f.PerPage), f.PerPage > 0 && f.PerPage != DefaultPerPage)
	return v
}

// Encode returns Values as a query string, "" for All.
func (f Filter) Encode() string { return f.Values().Encode() }

// AtPage returns the same search at another page.
func (f Filter) AtPage(n int) Filter {
	f.Page = max(1, n)
	return f
}

// SortedBy returns the first page of the same search in another order.
func (f Filter) SortedBy(sort string) Filter {
	return f.With("sort", sort)
}

// With adds a value to a list or sets a scalar, and returns to the first page. An invalid value leaves
// the filter unchanged.
func (f Filter) With(group, value string) Filter {
	v := f.Values()
	v.Del("page")
	if f.List(group) != nil {
		v[group] = append(v[group], value)
	} else {
		v.Set(group, value)
	}
	out, err := Parse(v)
	if err != nil {
		return f
	}
	return out
}

// Without removes a value, or the whole group when value is "", and returns to the first page. Removing
// the place removes the distance too.
func (f Filter) Without(group, value string) Filter {
	f.Page = 1
	if l := f.List(group); l != nil {
		*l = without(*l, value)
		if group == "issue" && len(f.Issues) == 0 {
			f.AllIssues = false
		}
		return f
	}
	if g := table().byName[group]; g.flag != nil {
		*g.flag(&f) = false
		return f
	}
	switch group {
	case "q":
		f.Q, f.AsTyped = "", false
	case "issue_match":
		f.AllIssues = false
	case "postcode":
		f.Postcode = ""
	case "near":
		f.Near, f.WithinKm = Place{}, 0
		if f.Sort == Distance {
			f.Sort = ""
		}
	case "within_km":
		f.WithinKm = 0
	case "max_fee", "price":
		f.MaxFee = Limit{}
	case "max_gap":
		f.MaxGap = Limit{}
	case "sort":
		f.Sort = ""
	}
	return f
}

func without(list []string, value string) []string {
	var out []string
	for _, v := range list {
		if value != "" && v != value {
			out = append(out, v)
		}
	}
	return out
}

// Value is one condition of a filter.
type Value struct{ Group, Value string }

// Label names the value for display.
func (v Value) Label() string { return Label(v.Group, v.Value) }

// Active lists the conditions in the order of the chips. Words, sort and page are not conditions. Near
// carries its distance.
func (f Filter) Active() []Value {
	out := make([]Value, 0, 8)
	out = f.chosen(out, func(g Group) bool { return g.list != nil })
	if !f.Near.IsZero() {
		out = append(out, Value{"near", f.Near.Label()})
		if f.WithinKm > 0 {
			out = append(out, Value{"within_km", strconv.Itoa(f.WithinKm)})
		}
	}
	if f.Postcode != "" {
		out = append(out, Value{"postcode", f.Postcode})
	}
	if f.MaxFee.Set {
		out = append(out, Value{"max_fee", f.MaxFee.Cents.Dollars()})
	}
	if f.MaxGap.Set {
		out = append(out, Value{"max_gap", f.MaxGap.Cents.Dollars()})
	}
	return f.chosen(out, func(g Group) bool { return g.flag != nil })
}

// chosen appends the selected values of the wanted groups, in the order of the chips.
func (f Filter) chosen(out []Value, wanted func(Group) bool) []Value {
	for _, g := range table().chips {
		if wanted(g) {
			for _, v := range g.Chosen(&f) {
				out = append(out, Value{g.Name, v})
			}
		}
	}
	return out
}

// Empty reports whether the filter has neither conditions nor words.
func (f Filter) Empty() bool { return f.Q == "" && len(f.Active()) == 0 }
