package main

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"wattle/internal/booking"
	"wattle/internal/booking/availability"
	"wattle/internal/clock"
	"wattle/internal/demo"
	"wattle/internal/directory"
	"wattle/internal/guides"
	"wattle/internal/pg/pgtest"
	"wattle/internal/seal"
	"wattle/internal/search"
	"wattle/internal/search/memindex"
	"wattle/internal/view"
	"wattle/internal/web"
	"wattle/internal/web/site"
	"wattle/static"
)

// measured is an app on a database of its own, and its site.
func measured(t *testing.T) (*app, http.Handler) {
	t.Helper()
	ctx := context.Background()
	db := pgtest.New(t)
	now := time.Date(2026, 11, 22, 22, 0, 0, 0, time.UTC)
	log := slog.New(slog.DiscardHandler)
	a := &app{db: &database{DB: db}, clock: clock.At(now), log: log, metrics: newMetrics()}
	a.booking = &booking.Service{DB: db, Clock: a.clock, Log: log, Availability: &availability.Service{DB: db, Clock: a.clock}}
	index := memindex.New()
	a.model = &directory.Model{DB: db, Log: log, Index: index}
	a.search = &search.Service{Model: a.model, Index: index, Clock: a.clock, NextTimes: a.booking.Availability.LiveNext,
		Observe: a.metrics.searched}
	err := demo.Seed(ctx, db, demo.Options{N: 40, Seed: demo.DefaultSeed, Now: now, Recompute: a.booking.Availability.RecomputeNext})
	if err != nil {
		t.Fatal(err)
	}
	if err = a.model.Load(ctx); err != nil {
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
	s := &site.Server{Search: a.search, Booking: a.booking, Guides: &guides.Guides{}, Kit: web.Kit{Clock: a.clock, Log: log, Assets: assets,
		Box: box, BaseURL: "http://wattle.example", Version: "test", LimitsOff: true, Answered: a.metrics.answered}}
	h, err := s.Handler()
	if err != nil {
		t.Fatal(err)
	}
	a.observe(s)
	return a, h
}

// scrape reads /metrics as Prometheus does.
func scrape(t *testing.T, a *app) map[string]*dto.MetricFamily {
	t.Helper()
	srv := httptest.NewServer(a.metrics.handler())
	defer srv.Close()
	res, err := http.Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	parser := expfmt.NewTextParser(model.LegacyValidation)
	families, err := parser.TextToMetricFamilies(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("status %d: %v", res.StatusCode, err)
	}
	return families
}

// labels writes the labels of a metric as "name=value" pairs in order.
func labels(m *dto.Metric) string {
	var out []string
	for _, l := range m.GetLabel() {
		out = append(out, l.GetName()+"="+l.GetValue())
	}
	return strings.Join(out, " ")
}

func TestMetricsHoldRouteTemplatesAndNoTextOfRequests(t *testing.T) {
	a, h := measured(t)
	typed := []string{"verysecretword", "newtown", "anxiety", "nobody-at-all", "sesame", "wp-admin", "BREW"}
	for _, path := range []string{"/therapists?q=verysecretword&near=newtown+nsw+2042", "/therapists/nsw/anxiety", "/therapist/nobody-at-all",
		"/booking/nobody-at-all?t=sesame", "/wp-admin", "/therapists", "/therapists", "/api/v1/therapists?q=verysecretword"} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", path, nil))
	}
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("BREW", "/therapists", nil))
	families := scrape(t, a)
	requests := map[string]uint64{}
	for name, family := range families {
		for _, m := range family.GetMetric() {
			for _, word := range typed {
				if strings.Contains(labels(m), word) {
					t.Errorf("%s{%s} holds %q from a request", name, labels(m), word)
				}
			}
			if name == "wattle_request_seconds" {
				requests[labels(m)] = m.GetHistogram().GetSampleCount()
			}
		}
	}
	for _, c := range []struct {
		labels string
		count  uint64
	}{
		{"method=GET route=/therapists status=200", 3},
		{"method=GET route=/therapists/:state/:subject status=200", 1},
		{"method=GET route=/therapist/:slug status=404", 1},
		{"method=GET route=none status=404", 1},
		{"method=OTHER route=none status=405", 1},
	} {
		if requests[c.labels] != c.count {
			t.Errorf("%s was counted %d times, want %d: %v", c.labels, requests[c.labels], c.count, requests)
		}
	}
}

func TestMetricsCoverTheSiteTheRuntimeAndTheProcess(t *testing.T) {
	a, h := measured(t)
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/therapists", nil))
	families := scrape(t, a)
	for _, name := range []string{"wattle_search_seconds", "wattle_request_seconds", "wattle_feed_lag_seconds",
		"wattle_index_therapists", "wattle_listed", "wattle_kept_hits_total", "wattle_kept_misses_total", "wattle_db_open",
		"wattle_db_in_use", "wattle_db_waits", "wattle_db_wait_seconds_total", "wattle_db_statements_total",
		"wattle_tasks_pending", "wattle_tasks_scheduled", "wattle_tasks_parked", "wattle_tasks_oldest_seconds", "wattle_task_runners",
		"go_goroutines", "go_memstats_heap_alloc_bytes", "process_resident_memory_bytes"} {
		if families[name] == nil {
			t.Errorf("no %s", name)
		}
	}
	if n := families["wattle_listed"].GetMetric()[0].GetGauge().GetValue(); n == 0 {
		t.Error("wattle_listed is 0")
	}
	if families["go_gc_gogc_percent"] == nil {
		t.Error("the Go collector is missing")
	}
}
