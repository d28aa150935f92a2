package find

import (
	_ "embed"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"time"

	"wattle/internal/directory"
	"wattle/internal/money"
	"wattle/internal/region"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
	"wattle/internal/view"
	"wattle/internal/web"
)

// landing is what a page about a place, a profession or a subject says besides its results: facts
// from its own data, what the profession is, how Medicare applies, and where to go from here.
type landing struct {
	Lede  []string // sentences about those listed
	Who   string   // heading of About
	About []string // what the profession is and who answers for it
	Paid  string   // how Medicare applies to it
	Ways  []landingLinks
}

type landingLinks struct {
	Heading string
	Links   []view.Link
}

// landingPath is the address of the landing page for exactly this filter; "" where there is none.
func landingPath(f search.Filter) string {
	if p := f.Near; p.Name != "" && p.State != "" && p.Postcode != "" && p.Name != p.Postcode && f.WithinKm == 0 {
		place := region.Place{Name: p.Name, State: p.State, Postcode: p.Postcode}
		f.Near, f.States = search.Place{}, nil
		if f.Empty() && f.Page <= 1 {
			return "/therapists/" + p.State + "/near/" + place.Slug()
		}
		return ""
	}
	if path := listPath(f); path != "/therapists" {
		return path
	}
	return ""
}

// land makes a results page the landing page of its address, where it is one: words, crumbs, structured
// data, and whether search engines may list it.
func (s *Pages) land(p *therapistsListPage, path string, f search.Filter, page search.Page) {
	if own := landingPath(f); own == "" || own != path {
		return
	}
	p.Canonical, p.NoIndex = s.BaseURL+path, page.Total < search.MinSample
	if p.NoIndex {
		p.Canonical = ""
	}
	p.Crumbs = landingCrumbs(f)
	p.JSONLD = web.Graph(web.Breadcrumbs(s.BaseURL, append(p.Crumbs, view.Link{URL: path, Text: p.Heading})),
		collection(s.BaseURL+path, p.Heading, p.Description))
	p.Landing = landingOf(f, page, s.Search.Survey(f), s.Clock.Now())
}

// landingCrumbs lead back up: the directory, then the state, then the profession.
func landingCrumbs(f search.Filter) []view.Link {
	crumbs := []view.Link{{URL: "/", Text: "Home"}, {URL: "/therapists", Text: "Therapists"}}
	state, deeper := f.Near.State, f.Near.Name != ""
	if len(f.States) == 1 {
		state, deeper = f.States[0], deeper || len(f.Types)+len(f.Issues) > 0
	}
	if state == "" || !deeper {
		return crumbs
	}
	crumbs = append(crumbs, view.Link{URL: "/therapists/" + state, Text: search.Label("state", state)})
	if len(f.Types) == 1 && len(f.Issues) == 1 {
		t, _ := taxonomy.TypeOf(f.Types[0])
		crumbs = append(crumbs, view.Link{URL: "/therapists/" + state + "/" + t.Slug, Text: t.Plural})
	}
	return crumbs
}

// landingOf words a landing page.
func landingOf(f search.Filter, page search.Page, sv search.Survey, now time.Time) *landing {
	l := &landing{Lede: surveyWords(sv)}
	if len(f.Types) == 1 {
		if t, ok := taxonomy.TypeOf(f.Types[0]); ok {
			l.Who, l.About, l.Paid = "What "+oneOf(t.Label)+" is", typeWords()[t.Slug], medicareWords(t, now)
		}
	}
	if len(f.States) == 1 && f.Near.IsZero() {
		l.Ways = landingWays(f, page)
	}
	return l
}

// surveyWords are sentences that hold for at least half of those meant, or nothing.
func surveyWords(sv search.Survey) []string {
	var out []string
	if sv.MedianFee > 0 {
		out = append(out, "Half of them ask "+sv.MedianFee.String()+" or less for a session.")
	}
	if sv.MedianWait > 0 {
		out = append(out, "Half of those with a free first call have a time "+within(sv.MedianWait)+".")
	}
	return out
}

// within words a wait, rounded up to whole days.
func within(wait time.Duration) string {
	const day = 24 * time.Hour
	if days := int((wait + day - 1) / day); days > 1 {
		return "within " + view.Number(days) + " days"
	}
	return "within a day"
}

// landingWays link a state to its professions and subjects, and those to each other, where there are
// enough people for a page.
func landingWays(f search.Filter, page search.Page) []landingLinks {
	base := "/therapists/" + f.States[0]
	var out []landingLinks
	add := func(heading, group string, most int, before, after string) {
		address := func(value string) string { return before + "/" + value + after }
		if links := facetLinks(page, group, most, search.MinSample, address); len(links) > 0 {
			out = append(out, landingLinks{heading, links})
		}
	}
	switch {
	case len(f.Issues) == 0 && len(f.Types) == 0:
		add("By profession in "+stateWithin(f.States[0]), "type", 9, base, "")
		add("By what you need help with", "issue", 12, base, "")
	case len(f.Issues) == 0:
		add("By what you need help with", "issue", 12, base+"/"+f.Types[0], "")
	case len(f.Types) == 0:
		add("By profession", "type", 9, base, "/"+f.Issues[0])
	}
	return out
}

//go:embed professions.json
var professionsFile []byte

// typeWords say what each profession is (domain facts §1: the National Boards, AASW, ACA and PACFA on
// themselves). No amounts and no dates: those come from the dated table.
var typeWords = sync.OnceValue(func() (words map[string][]string) {
	if err := json.Unmarshal(professionsFile, &words); err != nil {
		panic(err) // the file is part of the program
	}
	return words
})

// medicareWords say how Medicare applies to a profession's sessions, with the amount of the day.
func medicareWords(t taxonomy.Type, now time.Time) string {
	plural := taxonomy.Within(t.Plural)
	switch t.Medicare {
	case taxonomy.TierNone:
		return "Medicare does not pay towards sessions with " + plural + ", so the fee you see is what you pay."
	case taxonomy.TierPsychiatrist:
		return "With a doctor’s referral Medicare pays part of a psychiatrist’s fee. " +
			"The amount depends on the appointment, so ask the practice."
	}
	loc, err := region.LoadZone("Australia/Sydney")
	if err != nil {
		return ""
	}
	row, ok := taxonomy.Rebate(t.Slug, directory.StandardMinutes, "in-person", now.In(loc))
	if !ok {
		return ""
	}
	return "With a referral Medicare pays " + money.Cents(row.BenefitCents).String() + " towards a session of " +
		strconv.Itoa(row.MinMinutes) + " minutes or more with " + oneOf(t.Label) + " (item " + row.ItemRooms + ", from " +
		view.Date(row.From) + " to " + view.Date(row.To) + "), for up to ten individual sessions a calendar year."
}

// oneOf puts "a" or "an" before a profession.
func oneOf(word string) string {
	if word != "" && strings.ContainsRune("aeiouAEIOU", rune(word[0])) {
		return "an " + taxonomy.Within(word)
	}
	return "a " + taxonomy.Within(word)
}
