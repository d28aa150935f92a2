package notify

import (
	"strings"
	"time"
	"unicode"

	"wattle/internal/region"
)

// OneLine makes typed text safe to print on one line: no line breaks, control or direction
// characters, at most limit runes.
func OneLine(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > limit {
		return strings.TrimSpace(string(runes[:limit])) + "…"
	}
	return s
}

// ZoneLabel names the zone of t's clock with its abbreviation, "Sydney time (AEDT)", which
// distinguishes two equal wall times on the night daylight saving ends.
func ZoneLabel(t time.Time) string {
	name, _ := t.Zone()
	if name == "" || name[0] == '+' || name[0] == '-' {
		return ZoneName(t.Location())
	}
	return ZoneName(t.Location()) + " (" + name + ")"
}

// ZoneName is a zone as people call it: "Sydney time".
func ZoneName(l *time.Location) string { return region.ZoneCity(l.String()) + " time" }
