package booking

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"time"

	"wattle/tools/rig"
)

const (
	clockPeople  = 60
	clockDays    = 14
	nextBooked   = 100
	settleWithin = 10 * time.Second
)

// nights are the evenings before the clocks change in the south-east, and the first of them again:
// the development clock also runs backwards.
var nights = []string{"2026-10-03T22:00:00+10:00", "2027-04-03T22:00:00+11:00",
	"2027-10-02T22:00:00+10:00", "2026-10-03T22:00:00+10:00"}

// practice is a practice under observation.
type practice struct {
	ID   int64  `db:"id"`
	Slug string `db:"slug"`
	Zone string `db:"zone"`
}

// Clocks moves the clock to the nights the clocks change, checks every time on offer against the
// practice's hours, minute by minute, in SQL, and books what is shown as next free.
func Clocks(t *rig.Trial) {
	h, a, b := rig.TwoInstances(t)
	people, c := practices(h), rig.NewCaller(t, 16)
	for n, night := range nights {
		now := c.SetClock(a, map[string]string{"now": night})
		checkSlots(h, c, b, people, now.Truncate(time.Second))
		bookNext(t, c, n, a, b)
	}
}

// practices picks practices from all zones. Every third one then works around the clock on Sundays, so
// that the skipped and the doubled hour matter.
func practices(h *rig.Deployment) []practice {
	list := rig.List[practice](h, `SELECT id, slug, zone FROM (
			SELECT t.id, t.slug, t.zone, row_number() OVER (PARTITION BY t.zone ORDER BY t.id) AS nth
			FROM therapists t JOIN services s ON s.therapist_id = t.id AND s.slug = 'free-consultation' AND s.active
			WHERE t.listing = 'listed' AND t.accepting) numbered
		ORDER BY nth, zone LIMIT $1`, clockPeople)
	if len(list) < clockPeople {
		h.T.Fail("only %d practices", len(list))
	}
	for n := 0; n < len(list); n += 3 {
		for _, statement := range []string{
			`DELETE FROM weekly_hours WHERE weekday = 0 AND therapist_id = $1`,
			`INSERT INTO weekly_hours (therapist_id, weekday, start_minute, end_minute, services, modes)
				VALUES ($1, 0, 0, 1440, '{}', '{}')`,
			`DELETE FROM availability_exceptions WHERE therapist_id = $1`,
			`UPDATE calendars SET availability_version = availability_version + 1, notice_minutes = 0, daily_cap = 0
				WHERE therapist_id = $1`,
			`UPDATE next_times SET check_at = NULL WHERE therapist_id = $1`,
		} {
			h.Exec(statement, list[n].ID)
		}
	}
	return list
}

// checkSlots asks for everyone's slots and checks each.
func checkSlots(h *rig.Deployment, c *rig.Caller, at *rig.Instance, people []practice, now time.Time) {
	slots, zones, twice := 0, map[string]bool{}, 0
	for _, p := range people {
		cal := c.Slots(at, p.Slug, fmt.Sprintf("days=%d", clockDays))
		h.T.Want(cal.Practice == p.Zone && len(cal.Days) == clockDays,
			"%s: zone %s, %d days", p.Slug, cal.Practice, len(cal.Days))
		times := map[string]int{} // by wall time
		for _, s := range cal.All() {
			wall := s.Starts.Format("2006-01-02 15:04")
			if times[wall]++; times[wall] == 2 {
				twice++
			}
			h.T.Want(times[wall] <= 2, "%s: %s is offered more than twice", p.Slug, wall)
		}
		for _, why := range wrongSlots(h, p, cal.All(), now) {
			h.T.Miss("%s: %s", p.Slug, why)
		}
		slots += len(cal.All())
		zones[p.Zone] = true
	}
	h.T.Say("%s: %d slots of %d people in %d zones lie in their hours; %d wall times that exist twice are offered twice",
		now.Format(time.RFC3339), slots, len(people), len(zones), twice)
	h.T.Want(slots > 500, "only %d slots: this proves nothing", slots)
	h.T.Want(now.Month() != time.April || twice > 0, "no doubled hour was offered twice")
}

//go:embed slots.sql
var wrongSlotsQuery string

// wrongSlots lists the slots that should not be on offer, judged by Postgres and its own zones.
func wrongSlots(h *rig.Deployment, p practice, slots []rig.Slot, now time.Time) []string {
	type row struct {
		Starts time.Time `json:"starts"`
		Ends   time.Time `json:"ends"`
		Face   string    `json:"face"`
		Modes  []string  `json:"modes"`
	}
	var rows []row
	for _, s := range slots {
		rows = append(rows, row{s.Starts, s.Ends, s.Starts.Format("2006-01-02 15:04"), s.Modes})
	}
	raw, err := json.Marshal(rows)
	h.T.Must(err)
	return rig.List[string](h, wrongSlotsQuery, string(raw), p.ID, now)
}

// bookNext waits until everyone's next free time is their first slot, then books it on either instance.
func bookNext(t *rig.Trial, c *rig.Caller, night int, at ...*rig.Instance) {
	var list []rig.Target
	differs := ""
	took := t.Wait(settleWithin, func() bool {
		list, differs = nextTimes(c, at[1], t.Times(nextBooked))
		return differs == ""
	})
	if differs != "" {
		t.Fail("next free times did not settle: %s", differs)
	}
	for n, p := range list {
		c.MustBook(at[n%len(at)], rig.Want(p.Slug, p.Slot, fmt.Sprintf("night%d-%03d@example.org", night, n)))
	}
	t.Say("  next free times equal the first slots %.1f s after the clock moved; %d booked", took.Seconds(), len(list))
	t.Want(took <= settleWithin, "next free times settled only after %s", took)
}

// nextTimes compares the next free times of n people with their first slots; differs names the first
// person for whom they differ.
func nextTimes(c *rig.Caller, at *rig.Instance, n int) (list []rig.Target, differs string) {
	for _, p := range c.Bookable(at, n)[:n] {
		all := c.Slots(at, p.Slug, "days=92").All()
		if len(all) == 0 || !all[0].Starts.Equal(*p.Next) {
			return nil, fmt.Sprintf("%s shows %s, but its %d slots begin elsewhere",
				p.Slug, p.Next.Format(time.RFC3339), len(all))
		}
		list = append(list, rig.Target{Slug: p.Slug, Slot: all[0]})
	}
	return list, ""
}
