package web

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"wattle/internal/demo"
)

// quiet is an answer that nobody reads.
type quiet struct{ header http.Header }

func (q quiet) Header() http.Header         { return q.header }
func (q quiet) Write(b []byte) (int, error) { return len(b), nil }
func (q quiet) WriteHeader(int)             {}

// BenchmarkSearchPage is a whole request for a page of results, from the router to the last byte.
func BenchmarkSearchPage(b *testing.B) {
	s := bareSite(b)
	s.must(demo.Seed(context.Background(), s.db, demo.Options{N: 1000, Seed: demo.DefaultSeed, Now: s.clock.Now(), Recompute: s.web.Booking.RecomputeNext}))
	s.catchUp()
	h := s.handler()
	req := httptest.NewRequest("GET", home+"/therapists?state=nsw", nil)
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(quiet{http.Header{}}, req)
	}
}

// What a page allocates has to be cleared away again, which costs as much as making it. From templates
// a page took some seven hundred allocations, so that going back to them would be noticed.
func TestAPageOfResultsAllocatesLittle(t *testing.T) {
	s := newSite(t)
	h := s.handler()
	for path, most := range map[string]float64{"/therapists?state=nsw&type=psychologist": 250, "/therapists/nsw": 450} {
		req := httptest.NewRequest("GET", home+path, nil)
		s.catchUp()
		if n := testing.AllocsPerRun(100, func() { h.ServeHTTP(quiet{http.Header{}}, req) }); n > most {
			t.Errorf("%s takes %.0f allocations, want at most %.0f", path, n, most)
		} else {
			t.Logf("%s: %.0f allocations", path, n)
		}
	}
}
