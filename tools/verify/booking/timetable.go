package booking

import (
	"context"
	"fmt"
	"slices"
	"time"

	"wattle/internal/clock"
	"wattle/internal/pg"
	"wattle/tools/verify/rig"
)

// Stopwatch starts a stopwatch.
func Stopwatch() func() time.Duration { return clock.Stopwatch() }

// timetable is what Postgres holds of a practice's hours.
type timetable struct {
	ID       int64  `db:"id"`
	Slug     string `db:"slug"`
	Zone     string `db:"zone"`
	State    string `db:"state"`
	Notice   int    `db:"notice_minutes"`
	Horizon  int    `db:"horizon_days"`
	Holidays bool   `db:"open_on_holidays"`
	Minutes  int    `db:"minutes"`
	Before   int    `db:"buffer_before"`
	After    int    `db:"buffer_after"`

	loc    *time.Location
	weekly []hoursRow
	dated  []hoursRow
	leaves []leaveRow
}

type hoursRow struct {
	Therapist int64      `db:"therapist_id"`
	Weekday   int        `db:"weekday"`
	On        string     `db:"on_date"`
	Closed    bool       `db:"closed"`
	Start     int        `db:"start_minute"`
	End       int        `db:"end_minute"`
	Services  pg.Strings `db:"services"`
	Modes     pg.Strings `db:"modes"`
}

type leaveRow struct {
	Therapist int64  `db:"therapist_id"`
	First     string `db:"first_date"`
	Last      string `db:"last_date"`
}

type busyRow struct {
	From time.Time `db:"from_at"`
	To   time.Time `db:"to_at"`
}

