package calendar

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// at reads a wall time of Sydney's, with its offset where it matters.
func at(t *testing.T, s string) time.Time {
	t.Helper()
	for _, layout := range []string{"2006-01-02 15:04Z07:00", "2006-01-02 15:04"} {
		if v, err := time.ParseInLocation(layout, s, sydney(t)); err == nil {
			return v
		}
	}
	t.Fatalf("%q is no time", s)
	return time.Time{}
}

func sydney(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Australia/Sydney")
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestRulesOfSlots(t *testing.T) {
	hours := func(from, to int) []Hours {
		var list []Hours
		for d := time.Sunday; d <= time.Saturday; d++ {
			list = append(list, Hours{Weekday: d, Start: from, End: to})
		}
		return list
	}
	day := MakeDay(2026, 11, 4) // a Wednesday
	taken := func(from, to string, d Day) Busy {
		return Busy{MinuteOf(at(t, "2026-11-04 "+from)), MinuteOf(at(t, "2026-11-04 "+to)), d}
	}
	for name, c := range map[string]struct {
		change func(q *schedule)
		want   string
	}{
		"the last slot ends with the hours":    {func(*schedule) {}, "09:00 09:30 10:00"},
		"a grid of the wall, not of the hours": {func(q *schedule) { q.av.Weekly = hours(550, 640) }, "09:30 10:00"},
		"hours that touch are one":             {func(q *schedule) { q.av.Weekly = append(hours(540, 585), hours(585, 630)...) }, "09:00 09:30 10:00"},
		"hours of another service":             {func(q *schedule) { q.av.Weekly[3].Services = []string{"other"} }, ""},
		"hours of another mode":                {func(q *schedule) { q.av.Weekly[3].Modes = []string{"phone"} }, ""},
		"hours of this mode among others":      {func(q *schedule) { q.av.Weekly[3].Modes = []string{"phone", "video"} }, "09:00 09:30 10:00"},
		"notice to the second":                 {func(q *schedule) { q.now = at(t, "2026-11-04 08:30").Add(time.Second); q.av.NoticeMinutes = 30 }, "09:30 10:00"},
		"exactly the notice":                   {func(q *schedule) { q.now = at(t, "2026-11-04 08:30"); q.av.NoticeMinutes = 30 }, "09:00 09:30 10:00"},
		"the past":                             {func(q *schedule) { q.now = at(t, "2026-11-04 09:59") }, "10:00"},
		"the horizon's last day":               {func(q *schedule) { q.now = at(t, "2026-11-02 23:59"); q.av.HorizonDays = 2 }, "09:00 09:30 10:00"},
		"a day beyond the horizon":             {func(q *schedule) { q.now = at(t, "2026-11-02 23:59"); q.av.HorizonDays = 1 }, ""},
		"a slot that ends at midnight":         {func(q *schedule) { q.av.Weekly = hours(1380, 1440) }, "23:00 23:30"},
		"no slot across midnight":              {func(q *schedule) { q.av.Weekly = append(hours(1410, 1440), hours(0, 30)...); q.service.Minutes = 45 }, ""},
		"a busy span":                          {func(q *schedule) { q.busy = []Busy{taken("09:30", "10:00", day)} }, "09:00 10:00"},
		"a busy span of one minute":            {func(q *schedule) { q.busy = []Busy{taken("09:59", "10:00", day)} }, "09:00 10:00"},
		"a buffer after":                       {func(q *schedule) { q.busy = []Busy{taken("09:30", "10:00", day)}; q.service.BufferAfter = 1 }, "10:00"},
		"a buffer before":                      {func(q *schedule) { q.busy = []Busy{taken("09:30", "10:00", day)}; q.service.BufferBefore = 1 }, "09:00"},
		"buffers reach outside the hours":      {func(q *schedule) { q.service.BufferBefore, q.service.BufferAfter = 60, 60 }, "09:00 09:30 10:00"},
		"but not into what is busy there":      {func(q *schedule) { q.service.BufferBefore = 60; q.busy = []Busy{taken("08:00", "08:01", day)} }, "09:30 10:00"},
		"a cap with room":                      {func(q *schedule) { q.av.DailyCap = 2; q.busy = []Busy{taken("09:30", "10:00", day)} }, "09:00 10:00"},
		"a cap used up":                        {func(q *schedule) { q.av.DailyCap = 1; q.busy = []Busy{taken("09:30", "10:00", day)} }, ""},
		"a cap of another day":                 {func(q *schedule) { q.av.DailyCap = 1; q.busy = []Busy{taken("09:30", "10:00", day-1)} }, "09:00 10:00"},
		"a public holiday":                     {func(q *schedule) { q.holidays = []Day{day} }, ""},
		"a holiday on which they work":         {func(q *schedule) { q.holidays = []Day{day}; q.av.OpenOnHolidays = true }, "09:00 09:30 10:00"},
		"a holiday opened by an exception":     {func(q *schedule) { q.holidays = []Day{day}; q.except(Exception{On: day, Start: 600, End: 660}) }, "10:00 10:30"},
		"an exception instead of the week":     {func(q *schedule) { q.except(Exception{On: day, Start: 840, End: 870}) }, "14:00"},
		"an exception of two spans": {func(q *schedule) {
			q.except(Exception{On: day, Start: 840, End: 870}, Exception{On: day, Start: 600, End: 630})
		}, "10:00 14:00"},
		"an exception for another service": {func(q *schedule) { q.except(Exception{On: day, Start: 840, End: 870, Services: []string{"other"}}) }, ""},
		"a closed date":                    {func(q *schedule) { q.except(Exception{On: day, Closed: true}) }, ""},
		"closed outweighs open": {func(q *schedule) {
			q.except(Exception{On: day, Closed: true}, Exception{On: day, Start: 600, End: 660})
		}, ""},
		"an exception of another date": {func(q *schedule) { q.except(Exception{On: day + 1, Closed: true}) }, "09:00 09:30 10:00"},
		"the first day of leave":       {func(q *schedule) { q.av.Leaves = []Leave{{day, day + 5}} }, ""},
		"the last day of leave":        {func(q *schedule) { q.av.Leaves = []Leave{{day - 5, day}} }, ""},
		"the day after leave":          {func(q *schedule) { q.av.Leaves = []Leave{{day - 5, day - 1}} }, "09:00 09:30 10:00"},
		"leave outweighs an exception": {func(q *schedule) {
			q.av.Leaves = []Leave{{day, day}}
			q.except(Exception{On: day, Start: 600, End: 660})
		}, ""},
		"a step that does not divide the length":       {func(q *schedule) { q.av.StepMinutes = 20; q.service.Minutes = 50 }, "09:00 09:20 09:40"},
		"a step of an hour from half past":             {func(q *schedule) { q.av.StepMinutes = 60; q.av.Weekly = hours(570, 720) }, "10:00 11:00"},
		"overlapping busy spans, the long one earlier": {func(q *schedule) { q.busy = []Busy{taken("09:00", "10:00", 0), taken("09:10", "09:20", 0)} }, "10:00"},
	} {
		q := schedule{zone: "Australia/Sydney", mode: "video", from: day, to: day, now: at(t, "2026-11-02 12:00"),
			av:      Availability{HorizonDays: 30, StepMinutes: 30, Weekly: hours(540, 630)},
			service: Service{Slug: "free-consultation", Minutes: 30}}
		c.change(&q)
		agree(t, q)
		var got []string
		for _, m := range q.plan().Slots(nil, day, day, q.busy, q.now) {
			got = append(got, m.Time().In(sydney(t)).Format("15:04"))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %q, want %q", name, s, c.want)
		}
	}
}

func (q *schedule) except(list ...Exception) { q.av.Exceptions = append(q.av.Exceptions, list...) }

func TestNightsOnWhichTheClockMoves(t *testing.T) {
	for name, c := range map[string]struct {
		zone     string
		day      Day
		from, to int
		minutes  int
		want     string
	}{
		"Sydney, 2026: 02:00 to 02:59 do not exist":      {"Australia/Sydney", MakeDay(2026, 10, 4), 90, 210, 30, "01:30+10:00 03:00+11:00"},
		"a slot runs through the gap by stopwatch":       {"Australia/Sydney", MakeDay(2026, 10, 4), 90, 210, 60, "01:30+10:00"},
		"hours inside the gap are none":                  {"Australia/Sydney", MakeDay(2026, 10, 4), 120, 180, 10, ""},
		"the night before is an ordinary one":            {"Australia/Sydney", MakeDay(2026, 10, 3), 90, 210, 30, "01:30+10:00 02:00+10:00 02:30+10:00 03:00+10:00"},
		"Sydney, 2027: 02:00 to 02:59 come twice":        {"Australia/Sydney", MakeDay(2027, 4, 4), 120, 180, 30, "02:00+11:00 02:30+11:00 02:00+10:00 02:30+10:00"},
		"a slot may run through the change":              {"Australia/Sydney", MakeDay(2027, 4, 4), 120, 180, 90, "02:00+11:00 02:30+11:00"},
		"hours that end inside the hour that comes back": {"Australia/Sydney", MakeDay(2027, 4, 4), 90, 150, 30, "01:30+11:00 02:00+11:00 02:00+10:00"},
		"the day before it is an ordinary one":           {"Australia/Sydney", MakeDay(2027, 4, 3), 120, 180, 30, "02:00+11:00 02:30+11:00"},
		"Sydney, October 2027":                           {"Australia/Sydney", MakeDay(2027, 10, 3), 90, 210, 30, "01:30+10:00 03:00+11:00"},
		"the day before it":                              {"Australia/Sydney", MakeDay(2027, 10, 2), 150, 210, 30, "02:30+10:00 03:00+10:00"},
		"Lord Howe moves by half an hour, on":            {"Australia/Lord_Howe", MakeDay(2026, 10, 4), 90, 180, 30, "01:30+10:30 02:30+11:00"},
		"Lord Howe moves by half an hour, back":          {"Australia/Lord_Howe", MakeDay(2027, 4, 4), 90, 150, 30, "01:30+11:00 01:30+10:30 02:00+10:30"},
		"Brisbane never moves":                           {"Australia/Brisbane", MakeDay(2026, 10, 4), 120, 180, 30, "02:00+10:00 02:30+10:00"},
		"Eucla counts quarters":                          {"Australia/Eucla", MakeDay(2026, 10, 4), 120, 180, 30, "02:00+08:45 02:30+08:45"},
		"Broken Hill moves with Adelaide":                {"Australia/Broken_Hill", MakeDay(2027, 4, 4), 150, 180, 30, "02:30+10:30 02:30+09:30"},
		"Norfolk Island":                                 {"Pacific/Norfolk", MakeDay(2026, 10, 4), 90, 210, 30, "01:30+11:00 03:00+12:00"},
	} {
		q := schedule{zone: c.zone, mode: "video", from: c.day, to: c.day, now: (c.day - 5).Time(),
			av:      Availability{HorizonDays: 30, StepMinutes: 30, OpenOnHolidays: true, Weekly: []Hours{{Weekday: c.day.Weekday(), Start: c.from, End: c.to}}},
			service: Service{Slug: "free-consultation", Minutes: c.minutes}}
		agree(t, q)
		var got []string
		for _, s := range stamps(q.plan().Slots(nil, c.day, c.day, nil, q.now), c.zone) {
			got = append(got, s[6:])
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %q, want %q", name, s, c.want)
		}
	}
}

func TestTheHorizonEndsAtMidnight(t *testing.T) {
	for _, zone := range australianZones {
		z, err := LoadZone(zone)
		if err != nil {
			t.Fatal(err)
		}
		q := schedule{zone: zone, mode: "video", now: time.Date(2026, 9, 30, 13, 59, 59, 0, time.UTC),
			av:      Availability{HorizonDays: 4, StepMinutes: 15, OpenOnHolidays: true},
			service: Service{Slug: "free-consultation", Minutes: 50, BufferAfter: 30}}
		for d := time.Sunday; d <= time.Saturday; d++ {
			q.av.Weekly = append(q.av.Weekly, Hours{Weekday: d, Start: 0, End: 1440})
		}
		today := z.Today(q.now)
		got := q.plan().Slots(nil, today, today+30, nil, q.now)
		closing := z.midnight(today + 5)
		if last := got[len(got)-1]; last+50 > closing || last+50 <= closing-15 {
			t.Errorf("%s: the last slot ends at %v, the horizon at %v", zone, (last + 50).Time(), closing.Time())
		}
	}
}

func TestAReusedPlanEqualsANewOne(t *testing.T) {
	pick := func(n int) int { return n / 2 }
	var p Plan
	for _, zone := range []string{"Australia/Sydney", "Australia/Perth"} {
		for _, d := range transitions() {
			q := drawSchedule(pick, zone, d)
			z, _ := LoadZone(zone)
			p.Set(&q.av, z, nil, &q.service, q.mode)
			q.holidays = nil
			if want := walkMinutes(q); !slices.Equal(p.Slots(nil, q.from, q.to, q.busy, q.now), want) {
				t.Errorf("%s %v", zone, d)
			}
		}
	}
}

func TestSlotsAllocateNothing(t *testing.T) {
	pick := func(n int) int { return n / 2 }
	q := drawSchedule(pick, "Australia/Sydney", MakeDay(2026, 10, 4))
	p, buf := q.plan(), make([]Minute, 0, 1024)
	if n := testing.AllocsPerRun(100, func() {
		buf = p.Slots(buf[:0], q.from, q.to, q.busy, q.now)
		p.Next(q.busy, q.now)
		p.Set(&q.av, p.zone, nil, &q.service, q.mode)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestDays(t *testing.T) {
	for _, s := range []string{"1969-12-31", "1970-01-01", "2024-02-29", "2026-10-04"} {
		d, err := ParseDay(s)
		if err != nil || d.String() != s || d.Weekday() != d.Time().Weekday() || DayOf(d.Time().Add(23*time.Hour)) != d {
			t.Errorf("%s: %v, %v, %v", s, d, d.Weekday(), err)
		}
	}
	for _, s := range []string{"", "2026-02-30", "4 October", "2026-10-04T00:00:00Z"} {
		if _, err := ParseDay(s); err == nil {
			t.Errorf("%q was read as a date", s)
		}
	}
	if z, err := LoadZone("America/Sao_Paulo"); err != nil || z == nil { // has had no change since 2019
		t.Errorf("%v", err)
	}
	if _, err := LoadZone("America/Havana"); err == nil { // changes at midnight
		t.Error("a zone whose midnight is missing was taken")
	}
}

func BenchmarkSlots60Days(b *testing.B) {
	q := drawSchedule(func(n int) int { return n / 2 }, "Australia/Sydney", MakeDay(2026, 10, 4))
	q.av = open9to5()
	p, buf := q.plan(), make([]Minute, 0, 4096)
	b.ReportAllocs()
	for b.Loop() {
		buf = p.Slots(buf[:0], q.from, q.from+60, q.busy, q.now)
	}
}

// open9to5 is every day's hours, with an hour's notice and sixty days' horizon.
func open9to5() Availability {
	a := Availability{NoticeMinutes: 60, HorizonDays: 60, StepMinutes: 15, OpenOnHolidays: true}
	for d := time.Sunday; d <= time.Saturday; d++ {
		a.Weekly = append(a.Weekly, Hours{Weekday: d, Start: 540, End: 1020})
	}
	return a
}
