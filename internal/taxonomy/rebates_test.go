package taxonomy

import (
	"regexp"
	"testing"
	"time"
)

func on(t *testing.T, day string) time.Time {
	t.Helper()
	d, err := time.Parse(time.DateOnly, day)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// up5 is 85 % of a fee rounded up to five cents, the rule that reproduces every published pair.
func up5(fee int64) int64 { return (fee*85 + 499) / 500 * 5 }

func TestEveryBenefitIs85PerCentRoundedUp(t *testing.T) {
	if up5(70_95) != 60_35 || up5(116_40) != 98_95 {
		t.Fatal("the rule itself is wrong")
	}
	item := regexp.MustCompile(`^(80|91)[0-9]{3}$`)
	for _, r := range Rebates() {
		if r.BenefitCents != up5(r.FeeCents) {
			t.Errorf("%s from %d min: benefit %d of fee %d, the rule gives %d", r.Type, r.MinMinutes, r.BenefitCents, r.FeeCents, up5(r.FeeCents))
		}
		for _, n := range []string{r.ItemRooms, r.ItemElse, r.ItemVideo, r.ItemPhone} {
			if !item.MatchString(n) {
				t.Errorf("%s: item %q", r.Type, n)
			}
		}
		if ty, ok := TypeOf(r.Type); !ok || ty.Medicare == TierNone || !r.From.Before(r.To) || r.Source == "" {
			t.Errorf("%+v", r)
		}
	}
}

func TestPublishedRebates(t *testing.T) {
	for _, c := range []struct {
		typ          string
		minutes      int
		mode, day    string
		fee, benefit int64
		item         string
	}{
		{"clinical-psychologist", 50, "in-person", "2026-06-30", 170_85, 145_25, "80010"},
		{"clinical-psychologist", 50, "video", "2026-07-01", 175_30, 149_05, "91167"},
		{"clinical-psychologist", 90, "phone", "2026-11-23", 175_30, 149_05, "91182"},
		{"clinical-psychologist", 49, "video", "2026-11-23", 119_45, 101_55, "91166"},
		{"clinical-psychologist", 30, "video", "2026-06-30", 116_40, 98_95, "91166"},
		{"psychologist", 50, "in-person", "2025-07-01", 116_40, 98_95, "80110"},
		{"psychologist", 50, "video", "2026-11-23", 119_45, 101_55, "91170"},
		{"psychologist", 45, "video", "2026-11-23", 84_65, 72_00, "91169"},
		{"psychologist", 20, "phone", "2026-01-01", 82_50, 70_15, "91183"},
		{"occupational-therapist", 50, "in-person", "2026-11-23", 105_25, 89_50, "80135"},
		{"occupational-therapist", 30, "in-person", "2026-11-23", 74_55, 63_40, "80125"},
		{"mental-health-social-worker", 60, "video", "2026-11-23", 105_25, 89_50, "91176"},
		{"mental-health-social-worker", 60, "in-person", "2026-06-30", 102_60, 87_25, "80160"},
		{"mental-health-social-worker", 20, "in-person", "2026-06-30", 72_65, 61_80, "80150"},
	} {
		r, ok := Rebate(c.typ, c.minutes, c.mode, on(t, c.day))
		if !ok || r.FeeCents != c.fee || r.BenefitCents != c.benefit || r.Item(c.mode) != c.item {
			t.Errorf("%s, %d min, %s, %s: %+v", c.typ, c.minutes, c.mode, c.day, r)
		}
	}
}

func TestNoRebateWhereMedicarePaysNothing(t *testing.T) {
	for _, c := range []struct {
		typ       string
		minutes   int
		mode, day string
	}{
		{"counsellor", 50, "video", "2026-11-23"}, {"psychotherapist", 50, "video", "2026-11-23"}, {"social-worker", 50, "video", "2026-11-23"},
		{"provisional-psychologist", 50, "video", "2026-11-23"}, {"psychiatrist", 50, "video", "2026-11-23"},
		{"clinical-psychologist", 29, "video", "2026-11-23"}, {"psychologist", 19, "video", "2026-11-23"}, {"psychologist", 15, "phone", "2026-11-23"},
		{"psychologist", 50, "text-chat", "2026-11-23"}, {"psychologist", 50, "", "2026-11-23"},
		{"psychologist", 50, "video", "2025-06-30"}, {"psychologist", 50, "video", "2027-07-01"},
	} {
		if r, ok := Rebate(c.typ, c.minutes, c.mode, on(t, c.day)); ok {
			t.Errorf("%+v: %+v", c, r)
		}
	}
}

// Every minute from the shortest session on has exactly one line, for every day of the table.
func TestRebatesNeitherOverlapNorLeaveGaps(t *testing.T) {
	for _, day := range []string{"2025-07-01", "2026-06-30", "2026-07-01", "2027-06-30"} {
		for typ, shortest := range map[string]int{"clinical-psychologist": 30, "psychologist": 20, "occupational-therapist": 20, "mental-health-social-worker": 20} {
			for minutes := shortest; minutes <= 120; minutes++ {
				n := 0
				for _, r := range Rebates() {
					if r.Type == typ && minutes >= r.MinMinutes && (r.MaxMinutes == 0 || minutes <= r.MaxMinutes) && !on(t, day).Before(r.From) && !on(t, day).After(r.To) {
						n++
					}
				}
				if n != 1 {
					t.Errorf("%s, %d min, %s: %d lines", typ, minutes, day, n)
				}
			}
		}
	}
}

func TestARebateIsNeverMoreThanTheCharge(t *testing.T) {
	r, _ := Rebate("psychologist", 50, "video", on(t, "2026-11-23"))
	for _, c := range []struct{ charged, benefit, gap int64 }{
		{220_00, 101_55, 118_45}, {101_55, 101_55, 0}, {60_00, 60_00, 0}, {0, 0, 0},
	} {
		if r.Benefit(c.charged) != c.benefit || r.Gap(c.charged) != c.gap {
			t.Errorf("of %d: benefit %d, gap %d", c.charged, r.Benefit(c.charged), r.Gap(c.charged))
		}
	}
}

func TestTheRebateFollowsThePracticesCalendar(t *testing.T) {
	sydney := time.FixedZone("AEST", 10*3600)
	atMidnight := time.Date(2026, 7, 1, 0, 30, 0, 0, sydney) // still 30 June in UTC
	if r, _ := Rebate("psychologist", 50, "video", atMidnight); r.BenefitCents != 101_55 {
		t.Errorf("benefit %d", r.BenefitCents)
	}
}
