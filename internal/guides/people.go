package guides

import (
	"context"
	"slices"
	"time"

	"wattle/internal/region"
	"wattle/internal/search"
)

// Shown is the number of therapists at the end of a guide.
const Shown = 3

// Guides combines the articles with the therapists who help with their subjects.
type Guides struct {
	Library *Library
	Search  *search.Service
}

// People are the therapists shown at the end of a guide.
type People struct {
	Views  []search.View
	Total  int           // of the search
	Filter search.Filter // the search that finds them all
	Reason string        // why these, when none fits the subject; otherwise ""
}

// People finds up to three therapists for an article who help with its subject, accept new clients and
// offer a free call, spread over the states. When none of them has a free time it returns other
// therapists with a Reason. It returns fault.Unavailable, and a Reason too, when neither the read model
// nor Postgres can answer.
func (g *Guides) People(ctx context.Context, a *Article) (People, error) {
	wanted := a.Find.With("accepting", "true").With("free_consultation", "true").SortedBy(search.Soonest)
	found, err := g.bookable(ctx, wanted)
	if err != nil {
		return unknown(a), err
	}
	if len(found.Views) > 0 {
		return found, nil
	}
	fallback := search.All().With("accepting", "true").With("free_consultation", "true").SortedBy(search.Soonest)
	found, err = g.bookable(ctx, fallback)
	if err != nil {
		return unknown(a), err
	}
	found.Reason = "None of the people here " + a.People + " has a free time right now. " +
		"These take new clients and can be called soonest."
	if len(found.Views) == 0 {
		found.Filter, found.Total = a.Find, 0
		found.Reason = "Nobody here has a free time for a first call right now."
	}
	return found, nil
}

func unknown(a *Article) People {
	return People{Filter: a.Find, Reason: "We cannot see right now who has a free time. Please try again in a moment."}
}

// Today is the calendar day whose rules an article states: Sydney's.
func Today(now time.Time) time.Time {
	loc, err := region.LoadZone("Australia/Sydney")
	if err != nil {
		return now.UTC()
	}
	return now.In(loc)
}

func (g *Guides) bookable(ctx context.Context, f search.Filter) (People, error) {
	look := f
	look.PerPage = search.MaxPerPage
	page, err := g.Search.Search(ctx, look)
	if err != nil {
		return People{}, err
	}
	return People{Views: spread(page.Results, Shown), Total: page.Total, Filter: f}, nil
}

// spread picks up to n views with a free time, soonest first, from as many states as possible: a second
// therapist from a state comes only after every other state. Tied views keep the order of the search,
// which rotates daily.
func spread(views []search.View, n int) []search.View {
	free := slices.DeleteFunc(slices.Clone(views), func(v search.View) bool { return v.Next.Any.IsZero() })
	bySoonest := func(a, b search.View) int { return a.Next.Any.Compare(b.Next.Any) }
	slices.SortStableFunc(free, bySoonest)
	var first, more []search.View
	seen := map[string]bool{}
	for _, v := range free {
		if seen[v.State] {
			more = append(more, v)
			continue
		}
		seen[v.State] = true
		first = append(first, v)
	}
	out := append(first, more...)
	out = out[:min(n, len(out))]
	slices.SortStableFunc(out, bySoonest)
	return out
}
