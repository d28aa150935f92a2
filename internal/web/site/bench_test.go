package site

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/klauspost/compress/gzip"

	"wattle/internal/demo"
)

// quiet is an answer that nobody reads.
type quiet struct{ header http.Header }

func (q quiet) Header() http.Header         { return q.header }
func (q quiet) Write(b []byte) (int, error) { return len(b), nil }
func (q quiet) WriteHeader(int)             {}

// BenchmarkSearchPage measures a whole request for a page of results, from the router to the last
// byte, as a browser gets it, as plain text, and unchanged; and the compression of its bytes alone.
func BenchmarkSearchPage(b *testing.B) {
	s := bareSite(b)
	s.must(demo.Seed(context.Background(), s.db, demo.Options{N: 1000, Seed: demo.DefaultSeed, Now: s.clock.Now(), Recompute: s.web.Booking.Availability.RecomputeNext}))
	s.catchUp()
	h := s.handler()
	ask := func(name, value string) {
		req := httptest.NewRequest("GET", home+"/therapists?state=nsw", nil)
		req.Header.Set(name, value)
		for b.Loop() {
			h.ServeHTTP(quiet{http.Header{}}, req)
		}
	}
	whole := httptest.NewRecorder()
	h.ServeHTTP(whole, httptest.NewRequest("GET", home+"/therapists?state=nsw", nil))
	b.Run("compressed", func(b2 *testing.B) { b = b2; ask("Accept-Encoding", "gzip") })
	b.Run("plain", func(b2 *testing.B) { b = b2; ask("Accept-Encoding", "identity") })
	b.Run("unchanged", func(b2 *testing.B) { b = b2; ask("If-None-Match", whole.Header().Get("ETag")) })
	b.Run("compression alone", func(b *testing.B) {
		w, err := gzip.NewWriterLevel(io.Discard, 6)
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			w.Reset(io.Discard)
			w.Write(whole.Body.Bytes())
			w.Close()
		}
	})
}
