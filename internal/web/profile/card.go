// Package profile words a profile for every area: cards, facts, prices, portraits and addresses.
package profile

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"wattle/internal/directory"
	"wattle/internal/portrait"
	"wattle/internal/region"
	"wattle/internal/search"
	"wattle/internal/view"
	"wattle/internal/web"
)

// Card words a therapist for a list; from is what their address ends with.
func Card(v search.View, format, from string, now time.Time) view.Card {
	lead, rest := view.SplitBio(v.Bio, 150)
	card := view.Card{
		URL: "/therapist/" + v.Slug + from, Name: v.Name(), Title: v.Title(), Portrait: Portrait(v.Profile, ""),
		Checked: Checked(v.Profile), Facts: Facts(v), Lead: lead, Rest: clipWords(rest, 280), Why: v.Matched,
		Price: Price(v.Profile, format, now), Heading: 2,
	}
	if next, ok := directory.NextService(v.Profile); ok && v.Accepting {
		if !v.Next.Any.IsZero() {
			at := v.Next.Any.In(web.ZoneOf(v.Zone))
			card.Next, card.NextAt, card.NextNote = view.When(at), at, region.ZoneCity(v.Zone)+" time"
			card.Action = view.Link{URL: "/therapist/" + v.Slug + "/book?service=" + next.Slug,
				Text: "Book a free " + strconv.Itoa(next.Minutes) + "-minute call",
				Note: "No cost, no obligation. A first talk, not therapy."}
		}
	}
	return card
}

// Checked says when the first credential was last looked up, with the kind of thing it is.
func Checked(t *directory.Profile) string {
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

// Portrait is the picture of a profile; size is "" or "large".
func Portrait(t *directory.Profile, size string) view.Portrait {
	return view.Portrait{URL: "/portrait/" + t.Slug + ".svg", Name: t.GivenName + " " + t.FamilyName, Size: size}
}

// Drawing is the drawn portrait as SVG.
func Drawing(t *directory.Profile) []byte { return portrait.SVG(portrait.From(t.Portrait)) }

// Facts are a card's lines of place, modes and languages.
func Facts(v search.View) []view.Fact {
	facts := []view.Fact{{Icon: "map-pin", Text: Place(v)}}
	if m := v.Modes(); len(m) > 0 {
		facts = append(facts, view.Fact{Icon: modeIcon(m[0]), Text: Modes(m)})
	}
	if langs := Labels("language", Without(v.Languages, "english")); len(langs) > 0 {
		facts = append(facts, view.Fact{Icon: "languages", Text: "Also speaks " + view.JoinAnd(langs)})
	}
	if !v.Accepting {
		facts = append(facts, view.Fact{Icon: "hourglass", Text: "Not taking new clients now"})
	}
	return facts
}

// Place says where a person practises, and how far away that is where a place was asked for.
func Place(v search.View) string {
	if !slices.Contains(v.Modes(), "in-person") {
		return "Online across Australia, from " + strings.ToUpper(v.State)
	}
	place := v.Suburb + " " + strings.ToUpper(v.State) + " " + v.Postcode
	if v.HasKm {
		place += " · " + Distance(v.Km)
	}
	return place
}

// Distance is a distance in words.
func Distance(km float64) string {
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

// Modes is "Video, phone or in person".
func Modes(modes []string) string {
	words := Labels("mode", modes)
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

// Price words the fee of a kind of session; "" is the one that stands for the practice.
func Price(t *directory.Profile, format string, now time.Time) view.Price {
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

// Without is list without some of its values.
func Without(list []string, values ...string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(v string) bool { return slices.Contains(values, v) })
}
