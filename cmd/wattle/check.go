package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"time"

	"wattle/internal/audit"
	"wattle/internal/pg"
)

// invariant is a rule the data must satisfy; its query counts violations.
type invariant struct {
	what  string
	query string
	clock bool // the query takes the time as $1
}

const live = `('held', 'requested', 'pending_payment', 'confirmed', 'completed', 'no_show')`

var invariants = []invariant{
	{what: "Pairs of bookings of one practice that overlap, buffers included", query: `
		SELECT count(*) FROM bookings a JOIN bookings b ON a.therapist_id = b.therapist_id AND a.id < b.id
			AND a.busy && b.busy
		WHERE a.status IN ` + live + ` AND b.status IN ` + live},
	{what: "Pairs of bookings of one client that overlap", query: `
		SELECT count(*) FROM bookings a JOIN bookings b ON a.client_id = b.client_id AND a.id < b.id AND a.during && b.during
		WHERE a.status = 'confirmed' AND b.status = 'confirmed'`},
	{what: "Confirmed bookings without a proven client",
		query: `SELECT count(*) FROM bookings WHERE status = 'confirmed' AND client_id IS NULL`},
	{what: "Clients with more than three open free calls", query: `
		SELECT count(*) FROM (SELECT client_id FROM bookings WHERE status = 'confirmed' AND service = 'free-consultation'
			GROUP BY client_id HAVING count(*) > 3) many`},
	{what: "Holds more than a minute past their end that still stand", clock: true, query: `
		SELECT count(*) FROM bookings WHERE status = 'held' AND held_until < $1::timestamptz - interval '1 minute'`},
	{what: "Listed practices whose shown next time has passed", clock: true, query: `
		SELECT count(*) FROM next_times n JOIN therapists t ON t.id = n.therapist_id
		WHERE t.listing = 'listed' AND n.next_any < $1::timestamptz - interval '2 minutes'`},
	{what: "Listed practices without any checked credential", query: `
		SELECT count(*) FROM therapists t WHERE listing = 'listed' AND NOT EXISTS (SELECT FROM credentials c WHERE c.therapist_id = t.id)`},
	{what: "Reduced-fee places held by bookings that ended", query: `
		SELECT count(*) FROM reduced_places p JOIN bookings b ON b.id = p.booking_id
		WHERE b.status IN ('released', 'lapsed', 'declined', 'cancelled_client', 'cancelled_therapist')`},
}

func (i invariant) count(ctx context.Context, q pg.Queryer, now time.Time) (n int, err error) {
	if i.clock {
		return n, q.Get(ctx, &n, i.query, now)
	}
	return n, q.Get(ctx, &n, i.query)
}

// check prints the violations of each invariant and the state of the audit chain.
func check(ctx context.Context, args []string) error {
	if err := parse(flag.NewFlagSet("check", flag.ContinueOnError), args); err != nil {
		return err
	}
	return withApp(ctx, func(a *app) error {
		bad := 0
		for _, i := range invariants {
			n, err := i.count(ctx, a.db, a.clock.Now())
			if err != nil {
				return err
			}
			fmt.Printf("%6d  %s\n", n, i.what)
			bad += n
		}
		report, err := audit.Verify(ctx, a.db.DB)
		if err != nil {
			return err
		}
		fmt.Printf("%6d  faults in the audit chain\n", len(report.Problems))
		if bad += len(report.Problems); bad > 0 {
			return errors.New("the data violates an invariant: see the lines that do not start with 0")
		}
		return nil
	})
}
