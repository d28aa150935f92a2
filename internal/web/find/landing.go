package find

import (
	"strconv"
	"strings"
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

// land makes a results page the landing page of its address, where it is one: words, crumbs, structured data, and
// whether search engines may list it.
func (s *Pages) land(p *therapistsListPage, path string, f search.Filter, page search.Page) {
	if own := landingPath(f); own == "" || own != path {
		return
	}
	p.Canonical, p.NoIndex = s.BaseURL+path, page.Total < search.MinSample
	if p.NoIndex {
		p.Canonical = ""
	}
	p.Crumbs = landingCrumbs(f)
	p.JSONLD = web.Graph(web.Breadcrumbs(s.BaseURL, append(p.Crumbs, view.Link{URL: path, Text: p.Heading})), collection(s.BaseURL+path, p.Heading, p.Description))
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
			l.Who, l.About, l.Paid = "What "+oneOf(t.Label)+" is", typeWords[t.Slug], medicareWords(t, now)
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

// landingWays lead from a state to its professions and subjects, and from those to each other, where
// enough people are to make a page of it.
func landingWays(f search.Filter, page search.Page) []landingLinks {
	base, state := "/therapists/"+f.States[0], stateWithin(f.States[0])
	add := func(list []landingLinks, heading, group, path string, most int) []landingLinks {
		var links []view.Link
		for _, v := range commonest(facetValues(page, group), most) {
			if v.Count >= search.MinSample {
				links = append(links, view.Link{URL: path + "/" + v.Value, Text: v.Label, Note: view.Number(v.Count)})
			}
		}
		if len(links) == 0 {
			return list
		}
		return append(list, landingLinks{heading, links})
	}
	switch {
	case len(f.Issues) == 0 && len(f.Types) == 0:
		return add(add(nil, "By profession in "+state, "type", base, 9), "By what you need help with", "issue", base, 12)
	case len(f.Issues) == 0:
		return add(nil, "By what you need help with", "issue", base+"/"+f.Types[0], 12)
	case len(f.Types) == 0:
		var links []view.Link
		for _, v := range commonest(facetValues(page, "type"), 9) {
			if v.Count >= search.MinSample {
				links = append(links, view.Link{URL: base + "/" + v.Value + "/" + f.Issues[0], Text: v.Label, Note: view.Number(v.Count)})
			}
		}
		if len(links) > 0 {
			return []landingLinks{{"By profession", links}}
		}
	}
	return nil
}

// typeWords say what each profession is (domain facts §1: the National Boards, AASW, ACA and PACFA on
// themselves). No amounts and no dates: those come from the dated table.
var typeWords = map[string][]string{
	"clinical-psychologist": {"A clinical psychologist is a psychologist registered with Ahpra who also holds the Psychology Board’s endorsement in clinical psychology.",
		"We look both up in the public register, and print the date we looked."},
	"psychologist": {"A psychologist is registered with Ahpra; nobody else may use the title. Some hold an endorsement in another area, such as counselling or health psychology.",
		"We look every registration up in the public register, and print the date we looked."},
	"provisional-psychologist": {"A provisional psychologist is registered with Ahpra and works under a supervisor on the way to general registration.",
		"The supervisor is named on the profile. Fees are often lower."},
	"psychiatrist": {"A psychiatrist is a medical doctor with specialist registration in psychiatry, who can prescribe medicine."},
	"occupational-therapist": {"An occupational therapist is registered with Ahpra. Those listed here for mental health hold Occupational Therapy Australia’s endorsement for it.",
		"They often work on daily life: sleep, work, study, routines, the senses."},
	"mental-health-social-worker": {"An accredited mental health social worker is a member of the Australian Association of Social Workers, which has accredited them for mental health.",
		"Social workers are not registered with Ahpra; the Association answers for its members."},
	"social-worker": {"A social worker who is a member of the Australian Association of Social Workers holds a degree the Association recognises and keeps its code.",
		"Social workers are not registered with Ahpra; the Association answers for its members."},
	"counsellor": {"The title counsellor is not protected by law in Australia. Those listed here are members of the Australian Counselling Association or of PACFA, which set training, supervision and a code.",
		"Counsellors are not registered with Ahpra; each profile says whose register we looked in and how to raise a concern."},
	"psychotherapist": {"The title psychotherapist is not protected by law in Australia. Those listed here are members of PACFA or of the Australian Counselling Association, which set training, supervision and a code.",
		"Psychotherapists are not registered with Ahpra; each profile says whose register we looked in and how to raise a concern."},
}

// medicareWords say how Medicare applies to a profession's sessions, with the amount of the day.
func medicareWords(t taxonomy.Type, now time.Time) string {
	plural := taxonomy.Within(t.Plural)
	switch t.Medicare {
	case taxonomy.TierNone:
		return "Medicare does not pay towards sessions with " + plural + ", so the fee you see is what you pay."
	case taxonomy.TierPsychiatrist:
		return "With a doctor’s referral Medicare pays part of a psychiatrist’s fee. The amount depends on the appointment, so ask the practice."
	}
	loc, err := region.LoadZone("Australia/Sydney")
	if err != nil {
		return ""
	}
	row, ok := taxonomy.Rebate(t.Slug, directory.StandardMinutes, "in-person", now.In(loc))
	if !ok {
		return ""
	}
	return "With a referral Medicare pays " + money.Cents(row.BenefitCents).String() + " towards a session of " + strconv.Itoa(row.MinMinutes) + " minutes or more with " + oneOf(t.Label) +
		" (item " + row.ItemRooms + ", from " + view.Date(row.From) + " to " + view.Date(row.To) + "), for up to ten individual sessions a calendar year."
}

// oneOf puts "a" or "an" before a profession.
func oneOf(word string) string {
	if word != "" && strings.ContainsRune("aeiouAEIOU", rune(word[0])) {
		return "an " + taxonomy.Within(word)
	}
	return "a " + taxonomy.Within(word)
}
