package meili

import (
	"context"
	"fmt"
	"testing"
	"time"

	"wattle/internal/directory"
	"wattle/internal/search"
	"wattle/internal/search/indextest"
	"wattle/internal/search/memindex"
)

// Tied results are in the order of the day in every engine, page by page, by relevance too.
func TestTiedResultsRotateInEveryEngine(t *testing.T) {
	ctx := context.Background()
	all := indextest.People(mostInBlock, 41)
	for i, p := range all {
		p.GivenName, p.FamilyName, p.Headline, p.Bio, p.Suburb = "Mei", "Nguyen", "Calm", "I listen.", "Newtown"
		p.Next = directory.Next{Any: indextest.Start.Add(20 * 24 * time.Hour)}
		switch i % 10 {
		case 0:
			p.Next.Any = indextest.Start.Add(21 * 24 * time.Hour)
		case 1:
			p.Next = directory.Next{}
		}
	}
	embedded := filled(t, memindex.New(), all)
	for name, e := range engines(t) {
		filled(t, e, all)
		orders := map[string]bool{}
		for day := range 7 {
			now := indextest.Start.AddDate(0, 0, day)
			for _, query := range []search.Filter{{Q: "nguyen"}, {Q: "ngyuen"}, {Sort: search.Soonest}, {Sort: search.Price}, {Q: "nguyen", Sort: search.Price}} {
				f := query
				f.PerPage = 30
				for f.Page = 1; f.Page*f.PerPage <= mostInBlock; f.Page++ {
					if d := indextest.Same(ctx, embedded, e, f, now, all); d != "" {
						t.Fatalf("%s: %q on day %d: %s", name, f.Encode(), day, d)
					}
				}
			}
			r, err := e.Search(ctx, search.Filter{Q: "nguyen", Page: 1, PerPage: 20}, now)
			if err != nil {
				t.Fatal(err)
			}
			first := ""
			for _, h := range r.Hits {
				first += fmt.Sprint(h.ID, " ")
			}
			orders[first] = true
		}
		if len(orders) != 7 {
			t.Errorf("%s: %d first pages in a week", name, len(orders))
		}
	}
}
