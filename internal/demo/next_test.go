package demo

import (
	"context"
	"testing"

	"wattle/internal/booking"
	"wattle/internal/booking/availability"
	"wattle/internal/clock"
	"wattle/internal/pg/pgtest"
)

// TestNextTimesAreCorrect derives next times with the rules of package booking and compares them with
// what the directory was meant to be.
func TestNextTimesAreCorrect(t *testing.T) {
	db := pgtest.New(t)
	b := &booking.Service{DB: db, Clock: clock.At(asOf), Availability: &availability.Service{DB: db, Clock: clock.At(asOf)}}
	derived := 0
	err := Seed(context.Background(), db, Options{N: 400, Seed: DefaultSeed, Now: asOf, Recompute: b.Availability.RecomputeNext,
		Progress: func(stage string, done, of int) {
			if stage == "derived" {
				derived = done
			}
		}})
	if err != nil || derived != 400 {
		t.Fatal(derived, err)
	}
	var rows []struct {
		ID      int64 `db:"therapist_id"`
		Any     bool  `db:"any_time"`
		Evening bool  `db:"evening"`
	}
	err = db.Select(context.Background(), &rows, `SELECT therapist_id, next_any IS NOT NULL AS any_time, next_evening IS NOT NULL AS evening FROM next_times`)
	if err != nil {
		t.Fatal(err)
	}
	free, evening := map[int64]bool{}, map[int64]bool{}
	for _, r := range rows {
		free[r.ID], evening[r.ID] = r.Any, r.Evening
	}
	booked := 0
	for i, p := range people(400, DefaultSeed) {
		_, call := p.FreeConsult()
		want := call && (p.fate == open)
		if free[p.ID] != want && p.fate != closed && p.fate != paused && p.fate != removed {
			t.Errorf("%s (%v, call %v) has a next time: %v; %+v", p.Slug, p.fate, call, free[p.ID], p.calendar)
		}
		if p.fate == full || p.fate == away {
			booked++
		}
		if anchors[i] != nil && !evening[p.ID] {
			t.Errorf("anchor %s has no evening", p.Slug)
		}
	}
	if booked < 28 || booked > 36 {
		t.Errorf("%d of 400 are booked out", booked)
	}
}
