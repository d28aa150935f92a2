package calendar

import (
	"slices"
	"time"
)

// Availability is a practice's rules for its calendar. All hours are wall-clock minutes
// (0 to 1440) of the practice's zone.
type Availability struct {
	Version        int  // grows by one with every edit
	NoticeMinutes  int  // the earliest start is this far ahead
	HorizonDays    int  // the last bookable day is this many days after today
	DailyCap       int  // bookings a day; 0 is no limit
	StepMinutes    int  // starts are on this grid of the wall clock
	OpenOnHolidays bool // else public holidays are closed unless an exception opens them
	Weekly         []Hours
	Exceptions     []Exception
	Leaves         []Leave
}

// Hours is one span of the weekly timetable. Empty Services or Modes mean all of them.
type Hours struct {
	Weekday         time.Weekday
	Start, End      int
	Services, Modes []string
}

// Exception replaces the weekly hours of one date, also on a public holiday. A closed exception
// outweighs every other exception of its date.
type Exception struct {
	On              Day
	Closed          bool
	Start, End      int
	Services, Modes []string
}

// Leave is whole days away, both ends included. It outweighs exceptions.
type Leave struct{ First, Last Day }

// Busy is time that is taken, buffers included: [From, To). Day is the date that the booking
// counts towards for the daily cap; 0 counts towards none.
type Busy struct {
	From, To Minute
	Day      Day
}

// Modes are the ways to meet.
var Modes = []string{"video", "phone", "in-person"}

// allows reports whether a restriction admits v; an empty one admits everything.
func allows(list []string, v string) bool { return len(list) == 0 || slices.Contains(list, v) }

// SameInAllModes reports whether the hours of a service are the same in every mode, so that one plan
// serves all of them.
func (a *Availability) SameInAllModes(service string, modes []string) bool {
	for i := range a.Weekly {
		if h := &a.Weekly[i]; allows(h.Services, service) && !allOrNone(h.Modes, modes) {
			return false
		}
	}
	for i := range a.Exceptions {
		if e := &a.Exceptions[i]; allows(e.Services, service) && !allOrNone(e.Modes, modes) {
			return false
		}
	}
	return true
}

func allOrNone(list, modes []string) bool {
	n := 0
	for _, m := range modes {
		if allows(list, m) {
			n++
		}
	}
	return n == 0 || n == len(modes)
}
