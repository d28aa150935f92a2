package search

import (
	"cmp"
	"slices"
	"time"

	"wattle/internal/directory"
	"wattle/internal/money"
	"wattle/internal/region"
)

// MinSample is the smallest group whose median is published, and the fewest results with which a
// landing page is indexed by search engines. Smaller groups would reveal individuals or make thin
// pages.
const MinSample = 3

// Survey summarises a group of therapists. Medians of an even number are the lower of the two median
// values, so "half of them charge this or less" always holds.
type Survey struct {
	People     int
	WithFee    int           // with a fee
	MedianFee  money.Cents   // of the full fees (directory.FeeOf); 0 below MinSample
	Reduced    int           // with a reduced-fee place left
	Bookable   int           // with a free consultation that can be booked
	MedianWait time.Duration // for that consultation; 0 below MinSample
}

// SurveyOf summarises the people for whom covers is true, as of now.
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
	s.MedianFee, s.MedianWait = median(fees), median(waits)
	return s
}

// median returns the lower median, zero below MinSample.
func median[T cmp.Ordered](list []T) (m T) {
	if len(list) < MinSample {
		return m
	}
	slices.Sort(list)
	return list[(len(list)-1)/2]
}

// Covers reports whether a landing page for f includes t, by state, profession, issue and place.
func (f Filter) Covers(t *directory.Profile) bool {
	helpsWith := func(i string) bool { return slices.Contains(t.Issues, i) || slices.Contains(t.AlsoIssues, i) }
	return (len(f.States) == 0 || slices.Contains(f.States, t.State)) &&
		(len(f.Types) == 0 || slices.Contains(f.Types, t.Type)) &&
		(len(f.Issues) == 0 || slices.ContainsFunc(f.Issues, helpsWith)) &&
		(f.Near.IsZero() || region.Distance(f.Near.Lat, f.Near.Lng, t.Lat, t.Lng) <= float64(f.Radius()))
}
