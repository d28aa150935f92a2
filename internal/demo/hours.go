package demo

import (
	"slices"
	"time"

	"wattle/internal/region"
)

// calendar holds working hours in the practice's wall time.
type calendar struct {
	notice, horizon, cap, step int // minutes, days, bookings a day (0 none), minutes
	holidays                   bool
	week                       []hours
	exceptions                 []exception
	leaves                     []leave
}

type hours struct {
	weekday  time.Weekday
	from, to int // minutes since midnight
	services []string
	modes    []string
}

type exception struct {
	on       time.Time // date
	closed   bool
	from, to int
}

type leave struct{ first, last time.Time }

// rhythm is a pattern of working hours.
type rhythm func(d dice, c *calendar)

var rhythms = []share[rhythm]{
	{officeHours, 34}, {withEvenings, 22}, {twoDays, 12}, {withSaturday, 10}, {schoolHours, 9}, {earlyBird, 7},
	{afterHours, 6},
}

// work sets the weekly hours and booking rules.
func (p *person) work(d dice, now time.Time, a *anchor) {
	c := &p.calendar
	c.notice = pick(d, 120, 240, 240, 720, 720, 1440, 1440, 2880)
	c.horizon = pick(d, 21, 28, 28, 35, 42, 42, 56, 60)
	c.step = pick(d, 15, 15, 15, 30, 30)
	c.cap = pick(d, 0, 0, 0, 0, 0, 0, 4, 5, 6, 8)
	c.holidays = d.chance(7)
	if a != nil {
		c.anchored(d, a)
	} else {
		weighted(d, rhythms)(d, c)
		p.splitModes(d)
	}
	zone, err := region.LoadZone(p.Zone)
	if err != nil {
		panic(err) // region's own places name only zones it knows
	}
	today := day(now.In(zone))
	switch {
	case p.fate == full:
		c.squeeze(d)
	case p.fate == away:
		c.horizon = pick(d, 21, 28)
		c.leaves = []leave{{today.AddDate(0, 0, -d.between(2, 20)), today.AddDate(0, 0, c.horizon+d.between(5, 40))}}
	case a == nil:
		c.interrupt(d, today)
	}
}

// squeeze leaves few days and places, for bookings to fill.
func (c *calendar) squeeze(d dice) {
	c.notice, c.horizon, c.cap = 1440, pick(d, 21, 28), pick(d, 2, 3)
	days := map[time.Weekday]bool{}
	var week []hours
	for _, h := range c.week {
		if len(days) < 2 || days[h.weekday] {
			days[h.weekday] = true
			h.modes = nil
			week = append(week, h)
		}
	}
	c.week = week
}

// add adds spans in minutes to a weekday.
func (c *calendar) add(on time.Weekday, spans ...[2]int) {
	for _, s := range spans {
		c.week = append(c.week, hours{weekday: on, from: s[0], to: s[1]})
	}
}

func clockTime(h float64) int { return int(h * 60) }

// weekdays returns n random days from Monday to Friday, in order.
func weekdays(d dice, n int) []time.Weekday {
	drawn := map[time.Weekday]bool{}
	for _, i := range d.Perm(5)[:n] {
		drawn[time.Weekday(i+1)] = true
	}
	var out []time.Weekday
	for w := time.Monday; w <= time.Friday; w++ {
		if drawn[w] {
			out = append(out, w)
		}
	}
	return out
}

func officeHours(d dice, c *calendar) {
	start, end := pick(d, 8.5, 9, 9, 9.5, 10), pick(d, 16, 16.5, 17, 17.5)
	lunch := pick(d, 12, 12.5, 13)
	for _, w := range weekdays(d, d.between(3, 5)) {
		if d.chance(85) {
			c.add(w, [2]int{clockTime(start), clockTime(lunch)}, [2]int{clockTime(lunch + pick(d, 0.5, 1)), clockTime(end)})
		} else {
			c.add(w, [2]int{clockTime(start), clockTime(end)})
		}
	}
}

func withEvenings(d dice, c *calendar) {
	days := weekdays(d, d.between(3, 4))
	late := d.between(1, 2)
	for i, w := range days {
		if i < late {
			c.add(w, [2]int{clockTime(pick(d, 12.0, 13.0, 14.0)), clockTime(pick(d, 19.0, 19.5, 20.0, 20.5))})
		} else {
			c.add(w, [2]int{clockTime(9), clockTime(12.5)}, [2]int{clockTime(13.5), clockTime(pick(d, 16.5, 17.0, 18.0))})
		}
	}
}

func twoDays(d dice, c *calendar) {
	for _, w := range weekdays(d, 2) {
		c.add(w, [2]int{clockTime(pick(d, 8.5, 9.0, 9.5)), clockTime(12.5)},
			[2]int{clockTime(13.25), clockTime(pick(d, 17.0, 17.5, 18.5))})
	}
}

func withSaturday(d dice, c *calendar) {
	for _, w := range weekdays(d, d.between(2, 3)) {
		c.add(w, [2]int{clockTime(pick(d, 9.0, 10.0, 11.0)), clockTime(13)},
			[2]int{clockTime(14), clockTime(pick(d, 17.0, 18.0, 19.0))})
	}
	c.add(time.Saturday, [2]int{clockTime(pick(d, 8.5, 9.0, 9.5)), clockTime(pick(d, 12.5, 13.0, 14.0))})
	if d.chance(15) {
		c.add(time.Sunday, [2]int{clockTime(10), clockTime(13)})
	}
}

