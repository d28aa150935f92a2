package search

import (
	"time"

	"wattle/internal/directory"
)

// Week is how far "this week" reaches.
const Week = 7 * 24 * time.Hour

// Free says whether the next instants match a value of available at now. Only instants still to
// come count: today before the next midnight of the practice, week within 7 × 24 hours, evening and
// weekend whenever.
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

// Midnight is the first instant after now of the next calendar day in zone.
func Midnight(zone *time.Location, now time.Time) time.Time {
	y, m, d := now.In(zone).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, zone)
}
