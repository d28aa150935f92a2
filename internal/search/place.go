package search

import (
	"strings"

	"wattle/internal/region"
)

// Place is the centre of a search by distance. Text is canonical: it identifies the place without the
// states selected beside it, so links keep their meaning when a state is removed.
type Place struct {
	Text     string // "newtown nsw 2042", "2042"
	Name     string // "Newtown", or the postcode
	State    string
	Postcode string // "" if unknown
	Lat, Lng float64
}

// IsZero reports whether the search has no place.
func (p Place) IsZero() bool { return p.Text == "" }

// Label formats the place: "Newtown NSW 2042".
func (p Place) Label() string {
	if p.Name == p.Postcode {
		return p.Name
	}
	return region.Place{Name: p.Name, State: p.State, Postcode: p.Postcode}.Label()
}

// PlaceOf converts a region place.
func PlaceOf(p region.Place) Place {
	text := strings.ReplaceAll(p.Slug(), "-", " ")
	if p.Postcode != "" {
		text = strings.TrimSuffix(text, " "+p.Postcode) + " " + p.State + " " + p.Postcode
	} else {
		text += " " + p.State
	}
	return Place{Text: text, Name: p.Name, State: p.State, Postcode: p.Postcode, Lat: p.Lat, Lng: p.Lng}
}

// FindPlace resolves a suburb or postcode, narrowed by the selected states. An ambiguous name returns
// choices; an unknown one returns neither a place nor choices.
func FindPlace(text string, states []string) (place Place, choices []Place) {
	found, ambiguous := lookUp(text, states)
	switch {
	case len(found) == 0:
		return Place{}, nil
	case len(found) == 1:
		return PlaceOf(found[0]), nil
	case !ambiguous:
		return placeOfPostcode(found), nil
	}
	if same := distinct(within(found, states)); len(same) == 1 {
		return PlaceOf(same[0]), nil
	} else if len(same) > 1 {
		found = same
	}
	for _, p := range distinct(found) {
		choices = append(choices, PlaceOf(p))
	}
	if len(choices) == 1 {
		return choices[0], nil
	}
	return Place{}, choices
}

// lookUp tries the only selected state first, then all of Australia: Queanbeyan is near Canberra
// although it lies in NSW.
func lookUp(text string, states []string) (found []region.Place, ambiguous bool) {
	if len(states) == 1 {
		if found, ambiguous = region.Near(text, states[0]); len(found) > 0 {
			return found, ambiguous
		}
	}
	return region.Near(text, "")
}

func placeOfPostcode(found []region.Place) Place {
	pc := found[0].Postcode
	lat, lng := region.Centre(found)
	return Place{Text: pc, Name: pc, State: found[0].State, Postcode: pc, Lat: lat, Lng: lng}
}

func within(found []region.Place, states []string) []region.Place {
	var out []region.Place
	for _, p := range found {
		for _, s := range states {
			if p.State == s {
				out = append(out, p)
			}
		}
	}
	return out
}

// distinct removes places that look alike: per name and state it keeps those with a postcode, or the
// most populous if none has one.
func distinct(found []region.Place) []region.Place {
	var out []region.Place
	seen, coded := map[string]bool{}, map[string]bool{}
	for _, p := range found {
		coded[p.Name+p.State] = coded[p.Name+p.State] || p.Postcode != ""
	}
	for _, p := range found {
		l := p.Label()
		if seen[l] || p.Postcode == "" && coded[p.Name+p.State] {
			continue
		}
		seen[l] = true
		out = append(out, p)
	}
	return out
}
