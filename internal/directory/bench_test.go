package directory_test

import (
	"context"
	"fmt"
	"testing"

	"wattle/internal/directory"
	"wattle/internal/pg/pgtest"
)

func crowd(n int) func(yield func(*directory.Entry) bool) {
	return func(yield func(*directory.Entry) bool) {
		for i := range n {
			if !yield(someone(fmt.Sprintf("p-%d", i))) {
				return
			}
		}
	}
}

// BenchmarkLoad reads 10,000 profiles, beside the plain reading of the same rows by Postgres alone.
func BenchmarkLoad(b *testing.B) {
	db := pgtest.New(b)
	copyAll(b, db, crowd(10_000))
	d := open(b, db)
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			if err := d.Load(context.Background()); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("postgres", func(b *testing.B) {
		for b.Loop() {
			var n int
			if err := db.Get(context.Background(), &n, `SELECT sum(length(t.*::text)) + (SELECT sum(length(s.*::text)) FROM services s) FROM therapists t`); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkFollow is one commit until it can be found.
func BenchmarkFollow(b *testing.B) {
	db := pgtest.New(b)
	copyAll(b, db, crowd(1_000))
	d := open(b, db)
	p, _ := d.BySlug("p-7")
	b.Run("commit and follow", func(b *testing.B) {
		for b.Loop() {
			exec(b, db, `UPDATE therapists SET accepting = NOT accepting WHERE id = $1`, p.ID)
			follow(b, d)
		}
	})
	b.Run("commit", func(b *testing.B) {
		for b.Loop() {
			exec(b, db, `UPDATE therapists SET accepting = NOT accepting WHERE id = $1`, p.ID)
		}
	})
	follow(b, d)
	b.Run("select 1", func(b *testing.B) {
		for b.Loop() {
			var n int
			if err := db.Get(context.Background(), &n, `SELECT 1`); err != nil {
				b.Fatal(err)
			}
		}
	})
}
