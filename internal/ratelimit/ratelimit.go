// Package ratelimit counts requests in Postgres, so that a limit holds across every instance, and
// in the process for reads, where a database round trip would cost more than the answer.
package ratelimit

import (
	"context"
	"sync"
	"time"

	"wattle/internal/clock"
	"wattle/internal/fault"
	"wattle/internal/pg"
)

// Rule allows Most requests a Window. Windows are aligned, so up to twice Most may pass across a
// window's edge; that is enough against floods and guessing, which have counters of their own.
type Rule struct {
	Name   string
	Most   int
	Window time.Duration
}

// Shared counts in Postgres. Keys must already be hashed: the table holds no address.
type Shared struct {
	DB    *pg.DB
	Clock clock.Clock
}

// Take counts one request under key. It returns fault.TooMany with the wait when the rule's
// allowance is used up.
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
	if count > rule.Most {
		return tooMany(start.Add(rule.Window).Sub(now))
	}
	return nil
}

// Return gives back what Take counted, when nothing came of the request: a form sent with a slip of
// the finger is nobody's flood.
func (s *Shared) Return(ctx context.Context, rule Rule, key string) error {
	return pg.Once(ctx, s.DB, func(c *pg.Conn) error {
		_, err := c.Exec(ctx, `UPDATE rate_limits SET count = count - 1 WHERE key = $1 AND window_start = $2 AND count > 0`,
			rule.Name+":"+key, s.Clock.Now().Truncate(rule.Window))
		return err
	})
}

// Sweep forgets windows that began more than 25 hours ago.
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

// Local counts in this process alone, for reads.
type Local struct {
	Clock clock.Clock

	mu    sync.Mutex
	start time.Time
	seen  map[string]int
}

// Take counts one read under key, as Shared.Take does.
func (l *Local) Take(rule Rule, key string) error {
	now := l.Clock.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	if start := now.Truncate(rule.Window); l.seen == nil || !start.Equal(l.start) {
		l.start, l.seen = start, map[string]int{}
	}
	l.seen[key]++
	if l.seen[key] > rule.Most {
		return tooMany(l.start.Add(rule.Window).Sub(now))
	}
	return nil
}
