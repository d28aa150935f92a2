package find

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"wattle/internal/search"
	"wattle/internal/taxonomy"
	"wattle/internal/view"
	"wattle/internal/web/profile"
)

// listPath is the canonical address: landing pages have their own, everything else is the
// directory's.
func listPath(f search.Filter) string {
	if only := f.Without("state", "").Without("type", "").Without("issue", ""); !only.Empty() || f.Q != "" || f.Page > 1 {
		return "/therapists"
	}
	path := "/therapists"
	for i, list := range [][]string{f.States, f.Types, f.Issues} {
		if len(list) > 1 || i == 0 && len(list) == 0 {
			return "/therapists"
		}
		if len(list) == 1 {
			path += "/" + list[0]
		}
	}
	return path
}

// listTitle says in words what is asked for: "Clinical psychologists in New South Wales".
func listTitle(f search.Filter) string {
	who := "Therapists"
	if len(f.Types) == 1 {
		if t, ok := taxonomy.TypeOf(f.Types[0]); ok {
			who = t.Plural
		}
	}
	if len(f.Issues) == 1 {
		who += " for " + taxonomy.Within(search.Label("issue", f.Issues[0]))
	}
	switch {
	case f.Near.Name != "":
		return who + " near " + f.Near.Name
	case len(f.States) == 1:
		return who + " in " + stateWithin(f.States[0])
	case len(f.States) > 1:
		return who + " in " + view.JoinAnd(upper(f.States))
	}
	return who + " in Australia"
}

func upper(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = strings.ToUpper(s)
	}
	return out
}

// listDescription is what search engines print under a landing page's title.
func listDescription(title string, total int) string {
	return title + ": " + view.Count(total, "person", "people") +
		" with fees in full, free times you can book, and credentials we have checked."
}

// foundWords are counts about those found, for the line under the heading.
func foundWords(page search.Page) []string {
	var out []string
	for _, w := range []struct{ group, value, words string }{
		{"available", "week", "free this week"}, {"reduced", "true", "with a reduced-fee place"},
		{"free_consultation", "true", "with a free first call"},
	} {
		if n := page.Facets.Count(w.group, w.value); n > 0 {
			out = append(out, view.Number(n)+" "+w.words)
		}
	}
	return out
}

// loosenWords says what to do for more results, after "18 therapists if you".
func loosenWords(sg search.Suggestion) string {
	f := sg.Filter
	switch {
	case sg.Group == "max_fee" && f.MaxFee.Set:
		return "go up to " + f.MaxFee.Cents.String()
	case sg.Group == "max_fee":
		return "set no limit to the price"
	case sg.Group == "max_gap" && f.MaxGap.Set:
		return "go up to " + f.MaxGap.Cents.String() + " after Medicare"
	case sg.Group == "max_gap":
		return "set no limit after Medicare"
	case sg.Group == "within_km":
		return "look within " + strconv.Itoa(f.Radius()) + " km"
	case sg.Group == "near" || sg.Group == "postcode":
		return "look everywhere"
	case sg.Group == "issue_match":
		return "accept any of the issues"
	case sg.Group == "available" && len(f.Available) > 0:
		return "look at the whole week"
	case sg.Group == "q":
		return "leave out the words"
	case sg.Group == "state":
		return "look in all states"
	}
	return "search " + taxonomy.Within(sg.Text)
}

// lowerFirsts makes labels ready to stand in a sentence.
func lowerFirsts(list []string) []string {
	for i, label := range list {
		list[i] = taxonomy.Within(label)
	}
	return list
}

// chips are the active filters with the address of the page without each.
func chips(f search.Filter) view.Chips {
	out := view.Chips{}
	if f.Q != "" {
		out.Chips = append(out.Chips, view.Chip{Label: "“" + f.Q + "”", Remove: profile.ListURL(f.Without("q", ""))})
	}
	for _, v := range f.Active() {
		out.Chips = append(out.Chips, view.Chip{Label: v.Label(), Remove: profile.ListURL(f.Without(v.Group, v.Value))})
	}
	if len(out.Chips) > 1 {
		out.Clear = "/therapists"
	}
	return out
}

