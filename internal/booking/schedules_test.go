package booking

import (
	"testing"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/booking/availability"
	"wattle/internal/booking/calendar"
	"wattle/internal/directory"
	"wattle/internal/fault"
)

func (h *house) storedNext(id int64) time.Time {
	h.t.Helper()
	var at time.Time
	h.must(h.DB.Get(ctx, &at, `SELECT coalesce(next_any, '0001-01-01') FROM next_times WHERE therapist_id = $1`, id))
	return at
}

func TestNextInstantsFollowBookingsAndTheClockBothWays(t *testing.T) {
	h := newHouse(t)
	id := h.practice()
	want := func(why string, at time.Time) {
		t.Helper()
		if got := h.storedNext(id); !got.Equal(at) {
			t.Errorf("%s: %v, want %v", why, got, at)
		}
		if live, err := h.Availability.LiveNext(ctx, id); err != nil || !live.Any.Equal(at) {
			t.Errorf("%s, live: %v, %v, want %v", why, live.Any, err, at)
		}
	}
	h.must(h.Availability.SweepNext(ctx))
	want("never derived", monday.Add(time.Hour))
	h.hold(id, 1, time.Hour)
	h.must(h.Availability.RecomputeNext(ctx, []int64{id}))
	want("after a hold", monday.Add(90*time.Minute))
	h.clock.Advance(HoldFor)
	h.must(h.ExpireHolds(ctx))
	if n := h.count(`SELECT count(*) FROM outbox_tasks WHERE kind = 'booking.next_moved'`); n != 1 {
		t.Errorf("%d tasks wait for the same therapist", n)
	}
	h.must(h.Availability.RecomputeNext(ctx, []int64{id}))
	want("after it ran out", monday.Add(75*time.Minute))
	h.clock.Advance(time.Second)
	h.must(h.Availability.SweepNext(ctx))
	want("inside the notice", monday.Add(90*time.Minute))
	h.clock.Set(monday.Add(30 * 24 * time.Hour))
	h.must(h.Availability.SweepNext(ctx))
	want("a month on", monday.Add(30*24*time.Hour+time.Hour))
	h.clock.Set(monday)
	h.must(h.Availability.SweepNext(ctx))
	want("and back", monday.Add(time.Hour))
	h.exec(`UPDATE therapists SET accepting = false`)
	h.must(h.Availability.RecomputeNext(ctx, []int64{id}))
	want("no new clients", time.Time{})
}

func TestTheHorizonRollsAtMidnight(t *testing.T) {
	h := newHouse(t)
	id := h.practice(func(a *calendar.Availability) {
		a.HorizonDays, a.Weekly = 1, []calendar.Hours{{Weekday: time.Wednesday, Start: 1080, End: 1140}}
	})
	h.must(h.Availability.SweepNext(ctx))
	if at := h.storedNext(id); !at.IsZero() {
		t.Errorf("beyond the horizon: %v", at)
	}
	h.clock.Set(monday.Add(15*time.Hour - time.Second))
	h.must(h.Availability.SweepNext(ctx))
	if at := h.storedNext(id); !at.IsZero() {
		t.Errorf("before midnight: %v", at)
	}
	h.clock.Advance(time.Second)
	h.must(h.Availability.SweepNext(ctx))
	if at := h.storedNext(id); !at.Equal(monday.Add(57 * time.Hour)) {
		t.Errorf("after midnight: %v", at)
	}
}

