package words

import (
	"slices"
	"strings"
	"sync"

	"wattle/internal/region"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// placeLeads introduce a place.
var placeLeads = phrases("in", "near", "around", "at", "from", "nearby", "close to", "near to", "next to", "based in", "located in", "in or near", "in and around", "around the", "in the", "near the", "in regional", "in greater", "anywhere in", "anyone in")

// ordinaryPlaces are suburbs whose names are also plain English or foreign places. Without "in" they
// are plain words.
var ordinaryPlaces = wordSet(`bright orange success paradise pioneer research reservoir eden city prospect plenty snug sunset sunshine surfside tapping emerald
	casino canadian cossack denmark falcon freshwater haven herdsman holder penguin robe scone semaphore mascot boulder labrador longreach sale driver officer
	page ruse yea nome hay rye cook cygnet serpentine redhead redbank toronto miami edmonton bagdad name city research usher term holt hill largs moe`)

// ordinaryPhrases are such names of several words.
var ordinaryPhrases = phrases("the gap", "the hill", "the rock", "the range", "the patch", "the entrance", "the basin", "the gardens", "the junction", "the ponds", "the narrows", "the oaks", "the vines",
	"one mile", "two rocks", "two wells", "hill top", "round corner", "table top", "long gully", "valley view", "rural view", "black mountain", "white rock", "spring farm", "tom price", "mile end",
	"border village", "little mountain", "red cliffs", "happy valley", "mount pleasant", "new beith", "park avenue", "russell lea", "raymond terrace", "kin kora")

// stateNames maps names and abbreviations to state slugs; capitals holds the names of states and their
// capital cities.
var stateNames, capitals = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for _, s := range region.States() {
		out[s.Slug], out[strings.ToLower(s.Name)] = s.Slug, s.Slug
	}
	return out
}), sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for _, s := range region.States() {
		out[s.Slug], out[strings.ToLower(s.Name)], out[strings.ToLower(s.Capital)] = true, true, true
	}
	return out
})

// capital reports whether a word is a state or a capital city, though some of them are also given
// names.
func capital(word string) bool { return capitals()[word] }

// readPlace parses a suburb, postcode or state, with or without "in".
func readPlace(words []string, i int) (token, bool) {
	best := token{}
	for _, at := range []int{i, i + longest(placeLeads, words[i:])} {
		if at >= len(words) {
			continue
		}
		p := token{from: i, sure: at > i}
		if ok := p.readName(words, at); ok && p.to > best.to {
			best = p
		}
	}
	return best, best.to > i
}

// nicknames map colloquial names to places.
var nicknames = map[string]string{"brissie": "brisbane", "brisvegas": "brisbane", "brizzy": "brisbane", "melb": "melbourne", "syd": "sydney", "radelaide": "adelaide",
	"freo": "fremantle", "parra": "parramatta", "tassie": "tas", "gong": "wollongong", "newy": "newcastle", "rocky": "rockhampton",
	"wagga": "wagga wagga", "coffs": "coffs harbour", "surfers": "surfers paradise"}

// readName parses a suburb with its state and postcode, a postcode, or a state alone.
func (p *token) readName(words []string, at int) bool {
	if full, ok := nicknames[words[at]]; ok && suburbAt(words[at:]) == 0 {
		words = slices.Clone(words)
		words[at] = full
	}
	n := suburbAt(words[at:])
	stateLen, state := stateAt(words[at:])
	switch {
	case n > 0 && n >= stateLen:
		p.to, p.place = at+n, strings.Join(words[at:at+n], " ")
		ordinary := n == 1 && (taxonomy.AlsoName(p.place) || ordinaryPlaces[p.place]) ||
			longest(ordinaryPhrases, words[at:]) == n
		p.weak = ordinary && !p.sure
		p.readRest(words)
	case stateLen > 0:
		p.to, p.values = at+stateLen, []search.Value{value("state", state)}
		if stateLen == 1 && words[at] == "act" && !p.sure {
			return false // ambiguous: the approach, the state or the verb
		}
		p.weak = !p.sure && stateLen == 1 && taxonomy.AlsoName(words[at])
	case postcodeAt(words, at):
		p.to, p.place, p.sure = at+1, words[at], true
		if i := p.to; i < len(words) {
			if n, slug := stateAt(words[i:]); n > 0 {
				p.to, p.state = i+n, slug
			}
		}
	default:
		return false
	}
	return true
}

