package web

import (
	"strconv"
	"strings"
	"time"

	"wattle/internal/directory"
	"wattle/internal/portrait"
	"wattle/internal/region"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
	"wattle/internal/view"
)

// chrome is what the layout needs; canonical "" means a private page, which is not indexed.
func (s *Server) chrome(title, description, canonical string) view.Chrome {
	c := view.Chrome{Title: title, Description: description, Home: s.BaseURL, Source: s.SourceURL, Dev: s.Dev != nil, Demo: s.Search.Model.Fictional(), NoIndex: canonical == ""}
	if canonical != "" {
		c.Canonical = s.BaseURL + canonical
	}
	return c
}

// titleOf is a page's title; where its form needs mending, that comes first, for it is what a screen
// reader says first.
func titleOf(title string, f view.Form) string {
	if f.Failed() {
		return "Error: " + title
	}
	return title
}

// cardOf words a therapist for a list; from is what their address ends with.
func cardOf(v search.View, format, from string, now time.Time) view.Card {
	lead, rest := view.SplitBio(v.Bio, 150)
	card := view.Card{
		URL: "/therapist/" + v.Slug + from, Name: v.Name(), Title: v.Title(), Portrait: facePortrait(v.Profile, ""),
		Checked: checkedText(v.Profile), Facts: cardFacts(v), Lead: lead, Rest: clipWords(rest, 280), Why: v.Matched, Price: priceOf(v.Profile, format, now), Heading: 2,
	}
	if next, ok := directory.NextService(v.Profile); ok && v.Accepting {
		if !v.Next.Any.IsZero() {
			at := v.Next.Any.In(zoneOf(v.Zone))
			card.Next, card.NextAt, card.NextNote = view.When(at), at, region.ZoneCity(v.Zone)+" time"
			card.Action = view.Link{URL: "/therapist/" + v.Slug + "/book?service=" + next.Slug,
				Text: "Book a free " + strconv.Itoa(next.Minutes) + "-minute call", Note: "No cost, no obligation. A first talk, not therapy."}
		}
	}
	return card
}

// checkedText says when the first credential was last looked up, with the kind of thing it is.
func checkedText(t *directory.Profile) string {
	if len(t.Credentials) == 0 || t.Credentials[0].CheckedOn.IsZero() {
		return ""
	}
	c := t.Credentials[0]
	what := map[string]string{"ahpra": "Registration", "amhsw": "Accreditation"}[c.Kind]
	if what == "" {
		what = "Membership"
	}
	return what + " checked " + c.CheckedOn.Format("2 Jan 2006")
}

func clipWords(s string, n int) string {
	if len(s) <= n {
		return s
	}
	lead, _ := view.SplitBio(s, n)
	return lead
}

func facePortrait(t *directory.Profile, size string) view.Portrait {
	return view.Portrait{URL: "/portrait/" + t.Slug + ".svg", Name: t.GivenName + " " + t.FamilyName, Size: size}
}

func portraitOf(t *directory.Profile) []byte { return portrait.SVG(portrait.From(t.Portrait)) }

func cardFacts(v search.View) []view.Fact {
	facts := []view.Fact{{Icon: "map-pin", Text: placeText(v)}}
	if m := v.Modes(); len(m) > 0 {
		facts = append(facts, view.Fact{Icon: modeIcon(m[0]), Text: modesText(m)})
	}
	if langs := labels("language", without(v.Languages, "english")); len(langs) > 0 {
		facts = append(facts, view.Fact{Icon: "languages", Text: "Also speaks " + view.JoinAnd(langs)})
	}
	if !v.Accepting {
		facts = append(facts, view.Fact{Icon: "hourglass", Text: "Not taking new clients now"})
	}
	return facts
}

func placeText(v search.View) string {
	if !contains(v.Modes(), "in-person") {
		return "Online across Australia, from " + strings.ToUpper(v.State)
	}
	place := v.Suburb + " " + strings.ToUpper(v.State) + " " + v.Postcode
	if v.HasKm {
		place += " · " + kmText(v.Km)
	}
	return place
}

func kmText(km float64) string {
	if km < 1 {
		return "less than 1 km away"
	}
	if km < 10 {
		return strconv.FormatFloat(km, 'f', 1, 64) + " km away"
	}
	return strconv.Itoa(int(km+0.5)) + " km away"
}

func modeIcon(mode string) string {
	switch mode {
	case "phone":
		return "phone"
	case "in-person":
		return "building-2"
	}
	return "video"
}

// modesText is "Video, phone or in person".
func modesText(modes []string) string {
	words := labels("mode", modes)
	for i := range words {
		if i > 0 {
			words[i] = strings.ToLower(words[i])
		}
	}
	if len(words) > 1 {
		return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
	}
	return strings.Join(words, "")
}

// priceOf words the fee of a kind of session; "" is the one that stands for the practice.
func priceOf(t *directory.Profile, format string, now time.Time) view.Price {
	fee, ok := directory.FeeOf(t, format)
	if !ok {
		return view.Price{None: "Fees on request"}
	}
	p := view.Price{Full: fee.String(), Unit: "50 minutes"}
	if format == "couple" {
		p.Unit = "couple session"
	} else {
		if gap, ok := directory.Gap(t, now); ok {
			p.After = gap.String() + " after Medicare, with a referral"
		}
		if t.Reduced != nil && t.Reduced.Left > 0 {
			p.Reduced = view.Count(t.Reduced.Left, "reduced place", "reduced places") + " at " + t.Reduced.Fee.String()
		}
	}
	return p
}