func schoolHours(d dice, c *calendar) {
	for _, w := range weekdays(d, d.between(3, 4)) {
		c.add(w, [2]int{clockTime(9.5), clockTime(pick(d, 14.0, 14.5, 14.75))})
	}
}

func earlyBird(d dice, c *calendar) {
	for _, w := range weekdays(d, d.between(3, 4)) {
		c.add(w, [2]int{clockTime(pick(d, 7.0, 7.0, 7.5)), clockTime(pick(d, 11.5, 12.0))},
			[2]int{clockTime(12.75), clockTime(15)})
	}
}

func afterHours(d dice, c *calendar) {
	for _, w := range weekdays(d, d.between(2, 4)) {
		c.add(w, [2]int{clockTime(pick(d, 16.5, 17.0, 17.5)), clockTime(pick(d, 20.5, 21.0))})
	}
	if d.chance(60) {
		c.add(time.Saturday, [2]int{clockTime(9), clockTime(12)})
	}
}

// anchored sets a week with the evenings of an anchor.
func (c *calendar) anchored(d dice, a *anchor) {
	c.notice, c.horizon, c.cap = pick(d, 240, 720, 1440), 42, 0
	for w := 1; w <= 4; w++ {
		if slices.Contains(a.evenings, w) {
			c.add(time.Weekday(w), [2]int{clockTime(pick(d, 12.0, 13.0)), clockTime(pick(d, 20.0, 20.5))})
		} else {
			c.add(time.Weekday(w), [2]int{clockTime(9), clockTime(12.5)}, [2]int{clockTime(13.5), clockTime(16.5)})
		}
	}
}

// splitModes limits in-person sessions to some days, and video and phone to the others, in a few
// practices.
func (p *person) splitModes(d dice) {
	modes := p.modes()
	if !has(modes, "in-person") || !has(modes, "video") || !d.chance(22) {
		return
	}
	remote := []string{"video", "phone"}
	days := p.calendar.days()
	if len(days) < 2 {
		return
	}
	for i := range p.calendar.week {
		h := &p.calendar.week[i]
		if h.weekday == days[0] || len(days) > 3 && h.weekday == days[1] {
			h.modes = []string{"in-person"}
		} else {
			h.modes = remote
		}
	}
}

func (c *calendar) days() []time.Weekday {
	var out []time.Weekday
	for _, h := range c.week {
		if n := len(out); n == 0 || out[n-1] != h.weekday {
			out = append(out, h.weekday)
		}
	}
	return out
}

// modes of every paid service.
func (p *person) modes() []string {
	for _, s := range p.Services {
		if s.Slug == "individual-50" {
			return s.Modes
		}
	}
	return nil
}

// interrupt adds exceptions: a day off, an extra morning, a fortnight's leave.
func (c *calendar) interrupt(d dice, today time.Time) {
	days := c.days()
	if d.chance(26) {
		on := next(today.AddDate(0, 0, d.between(3, 24)), pick(d, days...))
		c.exceptions = append(c.exceptions, exception{on: on, closed: true})
	}
	if d.chance(18) {
		on := next(today.AddDate(0, 0, d.between(2, 20)), pick(d, time.Monday, time.Wednesday, time.Friday, time.Saturday))
		if len(c.exceptions) == 0 || !c.exceptions[0].on.Equal(on) {
			from, to := clockTime(pick(d, 9.0, 10.0)), clockTime(pick(d, 12.0, 13.0))
			c.exceptions = append(c.exceptions, exception{on: on, from: from, to: to})
		}
	}
	if d.chance(15) {
		first := today.AddDate(0, 0, d.between(8, 40))
		c.leaves = append(c.leaves, leave{first, first.AddDate(0, 0, d.between(4, 16))})
	}
}

// next returns the first such weekday on or after a date.
func next(from time.Time, w time.Weekday) time.Time {
	return from.AddDate(0, 0, (int(w)-int(from.Weekday())+7)%7)
}

// on lists the hours of a date: none on leave or a public holiday, the exception's if there is one,
// otherwise the week's.
func (c *calendar) on(date time.Time, state string) []hours {
	for _, l := range c.leaves {
		if !date.Before(l.first) && !date.After(l.last) {
			return nil
		}
	}
	for _, e := range c.exceptions {
		if e.on.Equal(date) {
			if e.closed {
				return nil
			}
			return []hours{{weekday: date.Weekday(), from: e.from, to: e.to}}
		}
	}
	if _, holiday := region.Holiday(state, date); holiday && !c.holidays {
		return nil
	}
	var out []hours
	for _, h := range c.week {
		if h.weekday == date.Weekday() {
			out = append(out, h)
		}
	}
	return out
}

// reaches reports whether any hours are after five or on a weekend.
func (c *calendar) reaches() (evening, weekend bool) {
	for _, h := range c.week {
		evening = evening || h.to >= clockTime(17.75)
		weekend = weekend || h.weekday == time.Saturday || h.weekday == time.Sunday
	}
	return evening, weekend
}
