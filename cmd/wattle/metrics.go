package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/pprof"
	"runtime"
	"time"

	"wattle/internal/outbox"
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

func (a *app) metrics(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4")
	put := func(name, help string, value any) {
		fmt.Fprintf(w, "# HELP %s %s\n# TYPE %[1]s gauge\n%[1]s %v\n", name, help, value)
	}
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	put("wattle_goroutines", "Goroutines.", runtime.NumGoroutine())
	put("wattle_heap_bytes", "Bytes of live heap.", mem.HeapAlloc)
	put("wattle_listed", "Therapists in the read model.", a.directory.Len())
	put("wattle_db_in_use", "Connections in use.", a.db.Stats().InUse)
	put("wattle_db_waits", "Waits for a connection so far.", a.db.Stats().WaitCount)
	if a.search != nil {
		a.searchMetrics(put)
	}
	if st, err := outbox.Measure(r.Context(), a.db, a.clock.Now()); err == nil {
		put("wattle_tasks_pending", "Tasks due or to come.", st.Pending)
		put("wattle_tasks_parked", "Tasks that failed for good.", st.Parked)
		put("wattle_tasks_oldest_seconds", "How long the oldest due task has waited.", st.Oldest.Seconds())
	}
}