// readRest parses the state and postcode after a suburb; either one makes it certain to be a place.
func (p *token) readRest(words []string) {
	if n, slug := stateAt(words[p.to:]); n > 0 {
		p.to, p.state, p.sure, p.weak = p.to+n, slug, true, false
	}
	if postcodeAt(words, p.to) {
		p.place += " " + words[p.to]
		p.to, p.sure, p.weak = p.to+1, true, false
	}
	if n, slug := stateAt(words[p.to:]); n > 0 && p.state == "" {
		p.to, p.state = p.to+n, slug
	}
}

// suburbAt is how many words the longest suburb's name takes.
func suburbAt(words []string) int {
	for n := min(4, len(words)); n > 0; n-- {
		name := strings.Join(words[:n], " ")
		if len(name) > 2 && !(n == 1 && taxonomy.StopWord(name)) && len(region.Find(name, "")) > 0 {
			return n
		}
	}
	return 0
}

func stateAt(words []string) (n int, slug string) {
	for n = min(3, len(words)); n > 0; n-- {
		if slug, ok := stateNames()[strings.Join(words[:n], " ")]; ok {
			return n, slug
		}
	}
	return 0, ""
}

// sinceWords before four digits make them a year.
var sinceWords = wordSet("since born before after until year years back during")

func postcodeAt(words []string, at int) bool {
	return at < len(words) && len(words[at]) == 4 && len(region.ByPostcode(words[at])) > 0 &&
		!(at > 0 && (sinceWords[words[at-1]] || words[at-1] == dollarMark))
}

// places resolves the places named. A single place becomes a filter; a shared name, or several places,
// become candidates. States selected by hand or named in the text narrow them.
func (r *reading) places(f search.Filter) {
	states := f.States
	for _, p := range r.tokens {
		for _, v := range p.values {
			if v.Group == "state" && len(f.States) == 0 {
				states = append(slices.Clone(states), v.Value)
			}
		}
	}
	var found []search.Place
	var at []int
	for i, p := range r.tokens {
		if p.place == "" {
			continue
		}
		place, choices := search.FindPlace(p.place, narrowTo(p.state, states))
		switch {
		case !place.IsZero():
			choices = []search.Place{place}
		case len(choices) == 0:
			r.unset(i)
			continue
		}
		found, at = append(found, choices...), append(at, i)
	}
	r.settle(distinctPlaces(found), at)
}

func narrowTo(state string, states []string) []string {
	if state != "" {
		return []string{state}
	}
	return states
}

func distinctPlaces(all []search.Place) []search.Place {
	var out []search.Place
	for _, p := range all {
		if !slices.ContainsFunc(out, func(o search.Place) bool { return o.Text == p.Text }) {
			out = append(out, p)
		}
	}
	return out
}

func (r *reading) settle(found []search.Place, at []int) {
	switch {
	case len(found) == 0:
		r.dropDistance()
	case len(found) > 1:
		r.candidates, r.ambiguous = found, at
		r.dropDistance()
	default:
		values := []search.Value{value("near", found[0].Text)}
		for i, p := range r.tokens { // "nsw newtown" and "newtown within 5 km" are one place
			if len(p.values) != 1 {
				continue
			}
			if v := p.values[0]; v.Group == "within_km" {
				values = append(values[:1], v)
				r.tokens[i].values, r.tokens[i].quiet = nil, true
			} else if v == (value("state", found[0].State)) {
				r.tokens[i].values, r.tokens[i].quiet = nil, true
			}
		}
		for _, i := range at {
			r.tokens[i].values = values
		}
	}
}

// dropDistance turns a distance back into words when there is no place to measure it from. While the
// place is ambiguous the distance goes with the candidates.
func (r *reading) dropDistance() {
	for i, p := range r.tokens {
		if len(p.values) == 1 && p.values[0].Group == "within_km" {
			r.unset(i)
			if len(r.candidates) > 0 {
				r.km, r.tokens[i].quiet = atoi(p.values[0].Value), true
			}
		}
	}
}
