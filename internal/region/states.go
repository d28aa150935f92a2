package region

import "strings"

// State is one of the eight states and territories of the directory.
type State struct {
	Slug    string // used in addresses and the API: "nsw"
	Abbrev  string // "NSW"
	Name    string // "New South Wales"
	Zone    string // IANA zone of most of the state
	Capital string
}

// Within formats the name inside a sentence: "in New South Wales", "in the Northern Territory".
func (s State) Within() string {
	if strings.HasSuffix(s.Name, "Territory") {
		return "the " + s.Name
	}
	return s.Name
}

var states = []State{
	{"nsw", "NSW", "New South Wales", "Australia/Sydney", "Sydney"},
	{"vic", "Vic", "Victoria", "Australia/Melbourne", "Melbourne"},
	{"qld", "Qld", "Queensland", "Australia/Brisbane", "Brisbane"},
	{"sa", "SA", "South Australia", "Australia/Adelaide", "Adelaide"},
	{"wa", "WA", "Western Australia", "Australia/Perth", "Perth"},
	{"tas", "Tas", "Tasmania", "Australia/Hobart", "Hobart"},
	{"act", "ACT", "Australian Capital Territory", "Australia/Sydney", "Canberra"},
	{"nt", "NT", "Northern Territory", "Australia/Darwin", "Darwin"},
}

// States lists the eight states in API order. The caller owns the slice.
func States() []State { return append([]State(nil), states...) }

// StateBySlug finds a state by its exact slug.
func StateBySlug(slug string) (State, bool) {
	for _, s := range states {
		if s.Slug == slug {
			return s, true
		}
	}
	return State{}, false
}

// ParseState accepts a slug, an abbreviation or a full name in any spelling ("N.S.W.", "new south
// wales").
func ParseState(text string) (State, bool) {
	k := key(strings.ReplaceAll(text, ".", ""))
	for _, s := range states {
		if k == s.Slug || k == key(s.Name) {
			return s, true
		}
	}
	return State{}, false
}
