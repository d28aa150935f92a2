package find

import (
	"wattle/internal/region"
	"wattle/internal/search"
	"wattle/internal/view"
	"wattle/internal/web"
	"wattle/internal/web/profile"
)

// alikeLinks word the people who are like somebody and better in one way; from leads back to the
// search.
func alikeLinks(list []search.Alternative, from string) []view.Link {
	var out []view.Link
	for _, a := range list {
		l := view.Link{URL: "/therapist/" + a.Slug + from, Text: alikeWords[a.Way] + ": " + a.Name() + ", " + a.Title()}
		switch a.Way {
		case search.Cheaper:
			l.Note = "from " + a.Fee.String() + ", which is " + a.Saving.String() + " less"
		case search.Sooner:
			l.Note = "free " + view.When(a.Next.Any.In(web.ZoneOf(a.Zone))) + ", " + region.ZoneCity(a.Zone) + " time"
		case search.Nearer:
			l.Note = profile.Distance(a.Km)
		}
		out = append(out, l)
	}
	return out
}

var alikeWords = map[string]string{search.Cheaper: "Cheaper", search.Sooner: "Sooner", search.Nearer: "Nearer"}
