package clock

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"sync/atomic"
	"time"

	"wattle/internal/pg"
)

// Dev is the development clock: the machine's time plus an offset stored in Postgres, which every
// instance follows in both directions. It is not available in production.
type Dev struct {
	DB  *pg.DB
	Log *slog.Logger
	// Moved, if set, is called with the jump after the offset has changed.
	Moved  func(ctx context.Context, jump time.Duration)
	offset atomic.Int64 // microseconds
}

// Now returns the machine's time plus the offset, in UTC.
func (d *Dev) Now() time.Time {
	return System{}.Now().Add(time.Duration(d.offset.Load()) * time.Microsecond)
}

// Load reads the offset once. Call it before the first use of Now.
func (d *Dev) Load(ctx context.Context) error { return d.refresh(ctx) }

// Follow polls the offset until ctx ends.
func (d *Dev) Follow(ctx context.Context) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := d.refresh(ctx); err != nil && ctx.Err() == nil {
				d.Log.WarnContext(ctx, "reading the development clock failed", "error", err)
			}
		}
	}
}

func (d *Dev) refresh(ctx context.Context) error {
	var us int64
	if err := d.DB.Get(ctx, &us, `SELECT coalesce(max(offset_us), 0) FROM dev_clock`); err != nil {
		return err
	}
	if old := d.offset.Swap(us); old != us && d.Moved != nil {
		d.Moved(ctx, time.Duration(us-old)*time.Microsecond)
	}
	return nil
}

// set sets the clock to t for every instance.
func (d *Dev) set(ctx context.Context, t time.Time) error {
	us := t.Sub(System{}.Now()).Microseconds()
	err := pg.Once(ctx, d.DB, func(c *pg.Conn) error {
		_, err := c.Exec(ctx, `INSERT INTO dev_clock (singleton, offset_us) VALUES (true, $1)
			ON CONFLICT (singleton) DO UPDATE SET offset_us = $1`, us)
		return err
	})
	if err != nil {
		return err
	}
	return d.refresh(ctx)
}

const usage = `send {"now":"2026-10-03T22:00:00+10:00"} or {"advance":"49h"}`

// ServeHTTP answers GET with {"now"} and accepts POST {"now":RFC 3339} or {"advance":"49h"}.
func (d *Dev) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		var req struct{ Now, Advance string }
		if json.NewDecoder(http.MaxBytesReader(w, r.Body, 1024)).Decode(&req) != nil {
			http.Error(w, usage, http.StatusBadRequest)
			return
		}
		t, err := d.target(req.Now, req.Advance)
		if err != nil {
			http.Error(w, usage, http.StatusBadRequest)
			return
		}
		if err := d.set(r.Context(), t); err != nil {
			http.Error(w, "the clock could not be moved", http.StatusServiceUnavailable)
			return
		}
	}
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(map[string]string{"now": d.Now().Format(time.RFC3339Nano)})
}

func (d *Dev) target(now, advance string) (time.Time, error) {
	if now != "" {
		return time.Parse(time.RFC3339, now)
	}
	step, err := time.ParseDuration(advance)
	return d.Now().Add(step), err
}
