package demo

import (
	"context"
	"testing"

	"wattle/internal/booking"
	"wattle/internal/booking/availability"
	"wattle/internal/clock"
	"wattle/internal/pg/pgtest"
)

func BenchmarkNext(b *testing.B) {
	g := newGenerator(DefaultSeed, asOf)
	for b.Loop() {
		g.next()
	}
}

// BenchmarkSeed10k writes a directory of ten thousand and derives its next times.
func BenchmarkSeed10k(b *testing.B) {
	for b.Loop() {
		db := pgtest.New(b)
		s := &booking.Service{DB: db, Clock: clock.At(asOf), Availability: &availability.Service{DB: db, Clock: clock.At(asOf)}}
		if err := Seed(context.Background(), db, Options{N: 10_000, Seed: 7, Now: asOf, Recompute: s.Availability.RecomputeNext}); err != nil {
			b.Fatal(err)
		}
	}
}
