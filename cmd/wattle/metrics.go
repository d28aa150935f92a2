package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/pprof"
	"runtime"
	"slices"
	"strconv"
	"time"

	"wattle/internal/meter"
	"wattle/internal/outbox"
	"wattle/internal/pg"
	"wattle/internal/web"
)

// serveMetrics answers on the private listener: figures in Prometheus' text format, and pprof.
func (a *app) serveMetrics(ctx context.Context) {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /metrics", a.metrics)
	mux.HandleFunc("/debug/pprof/", pprof.Index)
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	srv := &http.Server{Addr: a.config.MetricsAddr, Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		srv.Close()
	}()
	if err := srv.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		a.log.ErrorContext(ctx, "the private listener ended", "error", err)
	}
}

// meters are what is counted while the site runs.
type meters struct {
	search   meter.Histogram
	requests meter.Histogram
	web      *web.Server // nil until it serves
}

func newMeters() *meters {
	return &meters{
		search:   meter.Histogram{Name: "wattle_search_seconds", Help: "How long a search took in its engine.", Labels: []string{"engine"}},
		requests: meter.Histogram{Name: "wattle_request_seconds", Help: "How long an answer took, by the template of its route.", Labels: []string{"method", "route", "status"}},
	}
}

func (m *meters) searched(engine string, took time.Duration) { m.search.Observe(took, engine) }

func (m *meters) answered(method, route string, status int, took time.Duration) {
	m.requests.Observe(took, method, cmp.Or(route, "none"), strconv.Itoa(status))
}

func (a *app) metrics(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	meter.Gauge(w, "wattle_goroutines", "Goroutines.", runtime.NumGoroutine())
	meter.Gauge(w, "wattle_heap_bytes", "Bytes of live heap.", mem.HeapAlloc)
	meter.Gauge(w, "wattle_listed", "Therapists in the read model.", a.directory.Len())
	meter.Gauge(w, "wattle_feed_lag_seconds", "How long ago the directory last heard of Postgres.", a.directory.Lag().Seconds())
	embedded := a.directory.Index
	if a.search != nil {
		embedded = a.search.Embedded
		a.searchMetrics(func(name, help string, value any) { meter.Gauge(w, name, help, value) })
	}
	if x, ok := embedded.(interface{ Len() int }); ok {
		meter.Gauge(w, "wattle_index_therapists", "Therapists in the embedded index.", x.Len())
	}
	a.meters.search.Write(w)
	a.meters.requests.Write(w)
	a.meters.kept(w)
	pool(w, a.db.DB)
	if st, err := outbox.Measure(r.Context(), a.db, a.clock.Now()); err == nil {
		meter.Gauge(w, "wattle_tasks_pending", "Tasks due or running.", st.Pending)
		meter.Gauge(w, "wattle_tasks_scheduled", "Tasks to come.", st.Scheduled)
		meter.Gauge(w, "wattle_tasks_parked", "Tasks that failed for good.", st.Parked)
		meter.Gauge(w, "wattle_tasks_oldest_seconds", "How long the oldest due task has waited.", st.Oldest.Seconds())
		meter.Gauge(w, "wattle_task_runners", "Instances that run tasks.", st.Runners)
	}
}

// kept tells how often pieces of pages had been rendered before.
func (m *meters) kept(w io.Writer) {
	if m.web == nil {
		return
	}
	kept := m.web.Kept()
	for i, what := range []string{"hits", "misses"} {
		help := "How often a piece of a page was " + map[string]string{"hits": "at hand.", "misses": "rendered."}[what]
		for _, kind := range slices.Sorted(maps.Keys(kept)) {
			meter.Counter(w, "wattle_kept_"+what+"_total", help, kept[kind][i], "kind", kind)
			help = ""
		}
	}
}

// pool tells of the connections to Postgres.
func pool(w io.Writer, db *pg.DB) {
	st := db.Stats()
	meter.Gauge(w, "wattle_db_open", "Connections to Postgres.", st.OpenConnections)
	meter.Gauge(w, "wattle_db_in_use", "Connections in use.", st.InUse)
	meter.Counter(w, "wattle_db_waits", "Waits for a connection so far.", st.WaitCount)
	meter.Counter(w, "wattle_db_wait_seconds_total", "Time spent waiting for a connection.", st.WaitDuration.Seconds())
	meter.Counter(w, "wattle_db_statements_total", "Statements sent to Postgres.", db.Statements())
}
