// Package calendar turns a practice's hours into times that can be booked: pure rules over wall-clock hours,
// zones, notice, horizon and what is busy.
package calendar

import (
	"slices"
	"time"
)

// Slots appends to dst every start that can be booked on the dates from to to (both included)
// and returns it, in order of time. busy is sorted by From.
//
// A start is on the step grid of the wall clock, at least the notice after now, on a day no later than the
// horizon. Every minute of the slot is within the hours by the wall clock, so a
// slot also ends before the midnight that closes its day. With its buffers it overlaps nothing
// busy; the buffers themselves may reach outside the hours. Lengths are elapsed minutes. A wall
// time that does not exist is never offered; one that exists twice is offered as two instants.
func (p *Plan) Slots(dst []Minute, from, to Day, busy []Busy, now time.Time) []Minute {
	w, first, last := p.walk(busy, now)
	for d := max(first, from); d <= min(last, to); d++ {
		if spans := p.hours(d, &w.special); len(spans) > 0 && !w.full(d) {
			dst = w.day(dst, d, spans, 0, int(day24h))
		}
	}
	return dst
}

// Offers reports whether the hours, notice and horizon allow a start, busy or not.
func (p *Plan) Offers(start Minute, now time.Time) bool {
	var buf [288]Minute // a day of five-minute steps
	d := p.zone.Today(start.Time())
	_, found := slices.BinarySearch(p.Slots(buf[:0], d, d, nil, now), start)
	return found
}

// walker goes through days with two pointers over the sorted busy spans.
type walker struct {
	*Plan
	busy     []Busy
	earliest Minute
	free     int // busy[:free] ended before the day at hand
	capped   int // busy[:capped] count towards earlier days
	special  int
}

// walk is a walker with the first and last day it can meet.
func (p *Plan) walk(busy []Busy, now time.Time) (w walker, first, last Day) {
	w = walker{Plan: p, busy: busy, earliest: MinuteAfter(now) + p.notice}
	first = p.zone.Today(now)
	last = min(first+p.horizon, tableLast)
	for first <= last && p.zone.midnight(first+1) <= w.earliest {
		first++
	}
	return w, first, last
}

// full reports whether the daily cap of d is used up. Call it in the order of days.
func (w *walker) full(d Day) bool {
	if w.dailyCap == 0 {
		return false
	}
	n := 0
	for ; w.capped < len(w.busy) && w.busy[w.capped].Day <= d; w.capped++ {
		if w.busy[w.capped].Day == d {
			n++
		}
	}
	return n >= w.dailyCap
}

// pass moves beyond the busy spans that cannot touch d.
func (w *walker) pass(d Day) {
	for w.free < len(w.busy) && w.busy[w.free].To <= w.zone.midnight(d)-w.before {
		w.free++
	}
}

// first is the earliest start of d whose wall clock shows at least wall, 0 when there is none.
func (w walker) first(d Day, spans []span, wall Minute) Minute {
	var buf [1]Minute
	if got := w.day(buf[:0], d, spans, wall, 1); len(got) > 0 {
		return got[0]
	}
	return 0
}

// day appends up to limit starts of d whose wall clock shows at least wall.
func (w *walker) day(dst []Minute, d Day, spans []span, wall Minute, limit int) []Minute {
	mid := w.zone.midnight(d)
	limit += len(dst)
	if w.zone.midnight(d+1)-mid != day24h {
		return w.changeDay(dst, d, spans, wall, limit)
	}
	for _, s := range spans {
		dst = w.run(dst, mid, mid+max(s.from, wall), mid+s.to-w.length, limit)
	}
	return dst
}

// changeDay is day when the clock moves: the hours are turned into minutes since midnight by
// stopwatch, and the grid follows the wall on both sides of the change.
func (w *walker) changeDay(dst []Minute, d Day, spans []span, wall Minute, limit int) []Minute {
	mid, c := w.zone.midnight(d), w.zone.changes[d]
	w.moved = w.moved[:0]
	for _, s := range spans {
		if before := (span{s.from, min(s.to, c.at)}); before.from < before.to {
			w.moved = append(w.moved, before)
		}
		if after := (span{max(s.from-c.shift, c.at), s.to - c.shift}); after.from < after.to {
			w.moved = append(w.moved, after)
		}
	}
	w.moved = merge(w.moved, 0)
	for _, s := range w.moved {
		last := s.to - w.length
		dst = w.run(dst, mid, mid+max(s.from, wall), mid+min(last, c.at-1), limit)
		dst = w.run(dst, mid-c.shift, mid+max(s.from, c.at, wall-c.shift), mid+last, limit)
	}
	return dst
}

// run appends free starts between from and last, both included, on the grid that counts from
// origin, until dst holds limit of them.
func (w *walker) run(dst []Minute, origin, from, last Minute, limit int) []Minute {
	s := w.align(origin, max(from, w.earliest))
	for s <= last && len(dst) < limit {
		for w.free < len(w.busy) && w.busy[w.free].To <= s-w.before {
			w.free++
		}
		clear := last // the last start before the next busy span is in the way
		if w.free < len(w.busy) {
			clear = min(last, w.busy[w.free].From-w.length-w.after)
		}
		for ; s <= clear && len(dst) < limit; s += w.step {
			dst = append(dst, s)
		}
		if s <= last && len(dst) < limit {
			s = w.align(origin, max(s, w.busy[w.free].To+w.before))
		}
	}
	return dst
}

// align is the first minute of the grid at or after m.
func (w *walker) align(origin, m Minute) Minute {
	if over := (m - origin) % w.step; over > 0 {
		m += w.step - over
	}
	return m
}
