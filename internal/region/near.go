package region

import (
	"slices"
	"strings"
)

// Near understands where a person wants to look: "newtown", "newtown nsw", "Newtown NSW 2042",
// "newtown-2042" or "2042". A state's slug narrows the answer; a state in the text wins over it.
//
// One place, or all known suburbs of one postcode, answer with ambiguous false. Where a name is
// borne by several places the answer lists them, most populous first, with ambiguous true; a
// capital city's bare name means the capital. No places at all means the text is not known.
func Near(text, state string) (places []Place, ambiguous bool) {
	name, inText, postcode := splitNear(text)
	if inText != "" {
		state = inText
	}
	if name == "" {
		return suburbsOf(postcode, state), false
	}
	found := withPostcode(findOrBegin(name, state), postcode)
	if state == "" {
		found = capitalFirst(found)
	}
	return found, len(found) > 1
}

// splitNear takes a text apart into a folded name, a state slug and a postcode, any of them empty.
func splitNear(text string) (name, state, postcode string) {
	words := strings.Fields(key(text))
	words, postcode = cutPostcode(words)
	for n := min(3, len(words)); n > 0; n-- { // "western australia" before "australia"
		s, ok := ParseState(strings.Join(words[len(words)-n:], " "))
		rest := words[:len(words)-n]
		if !ok || len(rest) == 0 && postcode == "" {
			continue
		}
		if len(Find(strings.Join(words, " "), "")) > 0 { // "Mount Victoria" is a place
			break
		}
		return strings.Join(rest, " "), s.Slug, postcode
	}
	return strings.Join(words, " "), "", postcode
}

func cutPostcode(words []string) (rest []string, postcode string) {
	for i, w := range words {
		if len(w) == 4 && isDigits(w) {
			return slices.Delete(slices.Clone(words), i, i+1), w
		}
	}
	return words, ""
}

// suburbsOf lists a postcode's suburbs; the few postcodes that cross a border are narrowed by state
// where that leaves something.
func suburbsOf(postcode, state string) []Place {
	all := ByPostcode(postcode)
	var inState []Place
	for _, p := range all {
		if p.State == state {
			inState = append(inState, p)
		}
	}
	if len(inState) > 0 {
		return inState
	}
	return all
}

// beginnings are words too common to stand for the names they begin.
var beginnings = map[string]bool{"mount": true, "port": true, "lake": true, "point": true, "north": true, "south": true, "east": true, "west": true, "upper": true, "lower": true}

// findOrBegin falls back on names that begin with the words given ("Umina" for Umina Beach).
func findOrBegin(name, state string) []Place {
	if found := Find(name, state); len(found) > 0 {
		return found
	}
	if len(name) < 4 || beginnings[name] {
		return nil
	}
	g := theGazetteer()
	var at []int
	for _, i := range g.namePrefix(name + " ") {
		if state == "" || g.all[i].State == state {
			at = append(at, i)
		}
	}
	return g.pick(at)
}

// withPostcode keeps the places that bear the postcode, or whose own postcode is not known but
// could be it.
func withPostcode(found []Place, postcode string) []Place {
	if postcode == "" {
		return found
	}
	var exact, possible []Place
	for _, p := range found {
		switch {
		case p.Postcode == postcode:
			exact = append(exact, p)
		case p.Postcode == "" && PostcodeFits(postcode, p.State):
			possible = append(possible, p)
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return possible
}

func capitalFirst(found []Place) []Place {
	for _, p := range found {
		if s, ok := StateBySlug(p.State); ok && s.Capital == p.Name {
			return []Place{p}
		}
	}
	return found
}
