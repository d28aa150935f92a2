package guides

import (
	"slices"
	"strings"
	"testing"
	"time"

	"wattle/internal/taxonomy"
)

// These tests hold the embedded articles to the rules and to stricter limits.

func embedded(t *testing.T) []*Article {
	t.Helper()
	l, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return l.All()
}

func TestEveryClaimHasAListedSource(t *testing.T) {
	claims := 0
	for _, a := range embedded(t) {
		for _, b := range a.prose {
			for _, s := range sentences(b.text) {
				if !isClaim(s) {
					continue
				}
				claims++
				ids := references(s)
				if len(ids) == 0 || !cited.MatchString(s) {
					t.Errorf("%s: %q has no source at its end", a.Slug, s)
				}
				for _, id := range ids {
					if !slices.ContainsFunc(a.Sources, func(src Source) bool { return src.ID == id }) {
						t.Errorf("%s: %q refers to %q, which is not listed", a.Slug, s, id)
					}
				}
			}
		}
	}
	if claims == 0 {
		t.Error("no guide claims anything: the check sees nothing")
	}
	t.Logf("%d claims", claims)
}

func TestGuidesAreOfReadableLength(t *testing.T) {
	for _, a := range embedded(t) {
		t.Logf("%s: %d words", a.Slug, a.Words)
		if a.Words < 700 || a.Words > 1100 {
			t.Errorf("%s has %d words", a.Slug, a.Words)
		}
		for _, b := range a.prose {
			for _, s := range sentences(b.text) {
				if n := len(strings.Fields(s)); n > 40 {
					t.Errorf("%s: a sentence of %d words: %q", a.Slug, n, s)
				}
			}
		}
	}
}

func TestNoGuideClaimsAReviewerYet(t *testing.T) {
	for _, a := range embedded(t) {
		if a.Clinical() {
			t.Errorf("%s names %s: is there such a person, and did they read it?", a.Slug, a.Reviewer.Name)
		}
	}
}

func TestEveryGuideIsCompleteOnItsReviewDay(t *testing.T) {
	for _, a := range embedded(t) {
		g := a.At(a.Reviewed)
		if g.Undated || g.Stale {
			t.Errorf("%s: undated %v, stale %v", a.Slug, g.Undated, g.Stale)
		}
		ids := map[string]bool{}
		for _, s := range slices.Concat(g.Sections, g.Questions) {
			if ids[s.ID] {
				t.Errorf("%s: two headings make the id %s", a.Slug, s.ID)
			}
			ids[s.ID] = true
		}
	}
}

// What the guides say of Medicare's amounts holds as long as the table does: a guide that prints
// them is due before the table ends.
func TestReviewIsDueBeforeTheAmountsExpire(t *testing.T) {
	for _, a := range embedded(t) {
		row, _ := taxonomy.Rebate(periodOf, periodMinutes, "in-person", a.Reviewed)
		for day := a.Reviewed; !day.After(a.Due); day = day.AddDate(0, 0, 1) {
			if a.At(day).Undated {
				t.Errorf("%s is due on %s, and its amounts end on %s", a.Slug, a.Due.Format(time.DateOnly),
					row.To.Format(time.DateOnly))
				break
			}
		}
	}
}
