package region

import (
	"fmt"
	"time"
)

// knownInstants are wall times computed by hand from the states' daylight-saving acts: first Sunday
// of April 03:00 → 02:00 and first Sunday of October 02:00 → 03:00 standard time, half an hour on
// Lord Howe, none in Queensland, WA and the NT. Each pair straddles a transition.
var knownInstants = []struct{ zone, utc, wall string }{
	{"Australia/Sydney", "2026-04-04T15:59:59Z", "2026-04-05 02:59:59 +1100"},
	{"Australia/Sydney", "2026-04-04T16:00:00Z", "2026-04-05 02:00:00 +1000"},
	{"Australia/Sydney", "2026-10-03T15:59:59Z", "2026-10-04 01:59:59 +1000"},
	{"Australia/Sydney", "2026-10-03T16:00:00Z", "2026-10-04 03:00:00 +1100"},
	{"Australia/Melbourne", "2027-04-03T15:59:59Z", "2027-04-04 02:59:59 +1100"},
	{"Australia/Melbourne", "2027-04-03T16:00:00Z", "2027-04-04 02:00:00 +1000"},
	{"Australia/Melbourne", "2027-10-02T16:00:00Z", "2027-10-03 03:00:00 +1100"},
	{"Australia/Hobart", "2028-04-01T15:59:59Z", "2028-04-02 02:59:59 +1100"},
	{"Australia/Hobart", "2028-04-01T16:00:00Z", "2028-04-02 02:00:00 +1000"},
	{"Australia/Hobart", "2028-09-30T16:00:00Z", "2028-10-01 03:00:00 +1100"},
	{"Australia/Adelaide", "2026-04-04T16:29:59Z", "2026-04-05 02:59:59 +1030"},
	{"Australia/Adelaide", "2026-04-04T16:30:00Z", "2026-04-05 02:00:00 +0930"},
	{"Australia/Adelaide", "2026-10-03T16:29:59Z", "2026-10-04 01:59:59 +0930"},
	{"Australia/Adelaide", "2026-10-03T16:30:00Z", "2026-10-04 03:00:00 +1030"},
	{"Australia/Broken_Hill", "2027-10-02T16:29:59Z", "2027-10-03 01:59:59 +0930"},
	{"Australia/Broken_Hill", "2027-10-02T16:30:00Z", "2027-10-03 03:00:00 +1030"},
	{"Australia/Lord_Howe", "2026-04-04T14:59:59Z", "2026-04-05 01:59:59 +1100"},
	{"Australia/Lord_Howe", "2026-04-04T15:00:00Z", "2026-04-05 01:30:00 +1030"},
	{"Australia/Lord_Howe", "2026-10-03T15:29:59Z", "2026-10-04 01:59:59 +1030"},
	{"Australia/Lord_Howe", "2026-10-03T15:30:00Z", "2026-10-04 02:30:00 +1100"},
	{"Australia/Brisbane", "2026-12-31T14:00:00Z", "2027-01-01 00:00:00 +1000"},
	{"Australia/Lindeman", "2027-12-31T14:00:00Z", "2028-01-01 00:00:00 +1000"},
	{"Australia/Perth", "2026-12-31T16:00:00Z", "2027-01-01 00:00:00 +0800"},
	{"Australia/Darwin", "2026-12-31T14:30:00Z", "2027-01-01 00:00:00 +0930"},
	{"Australia/Eucla", "2028-12-31T15:15:00Z", "2029-01-01 00:00:00 +0845"},
	{"Pacific/Norfolk", "2026-10-03T15:00:00Z", "2026-10-04 03:00:00 +1200"},
	{"Pacific/Norfolk", "2027-04-03T15:00:00Z", "2027-04-04 02:00:00 +1100"},
	{"Indian/Christmas", "2026-06-30T17:00:00Z", "2026-07-01 00:00:00 +0700"},
	{"Indian/Cocos", "2026-06-30T17:30:00Z", "2026-07-01 00:00:00 +0630"},
}

// CheckZones compares the zone data with instants of 2026 to 2028 known from legislation. It runs at
// start, and its error must stop the program: wrong zone data would move every appointment.
func CheckZones() error {
	for _, k := range knownInstants {
		loc, err := LoadZone(k.zone)
		if err != nil {
			return fmt.Errorf("region: zone %s: %w", k.zone, err)
		}
		at, err := time.Parse(time.RFC3339, k.utc)
		if err != nil {
			return fmt.Errorf("region: known instant %s: %w", k.utc, err)
		}
		if got := at.In(loc).Format("2006-01-02 15:04:05 -0700"); got != k.wall {
			return fmt.Errorf("region: zone data %s: %s in %s is %s, not %s", ZoneData, k.utc, k.zone, got, k.wall)
		}
	}
	return nil
}
