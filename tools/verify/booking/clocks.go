package booking

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"wattle/tools/verify/rig"
)

const (
	clockPeople  = 60
	clockDays    = 14
	nextBooked   = 100
	settleWithin = 10 * time.Second
)

// nights are the evenings before the clocks change in the south-east, and the first of them again:
// the development clock runs backwards too.
var nights = []string{"2026-10-03T22:00:00+10:00", "2027-04-03T22:00:00+11:00", "2027-10-02T22:00:00+10:00", "2026-10-03T22:00:00+10:00"}

// Clocks moves the clock to the nights the clocks change and holds every time on offer to the
// practices' hours, minute by minute, by a computation of its own; then it books what is shown as
// next free.
func Clocks(ctx context.Context, t *rig.Trial) error {
	h, a, b, err := rig.TwoInstances(ctx, t)
	if err != nil {
		return err
	}
	people, err := timetables(ctx, h)
	if err != nil {
		return err
	}
	c := rig.NewCaller(16)
	for n, night := range nights {
		now, err := time.Parse(time.RFC3339, night)
		if err != nil {
			return err
		}
		if err := c.SetClock(ctx, map[string]string{"now": night}, a, b); err != nil {
			return err
		}
		if err := holdToHours(ctx, t, h, c, b, people, now); err != nil {
			return err
		}
		if err := bookNext(ctx, t, c, n, a, b); err != nil {
			return err
		}
	}
	return nil
}

// holdToHours asks for everybody's slots and judges each.
func holdToHours(ctx context.Context, t *rig.Trial, h *rig.Deployment, c *rig.Caller, at *rig.Instance, people []*timetable, now time.Time) error {
	slots, zones, twice := 0, map[string]bool{}, 0
	for _, p := range people {
		cal, err := c.Slots(ctx, at.Base, p.Slug, fmt.Sprintf("days=%d", clockDays))
		if err != nil {
			return err
		}
		busy, err := busyOf(ctx, h, p.ID, now)
		if err != nil {
			return err
		}
		t.Want(cal.Practice == p.Zone && len(cal.Days) == clockDays, "%s: zone %s, %d days", p.Slug, cal.Practice, len(cal.Days))
		faces := map[string]int{}
		for _, s := range cal.All() {
			if why := p.wrong(s, now, busy); why != "" {
				t.Miss("%s, %s is offered: %s", p.Slug, s.Starts.Format(time.RFC3339), why)
			}
			faces[s.Starts.Format("2006-01-02 15:04")]++
		}
		for _, n := range faces {
			if n == 2 {
				twice++
			}
			t.Want(n <= 2, "%s: a wall time is offered %d times", p.Slug, n)
		}
		slots += len(cal.All())
		zones[p.Zone] = true
		if err := sameElsewhere(ctx, t, c, at, p, cal); err != nil {
			return err
		}
	}
	t.Say("%s: %d slots of %d people in %d zones lie in their hours; %d wall times that exist twice are offered twice",
		now.Format(time.RFC3339), slots, len(people), len(zones), twice)
	t.Want(slots > 500, "only %d slots: nothing is shown", slots)
	if now.Month() == time.April {
		t.Want(twice > 0, "nobody's doubled hour was offered twice")
	}
	return nil
}

// sameElsewhere asks as a client in Brisbane: the same instants, by Brisbane's wall.
func sameElsewhere(ctx context.Context, t *rig.Trial, c *rig.Caller, at *rig.Instance, p *timetable, cal rig.Calendar) error {
	days := cal.Days
	if len(days) == 0 {
		return nil
	}
	from, err := time.Parse(time.DateOnly, days[0].Date)
	if err != nil {
		return err
	}
	far, err := c.Slots(ctx, at.Base, p.Slug, fmt.Sprintf("tz=Australia/Brisbane&days=%d&from=%s", clockDays+2, from.AddDate(0, 0, -1).Format(time.DateOnly)))
	if err != nil {
		return err
	}
	there := map[int64]bool{}
	for _, s := range far.All() {
		there[s.Starts.Unix()] = true
		_, offset := s.Starts.Zone()
		t.Want(offset == 10*3600, "%s: a time for Brisbane has offset %d", p.Slug, offset)
	}
	for _, s := range cal.All() {
		t.Want(there[s.Starts.Unix()], "%s: %s is not offered to somebody in Brisbane", p.Slug, s.Starts.Format(time.RFC3339))
	}
	return nil
}

// bookNext waits until everybody's next free time is their first slot, then books it on either instance.
func bookNext(ctx context.Context, t *rig.Trial, c *rig.Caller, night int, at ...*rig.Instance) error {
	var list []rig.Person
	var first map[string]rig.Slot
	wrong := ""
	check := func() bool {
		var err error
		if list, first, wrong, err = nextTimes(ctx, c, at[1], t.Times(nextBooked)); err != nil {
			wrong = err.Error()
		}
		return wrong == ""
	}
	took := rig.Until(ctx, Stopwatch(), check)
	if wrong != "" {
		t.Miss("next free times did not settle: %s", wrong)
		return nil
	}
	booked := 0
	for n, p := range list {
		a, _ := c.Book(ctx, at[n%len(at)].Base, rig.Want(p.Slug, first[p.Slug], fmt.Sprintf("night%d-%03d@example.org", night, n)))
		if a.Err == nil && a.Status == http.StatusCreated {
			booked++
			continue
		}
		t.Miss("%s is shown as free next at %s and cannot be booked: %s", p.Slug, p.Next.Format(time.RFC3339), a)
	}
	t.Say("  next free times equal the first slots %.1f s after the clock moved; booked %d of %d", took.Seconds(), booked, len(list))
	t.Want(took <= settleWithin, "next free times settled only after %s", took)
	t.Want(len(list) == t.Times(nextBooked), "only %d people have a next free time", len(list))
	return nil
}

// nextTimes compares the next free times of the first n people with their first slots; wrong names
// somebody for whom they differ.
func nextTimes(ctx context.Context, c *rig.Caller, at *rig.Instance, n int) (list []rig.Person, first map[string]rig.Slot, wrong string, err error) {
	list, err = c.Bookable(ctx, at.Base)
	if err != nil {
		return nil, nil, "", err
	}
	list, first = list[:min(n, len(list))], map[string]rig.Slot{}
	for _, p := range list {
		cal, err := c.Slots(ctx, at.Base, p.Slug, "days=92")
		if err != nil {
			return nil, nil, "", err
		}
		all := cal.All()
		if len(all) == 0 || !all[0].Starts.Equal(*p.Next) {
			return list, first, fmt.Sprintf("%s shows %s, its %d slots begin otherwise", p.Slug, p.Next.Format(time.RFC3339), len(all)), nil
		}
		first[p.Slug] = all[0]
	}
	return list, first, "", nil
}
