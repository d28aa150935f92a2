package main

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/http/pprof"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"wattle/internal/outbox"
	"wattle/internal/web/site"
)

// serveMetrics serves /metrics and pprof on the private listener.
func (a *app) serveMetrics(ctx context.Context) {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", a.metrics.handler())
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

// buckets are the upper bounds of every histogram in seconds: from a search in the process to a slow
// request.
var buckets = []float64{25e-6, 50e-6, 1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
	2.5, 5, 10}

// metrics is a registry of its own, so that no library can add to it. Labels hold our own names, such
// as the template of a route, and never text from a request.
type metrics struct {
	registry *prometheus.Registry
	search   *prometheus.HistogramVec
	requests *prometheus.HistogramVec
}

func newMetrics() *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		search: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "wattle_search_seconds",
			Help: "Duration of a search in its engine.", Buckets: buckets}, []string{"engine"}),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "wattle_request_seconds",
			Help: "Duration of a request by route template.", Buckets: buckets}, []string{"method", "route", "status"}),
	}
	m.registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.search, m.requests)
	return m
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

func (m *metrics) searched(engine string, took time.Duration) {
	m.search.WithLabelValues(engine).Observe(took.Seconds())
}

func (m *metrics) answered(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, cmp.Or(route, "none"), strconv.Itoa(status)).Observe(took.Seconds())
}

func (m *metrics) gauge(name, help string, value func() float64) {
	m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value))
}

func (m *metrics) counter(name, help string, value func() float64) {
	m.registry.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, value))
}

// observe registers the figures that are read when someone scrapes them.
func (a *app) observe(s *site.Server) {
	m := a.metrics
	m.gauge("wattle_listed", "Therapists in the read model.", func() float64 { return float64(a.model.Len()) })
	m.gauge("wattle_feed_lag_seconds", "Time since the directory last heard from Postgres.",
		func() float64 { return a.model.Lag().Seconds() })
	embedded := a.search.Index
	if a.meili != nil {
		embedded = a.meili.Embedded
		a.observeSearch()
	}
	if x, ok := embedded.(interface{ Len() int }); ok {
		m.gauge("wattle_index_therapists", "Therapists in the embedded index.", func() float64 { return float64(x.Len()) })
	}
	a.observePool()
	m.registry.MustRegister(collectCaches(s), collector(a.collectTasks))
}

// observePool registers the connection pool.
func (a *app) observePool() {
	m, db := a.metrics, a.db.DB
	m.gauge("wattle_db_open", "Connections to Postgres.", func() float64 { return float64(db.Stats().OpenConnections) })
	m.gauge("wattle_db_in_use", "Connections in use.", func() float64 { return float64(db.Stats().InUse) })
	m.counter("wattle_db_waits", "Waits for a connection.", func() float64 { return float64(db.Stats().WaitCount) })
	m.counter("wattle_db_wait_seconds_total", "Time spent waiting for a connection.",
		func() float64 { return db.Stats().WaitDuration.Seconds() })
	m.counter("wattle_db_statements_total", "Statements sent to Postgres.",
		func() float64 { return float64(db.Statements()) })
}

// collector sends the metrics of one reading. Its descriptions are unchecked: they are known when it
// is read.
type collector func(chan<- prometheus.Metric)

// Describe is part of prometheus.Collector.
func (collector) Describe(chan<- *prometheus.Desc) {}

// Collect is part of prometheus.Collector.
func (c collector) Collect(out chan<- prometheus.Metric) { c(out) }

// collectCaches reports the hits and misses of each cache of page pieces.
func collectCaches(s *site.Server) collector {
	desc := func(what, help string) *prometheus.Desc {
		return prometheus.NewDesc("wattle_kept_"+what+"_total", help, []string{"kind"}, nil)
	}
	descs := []*prometheus.Desc{
		desc("hits", "Pieces of pages found in the cache."),
		desc("misses", "Pieces of pages rendered."),
	}
	return func(out chan<- prometheus.Metric) {
		for kind, counts := range s.Caches() {
			for i, d := range descs {
				out <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, float64(counts[i]), kind)
			}
		}
	}
}

// taskTimeout bounds the query for the state of the tasks.
const taskTimeout = 5 * time.Second

// collectTasks reports the outbox by one query. If the query fails, its metrics are absent.
func (a *app) collectTasks(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), taskTimeout)
	defer cancel()
	st, err := outbox.Measure(ctx, a.db, a.clock.Now())
	if err != nil {
		return
	}
	for _, g := range []struct {
		name, help string
		value      float64
	}{
		{"wattle_tasks_pending", "Tasks due or running.", float64(st.Pending)},
		{"wattle_tasks_scheduled", "Tasks due later.", float64(st.Scheduled)},
		{"wattle_tasks_parked", "Tasks that failed for good.", float64(st.Parked)},
		{"wattle_tasks_oldest_seconds", "Time the oldest due task has waited.", st.Oldest.Seconds()},
		{"wattle_task_runners", "Instances that run tasks.", float64(st.Runners)},
	} {
		out <- prometheus.MustNewConstMetric(prometheus.NewDesc(g.name, g.help, nil, nil), prometheus.GaugeValue, g.value)
	}
}
