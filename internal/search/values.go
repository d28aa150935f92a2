package search

import (
	"time"
	"wattle/internal/directory"
)

// Traits lists the values a therapist has in a group of filters, whatever the time. Availability
// goes by the clock (see Free) and the price bucket by format (see Bucket).
func Traits(t *directory.Profile, group string) []string {
	switch group {
	case "state":
		return []string{t.State}
	case "type":
		return []string{t.Type}
	case "issue":
		return t.AllIssues()
	case "mode":
		return t.Modes()
	case "language":
		return t.Languages
	case "gender":
		return []string{t.Gender}
	case "approach":
		return t.Approaches
	case "format":
		return t.Formats()
	case "funding":
		return t.Funding
	case "group":
		return t.ClientGroups
	case "affirming":
		return t.Affirming
	case "faith":
		return t.Faiths
	case "access":
		return t.Access
	case "reduced":
		return yes(t.Reduced != nil && t.Reduced.Left > 0)
	case "free_consultation":
		_, offered := t.FreeConsult()
		return yes(offered)
	case "accepting":
		return yes(t.Accepting)
	}
	return nil
}

func yes(b bool) []string {
	if b {
		return []string{"true"}
	}
	return nil
}

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
