package rig

import (
	"context"
	"fmt"
	"time"
	_ "time/tzdata" // zones wherever this runs

	"wattle/internal/clock"
)

const (
	stormPractices = 8
	OpenHour       = 6
	CloseHour      = 22
)

// call is a kind of booking in the storm: its length and buffers in minutes.
type call struct {
	Slug                   string
	minutes, before, after int
}

// StormCalls are the kinds of call, with different lengths and buffers.
var StormCalls = []call{
	{"free-consultation", 15, 0, 10}, {"call-10", 10, 5, 5}, {"call-25", 25, 0, 0}, {"call-50", 50, 10, 15}, {"call-75", 75, 30, 0},
}

// Practice is a practice of the storm.
type Practice struct {
	ID   int64  `db:"id"`
	Slug string `db:"slug"`
	Zone string `db:"zone"`

	Modes    []string
	Midnight time.Time // of its today
}

// PrepareStorm gives some practices wide hours and calls of many lengths and buffers.
func (h *Deployment) PrepareStorm(ctx context.Context, c *Caller, at *Instance) (list []Practice, err error) {
	err = h.Owner.Select(ctx, &list, `SELECT t.id, t.slug, t.zone FROM therapists t JOIN calendars p ON p.therapist_id = t.id
		JOIN services s ON s.therapist_id = t.id AND s.slug = 'free-consultation' AND s.active
		WHERE t.listing = 'listed' AND t.accepting ORDER BY t.id LIMIT $1`, stormPractices)
	if err != nil || len(list) < stormPractices {
		return nil, fmt.Errorf("%d practices for the storm: %w", len(list), err)
	}
	for i := range list {
		o := &list[i]
		o.Modes = []string{"video", "phone"}
		zone, err := time.LoadLocation(o.Zone)
		if err != nil {
			return nil, err
		}
		y, m, d := clock.System{}.Now().In(zone).Date()
		o.Midnight = time.Date(y, m, d, 0, 0, 0, 0, zone)
		if err := h.openWide(ctx, o.ID, i); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// openWide rewrites one practice: every fourth has a daily cap.
func (h *Deployment) openWide(ctx context.Context, id int64, n int) error {
	limit := 0
	if n%4 == 3 {
		limit = 12
	}
	steps := []struct {
		statement string
		args      []any
	}{
		{`DELETE FROM weekly_hours WHERE therapist_id = $1`, []any{id}},
		{`DELETE FROM availability_exceptions WHERE therapist_id = $1`, []any{id}},
		{`DELETE FROM leaves WHERE therapist_id = $1`, []any{id}},
		{`INSERT INTO weekly_hours (therapist_id, weekday, start_minute, end_minute, services, modes)
			SELECT $1, day, $2, $3, '{}', '{}' FROM generate_series(0, 6) AS day`, []any{id, OpenHour * 60, CloseHour * 60}},
		{`UPDATE calendars SET availability_version = availability_version + 1, notice_minutes = 0, horizon_days = 30, step_minutes = 5,
			open_on_holidays = true, daily_cap = $2 WHERE therapist_id = $1`, []any{id, limit}},
	}
	for i, c := range StormCalls {
		steps = append(steps, struct {
			statement string
			args      []any
		}{`INSERT INTO services (therapist_id, slug, position, name, kind, format, minutes, fee_cents, modes, buffer_before, buffer_after, active)
			VALUES ($1, $2, $3, 'A call', 'consultation', 'individual', $4, 0, '{video,phone}', $5, $6, true)
			ON CONFLICT (therapist_id, slug) DO UPDATE SET minutes = $4, modes = '{video,phone}', buffer_before = $5, buffer_after = $6`,
			[]any{id, c.Slug, 50 + i, c.minutes, c.before, c.after}})
	}
	for _, s := range steps {
		if err := h.Exec(ctx, s.statement, s.args...); err != nil {
			return err
		}
	}
	return nil
}