// profile words everything of a profile but its free times.
func (s *Server) profile(v search.View) therapistShowPage {
	t := v.Profile
	p := therapistShowPage{
		Chrome: s.chrome(t.PrintedName()+", "+t.Title()+" in "+t.Suburb+" "+strings.ToUpper(t.State), t.Headline, "/therapist/"+t.Slug),
		T:      t, Name: t.Name(), Title: t.FullTitle(), Portrait: facePortrait(t, "large"), Facts: cardFacts(v),
		Bio: paragraphs(t.Bio), Focus: labels("issue", t.Issues), Also: lowerFirsts(labels("issue", minus(t.AlsoIssues, t.Issues))),
		Checked: checkedText(t), Price: priceOf(t, "", s.Clock.Now()), Others: othersLike(t),
		Zone: region.ZoneCity(t.Zone) + " time", Policy: policySentence(t.Policy), CodeLink: conductCode(t),
	}
	p.Active = "find"
	p.NoIndex = t.Demo
	shared := personPicture(v)
	s.pictured(&p.Chrome, "/therapist/"+t.Slug, "profile", personAlt(shared), shared)
	p.JSONLD = graph(breadcrumbs(s.BaseURL, append(profileCrumbs(t), view.Link{URL: "/therapist/" + t.Slug, Text: p.Name})), profileData(s.BaseURL, t, p.Name, p.Title))
	p.Details = detailRows(t)
	for _, c := range t.Credentials {
		p.Credentials = append(p.Credentials, credentialOf(t, c))
	}
	for _, sv := range t.Services {
		row := feeOf(t, sv, s.Clock.Now())
		p.Fees, p.Rebated = append(p.Fees, row), p.Rebated || row.After != ""
	}
	if t.Reduced != nil {
		p.Reduced = &reducedLine{Fee: t.Reduced.Fee.String(), For: t.Reduced.For, Left: t.Reduced.Left}
	}
	return p
}

// othersLike leads to people with the same first issue in the same state who take new clients.
func othersLike(t *directory.Profile) view.Link {
	f := search.All().With("state", t.State).With("accepting", "true").With("free_consultation", "true")
	text := "Others"
	if len(t.Issues) > 0 {
		f = f.With("issue", t.Issues[0])
		text += " who help with " + lowerFirst(search.Label("issue", t.Issues[0]))
	}
	return view.Link{URL: listURL(f), Text: text + " in " + strings.ToUpper(t.State)}
}

func detailRows(t *directory.Profile) []view.Row {
	var rows []view.Row
	add := func(term, group string, slugs []string) {
		if len(slugs) > 0 {
			rows = append(rows, view.Row{Term: term, Values: labels(group, slugs)})
		}
	}
	add("Ways of working", "approach", t.Approaches)
	add("Works with", "group", t.ClientGroups)
	add("Session formats", "format", t.Formats())
	add("How you can meet", "mode", t.Modes())
	add("Languages", "language", t.Languages)
	add("Experienced with", "affirming", t.Affirming)
	add("In their own words about themself", "identity", t.Identities)
	add("Faith-aware practice", "faith", t.Faiths)
	add("Access", "access", t.Access)
	add("Ways to pay", "funding", t.Funding)
	if t.PractisingSince > 0 {
		rows = append(rows, view.Row{Term: "In practice since", Values: []string{strconv.Itoa(t.PractisingSince)}})
	}
	return rows
}

func feeOf(t *directory.Profile, sv directory.Service, now time.Time) feeRow {
	row := feeRow{Name: sv.Name, Minutes: strconv.Itoa(sv.Minutes) + " minutes", Fee: sv.Fee.String(), Modes: modesText(sv.Modes)}
	if sv.Kind == directory.Consultation {
		row.Fee, row.Note = "Free", "A first talk, not therapy. No obligation."
		return row
	}
	if gap, ok := directory.GapOf(t, sv, now); ok {
		row.After = gap.String() + " after Medicare, with a referral"
	}
	return row
}

func paragraphs(s string) []string {
	var out []string
	for _, p := range strings.Split(s, "\n") {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

func policySentence(policy string) string {
	switch policy {
	case "strict":
		return "Changes are free until 72 hours before a paid session. After that half the fee is due, and all of it within 24 hours."
	case "standard":
		return "Changes are free until 48 hours before a paid session. After that half the fee is due, and all of it within 24 hours."
	}
	return "Changes are free until 24 hours before a paid session. After that half the fee is due."
}

func labels(group string, slugs []string) []string {
	out := make([]string, 0, len(slugs))
	for _, s := range slugs {
		if group == "identity" { // said of oneself, never searched: no filter has these words
			out = append(out, taxonomy.Identities.Label(s))
			continue
		}
		out = append(out, search.Label(group, s))
	}
	return out
}

func contains(list []string, v string) bool {
	for _, x := range list {
		if x == v {
			return true
		}
	}
	return false
}

func without(list []string, v string) []string {
	var out []string
	for _, x := range list {
		if x != v {
			out = append(out, x)
		}
	}
	return out
}

// minus is list without what is in other.
func minus(list, other []string) []string {
	var out []string
	for _, x := range list {
		if !contains(other, x) {
			out = append(out, x)
		}
	}
	return out
}

// zoneOf is the location of a stored zone; the database holds only zones that exist.
func zoneOf(name string) *time.Location {
	if loc, err := region.LoadZone(name); err == nil {
		return loc
	}
	return time.UTC
}

// emptySum and sumOf are 64-bit FNV-1a.
const emptySum uint64 = 14695981039346656037

func sumOf[T string | []byte](sum uint64, s T) uint64 {
	for i := 0; i < len(s); i++ {
		sum = (sum ^ uint64(s[i])) * 1099511628211
	}
	return sum
}
