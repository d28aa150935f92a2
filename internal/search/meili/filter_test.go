package meili

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"wattle/internal/money"
	"wattle/internal/search"
)

func TestValuesCannotLeaveTheirQuotes(t *testing.T) {
	for value, want := range map[string]string{
		`plain`: `"plain"`, `a"b`: `"a\"b"`, `a\`: `"a\\"`, `" OR id > 0 OR name = "`: `"\" OR id > 0 OR name = \""`,
	} {
		if got := quote(value); got != want {
			t.Errorf("%s becomes %s, want %s", value, got, want)
		}
	}
}

func TestTodayEndsAtThePracticesOwnMidnight(t *testing.T) {
	now := time.Date(2026, 11, 25, 13, 30, 0, 0, time.UTC) // 00:30 in Sydney, 23:30 in Brisbane, 21:30 in Perth
	got := today(now, []string{"Australia/Sydney", "Australia/Brisbane", "Australia/Perth", "Australia/Melbourne"})
	if n := strings.Count(got, " OR "); n != 2 {
		t.Errorf("%d midnights in %s", n+1, got)
	}
	if !strings.Contains(got, `zone IN ["Australia/Sydney", "Australia/Melbourne"]`) {
		t.Errorf("practices that share a midnight are not asked for together: %s", got)
	}
	if today(now, nil) != never {
		t.Error("without practices someone is free today")
	}
}

// The stored fee is compared with the benefit on the day in the zone of the practice: on the first of July it
// changes, in Perth two hours later than in Sydney.
func TestTheGapGoesByTheDatedSchedule(t *testing.T) {
	f := search.Filter{MaxGap: search.Limit{Set: true, Cents: 100_00}}
	zones := []string{"Australia/Sydney", "Australia/Perth"}
	limits := func(now time.Time) (old, new bool) {
		got := withinGap(f, 0, now, zones)
		return strings.Contains(got, limit(100_00+98_95)), strings.Contains(got, limit(100_00+101_55))
	}
	for _, c := range []struct {
		now      string
		old, new bool
	}{{"2026-06-30T13:00:00Z", true, false}, {"2026-06-30T15:00:00Z", true, true}, {"2026-06-30T16:30:00Z", false, true}} {
		now, err := time.Parse(time.RFC3339, c.now)
		if err != nil {
			t.Fatal(err)
		}
		if old, new := limits(now); old != c.old || new != c.new {
			t.Errorf("at %s the old benefit counts: %v, the new: %v", c.now, old, new)
		}
	}
	if got := withinGap(f, 1, time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC), zones); got != never {
		t.Errorf("couples' sessions have a benefit: %s", got)
	}
	if got := withinGap(f, 0, time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC), zones); got != never {
		t.Errorf("a day outside the schedule has a benefit: %s", got)
	}
}

func limit(c money.Cents) string { return atGapFee + " <= " + number(float64(c)) + ")" }

func TestAtLeastListsTheCombinations(t *testing.T) {
	for _, c := range []struct {
		k    int
		want string
	}{{0, ""}, {1, "((a) OR (b) OR (c))"}, {2, "((a AND b) OR (a AND c) OR (b AND c))"}, {3, "a AND b AND c"}} {
		if got, ok := atLeast(c.k, []string{"a", "b", "c"}); !ok || got != c.want {
			t.Errorf("%d: %q %v", c.k, got, ok)
		}
	}
	if _, ok := atLeast(8, strings.Split("abcdefghijklmnop", "")); ok {
		t.Error("thousands of ways were said")
	}
}

func TestWeakerAttemptsAreOrderedByUnitsMet(t *testing.T) {
	r := read("nguyen emdr zzzzzzzz anxiety")
	if len(r.words) != 2 || len(r.terms) != 2 {
		t.Fatalf("%+v", r)
	}
	last := 99
	for _, a := range r.relaxed() {
		if a.met > last || a.met < 1 || a.met >= 4 || !a.partial {
			t.Errorf("%+v after %d", a, last)
		}
		last = a.met
	}
}

// By relevance the engine's order ends with one day's rotation. Tied hits are sorted by that of the day, block by
// block, so that the pages of a day fit together at any size.
func TestTiedHitsRotateByRelevance(t *testing.T) {
	soon, later := 1500.0, 2500.0
	var ranked []found // as the engine gives them
	for id := int64(1); id <= 530; id++ {
		h := found{ID: id, Score: 1, Next: &soon}
		switch {
		case id > 490:
			h.Score, h.Next = 0.5, nil
		case id > 20 && id <= 40:
			h.Next = &later
		case id > 40:
			h.Score = 0.75
		}
		ranked = append(ranked, h)
	}
	firsts := map[int64]bool{}
	for day := range 7 {
		now := time.Date(2026, 11, 23+day, 1, 0, 0, 0, time.UTC)
		for _, size := range []int{1, 7, 20, 50} {
			var got []int64
			for f := (search.Filter{Page: 1, PerPage: size}); len(got) < len(ranked); f.Page++ {
				offset, limit := blocks(f)
				page := rotated(f, now, slices.Clone(ranked[min(offset, len(ranked)):min(offset+limit, len(ranked))]), offset)
				if len(page) == 0 {
					t.Fatalf("page %d of %d is empty", f.Page, size)
				}
				for _, h := range page {
					got = append(got, h.ID)
				}
			}
			for i, id := range got {
				if (id > 20) != (i >= 20) || (id > 40) != (i >= 40) || (id > 490) != (i >= 490) {
					t.Fatalf("%d stands at %d", id, i)
				}
			}
			if slices.Sort(got[1:]); len(slices.Compact(slices.Clone(got[1:]))) != len(ranked)-1 {
				t.Fatalf("pages of %d hold someone twice", size)
			}
			firsts[got[0]] = true
		}
	}
	if len(firsts) != 7 {
		t.Errorf("in a week %d people are first", len(firsts))
	}
}

func TestPassedInstantsAreSortedAsNone(t *testing.T) {
	now := time.UnixMicro(1000)
	at := func(id int64, next float64) found {
		if next == 0 {
			return found{ID: id}
		}
		return found{ID: id, Next: &next}
	}
	inTurn := func(ids ...int64) []int64 {
		slices.SortFunc(ids, func(a, b int64) int {
			return cmp.Compare(search.RotationRank(a, search.RotationDay(now)), search.RotationRank(b, search.RotationDay(now)))
		})
		return ids
	}
	none := inTurn(2, 8)
	fresh := []found{at(7, 1500), at(3, 2000), at(9, 2500), at(none[0], 0), at(none[1], 0)}
	lapsed := []found{at(5, 900), at(1, 500), at(10, 800)}
	whole := append([]int64{7, 3, 9}, inTurn(1, 2, 5, 8, 10)...)
	for page := 1; page <= 4; page++ {
		for size := 1; size <= 8; size++ {
			f := search.Filter{Page: page, PerPage: size, Sort: search.Soonest}
			offset, limit := reach(f, len(lapsed))
			window := fresh[min(offset, len(fresh)):min(offset+limit, len(fresh))]
			var got []int64
			for _, h := range merge(f, now, window, offset, lapsed) {
				got = append(got, h.ID)
			}
			want := whole[min((page-1)*size, len(whole)):min(page*size, len(whole))]
			if len(got) != len(want) {
				t.Fatalf("page %d of %d: %v, want %v", page, size, got, want)
			}
			for i := range got {
				if got[i] != want[i] {
					t.Fatalf("page %d of %d: %v, want %v", page, size, got, want)
				}
			}
		}
	}
}
