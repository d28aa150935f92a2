package search

import (
	"slices"
	"strconv"
	"sync"
	"time"

	"wattle/internal/directory"
	"wattle/internal/region"
)

// MaxReasons is how many reasons a result gives.
const MaxReasons = 3

// FoundByName is the reason of whom words found by name.
const FoundByName = "Found by name"

// mostNamed is how many values of one group a reason names.
const mostNamed = 3

// byReason is the groups in the order of their reasons.
var byReason = sync.OnceValue(func() []Group {
	out := slices.Clone(table().chips)
	slices.SortFunc(out, func(a, b Group) int { return int(a.reason - b.reason) })
	return out
})

// Reasons says why a search found somebody, in plain words: at most MaxReasons of what was asked for
// and is met, the most telling first. What a card says anyway, such as the state, is a reason only
// where there is no other. v holds the instants that lie ahead and why the words found them; nothing
// is said that the profile does not hold. A search that asks for nothing has no reasons.
func Reasons(v View, f Filter, now time.Time) []string {
	one := []View{v}
	explain(one, f, now)
	return one[0].Matched
}

// explain puts the reasons in the place of why the words found each.
func explain(views []View, f Filter, now time.Time) {
	if f.Empty() {
		return
	}
	a := askedBy(f, now)
	all := make([]string, 0, MaxReasons*len(views))
	for i := range views {
		from := len(all)
		all = a.appendReasons(all, views[i])
		views[i].Matched = all[from:len(all):len(all)]
	}
}

// asked is a search with the words that are the same for everybody it finds.
type asked struct {
	f                     Filter
	now                   time.Time
	within, reduced, left string
}

func askedBy(f Filter, now time.Time) *asked {
	a := &asked{f: f, now: now}
	if f.MaxFee.Set {
		a.within = "Within " + f.MaxFee.Cents.String()
		a.reduced = "A reduced place within " + f.MaxFee.Cents.String()
	}
	if f.MaxGap.Set {
		a.left = "Within " + f.MaxGap.Cents.String() + " after Medicare"
	}
	return a
}

// appendReasons appends somebody's reasons to list, which others may share.
func (a *asked) appendReasons(list []string, v View) []string {
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

// word is a reason of the words, as the profile has it now: an index may be a moment behind. "" for what
// the profile does not hold any more, and for what a filter has said.
func (a *asked) word(t *directory.Profile, reason string) string {
	said, ok := valueSaid()[reason]
	switch {
	case !ok:
		return reason
	case !has(t, said.Group, said.Value) || slices.Contains(a.f.Chosen(said.Group), said.Value):
		return ""
	}
	return Reason(t, said.Group, said.Value)
}

// met is what a profile meets of a group's chosen values.
func (a *asked) met(t *directory.Profile, g Group) string {
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

// onlyAlso says that an issue is none of somebody's focus, but one they work with as well.
func onlyAlso(t *directory.Profile, issue string) bool {
	return slices.Contains(t.AlsoIssues, issue) && !slices.Contains(t.Issues, issue)
}

// money holds the limits against what a client can really pay.
func (a *asked) money(t *directory.Profile, add func(string)) {
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
		if gap, ok := directory.GapFor(t, format, a.now); ok && gap <= a.f.MaxGap.Cents {
			add(a.left)
		}
	}
}

// times names the day of the evening or weekend that is asked for: a card shows the next time alone.
func (a *asked) times(v View, add func(string)) {
	for _, when := range a.f.Available {
		switch {
		case when == "evening" && Free(v.Next, when, nil, a.now):
			add("Free on the evening of " + dayIn(v.Next.Evening, v.Zone))
		case when == "weekend" && Free(v.Next, when, nil, a.now):
			add("Free on " + dayIn(v.Next.Weekend, v.Zone))
		}
	}
}

// dayIn is the day of an instant by the practice's wall clock: "Sat 5 Dec".
func dayIn(at time.Time, zone string) string {
	if loc, err := region.LoadZone(zone); err == nil {
		at = at.In(loc)
	}
	return at.Format("Mon 2 Jan")
}

// plain is what a card shows anyway.
func (a *asked) plain(v View, add func(string)) {
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

// ReasonText says in plain words that somebody has a value of a group, as far as an index knows them,
// which cannot tell a focus from what somebody works with as well: "Helps with anxiety".
func ReasonText(group, value string) string { return saidOf()[Value{group, value}].alone }

// Reason is ReasonText with the profile at hand: "Also works with sleep" of an issue that is not somebody's
// focus.
func Reason(t *directory.Profile, group, value string) string {
	if group == "issue" && onlyAlso(t, value) {
		group = also
	}
	return ReasonText(group, value)
}

// valueSaid finds the value that an index's reason is about.
var valueSaid = sync.OnceValue(func() map[string]Value {
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
