package availability

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"wattle/internal/booking/calendar"
	"wattle/internal/directory"
	"wattle/internal/money"
	"wattle/internal/pg"
)

// live are the statuses that keep their time, in SQL: the same list as in bookings_no_overlap.
const Live = `('held', 'requested', 'pending_payment', 'confirmed', 'completed', 'no_show')`

// practice is everything that decides which times of a therapist can be booked.
type Practice struct {
	ID         int64       `db:"id"`
	Slug       string      `db:"slug"`
	Listing    string      `db:"listing"`
	Accepting  bool        `db:"accepting"`
	ZoneName   string      `db:"zone"`
	State      string      `db:"state"`
	Policy     string      `db:"policy"`
	ReducedFee money.Cents `db:"reduced_fee_cents"` // 0 for none
	Version    int         `db:"availability_version"`
	Notice     int         `db:"notice_minutes"`
	Horizon    int         `db:"horizon_days"`
	Cap        int         `db:"daily_cap"`
	Step       int         `db:"step_minutes"`
	Holidays   bool        `db:"open_on_holidays"`

	Times    calendar.Timetable
	Services []directory.Service
}

// practiceRow is a practice beside one of its services; ServiceID is 0 where it has none.
type practiceRow struct {
	Practice
	ServiceID    int64                 `db:"service_id"`
	Service      string                `db:"service"`
	Name         string                `db:"name"`
	Kind         directory.ServiceKind `db:"kind"`
	Format       string                `db:"format"`
	Minutes      int                   `db:"minutes"`
	Fee          money.Cents           `db:"fee_cents"`
	Modes        pg.Strings            `db:"modes"`
	BufferBefore int                   `db:"buffer_before"`
	BufferAfter  int                   `db:"buffer_after"`
}

// A therapist without a row in calendars has no hours, so nothing can be booked.
const practiceQuery = pg.Keep + `
	SELECT t.id, t.slug, t.listing, t.accepting, t.zone, t.state, t.policy,
		coalesce(t.reduced_fee_cents, 0) AS reduced_fee_cents,
		coalesce(c.availability_version, 0) AS availability_version, coalesce(c.notice_minutes, 0) AS notice_minutes,
		coalesce(c.horizon_days, 1) AS horizon_days, coalesce(c.daily_cap, 0) AS daily_cap,
		coalesce(c.step_minutes, 15) AS step_minutes, coalesce(c.open_on_holidays, false) AS open_on_holidays,
		coalesce(s.id, 0) AS service_id, coalesce(s.slug, '') AS service, coalesce(s.name, '') AS name,
			coalesce(s.kind, '') AS kind,
		coalesce(s.format, '') AS format, coalesce(s.minutes, 0) AS minutes, coalesce(s.fee_cents, 0) AS fee_cents,
			coalesce(s.modes, '{}') AS modes,
		coalesce(s.buffer_before, 0) AS buffer_before, coalesce(s.buffer_after, 0) AS buffer_after
	FROM therapists t LEFT JOIN calendars c ON c.therapist_id = t.id LEFT JOIN services s ON s.therapist_id = t.id
		AND s.active
	WHERE `

// practiceOf loads one practice by slug, or by id when slug is "", with what is busy besides the booking
// named except, unless that is nil. sql.ErrNoRows when there is none.
func PracticeOf(ctx context.Context, q pg.Queryer, slug string, id int64, except *string,
	now time.Time) (*Practice, error) {
	where, arg := `t.id = $1`, any(id)
	if slug != "" {
		where, arg = `t.slug = $1`, slug
	}
	list, err := readPractices(ctx, q, where, arg)
	if err == nil && len(list) == 0 {
		err = sql.ErrNoRows
	}
	if err != nil {
		return nil, err
	}
	return list[0], fillTimes(ctx, q, list, except, now)
}

// practicesOf loads practices by id with what is busy; ids that do not exist are left out.
func practicesOf(ctx context.Context, q pg.Queryer, ids []int64, now time.Time) ([]*Practice, error) {
	list, err := readPractices(ctx, q, `t.id = ANY($1)`, pg.Int64s(ids))
	if err != nil {
		return nil, err
	}
	return list, fillTimes(ctx, q, list, new(string), now)
}

// readPractices reads practices with their services in order.
func readPractices(ctx context.Context, q pg.Queryer, where string, arg any) (list []*Practice, err error) {
	var rows []*practiceRow
	if err := q.Select(ctx, &rows, practiceQuery+where+` ORDER BY t.id, s.position, s.id`, arg); err != nil {
		return nil, err
	}
	for _, r := range rows {
		if len(list) == 0 || list[len(list)-1].ID != r.ID {
			p := r.Practice
			if p.Times.Zone, err = calendar.LoadZone(p.ZoneName); err != nil {
				return nil, err
			}
			p.Times.Holiday = calendar.HolidaysOf(p.State)
			p.Times.Availability = calendar.Availability{Version: p.Version, NoticeMinutes: p.Notice, HorizonDays: p.Horizon,
				DailyCap:    p.Cap,
				StepMinutes: p.Step, OpenOnHolidays: p.Holidays}
			list = append(list, &p)
		}
		if p := list[len(list)-1]; r.ServiceID != 0 {
			p.Services = append(p.Services, directory.Service{ID: r.ServiceID, Slug: r.Service, Name: r.Name, Kind: r.Kind,
				Format:  r.Format,
				Minutes: r.Minutes, Fee: r.Fee, Modes: r.Modes, BufferBefore: r.BufferBefore, BufferAfter: r.BufferAfter})
		}
	}
	return list, nil
}

