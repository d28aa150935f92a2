package memindex

import (
	"math"
	"math/bits"
	"time"
	"wattle/internal/search"
)

// hours are the sets of who is free today, this week, in an evening and on a weekend. They are
// compared with the clock when a search asks and kept for as long as its answer is the same: from
// the last instant at which anybody's changed until the next one.
type hours struct {
	from, to int64 // microseconds; the sets hold while from ≤ now < to
	now      int64
	midnight []int64 // by zone
	free     [4][]uint64
}

const week = int64(search.Week / time.Microsecond)

// hoursAt gives the sets as of now. Searches may make them at the same time; a change of the table
// mends the ones that are kept, while no search is looking.
func (t *table) hoursAt(now time.Time) *hours {
	at := now.UnixMicro()
	if h := t.hours.Load(); h != nil && h.from <= at && at < h.to {
		return h
	}
	h := &hours{from: math.MinInt64, to: math.MaxInt64, now: at}
	for i := range h.free {
		h.free[i] = make([]uint64, len(t.live), cap(t.live))
	}
	for _, z := range t.zones {
		h.midnight = append(h.midnight, search.Midnight(z.loc, now).UnixMicro())
		h.bound(h.midnight[len(h.midnight)-1])
		h.bound(dayBegan(z.loc, now))
	}
	for w, m := range t.live {
		for ; m != 0; m &= m - 1 {
			h.take(t, int32(w<<6+bits.TrailingZeros64(m)))
		}
	}
	t.hours.Store(h)
	return h
}

// dayBegan is when the day of now began in a zone; now itself where that is not plain to see.
func dayBegan(zone *time.Location, now time.Time) int64 {
	y, m, d := now.In(zone).Date()
	began := time.Date(y, m, d, 0, 0, 0, 0, zone)
	if began.Day() != d || began.After(now) {
		return now.UnixMicro()
	}
	return began.UnixMicro()
}

// bound narrows the hours' time by an instant at which an answer changes.
func (h *hours) bound(at int64) {
	if at > h.now {
		h.to = min(h.to, at)
	} else {
		h.from = max(h.from, at)
	}
}

// take compares a therapist's instants with the clock.
func (h *hours) take(t *table, slot int32) {
	next, evening, weekend := t.next[0][slot], t.next[1][slot], t.next[2][slot]
	h.bound(next)
	h.bound(next - week)
	h.bound(evening)
	h.bound(weekend)
	h.set(0, slot, next > h.now && next < h.midnight[t.zone[slot]])
	h.set(1, slot, next > h.now && next <= h.now+week)
	h.set(2, slot, evening > h.now)
	h.set(3, slot, weekend > h.now)
}

func (h *hours) set(i int, slot int32, free bool) {
	if free {
		h.free[i][slot>>6] |= 1 << (slot & 63)
	} else {
		h.free[i][slot>>6] &^= 1 << (slot & 63)
	}
}

func (h *hours) clear(slot int32) {
	for i := range h.free {
		h.set(i, slot, false)
	}
}

func (h *hours) grow() {
	for i := range h.free {
		h.free[i] = append(h.free[i], 0)
	}
}
