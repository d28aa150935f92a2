package web

import (
	"wattle/internal/directory"
	"wattle/internal/region"
	"wattle/internal/view"
)

// alikeLinks word the people who are like somebody and better in one way; from leads back to the
// search.
func alikeLinks(list []directory.Alternative, from string) []view.Link {
	var out []view.Link
	for _, a := range list {
		l := view.Link{URL: "/therapist/" + a.Slug + from, Text: alikeWords[a.Way] + ": " + a.Name() + ", " + a.Title()}
		switch a.Way {
		case directory.Cheaper:
			l.Note = "from " + a.Fee.String() + ", which is " + a.Less.String() + " less"
		case directory.Sooner:
			l.Note = "free " + view.When(a.Next.Any.In(zoneOf(a.Zone))) + ", " + region.ZoneCity(a.Zone) + " time"
		case directory.Nearer:
			l.Note = kmText(a.Km)
		}
		out = append(out, l)
	}
	return out
}

var alikeWords = map[string]string{directory.Cheaper: "Cheaper", directory.Sooner: "Sooner", directory.Nearer: "Nearer"}
