package search

import (
	"slices"
	"strconv"
	"sync"
	"time"

	"wattle/internal/directory"
	"wattle/internal/region"
)

// MaxReasons is the number of reasons a result gives at most.
const MaxReasons = 3

// FoundByName is the reason when words match a name.
const FoundByName = "Found by name"

// maxNamed is the number of values of one group that a reason lists.
const maxNamed = 3

// byReason holds the groups in the order of their reasons.
var byReason = sync.OnceValue(func() []Group {
	out := slices.Clone(table().chips)
	slices.SortFunc(out, func(a, b Group) int { return int(a.reason - b.reason) })
	return out
})

// Reasons explains why a search found a profile: at most MaxReasons of the conditions it meets, the
// most specific first. What a card shows anyway, such as the state, counts only when there is no other
// reason. v carries the upcoming times and the index's reasons for the words; every reason is checked
// against the profile. A filter without conditions has no reasons.
func Reasons(v View, f Filter, now time.Time) []string {
	one := []View{v}
	explain(one, f, now)
	return one[0].Matched
}

// explain replaces the index's reasons of each view with those of Reasons.
func explain(views []View, f Filter, now time.Time) {
	if f.Empty() {
		return
	}
	a := newExplainer(f, now)
	all := make([]string, 0, MaxReasons*len(views))
	for i := range views {
		from := len(all)
		all = a.appendReasons(all, views[i])
		views[i].Matched = all[from:len(all):len(all)]
	}
}

// explainer is a filter with the texts that are the same for every result.
type explainer struct {
	f                    Filter
	now                  time.Time
	within, reduced, gap string
}

func newExplainer(f Filter, now time.Time) *explainer {
	a := &explainer{f: f, now: now}
	if f.MaxFee.Set {
		a.within = "Within " + f.MaxFee.Cents.String()
		a.reduced = "A reduced place within " + f.MaxFee.Cents.String()
	}
	if f.MaxGap.Set {
		a.gap = "Within " + f.MaxGap.Cents.String() + " after Medicare"
	}
	return a
}

// appendReasons appends the reasons of one view to list, which all views share.
func (a *explainer) appendReasons(list []string, v View) []string {
	from := len(list)
	add := func(reason string) {
		if reason == "" || len(list)-from == MaxReasons {
			return
		}
		for _, r := range list[from:] {
			if r == reason {
				return
			}
		}
		list = append(list, reason)
	}
	for _, g := range byReason() {
		if g.reason >= detail {
			break
		}
		add(a.met(v.Profile, g))
		if g.Name == "issue" {
			add(phrase(also, a.f.Issues, func(issue string) bool { return onlyAlso(v.Profile, issue) }))
		}
	}
	a.money(v.Profile, add)
	a.times(v, add)
	for _, g := range byReason() {
		if g.reason >= detail && g.reason < plain {
			add(a.met(v.Profile, g))
		}
	}
	for _, reason := range v.Matched {
		add(a.word(v.Profile, reason))
	}
	if len(list) == from {
		a.plain(v, add)
	}
	return list
}

// word checks a reason from the index against the profile, since an index may lag behind. It returns ""
// for a value the profile no longer has or a filter has already explained.
func (a *explainer) word(t *directory.Profile, reason string) string {
	value, ok := valueOfText()[reason]
	switch {
	case !ok:
		return reason
	case !has(t, value.Group, value.Value) || slices.Contains(a.f.Chosen(value.Group), value.Value):
		return ""
	}
	return Reason(t, value.Group, value.Value)
}

// met is the reason for the selected values of a group that the profile has.
func (a *explainer) met(t *directory.Profile, g Group) string {
	wanted := g.Chosen(&a.f)
	if len(wanted) == 0 {
		return ""
	}
	have := g.Of(t)
	if g.Name == "issue" {
		have = t.Issues
	}
	return phrase(g.Name, wanted, func(v string) bool { return slices.Contains(have, v) })
}

func has(t *directory.Profile, group, value string) bool {
	return slices.Contains(Traits(t, group), value)
}

// onlyAlso reports whether the therapist works with an issue without having it in their focus.
func onlyAlso(t *directory.Profile, issue string) bool {
	return slices.Contains(t.AlsoIssues, issue) && !slices.Contains(t.Issues, issue)
}

// money compares the limits with what a client can really pay.
func (a *explainer) money(t *directory.Profile, add func(string)) {
	format := a.f.Format()
	if a.f.MaxFee.Set {
		full, ok := directory.FeeOf(t, format)
		low, _ := directory.LowestFee(t, format)
		switch {
		case ok && full <= a.f.MaxFee.Cents:
			add(a.within)
		case ok && low <= a.f.MaxFee.Cents:
			add(a.reduced)
		}
	}
	if a.f.MaxGap.Set {
		if gap, ok := GapFor(t, format, a.now); ok && gap <= a.f.MaxGap.Cents {
			add(a.gap)
		}
	}
}

// times names the day of the evening or weekend asked for, because a card shows only the next free
// time.
func (a *explainer) times(v View, add func(string)) {
	for _, when := range a.f.Available {
		switch {
		case when == "evening" && Free(v.Next, when, nil, a.now):
			add("Free on the evening of " + dayIn(v.Next.Evening, v.Zone))
		case when == "weekend" && Free(v.Next, when, nil, a.now):
			add("Free on " + dayIn(v.Next.Weekend, v.Zone))
		}
	}
}

// dayIn formats the day of an instant in the practice's zone: "Sat 5 Dec".
func dayIn(at time.Time, zone string) string {
	if loc, err := region.LoadZone(zone); err == nil {
		at = at.In(loc)
	}
	return at.Format("Mon 2 Jan")
}

// plain adds what a card shows anyway.
func (a *explainer) plain(v View, add func(string)) {
	if !a.f.Near.IsZero() && v.HasKm {
		add("Within " + strconv.Itoa(a.f.Radius()) + " km of " + a.f.Near.Label())
	}
	if a.f.Postcode != "" && v.Postcode == a.f.Postcode {
		add("Practises in " + v.Postcode)
	}
	for _, g := range byReason() {
		if g.reason < plain {
			continue
		}
		if g.Static() {
			add(a.met(v.Profile, g))
		} else if loc, err := region.LoadZone(v.Zone); err == nil {
			add(phrase(g.Name, a.f.Available, func(value string) bool { return Free(v.Next, value, loc, a.now) }))
		}
	}
}

// ReasonText is the reason for a value without knowledge of the profile: "Helps with anxiety". Indexes
// use it; they cannot tell the focus from other issues.
func ReasonText(group, value string) string { return wordings()[Value{group, value}].alone }

// Reason is the reason for a value of a profile: "Also works with sleep" for an issue outside the
// focus.
func Reason(t *directory.Profile, group, value string) string {
	if group == "issue" && onlyAlso(t, value) {
		group = also
	}
	return ReasonText(group, value)
}

// valueOfText maps the texts of ReasonText back to their values.
var valueOfText = sync.OnceValue(func() map[string]Value {
	out := map[string]Value{}
	for _, g := range Groups() {
		for _, v := range g.Values {
			if g.Name != "price" && g.Name != "available" {
				out[ReasonText(g.Name, v)] = Value{g.Name, v}
			}
		}
	}
	return out
})
