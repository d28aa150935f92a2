package site

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"wattle/internal/demo"
	"wattle/internal/pg"
	"wattle/internal/pg/pgtest"
	"wattle/internal/search"
)

// The recount asks the database itself who meets a filter, in SQL that stands in this file alone,
// and compares totals, people, order and every count with the API's.

// recountSeed makes the filters; print it, change it, and the run is another.
const recountSeed = 20261123

// recountTable has one row a listed person with everything that filters look at, as of a moment.
const recountTable = `CREATE TABLE recount (id bigint PRIMARY KEY, slug text, state text[], type text[], gender text[], postcode text, lat float8, lng float8,
	issue text[], approach text[], "group" text[], language text[], affirming text[], faith text[], access text[], funding text[], mode text[], format text[],
	available text[], reduced text[], free_consultation text[], accepting text[], low_individual int, low_couple int, gap int, next timestamptz, turn bigint)`

const recountFill = `
	INSERT INTO recount
	WITH benefits (profession, least, most, cents) AS (VALUES
		('clinical-psychologist', 30, 49, 10155), ('clinical-psychologist', 50, 999, 14905), ('psychologist', 20, 49, 7200), ('psychologist', 50, 999, 10155),
		('occupational-therapist', 20, 49, 6340), ('occupational-therapist', 50, 999, 8950), ('mental-health-social-worker', 20, 49, 6340), ('mental-health-social-worker', 50, 999, 8950)),
	sessions AS (SELECT *, row_number() OVER (PARTITION BY therapist_id, format ORDER BY abs(minutes - 50), minutes DESC, position, id) AS nearest,
			row_number() OVER (PARTITION BY therapist_id ORDER BY (format IN ('group', 'supervision')), position, id) AS foremost
		FROM services WHERE active AND kind = 'session'),
	facts AS (SELECT t.*,
		EXISTS (SELECT FROM services s WHERE s.therapist_id = t.id AND s.active AND s.slug = 'free-consultation') AS free,
		t.reduced_fee_cents IS NOT NULL AND EXISTS (SELECT FROM reduced_places r WHERE r.therapist_id = t.id AND r.booking_id IS NULL) AS place_left,
		(SELECT fee_cents FROM sessions s WHERE s.therapist_id = t.id AND format = 'individual' AND nearest = 1) AS fee_individual,
		(SELECT minutes FROM sessions s WHERE s.therapist_id = t.id AND format = 'individual' AND nearest = 1) AS minutes_individual,
		(SELECT fee_cents FROM sessions s WHERE s.therapist_id = t.id AND foremost = 1 AND format NOT IN ('group', 'supervision')) AS fee_other,
		(SELECT fee_cents FROM sessions s WHERE s.therapist_id = t.id AND format = 'couple' AND nearest = 1) AS fee_couple,
		CASE WHEN t.type IN ('clinical-psychologist', 'psychologist') THEN
				CASE WHEN EXISTS (SELECT FROM credentials c WHERE c.therapist_id = t.id AND c.kind = 'ahpra' AND array_to_string(c.endorsements, '|') ~* '(^|\|)clinical( psychology)?(\||$)') THEN 'clinical-psychologist' ELSE 'psychologist' END
			WHEN t.type = 'occupational-therapist' AND EXISTS (SELECT FROM credentials c WHERE c.therapist_id = t.id AND c.kind = 'ota') THEN t.type
			WHEN t.type = 'mental-health-social-worker' AND EXISTS (SELECT FROM credentials c WHERE c.therapist_id = t.id AND c.kind = 'amhsw') THEN t.type END AS profession
		FROM therapists t WHERE t.listing = 'listed'),
	xors AS (SELECT id, (id % 4294967296) AS x FROM facts),
	once AS (SELECT id, ((x # div(x, 65536)::bigint) * 73244475) % 4294967296 AS x FROM xors),
	twice AS (SELECT id, ((x # div(x, 65536)::bigint) * 73244475) % 4294967296 AS x FROM once),
	lots AS (SELECT id, x # div(x, 65536)::bigint AS lot, date_part('dow', $1 AT TIME ZONE 'Australia/Sydney')::int AS day FROM twice),
	turns AS (SELECT id, substr('0615243', 1 + ((lot + day) % 7)::int, 1)::bigint * 4294967296 + CASE WHEN day IN (1, 3, 5) THEN 4294967295 - lot ELSE lot END AS turn FROM lots),
	times AS (SELECT f.id, CASE WHEN f.free AND n.next_any > $1 THEN n.next_any END AS a, f.free AND n.next_evening > $1 AS e, f.free AND n.next_weekend > $1 AS w,
			(date_trunc('day', $1 AT TIME ZONE f.zone) + interval '1 day') AT TIME ZONE f.zone AS midnight
		FROM facts f LEFT JOIN next_times n ON n.therapist_id = f.id)
	SELECT f.id, f.slug, ARRAY[f.state], ARRAY[f.type], ARRAY[f.gender], f.postcode, f.lat, f.lng,
		ARRAY(SELECT DISTINCT unnest(f.issues || f.also_issues)), f.approaches, f.client_groups, f.languages, f.affirming,
		ARRAY(SELECT unnest(f.faiths) INTERSECT SELECT unnest(f.consented)), f.access, f.funding,
		ARRAY(SELECT DISTINCT m FROM services s, unnest(s.modes) m WHERE s.therapist_id = f.id AND s.active
			AND (s.kind <> 'consultation' OR NOT EXISTS (SELECT FROM services p WHERE p.therapist_id = f.id AND p.active AND p.kind <> 'consultation'))),
		ARRAY(SELECT DISTINCT s.format FROM services s WHERE s.therapist_id = f.id AND s.active AND s.kind <> 'consultation'),
		array_remove(ARRAY[CASE WHEN t.a < t.midnight THEN 'today' END, CASE WHEN t.a <= $1 + interval '168 hours' THEN 'week' END,
			CASE WHEN t.e THEN 'evening' END, CASE WHEN t.w THEN 'weekend' END], NULL),
		CASE WHEN f.place_left THEN '{true}' ELSE '{}' END::text[], CASE WHEN f.free THEN '{true}' ELSE '{}' END::text[], CASE WHEN f.accepting THEN '{true}' ELSE '{}' END::text[],
		CASE WHEN f.fee_individual IS NULL THEN f.fee_other WHEN f.place_left THEN least(f.fee_individual, f.reduced_fee_cents) ELSE f.fee_individual END,
		f.fee_couple, (SELECT greatest(0, f.fee_individual - b.cents) FROM benefits b WHERE b.profession = f.profession AND f.minutes_individual BETWEEN b.least AND b.most), t.a, turns.turn
	FROM facts f JOIN times t USING (id) JOIN turns USING (id)`

