// Package ratelimit limits requests. Shared counts in Postgres, so a limit holds across instances.
// Local counts in the process, for reads that cost less than a database round trip.
package ratelimit

import (
	"context"
	"sync"
	"time"

	"wattle/internal/clock"
	"wattle/internal/fault"
	"wattle/internal/pg"
)

// Rule allows Limit requests per Window. Windows are aligned, so a burst across a boundary may reach
// twice the limit. That is acceptable: codes and tokens have attempt counters of their own.
type Rule struct {
	Name   string
	Limit  int
	Window time.Duration
}

// Shared counts in Postgres. Callers hash keys first, so that the table holds no IP address.
type Shared struct {
	DB    *pg.DB
	Clock clock.Clock
}

// Take counts one request under key. Above the limit it returns fault.TooMany with RetryAfter.
func (s *Shared) Take(ctx context.Context, rule Rule, key string) error {
	now := s.Clock.Now()
	start := now.Truncate(rule.Window)
	var count int
	err := pg.Once(ctx, s.DB, func(c *pg.Conn) error {
		return c.Get(ctx, &count, `
			INSERT INTO rate_limits (key, window_start, count) VALUES ($1, $2, 1)
			ON CONFLICT (key, window_start) DO UPDATE SET count = rate_limits.count + 1
			RETURNING count`, rule.Name+":"+key, start)
	})
	if err != nil {
		return err
	}
	if count > rule.Limit {
		return tooMany(start.Add(rule.Window).Sub(now))
	}
	return nil
}

// Return undoes one Take. Call it for a request that had no effect, such as a form with a typing
// error.
func (s *Shared) Return(ctx context.Context, rule Rule, key string) error {
	return pg.Once(ctx, s.DB, func(c *pg.Conn) error {
		_, err := c.Exec(ctx, `
			UPDATE rate_limits SET count = count - 1
			WHERE key = $1 AND window_start = $2 AND count > 0`,
			rule.Name+":"+key, s.Clock.Now().Truncate(rule.Window))
		return err
	})
}

// Sweep deletes windows that began more than 25 hours ago.
func Sweep(ctx context.Context, db *pg.DB, now time.Time) error {
	return pg.Once(ctx, db, func(c *pg.Conn) error {
		_, err := c.Exec(ctx, `DELETE FROM rate_limits WHERE window_start < $1`, now.Add(-25*time.Hour))
		return err
	})
}

func tooMany(wait time.Duration) error {
	e := fault.New(fault.TooMany, "That was a lot of requests in a short time. Please wait a moment and try again.")
	e.RetryAfter = max(wait.Round(time.Second), time.Second)
	return e
}

// Local counts in this process only.
type Local struct {
	Clock clock.Clock

	mu    sync.Mutex
	start time.Time
	seen  map[string]int
}

// Take counts one request under key, like Shared.Take.
func (l *Local) Take(rule Rule, key string) error {
	now := l.Clock.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if start := now.Truncate(rule.Window); l.seen == nil || !start.Equal(l.start) {
		l.start, l.seen = start, map[string]int{}
	}
	l.seen[key]++
	if l.seen[key] > rule.Limit {
		return tooMany(l.start.Add(rule.Window).Sub(now))
	}
	return nil
}
