package guides

import (
	"context"
	"slices"

	"wattle/internal/search"
)

// Shown is how many people stand at a guide's end.
const Shown = 3

// Guides gives the articles together with the people who help with their subjects. Fill it by field
// name.
type Guides struct {
	Library *Library
	Search  *search.Service
}

// People are those shown at a guide's end.
type People struct {
	Views  []search.View
	Total  int           // how many there are like them
	Filter search.Filter // the search that finds them all
	Reason string        // why these, where nobody fits the subject; "" otherwise
}

// People finds up to three people for an article: they help with its subject, take new clients, and
// can be called first. They are spread over the states. Where nobody like that has a free time the
// next best are shown, and Reason says so. It returns fault.Unavailable when nobody can tell who is
// listed.
func (g *Guides) People(ctx context.Context, a *Article) (People, error) {
	wanted := a.Find.With("accepting", "true").With("free_consultation", "true").SortedBy(search.Soonest)
	found, err := g.bookable(ctx, wanted)
	if err != nil || len(found.Views) > 0 {
		return found, err
	}
	anybody := search.All().With("accepting", "true").With("free_consultation", "true").SortedBy(search.Soonest)
	found, err = g.bookable(ctx, anybody)
	if err != nil {
		return People{}, err
	}
	found.Reason = "None of the people here " + a.People + " has a free time right now. These take new clients and can be called soonest."
	if len(found.Views) == 0 {
		found.Filter, found.Total = a.Find, 0
		found.Reason = "Nobody here has a free time for a first call right now."
	}
	return found, nil
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

// spread picks up to n who have a free time, the soonest first, from as many states as there are:
// nobody of a state stands there twice while another state has somebody. Those free at the same time
// stay in the order the search gave them, which changes with the day.
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
