package calendar

import (
	"cmp"
	"slices"
	"time"
)

// Timetable is one calendar: its rules and what is taken.
type Timetable struct {
	Availability
	Zone    *Zone
	Holiday func(Day) bool // reports the public holidays of the practice's state; nil for none
	Busy    []Busy         // sorted by From
}

// Slot is a free time, with the modes in which it can be booked.
type Slot struct {
	Starts, Ends time.Time
	Modes        []string
}

func (t *Timetable) plan(s *Service, mode string) *Plan {
	p := new(Plan)
	p.Set(&t.Availability, t.Zone, t.Holiday, s, mode)
	return p
}

// Offers reports whether the hours allow a start, busy or not.
func (t *Timetable) Offers(s *Service, mode string, start, now time.Time) bool {
	m := MinuteOf(start)
	return m.Time().Equal(start) && t.plan(s, mode).Offers(m, now)
}

// Slots lists the free times of a service between two dates (both included), in order of time. One plan
// serves all modes when the hours do not depend on the mode.
func (t *Timetable) Slots(s *Service, modes []string, from, to Day, now time.Time) []Slot {
	together := 1
	if t.SameInAllModes(s.Slug, modes) {
		together = max(1, len(modes))
	}
	var out []Slot
	for served := range slices.Chunk(modes, together) {
		for _, m := range t.plan(s, served[0]).Slots(nil, from, to, t.Busy, now) {
			out = append(out, Slot{m.Time(), (m + Minute(s.Minutes)).Time(), served})
		}
	}
	slices.SortStableFunc(out, byStart)
	return joinModes(out)
}

// joinModes makes one slot of equal starts.
func joinModes(list []Slot) []Slot {
	n := 0
	for i := range list {
		if n > 0 && list[n-1].Starts.Equal(list[i].Starts) {
			list[n-1].Modes = slices.Concat(list[n-1].Modes, list[i].Modes)
			continue
		}
		list[n] = list[i]
		n++
	}
	return list[:n]
}

// Nearest lists up to n free times closest to around, which is itself left out, in order of time. It
// looks a day, a week and four weeks to either side.
func (t *Timetable) Nearest(s *Service, mode string, around, now time.Time, n int) (found []Slot) {
	if around.Before(now) {
		around = now
	}
	day := t.Zone.Today(around)
	for _, days := range []Day{1, 7, 28} {
		found = nearest(t.Slots(s, []string{mode}, day-days, day+days, now), around, n)
		if len(found) == n && within(found, time.Duration(days)*24*time.Hour, around) {
			break
		}
	}
	return found
}

// within reports whether every slot is at most d from at: then no day outside the search has a nearer one.
func within(list []Slot, d time.Duration, at time.Time) bool {
	return !slices.ContainsFunc(list, func(s Slot) bool { return s.Starts.Sub(at).Abs() > d })
}

// nearest keeps the n slots closest to at but not at it, in order of time.
func nearest(list []Slot, at time.Time, n int) []Slot {
	list = slices.DeleteFunc(list, func(s Slot) bool { return s.Starts.Equal(at) })
	slices.SortStableFunc(list, func(a, b Slot) int { return cmp.Compare(a.Starts.Sub(at).Abs(), b.Starts.Sub(at).Abs()) })
	list = list[:min(n, len(list))]
	slices.SortFunc(list, byStart)
	return list
}

func byStart(a, b Slot) int { return a.Starts.Compare(b.Starts) }