// counted are the groups of values; price is apart.
var counted = []string{"state", "type", "issue", "mode", "language", "gender", "approach", "format", "funding", "group", "affirming", "faith", "access",
	"available", "reduced", "free_consultation", "accepting"}

// wish is a filter as the recount understands it.
type wish struct {
	lists    map[string][]string
	all      bool // of the issues
	postcode string
	maxFee   int // cents; -1 for none
	maxGap   int
	near     string
	lat, lng float64
	km       int
	sort     string
}

func (w wish) couple() bool { return len(w.lists["format"]) == 1 && w.lists["format"][0] == "couple" }

// low is the column of the lowest fee.
func (w wish) low() string {
	if w.couple() {
		return "low_couple"
	}
	return "low_individual"
}

func quoted(list []string) string { return "ARRAY['" + strings.Join(list, "','") + "']" }

const kilometres = `2 * 6371 * asin(sqrt(least(1, sin(radians(lat - %[1]v) / 2) ^ 2 + cos(radians(%[1]v)) * cos(radians(lat)) * sin(radians(lng - %[2]v) / 2) ^ 2)))`

func (w wish) distance() string { return fmt.Sprintf(kilometres, w.lat, w.lng) }

// where is everything asked for but the group's own choice.
func (w wish) where(but string) string {
	out := []string{"true"}
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for g, values := range w.lists {
		switch {
		case g == but || len(values) == 0:
		case g == "issue" && w.all:
			add(`issue @> %s`, quoted(values))
		default:
			add(`%q && %s`, g, quoted(values))
		}
	}
	if w.postcode != "" {
		add(`postcode = '%s'`, w.postcode)
	}
	if w.maxFee >= 0 && but != "price" {
		add(`%s <= %d`, w.low(), w.maxFee)
	}
	if w.maxGap >= 0 {
		if w.couple() {
			add(`false`)
		}
		add(`gap <= %d`, w.maxGap)
	}
	if w.near != "" {
		add(`%s <= %d`, w.distance(), w.km)
	}
	return strings.Join(out, " AND ")
}

func (w wish) order() string {
	switch w.sort {
	case "price":
		return w.low() + " ASC NULLS LAST, next ASC NULLS LAST, turn, id"
	case "distance":
		return w.distance() + ", next ASC NULLS LAST, turn, id"
	}
	return "next ASC NULLS LAST, turn, id"
}

