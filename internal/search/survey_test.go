package search

import (
	"testing"
	"time"

	"wattle/internal/clock"
	"wattle/internal/directory"
	"wattle/internal/money"
)

func asking(fee money.Cents, change ...func(*directory.Profile)) *directory.Profile {
	t := &directory.Profile{State: "nsw", Type: "counsellor", Accepting: true, Issues: []string{"anxiety"},
		AlsoIssues: []string{"sleep"}, Lat: -33.9, Lng: 151.2,
		Services: []directory.Service{{Slug: "individual", Kind: directory.Session, Format: "individual", Minutes: 50,
			Fee: fee}, {Slug: directory.FreeConsultation, Kind: directory.Consultation, Minutes: 15}}}
	for _, c := range change {
		c(t)
	}
	return t
}

func freeIn(d time.Duration) func(*directory.Profile) {
	return func(t *directory.Profile) { t.Next.Any = SurveyNow.Add(d) }
}

var SurveyNow = time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)

func TestSurveyOf(t *testing.T) {
	const day = 24 * time.Hour
	full := func(t *directory.Profile) { t.Accepting = false }
	noCall := func(t *directory.Profile) { t.Services = t.Services[:1] }
	reduced := func(left int) func(*directory.Profile) {
		return func(t *directory.Profile) { t.Reduced = &directory.Reduced{Fee: 80_00, Left: left} }
	}
	for name, c := range map[string]struct {
		people []*directory.Profile
		want   Survey
	}{
		"no one": {nil, Survey{}},
		"two are too few": {[]*directory.Profile{asking(100_00, freeIn(day)), asking(200_00, freeIn(2*day))},
			Survey{People: 2, WithFee: 2, Bookable: 2}},
		"the median of three": {[]*directory.Profile{asking(300_00, freeIn(9*day)), asking(100_00, freeIn(day)), asking(150_00, freeIn(2*day))},
			Survey{People: 3, WithFee: 3, MedianFee: 150_00, Bookable: 3, MedianWait: 2 * day}},
		"the lower median of four": {[]*directory.Profile{asking(400_00, freeIn(4*day)), asking(100_00, freeIn(day)), asking(200_00, freeIn(2*day)), asking(300_00, freeIn(3*day))},
			Survey{People: 4, WithFee: 4, MedianFee: 200_00, Bookable: 4, MedianWait: 2 * day}},
		"no wait for those who cannot be booked": {[]*directory.Profile{asking(100_00), asking(100_00, freeIn(-time.Hour)), asking(100_00, freeIn(day), full), asking(100_00, freeIn(day), noCall)},
			Survey{People: 4, WithFee: 4, MedianFee: 100_00}},
		"reduced places count while one is left": {[]*directory.Profile{asking(100_00, reduced(1)), asking(100_00, reduced(0)), asking(100_00)},
			Survey{People: 3, WithFee: 3, MedianFee: 100_00, Reduced: 1}},
	} {
		if got := SurveyOf(c.people, Filter{}.Covers, SurveyNow); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestCovers(t *testing.T) {
	therapist := asking(100_00)
	for name, c := range map[string]struct {
		f    Filter
		want bool
	}{
		"all":                           {All(), true},
		"the state":                     {All().With("state", "nsw"), true},
		"another state":                 {All().With("state", "vic"), false},
		"the profession":                {All().With("state", "nsw").With("type", "counsellor"), true},
		"another profession":            {All().With("state", "nsw").With("type", "psychologist"), false},
		"an issue in focus":             {All().With("issue", "anxiety"), true},
		"an issue outside the focus":    {All().With("issue", "sleep"), true},
		"another issue":                 {All().With("issue", "anger"), false},
		"near":                          {Filter{Near: Place{Text: "x", Lat: -33.9, Lng: 151.2}}, true},
		"within 25 km":                  {Filter{Near: Place{Text: "x", Lat: -34.1, Lng: 151.2}}, true},
		"beyond 25 km":                  {Filter{Near: Place{Text: "x", Lat: -34.2, Lng: 151.2}}, false},
		"within the distance asked for": {Filter{Near: Place{Text: "x", Lat: -34.2, Lng: 151.2}, WithinKm: 50}, true},
	} {
		if got := c.f.Covers(therapist); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// A survey describes the people of a page, so its sort and page size do not matter.
func TestSurveyCacheIgnoresSortAndPageSize(t *testing.T) {
	s := &Service{Model: directory.Static(&directory.Profile{ID: 1, Slug: "p-1", State: "nsw"}),
		Clock: clock.At(reasonsNow)}
	f := All().With("state", "nsw")
	for _, sort := range []string{"", Price, Soonest} {
		for perPage := range MaxPerPage {
			f.Sort, f.PerPage = sort, perPage
			if got := s.Survey(f); got.People != 1 {
				t.Fatalf("%d people", got.People)
			}
		}
	}
	if n := s.surveys.EstimatedSize(); n != 1 {
		t.Errorf("%d surveys of the same people are cached", n)
	}
	if got := s.Survey(All().With("state", "vic")); got.People != 0 {
		t.Errorf("%d people in another state", got.People)
	}
}
