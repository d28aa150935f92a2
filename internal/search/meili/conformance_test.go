package meili

import (
	"context"
	"math"
	"net/http/httptest"
	"os"
	"slices"
	"testing"
	"time"

	"wattle/internal/directory"
	"wattle/internal/region"
	"wattle/internal/search"
	"wattle/internal/search/indextest"
	"wattle/internal/search/meili/meilitest"
	"wattle/internal/search/memindex"
)

// engines are the servers that the suite runs against: always the stand-in, and the real server at MEILI_URL
// if there is one. Each test has an index of its own.
func engines(t *testing.T) map[string]*alone {
	t.Helper()
	standIn := httptest.NewServer(meilitest.New())
	t.Cleanup(standIn.Close)
	out := map[string]*alone{"stand-in": connect(t, standIn.URL, "")}
	if url := os.Getenv("MEILI_URL"); url != "" {
		out["real"] = connect(t, url, os.Getenv("MEILI_API_KEY"))
	}
	return out
}

func connect(t *testing.T, url, key string) *alone {
	t.Helper()
	ctx := context.Background()
	a, err := dialAlone(ctx, url, key)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return a
}

func filled(t *testing.T, x search.Index, all []*directory.Profile) search.Index {
	t.Helper()
	if err := x.Replace(context.Background(), (all)); err != nil {
		t.Fatal(err)
	}
	return x
}

// Filters without words find the same people in the same order at any time.
func TestFiltersFindTheSameAsTheEmbeddedIndex(t *testing.T) {
	ctx := context.Background()
	for name, e := range engines(t) {
		all := indextest.People(700, 3)
		embedded := filled(t, memindex.New(), all)
		filled(t, e, all)
		clocks, found := indextest.Clocks(), 0
		for i, f := range indextest.Filters(160, 5) {
			now := clocks[i%len(clocks)]
			if d := indextest.Same(ctx, embedded, e, f, now, all); d != "" {
				t.Errorf("%s: %q at %s: %s", name, f.Encode(), now.Format(time.RFC3339), d)
			}
			if r, err := embedded.Search(ctx, f, now); err == nil {
				found += r.Total
			}
		}
		if found == 0 {
			t.Fatal("the random filters found no one at all")
		}
	}
}

// The same on the demo directory of five thousand, at the start and through a night.
func TestFiltersFindTheSameInALargeDirectory(t *testing.T) {
	ctx := context.Background()
	all := people(t)
	embedded := filled(t, memindex.New(), all)
	for name, e := range engines(t) {
		filled(t, e, all)
		for i, f := range indextest.Filters(300, 6) {
			now := indextest.Start.Add(time.Duration(i%3) * 5 * time.Hour)
			if d := indextest.Same(ctx, embedded, e, f, now, all); d != "" {
				t.Errorf("%s: %q at %s: %s", name, f.Encode(), now.Format(time.RFC3339), d)
			}
		}
	}
}

// With words the engines may differ in the tail, but not in the first results nor in their reasons: Meilisearch
// finds fewer of those whose text only mentions what is searched for.
func TestWordsFindMuchTheSameFirst(t *testing.T) {
	ctx := context.Background()
	all := people(t)
	embedded := filled(t, memindex.New(), all)
	for name, e := range engines(t) {
		filled(t, e, all)
		sum := 0.0
		for _, text := range indextest.Queries() {
			f := search.All()
			f.Q = text
			a, err := embedded.Search(ctx, f, indextest.Start)
			if err != nil {
				t.Fatal(err)
			}
			b, err := e.Search(ctx, f, indextest.Start)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range a.Hits {
				i := slices.IndexFunc(b.Hits, func(g search.Hit) bool { return g.ID == h.ID })
				if i >= 0 && !slices.Equal(b.Hits[i].Matched, h.Matched) {
					t.Errorf("%s: %q finds %d because %q, and because %q", name, text, h.ID, h.Matched, b.Hits[i].Matched)
				}
			}
			o := indextest.Overlap(a.Hits, b.Hits, 20)
			sum += o
			if o < 0.8 {
				t.Logf("%s: %q: %.2f of the first 20 (totals %d and %d)", name, text, o, a.Total, b.Total)
			}
		}
		mean := sum / float64(len(indextest.Queries()))
		t.Logf("%s: %.3f of the first 20 are the same", name, mean)
		if mean < 0.8 {
			t.Errorf("%s: only %.3f of the first 20 are the same", name, mean)
		}
	}
}

