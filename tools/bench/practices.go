package main

import (
	"bytes"
	"context"
	"log/slog"

	"wattle/internal/booking"
	"wattle/internal/clock"
	"wattle/internal/pg"
	"wattle/internal/seal"
	"wattle/tools/bench/lab"
)

// practices is a database with practices that open every day from 08:00 to 20:00, each with a free
// call of 20 minutes and 10 after it.
type practices struct {
	owner *pg.DB
	clock *clock.Fixed
	*booking.Service
}

// withPractices makes practices 1 to n in a database of their own, runs fn and drops the database.
func withPractices(ctx context.Context, l *lab.Lab, n int, fn func(p *practices) error) (err error) {
	const name = "practices"
	if err := l.Migrated(ctx, name); err != nil {
		return err
	}
	defer func() {
		if dropped := l.Administer(context.WithoutCancel(ctx), "postgres", `DROP DATABASE practices WITH (FORCE)`); err == nil {
			err = dropped
		}
	}()
	db, err := pg.Open(ctx, l.Cluster.URL("wattle_app", name))
	if err != nil {
		return err
	}
	defer db.Close()
	owner, err := pg.Open(ctx, l.Cluster.URL("wattle_owner", name))
	if err != nil {
		return err
	}
	defer owner.Close()
	box, err := seal.New([][]byte{bytes.Repeat([]byte("k"), seal.KeySize)})
	if err != nil {
		return err
	}
	p := &practices{owner: owner, clock: clock.At(lab.Now)}
	p.Service = &booking.Service{DB: db, Clock: p.clock, Box: box, Log: slog.New(slog.DiscardHandler)}
	if err := p.fill(ctx, n); err != nil {
		return err
	}
	return fn(p)
}

// fill makes practices 1 to n.
func (p *practices) fill(ctx context.Context, n int) error {
	for _, statement := range []string{
		`INSERT INTO therapists (id, slug, listing, accepting, demo, given_name, family_name, honorific, type, registrar, supervisor, email, gender,
			state, suburb, postcode, street, lat, lng, zone, video_url, phone, headline, bio, portrait, practising_since, issues, also_issues,
			approaches, client_groups, languages, affirming, identities, faiths, access, funding, consented, policy, reduced_for, version, created_at, updated_at)
		SELECT i, 'practice-' || i, 'listed', true, true, 'Ada', 'Example', '', 'psychologist', false, '', 'ada@example.com', 'woman',
			'nsw', 'Newtown', '2042', '', -33.9, 151.2, 'Australia/Sydney', '', '', '', '', i, 2010, '{}', '{}',
			'{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', 'standard', '', 1, $2::timestamptz, $2::timestamptz FROM generate_series(1, $1::integer) AS i`,
		`INSERT INTO services (therapist_id, slug, position, name, kind, format, minutes, fee_cents, modes, buffer_before, buffer_after, active)
		SELECT i, 'free-consultation', 1, 'Free call', 'consultation', 'individual', 20, 0, '{video,phone}', 0, 10, $2::timestamptz IS NOT NULL FROM generate_series(1, $1::integer) AS i`,
		`INSERT INTO calendars (therapist_id, availability_version, notice_minutes, horizon_days, daily_cap, step_minutes, open_on_holidays)
		SELECT i, 1, 60, 60, 0, 5, $2::timestamptz IS NOT NULL FROM generate_series(1, $1::integer) AS i`,
		`INSERT INTO weekly_hours (therapist_id, weekday, start_minute, end_minute, services, modes)
		SELECT i, d, h, h + 330, '{}', CASE WHEN $2::timestamptz IS NOT NULL THEN '{}'::text[] END
		FROM generate_series(1, $1::integer) AS i, generate_series(0, 6) AS d, unnest('{480,870}'::integer[]) AS h`,
	} {
		if err := p.exec(ctx, statement, n, lab.Now); err != nil {
			return err
		}
	}
	return p.exec(ctx, `ANALYZE`)
}

func (p *practices) exec(ctx context.Context, statement string, args ...any) error {
	return pg.Once(ctx, p.owner, func(c *pg.Conn) error {
		_, err := c.Exec(ctx, statement, args...)
		return err
	})
}

func (p *practices) count(ctx context.Context, query string) (n int, err error) {
	err = p.DB.Get(ctx, &n, query)
	return n, err
}
