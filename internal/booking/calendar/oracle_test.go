package calendar

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"
)

// Every zone in which an Australian practice keeps hours.
var australianZones = []string{
	"Australia/Sydney", "Australia/Melbourne", "Australia/Hobart", "Australia/Brisbane", "Australia/Lindeman",
	"Australia/Adelaide", "Australia/Darwin", "Australia/Perth", "Australia/Broken_Hill", "Australia/Eucla",
	"Australia/Lord_Howe", "Pacific/Norfolk", "Indian/Christmas", "Indian/Cocos",
}

// schedule is one random practice and what the engine is asked of it.
type schedule struct {
	zone     string
	av       Availability
	service  Service
	mode     string
	holidays []Day
	busy     []Busy
	now      time.Time
	from, to Day
}

// drawSchedule makes a schedule around day d; pick(n) gives 0 … n-1.
func drawSchedule(pick func(n int) int, zone string, d Day) schedule {
	loc, err := time.LoadLocation(zone)
	if err != nil {
		panic(err)
	}
	year, month, day := d.Time().Date()
	q := schedule{zone: zone, from: d - 1, to: d + 1, mode: "video"}
	q.now = time.Date(year, month, day-3+pick(4), pick(24), pick(60), pick(60), pick(2)*500, loc)
	q.av = Availability{
		NoticeMinutes: []int{0, 5, 90, 24 * 60, 3000}[pick(5)], HorizonDays: 1 + pick(6), DailyCap: []int{0, 0, 1, 2, 3}[pick(5)],
		StepMinutes: []int{5, 10, 15, 20, 30, 60}[pick(6)], OpenOnHolidays: pick(4) == 0,
	}
	q.service = Service{Slug: "free-consultation", Minutes: 5 + 5*pick(24), BufferBefore: pick(4) * pick(25), BufferAfter: pick(4) * pick(25)}
	for range pick(12) {
		from, to, services, modes := drawSpan(pick)
		q.av.Weekly = append(q.av.Weekly, Hours{time.Weekday(pick(7)), from, to, services, modes})
	}
	for range pick(4) {
		from, to, services, modes := drawSpan(pick)
		q.av.Exceptions = append(q.av.Exceptions, Exception{d - 2 + Day(pick(5)), pick(4) == 0, from, to, services, modes})
	}
	for range pick(8) / 6 {
		first := d - 2 + Day(pick(5))
		q.av.Leaves = append(q.av.Leaves, Leave{first, first + Day(pick(2))})
	}
	for range pick(8) / 5 {
		q.holidays = append(q.holidays, d-2+Day(pick(5)))
	}
	q.busy = drawBusy(pick, loc, d)
	return q
}

// drawSpan favours the small hours, in which clocks change.
func drawSpan(pick func(int) int) (from, to int, services, modes []string) {
	limit := 1440
	if pick(2) == 0 {
		limit = 400
	}
	from = pick(limit)
	if pick(2) == 0 {
		from -= from % 30
	}
	to = min(1440, from+1+pick(limit))
	services = [][]string{nil, nil, {"free-consultation"}, {"other"}, {"other", "free-consultation"}}[pick(5)]
	modes = [][]string{nil, nil, {"video"}, {"phone"}, {"video", "phone"}}[pick(5)]
	return
}

func drawBusy(pick func(int) int, loc *time.Location, d Day) []Busy {
	var busy []Busy
	at := MinuteOf(d.Time()) - 3*day24h + Minute(pick(600))
	for range pick(30) {
		at += Minute(pick(400))
		b := Busy{From: at, To: at + 1 + Minute(pick(200)), Day: DayOf(at.Time().In(loc))}
		if pick(5) == 0 {
			b.Day = 0
		}
		busy = append(busy, b)
	}
	return busy
}

// walkMinutes is the oracle: it asks plain time.Time about every single minute.
func walkMinutes(q schedule) []Minute {
	loc, _ := time.LoadLocation(q.zone)
	date := func(m Minute) (Day, int) {
		t := m.Time().In(loc)
		return MakeDay(t.Year(), t.Month(), t.Day()), t.Hour()*60 + t.Minute()
	}
	today := MakeDay(q.now.In(loc).Date())
	var out []Minute
	for m := MinuteOf(q.from.Time()) - day24h; m < MinuteOf(q.to.Time())+2*day24h; m++ {
		d, wall := date(m)
		if d < q.from || d > q.to || wall%q.av.StepMinutes != 0 || d > today+Day(q.av.HorizonDays) {
			continue
		}
		if m.Time().Before(q.now.Add(time.Duration(q.av.NoticeMinutes) * time.Minute)) {
			continue
		}
		inside := true
		for k := m; inside && k < m+Minute(q.service.Minutes); k++ {
			kd, kw := date(k)
			inside = kd == d && q.open(kd, kw)
		}
		if inside && q.free(m, d) {
			out = append(out, m)
		}
	}
	return out
}

