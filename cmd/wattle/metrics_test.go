package main

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"wattle/internal/booking"
	"wattle/internal/clock"
	"wattle/internal/demo"
	"wattle/internal/directory"
	"wattle/internal/memindex"
	"wattle/internal/pg/pgtest"
	"wattle/internal/seal"
	"wattle/internal/view"
	"wattle/internal/web"
	"wattle/static"
)

// measured is an app on a database of its own, and its site.
func measured(t *testing.T) (*app, http.Handler) {
	t.Helper()
	ctx := context.Background()
	db := pgtest.New(t)
	now := time.Date(2026, 11, 22, 22, 0, 0, 0, time.UTC)
	log := slog.New(slog.DiscardHandler)
	a := &app{db: &database{DB: db}, clock: clock.At(now), log: log, meters: newMeters()}
	a.booking = &booking.Service{DB: db, Clock: a.clock, Log: log}
	a.directory = &directory.Directory{DB: db, Clock: a.clock, Log: log, Index: memindex.New(), NextTimes: a.booking.LiveNext, Searched: a.meters.searched}
	if err := demo.Seed(ctx, db, demo.Options{N: 40, Seed: demo.DefaultSeed, Now: now, Recompute: a.booking.RecomputeNext}); err != nil {
		t.Fatal(err)
	}
	if err := a.directory.Load(ctx); err != nil {
		t.Fatal(err)
	}
	assets, err := view.NewAssets(static.FS)
	if err != nil {
		t.Fatal(err)
	}
	box, err := seal.New([][]byte{bytes.Repeat([]byte("k"), seal.KeySize)})
	if err != nil {
		t.Fatal(err)
	}
	a.meters.web = &web.Server{Directory: a.directory, Booking: a.booking, Clock: a.clock, Log: log, Assets: assets, Box: box, BaseURL: "http://wattle.example",
		Version: "test", LimitsOff: true, Answered: a.meters.answered}
	h, err := a.meters.web.Handler()
	if err != nil {
		t.Fatal(err)
	}
	return a, h
}

var exposed = regexp.MustCompile(`^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\{([a-z]+="(\\.|[^"\\])*",?)*\})? [0-9.eE+-]+)$`)

func TestMetricsTellWhatTheSiteDoesAndNothingThatAnybodyTyped(t *testing.T) {
	a, h := measured(t)
	typed := []string{"verysecretword", "newtown", "anxiety", "nobody-at-all", "sesame", "wp-admin", "BREW"}
	for _, path := range []string{"/therapists?q=verysecretword&near=newtown+nsw+2042", "/therapists/nsw/anxiety", "/therapist/nobody-at-all", "/booking/nobody-at-all?t=sesame",
		"/wp-admin", "/therapists", "/therapists", "/api/v1/therapists?q=verysecretword"} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
	}
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("BREW", "/therapists", nil))
	w := httptest.NewRecorder()
	a.metrics(w, httptest.NewRequest("GET", "/metrics", nil))
	text := w.Body.String()
	for line := range strings.Lines(text) {
		if !exposed.MatchString(strings.TrimSuffix(line, "\n")) {
			t.Errorf("not in the text format: %q", line)
		}
	}
	for _, want := range []string{
		`wattle_search_seconds_count{engine="embedded"} `, `wattle_request_seconds_count{method="GET",route="/therapists",status="200"} 3`,
		`route="/therapists/:state/:subject",status="200"`, `route="/therapist/:slug",status="404"`, `method="GET",route="none",status="404"`, `method="OTHER"`,
		"wattle_feed_lag_seconds ", "wattle_index_therapists ", "wattle_listed ", `wattle_kept_hits_total{kind="cards"} `, `wattle_kept_misses_total{kind="wishes"} `,
		"wattle_db_in_use ", "wattle_db_statements_total ", "wattle_tasks_pending ", "wattle_tasks_parked ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	for _, word := range typed {
		if strings.Contains(text, word) {
			t.Errorf("the metrics hold %q, which somebody typed", word)
		}
	}
}
