package region

import (
	"strconv"
	"sync"
	"time"
)

// HolidayDay is a public holiday in one state. It is a hint: a practice may work on it.
type HolidayDay struct {
	Date   time.Time // midnight UTC of the calendar day
	State  string    // slug
	Name   string
	From   int    // minutes after midnight at which a part-day holiday starts; 0 for a whole day
	Area   string // the part of the state that observes it; "" for all of it
	Source string // act, order or proclamation
}

type dayKey struct {
	state string
	y     int
	m     time.Month
	d     int
}

type calendar struct {
	days  []HolidayDay // by date
	whole map[dayKey]string
}

// loadedCalendar holds holidays.tsv, 2026 to 2028, written by hand from the acts and orders named in
// its source column and compared with github.com/rickar/cal and npm date-holidays. Where the
// libraries differ from each other or from the table, the table follows the law:
//   - NSW has extra Anzac Mondays on 27 April 2026 and 26 April 2027 (order); rickar/cal lacks them.
//   - ACT has 27 April 2026 by declaration of December 2025 (DFAT note PRB 25/266).
//   - SA has no Anzac Monday in 2027: the Public Holidays Act 2023 dropped the rule of 1910 (SA
//     Business Chamber, April 2026); rickar/cal still applies it.
//   - Easter Sunday is a holiday in SA (since 2024), WA and NT; rickar/cal lacks it.
//   - Where an act moves a holiday from a weekend to the next weekday (Tasmania's Boxing Day,
//     Queensland's Anzac Sunday), the table keeps both days, since practices close on both.
//   - The Friday before the AFL Grand Final is provisional from 2027 on.
//
// Local show days, except Brisbane's, are left out.
var loadedCalendar = sync.OnceValue(loadCalendar)

func loadCalendar() *calendar {
	c := &calendar{whole: map[dayKey]string{}}
	for _, r := range rows("holidays.tsv") {
		date, err := time.Parse(time.DateOnly, r[0])
		if err != nil || date.Format("Mon") != r[1] {
			panic("holidays.tsv: " + r[0] + " is not a " + r[1])
		}
		day := HolidayDay{Date: date, State: r[2], Name: r[3], From: minuteOfDay(r[4]), Area: r[5], Source: r[6]}
		c.days = append(c.days, day)
		if day.From == 0 && day.Area == "" {
			c.whole[dayKey{day.State, date.Year(), date.Month(), date.Day()}] = day.Name
		}
	}
	return c
}

func minuteOfDay(hhmm string) int {
	if hhmm == "" {
		return 0
	}
	h, err1 := strconv.Atoi(hhmm[:2])
	m, err2 := strconv.Atoi(hhmm[3:])
	if err1 != nil || err2 != nil {
		panic("holidays.tsv: " + hhmm + " is not a time")
	}
	return h*60 + m
}

// Holiday names the public holiday observed all day throughout a state (a slug) on the calendar day of
// date in its location. The table covers 2026 to 2028; other years have none.
func Holiday(state string, date time.Time) (name string, ok bool) {
	y, m, d := date.Date()
	name, ok = loadedCalendar().whole[dayKey{state, y, m, d}]
	return name, ok
}

// Holidays lists a state's holidays between two calendar days, inclusive, by date, including part-days
// and local ones.
func Holidays(state string, from, to time.Time) []HolidayDay {
	from, to = civil(from), civil(to)
	var out []HolidayDay
	for _, day := range loadedCalendar().days {
		if day.State == state && !day.Date.Before(from) && !day.Date.After(to) {
			out = append(out, day)
		}
	}
	return out
}

// civil returns midnight UTC of t's calendar day in its location.
func civil(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}