func (q *schedule) open(d Day, wall int) bool {
	for _, l := range q.av.Leaves {
		if l.First <= d && d <= l.Last {
			return false
		}
	}
	excepted, opened := false, false
	for _, e := range q.av.Exceptions {
		if e.On != d {
			continue
		}
		if e.Closed {
			return false
		}
		excepted = true
		opened = opened || e.Start <= wall && wall < e.End && allows(e.Services, q.service.Slug) && allows(e.Modes, q.mode)
	}
	if excepted {
		return opened
	}
	if !q.av.OpenOnHolidays && slices.Contains(q.holidays, d) {
		return false
	}
	for _, h := range q.av.Weekly {
		if h.Weekday == d.Time().Weekday() && h.Start <= wall && wall < h.End && allows(h.Services, q.service.Slug) && allows(h.Modes, q.mode) {
			return true
		}
	}
	return false
}

func (q *schedule) free(m Minute, d Day) bool {
	count := 0
	for _, b := range q.busy {
		for k := m - Minute(q.service.BufferBefore); k < m+Minute(q.service.Minutes+q.service.BufferAfter); k++ {
			if b.From <= k && k < b.To {
				return false
			}
		}
		if b.Day == d {
			count++
		}
	}
	return q.av.DailyCap == 0 || count < q.av.DailyCap
}

func (q *schedule) plan() *Plan {
	z, err := LoadZone(q.zone)
	if err != nil {
		panic(err)
	}
	p := new(Plan)
	p.Set(&q.av, z, func(d Day) bool { return slices.Contains(q.holidays, d) }, &q.service, q.mode)
	return p
}

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// agree compares engine and oracle: the slots of three days, the next instants of the horizon.
func agree(t failer, q schedule) (slots int) {
	t.Helper()
	p := q.plan()
	want := walkMinutes(q)
	if got := p.Slots(nil, q.from, q.to, q.busy, q.now); !slices.Equal(got, want) {
		t.Fatalf("slots of %+v\n got %v\nwant %v", q, stamps(got, q.zone), stamps(want, q.zone))
	}
	loc, _ := time.LoadLocation(q.zone)
	whole := q
	whole.from = DayOf(q.now.In(loc))
	whole.to = whole.from + Day(q.av.HorizonDays)
	var n Next
	for _, m := range walkMinutes(whole) {
		local := m.Time().In(loc)
		o := Next{Any: m}
		if local.Hour() >= 17 {
			o.Evening = m
		}
		if w := local.Weekday(); w == time.Saturday || w == time.Sunday {
			o.Weekend = m
		}
		n.keepEarlier(o)
	}
	if got := p.Next(q.busy, q.now); got != n {
		t.Fatalf("next of %+v\n got %v\nwant %v", q, got, n)
	}
	return len(want)
}

func stamps(list []Minute, zone string) []string {
	loc, _ := time.LoadLocation(zone)
	var out []string
	for _, m := range list {
		out = append(out, m.Time().In(loc).Format("01-02 15:04-07:00"))
	}
	return out
}

// transitions are the dates 2026–2030 on which a clock of any Australian zone changes.
func transitions() []Day {
	var days []Day
	for d := MakeDay(2026, 1, 1); d <= MakeDay(2030, 12, 31); d++ {
		for _, name := range australianZones {
			z, err := LoadZone(name)
			if err != nil {
				panic(err)
			}
			if _, moves := z.changes[d]; moves {
				days = append(days, d)
				break
			}
		}
	}
	return days
}

func TestSlotsEqualTheMinuteWalkerOnEveryTransitionDay(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 2026))
	days := transitions()
	if len(days) != 10 {
		t.Fatalf("%d transition days, want two a year", len(days))
	}
	schedules, slots := 0, 0
	for _, d := range days {
		for _, zone := range australianZones {
			for range 5 {
				slots += agree(t, drawSchedule(r.IntN, zone, d))
				schedules++
			}
		}
	}
	t.Logf("%d schedules, %d slots, each equal to the minute walker", schedules, slots)
	if schedules < 500 || slots < 2000 {
		t.Fatalf("too little was compared: %d schedules, %d slots", schedules, slots)
	}
}

func TestSlotsEqualTheMinuteWalker(t *testing.T) {
	days := transitions()
	rapid.Check(t, func(rt *rapid.T) {
		pick := func(n int) int { return rapid.IntRange(0, n-1).Draw(rt, "pick") }
		zone := rapid.SampledFrom(australianZones).Draw(rt, "zone")
		d := rapid.SampledFrom(days).Draw(rt, "day") + Day(rapid.IntRange(-1, 1).Draw(rt, "off"))
		agree(rt, drawSchedule(pick, zone, d))
	})
}
