package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wattle/internal/pg"
	"wattle/internal/region"
	"wattle/internal/search"
	"wattle/internal/search/indextest/bysql"
	"wattle/internal/taxonomy"
	"wattle/tools/bench/lab"
)

// againstSQL is F1: every shape by every engine, the answers compared one by one.
func againstSQL(p *population) {
	p.Administer("everyone", `CREATE EXTENSION IF NOT EXISTS fuzzystrmatch`)
	p.Must(pg.InTx(p.Ctx, p.db, func(tx *pg.Tx) error {
		p.exec(tx, `SET LOCAL statement_timeout = 0`, `SET LOCAL idle_in_transaction_session_timeout = 0`,
			`SET LOCAL jit = off`, `SET LOCAL work_mem = '64MB'`)
		p.Must(bysql.Prepare(p.Ctx, tx, lab.Now))
		p.Must(bysql.Index(p.Ctx, tx))
		p.prepareWords(tx)
		p.sqlShapes(tx)
		return nil
	}))
}

func (p *population) exec(tx *pg.Tx, statements ...string) {
	for _, s := range statements {
		_, err := tx.Exec(p.Ctx, s)
		p.Must(err)
	}
}

func (p *population) sqlShapes(tx *pg.Tx) {
	var ratios []float64
	var worst lab.Result
	for _, s := range shapes {
		r := p.sqlShape(tx, s)
		p.Report(r)
		if s.goal {
			ratios = append(ratios, r.Ratio)
			if worst.Ratio == 0 || r.Ratio < worst.Ratio {
				worst = r
			}
		}
	}
	p.Report(lab.Result{Name: "search-against-sql", Ratio: lab.GeometricMean(ratios),
		Ours:  fmt.Sprintf("%d shapes of %d people, every answer equal", len(ratios), len(p.all)),
		Limit: "the same answers by SQL, geometric mean"}.AtLeast(200))
	p.Report(lab.Result{Name: "search-against-sql-worst", Ratio: worst.Ratio, Ours: worst.Ours,
		Limit: strings.TrimSpace(worst.Name) + " by SQL"}.AtLeast(30))
}

// sqlShape compares and measures one shape.
func (p *population) sqlShape(tx *pg.Tx, s shape) lab.Result {
	f, hits := p.filter(s), ""
	if s.typo {
		hits = hitsOf(p.misspelt)
	}
	var sql []time.Duration
	var want bysql.Answer
	for range 3 {
		sql = append(sql, lab.Time(func() {
			var err error
			want, err = bysql.Ask(p.Ctx, tx, f, hits)
			p.Must(err)
		}))
	}
	p.same(f, want)
	ours, theirs := p.timed(p.index, f, s.quick), lab.Median(sql)
	return lab.Result{Name: "  " + s.name, Ratio: lab.Ratio(theirs, ours), Limit: "SQL " + lab.Short(theirs),
		Ours: fmt.Sprintf("%s for %d found", lab.Short(ours), want.Total)}
}

// same fails unless the index's answer is SQL's.
func (p *population) same(f search.Filter, want bysql.Answer) {
	got, err := p.index.Search(p.Ctx, f, lab.Now)
	p.Must(err)
	var ids []int64
	for _, h := range got.Hits {
		ids = append(ids, h.ID)
	}
	if got.Total != want.Total || !slices.Equal(ids, want.IDs) {
		p.Fail("%q: %d found, %v; by SQL %d, %v", f.Encode(), got.Total, ids, want.Total, want.IDs)
	}
	for _, g := range search.Groups() {
		for _, v := range g.Values {
			if n, by := got.Facets.Count(g.Name, v), want.Counts[search.Value{Group: g.Name, Value: v}]; n != by {
				p.Fail("%q: %s=%s counts %d, by SQL %d", f.Encode(), g.Name, v, n, by)
			}
		}
	}
}

// prepareWords makes a table of the words of names and places, and one of the vocabulary. It leaves
// out headlines and bios, which favours SQL; no name occurs in one.
func (p *population) prepareWords(tx *pg.Tx) {
	p.exec(tx, `CREATE TEMP TABLE stands (id bigint, word text, field int) ON COMMIT DROP`)
	var rows [][]any
	for _, t := range p.all {
		state, _ := region.StateBySlug(t.State)
		place := t.Suburb + " " + t.Postcode + " " + t.State + " " + state.Name
		for field, text := range []string{t.GivenName + " " + t.FamilyName, place} {
			for word := range strings.FieldsSeq(taxonomy.Normalise(text)) {
				rows = append(rows, []any{t.ID, word, field})
			}
		}
	}
	_, err := pg.CopyIn(p.Ctx, tx, "stands", []string{"id", "word", "field"}, func() (row []any, more bool) {
		if len(rows) == 0 {
			return nil, false
		}
		row, rows = rows[0], rows[1:]
		return row, true
	})
	p.Must(err)
	p.exec(tx, `CREATE TEMP TABLE vocabulary ON COMMIT DROP AS
		SELECT word, length(word) AS letters FROM stands GROUP BY word`,
		`CREATE INDEX ON vocabulary (letters)`, `CREATE INDEX ON stands (word)`, `ANALYZE vocabulary`, `ANALYZE stands`)
}

// hitsOf finds people by a word with at most one typo; the best have the least worse.
func hitsOf(word string) string {
	word = taxonomy.Normalise(word)
	n := utf8.RuneCountInString(word)
	return fmt.Sprintf(`(SELECT s.id, min(v.away * 65536 + s.field) AS worse
		FROM (SELECT word, levenshtein_less_equal(word, '%s', 1) AS away FROM vocabulary
		WHERE letters BETWEEN %d AND %d) v JOIN stands s USING (word) WHERE v.away <= 1 GROUP BY s.id)`, word, n-1, n+1)
}
