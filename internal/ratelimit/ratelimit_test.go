package ratelimit_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wattle/internal/clock"
	"wattle/internal/fault"
	"wattle/internal/pg/pgtest"
	"wattle/internal/ratelimit"
)

var rule = ratelimit.Rule{Name: "test", Limit: 5, Window: time.Minute}

var start = time.Date(2026, 11, 23, 9, 0, 10, 0, time.UTC)

func TestALimitHoldsAcrossConcurrentRequests(t *testing.T) {
	s := &ratelimit.Shared{DB: pgtest.New(t), Clock: clock.At(start)}
	var allowed atomic.Int32
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			if s.Take(t.Context(), rule, "one") == nil {
				allowed.Add(1)
			}
		})
	}
	wg.Wait()
	if allowed.Load() != 5 {
		t.Fatalf("a limit of 5 allowed %d of 40", allowed.Load())
	}
	if err := s.Take(t.Context(), rule, "another"); err != nil {
		t.Fatalf("one key's requests blocked another key: %v", err)
	}
}

func TestTooManyRequestsSetRetryAfterAndTheNextWindowIsFree(t *testing.T) {
	now := clock.At(start)
	s := &ratelimit.Shared{DB: pgtest.New(t), Clock: now}
	var err error
	for range 6 {
		err = s.Take(t.Context(), rule, "k")
	}
	e, ok := fault.As(err)
	if !ok || e.Kind != fault.TooMany || e.RetryAfter != 50*time.Second {
		t.Fatalf("got %v", err)
	}
	now.Advance(e.RetryAfter)
	if err := s.Take(t.Context(), rule, "k"); err != nil {
		t.Fatalf("after the wait: %v", err)
	}
}

func TestReturnUndoesTake(t *testing.T) {
	s := &ratelimit.Shared{DB: pgtest.New(t), Clock: clock.At(start)}
	for range 20 {
		if err := s.Take(t.Context(), rule, "k"); err != nil {
			t.Fatal(err)
		}
		if err := s.Return(t.Context(), rule, "k"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestSweepDeletesOldWindows(t *testing.T) {
	db := pgtest.New(t)
	s := &ratelimit.Shared{DB: db, Clock: clock.At(start)}
	if err := s.Take(t.Context(), rule, "k"); err != nil {
		t.Fatal(err)
	}
	count := func() (n int) {
		if err := db.Get(t.Context(), &n, `SELECT count(*) FROM rate_limits`); err != nil {
			t.Fatal(err)
		}
		return n
	}
	if err := ratelimit.Sweep(t.Context(), db, start.Add(time.Hour)); err != nil || count() != 1 {
		t.Fatalf("swept too early: %v", err)
	}
	if err := ratelimit.Sweep(t.Context(), db, start.Add(26*time.Hour)); err != nil || count() != 0 {
		t.Fatalf("not swept: %v", err)
	}
}

func TestLocalCountsPerWindow(t *testing.T) {
	now := clock.At(start)
	l := &ratelimit.Local{Clock: now}
	for range 5 {
		if err := l.Take(rule, "k"); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Take(rule, "k"); !errors.Is(err, fault.TooMany) {
		t.Fatalf("the sixth read: %v", err)
	}
	now.Advance(time.Minute)
	if err := l.Take(rule, "k"); err != nil {
		t.Fatalf("a new minute: %v", err)
	}
}
