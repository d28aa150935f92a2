package meili

import (
	"context"
	"log/slog"
	"sync"
	"testing"

	"wattle/internal/booking"
	"wattle/internal/booking/availability"
	"wattle/internal/clock"
	"wattle/internal/demo"
	"wattle/internal/directory"
	"wattle/internal/pg"
	"wattle/internal/pg/pgtest"
	"wattle/internal/seal"
	"wattle/internal/search/indextest"
)

// seededPeople is how large the demo directory is that the suite judges by.
const seededPeople = 5000

var seeded struct {
	once sync.Once
	list []*directory.Profile
	err  error
}

// people are the listed ones of the demo directory, as they come out of Postgres.
func people(t *testing.T) []*directory.Profile {
	t.Helper()
	db := pgtest.New(t)
	seeded.once.Do(func() { seeded.list, seeded.err = seed(context.Background(), db, seededPeople) })
	if seeded.err != nil {
		t.Fatal(seeded.err)
	}
	return seeded.list
}

func seed(ctx context.Context, db *pg.DB, n int) ([]*directory.Profile, error) {
	box, err := seal.New([][]byte{[]byte("0123456789abcdef0123456789abcdef")})
	if err != nil {
		return nil, err
	}
	b := &booking.Service{DB: db, Clock: clock.At(indextest.Start), Box: box, Log: slog.New(slog.DiscardHandler), Availability: &availability.Service{DB: db, Clock: clock.At(indextest.Start)}}
	if err := demo.Seed(ctx, db, demo.Options{N: n, Seed: demo.DefaultSeed, Now: indextest.Start, Recompute: b.Availability.RecomputeNext}); err != nil {
		return nil, err
	}
	list, _, err := directory.ReadAllListed(ctx, db)
	return list, err
}
