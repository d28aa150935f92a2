package calendar

import (
	"cmp"
	"slices"
)

// Service is what a calendar needs to know of a service. Length and buffers are minutes.
type Service struct {
	Slug                               string
	Minutes, BufferBefore, BufferAfter int
	Modes                              []string
}

// span is a stretch of a day's wall clock, or of minutes since its midnight: [from, to).
type span struct{ from, to Minute }

// Plan is an availability worked out for one service in one mode. Its buffers are reused by Set,
// so one Plan can work through many practices without allocating. It is not safe for concurrent use.
type Plan struct {
	zone     *Zone
	holiday  func(Day) bool
	week     [7][]span
	special  []specialDay // sorted by day
	spans    []span       // what special points into
	leaves   []Leave
	moved    []span // scratch of clock-change days
	length   Minute
	before   Minute
	after    Minute
	step     Minute
	notice   Minute
	horizon  Day
	dailyCap int
}

// specialDay is a date with exceptions: its hours are spans[from:to].
type specialDay struct {
	day      Day
	closed   bool
	from, to int
}

// Set prepares the plan for a service in a mode. holiday reports the public holidays of the practice's
// state; nil for none.
func (p *Plan) Set(a *Availability, z *Zone, holiday func(Day) bool, s *Service, mode string) {
	p.zone, p.holiday, p.leaves = z, holiday, a.Leaves
	if a.OpenOnHolidays {
		p.holiday = nil
	}
	p.length, p.before, p.after = Minute(s.Minutes), Minute(s.BufferBefore), Minute(s.BufferAfter)
	p.step, p.notice = Minute(a.StepMinutes), Minute(a.NoticeMinutes)
	p.horizon, p.dailyCap = Day(a.HorizonDays), a.DailyCap
	p.setWeek(a.Weekly, s.Slug, mode)
	p.setSpecial(a.Exceptions, s.Slug, mode)
}

func (p *Plan) setWeek(weekly []Hours, service, mode string) {
	for i := range p.week {
		p.week[i] = p.week[i][:0]
	}
	for i := range weekly {
		h := &weekly[i]
		if allows(h.Services, service) && allows(h.Modes, mode) {
			day := &p.week[h.Weekday]
			*day = append(*day, span{Minute(h.Start), Minute(h.End)})
		}
	}
	for i := range p.week {
		p.week[i] = merge(p.week[i], 0)
	}
}

// setSpecial collects exceptions by date, in order.
func (p *Plan) setSpecial(all []Exception, service, mode string) {
	p.special, p.spans = p.special[:0], p.spans[:0]
	for i := range all {
		p.addSpecial(all[i].On)
	}
	for i := range p.special {
		d := &p.special[i]
		d.from = len(p.spans)
		for j := range all {
			e := &all[j]
			switch {
			case e.On != d.day:
			case e.Closed:
				d.closed = true
			case allows(e.Services, service) && allows(e.Modes, mode):
				p.spans = append(p.spans, span{Minute(e.Start), Minute(e.End)})
			}
		}
		p.spans = merge(p.spans, d.from)
		d.to = len(p.spans)
	}
}

func (p *Plan) addSpecial(d Day) {
	i, found := slices.BinarySearchFunc(p.special, d, func(s specialDay, d Day) int { return cmp.Compare(s.day, d) })
	if !found {
		p.special = slices.Insert(p.special, i, specialDay{day: d})
	}
}

// merge sorts list[base:] and joins spans that touch or overlap.
func merge(list []span, base int) []span {
	slices.SortFunc(list[base:], func(a, b span) int { return cmp.Compare(a.from, b.from) })
	n := base
	for i := base; i < len(list); i++ {
		if n > base && list[i].from <= list[n-1].to {
			list[n-1].to = max(list[n-1].to, list[i].to)
			continue
		}
		list[n] = list[i]
		n++
	}
	return list[:n]
}

// hours is the wall-clock spans of d; next is the first special day not before d, which the
// caller keeps from day to day.
func (p *Plan) hours(d Day, next *int) []span {
	for *next < len(p.special) && p.special[*next].day < d {
		*next++
	}
	for i := range p.leaves {
		if p.leaves[i].First <= d && d <= p.leaves[i].Last {
			return nil
		}
	}
	if *next < len(p.special) && p.special[*next].day == d {
		s := p.special[*next]
		if s.closed {
			return nil
		}
		return p.spans[s.from:s.to]
	}
	week := p.week[d.Weekday()]
	if len(week) > 0 && p.holiday != nil && p.holiday(d) {
		return nil
	}
	return week
}
