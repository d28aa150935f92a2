package web

import (
	"net/url"
	"sort"
	"strconv"
	"strings"

	"wattle/internal/directory"
	"wattle/internal/region"
	"wattle/internal/taxonomy"
	"wattle/internal/view"
)

func urlQuery(s string) string { return url.QueryEscape(s) }

// listURL is the address of a search; without filters it is the directory's own.
func listURL(f directory.Filter) string {
	if q := f.Encode(); q != "" {
		return "/therapists?" + q
	}
	return "/therapists"
}

// listPath is the canonical address: landing pages have their own, everything else is the
// directory's.
func listPath(f directory.Filter) string {
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

// listHeading says in words what is shown: "Clinical psychologists in New South Wales".
func listHeading(f directory.Filter, total int) string {
	who := "therapist"
	whos := "therapists"
	if len(f.Types) == 1 {
		if t, ok := taxonomy.TypeOf(f.Types[0]); ok {
			who, whos = strings.ToLower(t.Label), strings.ToLower(t.Plural)
		}
	}
	text := view.Count(total, who, whos)
	if len(f.Issues) == 1 {
		text += " for " + lowerFirst(directory.Label("issue", f.Issues[0]))
	}
	if f.Near.Name != "" {
		return text + " near " + f.Near.Name
	}
	if len(f.States) == 1 {
		text += " in " + directory.Label("state", f.States[0])
	}
	return text
}

func listTitle(f directory.Filter) string {
	who := "Therapists"
	if len(f.Types) == 1 {
		if t, ok := taxonomy.TypeOf(f.Types[0]); ok {
			who = t.Plural
		}
	}
	if len(f.Issues) == 1 {
		who += " for " + lowerFirst(directory.Label("issue", f.Issues[0]))
	}
	if len(f.States) == 1 {
		return who + " in " + directory.Label("state", f.States[0])
	}
	return who + " in Australia"
}

// lowerFirst keeps abbreviations such as OCD and names such as LGBTQIA+.
func lowerFirst(s string) string {
	if len(s) > 1 && s[1] >= 'A' && s[1] <= 'Z' {
		return s
	}
	return strings.ToLower(s[:min(1, len(s))]) + s[min(1, len(s)):]
}

// chips are the active filters with the address of the page without each.
func chips(f directory.Filter) view.Chips {
	out := view.Chips{}
	if f.Q != "" {
		out.Chips = append(out.Chips, view.Chip{Label: "“" + f.Q + "”", Remove: listURL(f.Without("q", ""))})
	}
	for _, v := range f.Active() {
		out.Chips = append(out.Chips, view.Chip{Label: v.Label(), Remove: listURL(f.Without(v.Group, v.Value))})
	}
	if len(out.Chips) > 1 {
		out.Clear = "/therapists"
	}
	return out
}

func noteNotices(notes []directory.Note) []view.Notice {
	var out []view.Notice
	for _, n := range notes {
		notice := view.Notice{Kind: "warn", Text: n.Message}
		for _, ch := range n.Choices {
			notice.Links = append(notice.Links, view.Link{URL: listURL(ch.Filter), Text: ch.Label})
		}
		out = append(out, notice)
	}
	return out
}

func stateOptions(all string) []view.Option {
	out := []view.Option{{Value: "", Label: all}}
	for _, st := range region.States() {
		out = append(out, view.Option{Value: st.Slug, Label: st.Name})
	}
	return out
}

func issueOptions(all string) []view.Option {
	out := []view.Option{{Value: "", Label: all}}
	for _, t := range taxonomy.Issues.All() {
		out = append(out, view.Option{Value: t.Slug, Label: t.Label, Group: t.Group})
	}
	return out
}

func sortOptions(f directory.Filter) []view.Option {
	out := view.Options("", "Best match", "soonest", "Soonest free time", "price", "Lowest price")
	if f.Near.Name != "" {
		out = append(out, view.Option{Value: "distance", Label: "Nearest"})
	}
	return out
}

func withinOptions() []view.Option {
	var out []view.Option
	for _, km := range []string{"5", "10", "25", "50", "100"} {
		out = append(out, view.Option{Value: km, Label: "within " + km + " km"})
	}
	return out
}

func withinText(f directory.Filter) string {
	if f.WithinKm == 0 {
		return strconv.Itoa(directory.DefaultWithinKm)
	}
	return strconv.Itoa(f.WithinKm)
}

func limitText(l directory.Limit) string {
	if !l.Set {
		return ""
	}
	return l.Cents.Dollars()
}

// facetValues are a group's values that lead to somebody.
func facetValues(page directory.Page, group string) []view.Facet {
	g, _ := directory.GroupByName(group)
	var out []view.Facet
	for _, v := range g.Values {
		if n := page.Facets.Count(group, v); n > 0 {
			out = append(out, view.Facet{Value: v, Label: directory.Label(group, v), Count: n})
		}
	}
	return out
}

// commonest keeps the most frequent values, in their own order.
func commonest(values []view.Facet, most int) []view.Facet {
	if len(values) <= most {
		return values
	}
	least := byCount(append([]view.Facet(nil), values...))[most-1].Count
	var out []view.Facet
	for _, v := range values {
		if v.Count >= least && len(out) < most {
			out = append(out, v)
		}
	}
	return out
}

func byCount(values []view.Facet) []view.Facet {
	sort.SliceStable(values, func(i, j int) bool { return values[i].Count > values[j].Count })
	return values
}
