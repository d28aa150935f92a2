package region

// zoneExceptions are postcodes whose zone differs from their state's (domain facts, tzdata).
var zoneExceptions = map[string]string{
	"2880": "Australia/Broken_Hill",
	"2898": "Australia/Lord_Howe",
	"2899": "Pacific/Norfolk",
	"6443": "Australia/Eucla",
	"6798": "Indian/Christmas",
	"6799": "Indian/Cocos",
}

// placeZones decide by name where a postcode spans two zones or is missing. Broken Hill's time is law
// for the County of Yancowinna only; Eucla's is custom from the border to Cocklebiddy. Both postcodes
// reach much farther.
var placeZones = map[string]string{
	"nsw broken hill":          "Australia/Broken_Hill",
	"nsw silverton":            "Australia/Broken_Hill",
	"nsw tibooburra":           "Australia/Sydney",
	"nsw milparinka":           "Australia/Sydney",
	"nsw packsaddle":           "Australia/Sydney",
	"nsw lord howe island":     "Australia/Lord_Howe",
	"nsw norfolk island":       "Pacific/Norfolk",
	"qld lindeman island":      "Australia/Lindeman",
	"qld hamilton island":      "Australia/Lindeman",
	"qld hayman island":        "Australia/Lindeman",
	"sa border village":        "Australia/Eucla",
	"wa eucla":                 "Australia/Eucla",
	"wa mundrabilla":           "Australia/Eucla",
	"wa madura":                "Australia/Eucla",
	"wa cocklebiddy":           "Australia/Eucla",
	"wa caiguna":               "Australia/Perth",
	"wa balladonia":            "Australia/Perth",
	"wa fraser range":          "Australia/Perth",
	"wa norseman":              "Australia/Perth",
	"wa christmas island":      "Indian/Christmas",
	"wa cocos islands":         "Indian/Cocos",
	"wa cocos keeling islands": "Indian/Cocos",
}

// ZoneFor returns the IANA zone of a location: by name, else by a postcode that differs from its state,
// else by state. Any argument may be empty; without a state, the postcode's state counts. ok is false
// if nothing is known.
func ZoneFor(state, postcode, name string) (string, bool) {
	s, ok := StateBySlug(state)
	if !ok {
		s, ok = StateOfPostcode(postcode)
	}
	if z, found := placeZones[s.Slug+" "+key(name)]; found {
		return z, true
	}
	if z, found := zoneExceptions[postcode]; found && PostcodeFits(postcode, s.Slug) {
		return z, true
	}
	return s.Zone, ok
}
