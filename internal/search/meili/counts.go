package meili

import (
	"encoding/json"
	"errors"
	"wattle/internal/search"

	meilisearch "github.com/meilisearch/meilisearch-go"
)

// planCounts asks for the total and for the counts beside every value.
func (q *question) planCounts(all ask, base string) {
	var plain []string
	money := q.f.MaxFee.Set || q.f.MaxGap.Set
	for _, g := range search.Groups() {
		switch {
		case g.Name == "available":
			q.countWindows(g, all)
		case g.Name == "format" && money:
			q.countFormats(all)
		case g.Name == "price" && q.f.MaxFee.Set, len(q.f.Chosen(g.Name)) > 0:
			q.add(q.count(q.words, and(all.but(g.Name), q.words.filter), q.facet(g.Name)), q.takeFacets(g.Name))
		default:
			plain = append(plain, g.Name)
		}
	}
	facets := make([]string, len(plain))
	for i, g := range plain {
		facets[i] = q.facet(g)
	}
	take := q.takeFacets(plain...)
	q.add(q.count(q.words, base, facets...), func(r meilisearch.SearchResponse, a *answer) error {
		a.total = int(r.TotalHits)
		return take(r, a)
	})
	if len(q.text.units) > 0 {
		q.add(q.count(q.words, q.words.filter), func(r meilisearch.SearchResponse, a *answer) error {
			a.texts = int(r.TotalHits)
			return nil
		})
	}
}

// facet is the attribute behind a group's counts: the price bucket goes by the format asked for.
func (q *question) facet(group string) string {
	if group == "price" {
		return bucket[priced(q.f)]
	}
	return group
}

// countWindows counts each window of available by itself, for it goes by the clock.
func (q *question) countWindows(g search.Group, all ask) {
	for _, v := range g.Values {
		place, _ := search.FacetIndex(g.Name, v)
		query := q.count(q.words, and(all.but(g.Name), window(v, q.now, q.zones), q.words.filter))
		q.add(query, func(r meilisearch.SearchResponse, a *answer) error {
			a.counts[place] = int32(r.TotalHits)
			return nil
		})
	}
}

// countFormats counts kinds of session where money is asked for, each by the fee that is asked about
// when it alone is chosen: couples' sessions by theirs, any other by the individual one.
func (q *question) countFormats(all ask) {
	for price := range formats {
		filter := and(all.but("format", "price", "gap"), q.words.filter)
		if q.f.MaxFee.Set {
			filter = and(filter, withinFee(q.f, price))
		}
		if q.f.MaxGap.Set {
			filter = and(filter, withinGap(q.f, price, q.now, q.zones))
		}
		q.add(q.count(q.words, filter, "format"), func(r meilisearch.SearchResponse, a *answer) error {
			return eachFacet(r, func(group, value string, n int32) {
				if place, ok := search.FacetIndex(group, value); ok && (value == formats[1]) == (price == 1) {
					a.counts[place] = n
				}
			})
		})
	}
}

func (q *question) takeFacets(groups ...string) func(meilisearch.SearchResponse, *answer) error {
	names := map[string]string{}
	for _, g := range groups {
		names[q.facet(g)] = g
	}
	return func(r meilisearch.SearchResponse, a *answer) error {
		return eachFacet(r, func(attribute, value string, n int32) {
			if place, ok := search.FacetIndex(names[attribute], value); ok {
				a.counts[place] = n
			}
		})
	}
}

func eachFacet(r meilisearch.SearchResponse, yield func(attribute, value string, n int32)) error {
	if len(r.FacetDistribution) == 0 {
		return nil
	}
	var by map[string]map[string]int32
	if err := json.Unmarshal(r.FacetDistribution, &by); err != nil {
		return errors.New("meili: counts that are none")
	}
	for attribute, values := range by {
		for value, n := range values {
			yield(attribute, value, n)
		}
	}
	return nil
}
