package region

import "strconv"

// postcodeRanges are Australia Post's allocations by state, street and box ranges together.
var postcodeRanges = []struct {
	from, to int
	state    string
}{
	{200, 299, "act"}, {800, 999, "nt"},
	{1000, 2599, "nsw"}, {2600, 2618, "act"}, {2619, 2899, "nsw"}, {2900, 2920, "act"}, {2921, 2999, "nsw"},
	{3000, 3999, "vic"}, {8000, 8999, "vic"},
	{4000, 4999, "qld"}, {9000, 9999, "qld"},
	{5000, 5999, "sa"}, {6000, 6999, "wa"}, {7000, 7999, "tas"},
}

// acrossBorders lists postcodes whose delivery area reaches into further states.
var acrossBorders = map[string][]string{
	"0872": {"sa", "wa"}, // Anangu and Ngaanyatjarra lands, served from Alice Springs
	"2406": {"qld"},      // Mungindi
	"2540": {"act"},      // Jervis Bay Territory
	"2611": {"nsw"},      // Uriarra
	"2618": {"nsw"},      // Hall and Wallaroo
	"2620": {"act"},      // Hume, Tharwa
	"3500": {"nsw"},      // Paringi, across the Murray
	"3586": {"nsw"},      // Mallan
	"3644": {"nsw"},      // Barooga
	"3691": {"nsw"},      // Lake Hume
	"3707": {"nsw"},      // Bringenbrong
	"4375": {"nsw"},      // Cottonvale's side of the border
	"4377": {"nsw"},      // Maryland
	"4380": {"nsw"},      // Ruby Creek, Amosfield
	"4383": {"nsw"},      // Jennings
	"4385": {"nsw"},      // Texas's far bank
	"4825": {"nt"},       // Alpurrurulam
}

// StateOfPostcode returns the state of a four-digit postcode; false if it is not allocated. Norfolk
// Island (2899) counts as NSW, Christmas and Cocos Islands (6798, 6799) as WA.
func StateOfPostcode(postcode string) (State, bool) {
	n, err := strconv.Atoi(postcode)
	if err != nil || len(postcode) != 4 || !isDigits(postcode) {
		return State{}, false
	}
	for _, r := range postcodeRanges {
		if r.from <= n && n <= r.to {
			return StateBySlug(r.state)
		}
	}
	return State{}, false
}

// PostcodeFits reports whether a postcode can occur in a state (a slug), including the few that cross a
// border (Barooga NSW 3644).
func PostcodeFits(postcode, state string) bool {
	s, ok := StateOfPostcode(postcode)
	if !ok {
		return false
	}
	if s.Slug == state {
		return true
	}
	for _, other := range acrossBorders[postcode] {
		if other == state {
			return true
		}
	}
	return false
}