// The graded set is relevance as a person would judge it.
func TestTheGradedSet(t *testing.T) {
	ctx := context.Background()
	all := people(t)
	list := map[string]search.Index{"embedded": memindex.New()}
	for name, e := range engines(t) {
		list[name] = e
	}
	for name, x := range list {
		scores, err := indextest.Grade(ctx, filled(t, x, all), all, indextest.Start)
		if err != nil {
			t.Fatal(name, err)
		}
		mean, worst := indextest.Mean(scores)
		t.Logf("%s: nDCG@10 %.3f over %d queries", name, mean, len(scores))
		for _, s := range worst {
			t.Logf("%s: %.2f %q (%d there)", name, s.NDCG, s.Query, s.Best)
		}
		if len(scores) < 60 || mean < 0.85 {
			t.Errorf("%s: nDCG@10 is %.3f over %d queries; wanted 0.85 over at least 60", name, mean, len(scores))
		}
	}
}

// A title is protected: it leads to those who hold it, typos or not, on every engine.
func TestPsychologistNeverLeadsToCounsellors(t *testing.T) {
	ctx := context.Background()
	all := people(t)
	byID := map[int64]*directory.Profile{}
	for _, p := range all {
		byID[p.ID] = p
	}
	titles := []string{"clinical-psychologist", "psychologist", "provisional-psychologist"}
	for name, e := range engines(t) {
		filled(t, e, all)
		for _, q := range []string{"psychologist", "psychologists", "phsycologist", "psycholgist", "psycologist", "pyschologist", "psichologist", "psychologist grief", "psycholgist anxiety"} {
			f := search.Filter{Q: q, PerPage: search.MaxPerPage}
			for f.Page = 1; ; f.Page++ {
				r, err := e.Search(ctx, f, indextest.Start)
				if err != nil {
					t.Fatal(err)
				}
				if r.Partial || r.Total == 0 {
					t.Errorf("%s: %q finds %d (partial %v)", name, q, r.Total, r.Partial)
				}
				for _, h := range r.Hits {
					if kind := byID[h.ID].Type; !slices.Contains(titles, kind) {
						t.Errorf("%s: %q finds %d, a %s", name, q, h.ID, kind)
					}
				}
				if f.Page*f.PerPage >= r.Total {
					break
				}
			}
		}
	}
}

// Eleven metres inside a circle is inside and eleven metres outside is outside, in every direction.
func TestTheEdgeOfACircleIsTrueToTenMetres(t *testing.T) {
	ctx := context.Background()
	place := search.PlaceOf(region.Places()[0])
	var all []*directory.Profile
	for _, p := range indextest.People(64, 9) {
		turn := float64(p.ID) / 32 * math.Pi
		off := 10 + indextest.Edge*1.1*float64(1-2*(p.ID%2)) // odd ones inside
		p.Lat, p.Lng = edge(place, off, turn)
		all = append(all, p)
	}
	list := map[string]search.Index{"embedded": memindex.New()}
	for name, e := range engines(t) {
		list[name] = e
	}
	for name, x := range list {
		f := search.All()
		f.Near, f.WithinKm, f.PerPage = place, 10, search.MaxPerPage
		r, err := filled(t, x, all).Search(ctx, f, indextest.Start)
		if err != nil || r.Total != 32 {
			t.Fatalf("%s: %d inside, %v", name, r.Total, err)
		}
		for _, h := range r.Hits {
			if h.ID%2 == 0 {
				t.Errorf("%s: %d is outside", name, h.ID)
			}
		}
	}
}

// edge finds the point so many kilometres from a place in a direction.
func edge(p search.Place, km, turn float64) (lat, lng float64) {
	low, high := 0.0, 1.0 // degrees
	for range 60 {
		mid := (low + high) / 2
		lat, lng = p.Lat+mid*math.Sin(turn), p.Lng+mid*math.Cos(turn)
		if region.Distance(p.Lat, p.Lng, lat, lng) < km {
			low = mid
		} else {
			high = mid
		}
	}
	return lat, lng
}
