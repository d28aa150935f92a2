package calendar

import (
	"fmt"
	"sync"
	"time"
)

// Minute is an instant: whole minutes since 1970-01-01T00:00Z.
type Minute int32

const day24h = Minute(24 * 60)

// Time is the instant in UTC.
func (m Minute) Time() time.Time { return time.Unix(int64(m)*60, 0).UTC() }

// MinuteOf is the last whole minute at or before t.
func MinuteOf(t time.Time) Minute {
	seconds := t.Unix()
	if seconds < 0 {
		seconds -= 59
	}
	return Minute(seconds / 60)
}

// MinuteAfter is the first whole minute at or after t.
func MinuteAfter(t time.Time) Minute {
	m := MinuteOf(t)
	if m.Time().Before(t) {
		m++
	}
	return m
}

// Zone is a time zone prepared for whole-minute sums: the instant of every local midnight, and
// the one change of the clock on the few days that have one. It is safe for concurrent use.
type Zone struct {
	name    string
	loc     *time.Location
	first   Day
	mids    []Minute // mids[i] is the local midnight that opens day first+i
	changes map[Day]change
}

// change is a move of the clock: from at (minutes after the day's local midnight, by stopwatch)
// on, the wall shows shift minutes more than have passed since that midnight.
type change struct{ at, shift Minute }

// The table covers the years of bookings; dates outside it cannot be booked.
var (
	tableFirst = MakeDay(2020, time.January, 1)
	tableLast  = MakeDay(2045, time.December, 31)
)

var zones sync.Map // name → *Zone

// newZone prepares loc. It refuses zones whose clock changes at midnight or twice in a day; no
// Australian zone does (tzdata 2025b).
func newZone(loc *time.Location) (*Zone, error) {
	z := &Zone{name: loc.String(), loc: loc, first: tableFirst, changes: map[Day]change{}}
	for d := tableFirst; d <= tableLast+1; d++ {
		year, month, day := d.Time().Date()
		z.mids = append(z.mids, MinuteOf(time.Date(year, month, day, 0, 0, 0, 0, loc)))
	}
	for i := range len(z.mids) - 1 {
		if z.mids[i+1]-z.mids[i] == day24h {
			continue
		}
		c, err := z.changeOf(z.mids[i], z.mids[i+1])
		if err != nil {
			return nil, err
		}
		z.changes[z.first+Day(i)] = c
	}
	return z, nil
}

// changeOf finds the minute between two midnights at which the offset changes.
func (z *Zone) changeOf(from, to Minute) (change, error) {
	before := z.offset(from)
	for m := from; m < to; m++ {
		if shift := z.offset(m) - before; shift != 0 {
			c := change{at: m - from, shift: shift}
			if c.at == 0 || c.at+shift <= 0 || to-from != day24h-shift {
				break
			}
			return c, nil
		}
	}
	return change{}, fmt.Errorf("calendar: %s changes its clock at midnight or twice in a day", z.name)
}

// offset is minutes east of UTC at m.
func (z *Zone) offset(m Minute) Minute {
	_, seconds := m.Time().In(z.loc).Zone()
	return Minute(seconds / 60)
}

// midnight is the instant that opens d. The date must be in the table.
func (z *Zone) midnight(d Day) Minute { return z.mids[d-z.first] }

// Today is the date of the zone's wall clock, kept inside the table.
func (z *Zone) Today(now time.Time) Day {
	return min(max(DayOf(now.In(z.loc)), tableFirst), tableLast)
}

// Wall is what a zone's wall clock shows at an instant: the promise of a booking.
type Wall struct {
	Start  string // 2006-01-02 15:04:05
	Day    string // 2006-01-02
	Offset int    // seconds east of UTC
}

// Wall is what the wall clock shows at t.
func (z *Zone) Wall(t time.Time) Wall {
	t = t.In(z.loc)
	_, offset := t.Zone()
	return Wall{t.Format(time.DateTime), t.Format(time.DateOnly), offset}
}
