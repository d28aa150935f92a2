// Package bysql answers searches by SQL alone, over a table in which every column is computed
// already: what the indexes are counted against, and what they are measured against, which is
// kinder to SQL than the real tables are.
package bysql

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"wattle/internal/pg"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// basis selects every listed therapist as of $1; turn is search.RotationRank.
const basis = `CREATE TEMP TABLE basis ON COMMIT DROP AS
	SELECT t.id, CASE WHEN free.modes IS NOT NULL AND n.next_any > $1 THEN n.next_any ELSE 'infinity' END AS soon, turn.at AS turn, t.postcode, t.lat, t.lng, ARRAY[t.state] AS state, ARRAY[t.type] AS type, ARRAY[t.gender] AS gender,
		ARRAY(SELECT unnest(t.issues) UNION SELECT unnest(t.also_issues)) AS issue, t.approaches AS approach, t.client_groups AS "group", t.languages AS language, t.affirming, t.access, t.funding,
		ARRAY(SELECT unnest(t.faiths) INTERSECT SELECT unnest(t.consented)) AS faith,
		CASE WHEN paid.modes IS NULL THEN coalesce(free.modes, '{}') ELSE paid.modes END AS mode, coalesce(paid.formats, '{}') AS format,
		CASE WHEN t.accepting THEN '{true}' ELSE '{}' END::text[] AS accepting,
		CASE WHEN free.modes IS NOT NULL THEN '{true}' ELSE '{}' END::text[] AS free_consultation,
		CASE WHEN places.n > 0 THEN '{true}' ELSE '{}' END::text[] AS reduced,
		CASE WHEN ind.fee IS NULL THEN other.fee WHEN places.n > 0 THEN least(ind.fee, t.reduced_fee_cents) ELSE ind.fee END AS low_individual,
		couple.fee AS low_couple,
		CASE WHEN ind.fee - benefit.cents IS NOT NULL THEN greatest(0, ind.fee - benefit.cents) END AS gap,
		array_remove(ARRAY[
			CASE WHEN n.next_any > $1 AND n.next_any < (date_trunc('day', $1::timestamptz AT TIME ZONE t.zone) + interval '1 day') AT TIME ZONE t.zone THEN 'today' END,
			CASE WHEN n.next_any > $1 AND n.next_any <= $1::timestamptz + interval '168 hours' THEN 'week' END,
			CASE WHEN n.next_evening > $1 THEN 'evening' END,
			CASE WHEN n.next_weekend > $1 THEN 'weekend' END], NULL) AS available
	FROM therapists t
	LEFT JOIN LATERAL (SELECT array_agg(DISTINCT m) AS modes, array_agg(DISTINCT s.format) AS formats FROM services s, unnest(s.modes) m
		WHERE s.therapist_id = t.id AND s.active AND s.kind <> 'consultation') paid ON true
	LEFT JOIN LATERAL (SELECT s.modes FROM services s WHERE s.therapist_id = t.id AND s.active AND s.slug = 'free-consultation') free ON true
	LEFT JOIN LATERAL (SELECT count(*) AS n FROM reduced_places r WHERE r.therapist_id = t.id AND r.booking_id IS NULL AND t.reduced_fee_cents IS NOT NULL) places ON true
	LEFT JOIN LATERAL (SELECT fee_cents AS fee, minutes FROM services s WHERE s.therapist_id = t.id AND s.active AND s.kind = 'session' AND s.format = 'individual'
		ORDER BY abs(minutes - 50), minutes DESC, position LIMIT 1) ind ON true
	LEFT JOIN LATERAL (SELECT fee_cents AS fee FROM services s WHERE s.therapist_id = t.id AND s.active AND s.kind = 'session' AND s.format = 'couple'
		ORDER BY abs(minutes - 50), minutes DESC, position LIMIT 1) couple ON true
	LEFT JOIN LATERAL (SELECT fee_cents AS fee FROM services s WHERE s.therapist_id = t.id AND s.active AND s.kind = 'session' AND s.format NOT IN ('group', 'supervision')
		ORDER BY position LIMIT 1) other ON true
	LEFT JOIN LATERAL (SELECT CASE
		WHEN t.type IN ('clinical-psychologist', 'psychologist') THEN CASE WHEN EXISTS (SELECT FROM credentials c WHERE c.therapist_id = t.id AND c.kind = 'ahpra'
			AND EXISTS (SELECT FROM unnest(c.endorsements) e WHERE lower(e) IN ('clinical', 'clinical psychology'))) THEN 'clinical-psychologist' ELSE 'psychologist' END
		WHEN t.type = 'occupational-therapist' THEN (SELECT t.type FROM credentials c WHERE c.therapist_id = t.id AND c.kind = 'ota')
		WHEN t.type = 'mental-health-social-worker' THEN (SELECT t.type FROM credentials c WHERE c.therapist_id = t.id AND c.kind = 'amhsw') END AS tier) as_known ON true
	LEFT JOIN LATERAL (SELECT b.cents FROM benefits b WHERE b.type = as_known.tier AND ind.minutes BETWEEN b.least AND b.most
		AND ($1::timestamptz AT TIME ZONE t.zone)::date BETWEEN b.since AND b.until) benefit ON true
	LEFT JOIN next_times n ON n.therapist_id = t.id AND free.modes IS NOT NULL
	CROSS JOIN LATERAL (SELECT t.id & 4294967295 AS x) a
	CROSS JOIN LATERAL (SELECT ((a.x # (a.x >> 16)) * 73244475) & 4294967295 AS x) b
	CROSS JOIN LATERAL (SELECT ((b.x # (b.x >> 16)) * 73244475) & 4294967295 AS x) c
	CROSS JOIN LATERAL (SELECT c.x # (c.x >> 16) AS lot, extract(dow FROM $1::timestamptz AT TIME ZONE 'Australia/Sydney')::int AS day) d
	CROSS JOIN LATERAL (SELECT ((ARRAY[0, 6, 1, 5, 2, 4, 3])[1 + (d.lot % 7 + d.day) % 7]::bigint << 32) + CASE d.day % 2 WHEN 1 THEN 4294967295 - d.lot ELSE d.lot END AS at) turn
	WHERE t.listing = 'listed'`

