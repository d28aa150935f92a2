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

// errBehind means that too many instants of the index have passed to sort by them.
var errBehind = errors.New("meili: the index is behind the clock")

// Search asks the engine for a page, without the breaker and the fallback of Index. The result has no
// facets: the embedded index counts them. zones are those of the listed practices. who, if given, finds a
// listed profile, to say why the words found it.
func (e *Engine) Search(ctx context.Context, f search.Filter, now time.Time, zones []string,
	who func(int64) (*directory.Profile, bool)) (search.Result, error) {
	q := question{f: f, now: now, zones: zones, text: read(f.Q)}
	q.words = q.text.full()
	a, err := e.ask(ctx, &q)
	if err == nil && a.total == 0 && len(q.text.units) > 0 {
		a, err = e.relax(ctx, &q, a)
	}
	if err != nil {
		return search.Result{}, err
	}
	r := search.Result{Total: a.total, Engine: "meilisearch", Partial: q.words.partial}
	for _, h := range a.page {
		r.Hits = append(r.Hits, q.hit(h, who))
	}
	return r, nil
}

func (q *question) hit(h found, who func(int64) (*directory.Profile, bool)) search.Hit {
	hit := search.Hit{ID: h.ID}
	if !q.f.Near.IsZero() {
		hit.Km, hit.HasKm = h.km(q.f), true
	}
	if who != nil && len(q.text.units) > 0 {
		if t, ok := who(h.ID); ok {
			hit.Matched = q.text.why(t)
		}
	}
	return hit
}

// relax asks again where no one meets the filters and the whole text. Where no one meets the text even
// without filters, those who meet the most of it are found. Words of danger never lead to an empty page.
func (e *Engine) relax(ctx context.Context, q *question, empty answer) (answer, error) {
	attempts := append([]attempt{q.words}, q.text.relaxed()...)
	queries := make([]*meilisearch.SearchRequest, len(attempts))
	for i, w := range attempts {
		queries[i] = count(w)
	}
	results, err := e.multi(ctx, queries...)
	if err != nil {
		return answer{}, err
	}
	for i, r := range results {
		switch {
		case r.TotalHits == 0:
		case i == 0:
			return empty, nil // the filters exclude them
		default:
			q.words = attempts[i]
			return e.ask(ctx, q)
		}
	}
	if _, risk := taxonomy.Crisis(q.f.Q); risk {
		q.text, q.words = reading{}, attempt{}
		return e.ask(ctx, q)
	}
	return empty, nil
}

// count asks how many meet an attempt, without hits.
func count(w attempt) *meilisearch.SearchRequest {
	none := int64(0)
	return &meilisearch.SearchRequest{Query: w.words, MatchingStrategy: w.strategy, Filter: filterOrNil(w.filter),
		HitsPerPage: &none, Page: 1}
}

func filterOrNil(filter string) any {
	if filter == "" {
		return nil
	}
	return filter
}

// question is a search in progress.
type question struct {
	f     search.Filter
	now   time.Time
	zones []string
	text  reading
	words attempt
}

// answer is the total and the page.
type answer struct {
	total int
	page  []found
}

// query asks for page number page of the hits that meet a filter, with perPage hits a page.
func (q *question) query(filter string, page, perPage int) *meilisearch.SearchRequest {
	size := int64(perPage)
	return &meilisearch.SearchRequest{Query: q.words.words, MatchingStrategy: q.words.strategy,
		Filter: filterOrNil(filter), Sort: sorts(q.f, q.words.words != "", q.now),
		AttributesToRetrieve: attributes(q.f), Page: int64(page), HitsPerPage: &size}
}

// attributes are what the order and the distances need of a hit.
func attributes(f search.Filter) []string {
	out := []string{atID, instants[0]}
	if f.Sort == search.Price {
		out = append(out, lowFee[priced(f)])
	}
	if !f.Near.IsZero() {
		out = append(out, atGeo)
	}
	return out
}

// ask sends the search as one request.
func (e *Engine) ask(ctx context.Context, q *question) (answer, error) {
	filter := and(conditions(q.f, q.now, q.zones), q.words.filter)
	if sorts(q.f, q.words.words != "", q.now) == nil {
		return e.askByRelevance(ctx, q, filter)
	}
	return e.askInOrder(ctx, q, filter)
}

// askByRelevance asks for the whole block that the page is in: tied hits are rotated within it.
func (e *Engine) askByRelevance(ctx context.Context, q *question, filter string) (answer, error) {
	offset, limit := blocks(q.f)
	query := q.query(filter, offset/limit+1, limit)
	query.ShowRankingScore = true
	results, err := e.multi(ctx, query)
	if err != nil {
		return answer{}, err
	}
	hits, err := decode(results[0])
	return answer{int(results[0].TotalHits), rotated(q.f, q.now, hits, offset)}, err
}

// askInOrder asks for a sorted page. An instant that has passed counts as none and sorts last, but the engine
// sorts by its value: the few such hits are a query of their own in the same request, nearly always empty,
// and are merged in here.
func (e *Engine) askInOrder(ctx context.Context, q *question, filter string) (answer, error) {
	passed := fmt.Sprintf("%s <= %d", instants[0], q.now.UnixMicro())
	rest := and(filter, "NOT "+passed)
	results, err := e.multi(ctx,
		q.query(and(passed, filter), 1, mostLapsed), q.query(rest, q.f.Page, q.f.PerPage))
	if err != nil {
		return answer{}, err
	}
	lapsed, err := decode(results[0])
	if err != nil {
		return answer{}, err
	}
	if results[0].TotalHits > mostLapsed {
		return answer{}, errBehind
	}
	fresh, err := decode(results[1])
	a := answer{total: int(results[0].TotalHits + results[1].TotalHits)}
	offset := (q.f.Page - 1) * q.f.PerPage
	if len(lapsed) > 0 && offset > 0 {
		offset, fresh, err = e.widen(ctx, q, rest, len(lapsed))
	}
	a.page = merge(q.f, q.now, fresh, offset, lapsed)
	return a, err
}

// widen asks for the window in which the hits of a page can be when lapsed hits stand among them.
func (e *Engine) widen(ctx context.Context, q *question, filter string, lapsed int) (int, []found, error) {
	offset, limit := reach(q.f, lapsed)
	query := q.query(filter, 0, 0)
	query.HitsPerPage, query.Offset, query.Limit = nil, int64(offset), int64(limit)
	results, err := e.multi(ctx, query)
	if err != nil {
		return 0, nil, err
	}
	fresh, err := decode(results[0])
	return offset, fresh, err
}

func decode(r meilisearch.SearchResponse) ([]found, error) {
	out := make([]found, 0, len(r.Hits))
	for _, raw := range r.Hits {
		var h found
		if err := raw.DecodeInto(&h); err != nil || h.ID == 0 {
			return nil, errors.New("meili: a hit without an id")
		}
		out = append(out, h)
	}
	return out, nil
}
