package main

import (
	"fmt"
	"slices"
	"time"

	"wattle/internal/booking/calendar"
	"wattle/internal/region"
	"wattle/tools/bench/lab"
)

// The practice of F7: weekdays with a break, leave, an exception, sixty bookings.
var (
	busyNow = time.Date(2026, 9, 14, 1, 7, 30, 0, time.UTC)
	call    = calendar.Service{Slug: "free-consultation", Minutes: 20, BufferBefore: 5, BufferAfter: 10,
		Modes: []string{"video"}}
	sydney    = "Australia/Sydney"
	caseHours = func() calendar.Availability {
		a := calendar.Availability{NoticeMinutes: 120, HorizonDays: 60, StepMinutes: 15, DailyCap: 12,
			Exceptions: []calendar.Exception{{On: calendar.MakeDay(2026, 9, 26), Start: 600, End: 840}},
			Leaves:     []calendar.Leave{{First: calendar.MakeDay(2026, 10, 19), Last: calendar.MakeDay(2026, 10, 21)}}}
		for d := time.Monday; d <= time.Friday; d++ {
			a.Weekly = append(a.Weekly, calendar.Hours{Weekday: d, Start: 540, End: 750},
				calendar.Hours{Weekday: d, Start: 810, End: 1050})
		}
		return a
	}()
)

func holidays(d calendar.Day) bool {
	_, ok := region.Holiday("nsw", d.Time())
	return ok
}

func bookings(loc *time.Location) []calendar.Busy {
	var list []calendar.Busy
	for day := range 60 {
		at := calendar.MinuteOf(time.Date(2026, 9, 14+day, 10, 45, 0, 0, loc))
		list = append(list, calendar.Busy{From: at - 5, To: at + 60, Day: calendar.MakeDay(2026, 9, 14+day)})
	}
	return list
}

// slots is F7: at least thirty times plain code, nothing allocated, the same answer.
func slots(l *lab.Lab) {
	zone, err := calendar.LoadZone(sydney)
	l.Must(err)
	loc, err := region.LoadZone(sydney)
	l.Must(err)
	busy := bookings(loc)
	var plan calendar.Plan
	plan.Set(&caseHours, zone, holidays, &call, "video")
	first := calendar.DayOf(busyNow.In(loc))
	buf := make([]calendar.Minute, 0, 4096)
	fast := func() { buf = plan.Slots(buf[:0], first, first+60, busy, busyNow) }
	fast()
	if want := plainSlots(loc, busy, busyNow); !slices.Equal(buf, want) {
		l.Fail("the engine gives %d slots and the plain code %d, or others", len(buf), len(want))
	}
	const times = 2000
	allocs, ours := lab.Allocations(times, fast), lab.PerUnit(times, fast)
	plain := lab.PerUnit(20, func() { plainSlots(loc, busy, busyNow) })
	l.Report(lab.Result{Name: "slots-60-days", Ratio: lab.Ratio(plain, ours),
		Ours:  fmt.Sprintf("%v, %.2f allocs", ours, allocs),
		Limit: fmt.Sprintf("plain time.Time code %v", plain)}.AtLeast(30).And("0 allocs", allocs < 0.01))
}

// plainSlots is the obvious code: time.Date for every start,
// comparisons of time.Time with the sorted bookings.
func plainSlots(loc *time.Location, busy []calendar.Busy, now time.Time) []calendar.Minute {
	var out []calendar.Minute
	local := now.In(loc)
	earliest := now.Add(time.Duration(caseHours.NoticeMinutes) * time.Minute)
	for d := 0; d <= caseHours.HorizonDays; d++ {
		date := time.Date(local.Year(), local.Month(), local.Day()+d, 0, 0, 0, 0, loc)
		day := calendar.DayOf(date)
		if count(busy, day) >= caseHours.DailyCap {
			continue
		}
		for _, h := range plainHours(date, day) {
			closing := time.Date(date.Year(), date.Month(), date.Day(), 0, h[1], 0, 0, loc)
			for m := h[0]; m < h[1]; m += caseHours.StepMinutes {
				start := time.Date(date.Year(), date.Month(), date.Day(), 0, m, 0, 0, loc)
				end := start.Add(time.Duration(call.Minutes) * time.Minute)
				if end.After(closing) || start.Before(earliest) || !free(busy, start, end) {
					continue
				}
				out = append(out, calendar.MinuteOf(start))
			}
		}
	}
	return out
}

func plainHours(date time.Time, day calendar.Day) [][2]int {
	for _, l := range caseHours.Leaves {
		if !day.Time().Before(l.First.Time()) && !day.Time().After(l.Last.Time()) {
			return nil
		}
	}
	var out [][2]int
	for _, e := range caseHours.Exceptions {
		if e.On == day {
			out = append(out, [2]int{e.Start, e.End})
		}
	}
	if _, holiday := region.Holiday("nsw", date); len(out) > 0 || holiday {
		return out
	}
	for _, h := range caseHours.Weekly {
		if h.Weekday == date.Weekday() {
			out = append(out, [2]int{h.Start, h.End})
		}
	}
	return out
}

func count(busy []calendar.Busy, day calendar.Day) (n int) {
	for _, b := range busy {
		if b.Day == day {
			n++
		}
	}
	return n
}

func free(busy []calendar.Busy, start, end time.Time) bool {
	start = start.Add(-time.Duration(call.BufferBefore) * time.Minute)
	end = end.Add(time.Duration(call.BufferAfter) * time.Minute)
	for _, b := range busy {
		if !b.From.Time().Before(end) {
			break
		}
		if start.Before(b.To.Time()) {
			return false
		}
	}
	return true
}
