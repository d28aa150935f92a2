package region

import "strings"

// State is one of the eight states and territories of the directory.
type State struct {
	Slug    string // as in addresses and the API: "nsw"
	Abbrev  string // as people write it: "NSW"
	Name    string // "New South Wales"
	Zone    string // IANA zone most of it keeps
	Capital string
}

// Within is the name as it stands within a sentence: "in New South Wales", but "in the Northern
// Territory".
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

// States lists the eight in the order of the contract. The slice is the caller's.
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

// ParseState understands a slug, an abbreviation or a full name, however it is written
// ("N.S.W.", "new south wales").
func ParseState(text string) (State, bool) {
	k := key(strings.ReplaceAll(text, ".", ""))
	for _, s := range states {
		if k == s.Slug || k == key(s.Name) {
			return s, true
		}
	}
	return State{}, false
}
