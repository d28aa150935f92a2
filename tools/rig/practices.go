package rig

import (
	"math/rand/v2"
	"time"
	_ "time/tzdata" // zones wherever this runs
)

const (
	stormPractices = 8
	openHour       = 6
	closeHour      = 22
	stormDays      = 3 // ahead: few days, so that clients compete
)

// calls are the kinds of call in the storm, with different lengths and buffers in minutes.
var calls = []struct {
	slug                   string
	minutes, before, after int
}{
	{"free-consultation", 15, 0, 10}, {"call-10", 10, 5, 5}, {"call-25", 25, 0, 0},
	{"call-50", 50, 10, 15}, {"call-75", 75, 30, 0},
}

// Practice is a practice with wide hours.
type Practice struct {
	ID   int64  `db:"id"`
	Slug string `db:"slug"`
	Zone string `db:"zone"`

	midnight time.Time // of its today
}

// Start is a random time on the practice's grid within the hours of the next days.
func (p *Practice) Start(r *rand.Rand) time.Time {
	y, m, d := p.midnight.Date()
	minute := openHour*60 + 5*r.IntN((closeHour-openHour)*12)
	return time.Date(y, m, d+1+r.IntN(stormDays), 0, minute, 0, 0, p.midnight.Location())
}

// Call asks for a free consultation at a random time.
func (p *Practice) Call(r *rand.Rand, email string) Request {
	return Want(p.Slug, Slot{Starts: p.Start(r), Modes: []string{"video"}}, email)
}

// Any asks for a random call at a random time.
func (p *Practice) Any(r *rand.Rand, email string) Request {
	want := p.Call(r, email)
	want.Service, want.Mode = calls[r.IntN(len(calls))].slug, []string{"video", "phone"}[r.IntN(2)]
	return want
}

// OpenWide gives some practices wide hours and calls of many lengths and buffers.
func (h *Deployment) OpenWide() []Practice {
	list := List[Practice](h, `SELECT t.id, t.slug, t.zone FROM therapists t JOIN calendars p ON p.therapist_id = t.id
		JOIN services s ON s.therapist_id = t.id AND s.slug = 'free-consultation' AND s.active
		WHERE t.listing = 'listed' AND t.accepting ORDER BY t.id LIMIT $1`, stormPractices)
	if len(list) < stormPractices {
		h.T.Fail("only %d practices for the storm", len(list))
	}
	for i := range list {
		zone, err := time.LoadLocation(list[i].Zone)
		h.T.Must(err)
		y, m, d := Now().In(zone).Date()
		list[i].midnight = time.Date(y, m, d, 0, 0, 0, 0, zone)
		h.openWide(list[i].ID, i)
	}
	return list
}

// openWide rewrites one practice: every fourth has a daily cap.
func (h *Deployment) openWide(id int64, n int) {
	limit := 0
	if n%4 == 3 {
		limit = 12
	}
	h.Exec(`DELETE FROM weekly_hours WHERE therapist_id = $1`, id)
	h.Exec(`DELETE FROM availability_exceptions WHERE therapist_id = $1`, id)
	h.Exec(`DELETE FROM leaves WHERE therapist_id = $1`, id)
	h.Exec(`INSERT INTO weekly_hours (therapist_id, weekday, start_minute, end_minute, services, modes)
		SELECT $1, day, $2, $3, '{}', '{}' FROM generate_series(0, 6) AS day`, id, openHour*60, closeHour*60)
	h.Exec(`UPDATE calendars SET availability_version = availability_version + 1, notice_minutes = 0, horizon_days = 30,
		step_minutes = 5, open_on_holidays = true, daily_cap = $2 WHERE therapist_id = $1`, id, limit)
	for i, c := range calls {
		h.Exec(`INSERT INTO services (therapist_id, slug, position, name, kind, format, minutes, fee_cents, modes,
				buffer_before, buffer_after, active)
			VALUES ($1, $2, $3, 'A call', 'consultation', 'individual', $4, 0, '{video,phone}', $5, $6, true)
			ON CONFLICT (therapist_id, slug) DO UPDATE
			SET minutes = $4, modes = '{video,phone}', buffer_before = $5, buffer_after = $6`,
			id, c.slug, 50+i, c.minutes, c.before, c.after)
	}
}
