package search

import (
	"time"

	"github.com/maypok86/otter/v2"
)

// A survey scans the whole read model, so it is cached: a median fee does not change within minutes.
const (
	surveyTTL  = 5 * time.Minute
	maxSurveys = 4096
)

// surveyKey is the landing page and the period of the survey.
type surveyKey struct {
	filter string
	slot   int64
}

// Survey summarises the therapists of a landing page. It is at most five minutes old.
func (s *Service) Survey(f Filter) Survey {
	f = Filter{States: f.States, Types: f.Types, Issues: f.Issues, Near: f.Near, WithinKm: f.WithinKm} // what Covers reads
	now := s.Clock.Now()
	key := surveyKey{f.Encode(), now.Unix() / int64(surveyTTL/time.Second)}
	s.once.Do(func() { s.surveys = otter.Must(&otter.Options[surveyKey, Survey]{MaximumSize: maxSurveys}) })
	if cached, ok := s.surveys.GetIfPresent(key); ok {
		return cached
	}
	survey := SurveyOf(s.Model.All(), f.Covers, now)
	s.surveys.Set(key, survey)
	return survey
}
