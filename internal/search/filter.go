package search

import (
	"net/url"
	"slices"
	"strconv"

	"wattle/internal/money"
)

// The sorts. The empty sort is by relevance, which without words is Soonest.
const (
	Soonest  = "soonest"
	Price    = "price"
	Distance = "distance"
)

// Bounds of a filter.
const (
	DefaultWithinKm = 25  // how near "near" is when no distance is given
	MaxWithinKm     = 500 // the widest distance
	DefaultPerPage  = 20
	MaxPerPage      = 50
	maxPage         = 100_000
	MaxQuery        = 200 // characters
)

// Limit is a ceiling on money; none unless Set. Zero is a ceiling too: no gap at all.
type Limit struct {
	Set   bool
	Cents money.Cents
}

// Filter is what somebody looks for. Lists match any of their values, except that AllIssues asks
// for every issue; groups are combined with and. Lists are sorted and unique, nil when empty, so
// that equal filters are deeply equal. The zero Filter (with Page 1 and PerPage 20) is everybody.
type Filter struct {
	Q                string // words
	AsTyped          bool   // understand=false: pages search the words as they stand (see Understand)
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
	Postcode         string   // exactly
	Near             Place
	WithinKm         int   // of Near; 0 is DefaultWithinKm
	MaxFee           Limit // on the lowest fee a client can really get
	MaxGap           Limit // on the gap after Medicare with a referral
	Reduced          bool  // a reduced-fee place is left
	FreeConsultation bool  // a free consultation is offered
	Accepting        bool  // takes new clients
	Sort             string
	Page             int // from 1
	PerPage          int // 1 to 50
}

// All is the filter that asks for nothing.
func All() Filter { return Filter{Page: 1, PerPage: DefaultPerPage} }

// Format is the format whose fee counts: "couple" when only couples' sessions are asked for,
// otherwise "individual". The fee follows the format, so the counts beside the formats are each by
// their own: what choosing that format alone would find within the same limits. Every other count,
// those beside the prices too, is by the fee of the format asked for.
func (f Filter) Format() string {
	if len(f.Formats) == 1 && f.Formats[0] == "couple" {
		return "couple"
	}
	return "individual"
}

// Radius is the distance in kilometres within which Near looks.
func (f Filter) Radius() int {
	if f.WithinKm > 0 {
		return f.WithinKm
	}
	return DefaultWithinKm
}

// List is the choice behind a list group; nil for any other name.
func (f *Filter) List(group string) *[]string {
	if g := table().byName[group]; g.list != nil {
		return g.list(f)
	}
	return nil
}

// Chosen lists the chosen values of a group that carries counts; "true" for the yes-or-no ones. The
// choice of price is MaxFee, which is no value of its group.
func (f Filter) Chosen(group string) []string { return table().byName[group].Chosen(&f) }

// Has says whether the filter asks for the value. For scalars the value is as in Values.
func (f Filter) Has(group, value string) bool {
	return slices.Contains(f.Values()[group], value)
}

// Values is the canonical query: sorted, without defaults. Parse of it gives the same filter.
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

// Encode is Values as a query string; "" for everybody.
func (f Filter) Encode() string { return f.Values().Encode() }

// AtPage is the same search at another page.
func (f Filter) AtPage(n int) Filter {
	f.Page = max(1, n)
	return f
}

// SortedBy is the same search in another order, from the first page.
func (f Filter) SortedBy(sort string) Filter {
	return f.With("sort", sort)
}

// With adds a value to a list or sets a scalar, and goes back to the first page. A value that
// could not stand in a query leaves the filter as it is.
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

// Without drops a value, or with value "" the whole group, and goes back to the first page. Without
// a place there is no distance either.
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

// Value is one thing asked for.
type Value struct{ Group, Value string }

// Label names it in plain words.
func (v Value) Label() string { return Label(v.Group, v.Value) }

// Active lists what narrows the search, for chips, in display order; words, sort and page are not
// among it. Near carries its distance.
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

// chosen appends the chosen values of the groups that are wanted, in the order of chips.
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

// Empty says that nothing narrows the search, not even words.
func (f Filter) Empty() bool { return f.Q == "" && len(f.Active()) == 0 }