// query is the wish as the API takes it.
func (w wish) query() url.Values {
	v := url.Values{}
	for g, values := range w.lists {
		if len(values)%2 == 0 {
			v[g] = []string{strings.Join(values, ",")}
		} else {
			v[g] = values
		}
	}
	set := func(name, value string, when bool) {
		if when {
			v.Set(name, value)
		}
	}
	set("issue_match", "all", w.all)
	set("postcode", w.postcode, w.postcode != "")
	set("max_fee", fmt.Sprintf("%d.%02d", w.maxFee/100, w.maxFee%100), w.maxFee >= 0)
	set("max_gap", strconv.Itoa(w.maxGap/100), w.maxGap >= 0)
	set("near", w.near, w.near != "")
	set("within_km", strconv.Itoa(w.km), w.near != "")
	set("sort", w.sort, w.sort != "")
	return v
}

// recounter is the database's side.
type recounter struct {
	*site
	owner *pg.DB
}

// people are the slugs of those who meet the wish, in its order.
func (r *recounter) people(w wish) (out []string) {
	r.t.Helper()
	r.must(r.owner.Select(context.Background(), &out, `SELECT slug FROM recount WHERE `+w.where("")+` ORDER BY `+w.order()))
	return out
}

// counts are the numbers beside every value that has any.
func (r *recounter) counts(w wish) map[string]int {
	r.t.Helper()
	var parts []string
	for _, g := range counted {
		if g == "format" {
			parts = append(parts, w.formatCounts()...)
			continue
		}
		parts = append(parts, fmt.Sprintf(`SELECT '%s ' || v AS value, count(*) AS n FROM recount, unnest(%q) v WHERE %s GROUP BY v`, g, g, w.where(g)))
	}
	parts = append(parts, fmt.Sprintf(`SELECT 'price ' || CASE WHEN %[1]s < 10000 THEN '0-100' WHEN %[1]s < 15000 THEN '100-150' WHEN %[1]s < 20000 THEN '150-200'
		WHEN %[1]s < 25000 THEN '200-250' ELSE '250-' END, count(*) FROM recount WHERE %[1]s IS NOT NULL AND %[2]s GROUP BY 1`, w.low(), w.where("price")))
	var rows []struct {
		Value string `db:"value"`
		N     int    `db:"n"`
	}
	r.must(r.owner.Select(context.Background(), &rows, strings.Join(parts, " UNION ALL ")))
	out := map[string]int{}
	for _, row := range rows {
		out[row.Value] = row.N
	}
	return out
}

// formatCounts count each kind of session as if it alone were asked for: by its own fee.
func (w wish) formatCounts() (parts []string) {
	g, _ := search.GroupByName("format")
	for _, v := range g.Values {
		alone := w
		alone.lists = maps.Clone(w.lists)
		alone.lists["format"] = []string{v}
		parts = append(parts, fmt.Sprintf(`SELECT 'format %s' AS value, count(*) AS n FROM recount WHERE %s`, v, alone.where("")))
	}
	return parts
}

// refill makes the table as of the site's clock.
func (r *recounter) refill() {
	r.t.Helper()
	r.must(pg.InTx(context.Background(), r.owner, func(tx *pg.Tx) error {
		if _, err := tx.Exec(context.Background(), `DROP TABLE IF EXISTS recount`); err != nil {
			return err
		}
		if _, err := tx.Exec(context.Background(), recountTable); err != nil {
			return err
		}
		_, err := tx.Exec(context.Background(), recountFill, r.clock.Now())
		return err
	}))
}

// ask pages through the API's answer.
func (r *recounter) answer(w wish) (slugs []string, counts map[string]int) {
	r.t.Helper()
	q := w.query()
	q.Set("per_page", "50")
	for page := 1; ; page++ {
		q.Set("page", strconv.Itoa(page))
		a := r.api("/therapists?" + q.Encode())
		slugs = append(slugs, slugsOf(a)...)
		if page == 1 {
			counts = map[string]int{}
			for g, values := range a["facets"].(map[string]any) {
				for v, n := range values.(map[string]any) {
					counts[g+" "+v] = int(n.(float64))
				}
			}
		}
		if total := int(a["total"].(float64)); page*50 >= total {
			if len(slugs) != total {
				r.t.Errorf("%s: the total is %d, the pages hold %d", q.Encode(), total, len(slugs))
			}
			return slugs, counts
		}
	}
}

// pattern is somebody of the directory after whom wishes are made, so that most are met.
type pattern struct {
	Lat      float64 `db:"lat"`
	Lng      float64 `db:"lng"`
	Postcode string  `db:"postcode"`
	Low      int     `db:"low"`
	Gap      int     `db:"gap"`
	values   map[string][]string
}

