package memindex

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"testing"

	"wattle/internal/directory"
	"wattle/internal/pg"
	"wattle/internal/pg/pgtest"
)

var hundredThousand = sync.OnceValue(func() *Index {
	x := New()
	if err := x.Replace(context.Background(), listed(population(120_000, 5))); err != nil {
		panic(err)
	}
	return x
})

// shapes are the searches whose figures the speed goals name.
var shapes = []string{"", "state=nsw&type=psychologist", "state=nsw&type=psychologist&issue=anxiety,panic,grief",
	"state=nsw&type=psychologist&max_fee=160&accepting=true", "available=week", "near=newtown+nsw+2042&within_km=10&type=psychologist&sort=distance",
	"q=kowalsky&state=nsw&type=psychologist", "q=anxiety+nguyen", "max_gap=80", "max_fee=160", "max_fee=160&format=couple"}

func BenchmarkSearch(b *testing.B) {
	x := hundredThousand()
	for _, q := range shapes {
		v, _ := url.ParseQuery(q)
		f, err := directory.Parse(v)
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprintf("%d/%s", x.Len(), q), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := x.Search(context.Background(), f, start); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkAgainstSQL answers the same questions of 20,000 therapists by SQL over a table in which
// every column is already computed and indexed: kinder to SQL than the real tables are.
func BenchmarkAgainstSQL(b *testing.B) {
	ctx := context.Background()
	db := pgtest.New(b)
	all := population(20_000, 5)
	x := New()
	if err := x.Replace(ctx, listed(all)); err != nil {
		b.Fatal(err)
	}
	err := pg.InTx(ctx, db, func(tx *pg.Tx) error {
		for _, step := range []string{`SET LOCAL statement_timeout = 0`, `SET LOCAL jit = off`} {
			if _, err := tx.Exec(ctx, step); err != nil {
				return err
			}
		}
		if _, err := directory.CopyTx(ctx, tx, start, slices.Values(all)); err != nil {
			return err
		}
		if err := prepare(ctx, tx, start); err != nil {
			return err
		}
		for _, step := range []string{`CREATE INDEX ON basis USING gin (state, type, issue)`, `ANALYZE basis`} {
			if _, err := tx.Exec(ctx, step); err != nil {
				return err
			}
		}
		for _, q := range shapes[:5] {
			v, _ := url.ParseQuery(q)
			f, err := directory.Parse(v)
			if err != nil {
				return err
			}
			var index, sql float64
			b.Run("index/"+q, func(b *testing.B) {
				for b.Loop() {
					if _, err := x.Search(ctx, f, start); err != nil {
						b.Fatal(err)
					}
				}
				index = float64(b.Elapsed()) / float64(b.N)
			})
			b.Run("sql/"+q, func(b *testing.B) {
				for b.Loop() {
					if err := bySQL(ctx, tx, f); err != nil {
						b.Fatal(err)
					}
				}
				sql = float64(b.Elapsed()) / float64(b.N)
				b.ReportMetric(sql/index, "times-the-index")
			})
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
}

func bySQL(ctx context.Context, tx *pg.Tx, f directory.Filter) error {
	cond := conditions(f)
	var ids []int64
	if err := tx.Select(ctx, &ids, `SELECT id FROM basis WHERE `+where(cond, "-")); err != nil {
		return err
	}
	for _, g := range directory.Groups() {
		var counts []valueCount
		query := fmt.Sprintf(`SELECT v AS value, count(*) AS n FROM basis, unnest("%s") v WHERE %s GROUP BY v`, g.Name, where(cond, g.Name))
		if g.Name == "price" {
			query = fmt.Sprintf(`SELECT %s AS value, count(*) AS n FROM basis WHERE %s IS NOT NULL AND %s GROUP BY 1`, fmt.Sprintf(priceBucket, low(f)), low(f), where(cond, g.Name))
		}
		if err := tx.Select(ctx, &counts, query); err != nil {
			return err
		}
	}
	return nil
}

func BenchmarkReplace(b *testing.B) {
	all := listed(population(12_000, 5))
	for b.Loop() {
		if err := New().Replace(context.Background(), all); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(all)), "ns/therapist")
}
