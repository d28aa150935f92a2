package match

import (
	"context"
	"slices"
	"wattle/internal/search"
)

// Find returns the best limit listed profiles for the preferences, with a view of each. Preferences
// are not stored. Find runs no SQL while the read model is fresh.
func Find(ctx context.Context, s *search.Service, w Preferences, limit int) ([]Candidate, []search.View, error) {
	now := s.Clock.Now()
	all := Rank(s.Model.All(), w, now, limit)
	hits := make([]search.Hit, len(all))
	for i, m := range all {
		hits[i] = search.Hit{ID: m.ID, Matched: m.Met}
	}
	views, err := s.Views(ctx, hits, now)
	if err != nil {
		return nil, nil, err
	}
	found := make([]Candidate, len(views))
	for i, v := range views {
		at := slices.IndexFunc(all, func(m Candidate) bool { return m.ID == v.ID })
		found[i] = all[at]
		found[i].Profile = v.Profile
	}
	return found, views, nil
}

// Similar finds therapists like v who are cheaper, sooner or nearer (see Alternatives), in v's state or
// around near. It runs no SQL while the read model is fresh.
func Similar(ctx context.Context, s *search.Service, v search.View, near search.Place) ([]Alternative, error) {
	base := search.All()
	base.Issues, base.Accepting, base.PerPage = canonical(v.Issues), true, search.MaxPerPage
	if len(base.Issues) == 0 {
		return nil, nil
	}
	inState := base
	inState.States = []string{v.State}
	filters := []search.Filter{inState.SortedBy(search.Price), inState.SortedBy(search.Soonest)}
	if !near.IsZero() {
		base.Near, base.Sort = near, search.Distance
		filters = append(filters, base)
	}
	now := s.Clock.Now()
	var hits []search.Hit
	for _, f := range filters {
		r, err := s.Index.Search(ctx, f, now)
		if err != nil {
			return nil, err
		}
		for _, h := range r.Hits {
			hits = append(hits, search.Hit{ID: h.ID})
		}
	}
	all, err := s.Views(ctx, hits, now)
	return Alternatives(v, all, near, search.RotationDay(now)), err
}

// canonical sorts and deduplicates a list, as filters require.
func canonical(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return slices.Compact(out)
}
