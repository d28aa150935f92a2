package find

import (
	"wattle/internal/region"
	"wattle/internal/search/match"
	"wattle/internal/view"
	"wattle/internal/web"
	"wattle/internal/web/profile"
)

// alikeLinks word the people who are like another and better in one way; from leads back to the search.
func alikeLinks(list []match.Alternative, from string) []view.Link {
	var out []view.Link
	for _, a := range list {
		l := view.Link{URL: "/therapist/" + a.Slug + from, Text: alikeWords[a.Way] + ": " + a.Name() + ", " + a.Title()}
		switch a.Way {
		case match.Cheaper:
			l.Note = "from " + a.Fee.String() + ", which is " + a.Saving.String() + " less"
		case match.Sooner:
			l.Note = "free " + view.When(a.Next.Any.In(web.ZoneOf(a.Zone))) + ", " + region.ZoneCity(a.Zone) + " time"
		case match.Nearer:
			l.Note = profile.Distance(a.Km)
		}
		out = append(out, l)
	}
	return out
}

var alikeWords = map[string]string{match.Cheaper: "Cheaper", match.Sooner: "Sooner", match.Nearer: "Nearer"}
