package directory

import (
	"time"

	"wattle/internal/money"
	"wattle/internal/region"
	"wattle/internal/taxonomy"
)

// StandardMinutes is the length of the session whose fee stands for a practice.
const StandardMinutes = 50

// FeeOf is the full fee of the session that stands for the practice: the 50-minute individual
// session, else the individual session nearest to that length, else the first of another format
// that clients book. For format "couple" it is the couples' session by the same rule, and nothing else. Free calls
// and groups never count. ok is false when there is no such session.
func FeeOf(t *Profile, format string) (fee money.Cents, ok bool) {
	s, ok := FeeService(t, format)
	return s.Fee, ok
}

// FeeService is the session whose fee FeeOf tells.
func FeeService(t *Profile, format string) (Service, bool) {
	if format == "couple" {
		return nearestTo(t, "couple")
	}
	if s, ok := nearestTo(t, "individual"); ok {
		return s, true
	}
	for _, s := range t.Services {
		if s.Kind == Session && s.Format != "group" && s.Format != "supervision" {
			return s, true
		}
	}
	return Service{}, false
}

// nearestTo picks the session of a format whose length is nearest to 50 minutes; of two equally
// near the longer, of two equally long the first.
func nearestTo(t *Profile, format string) (best Service, ok bool) {
	for _, s := range t.Services {
		if s.Kind != Session || s.Format != format {
			continue
		}
		d, b := off(s), off(best)
		if !ok || d < b || d == b && s.Minutes > best.Minutes {
			best, ok = s, true
		}
	}
	return best, ok
}

func off(s Service) int {
	if s.Minutes < StandardMinutes {
		return StandardMinutes - s.Minutes
	}
	return s.Minutes - StandardMinutes
}

// LowestFee is the lowest fee a client can really get: the reduced fee counts while places of it
// are left, and for the individual session only.
func LowestFee(t *Profile, format string) (money.Cents, bool) {
	s, ok := FeeService(t, format)
	if ok && s.Format == "individual" && t.Reduced != nil && t.Reduced.Left > 0 {
		return min(s.Fee, t.Reduced.Fee), true
	}
	return s.Fee, ok
}

// Gap is what the individual session costs after the Medicare benefit of the day, for a client
// with a referral; never below zero. ok is false where Medicare pays nothing.
func Gap(t *Profile, now time.Time) (money.Cents, bool) {
	s, ok := nearestTo(t, "individual")
	if !ok {
		return 0, false
	}
	return GapOf(t, s, now)
}

// GapOf is Gap for one service. Couples' sessions, groups and free calls have none: couples
// counselling is not rebatable, and group items are not modelled.
func GapOf(t *Profile, s Service, now time.Time) (money.Cents, bool) {
	if s.Kind != Session || s.Format != "individual" {
		return 0, false
	}
	benefit, ok := Benefit(t.Practises(), s.Minutes, t.Zone, now)
	if !ok {
		return 0, false
	}
	return max(0, s.Fee-benefit), true
}

// Benefit is what Medicare pays towards an individual session of that length with somebody of that
// profession (see Practises), with a referral, at the rates of the day that now is in the
// practice's zone. ok is false for nothing.
func Benefit(practises string, minutes int, zone string, now time.Time) (money.Cents, bool) {
	loc, err := region.LoadZone(zone)
	if err != nil {
		return 0, false
	}
	return rebate(practises, minutes, now.In(loc))
}

// GapFor is the gap that a search shows and compares: none when couples' fees are asked for.
func GapFor(t *Profile, format string, now time.Time) (money.Cents, bool) {
	if format == "couple" {
		return 0, false
	}
	return Gap(t, now)
}

// Bucket is the price bucket of a lowest fee; upper ends are excluded.
func Bucket(lowest money.Cents) string {
	switch {
	case lowest < 100_00:
		return "0-100"
	case lowest < 150_00:
		return "100-150"
	case lowest < 200_00:
		return "150-200"
	case lowest < 250_00:
		return "200-250"
	}
	return "250-"
}

// NextService is what the button of a card books: the free consultation. Where none is offered
// nothing can be booked yet.
func NextService(t *Profile) (Service, bool) { return t.FreeConsult() }

// rebate looks up the dated schedule. Its items pay the same in person, by video and by phone.
func rebate(practises string, minutes int, day time.Time) (money.Cents, bool) {
	row, ok := taxonomy.Rebate(practises, minutes, "in-person", day)
	return money.Cents(row.BenefitCents), ok
}
