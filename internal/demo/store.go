package demo

import (
	"context"
	"strings"
	"time"

	"wattle/internal/directory"
	"wattle/internal/pg"
)

// continueFrom starts ids and slugs after those in the database.
func (g *generator) continueFrom(ctx context.Context, tx *pg.Tx) error {
	var last struct {
		Therapist int64 `db:"therapist"`
		Service   int64 `db:"service"`
		Client    int   `db:"client"`
	}
	const highest = `SELECT (SELECT coalesce(max(id), 0) FROM therapists) AS therapist,
		(SELECT coalesce(max(id), 0) FROM services) AS service,
		(SELECT coalesce(max(id), 0) FROM clients) AS client`
	if err := tx.Get(ctx, &last, highest); err != nil {
		return err
	}
	g.therapistID, g.serviceID, g.clientNumber = last.Therapist, last.Service, last.Client
	var slugs []string
	if err := tx.Select(ctx, &slugs, `SELECT slug FROM therapists`); err != nil {
		return err
	}
	for _, s := range slugs {
		g.slugs[s] = true
	}
	return nil
}

// store copies people with their calendars, clients and bookings.
func store(ctx context.Context, tx *pg.Tx, now time.Time, people []*person, clients []*client) error {
	profiles := func(yield func(*directory.Entry) bool) {
		for _, p := range people {
			if !yield(&p.Entry) {
				return
			}
		}
	}
	if _, err := directory.CopyTx(ctx, tx, now, profiles); err != nil {
		return err
	}
	for _, t := range calendarTables {
		if err := t.copy(ctx, tx, people); err != nil {
			return err
		}
	}
	if err := copyClients(ctx, tx, clients); err != nil {
		return err
	}
	return bookingTable.copy(ctx, tx, people)
}

// table maps people to the rows of one table.
type table struct {
	name    string
	columns []string
	rows    func(p *person, yield func(...any))
}

func (t table) copy(ctx context.Context, tx *pg.Tx, people []*person) error {
	var rows [][]any
	for _, p := range people {
		t.rows(p, func(row ...any) { rows = append(rows, row) })
	}
	return copyRows(ctx, tx, t.name, t.columns, rows)
}

func copyRows(ctx context.Context, tx *pg.Tx, name string, columns []string, rows [][]any) error {
	if len(rows) == 0 {
		return nil
	}
	at := 0
	_, err := pg.CopyIn(ctx, tx, name, columns, func() ([]any, bool) {
		if at == len(rows) {
			return nil, false
		}
		at++
		return rows[at-1], true
	})
	return err
}

var calendarTables = []table{
	{"calendars", strings.Fields(`therapist_id availability_version notice_minutes horizon_days daily_cap step_minutes
		open_on_holidays`),
		func(p *person, yield func(...any)) {
			c := &p.calendar
			yield(p.ID, 1, c.notice, c.horizon, c.cap, c.step, c.holidays)
		}},
	{"weekly_hours", strings.Fields("therapist_id weekday start_minute end_minute services modes"),
		func(p *person, yield func(...any)) {
			for _, h := range p.calendar.week {
				yield(p.ID, int(h.weekday), h.from, h.to, pg.Strings(h.services), pg.Strings(h.modes))
			}
		}},
	{"availability_exceptions", strings.Fields("therapist_id on_date closed start_minute end_minute services modes"),
		func(p *person, yield func(...any)) {
			for _, e := range p.calendar.exceptions {
				var from, to any
				if !e.closed {
					from, to = e.from, e.to
				}
				yield(p.ID, e.on.Format(time.DateOnly), e.closed, from, to, pg.Strings(nil), pg.Strings(nil))
			}
		}},
	{"leaves", []string{"therapist_id", "first_date", "last_date"},
		func(p *person, yield func(...any)) {
			for _, l := range p.calendar.leaves {
				yield(p.ID, l.first.Format(time.DateOnly), l.last.Format(time.DateOnly))
			}
		}},
}

// copyClients adds clients, under the ids that their sequence gives.
func copyClients(ctx context.Context, tx *pg.Tx, clients []*client) error {
	var ids []int64
	const draw = `SELECT nextval('clients_id_seq'::regclass) FROM generate_series(1, $1::int)`
	if err := tx.Select(ctx, &ids, draw, len(clients)); err != nil {
		return err
	}
	var rows [][]any
	for i, c := range clients {
		c.id = ids[i]
		rows = append(rows, []any{c.id, c.email, c.created})
	}
	return copyRows(ctx, tx, "clients", []string{"id", "email", "created_at"}, rows)
}

var bookingTable = table{"bookings", strings.Fields(`id therapist_id service_id service mode tier price_cents status
	during busy wall_start zone zone_offset practice_day day_place client_id open_place client_name client_email
	client_zone code_tries version sequence created_at updated_at confirmed_at`), bookingRows}

func bookingRows(p *person, yield func(...any)) {
	call, _ := p.FreeConsult()
	for i := range p.bookings {
		b := &p.bookings[i]
		ends := b.starts.Add(b.length)
		version := 2
		if b.status == "completed" {
			version = 3
		}
		yield(b.id, p.ID, call.ID, call.Slug, b.mode, "standard", 0, b.status,
			span(b.starts, ends), span(b.starts.Add(-b.before), ends.Add(b.after)), b.wall.Format(time.DateTime), p.Zone,
			b.offset, b.wall.Format(time.DateOnly), orNull(b.place), b.client.id, orNull(b.openPlace),
			b.client.name, b.client.email, b.client.zone, 0, version, 0, b.made, b.change, b.made)
	}
}

// span formats a half-open range for Postgres.
func span(from, to time.Time) string {
	return "[" + from.Format(time.RFC3339) + "," + to.Format(time.RFC3339) + ")"
}

func orNull(n int) any {
	if n == 0 {
		return nil
	}
	return n
}
