package search

import (
	"cmp"
	"slices"
	"time"

	"wattle/internal/directory"
	"wattle/internal/money"
	"wattle/internal/region"
)

// MinSample is how many people a statement about "half of them" needs, and how many a page about a place
// or a subject needs before search engines may list it: fewer is nobody's business, or thin.
const MinSample = 3

// Survey is what can be said of a group of people at once. The middle of an even number is the lower
// of the two, so that "half of them ask this or less" is always true.
type Survey struct {
	People     int
	WithFee    int           // who have a fee
	MedianFee  money.Cents   // the middle full fee of the session that stands for a practice (FeeOf); 0 where fewer than MinSample have one
	Reduced    int           // who have a reduced-fee place left
	Bookable   int           // whose free first call can be booked
	MedianWait time.Duration // the middle wait for it; 0 where fewer than MinSample can be booked
}

// SurveyOf describes the people that covers covers, as of now.
func SurveyOf(people []*directory.Profile, covers func(*directory.Profile) bool, now time.Time) Survey {
	var s Survey
	var fees []money.Cents
	var waits []time.Duration
	for _, t := range people {
		if !covers(t) {
			continue
		}
		s.People++
		if fee, ok := directory.FeeOf(t, "individual"); ok {
			fees = append(fees, fee)
		}
		if t.Reduced != nil && t.Reduced.Left > 0 {
			s.Reduced++
		}
		if _, free := t.FreeConsult(); free && t.Accepting && t.Next.Any.After(now) {
			waits = append(waits, t.Next.Any.Sub(now))
		}
	}
	s.WithFee, s.Bookable = len(fees), len(waits)
	s.MedianFee, s.MedianWait = middle(fees), middle(waits)
	return s
}

// middle is the lower median of a list, zero where it is too short to speak of one.
func middle[T cmp.Ordered](list []T) (m T) {
	if len(list) < MinSample {
		return m
	}
	slices.Sort(list)
	return list[(len(list)-1)/2]
}

// Covers says whether a landing page for f is about t: f's state, professions, issues and place.
func (f Filter) Covers(t *directory.Profile) bool {
	return (len(f.States) == 0 || slices.Contains(f.States, t.State)) &&
		(len(f.Types) == 0 || slices.Contains(f.Types, t.Type)) &&
		(len(f.Issues) == 0 || slices.ContainsFunc(f.Issues, func(i string) bool { return slices.Contains(t.Issues, i) || slices.Contains(t.AlsoIssues, i) })) &&
		(f.Near.IsZero() || region.Distance(f.Near.Lat, f.Near.Lng, t.Lat, t.Lng) <= float64(f.Radius()))
}
