package directory

import (
	"context"
	"slices"
)

// Similar finds people like v who are cheaper, sooner or nearer (see Alternatives), in v's state or
// near the place that the client looks from. It makes no SQL while the read model is fresh.
func (d *Directory) Similar(ctx context.Context, v View, near Place) ([]Alternative, error) {
	base := Everybody()
	base.Issues, base.Accepting, base.PerPage = canonical(v.Issues), true, MaxPerPage
	if len(base.Issues) == 0 {
		return nil, nil
	}
	inState := base
	inState.States = []string{v.State}
	filters := []Filter{inState.SortedBy(Price), inState.SortedBy(Soonest)}
	if !near.IsZero() {
		base.Near, base.Sort = near, Distance
		filters = append(filters, base)
	}
	now := d.Clock.Now()
	var all []View
	for _, f := range filters {
		r, err := d.Index.Search(ctx, f, now)
		if err != nil {
			return nil, err
		}
		hits, err := d.listed(ctx, r.Hits)
		if err != nil {
			return nil, err
		}
		for _, h := range hits {
			if t, ok := d.model.id(h.ID); ok {
				all = append(all, View{Therapist: t, Next: t.Next.At(now)})
			}
		}
	}
	return Alternatives(v, all, near, RotationDay(now)), nil
}

// canonical is a list as a filter holds it.
func canonical(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return slices.Compact(out)
}
