package directory

import (
	"slices"
	"testing"
	"time"

	"wattle/internal/money"
)

func asking(fee money.Cents, change ...func(*Therapist)) *Therapist {
	t := &Therapist{State: "nsw", Type: "counsellor", Accepting: true, Issues: []string{"anxiety"}, AlsoIssues: []string{"sleep"}, Lat: -33.9, Lng: 151.2,
		Services: []Service{{Slug: "individual", Kind: Session, Format: "individual", Minutes: 50, Fee: fee}, {Slug: FreeConsultation, Kind: Consultation, Minutes: 15}}}
	for _, c := range change {
		c(t)
	}
	return t
}

func freeIn(d time.Duration) func(*Therapist) {
	return func(t *Therapist) { t.Next.Any = surveyNow.Add(d) }
}

var surveyNow = time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)

func TestASurveySaysOnlyWhatHoldsForHalf(t *testing.T) {
	const day = 24 * time.Hour
	full := func(t *Therapist) { t.Accepting = false }
	noCall := func(t *Therapist) { t.Services = t.Services[:1] }
	reduced := func(left int) func(*Therapist) {
		return func(t *Therapist) { t.Reduced = &Reduced{Fee: 80_00, Left: left} }
	}
	for name, c := range map[string]struct {
		people []*Therapist
		want   Survey
	}{
		"nobody": {nil, Survey{}},
		"two are too few": {[]*Therapist{asking(100_00, freeIn(day)), asking(200_00, freeIn(2*day))},
			Survey{People: 2, Asking: 2, Bookable: 2}},
		"the middle of three": {[]*Therapist{asking(300_00, freeIn(9*day)), asking(100_00, freeIn(day)), asking(150_00, freeIn(2*day))},
			Survey{People: 3, Asking: 3, Fee: 150_00, Bookable: 3, Wait: 2 * day}},
		"the lower middle of four": {[]*Therapist{asking(400_00, freeIn(4*day)), asking(100_00, freeIn(day)), asking(200_00, freeIn(2*day)), asking(300_00, freeIn(3*day))},
			Survey{People: 4, Asking: 4, Fee: 200_00, Bookable: 4, Wait: 2 * day}},
		"who cannot be booked waits for nothing": {[]*Therapist{asking(100_00), asking(100_00, freeIn(-time.Hour)), asking(100_00, freeIn(day), full), asking(100_00, freeIn(day), noCall)},
			Survey{People: 4, Asking: 4, Fee: 100_00}},
		"reduced places count while one is left": {[]*Therapist{asking(100_00, reduced(1)), asking(100_00, reduced(0)), asking(100_00)},
			Survey{People: 3, Asking: 3, Fee: 100_00, Reduced: 1}},
	} {
		if got := SurveyOf(slices.Values(c.people), surveyNow); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestALandingPageCoversWhatItsAddressNames(t *testing.T) {
	who := asking(100_00)
	for name, c := range map[string]struct {
		f    Filter
		want bool
	}{
		"everybody":             {Everybody(), true},
		"the state":             {Everybody().With("state", "nsw"), true},
		"another state":         {Everybody().With("state", "vic"), false},
		"the profession":        {Everybody().With("state", "nsw").With("type", "counsellor"), true},
		"another profession":    {Everybody().With("state", "nsw").With("type", "psychologist"), false},
		"what is in focus":      {Everybody().With("issue", "anxiety"), true},
		"what is done as well":  {Everybody().With("issue", "sleep"), true},
		"what is not helped":    {Everybody().With("issue", "anger"), false},
		"near":                  {Filter{Near: Place{Text: "x", Lat: -33.9, Lng: 151.2}}, true},
		"as far as 25 km":       {Filter{Near: Place{Text: "x", Lat: -34.1, Lng: 151.2}}, true},
		"further than 25 km":    {Filter{Near: Place{Text: "x", Lat: -34.2, Lng: 151.2}}, false},
		"further, but asked so": {Filter{Near: Place{Text: "x", Lat: -34.2, Lng: 151.2}, WithinKm: 50}, true},
	} {
		if got := c.f.Covers(who); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
