package directory

import (
	"sync"
	"time"
)

// A survey goes through the whole read model, so it is kept for a while: nobody's decision hangs on
// a middle fee of five minutes ago.
const (
	surveyKept  = 5 * time.Minute
	mostSurveys = 4096
)

// surveys are those made lately, by canonical filter.
type surveys struct {
	mu   sync.Mutex
	made map[string]survey
}

type survey struct {
	Survey
	at time.Time
}

// Survey is the survey of everybody a landing page for f is about (Covers), at most five minutes old.
func (d *Directory) Survey(f Filter) Survey {
	f = Filter{States: f.States, Types: f.Types, Issues: f.Issues, Near: f.Near, WithinKm: f.WithinKm} // what Covers looks at
	key, now := f.Encode(), d.Clock.Now()
	d.surveys.mu.Lock()
	kept, ok := d.surveys.made[key]
	d.surveys.mu.Unlock()
	if age := now.Sub(kept.at); ok && age >= 0 && age < surveyKept {
		return kept.Survey
	}
	fresh := survey{SurveyOf(d.model.each(f.passesOver, f.Covers), now), now}
	d.surveys.mu.Lock()
	defer d.surveys.mu.Unlock()
	if d.surveys.made == nil || len(d.surveys.made) >= mostSurveys {
		d.surveys.made = map[string]survey{}
	}
	d.surveys.made[key] = fresh
	return fresh.Survey
}