// noteNotices tell what was left out of a search. The field's name comes first, since a notice
// stands far from it.
func noteNotices(notes []search.Note) []view.Notice {
	if len(notes) == 0 {
		return nil
	}
	names := map[string]string{"max_fee": "Most you can pay", "max_gap": "Most after Medicare",
		"near": "Suburb or postcode", "within_km": "How far", "postcode": "Postcode"}
	var out []view.Notice
	for _, n := range notes {
		notice := view.Notice{Kind: "warn", Title: "One wish was left out", Text: n.Message}
		if name := names[n.Field]; name != "" {
			notice.Text = name + ": " + taxonomy.Within(n.Message)
		}
		if len(n.Choices) > 0 {
			notice.Title = "Which place do you mean?"
		}
		for _, ch := range n.Choices {
			notice.Links = append(notice.Links, view.Link{URL: profile.ListURL(ch.Filter), Text: ch.Label})
		}
		out = append(out, notice)
	}
	return out
}

func stateOptions(all string) []view.Option { return allOptions("state", all) }

func issueOptions(all string) []view.Option {
	out := []view.Option{{Value: "", Label: all}}
	for _, t := range taxonomy.Issues.All() {
		out = append(out, view.Option{Value: t.Slug, Label: t.Label, Group: t.Group})
	}
	return out
}

var (
	sorts     = view.Options("", "Best match", "soonest", "Soonest free time", "price", "Lowest price")
	sortsNear = append(slices.Clip(sorts), view.Option{Value: "distance", Label: "Nearest"})
)

func sortOptions(f search.Filter) []view.Option {
	if f.Near.Name != "" {
		return sortsNear
	}
	return sorts
}

func limitText(l search.Limit) string {
	if !l.Set {
		return ""
	}
	return l.Cents.Dollars()
}

// facetValues are the values of a group that at least one person has.
func facetValues(page search.Page, group string) []view.Facet {
	g, _ := search.GroupByName(group)
	var out []view.Facet
	for _, v := range g.Values {
		if n := page.Facets.Count(group, v); n > 0 {
			out = append(out, view.Facet{Value: v, Label: search.Label(group, v), Count: n})
		}
	}
	return out
}

// commonest keeps the most frequent values, in their own order.
func commonest(values []view.Facet, most int) []view.Facet {
	if len(values) <= most {
		return values
	}
	least := byCount(values)[most-1].Count
	var out []view.Facet
	for _, v := range values {
		if v.Count >= least && len(out) < most {
			out = append(out, v)
		}
	}
	return out
}

// commonFirst puts the n most frequent values first; the others keep their order and sections.
func commonFirst(values []view.Facet, n int) []view.Facet {
	first := make([]int, 0, n+1) // indexes of the most frequent; of equally frequent values, the earlier
	for i := range values {
		at := len(first)
		for at > 0 && values[first[at-1]].Count < values[i].Count {
			at--
		}
		first = slices.Insert(first, at, i)[:min(n, len(first)+1)]
	}
	out := make([]view.Facet, 0, len(values))
	for _, i := range first {
		out = append(out, values[i])
	}
	for i := range values {
		if !slices.Contains(first, i) {
			out = append(out, values[i])
		}
	}
	return out
}

func byCount(values []view.Facet) []view.Facet {
	out := slices.Clone(values)
	slices.SortStableFunc(out, func(a, b view.Facet) int { return b.Count - a.Count })
	return out
}

// facetWords are the values of every group with their labels and sections: the headings under which a
// long list shows its values.
var facetWords = sync.OnceValue(func() (out [][]view.Facet) {
	sections := map[string]*taxonomy.List{"issue": taxonomy.Issues, "approach": taxonomy.Approaches}
	for _, g := range search.Groups() {
		var words []view.Facet
		for _, v := range g.Values {
			section := ""
			if list := sections[g.Name]; list != nil {
				t, _ := list.BySlug(v)
				section = t.Group
			}
			words = append(words, view.NewFacet(g.Name, v, search.Label(g.Name, v), section))
		}
		out = append(out, words)
	}
	return out
})
