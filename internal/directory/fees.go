package directory

import (
	"time"

	"wattle/internal/money"
	"wattle/internal/region"
	"wattle/internal/taxonomy"
)

// StandardMinutes is the session length on which fees are compared.
const StandardMinutes = 50

// FeeOf returns the full fee that stands for a practice: the 50-minute individual session, else the
// individual session closest to 50 minutes, else the first session of another format that clients book.
// For format "couple" it applies the same rule to couples' sessions only. Free calls and groups never
// count. ok is false if there is no such session.
func FeeOf(t *Profile, format string) (fee money.Cents, ok bool) {
	s, ok := FeeService(t, format)
	return s.Fee, ok
}

// FeeService returns the session whose fee FeeOf returns.
func FeeService(t *Profile, format string) (Service, bool) {
	if format == "couple" {
		return closest(t, "couple")
	}
	if s, ok := closest(t, "individual"); ok {
		return s, true
	}
	for _, s := range t.Services {
		if s.Kind == Session && s.Format != "group" && s.Format != "supervision" {
			return s, true
		}
	}
	return Service{}, false
}

// closest returns the session of a format closest to 50 minutes; ties go to the longer, then to the
// first.
func closest(t *Profile, format string) (best Service, ok bool) {
	for _, s := range t.Services {
		if s.Kind != Session || s.Format != format {
			continue
		}
		d, b := distance(s), distance(best)
		if !ok || d < b || d == b && s.Minutes > best.Minutes {
			best, ok = s, true
		}
	}
	return best, ok
}

// distance returns how far a session is from 50 minutes.
func distance(s Service) int {
	return max(s.Minutes-StandardMinutes, StandardMinutes-s.Minutes)
}

// LowestFee returns the lowest fee available to a client. The reduced fee counts while places are left,
// and for the individual session only.
func LowestFee(t *Profile, format string) (money.Cents, bool) {
	s, ok := FeeService(t, format)
	if ok && s.Format == "individual" && t.Reduced != nil && t.Reduced.Left > 0 {
		return min(s.Fee, t.Reduced.Fee), true
	}
	return s.Fee, ok
}

// Gap returns the cost of the individual session after the Medicare benefit of the day, for a client
// with a referral; never below zero. ok is false if Medicare pays nothing.
func Gap(t *Profile, now time.Time) (money.Cents, bool) {
	s, ok := closest(t, "individual")
	if !ok {
		return 0, false
	}
	return GapOf(t, s, now)
}

// GapOf is Gap for a single service. Couples counselling is not rebatable and group items are not
// modelled.
func GapOf(t *Profile, s Service, now time.Time) (money.Cents, bool) {
	if s.Kind != Session || s.Format != "individual" {
		return 0, false
	}
	row, ok := rebate(t.Practises(), s.Minutes, t.Zone, now)
	if !ok {
		return 0, false
	}
	return money.Cents(row.Gap(int64(s.Fee))), true
}

// Benefit returns what Medicare pays towards an individual session of that length and profession (see
// Practises), with a referral, on the day of now in the practice's zone. ok is false if Medicare pays
// nothing.
func Benefit(practises string, minutes int, zone string, now time.Time) (money.Cents, bool) {
	row, ok := rebate(practises, minutes, zone, now)
	return money.Cents(row.BenefitCents), ok
}

// NextService is the service that a card's button books: the free consultation. Without one, nothing
// can be booked yet.
func NextService(t *Profile) (Service, bool) { return t.FreeConsult() }

// rebate looks up the dated schedule by the practice's day. Items pay the same in person, by video and by
// phone.
func rebate(practises string, minutes int, zone string, now time.Time) (taxonomy.Row, bool) {
	loc, err := region.LoadZone(zone)
	if err != nil {
		return taxonomy.Row{}, false
	}
	return taxonomy.Rebate(practises, minutes, "in-person", now.In(loc))
}