// What a line of hoursQuery and busyQuery is.
const (
	lineHours = iota
	lineException
	lineClosed
	lineLeave
	lineBusy
)

// hoursQuery reads hours in one round trip and from one snapshot. Days count from 1970-01-01; what is past is
// left out. The ids are a subquery so that Postgres keeps the plan: for a list that it can see, it expects a
// plan of its own to be cheaper and plans anew each time.
const hoursQuery = pg.Keep + `
	SELECT therapist_id, 0 AS line, weekday::integer AS a, start_minute::integer AS b, end_minute::integer AS c, services,
		modes
	FROM weekly_hours WHERE therapist_id = ANY((SELECT $1::bigint[])::bigint[])
	UNION ALL
	SELECT therapist_id, CASE WHEN closed THEN 2 ELSE 1 END, on_date - DATE '1970-01-01',
		coalesce(start_minute, 0), coalesce(end_minute, 0), services, modes
	FROM availability_exceptions WHERE therapist_id = ANY((SELECT $1::bigint[])::bigint[]) AND on_date >= $2::date
	UNION ALL
	SELECT therapist_id, 3, first_date - DATE '1970-01-01', last_date - DATE '1970-01-01', 0, '{}', '{}'
	FROM leaves WHERE therapist_id = ANY((SELECT $1::bigint[])::bigint[]) AND last_date >= $2::date`

// busyQuery adds what is busy, in minutes since 1970, from yesterday on: it may count towards today's cap in
// another zone. Lapsed holds and the booking $3 are left out.
const busyQuery = `
	UNION ALL
	SELECT t.id, 4, b.f, b.t, b.d, '{}', '{}' FROM unnest((SELECT $1::bigint[])) AS t (id)
	CROSS JOIN LATERAL (
		SELECT floor(extract(epoch FROM lower(busy)) / 60)::integer AS f,
			ceil(extract(epoch FROM upper(busy)) / 60)::integer AS t,
			practice_day - DATE '1970-01-01' AS d
		FROM bookings
		WHERE therapist_id = t.id AND busy && tstzrange($2::date, NULL) AND id <> $3
		  AND status IN ` + Live + `
		  AND NOT (status = 'held' AND held_until <= $4)
	) b`

// fillTimes adds hours, exceptions, leave, and unless except is nil what is busy besides that booking.
func fillTimes(ctx context.Context, q pg.Queryer, list []*Practice, except *string, now time.Time) error {
	byID, ids := make(map[int64]*Practice, len(list)), make(pg.Int64s, 0, len(list))
	for _, p := range list {
		byID[p.ID], ids = p, append(ids, p.ID)
	}
	query, args := hoursQuery, []any{ids, yesterday(now)}
	if except != nil {
		query, args = hoursQuery+busyQuery, append(args, *except, now)
	}
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var therapist int64
		var line, a, b, c int
		var services, modes pg.Strings
		if err := rows.Scan(&therapist, &line, &a, &b, &c, &services, &modes); err != nil {
			return err
		}
		t := &byID[therapist].Times
		switch line {
		case lineHours:
			t.Weekly = append(t.Weekly, calendar.Hours{Weekday: time.Weekday(a), Start: b, End: c, Services: services,
				Modes: modes})
		case lineException, lineClosed:
			t.Exceptions = append(t.Exceptions, calendar.Exception{On: calendar.Day(a), Closed: line == lineClosed, Start: b,
				End:      c,
				Services: services, Modes: modes})
		case lineLeave:
			t.Leaves = append(t.Leaves, calendar.Leave{First: calendar.Day(a), Last: calendar.Day(b)})
		case lineBusy:
			t.Busy = append(t.Busy, calendar.Busy{From: calendar.Minute(a), To: calendar.Minute(b), Day: calendar.Day(c)})
		}
	}
	for _, p := range list {
		slices.SortFunc(p.Times.Busy, func(a, b calendar.Busy) int { return cmp.Compare(a.From, b.From) })
	}
	return rows.Err()
}

// yesterday is the date before that of now in UTC: no Australian day began earlier.
func yesterday(now time.Time) string { return (calendar.DayOf(now.UTC()) - 1).String() }

// calendarRules is what the lock of a calendar reads.
type calendarRules struct {
	Version  int `db:"availability_version"`
	DailyCap int `db:"daily_cap"`
}

