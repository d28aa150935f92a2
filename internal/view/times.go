package view

import (
	"slices"
	"time"
)

// TimePicker is partial "time-picker": days and times as a plain list of radio buttons.
type TimePicker struct {
	Name   string // of the radios; their values are instants, RFC 3339
	Legend string
	Zone   string // "Sydney time"
	Note   string // said once when the reader's zone differs
	Days   []TimeDay
	Error  string
	Later  string // address of later times, or ""
	Sooner string // address of sooner times, or ""
}

// Two reports whether any time is shown in two zones.
func (p TimePicker) Two() bool {
	for _, d := range p.Days {
		for _, part := range d.Parts {
			if slices.ContainsFunc(part.Times, func(c TimeChoice) bool { return c.Local != "" }) {
				return true
			}
		}
	}
	return false
}

// TimeDay is a day with times. The first day stands open, and the one that holds the time chosen.
type TimeDay struct {
	Day   time.Time
	Open  bool
	Parts []TimePart
}

// ID is the id of the day's box: a page that brings other times keeps it open or shut.
func (d TimeDay) ID() string { return "day-" + ISODate(d.Day) }

// Count is how many times the day has.
func (d TimeDay) Count() int {
	n := 0
	for _, p := range d.Parts {
		n += len(p.Times)
	}
	return n
}

// TimePart is the morning, the afternoon or the evening of a day.
type TimePart struct {
	Label string
	Icon  string
	Times []TimeChoice
}

// TimeChoice is one time. Local is the same instant in the reader's zone when that differs:
// "4:00 pm Brisbane"; the page adds "your time".
type TimeChoice struct {
	Start time.Time
	Local string
	On    bool
}

// Value is what the form sends.
func (t TimeChoice) Value() string { return ISO(t.Start) }

// ID is the id of the time's button.
func (t TimeChoice) ID() string { return "t-" + t.Start.UTC().Format("20060102T1504") }

// GroupTimes lays starts, in order and already in the practice's zone, into days and parts of the
// day. local words the reader's time, "" where the clocks agree, or is nil. chosen is the value already picked, or "".
func GroupTimes(starts []time.Time, local func(time.Time) string, chosen string) []TimeDay {
	var days []TimeDay
	for _, s := range starts {
		if n := len(days); n == 0 || !sameDay(days[n-1].Day, s) {
			days = append(days, TimeDay{Day: s, Open: n == 0})
		}
		day := &days[len(days)-1]
		label, icon := partOf(s)
		if n := len(day.Parts); n == 0 || day.Parts[n-1].Label != label {
			day.Parts = append(day.Parts, TimePart{Label: label, Icon: icon})
		}
		part := &day.Parts[len(day.Parts)-1]
		c := TimeChoice{Start: s, On: ISO(s) == chosen}
		day.Open = day.Open || c.On
		if local != nil {
			c.Local = local(s)
		}
		part.Times = append(part.Times, c)
	}
	return days
}

func sameDay(a, b time.Time) bool {
	return a.Format(time.DateOnly) == b.Format(time.DateOnly)
}

func partOf(t time.Time) (label, icon string) {
	switch h := t.Hour(); {
	case h < 12:
		return "Morning", "sunrise"
	case h < 17:
		return "Afternoon", "sun"
	}
	return "Evening", "sunset"
}
