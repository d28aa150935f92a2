package find

import (
	"strconv"
	"strings"
	"time"

	"wattle/internal/directory"
	"wattle/internal/region"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
	"wattle/internal/view"
	"wattle/internal/web"
	"wattle/internal/web/profile"
)

// profile words everything of a profile but its free times.
func (s *Pages) profile(req web.Request, v search.View) therapistShowPage {
	t := v.Profile
	p := therapistShowPage{
		Chrome: s.Chrome(req, t.PrintedName()+", "+t.Title()+" in "+t.Suburb+" "+strings.ToUpper(t.State), t.Headline,
			"/therapist/"+t.Slug),
		T: t, Name: t.Name(), Title: t.FullTitle(), Portrait: profile.Portrait(t, "large"), Facts: profile.Facts(v),
		Bio: profile.Paragraphs(t.Bio), Focus: profile.Labels("issue", t.Issues),
		Also:    lowerFirsts(profile.Labels("issue", profile.Without(t.AlsoIssues, t.Issues...))),
		Checked: profile.Checked(t), Price: profile.Price(t, "", s.Clock.Now()), Others: othersLike(t),
		Zone: region.ZoneCity(t.Zone) + " time", Policy: policySentence(t.Policy), CodeLink: conductCode(t),
	}
	p.Active = "find"
	p.NoIndex = t.Demo
	shared := personPicture(v)
	s.Pictured(&p.Chrome, "/therapist/"+t.Slug, "profile", personAlt(shared), shared)
	p.JSONLD = web.Graph(web.Breadcrumbs(s.BaseURL, append(profileCrumbs(t),
		view.Link{URL: "/therapist/" + t.Slug, Text: p.Name})), profileData(s.BaseURL, t, p.Name, p.Title))
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
		text += " who help with " + taxonomy.Within(search.Label("issue", t.Issues[0]))
	}
	return view.Link{URL: profile.ListURL(f), Text: text + " in " + strings.ToUpper(t.State)}
}

func detailRows(t *directory.Profile) []view.Row {
	var rows []view.Row
	add := func(term, group string, slugs []string) {
		if len(slugs) > 0 {
			rows = append(rows, view.Row{Term: term, Values: profile.Labels(group, slugs)})
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
	row := feeRow{Name: sv.Name, Minutes: strconv.Itoa(sv.Minutes) + " minutes", Fee: sv.Fee.String(),
		Modes: profile.Modes(sv.Modes)}
	if sv.Kind == directory.Consultation {
		row.Fee, row.Note = "Free", "A first talk, not therapy. No obligation."
		return row
	}
	if gap, ok := directory.GapOf(t, sv, now); ok {
		row.After = gap.String() + " after Medicare, with a referral"
	}
	return row
}

func policySentence(policy string) string {
	switch policy {
	case "strict":
		return "Changes are free until 72 hours before a paid session. After that half the fee is due, " +
			"and all of it within 24 hours."
	case "standard":
		return "Changes are free until 48 hours before a paid session. After that half the fee is due, " +
			"and all of it within 24 hours."
	}
	return "Changes are free until 24 hours before a paid session. After that half the fee is due."
}
