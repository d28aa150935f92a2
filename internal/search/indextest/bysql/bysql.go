// Package bysql answers searches by SQL alone: the oracle of the embedded index and the limit of its
// benchmark. Its table holds every column ready computed, which favours SQL.
package bysql

import (
	"context"
	_ "embed"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"wattle/internal/pg"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

//go:embed basis.sql
var basis string

const priceBucket = `CASE WHEN %[1]s < 10000 THEN '0-100' WHEN %[1]s < 15000 THEN '100-150'
	WHEN %[1]s < 20000 THEN '150-200' WHEN %[1]s < 25000 THEN '200-250' WHEN %[1]s >= 25000 THEN '250-' END`

// Prepare makes the table, as of now; it goes with the transaction.
func Prepare(ctx context.Context, tx *pg.Tx, now time.Time) error {
	if _, err := tx.Exec(ctx, `CREATE TEMP TABLE benefits (type text, least int, most int, cents int,
		since date, until date) ON COMMIT DROP`); err != nil {
		return err
	}
	for _, r := range taxonomy.Rebates() {
		most := r.MaxMinutes
		if most == 0 {
			most = 10000
		}
		if _, err := tx.Exec(ctx, `INSERT INTO benefits VALUES ($1, $2, $3, $4, $5, $6)`, r.Type, r.MinMinutes, most,
			r.BenefitCents, r.From, r.To); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, basis, now)
	return err
}

// Index helps the table to be searched.
func Index(ctx context.Context, tx *pg.Tx) error {
	for _, step := range []string{
		`CREATE INDEX ON basis USING gin (state, type, issue, language, available)`,
		`CREATE INDEX ON basis (low_individual)`, `CREATE INDEX ON basis (lat, lng)`, `CREATE INDEX ON basis (id)`,
		`ANALYZE basis`,
	} {
		if _, err := tx.Exec(ctx, step); err != nil {
			return err
		}
	}
	return nil
}

// Answer is what SQL finds.
type Answer struct {
	Total  int
	IDs    []int64 // the page asked for
	Counts map[search.Value]int
}

// Ask answers a filter in one statement. Words, where there are any, are taken to be the table hits
// (id, worse), whose most fitting have the least worse.
func Ask(ctx context.Context, q pg.Queryer, f search.Filter, hits string) (Answer, error) {
	var rows []struct {
		Kind  string `db:"kind"`
		Value string `db:"value"`
		N     int64  `db:"n"`
	}
	if err := q.Select(ctx, &rows, statement(f, hits)); err != nil {
		return Answer{}, err
	}
	a := Answer{Counts: map[search.Value]int{}}
	for _, r := range rows {
		switch r.Kind {
		case "total":
			a.Total = int(r.N)
		case "page":
			a.IDs = append(a.IDs, r.N)
		default:
			a.Counts[search.Value{Group: r.Kind, Value: r.Value}] = int(r.N)
		}
	}
	return a, nil
}

func statement(f search.Filter, hits string) string {
	b := &builder{f: f, cond: conditions(f), table: "basis"}
	if hits != "" {
		b.table = "(SELECT basis.*, words.worse FROM basis JOIN " + hits + " words USING (id)) basis"
	}
	b.add(`SELECT 'total' AS kind, '' AS value, count(*) AS n FROM found`)
	b.add(fmt.Sprintf(`(SELECT 'page', lpad((row_number() OVER (ORDER BY %[1]s))::text, 9, '0'), id
		FROM found ORDER BY %[1]s LIMIT %[2]d OFFSET %[3]d)`,
		b.order(hits), f.PerPage, (f.Page-1)*f.PerPage))
	var open []string // groups that nothing is asked of
	for _, g := range search.Groups() {
		switch {
		case g.Name == "format" && (f.MaxFee.Set || f.MaxGap.Set):
			b.formats(g)
		case g.Name == "price":
			b.price()
		case len(f.Chosen(g.Name)) > 0:
			b.add(fmt.Sprintf(`SELECT '%[1]s', v, count(*) FROM %[2]s, unnest("%[1]s") v WHERE %[3]s GROUP BY v`, g.Name,
				b.table, where(b.cond, g.Name)))
		default:
			open = append(open, fmt.Sprintf(`('%[1]s', "%[1]s")`, g.Name))
		}
	}
	b.add(`SELECT name, v, count(*) FROM found, LATERAL (VALUES ` + strings.Join(open, ", ") +
		`) AS g (name, list), unnest(list) v GROUP BY name, v`)
	return `WITH found AS MATERIALIZED (SELECT * FROM ` + b.table + ` WHERE ` + where(b.cond, "-") + `) ` +
		strings.Join(b.parts, ` UNION ALL `) + ` ORDER BY kind, value`
}

// builder puts the statement together.
type builder struct {
	f     search.Filter
	cond  map[string]string
	table string
	parts []string
}

func (b *builder) add(part string) { b.parts = append(b.parts, part) }

func (b *builder) order(hits string) string {
	first := ""
	switch {
	case b.f.Sort == search.Price:
		first = low(b.f) + " NULLS LAST, "
	case b.f.Sort == search.Distance:
		first = distance(b.f) + ", "
	case b.f.Sort == "" && hits != "":
		first = "worse, "
	}
	return first + "soon, turn, id"
}

func (b *builder) price() {
	b.add(fmt.Sprintf(`SELECT 'price', %s AS v, count(*) FROM %s WHERE %s IS NOT NULL AND %s GROUP BY v`,
		fmt.Sprintf(priceBucket, low(b.f)), b.table, low(b.f), where(b.cond, "price")))
}

// formats asks for each kind of session alone, for its fee comes with it.
func (b *builder) formats(g search.Group) {
	for _, v := range g.Values {
		alone := b.f
		alone.Formats = []string{v}
		b.add(fmt.Sprintf(`SELECT 'format', '%s', count(*) FROM %s WHERE %s`, v, b.table, where(conditions(alone), "-")))
	}
}

// conditions are the filter as SQL, one by group; what carries no counts is under "".
func conditions(f search.Filter) map[string]string {
	out := map[string]string{"": "true"}
	for _, g := range search.Groups() {
		values := f.Chosen(g.Name)
		if len(values) == 0 {
			continue
		}
		op := "&&"
		if g.Name == "issue" && f.AllIssues {
			op = "@>"
		}
		out[g.Name] = fmt.Sprintf(`"%s" %s '{%s}'`, g.Name, op, strings.Join(values, ","))
	}
	if f.MaxFee.Set {
		out["price"] = fmt.Sprintf("%s <= %d", low(f), f.MaxFee.Cents)
	}
	if f.MaxGap.Set {
		out[""] += fmt.Sprintf(" AND gap <= %d", f.MaxGap.Cents)
		if low(f) == "low_couple" {
			out[""] += " AND false"
		}
	}
	if f.Postcode != "" {
		out[""] += " AND postcode = '" + f.Postcode + "'"
	}
	if !f.Near.IsZero() {
		degrees := float64(f.Radius())/111 + 0.01
		out[""] += fmt.Sprintf(" AND lat BETWEEN %v AND %v AND %s <= %d", f.Near.Lat-degrees, f.Near.Lat+degrees,
			distance(f), f.Radius())
	}
	return out
}

// distance is region.Distance.
func distance(f search.Filter) string {
	return fmt.Sprintf(`2 * 6371 * asin(sqrt(least(1, sin((lat - (%[1]s)) * (pi() / 180) / 2) ^ 2
		+ cos((%[1]s) * (pi() / 180)) * cos(lat * (pi() / 180)) * sin((lng - (%[2]s)) * (pi() / 180) / 2) ^ 2)))`,
		number(f.Near.Lat), number(f.Near.Lng))
}

func number(x float64) string {
	return strconv.FormatFloat(x, 'f', -1, 64) + "::float8"
}

func low(f search.Filter) string {
	if f.Format() == "couple" {
		return "low_couple"
	}
	return "low_individual"
}

// where joins all conditions but one group's.
func where(cond map[string]string, but string) string {
	var out []string
	for g, c := range cond {
		if g != but || g == "" {
			out = append(out, "("+c+")")
		}
	}
	slices.Sort(out)
	return strings.Join(out, " AND ")
}
