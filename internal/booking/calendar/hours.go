package calendar

import (
	"fmt"
	"slices"
	"time"

	"wattle/internal/fault"
)

// limits of a timetable, so that one practice cannot weigh down every sweep.
const (
	maxHours      = 100
	maxExceptions = 400
	maxLeaves     = 100
)

var steps = []int{5, 10, 15, 20, 30, 60}

// Check is fault.Invalid with every field that cannot be: "notice_minutes", "horizon_days",
// "daily_cap", "step_minutes", "weekly", "exceptions", "leaves".
func (a *Availability) Check() error {
	wrong := fault.New(fault.Invalid, "Some answers need another look.")
	between(wrong, "notice_minutes", a.NoticeMinutes, 0, 40320)
	between(wrong, "horizon_days", a.HorizonDays, 1, 365)
	between(wrong, "daily_cap", a.DailyCap, 0, 48)
	if !slices.Contains(steps, a.StepMinutes) {
		wrong.With("step_minutes", "Choose 5, 10, 15, 20, 30 or 60 minutes.")
	}
	a.checkWeekly(wrong)
	a.checkExceptions(wrong)
	a.checkLeaves(wrong)
	return wrong.OrNil()
}

func between(wrong *fault.Error, field string, got, low, high int) {
	if got < low || got > high {
		wrong.With(field, fmt.Sprintf("This must be between %d and %d.", low, high))
	}
}

func (a *Availability) checkWeekly(wrong *fault.Error) {
	if len(a.Weekly) > maxHours {
		wrong.With("weekly", fmt.Sprintf("At most %d lines, please.", maxHours))
	}
	for _, h := range a.Weekly {
		if h.Weekday < time.Sunday || h.Weekday > time.Saturday || !goodSpan(h.Start, h.End) || !goodModes(h.Modes) {
			wrong.With("weekly", "Hours must end after they begin, on the same day.")
			return
		}
	}
}

func (a *Availability) checkExceptions(wrong *fault.Error) {
	if len(a.Exceptions) > maxExceptions {
		wrong.With("exceptions", fmt.Sprintf("At most %d lines, please.", maxExceptions))
	}
	closed := map[Day]bool{}
	for _, e := range a.Exceptions {
		if e.On < tableFirst || e.On > tableLast || !e.Closed && !goodSpan(e.Start, e.End) || !goodModes(e.Modes) {
			wrong.With("exceptions", "Hours must end after they begin, on the same day.")
			return
		}
		if was, known := closed[e.On]; known && was != e.Closed {
			wrong.With("exceptions", e.On.String()+" cannot be both open and closed.")
			return
		}
		closed[e.On] = e.Closed
	}
}

func (a *Availability) checkLeaves(wrong *fault.Error) {
	if len(a.Leaves) > maxLeaves {
		wrong.With("leaves", fmt.Sprintf("At most %d lines, please.", maxLeaves))
	}
	for _, l := range a.Leaves {
		if l.First < tableFirst || l.Last > tableLast || l.First > l.Last {
			wrong.With("leaves", "Leave must end on or after its first day.")
			return
		}
	}
}

func goodSpan(from, to int) bool { return from >= 0 && from < to && to <= 1440 }

func goodModes(list []string) bool {
	for _, m := range list {
		if !slices.Contains(Modes, m) {
			return false
		}
	}
	return true
}