func (r *recounter) pattern(dice *rand.Rand) (p pattern) {
	r.t.Helper()
	n := r.count(`SELECT count(*) FROM therapists WHERE listing = 'listed'`)
	var id int64
	r.must(r.owner.Get(context.Background(), &id, `SELECT id FROM recount ORDER BY id OFFSET $1 LIMIT 1`, dice.IntN(n)))
	r.must(r.owner.Get(context.Background(), &p, `SELECT lat, lng, postcode, coalesce(low_individual, 20000) AS low, coalesce(gap, 8000) AS gap FROM recount WHERE id = $1`, id))
	p.values = map[string][]string{}
	for _, g := range counted {
		var values []string
		r.must(r.owner.Select(context.Background(), &values, fmt.Sprintf(`SELECT v FROM recount, unnest(%q) v WHERE id = $1 ORDER BY v`, g), id))
		p.values[g] = values
	}
	return p
}

// wish makes one up after a pattern: one to five conditions.
func (r *recounter) wish(dice *rand.Rand) wish {
	r.t.Helper()
	p := r.pattern(dice)
	w := wish{lists: map[string][]string{}, maxFee: -1, maxGap: -1, sort: []string{"", "soonest", "price", "relevance", "price", "soonest"}[dice.IntN(6)]}
	for range 1 + dice.IntN(5) {
		switch n := dice.IntN(14); {
		case n < 9:
			r.chooseList(dice, &w, p)
		case n == 9:
			w.maxFee = max(0, p.Low+(dice.IntN(5)-1)*1050)
		case n == 10:
			w.maxGap = (p.Gap/100 + dice.IntN(30) - 5) * 100
			w.maxGap = max(0, w.maxGap)
		case n == 11:
			w.near, w.km = p.Postcode, []int{1, 5, 20, 25, 60, 300}[dice.IntN(6)]
		case n == 12:
			w.lists["format"] = []string{[]string{"couple", "individual", "family", "group"}[dice.IntN(4)]}
		default:
			if w.postcode == "" && dice.IntN(3) == 0 {
				w.postcode = p.Postcode
			}
		}
	}
	return r.place(w, dice)
}

// chooseList takes a value of the pattern, now and then with one that anybody may have.
func (r *recounter) chooseList(dice *rand.Rand, w *wish, p pattern) {
	g := counted[dice.IntN(len(counted))]
	own := p.values[g]
	group, _ := search.GroupByName(g)
	var some []string
	if len(own) > 0 {
		some = append(some, own[dice.IntN(len(own))])
	}
	if group.Many && (dice.IntN(3) == 0 || len(some) == 0) {
		some = append(some, group.Values[dice.IntN(len(group.Values))])
	}
	if g == "issue" && len(own) > 1 && dice.IntN(2) == 0 {
		some, w.all = own[:2], dice.IntN(2) == 0
	}
	if len(some) > 0 {
		slices.Sort(some)
		w.lists[g] = slices.Compact(slices.Clone(some))
	}
	if len(w.lists["issue"]) == 0 {
		w.all = false
	}
}

// place looks up where the postcode lies; which place a text means is not what is recounted.
func (r *recounter) place(w wish, dice *rand.Rand) wish {
	r.t.Helper()
	if w.near == "" {
		return w
	}
	f, err := search.Parse(url.Values{"near": {w.near}})
	if err != nil {
		w.near = ""
		return w
	}
	w.lat, w.lng = f.Near.Lat, f.Near.Lng
	if dice.IntN(2) == 0 {
		w.sort = "distance"
	}
	return w
}

// check compares one wish and tells how many meet it.
func (r *recounter) check(w wish) int {
	r.t.Helper()
	want, wantCounts := r.people(w), r.counts(w)
	got, gotCounts := r.answer(w)
	where := r.clock.Now().Format(time.RFC3339) + " " + w.query().Encode()
	if !slices.Equal(got, want) {
		r.t.Errorf("%s finds %d, the recount %d:\n%v\n%v", where, len(got), len(want), got, want)
	}
	var off []string
	for _, value := range slices.Sorted(maps.Keys(gotCounts)) {
		if gotCounts[value] != wantCounts[value] {
			off = append(off, fmt.Sprintf("%s %d for %d", value, gotCounts[value], wantCounts[value]))
		}
	}
	for value, n := range wantCounts {
		if _, ok := gotCounts[value]; !ok {
			off = append(off, fmt.Sprintf("%s none for %d", value, n))
		}
	}
	if len(off) > 0 {
		r.t.Errorf("%s: %d counts are off: %s", where, len(off), strings.Join(off[:min(8, len(off))], ", "))
	}
	return len(want)
}

