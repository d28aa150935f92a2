package directory

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"wattle/internal/clock"
	"wattle/internal/pg"
)

// Directory finds and shows therapists from a read model that follows Postgres, and changes who is
// listed. Fill it by field name, Load it, and keep Run going.
type Directory struct {
	DB    *pg.DB
	Clock clock.Clock
	Log   *slog.Logger
	Index Index

	// NextTimes computes a practice's next instants when the stored ones have lapsed. Optional;
	// booking's to give.
	NextTimes func(ctx context.Context, therapistID int64) (Next, error)

	// Searched is told how long the index took, by engine. Optional.
	Searched func(engine string, took time.Duration)

	model   model
	feed    feed
	surveys surveys
}

// Page is one page of a search.
type Page struct {
	Filter  Filter
	Now     time.Time // the search is as of this moment
	Total   int
	Results []View
	Facets  Facets
	Engine  string
	Partial bool // nobody has all the words: those with the most are shown
}

// Pages is how many pages there are, at least one.
func (p Page) Pages() int {
	return max(1, (p.Total+p.Filter.PerPage-1)/p.Filter.PerPage)
}

// Search finds the therapists a filter asks for, with the counts beside every value. It makes no
// SQL while the read model is fresh; otherwise Postgres says who of the page is still listed, and
// when it cannot the answer is fault.Unavailable.
func (d *Directory) Search(ctx context.Context, f Filter) (Page, error) {
	now := d.Clock.Now()
	f = f.bounded()
	r, err := d.search(ctx, f, now)
	if err != nil {
		return Page{}, err
	}
	p := Page{Filter: f, Now: now, Total: r.Total, Facets: r.Facets, Engine: r.Engine, Partial: r.Partial}
	hits, err := d.listed(ctx, r.Hits)
	if err != nil {
		return Page{}, err
	}
	p.Results = make([]View, 0, len(hits))
	for _, h := range hits {
		if t, ok := d.model.id(h.ID); ok {
			p.Results = append(p.Results, d.view(ctx, t, h, now))
		}
	}
	explain(p.Results, f, now)
	return p, nil
}

// search asks the index and tells how long that took.
func (d *Directory) search(ctx context.Context, f Filter, now time.Time) (Result, error) {
	if d.Searched == nil {
		return d.Index.Search(ctx, f, now)
	}
	watch := clock.Stopwatch()
	r, err := d.Index.Search(ctx, f, now)
	if err == nil {
		d.Searched(r.Engine, watch())
	}
	return r, err
}

// bounded mends a page or size that no query could hold.
func (f Filter) bounded() Filter {
	f.Page = min(max(1, f.Page), maxPage)
	if f.PerPage < 1 || f.PerPage > MaxPerPage {
		f.PerPage = DefaultPerPage
	}
	return f
}

// listed drops hits that Postgres has unlisted while the feed went unheard.
func (d *Directory) listed(ctx context.Context, hits []Hit) ([]Hit, error) {
	if d.Fresh() || len(hits) == 0 {
		return hits, nil
	}
	ids := make([]int64, len(hits))
	for i, h := range hits {
		ids[i] = h.ID
	}
	still, err := stillListed(ctx, d.DB, ids)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(hits, func(h Hit) bool { return !slices.Contains(still, h.ID) }), nil
}

// view never shows an instant that has passed.
func (d *Directory) view(ctx context.Context, t *Therapist, h Hit, now time.Time) View {
	v := View{Therapist: t, Next: t.Next.At(now), Km: h.Km, HasKm: h.HasKm, Matched: h.Matched}
	if d.NextTimes == nil || v.Next == t.Next {
		return v
	}
	if next, err := d.NextTimes(ctx, t.ID); err == nil {
		v.Next = next.At(now)
	}
	return v
}

// Show gives a listed profile by its address, from the read model, or from Postgres while the feed
// goes unheard. It returns fault.NotFound for anybody who is not listed.
func (d *Directory) Show(ctx context.Context, slug string) (View, error) {
	t, ok := d.model.slug(slug)
	if !d.Fresh() {
		fromDB, err := GetSlug(ctx, d.DB, slug)
		if err != nil {
			return View{}, err
		}
		t, ok = fromDB, fromDB.Listing == Listed
	}
	if !ok {
		return View{}, notListed()
	}
	return d.view(ctx, t, Hit{}, d.Clock.Now()), nil
}