// lockCalendar keeps everything else that books in, moves within or edits the calendar out until the
// transaction ends. A therapist without a calendar has version 0 and nothing to book.
func LockCalendar(ctx context.Context, tx *pg.Tx, therapist int64) (c calendarRules, err error) {
	err = tx.Get(ctx, &c, pg.Keep+`SELECT availability_version, daily_cap FROM calendars WHERE therapist_id = $1 FOR UPDATE`, therapist)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return c, err
}

// saveCalendar writes the rules; it changes no row when another edit came first.
func saveCalendar(ctx context.Context, tx *pg.Tx, therapist int64, a *calendar.Availability) (int64, error) {
	return tx.Exec(ctx, `
		INSERT INTO calendars (therapist_id, availability_version, notice_minutes, horizon_days, daily_cap, step_minutes,
			open_on_holidays)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (therapist_id) DO UPDATE SET availability_version = excluded.availability_version,
			notice_minutes = excluded.notice_minutes,
			horizon_days = excluded.horizon_days, daily_cap = excluded.daily_cap, step_minutes = excluded.step_minutes,
			open_on_holidays = excluded.open_on_holidays
		WHERE calendars.availability_version = excluded.availability_version - 1`,
		therapist, a.Version, a.NoticeMinutes, a.HorizonDays, a.DailyCap, a.StepMinutes, a.OpenOnHolidays)
}

// replaceHours replaces the hours, exceptions and leave.
func replaceHours(ctx context.Context, tx *pg.Tx, therapist int64, a *calendar.Availability) error {
	for _, table := range []string{"weekly_hours", "availability_exceptions", "leaves"} {
		if _, err := tx.Exec(ctx, `DELETE FROM `+table+` WHERE therapist_id = $1`, therapist); err != nil {
			return err
		}
	}
	for _, h := range a.Weekly {
		if _, err := tx.Exec(ctx, `
			INSERT INTO weekly_hours (therapist_id, weekday, start_minute, end_minute, services, modes) VALUES ($1, $2, $3, $4, $5, $6)`,
			therapist, int(h.Weekday), h.Start, h.End, pg.Strings(h.Services), pg.Strings(h.Modes)); err != nil {
			return err
		}
	}
	for _, e := range a.Exceptions {
		if _, err := tx.Exec(ctx, `
			INSERT INTO availability_exceptions (therapist_id, on_date, closed, start_minute, end_minute, services, modes) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			therapist, e.On.String(), e.Closed, e.Start, e.End, pg.Strings(e.Services), pg.Strings(e.Modes)); err != nil {
			return err
		}
	}
	for _, l := range a.Leaves {
		if _, err := tx.Exec(ctx, `INSERT INTO leaves (therapist_id, first_date, last_date) VALUES ($1, $2, $3)`,
			therapist, l.First.String(), l.Last.String()); err != nil {
			return err
		}
	}
	return nil
}

// lockOfNext marks the advisory locks of next instants: the high bits say what is locked.
const lockOfNext = int64(0x5742) << 48

// lockNext serialises the derivation of next instants for these therapists (sorted), so that the last to
// read is also the last to write.
func lockNext(ctx context.Context, tx *pg.Tx, ids []int64) error {
	_, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($2 | id) FROM unnest($1::bigint[]) AS t (id)`, pg.Int64s(ids),
		lockOfNext)
	return err
}

// saveNext writes next instants (minutes since 1970, 0 for none) and when to look again (seconds).
func saveNext(ctx context.Context, tx *pg.Tx, ids, anyTime, evenings, weekends, checks pg.Int64s, now time.Time) error {
	_, err := tx.Exec(ctx, `
		INSERT INTO next_times (therapist_id, next_any, next_evening, next_weekend, check_at, computed_at)
		SELECT n.id, to_timestamp(nullif(n.a, 0) * 60), to_timestamp(nullif(n.e, 0) * 60), to_timestamp(nullif(n.w, 0) * 60),
			to_timestamp(n.c), $6
		FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[]) AS n (id, a, e, w, c)
		ON CONFLICT (therapist_id) DO UPDATE SET next_any = excluded.next_any, next_evening = excluded.next_evening,
			next_weekend = excluded.next_weekend, check_at = excluded.check_at, computed_at = excluded.computed_at`,
		ids, anyTime, evenings, weekends, checks, now)
	return err
}

// dueNext lists therapists whose next instants may be out of date, were derived at a future time that the
// clock has since left (instances may differ by seconds), or are missing.
func dueNext(ctx context.Context, q pg.Queryer, limit int, now time.Time) (ids []int64, err error) {
	err = q.Select(ctx, &ids, `
		(SELECT therapist_id FROM next_times WHERE check_at IS NULL OR check_at <= $1 LIMIT $2)
		UNION (SELECT therapist_id FROM next_times WHERE computed_at > $1::timestamptz + interval '10 seconds' LIMIT $2)
		UNION (SELECT c.therapist_id FROM calendars c WHERE NOT EXISTS (SELECT FROM next_times n
			WHERE n.therapist_id = c.therapist_id) LIMIT $2)
		ORDER BY 1`, now, limit)
	return ids, err
}
