package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"wattle/internal/booking"
	"wattle/internal/booking/calendar"
	"wattle/internal/clock"
	"wattle/tools/bench/lab"
)

// nextPractices is how many calendars F8 derives, in batches as the sweep does.
const (
	nextPractices = 4000
	nextPart      = 500
)

// next is F8: deriving all next instants against reading their inputs.
func next(ctx context.Context, l *lab.Lab) (results []lab.Result, err error) {
	err = withPractices(ctx, l, nextPractices, func(p *practices) error {
		if err := p.fillCalendars(ctx); err != nil {
			return err
		}
		var reads, derives []time.Duration
		found := 0
		for range 5 {
			read, derive, n, err := p.deriveAll(ctx)
			if err != nil {
				return err
			}
			reads, derives, found = append(reads, read), append(derives, derive), n
		}
		slices.Sort(reads)
		slices.Sort(derives)
		read, derive := reads[len(reads)/2], derives[len(derives)/2]
		if found != nextPractices {
			return fmt.Errorf("%d of %d practices have a next time", found, nextPractices)
		}
		ratio := float64(derive) / float64(read)
		results = []lab.Result{{Name: "next-instants", Ratio: ratio, Ours: fmt.Sprintf("deriving %d in %v", nextPractices, derive),
			Limit: fmt.Sprintf("reading their inputs in %v", read), Goal: "≤ 0.2 ×", Met: ratio <= 0.2}}
		return nil
	})
	return results, err
}

// fillCalendars gives each practice four bookings, leave and two exceptions.
func (p *practices) fillCalendars(ctx context.Context) error {
	for _, statement := range []string{
		`INSERT INTO bookings (id, therapist_id, service_id, service, mode, tier, price_cents, status, during, busy, wall_start, zone, zone_offset,
			practice_day, held_until, client_name, client_email, client_zone, code_tries, version, sequence, created_at, updated_at)
		SELECT i || '-' || k, i, i, 'free-consultation', 'video', 'standard', 0, 'held', tstzrange(s, s + interval '20 minutes'), tstzrange(s, s + interval '30 minutes'),
			s AT TIME ZONE 'UTC', 'Australia/Sydney', 39600, (s AT TIME ZONE 'UTC')::date, $2::timestamptz + interval '1 year', 'Sam', 'sam@example.com', 'Australia/Sydney', 0, 1, 0, $2, $2
		FROM generate_series(1, $1::integer) AS i, generate_series(0, 3) AS k, LATERAL (SELECT $2::timestamptz + (k * 25 + 1 + i % 7) * interval '1 hour' AS s) AS at`,
		`INSERT INTO leaves (therapist_id, first_date, last_date) SELECT i, ($2::timestamptz)::date + 30, ($2::timestamptz)::date + 40 FROM generate_series(1, $1::integer) AS i`,
		`INSERT INTO availability_exceptions (therapist_id, on_date, closed, start_minute, end_minute, services, modes)
		SELECT i, ($2::timestamptz)::date + 3 * d, d = 1, 600, 660, '{}', '{}' FROM generate_series(1, $1::integer) AS i, generate_series(1, 2) AS d`,
	} {
		if err := p.exec(ctx, statement, nextPractices, lab.Now); err != nil {
			return err
		}
	}
	return p.exec(ctx, `ANALYZE`)
}

// deriveAll derives every practice once and counts those with a next time.
func (p *practices) deriveAll(ctx context.Context) (read, derive time.Duration, found int, err error) {
	var ids []int64
	for i := range int64(nextPractices) {
		ids = append(ids, i+1)
	}
	for part := range slices.Chunk(ids, nextPart) {
		watch := clock.Stopwatch()
		in, err := booking.ReadInputs(ctx, p.DB, part, lab.Now)
		if err != nil {
			return 0, 0, 0, err
		}
		read += watch()
		watch = clock.Stopwatch()
		in.Derive(func(_ int64, next calendar.Next, _ int64) {
			if next.Any != 0 && next.Evening != 0 && next.Weekend != 0 {
				found++
			}
		})
		derive += watch()
	}
	return read, derive, found, nil
}
