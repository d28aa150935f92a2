package region

import (
	"fmt"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // zones abroad, for clients who travel, on machines without zone files
)

// ZoneData is the release of the embedded IANA database. Times derived under another release must be
// derived again.
const ZoneData = "2025c"

// Zone is an Australian time zone for people to choose.
type Zone struct {
	Name  string // IANA: "Australia/Sydney"
	City  string // "Sydney"
	Where string // "NSW, ACT"
}

var zones = []Zone{
	{"Australia/Sydney", "Sydney", "NSW and ACT"},
	{"Australia/Melbourne", "Melbourne", "Victoria"},
	{"Australia/Brisbane", "Brisbane", "Queensland"},
	{"Australia/Adelaide", "Adelaide", "South Australia"},
	{"Australia/Perth", "Perth", "Western Australia"},
	{"Australia/Hobart", "Hobart", "Tasmania"},
	{"Australia/Darwin", "Darwin", "Northern Territory"},
	{"Australia/Broken_Hill", "Broken Hill", "far west NSW"},
	{"Australia/Eucla", "Eucla", "WA's south-east corner"},
	{"Australia/Lord_Howe", "Lord Howe Island", "NSW"},
	{"Australia/Lindeman", "Whitsunday Islands", "Queensland"},
	{"Pacific/Norfolk", "Norfolk Island", "external territory"},
	{"Indian/Christmas", "Christmas Island", "external territory"},
	{"Indian/Cocos", "Cocos (Keeling) Islands", "external territory"},
}

// Zones lists the Australian zones, the populous ones first. The caller owns the slice.
func Zones() []Zone { return append([]Zone(nil), zones...) }

// ZoneByName finds an Australian zone by its IANA name.
func ZoneByName(name string) (Zone, bool) {
	for _, z := range zones {
		if z.Name == name {
			return z, true
		}
	}
	return Zone{}, false
}

// ZoneCity names a zone: "Sydney", or for a foreign zone the last part of its IANA name ("Buenos
// Aires").
func ZoneCity(name string) string {
	if z, ok := ZoneByName(name); ok {
		return z.City
	}
	return strings.ReplaceAll(name[strings.LastIndexByte(name, '/')+1:], "_", " ")
}

var loaded sync.Map // name → *time.Location; bounded, since only existing names are cached

// LoadZone returns the zone with an IANA name. Australian zones come only from the embedded release, so
// all instances agree. "", "Local" and malformed names are errors.
func LoadZone(name string) (*time.Location, error) {
	if l, ok := loaded.Load(name); ok {
		return l.(*time.Location), nil
	}
	loc, err := readZone(name)
	if err != nil {
		return nil, err
	}
	l, _ := loaded.LoadOrStore(name, loc)
	return l.(*time.Location), nil
}

func readZone(name string) (*time.Location, error) {
	if !plainZone(name) {
		return nil, fmt.Errorf("region: %.64q is not the name of a time zone", name)
	}
	if raw, err := files.ReadFile("data/zoneinfo/" + name); err == nil {
		return time.LoadLocationFromTZData(name, raw)
	}
	return time.LoadLocation(name)
}

// plainZone rejects everything else in a zone directory: lower-case names ("right/…", which counts leap
// seconds, and "posixrules"), paths and "Local".
func plainZone(name string) bool {
	if name == "" || name == "Local" || len(name) > 64 || name[0] < 'A' || name[0] > 'Z' {
		return false
	}
	for _, r := range name {
		if !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_+-", r) {
			return false
		}
	}
	return !strings.Contains(name, "//") && !strings.HasSuffix(name, "/")
}