func TestSettingHours(t *testing.T) {
	h := newHouse(t)
	id := h.practice()
	a := open9to5()
	a.Exceptions = []calendar.Exception{{On: calendar.MakeDay(2026, 12, 24), Closed: true}, {On: calendar.MakeDay(2026, 12, 23), Start: 600, End: 660, Modes: []string{"video"}}}
	a.Leaves = []calendar.Leave{{First: calendar.MakeDay(2027, 1, 1), Last: calendar.MakeDay(2027, 1, 14)}}
	_, err := h.Availability.Set(ctx, accounts.Therapist(id+1), id, a, 1)
	wantKind(t, err, fault.Forbidden, "")
	_, err = h.Availability.Set(ctx, accounts.Therapist(id), id, a, 7)
	wantKind(t, err, fault.Conflict, "")
	_, err = h.Availability.Set(ctx, accounts.System, 999, a, 0)
	wantKind(t, err, fault.NotFound, "")
	set, err := h.Availability.Set(ctx, accounts.Therapist(id), id, a, 1)
	h.must(err)
	got, err := h.Availability.Get(ctx, id)
	h.must(err)
	if set.Version != 2 || got.Version != 2 || len(got.Weekly) != 7 || len(got.Exceptions) != 2 || len(got.Leaves) != 1 || got.Leaves[0] != a.Leaves[0] {
		t.Errorf("%+v", got)
	}
	for field, change := range map[string]func(a *calendar.Availability){
		"notice_minutes": func(a *calendar.Availability) { a.NoticeMinutes = -1 },
		"horizon_days":   func(a *calendar.Availability) { a.HorizonDays = 0 },
		"daily_cap":      func(a *calendar.Availability) { a.DailyCap = 49 },
		"step_minutes":   func(a *calendar.Availability) { a.StepMinutes = 7 },
		"weekly":         func(a *calendar.Availability) { a.Weekly = []calendar.Hours{{Weekday: 1, Start: 600, End: 600}} },
		"exceptions": func(a *calendar.Availability) {
			a.Exceptions = append(a.Exceptions, calendar.Exception{On: calendar.MakeDay(2026, 12, 24), Start: 1, End: 2})
		},
		"leaves": func(a *calendar.Availability) {
			a.Leaves = []calendar.Leave{{First: calendar.MakeDay(2027, 1, 2), Last: calendar.MakeDay(2027, 1, 1)}}
		},
	} {
		bad := open9to5()
		bad.Exceptions = a.Exceptions
		change(&bad)
		_, err := h.Availability.Set(ctx, accounts.Therapist(id), id, bad, 2)
		wantKind(t, err, fault.Invalid, field)
	}
}

func TestTheCalendarAnswersInTheAskedZoneByMode(t *testing.T) {
	h := newHouse(t)
	id := h.practice(func(a *calendar.Availability) {
		a.Weekly = []calendar.Hours{{Weekday: time.Tuesday, Start: 0, End: 120, Modes: []string{"video"}}, {Weekday: time.Tuesday, Start: 60, End: 120, Modes: []string{"phone"}}}
	})
	cal, err := h.Availability.Slots(ctx, availability.SlotQuery{TherapistID: id, Zone: "Australia/Perth", Days: 3})
	h.must(err)
	monday := cal.Days[0] // Tuesday 00:00 in Sydney is Monday 21:00 in Perth
	if monday.Date.String() != "2026-11-02" || len(monday.Slots) != 7 || monday.Slots[0].Starts.Format(time.RFC3339) != "2026-11-02T21:00:00+08:00" {
		t.Fatalf("%+v", cal)
	}
	if first, last := monday.Slots[0].Modes, monday.Slots[6].Modes; len(first) != 1 || len(last) != 2 || last[1] != "phone" {
		t.Errorf("modes %v and %v", first, last)
	}
	cal, err = h.Availability.Slots(ctx, availability.SlotQuery{TherapistID: id, Mode: "phone", From: calendar.MakeDay(2026, 11, 3), Days: 1})
	h.must(err)
	if n := len(cal.Days[0].Slots); n != 3 {
		t.Errorf("%d slots by phone", n)
	}
	for field, q := range map[string]availability.SlotQuery{
		"mode": {TherapistID: id, Mode: "pigeon"}, "days": {TherapistID: id, Days: 93}, "tz": {TherapistID: id, Zone: "nowhere"},
	} {
		_, err := h.Availability.Slots(ctx, q)
		wantKind(t, err, fault.Malformed, field)
	}
	_, err = h.Availability.Slots(ctx, availability.SlotQuery{TherapistID: id, Service: "nothing"})
	wantKind(t, err, fault.NotFound, "")
}

// A profile that is relisted after midnight has its next time at once: listing, pausing and accepting derive
// it in their own transaction.
func TestAChangeOfListingDerivesTheNextTimes(t *testing.T) {
	h := newHouse(t)
	id := h.practice()
	h.must(h.Availability.RecomputeNext(ctx, []int64{id}))
	profiles := &directory.Profiles{DB: h.DB, Clock: h.clock, NextTimes: availability.RecomputeNextTx}
	for _, c := range []struct {
		name     string
		change   func() error
		bookable bool
	}{
		{"paused", func() error { return profiles.Pause(ctx, accounts.System, id) }, false},
		{"listed a day later", func() error { return profiles.List(ctx, accounts.System, id) }, true},
		{"full", func() error { return profiles.SetAccepting(ctx, accounts.System, id, false) }, false},
		{"taking clients a day later", func() error { return profiles.SetAccepting(ctx, accounts.System, id, true) }, true},
		{"suspended", func() error { return profiles.Suspend(ctx, accounts.System, id) }, false},
	} {
		h.must(c.change())
		if at := h.storedNext(id); at.After(h.clock.Now()) != c.bookable {
			t.Errorf("%s: the next time is %v", c.name, at)
		}
		h.clock.Advance(24 * time.Hour)
	}
}
