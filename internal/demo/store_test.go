package demo

import (
	"context"
	"testing"

	"wattle/internal/pg"
	"wattle/internal/pg/pgtest"
)

func seeded(t *testing.T, n int) *pg.DB {
	t.Helper()
	db := pgtest.New(t)
	if err := Seed(context.Background(), db, Options{N: n, Seed: DefaultSeed, Now: asOf}); err != nil {
		t.Fatal(err)
	}
	return db
}

func count(t *testing.T, db *pg.DB, query string, args ...any) int {
	t.Helper()
	var n int
	if err := db.Get(context.Background(), &n, query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return n
}

func TestEveryConstraintHolds(t *testing.T) {
	for _, n := range []int{400, 2000} {
		db := seeded(t, n)
		if got := count(t, db, `SELECT count(*) FROM therapists WHERE demo`); got != n {
			t.Errorf("%d therapists, want %d", got, n)
		}
		if got := count(t, db, `SELECT count(*) FROM calendars c JOIN services ON services.therapist_id = c.therapist_id AND services.slug = 'individual-50'`); got != n {
			t.Errorf("%d practices with sessions, want %d", got, n)
		}
	}
}

func TestBookingsAreConsistent(t *testing.T) {
	db := seeded(t, 400)
	for name, query := range map[string]string{
		"confirmed ones lie ahead":           `SELECT count(*) FROM bookings WHERE status = 'confirmed' AND lower(during) <= $1`,
		"completed ones are over":            `SELECT count(*) FROM bookings WHERE status = 'completed' AND upper(during) > $1`,
		"they are made in the past":          `SELECT count(*) FROM bookings WHERE created_at > $1 OR created_at > lower(during)`,
		"clients were there before":          `SELECT count(*) FROM bookings b JOIN clients c ON c.id = b.client_id WHERE $1::timestamptz IS NULL OR c.created_at > b.created_at OR c.email <> b.client_email`,
		"open calls have a place":            `SELECT count(*) FROM bookings WHERE $1::timestamptz IS NULL OR (status = 'confirmed') <> (open_place IS NOT NULL)`,
		"the wall shows what was promised":   `SELECT count(*) FROM bookings WHERE $1::timestamptz IS NULL OR wall_start AT TIME ZONE zone <> lower(during) OR wall_start::date <> practice_day`,
		"capped days number their bookings":  `SELECT count(*) FROM bookings b JOIN calendars USING (therapist_id) WHERE $1::timestamptz IS NULL OR (daily_cap > 0) <> (day_place IS NOT NULL) OR day_place > daily_cap`,
		"their mode is one of the service's": `SELECT count(*) FROM bookings b JOIN services s ON s.id = b.service_id WHERE $1::timestamptz IS NULL OR NOT b.mode = ANY (s.modes) OR s.therapist_id <> b.therapist_id OR s.kind <> 'consultation'`,
	} {
		if n := count(t, db, query, asOf); n != 0 {
			t.Errorf("%s: %d do not", name, n)
		}
	}
	if n := count(t, db, `SELECT count(*) FROM bookings WHERE status = 'confirmed'`); n < 200 {
		t.Errorf("only %d confirmed bookings", n)
	}
}

func TestASecondDirectoryContinuesTheFirst(t *testing.T) {
	db := seeded(t, 60)
	ctx := context.Background()
	if err := Seed(ctx, db, Options{N: 60, Seed: DefaultSeed, Now: asOf}); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db, `SELECT count(DISTINCT slug) FROM therapists`); n != 120 {
		t.Errorf("%d slugs for 120 therapists", n)
	}
	err := pg.InTx(ctx, db, func(tx *pg.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO clients (email, created_at) VALUES ('somebody@example.com', $1)`, asOf)
		return err
	})
	if err != nil {
		t.Errorf("the sequences stand before the demo's ids: %v", err)
	}
}

func TestTheSameSeedGivesTheSameRows(t *testing.T) {
	const digest = `SELECT md5(string_agg(r, '|' ORDER BY r)) FROM (
		SELECT t::text AS r FROM therapists t UNION ALL SELECT s::text FROM services s UNION ALL SELECT c::text FROM credentials c
		UNION ALL SELECT p::text FROM calendars p UNION ALL SELECT h::text FROM weekly_hours h UNION ALL SELECT e::text FROM availability_exceptions e
		UNION ALL SELECT l::text FROM leaves l UNION ALL SELECT b::text FROM bookings b UNION ALL SELECT c::text FROM clients c
		UNION ALL SELECT r::text FROM reduced_places r) all_rows`
	var sums [2]string
	for i := range sums {
		if err := seeded(t, 150).Get(context.Background(), &sums[i], digest); err != nil {
			t.Fatal(err)
		}
	}
	if sums[0] != sums[1] {
		t.Error("two directories of one seed differ")
	}
}
