package search

import (
	"time"

	"wattle/internal/directory"
)

// Week is the length of "this week".
const Week = 7 * 24 * time.Hour

// Free reports whether the next free times satisfy a value of available: today is before the practice's
// next midnight, week within 7 × 24 hours, evening and weekend any time ahead. Times that have passed
// never count.
func Free(n directory.Next, value string, zone *time.Location, now time.Time) bool {
	switch value {
	case "today":
		return n.Any.After(now) && n.Any.Before(Midnight(zone, now))
	case "week":
		return n.Any.After(now) && !n.Any.After(now.Add(Week))
	case "evening":
		return n.Evening.After(now)
	case "weekend":
		return n.Weekend.After(now)
	}
	return false
}

// Midnight returns the start of the next calendar day in zone.
func Midnight(zone *time.Location, now time.Time) time.Time {
	y, m, d := now.In(zone).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, zone)
}
