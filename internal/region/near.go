package region

import (
	"slices"
	"strings"
)

// Near resolves a location: "newtown", "newtown nsw", "Newtown NSW 2042", "newtown-2042" or "2042". state is
// a slug that narrows the result; a state in the text takes precedence.
//
// A single place, or all suburbs of one postcode, are not ambiguous. A name shared by several places returns
// all of them, most populous first, as ambiguous; the bare name of a capital city means the capital. An unknown
// text returns no places.
func Near(text, state string) (places []Place, ambiguous bool) {
	name, inText, postcode := splitNear(text)
	if inText != "" {
		state = inText
	}
	if name == "" {
		return suburbsOf(postcode, state), false
	}
	found := withPostcode(findOrPrefix(name, state), postcode)
	if state == "" {
		found = capitalFirst(found)
	}
	return found, len(found) > 1
}

// splitNear splits a text into a folded name, a state slug and a postcode, any of which may be empty.
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

// suburbsOf lists the suburbs of a postcode. State narrows the few postcodes that cross a border, if
// that leaves any.
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

// commonPrefixes are first words too common to stand for the whole name.
var commonPrefixes = map[string]bool{"mount": true, "port": true, "lake": true, "point": true, "north": true,
	"south": true, "east": true, "west": true, "upper": true, "lower": true}

// findOrPrefix falls back to names that start with the given words ("Umina" for Umina Beach).
func findOrPrefix(name, state string) []Place {
	if found := Find(name, state); len(found) > 0 {
		return found
	}
	if len(name) < 4 || commonPrefixes[name] {
		return nil
	}
	g := loadedGazetteer()
	var at []int
	for _, i := range g.namePrefix(name + " ") {
		if state == "" || g.all[i].State == state {
			at = append(at, i)
		}
	}
	return g.pick(at)
}

// withPostcode keeps places with the postcode, or else those without one for which it is possible.
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
