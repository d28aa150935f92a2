package memindex

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"wattle/internal/clock"
	"wattle/internal/directory"
	"wattle/internal/pg"
	"wattle/internal/pg/pgtest"
	"wattle/internal/taxonomy"
)

// basis is everybody who may be found, as of $1, by SQL alone.
const basis = `CREATE TEMP TABLE basis ON COMMIT DROP AS
	SELECT t.id, t.postcode, t.lat, t.lng, ARRAY[t.state] AS state, ARRAY[t.type] AS type, ARRAY[t.gender] AS gender,
		t.issues || t.also_issues AS issue, t.approaches AS approach, t.client_groups AS "group", t.languages AS language, t.affirming, t.access, t.funding,
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
			AND 'clinical' = ANY (c.endorsements)) THEN 'clinical-psychologist' ELSE 'psychologist' END
		WHEN t.type = 'occupational-therapist' THEN (SELECT t.type FROM credentials c WHERE c.therapist_id = t.id AND c.kind = 'ota')
		WHEN t.type = 'mental-health-social-worker' THEN (SELECT t.type FROM credentials c WHERE c.therapist_id = t.id AND c.kind = 'amhsw') END AS tier) as_known ON true
	LEFT JOIN LATERAL (SELECT b.cents FROM benefits b WHERE b.type = as_known.tier AND ind.minutes BETWEEN b.least AND b.most
		AND ($1::timestamptz AT TIME ZONE t.zone)::date BETWEEN b.since AND b.until) benefit ON true
	LEFT JOIN next_times n ON n.therapist_id = t.id AND free.modes IS NOT NULL
	WHERE t.listing = 'listed'`

const priceBucket = `CASE WHEN %[1]s < 10000 THEN '0-100' WHEN %[1]s < 15000 THEN '100-150' WHEN %[1]s < 20000 THEN '150-200' WHEN %[1]s < 25000 THEN '200-250' WHEN %[1]s >= 25000 THEN '250-' END`

// conditions are the filter as SQL, one by group; what carries no counts is under "".
func conditions(f directory.Filter) map[string]string {
	out := map[string]string{"": "true"}
	for _, g := range directory.Groups() {
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
		out[""] += fmt.Sprintf(` AND 2 * 6371 * asin(sqrt(least(1, sin(radians(lat - (%[1]v)) / 2) ^ 2
			+ cos(radians(%[1]v)) * cos(radians(lat)) * sin(radians(lng - (%[2]v)) / 2) ^ 2))) <= %[3]d`, f.Near.Lat, f.Near.Lng, f.WithinKm)
	}
	return out
}

func low(f directory.Filter) string {
	if len(f.Formats) == 1 && f.Formats[0] == "couple" {
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
	return strings.Join(out, " AND ")
}

type valueCount struct {
	Value string `db:"value"`
	N     int    `db:"n"`
}

func prepare(ctx context.Context, tx *pg.Tx, now time.Time) error {
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

func TestSearchEqualsARecountInSQL(t *testing.T) {
	ctx := context.Background()
	db := pgtest.New(t)
	all := population(300, 9)
	if err := pg.InTx(ctx, db, func(tx *pg.Tx) error { return directory.InsertTx(ctx, tx, start, all...) }); err != nil {
		t.Fatal(err)
	}
	fixed := clock.At(start)
	d := &directory.Directory{DB: db, Clock: fixed, Log: slog.New(slog.DiscardHandler), Index: New()}
	if err := d.Load(ctx); err != nil {
		t.Fatal(err)
	}
	for i, now := range clocks {
		fixed.Set(now)
		r := rand.New(rand.NewPCG(uint64(i), 5))
		err := pg.InTx(ctx, db, func(tx *pg.Tx) error {
			if err := prepare(ctx, tx, now); err != nil {
				return err
			}
			for range 70 {
				if err := recount(ctx, t, tx, d, randomFilter(r)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func recount(ctx context.Context, t *testing.T, tx *pg.Tx, d *directory.Directory, f directory.Filter) error {
	page, err := d.Search(ctx, f)
	if err != nil {
		return err
	}
	cond := conditions(f)
	var ids []int64
	if err := tx.Select(ctx, &ids, `SELECT id FROM basis WHERE `+where(cond, "-")); err != nil {
		return err
	}
	if page.Total != len(ids) {
		t.Errorf("%q: total %d, by SQL %d", f.Encode(), page.Total, len(ids))
	}
	for _, v := range page.Results {
		if !slices.Contains(ids, v.ID) {
			t.Errorf("%q: SQL does not have %d", f.Encode(), v.ID)
		}
	}
	for _, g := range directory.Groups() {
		if g.Name == "format" {
			if err := recountFormats(ctx, t, tx, page, f); err != nil {
				return err
			}
			continue
		}
		query := fmt.Sprintf(`SELECT v AS value, count(DISTINCT id) AS n FROM basis, unnest("%s") v WHERE %s GROUP BY v`, g.Name, where(cond, g.Name))
		if g.Name == "price" {
			bucket := fmt.Sprintf(priceBucket, low(f))
			query = fmt.Sprintf(`SELECT %s AS value, count(*) AS n FROM basis WHERE %s IS NOT NULL AND %s GROUP BY 1`, bucket, low(f), where(cond, g.Name))
		}
		var counts []valueCount
		if err := tx.Select(ctx, &counts, query); err != nil {
			return err
		}
		by := map[string]int{}
		for _, c := range counts {
			by[c.Value] = c.N
		}
		for _, v := range g.Values {
			if n := page.Facets.Count(g.Name, v); n != by[v] {
				t.Errorf("%q: %s=%s counts %d, by SQL %d", f.Encode(), g.Name, v, n, by[v])
			}
		}
	}
	return nil
}

// recountFormats asks for each kind of session alone, for its fee comes with it.
func recountFormats(ctx context.Context, t *testing.T, tx *pg.Tx, page directory.Page, f directory.Filter) error {
	g, _ := directory.GroupByName("format")
	for _, v := range g.Values {
		alone, n := f, 0
		alone.Formats = []string{v}
		if err := tx.Get(ctx, &n, `SELECT count(*) FROM basis WHERE `+where(conditions(alone), "-")); err != nil {
			return err
		}
		if got := page.Facets.Count("format", v); got != n {
			t.Errorf("%q: format=%s counts %d, by SQL %d", f.Encode(), v, got, n)
		}
	}
	return nil
}
