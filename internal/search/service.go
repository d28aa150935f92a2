// Package search finds therapists: filters, facets, reasons, the match, similar therapists and surveys.
// It declares the Index that the engines implement.
package search

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/maypok86/otter/v2"

	"wattle/internal/clock"
	"wattle/internal/directory"
)

// Service answers searches from an index and the read model. Use it through a pointer.
type Service struct {
	Model *directory.Model
	Index Index
	Clock clock.Clock

	// NextTimes recomputes a practice's next free times when the stored ones have passed. Booking provides
	// it. Optional.
	NextTimes func(ctx context.Context, therapistID int64) (directory.Next, error)

	// Observe receives the duration of each index query, by engine. Optional.
	Observe func(engine string, took time.Duration)

	once    sync.Once
	surveys *otter.Cache[surveyKey, Survey]
}

// View is a profile in a search result: free times that still lie ahead, the distance when the search
// has a place, and the reasons (see Reasons). The Profile is shared and must not be changed.
type View struct {
	*directory.Profile
	Next    directory.Next
	Km      float64
	HasKm   bool
	Matched []string
}

// Page is one page of a search.
type Page struct {
	Filter  Filter
	Now     time.Time // the time of the search
	Total   int
	Results []View
	Facets  Facets
	Engine  string
	Partial bool // no profile has all the words; the results are those with the most
}

// Pages returns the number of pages, at least one.
func (p Page) Pages() int {
	return max(1, (p.Total+p.Filter.PerPage-1)/p.Filter.PerPage)
}

// Search returns a page of results with facet counts. It runs no SQL while the read model is fresh.
// When it is stale, Search asks Postgres which results are still listed and returns fault.Unavailable
// if Postgres cannot be reached.
func (s *Service) Search(ctx context.Context, f Filter) (Page, error) {
	now := s.Clock.Now()
	f = f.bounded()
	r, err := s.search(ctx, f, now)
	if err != nil {
		return Page{}, err
	}
	p := Page{Filter: f, Now: now, Total: r.Total, Facets: r.Facets, Engine: r.Engine, Partial: r.Partial}
	if p.Results, err = s.Views(ctx, r.Hits, now); err != nil {
		return Page{}, err
	}
	explain(p.Results, f, now)
	return p, nil
}

func (s *Service) search(ctx context.Context, f Filter, now time.Time) (Result, error) {
	if s.Observe == nil {
		return s.Index.Search(ctx, f, now)
	}
	watch := clock.Stopwatch()
	r, err := s.Index.Search(ctx, f, now)
	if err == nil {
		s.Observe(r.Engine, watch())
	}
	return r, err
}

// bounded clamps the page and resets an invalid page size.
func (f Filter) bounded() Filter {
	f.Page = min(max(1, f.Page), maxPage)
	if f.PerPage < 1 || f.PerPage > MaxPerPage {
		f.PerPage = DefaultPerPage
	}
	return f
}

// Views loads the profiles of the hits that are still listed.
func (s *Service) Views(ctx context.Context, hits []Hit, now time.Time) ([]View, error) {
	ids := make([]int64, len(hits))
	for i, h := range hits {
		ids[i] = h.ID
	}
	listed, err := s.Model.StillListed(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]View, 0, len(hits))
	for _, h := range hits {
		if p, ok := s.Model.ByID(h.ID); ok && (len(listed) == len(ids) || slices.Contains(listed, h.ID)) {
			out = append(out, s.view(ctx, p, h, now))
		}
	}
	return out, nil
}

// view drops times that have passed, and recomputes them where NextTimes is set.
func (s *Service) view(ctx context.Context, p *directory.Profile, h Hit, now time.Time) View {
	v := View{Profile: p, Next: p.Next.At(now), Km: h.Km, HasKm: h.HasKm, Matched: h.Matched}
	if s.NextTimes == nil || v.Next == p.Next {
		return v
	}
	if next, err := s.NextTimes(ctx, p.ID); err == nil {
		v.Next = next.At(now)
	}
	return v
}

// Show returns a listed profile by its slug, or fault.NotFound.
func (s *Service) Show(ctx context.Context, slug string) (View, error) {
	p, err := s.Model.Show(ctx, slug)
	if err != nil {
		return View{}, err
	}
	return s.view(ctx, p, Hit{}, s.Clock.Now()), nil
}

// Named finds at most n listed profiles whose name starts with prefix, which must be normalised.
func (s *Service) Named(ctx context.Context, prefix string, n int) ([]View, error) {
	var hits []Hit
	for _, id := range s.Model.Named(prefix, n) {
		hits = append(hits, Hit{ID: id})
	}
	return s.Views(ctx, hits, s.Clock.Now())
}
