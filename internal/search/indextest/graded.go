package indextest

import (
	"cmp"
	"context"
	_ "embed"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"wattle/internal/directory"
	"wattle/internal/money"
	"wattle/internal/search"
	"wattle/internal/search/words"
	"wattle/internal/taxonomy"
)

//go:embed graded.txt
var gradedText string

// need is one thing that the author of a query looks for.
type need func(*directory.Profile) bool

// graded is a query as people type it, and the needs that a reader would understand.
type graded struct {
	query string
	needs []need
}

// gradedSet reads graded.txt.
func gradedSet() (list []graded) {
	for line := range strings.Lines(gradedText) {
		query, needs, found := strings.Cut(strings.TrimSpace(line), ": ")
		if !found || strings.HasPrefix(query, "#") {
			continue
		}
		g := graded{query: query}
		for text := range strings.SplitSeq(needs, "; ") {
			g.needs = append(g.needs, needOf(text))
		}
		list = append(list, g)
	}
	return list
}

// needOf reads kind=value,value|kind=value.
func needOf(text string) need {
	return func(t *directory.Profile) bool {
		for choice := range strings.SplitSeq(text, "|") {
			kind, values, _ := strings.Cut(choice, "=")
			if slices.ContainsFunc(strings.Split(values, ","), func(v string) bool { return has(t, kind, v) }) {
				return true
			}
		}
		return false
	}
}

// has reports whether a therapist has a value of a kind. A name must hold every word.
func has(t *directory.Profile, kind, value string) bool {
	words := func(text string) []string { return strings.Fields(taxonomy.Normalise(text)) }
	switch kind {
	case "helps":
		narrower := taxonomy.Issues.Narrower(value)
		return slices.ContainsFunc(t.AllIssues(), func(i string) bool { return slices.Contains(narrower, i) })
	case "suburb":
		return taxonomy.Normalise(t.Suburb) == taxonomy.Normalise(value)
	case "postcode":
		return t.Postcode == value
	case "name":
		have := words(t.GivenName + " " + t.FamilyName)
		return !slices.ContainsFunc(words(value), func(w string) bool { return !slices.Contains(have, w) })
	case "couple_under":
		limit, err := strconv.Atoi(value)
		low, ok := directory.LowestFee(t, "couple")
		return err == nil && ok && low <= money.Cents(limit)*100
	}
	return slices.Contains(search.Traits(t, kind), value)
}

// grade is 3 for a therapist who meets every need, less for one who meets some.
func (g graded) grade(t *directory.Profile) int {
	met := 0
	for _, n := range g.needs {
		if n(t) {
			met++
		}
	}
	if met == len(g.needs) {
		return 3
	}
	return min(2, 3*met/len(g.needs))
}

// Score is how well an index answered one query.
type Score struct {
	Query string
	NDCG  float64 // of the first ten; 1 is the best possible order
	Best  int     // how many in the directory meet every need
}

// Grade searches for every query of the graded set as the site does, with the filters read from the words first, and
// scores the answers against the best possible order. A place is met only in the suburb itself, though the site
// searches around it. Queries that no one in the directory meets are left out.
func Grade(ctx context.Context, x search.Index, all []*directory.Profile, now time.Time) ([]Score, error) {
	byID := make(map[int64]*directory.Profile, len(all))
	for _, t := range all {
		byID[t.ID] = t
	}
	var out []Score
	for _, g := range gradedSet() {
		f := search.All()
		f.Q = g.query
		f = words.Understand(f).Filter
		r, err := x.Search(ctx, f, now)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", g.query, err)
		}
		var got, ideal []int
		best := 0
		for _, h := range r.Hits[:min(10, len(r.Hits))] {
			got = append(got, g.grade(byID[h.ID]))
		}
		for _, t := range all {
			n := g.grade(t)
			ideal = append(ideal, n)
			if n == 3 {
				best++
			}
		}
		slices.SortFunc(ideal, func(a, b int) int { return b - a })
		if most := dcg(ideal[:min(10, len(ideal))]); most > 0 {
			out = append(out, Score{g.query, dcg(got) / most, best})
		}
	}
	return out, nil
}

func dcg(grades []int) (sum float64) {
	for i, g := range grades {
		sum += (math.Exp2(float64(g)) - 1) / math.Log2(float64(i+2))
	}
	return sum
}

// Mean returns the mean of the scores and the worst five.
func Mean(scores []Score) (mean float64, worst []Score) {
	for _, s := range scores {
		mean += s.NDCG / float64(len(scores))
	}
	worst = slices.SortedFunc(slices.Values(scores), func(a, b Score) int { return cmp.Compare(a.NDCG, b.NDCG) })
	return mean, worst[:min(5, len(worst))]
}

// Queries are the texts of the graded set.
func Queries() (out []string) {
	for _, g := range gradedSet() {
		out = append(out, g.query)
	}
	return out
}
