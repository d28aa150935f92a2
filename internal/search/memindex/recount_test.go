package memindex

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"slices"
	"testing"

	"wattle/internal/clock"
	"wattle/internal/directory"
	"wattle/internal/pg"
	"wattle/internal/pg/pgtest"
	"wattle/internal/search"
	"wattle/internal/search/indextest"
	"wattle/internal/search/indextest/bysql"
)

func TestSearchEqualsARecountInSQL(t *testing.T) {
	ctx := context.Background()
	db := pgtest.New(t)
	all := population(300, 9)
	if err := pg.InTx(ctx, db, func(tx *pg.Tx) error { return directory.InsertTx(ctx, tx, start, indextest.Entries(all)...) }); err != nil {
		t.Fatal(err)
	}
	fixed := clock.At(start)
	index := New()
	d := &search.Service{Model: &directory.Model{DB: db, Log: slog.New(slog.DiscardHandler), Index: index}, Index: index, Clock: fixed}
	if err := d.Model.Load(ctx); err != nil {
		t.Fatal(err)
	}
	for i, now := range clocks {
		fixed.Set(now)
		r := rand.New(rand.NewPCG(uint64(i), 5))
		err := pg.InTx(ctx, db, func(tx *pg.Tx) error {
			if err := bysql.Prepare(ctx, tx, now); err != nil {
				return err
			}
			for range 70 {
				if err := recount(ctx, t, tx, d, randomFilter(r)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func recount(ctx context.Context, t *testing.T, tx *pg.Tx, d *search.Service, f search.Filter) error {
	page, err := d.Search(ctx, f)
	if err != nil {
		return err
	}
	want, err := bysql.Ask(ctx, tx, f, "")
	if err != nil {
		return err
	}
	var ids []int64
	for _, v := range page.Results {
		ids = append(ids, v.ID)
	}
	if page.Total != want.Total || !slices.Equal(ids, want.IDs) {
		t.Errorf("%q: total %d, %v; by SQL %d, %v", f.Encode(), page.Total, ids, want.Total, want.IDs)
	}
	for _, g := range search.Groups() {
		for _, v := range g.Values {
			if n, by := page.Facets.Count(g.Name, v), want.Counts[search.Value{Group: g.Name, Value: v}]; n != by {
				t.Errorf("%q: %s=%s counts %d, by SQL %d", f.Encode(), g.Name, v, n, by)
			}
		}
	}
	return nil
}
