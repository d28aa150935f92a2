package directory

import "context"

// Match gives the first most of the listed people by a wish, each as they may be shown. Nothing of the
// wish is stored. It makes no SQL while the read model is fresh.
func (d *Directory) Match(ctx context.Context, w Wish, most int) ([]Match, []View, error) {
	now := d.Clock.Now()
	all := Matches(d.model.each(func(r *record) bool { return !r.accepting }, w.possible), w, now, most)
	hits := make([]Hit, len(all))
	for i, m := range all {
		hits[i] = Hit{ID: m.ID, Matched: m.Met}
	}
	hits, err := d.listed(ctx, hits)
	if err != nil {
		return nil, nil, err
	}
	var matches []Match
	var views []View
	for _, m := range all {
		for _, h := range hits {
			t, ok := d.model.id(m.ID)
			if h.ID != m.ID || !ok {
				continue
			}
			m.Therapist = t
			matches, views = append(matches, m), append(views, d.view(ctx, t, h, now))
		}
	}
	return matches, views, nil
}