const priceBucket = `CASE WHEN %[1]s < 10000 THEN '0-100' WHEN %[1]s < 15000 THEN '100-150' WHEN %[1]s < 20000 THEN '150-200' WHEN %[1]s < 25000 THEN '200-250' WHEN %[1]s >= 25000 THEN '250-' END`

// Prepare makes the table, as of now; it goes with the transaction.
func Prepare(ctx context.Context, tx *pg.Tx, now time.Time) error {
	if _, err := tx.Exec(ctx, `CREATE TEMP TABLE benefits (type text, least int, most int, cents int, since date, until date) ON COMMIT DROP`); err != nil {
		return err
	}
	for _, r := range taxonomy.Rebates() {
		most := r.MaxMinutes
		if most == 0 {
			most = 10000
		}
		if _, err := tx.Exec(ctx, `INSERT INTO benefits VALUES ($1, $2, $3, $4, $5, $6)`, r.Type, r.MinMinutes, most, r.BenefitCents, r.From, r.To); err != nil {
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
	b.add(fmt.Sprintf(`(SELECT 'page', lpad((row_number() OVER (ORDER BY %[1]s))::text, 9, '0'), id FROM found ORDER BY %[1]s LIMIT %[2]d OFFSET %[3]d)`,
		b.order(hits), f.PerPage, (f.Page-1)*f.PerPage))
	var open []string // groups that nothing is asked of
	for _, g := range search.Groups() {
		switch {
		case g.Name == "format" && (f.MaxFee.Set || f.MaxGap.Set):
			b.formats(g)
		case g.Name == "price":
			b.price()
		case len(f.Chosen(g.Name)) > 0:
			b.add(fmt.Sprintf(`SELECT '%[1]s', v, count(*) FROM %[2]s, unnest("%[1]s") v WHERE %[3]s GROUP BY v`, g.Name, b.table, where(b.cond, g.Name)))
		default:
			open = append(open, fmt.Sprintf(`('%[1]s', "%[1]s")`, g.Name))
		}
	}
	b.add(`SELECT name, v, count(*) FROM found, LATERAL (VALUES ` + strings.Join(open, ", ") + `) AS g (name, list), unnest(list) v GROUP BY name, v`)
	return `WITH found AS MATERIALIZED (SELECT * FROM ` + b.table + ` WHERE ` + where(b.cond, "-") + `) ` + strings.Join(b.parts, ` UNION ALL `) + ` ORDER BY kind, value`
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
		out[""] += fmt.Sprintf(" AND lat BETWEEN %v AND %v AND %s <= %d", f.Near.Lat-degrees, f.Near.Lat+degrees, distance(f), f.Radius())
	}
	return out
}

// distance is region.Distance.
func distance(f search.Filter) string {
	return fmt.Sprintf(`2 * 6371 * asin(sqrt(least(1, sin((lat - (%[1]s)) * (pi() / 180) / 2) ^ 2
		+ cos((%[1]s) * (pi() / 180)) * cos(lat * (pi() / 180)) * sin((lng - (%[2]s)) * (pi() / 180) / 2) ^ 2)))`, number(f.Near.Lat), number(f.Near.Lng))
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