// timetables reads sixty practices, every zone as often as it can be. Every third of them works
// around the clock on Sundays from now on, so that the hours which are skipped and doubled matter.
func timetables(ctx context.Context, h *rig.Deployment) (list []*timetable, err error) {
	err = h.Owner.Select(ctx, &list, `
		SELECT id, slug, zone, state, notice_minutes, horizon_days, open_on_holidays, minutes, buffer_before, buffer_after FROM (
			SELECT t.id, t.slug, t.zone, t.state, p.notice_minutes, p.horizon_days, p.open_on_holidays, s.minutes, s.buffer_before, s.buffer_after,
				row_number() OVER (PARTITION BY t.zone ORDER BY t.id) AS nth
			FROM therapists t JOIN calendars p ON p.therapist_id = t.id JOIN services s ON s.therapist_id = t.id AND s.slug = 'free-consultation' AND s.active
			WHERE t.listing = 'listed' AND t.accepting) all_of_them
		ORDER BY nth, zone LIMIT $1`, clockPeople)
	if err != nil || len(list) < clockPeople {
		return nil, fmt.Errorf("%d practices: %w", len(list), err)
	}
	for n, p := range list {
		if p.loc, err = time.LoadLocation(p.Zone); err != nil {
			return nil, err
		}
		if n%3 == 0 {
			if err := openSundays(ctx, h, p); err != nil {
				return nil, err
			}
		}
		if err := fillTimetable(ctx, h, p); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func openSundays(ctx context.Context, h *rig.Deployment, p *timetable) error {
	p.Notice = 0
	for _, statement := range []string{
		`DELETE FROM weekly_hours WHERE weekday = 0 AND therapist_id = $1`,
		`INSERT INTO weekly_hours (therapist_id, weekday, start_minute, end_minute, services, modes) VALUES ($1, 0, 0, 1440, '{}', '{}')`,
		`DELETE FROM availability_exceptions WHERE therapist_id = $1`,
		`UPDATE calendars SET availability_version = availability_version + 1, notice_minutes = 0, daily_cap = 0 WHERE therapist_id = $1`,
		`UPDATE next_times SET check_at = NULL WHERE therapist_id = $1`,
	} {
		if err := h.Exec(ctx, statement, p.ID); err != nil {
			return err
		}
	}
	return nil
}

func fillTimetable(ctx context.Context, h *rig.Deployment, p *timetable) error {
	err := h.Owner.Select(ctx, &p.weekly, `SELECT therapist_id, weekday, '' AS on_date, false AS closed, start_minute, end_minute, services, modes
		FROM weekly_hours WHERE therapist_id = $1`, p.ID)
	if err == nil {
		err = h.Owner.Select(ctx, &p.dated, `SELECT therapist_id, 0 AS weekday, to_char(on_date, 'YYYY-MM-DD') AS on_date, closed,
			coalesce(start_minute, 0) AS start_minute, coalesce(end_minute, 0) AS end_minute, services, modes
			FROM availability_exceptions WHERE therapist_id = $1`, p.ID)
	}
	if err == nil {
		err = h.Owner.Select(ctx, &p.leaves, `SELECT therapist_id, to_char(first_date, 'YYYY-MM-DD') AS first_date, to_char(last_date, 'YYYY-MM-DD') AS last_date
			FROM leaves WHERE therapist_id = $1`, p.ID)
	}
	return err
}

// busyOf is what stands in a practice's calendar; holds that ran out do not.
func busyOf(ctx context.Context, h *rig.Deployment, id int64, now time.Time) (list []busyRow, err error) {
	return list, h.Owner.Select(ctx, &list, `SELECT lower(busy) AS from_at, upper(busy) AS to_at FROM bookings WHERE therapist_id = $1
		AND (status IN ('requested', 'pending_payment', 'confirmed', 'completed', 'no_show') OR status = 'held' AND held_until > $2)`, id, now)
}

// wrong says why a slot should not be on offer; "" when it may be.
func (p *timetable) wrong(s rig.Slot, now time.Time, busy []busyRow) string {
	_, printed := s.Starts.Zone()
	local := s.Starts.In(p.loc)
	_, real := local.Zone()
	y, m, d := s.Starts.Date()
	face := time.Date(y, m, d, s.Starts.Hour(), s.Starts.Minute(), 0, 0, p.loc)
	today := now.In(p.loc)
	last := time.Date(today.Year(), today.Month(), today.Day()+p.Horizon, 23, 59, 59, 0, p.loc)
	switch {
	case printed != real:
		return fmt.Sprintf("its offset is %d s, the zone's is %d s", printed, real)
	case face.Format("15:04") != s.Starts.Format("15:04"):
		return "that wall time does not exist"
	case !face.Equal(s.Starts) && !face.Add(time.Hour).Equal(s.Starts) && !face.Add(30*time.Minute).Equal(s.Starts) &&
		!face.Add(-time.Hour).Equal(s.Starts) && !face.Add(-30*time.Minute).Equal(s.Starts):
		return "its wall time is another instant"
	case s.Ends.Sub(s.Starts) != time.Duration(p.Minutes)*time.Minute:
		return "it has the wrong length"
	case s.Starts.Before(now.Add(time.Duration(p.Notice) * time.Minute)):
		return "it lies within the notice"
	case s.Starts.After(last):
		return "it lies beyond the horizon"
	case len(s.Modes) == 0:
		return "it can be had in no way"
	}
	return p.outside(s, busy)
}

// outside looks at every minute of the slot in every mode, and at what is busy.
func (p *timetable) outside(s rig.Slot, busy []busyRow) string {
	for _, mode := range s.Modes {
		for at := s.Starts; at.Before(s.Ends); at = at.Add(time.Minute) {
			if !p.open(at.In(p.loc), mode) {
				return fmt.Sprintf("at %s the practice is closed for %s", at.In(p.loc).Format("Mon 15:04"), mode)
			}
		}
	}
	from, to := s.Starts.Add(-time.Duration(p.Before)*time.Minute), s.Ends.Add(time.Duration(p.After)*time.Minute)
	for _, b := range busy {
		if b.From.Before(to) && from.Before(b.To) {
			return "it overlaps a booking"
		}
	}
	return ""
}

// open says whether the hours hold one minute of the wall clock.
func (p *timetable) open(at time.Time, mode string) bool {
	date, minute := at.Format(time.DateOnly), at.Hour()*60+at.Minute()
	for _, l := range p.leaves {
		if l.First <= date && date <= l.Last {
			return false
		}
	}
	rows, special := p.weekly, false
	if slices.ContainsFunc(p.dated, func(r hoursRow) bool { return r.On == date }) {
		rows, special = p.dated, true
	}
	if !special && !p.Holidays && holiday(p.State, at) {
		return false
	}
	found := false
	for _, r := range rows {
		if special && r.On != date || !special && r.Weekday != int(at.Weekday()) {
			continue
		}
		if r.Closed {
			return false
		}
		fits := (len(r.Services) == 0 || slices.Contains(r.Services, "free-consultation")) && (len(r.Modes) == 0 || slices.Contains(r.Modes, mode))
		found = found || fits && r.Start <= minute && minute < r.End
	}
	return found
}

// holiday knows the state-wide public holidays of the weeks in question: the first Monday of
// October is Labour Day in New South Wales, the ACT and South Australia, and the King's Birthday in
// Queensland (the states' published lists for 2026 and 2027).
func holiday(state string, at time.Time) bool {
	monday := at.Month() == time.October && at.Weekday() == time.Monday && at.Day() <= 7
	return monday && slices.Contains([]string{"nsw", "act", "sa", "qld"}, state)
}
