package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wattle/internal/clock"
	"wattle/internal/pg"
	"wattle/internal/region"
	"wattle/internal/search"
	"wattle/internal/search/indextest/bysql"
	"wattle/internal/taxonomy"
	"wattle/tools/bench/lab"
)

// againstSQL is F1: every shape by every engine, the answers compared one by one.
func againstSQL(ctx context.Context, p *population) (results []lab.Result, err error) {
	if err := p.Administer(ctx, "everyone", `CREATE EXTENSION IF NOT EXISTS fuzzystrmatch`); err != nil {
		return nil, err
	}
	err = pg.InTx(ctx, p.db, func(tx *pg.Tx) error {
		for _, step := range []string{`SET LOCAL statement_timeout = 0`, `SET LOCAL idle_in_transaction_session_timeout = 0`, `SET LOCAL jit = off`, `SET LOCAL work_mem = '64MB'`} {
			if _, err := tx.Exec(ctx, step); err != nil {
				return err
			}
		}
		if err := bysql.Prepare(ctx, tx, lab.Now); err != nil {
			return err
		}
		if err := bysql.Index(ctx, tx); err != nil {
			return err
		}
		if err := p.prepareWords(ctx, tx); err != nil {
			return err
		}
		results, err = p.sqlShapes(ctx, tx)
		return err
	})
	return results, err
}

func (p *population) sqlShapes(ctx context.Context, tx *pg.Tx) (results []lab.Result, err error) {
	var ratios []float64
	var worst lab.Result
	for _, s := range shapes {
		r, err := p.sqlShape(ctx, tx, s)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
		results = append(results, r)
		if s.goal {
			ratios = append(ratios, r.Ratio)
			if worst.Ratio == 0 || r.Ratio < worst.Ratio {
				worst = r
			}
		}
	}
	mean := lab.GeometricMean(ratios)
	return append([]lab.Result{
		{Name: "search-against-sql", Ratio: mean, Ours: fmt.Sprintf("%d shapes of %d people, every answer equal", len(ratios), len(p.all)),
			Limit: "the same answers by SQL, geometric mean", Goal: "≥ 200 ×", Met: mean >= 200},
		{Name: "search-against-sql-worst", Ratio: worst.Ratio, Ours: worst.Ours, Limit: worst.Name + " by SQL", Goal: "≥ 30 ×", Met: worst.Ratio >= 30},
	}, results...), nil
}

// sqlShape compares and measures one shape.
func (p *population) sqlShape(ctx context.Context, tx *pg.Tx, s shape) (lab.Result, error) {
	f, err := p.filter(s)
	if err != nil {
		return lab.Result{}, err
	}
	hits := ""
	if s.typo {
		hits = hitsOf(p.misspelt)
	}
	var sql []time.Duration
	var want bysql.Answer
	for range 3 {
		watch := clock.Stopwatch()
		if want, err = bysql.Ask(ctx, tx, f, hits); err != nil {
			return lab.Result{}, err
		}
		sql = append(sql, watch())
	}
	if err := p.same(ctx, f, want); err != nil {
		return lab.Result{}, err
	}
	ours, err := timed(ctx, p.index, f, s.quick)
	if err != nil {
		return lab.Result{}, err
	}
	theirs := lab.Middle(sql)
	return lab.Result{Name: "  " + s.name, Ratio: float64(theirs) / float64(ours), Ours: fmt.Sprintf("%s for %d found", lab.Short(ours), want.Total),
		Limit: "SQL " + lab.Short(theirs), Met: true}, nil
}

var errDiffer = errors.New("the answers differ")

// same compares the index's answer with SQL's.
func (p *population) same(ctx context.Context, f search.Filter, want bysql.Answer) error {
	got, err := p.index.Search(ctx, f, lab.Now)
	if err != nil {
		return err
	}
	var ids []int64
	for _, h := range got.Hits {
		ids = append(ids, h.ID)
	}
	if got.Total != want.Total || !slices.Equal(ids, want.IDs) {
		return fmt.Errorf("%w: %d found, %v; by SQL %d, %v", errDiffer, got.Total, ids, want.Total, want.IDs)
	}
	for _, g := range search.Groups() {
		for _, v := range g.Values {
			if n, by := got.Facets.Count(g.Name, v), want.Counts[search.Value{Group: g.Name, Value: v}]; n != by {
				return fmt.Errorf("%w: %s=%s counts %d, by SQL %d", errDiffer, g.Name, v, n, by)
			}
		}
	}
	return nil
}

// prepareWords makes a table of the words of names and places, and one of the vocabulary. It leaves
// out headlines and bios, which favours SQL; no name occurs in one.
func (p *population) prepareWords(ctx context.Context, tx *pg.Tx) error {
	if _, err := tx.Exec(ctx, `CREATE TEMP TABLE stands (id bigint, word text, field int) ON COMMIT DROP`); err != nil {
		return err
	}
	var rows [][]any
	for _, t := range p.all {
		for field, text := range []string{t.GivenName + " " + t.FamilyName, t.Suburb + " " + t.Postcode + " " + t.State + " " + stateName(t.State)} {
			for word := range strings.FieldsSeq(taxonomy.Normalise(text)) {
				rows = append(rows, []any{t.ID, word, field})
			}
		}
	}
	at := 0
	_, err := pg.CopyIn(ctx, tx, "stands", []string{"id", "word", "field"}, func() ([]any, bool) {
		if at == len(rows) {
			return nil, false
		}
		at++
		return rows[at-1], true
	})
	if err != nil {
		return err
	}
	for _, step := range []string{`CREATE TEMP TABLE vocabulary ON COMMIT DROP AS SELECT word, length(word) AS letters FROM stands GROUP BY word`,
		`CREATE INDEX ON vocabulary (letters)`, `CREATE INDEX ON stands (word)`, `ANALYZE vocabulary`, `ANALYZE stands`} {
		if _, err := tx.Exec(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

func stateName(slug string) string {
	s, _ := region.StateBySlug(slug)
	return s.Name
}

// hitsOf finds people by a word with at most one typo; the best have the least worse.
func hitsOf(word string) string {
	word = taxonomy.Normalise(word)
	n := utf8.RuneCountInString(word)
	return fmt.Sprintf(`(SELECT s.id, min(v.away * 65536 + s.field) AS worse FROM (SELECT word, levenshtein_less_equal(word, '%s', 1) AS away FROM vocabulary
		WHERE letters BETWEEN %d AND %d) v JOIN stands s USING (word) WHERE v.away <= 1 GROUP BY s.id)`, word, n-1, n+1)
}
