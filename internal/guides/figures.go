package guides

import (
	"fmt"
	"html"
	"html/template"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"wattle/internal/money"
	"wattle/internal/taxonomy"
	"wattle/internal/view"
)

// Articles hold placeholders instead of amounts. They are filled from the dated table of Medicare benefits
// when a page is rendered, so no amount in a text goes out of date:
//
//	{benefit TYPE MINUTES}      the Medicare benefit for an individual session
//	{fee TYPE MINUTES}          the schedule fee, of which the benefit is 85 %
//	{gap TYPE MINUTES DOLLARS}  the gap for a fee of DOLLARS
//	{since} {until}             the period of these amounts
//	{rates}                     on a line of its own: the table of all professions
var figure = regexp.MustCompile(`\{([a-z]+)((?: [a-z0-9-]+)*)\}`)

// noFigure replaces an amount that the table lacks for the day. The page explains why.
const noFigure = "an amount we do not have yet"

// periodOf is the profession and session length that define the period of the table.
const periodOf, periodMinutes = "clinical-psychologist", 50

// Rates is the table of benefits for sessions of 50 minutes or more on a day.
type Rates struct {
	Since, Until time.Time
	Rows         []RateRow
}

// RateRow holds the amounts of one profession.
type RateRow struct {
	Who          string // "Clinical psychologists"
	Fee, Benefit money.Cents
}

// ratesOn reads the table for a day. ok is false when the table does not cover it.
func ratesOn(day time.Time) (*Rates, bool) {
	out := &Rates{}
	for _, t := range taxonomy.Types.All() {
		if row, ok := rateRow(t.Slug, periodMinutes, day); ok {
			out.Since, out.Until = row.From, row.To
			out.Rows = append(out.Rows, RateRow{professionName(t), money.Cents(row.FeeCents), money.Cents(row.BenefitCents)})
		}
	}
	return out, len(out.Rows) > 0
}

// professionName is the plural of a profession with the qualifier of its title: only occupational
// therapists in mental health are covered.
func professionName(t taxonomy.Term) string {
	typ, _ := taxonomy.TypeOf(t.Slug)
	if i := strings.Index(typ.Title, " ("); i >= 0 {
		return t.Plural + strings.ToLower(typ.Title[i:])
	}
	return t.Plural
}

func rateRow(typ string, minutes int, day time.Time) (taxonomy.Row, bool) {
	return taxonomy.Rebate(typ, minutes, "in-person", day)
}

func dollars(cents int64) string { return money.Cents(cents).String() }

// figureOn formats a placeholder for a day. ok is false when the table does not cover the day; err
// reports a mistake in the article.
func figureOn(name string, args []string, day time.Time) (words string, ok bool, err error) {
	typ, minutes := periodOf, periodMinutes
	want := map[string]int{"benefit": 2, "fee": 2, "gap": 3, "since": 0, "until": 0}
	n, known := want[name]
	if !known || len(args) != n {
		return "", false, fmt.Errorf("unknown placeholder {%s} with %d arguments", name, len(args))
	}
	var charged int
	if n >= 2 {
		typ = args[0]
		if minutes, err = strconv.Atoi(args[1]); err != nil {
			return "", false, fmt.Errorf("{%s}: %q is not a number of minutes", name, args[1])
		}
	}
	if n == 3 {
		if charged, err = strconv.Atoi(args[2]); err != nil {
			return "", false, fmt.Errorf("{%s}: %q is not a number of dollars", name, args[2])
		}
	}
	row, ok := rateRow(typ, minutes, day)
	if !ok {
		return noFigure, false, nil
	}
	switch name {
	case "benefit":
		return dollars(row.BenefitCents), true, nil
	case "fee":
		return dollars(row.FeeCents), true, nil
	case "gap":
		return dollars(row.Gap(int64(charged) * 100)), true, nil
	case "since":
		return view.Date(row.From), true, nil
	}
	return view.Date(row.To), true, nil
}

// figureRules evaluates every placeholder for the day of the review, which the table must cover.
func figureRules(a *Article) (problems []string) {
	for _, b := range a.prose {
		for _, m := range figure.FindAllStringSubmatch(b.text, -1) {
			if _, ok, err := figureOn(m[1], strings.Fields(m[2]), a.Reviewed); err != nil {
				problems = append(problems, err.Error())
			} else if !ok {
				problems = append(problems, fmt.Sprintf("%s has no amount on the day of the review", m[0]))
			}
		}
		if strings.ContainsAny(figure.ReplaceAllString(b.text, ""), "{}") {
			problems = append(problems, fmt.Sprintf("there is a brace in %q outside a placeholder", b.text))
		}
	}
	return problems
}

// At renders the article for the calendar day of t in its location.
func (a *Article) At(t time.Time) Guide {
	y, m, d := t.Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	p := printer{day: day, number: map[string]int{}, titles: map[string]string{}}
	for i, s := range a.Sources {
		p.number[s.ID], p.titles[s.ID] = i+1, s.Title
	}
	g := Guide{Article: a, Intro: p.print(a.intro), Help: p.print(a.help), Stale: day.After(a.Due)}
	for _, t := range a.takeaways {
		g.Takeaways = append(g.Takeaways, p.print(t))
	}
	for _, s := range a.sections {
		g.Sections = append(g.Sections, p.section("on-", s))
	}
	for _, q := range a.questions {
		g.Questions = append(g.Questions, p.section("ask-", q))
	}
	g.Undated = p.undated
	return g
}

// printer fills placeholders and references into sanitised HTML.
type printer struct {
	day     time.Time
	number  map[string]int
	titles  map[string]string
	undated bool
}

func (p *printer) section(prefix string, s part) Section {
	out := Section{ID: prefix + view.ID(s.heading), Question: s.heading, Body: p.print(s.html)}
	if s.rates {
		var ok bool
		if out.Rates, ok = ratesOn(p.day); !ok {
			out.Rates, p.undated = nil, true
		}
	}
	return out
}

func (p *printer) print(clean string) template.HTML {
	filled := figure.ReplaceAllStringFunc(clean, func(s string) string {
		m := figure.FindStringSubmatch(s)
		words, ok, err := figureOn(m[1], strings.Fields(m[2]), p.day)
		if !ok || err != nil {
			words, p.undated = noFigure, true
		}
		return html.EscapeString(words)
	})
	return template.HTML(reference.ReplaceAllStringFunc(filled, p.cite))
}

// cite turns " [id]." into a full stop and superscript links to the list of sources, labelled with the
// source's title for screen readers.
func (p *printer) cite(s string) string {
	m := reference.FindStringSubmatch(s)
	var b strings.Builder
	b.WriteString(m[2] + `<sup class="cite">`)
	ids := references(s)
	slices.SortFunc(ids, func(x, y string) int { return p.number[x] - p.number[y] })
	for _, id := range ids {
		fmt.Fprintf(&b, `<a href="#source-%s" aria-label="Source %d: %s">%[2]d</a>`, id, p.number[id],
			html.EscapeString(p.titles[id]))
	}
	b.WriteString(`</sup>`)
	return b.String()
}