// mix makes the directory more uneven than its seed: places taken, services given up, consent
// withdrawn, people paused, unlisted and closed to new clients.
func (r *recounter) mix() {
	r.t.Helper()
	for _, q := range []string{
		`UPDATE reduced_places SET booking_id = 'taken-' || therapist_id || '-' || place WHERE therapist_id % 3 = 0`,
		`UPDATE services SET active = false WHERE slug = 'free-consultation' AND therapist_id % 11 = 5`,
		`UPDATE services SET active = false WHERE slug = 'individual-50' AND therapist_id % 13 = 4`,
		`UPDATE therapists SET consented = '{}' WHERE id % 2 = 0 AND faiths <> '{}'`,
		`UPDATE therapists SET listing = 'paused' WHERE id % 29 = 3`,
		`UPDATE therapists SET listing = 'unlisted' WHERE id % 31 = 3`,
		`UPDATE therapists SET listing = 'suspended' WHERE id % 37 = 3`,
		`UPDATE therapists SET accepting = false WHERE id % 17 = 2`,
		`DELETE FROM credentials WHERE kind IN ('ota', 'amhsw') AND therapist_id % 5 = 0`,
	} {
		r.exec(q)
	}
}

func TestEveryCountEqualsARecountInSQL(t *testing.T) {
	s := bareSite(t)
	r := &recounter{s, pgtest.Owner(t, s.db)}
	clocks := []time.Time{time.Date(2026, 10, 3, 12, 0, 0, 0, time.UTC), monday, time.Date(2027, 4, 3, 3, 0, 0, 0, time.UTC)}
	s.must(demo.Seed(t.Context(), r.owner, demo.Options{N: 500, Seed: 7, Now: clocks[0]}))
	r.mix()
	var ids []int64
	s.must(s.db.Select(t.Context(), &ids, `SELECT id FROM therapists`))
	t.Logf("seed %d, %d people", recountSeed, len(ids))
	dice := rand.New(rand.NewPCG(recountSeed, 1))
	met, all := 0, 0
	for _, now := range clocks {
		s.clock.Set(now)
		s.must(s.web.Booking.Availability.RecomputeNext(t.Context(), ids))
		// Afterwards some hours pass unnoticed, so that a part of the times has lapsed.
		for _, later := range []time.Duration{0, 5 * time.Hour} {
			s.clock.Set(now.Add(later))
			s.catchUp()
			r.refill()
			for range 40 {
				all++
				if r.check(r.wish(dice)) > 0 {
					met++
				}
			}
			r.check(wish{lists: map[string][]string{}, maxFee: -1, maxGap: -1, sort: "price"})
		}
	}
	t.Logf("%d combinations, %d of them met by somebody", all, met)
	if all < 200 || met < 150 {
		t.Errorf("%d combinations of which %d are met; want 200 and 150", all, met)
	}
	for what, query := range map[string]string{"full": `SELECT count(*) FROM therapists t WHERE listing = 'listed' AND accepting AND NOT EXISTS (SELECT FROM next_times n WHERE n.therapist_id = t.id AND next_any > $1)`,
		"closed": `SELECT count(*) FROM therapists WHERE listing = 'listed' AND NOT accepting AND $1::timestamptz IS NOT NULL`, "paused": `SELECT count(*) FROM therapists WHERE listing = 'paused' AND $1::timestamptz IS NOT NULL`,
		"unlisted": `SELECT count(*) FROM therapists WHERE listing = 'unlisted' AND $1::timestamptz IS NOT NULL`} {
		if n := s.count(query, s.clock.Now()); n < 5 {
			t.Errorf("only %d people are %s", n, what)
		}
	}
}

func TestTheRecountFindsAFault(t *testing.T) {
	s := newSite(t)
	r := &recounter{s, pgtest.Owner(t, s.db)}
	r.refill()
	everybody := wish{lists: map[string][]string{}, maxFee: -1, maxGap: -1, sort: "price"}
	if n := r.check(everybody); n != 5 {
		t.Fatalf("the recount finds %d", n)
	}
	s.must(pg.InTx(t.Context(), r.owner, func(tx *pg.Tx) error {
		_, err := tx.Exec(t.Context(), `UPDATE recount SET language = '{greek}' WHERE slug = 'ada-example'`)
		return err
	}))
	_, got := r.answer(everybody)
	if want := r.counts(everybody); want["language greek"] == got["language greek"] || want["language english"] == got["language english"] {
		t.Error("a planted fault is not seen")
	}
}
