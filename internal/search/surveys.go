package search

import (
	"time"

	"github.com/maypok86/otter/v2"
)

// A survey reads the whole read model, so landing pages share it for surveyFor: a median fee does not
// change within minutes.
const (
	surveyFor   = 5 * time.Minute
	mostSurveys = 4096
)

// surveyKey is what a landing page is about and the five minutes it is surveyed in.
type surveyKey struct {
	filter string
	slot   int64
}

// Survey describes everyone a landing page for f covers. It is at most five minutes old.
func (s *Service) Survey(f Filter) Survey {
	f = Filter{States: f.States, Types: f.Types, Issues: f.Issues, Near: f.Near, WithinKm: f.WithinKm} // what Covers reads
	now := s.Clock.Now()
	key := surveyKey{f.Encode(), now.Unix() / int64(surveyFor/time.Second)}
	s.once.Do(func() { s.surveys = otter.Must(&otter.Options[surveyKey, Survey]{MaximumSize: mostSurveys}) })
	if kept, ok := s.surveys.GetIfPresent(key); ok {
		return kept
	}
	survey := SurveyOf(s.Model.All(), f.Covers, now)
	s.surveys.Set(key, survey)
	return survey
}
