package calendar

import (
	"time"

	"wattle/internal/fault"
)

// Day is a date of the civil calendar without a zone: days since 1970-01-01.
type Day int32

const secondsPerDay = 86400

// MakeDay is the day of a date; out-of-range parts roll over as in time.Date.
func MakeDay(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// DayOf is the date that t shows in its own location.
func DayOf(t time.Time) Day {
	_, offset := t.Zone()
	seconds := t.Unix() + int64(offset)
	if seconds < 0 {
		seconds -= secondsPerDay - 1
	}
	return Day(seconds / secondsPerDay)
}

// ParseDay reads "2026-10-04"; anything else is fault.Malformed.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fault.Newf(fault.Malformed, "%q is not a date like 2026-10-04.", s)
	}
	return DayOf(t), nil
}

// Time is midnight UTC of the date.
func (d Day) Time() time.Time { return time.Unix(int64(d)*secondsPerDay, 0).UTC() }

// String is the date as 2026-10-04.
func (d Day) String() string { return d.Time().Format(time.DateOnly) }

// Weekday is the day of the week.
func (d Day) Weekday() time.Weekday {
	// 1970-01-01 was a Thursday; the second addition keeps earlier dates positive.
	return time.Weekday((int(d)%7 + 7 + int(time.Thursday)) % 7)
}

func (d Day) weekend() bool {
	w := d.Weekday()
	return w == time.Saturday || w == time.Sunday
}
