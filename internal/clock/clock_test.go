package clock_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wattle/internal/clock"
	"wattle/internal/pg/pgtest"
)

func post(t *testing.T, h http.Handler, body string) int {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/dev/clock", strings.NewReader(body)))
	return w.Code
}

func near(t *testing.T, c clock.Clock, want time.Time) {
	t.Helper()
	if d := c.Now().Sub(want); d < -5*time.Second || d > 5*time.Second {
		t.Fatalf("the clock shows %s, want %s", c.Now(), want)
	}
}

func TestTheDevelopmentClockMovesEveryInstanceInBothDirections(t *testing.T) {
	db := pgtest.New(t)
	log := slog.New(slog.DiscardHandler)
	jumps := make(chan time.Duration, 8)
	one := &clock.Dev{DB: db, Log: log}
	two := &clock.Dev{DB: db, Log: log, Moved: func(_ context.Context, jump time.Duration) { jumps <- jump }}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { two.Follow(ctx); close(ended) }()
	t.Cleanup(func() { stop(); <-ended })

	if code := post(t, one, `{"now":"2026-10-03T22:00:00+10:00"}`); code != http.StatusOK {
		t.Fatalf("status %d", code)
	}
	near(t, one, time.Date(2026, 10, 3, 12, 0, 0, 0, time.UTC))
	<-jumps
	near(t, two, time.Date(2026, 10, 3, 12, 0, 0, 0, time.UTC))

	post(t, one, `{"advance":"49h"}`)
	if jump := <-jumps; jump < 48*time.Hour {
		t.Fatalf("jumped by %s", jump)
	}
	post(t, one, `{"advance":"-50h"}`)
	if jump := <-jumps; jump > -49*time.Hour {
		t.Fatalf("jumped by %s", jump)
	}
	near(t, two, time.Date(2026, 10, 3, 11, 0, 0, 0, time.UTC))
}

func TestAnInvalidRequestDoesNotMoveTheClock(t *testing.T) {
	d := &clock.Dev{DB: pgtest.New(t), Log: slog.New(slog.DiscardHandler)}
	before := clock.System{}.Now()
	for _, body := range []string{"", "{}", `{"now":"tomorrow"}`, `{"advance":"far"}`, "[1]"} {
		if code := post(t, d, body); code != http.StatusBadRequest {
			t.Errorf("%q: status %d", body, code)
		}
	}
	near(t, d, before)
}

func TestAFixedClockChangesOnlyWhenSet(t *testing.T) {
	at := time.Date(2027, 4, 3, 22, 0, 0, 0, time.UTC)
	c := clock.At(at)
	c.Advance(time.Hour)
	if !c.Now().Equal(at.Add(time.Hour)) {
		t.Fatal(c.Now())
	}
	c.Set(at)
	if !c.Now().Equal(at) {
		t.Fatal(c.Now())
	}
}
