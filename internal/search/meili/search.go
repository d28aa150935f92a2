package meili

import (
	"context"
	"errors"
	"fmt"
	"time"

	meilisearch "github.com/meilisearch/meilisearch-go"

	"wattle/internal/directory"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// errBehind says that too many of the engine's instants have passed to order by them.
var errBehind = errors.New("meili: the index is behind the clock")

// Search asks the engine, without a breaker and without a net: see Index for those. zones are those
// of the listed practices; who, where given, finds a listed profile, to say why the words found it.
func (e *Engine) Search(ctx context.Context, f search.Filter, now time.Time, zones []string, who func(int64) (*directory.Profile, bool)) (search.Result, error) {
	q := question{f: f, now: now, zones: zones, text: read(f.Q)}
	q.words = q.text.full()
	a, err := e.ask(ctx, &q)
	if err != nil {
		return search.Result{}, err
	}
	if len(q.text.units) > 0 && a.texts == 0 {
		if a, err = e.askForLess(ctx, &q, a); err != nil {
			return search.Result{}, err
		}
	}
	r := search.Result{Total: a.total, Facets: search.NewFacets(a.counts), Engine: "meilisearch", Partial: q.words.partial}
	for _, h := range a.page {
		hit := search.Hit{ID: h.ID}
		if !f.Near.IsZero() {
			hit.Km, hit.HasKm = h.km(f), true
		}
		if who != nil && len(q.text.units) > 0 {
			if t, ok := who(h.ID); ok {
				hit.Matched = q.text.why(t)
			}
		}
		r.Hits = append(r.Hits, hit)
	}
	return r, nil
}

// askForLess looks for those who meet the most of a text that nobody meets entirely, judged among
// everybody whatever else is asked. Words of danger never lead to an empty page.
func (e *Engine) askForLess(ctx context.Context, q *question, nobody answer) (answer, error) {
	ways := q.text.relaxed()
	if len(ways) > 0 {
		queries := make([]*meilisearch.SearchRequest, len(ways))
		for i, w := range ways {
			queries[i] = q.count(w, w.filter)
		}
		results, err := e.multi(ctx, queries)
		if err != nil {
			return answer{}, err
		}
		for i, r := range results {
			if r.TotalHits > 0 {
				q.words = ways[i]
				return e.ask(ctx, q)
			}
		}
	}
	if _, risk := taxonomy.Crisis(q.f.Q); risk {
		q.text, q.words = reading{}, attempt{}
		return e.ask(ctx, q)
	}
	return nobody, nil
}

// question is a search on its way to the engine.
type question struct {
	f     search.Filter
	now   time.Time
	zones []string
	text  reading
	words attempt
	parts []part
}

// part is one query of a multi-search and what to do with its answer.
type part struct {
	query *meilisearch.SearchRequest
	take  func(meilisearch.SearchResponse, *answer) error
}

// answer is what came back.
type answer struct {
	total, texts  int
	counts        []int32
	page          []found
	fresh, lapsed []found
	howManyLapsed int
}

// count is a query for a number and perhaps counts, without hits.
func (q *question) count(w attempt, filter string, facets ...string) *meilisearch.SearchRequest {
	none := int64(0)
	return &meilisearch.SearchRequest{Query: w.words, MatchingStrategy: w.strategy, Filter: nothing(filter), Facets: facets, HitsPerPage: &none, Page: 1}
}

func nothing(filter string) any {
	if filter == "" {
		return nil
	}
	return filter
}

// hits is a query for a window of hits in order.
func (q *question) hits(filter string, offset, limit int) *meilisearch.SearchRequest {
	return &meilisearch.SearchRequest{Query: q.words.words, MatchingStrategy: q.words.strategy, Filter: nothing(filter),
		Sort: sorts(q.f, q.words.words != "", q.now), Offset: int64(offset), Limit: int64(limit)}
}

// ask puts the whole search as one multi-search: the page, the total, and one count-only query for
// each group whose own choice its counts leave out.
func (e *Engine) ask(ctx context.Context, q *question) (answer, error) {
	a := answer{counts: make([]int32, search.FacetLen())}
	all := conditions(q.f, q.now, q.zones)
	base := and(all.but(), q.words.filter)
	q.parts = nil
	split := q.planPage(base)
	q.planCounts(all, base)
	results, err := e.multi(ctx, q.queries())
	if err != nil {
		return a, err
	}
	for i, p := range q.parts {
		if err := p.take(results[i], &a); err != nil {
			return a, err
		}
	}
	if a.howManyLapsed > mostLapsed {
		return a, errBehind
	}
	if q.byRelevance() {
		offset, _ := blocks(q.f)
		a.page = turned(q.f, q.now, a.fresh, offset)
		return a, nil
	}
	offset := (q.f.Page - 1) * q.f.PerPage
	if len(a.lapsed) > 0 && offset > 0 {
		var limit int
		offset, limit = reach(q.f, len(a.lapsed))
		again, err := e.multi(ctx, []*meilisearch.SearchRequest{q.hits(and(base, split), offset, limit)})
		if err != nil {
			return a, err
		}
		if a.fresh, err = decode(again[0]); err != nil {
			return a, err
		}
	}
	a.page = merge(q.f, q.now, a.fresh, offset, a.lapsed)
	return a, nil
}

func (q *question) queries() []*meilisearch.SearchRequest {
	out := make([]*meilisearch.SearchRequest, len(q.parts))
	for i, p := range q.parts {
		out[i] = p.query
	}
	return out
}

func (q *question) add(query *meilisearch.SearchRequest, take func(meilisearch.SearchResponse, *answer) error) {
	q.parts = append(q.parts, part{query, take})
}

// byRelevance says that the engine's ranking rules order the hits.
func (q *question) byRelevance() bool { return sorts(q.f, q.words.words != "", q.now) == nil }

// planPage asks for the page. An instant that has passed counts as none and sorts last, but the
// engine sorts by what it has: so those are asked for apart, few as they are, and put in their place.
// By relevance they stay where they are, and whole blocks are asked for. It returns the condition that
// leaves them out.
func (q *question) planPage(base string) (split string) {
	take := func(r meilisearch.SearchResponse, a *answer) (err error) {
		a.fresh, err = decode(r)
		return err
	}
	if q.byRelevance() {
		offset, limit := blocks(q.f)
		query := q.hits(base, offset, limit)
		query.ShowRankingScore = true
		q.add(query, take)
		return ""
	}
	lapsed := fmt.Sprintf("%s <= %d", instants[0], q.now.UnixMicro())
	split = "NOT " + lapsed
	page := int64(mostLapsed)
	late := q.hits(and(base, lapsed), 0, 0)
	late.HitsPerPage, late.Page = &page, 1
	q.add(late, func(r meilisearch.SearchResponse, a *answer) (err error) {
		a.howManyLapsed = int(r.TotalHits)
		a.lapsed, err = decode(r)
		return err
	})
	q.add(q.hits(and(base, split), (q.f.Page-1)*q.f.PerPage, q.f.PerPage), take)
	return split
}

func decode(r meilisearch.SearchResponse) ([]found, error) {
	out := make([]found, 0, len(r.Hits))
	for _, raw := range r.Hits {
		var h found
		if err := raw.DecodeInto(&h); err != nil || h.ID == 0 {
			return nil, errors.New("meili: a hit that is none")
		}
		out = append(out, h)
	}
	return out, nil
}
