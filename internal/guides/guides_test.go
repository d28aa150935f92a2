package guides

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"wattle/internal/fault"
	"wattle/internal/taxonomy"
)

// sample is an article with everything that one needs, and every way of saying it.
const sample = `---
title: A sample guide
summary: What a sample is for.
issues: anxiety
therapists: issue=anxiety
people: who help with anxiety
byline: A Writer | writer
published: 2026-11-01
reviewed: 2026-11-02
due: 2027-11-02
disclosure: None.
takeaways:
- A sample has *one* purpose.
- It may cost {benefit clinical-psychologist 50} [table].
- It ends.
sources:
- table | Amounts by date | Somebody’s table | 2026-11-01 | example.org/table
- here | Our terms | Wattle | 2026-11-02 | /terms
---
A lead with a [link](/crisis).

## What is it?

- **An item** of a list.
- Another, of 10 [here].

A fee of $220 leaves {gap clinical-psychologist 50 220} [table, here]. Since {since} [table].

## What does it pay?

From {since} until {until} these hold [table].

{rates}

## Is there more?

See [elsewhere](https://example.org/more).

## When to get help

Soon.

## Questions and answers

### Is it short?

Yes.

### Is it true?

It is <made> up & plain.
`

// changed replaces strings in the sample; every old string must occur.
func changed(t *testing.T, pairs ...string) string {
	t.Helper()
	text := sample
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("the sample has no %q", pairs[i])
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

// plainSample is the sample without its one deliberate error, an HTML tag.
func plainSample(t *testing.T, pairs ...string) string {
	return changed(t, append([]string{"<made>", "made"}, pairs...)...)
}

func parsed(t *testing.T, pairs ...string) *Article {
	t.Helper()
	a, err := Parse("a-sample", plainSample(t, pairs...))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestParseReadsEveryField(t *testing.T) {
	a := parsed(t, "disclosure: None.", "disclosure: None.\nreviewer: Dr Test Fixture | Clinical Psychologist | PSY0009990001 | 2026-11-03\npanel: crisis")
	if a.Title != "A sample guide" || a.Byline.Name != "A Writer" || a.Panel != taxonomy.PanelCrisis ||
		a.Due.Format(time.DateOnly) != "2027-11-02" {
		t.Errorf("the front matter is read as %+v", a)
	}
	if a.Reviewer == nil || a.Reviewer.Registration != "PSY0009990001" || !a.Clinical() {
		t.Errorf("the reviewer is %+v", a.Reviewer)
	}
	if len(a.Sources) != 2 || a.Sources[0].Address != "example.org/table" || a.Sources[1].Path != "/terms" {
		t.Errorf("the sources are %+v", a.Sources)
	}
	if a.Find.Encode() != "issue=anxiety" || a.Minutes != 1 || a.Words < 30 {
		t.Errorf("it looks for %q and takes %d minutes for %d words", a.Find.Encode(), a.Minutes, a.Words)
	}
}

func TestAtFillsPlaceholdersAndReferences(t *testing.T) {
	a := parsed(t)
	day := time.Date(2026, 11, 26, 9, 0, 0, 0, time.UTC)
	g := a.At(day)
	first := string(g.Sections[0].Body)
	for _, want := range []string{"<strong>An item</strong>", "leaves $70.95.", "1 July 2026.",
		`<a href="#source-table" aria-label="Source 1: Amounts by date">1</a>`,
		`<a href="#source-here" aria-label="Source 2: Our terms">2</a>`} {
		if !strings.Contains(first, want) {
			t.Errorf("the first section lacks %q:\n%s", want, first)
		}
	}
	if strings.ContainsAny(first, "{}[]") {
		t.Errorf("a placeholder or reference is left: %s", first)
	}
	if r := g.Sections[1].Rates; r == nil || len(r.Rows) != 4 ||
		r.Rows[0] != (RateRow{"Clinical psychologists", 175_30, 149_05}) ||
		r.Rows[2].Who != "Occupational therapists (mental health)" {
		t.Errorf("the table is %+v", r)
	}
	if got := string(g.Takeaways[1]); !strings.HasPrefix(got, "It may cost $149.05.<sup") ||
		strings.Contains(string(g.Takeaways[0]), "<p>") {
		t.Errorf("the takeaways are %q", g.Takeaways)
	}
	if !strings.Contains(string(g.Sections[2].Body), `href="https://example.org/more" rel="noreferrer"`) {
		t.Errorf("the link elsewhere: %s", g.Sections[2].Body)
	}
	if g.Undated || g.Stale || g.Sections[0].ID != "on-what-is-it" || g.Questions[1].Question != "Is it true?" {
		t.Errorf("undated %v, stale %v, %+v", g.Undated, g.Stale, g.Questions)
	}
}

func TestAtLeavesOutAmountsBeyondTheTable(t *testing.T) {
	g := parsed(t).At(time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC))
	if !g.Undated || g.Sections[1].Rates != nil || !strings.Contains(string(g.Takeaways[1]), noFigure) {
		t.Errorf("beyond the table: undated %v, %+v, %s", g.Undated, g.Sections[1].Rates, g.Takeaways[1])
	}
}

func TestGuideIsStaleAfterItsReviewDate(t *testing.T) {
	a := parsed(t)
	for day, want := range map[string]bool{"2026-11-01": false, "2027-11-02": false, "2027-11-03": true,
		"2030-01-01": true} {
		at, _ := time.Parse(time.DateOnly, day)
		if got := a.At(at.Add(23 * time.Hour)).Stale; got != want {
			t.Errorf("on %s it is stale: %v", day, got)
		}
	}
}

func TestParseRejectsArticlesThatBreakARule(t *testing.T) {
	for name, c := range map[string]struct {
		pairs []string
		says  string
	}{
		"no front matter":               {[]string{"---\ntitle", "title"}, "front matter"},
		"an unknown key":                {[]string{"title:", "colour: red\ntitle:"}, `no "colour"`},
		"a key twice":                   {[]string{"title:", "title: Other\ntitle:"}, "given twice"},
		"a list twice":                  {[]string{"sources:", "takeaways:\n- x\nsources:"}, "given twice"},
		"a line that is neither":        {[]string{"title:", "what\ntitle:"}, "neither"},
		"an item outside a list":        {[]string{"title:", "- what\ntitle:"}, "neither"},
		"no title":                      {[]string{"title: A sample guide\n", ""}, "title is missing"},
		"an empty value":                {[]string{"title: A sample guide", "title:"}, `no "title"`},
		"an invalid date":               {[]string{"2027-11-02", "2027-13-02"}, "not a day"},
		"a byline of one part":          {[]string{"A Writer | writer", "A Writer"}, "2 parts"},
		"a source of four parts":        {[]string{" | example.org/table", ""}, "5 parts"},
		"an invalid search":             {[]string{"issue=anxiety", "issue=worry"}, "not a search"},
		"an unknown issue":              {[]string{"issues: anxiety", "issues: worry"}, "no issue"},
		"a long summary":                {[]string{"What a sample is for.", strings.Repeat("word ", 33)}, "160"},
		"a claim in the summary":        {[]string{"What a sample is for.", "What 10 samples are for."}, "no source"},
		"a claim in the title":          {[]string{"A sample guide", "Ten sample guides"}, "no source"},
		"a claim in a heading":          {[]string{"## What is it?", "## Why ten?"}, "no source"},
		"a claim in a takeaway":         {[]string{"It ends.", "It ends in May."}, "no source"},
		"a claim in an item":            {[]string{"Another, of 10 [here].", "Another, of 10."}, "no source"},
		"a claim in an answer":          {[]string{"Yes.", "Yes, by law."}, "no source"},
		"a source that is not listed":   {[]string{"[here]", "[there]"}, "not listed"},
		"an unused source":              {[]string{"- here |", "- spare | x | y | 2026-11-01 | z\n- here |"}, "not cited"},
		"a source twice":                {[]string{"- here |", "- table | x | y | 2026-11-01 | z\n- here |"}, "is repeated"},
		"two takeaways":                 {[]string{"- It ends.\n", ""}, "takeaways"},
		"six takeaways":                 {[]string{"- It ends.\n", "- It ends.\n- It ends.\n- It ends.\n- It ends.\n"}, "takeaways"},
		"a heading without a question":  {[]string{"## What is it?", "## What it is"}, "not a question"},
		"too few sections":              {[]string{"{rates}\n\n## Is there more?\n", ""}, "sections"},
		"no help":                       {[]string{"Soon.\n", ""}, helpHeading},
		"one question":                  {[]string{"### Is it true?\n", ""}, "questions"},
		"an empty answer":               {[]string{"Yes.\n", ""}, "nothing answers"},
		"a heading too deep":            {[]string{"## Is there more?", "#### Is there more?"}, "level"},
		"a heading of the page's own":   {[]string{"## Is there more?", "# Is there more?"}, "level"},
		"text before the questions":     {[]string{"### Is it short?", "First.\n\n### Is it short?"}, "and its first question"},
		"text below the table":          {[]string{"{rates}\n", "{rates}\n\nMore.\n"}, "follows the table"},
		"HTML":                          {[]string{"A lead", "A <b>lead</b>"}, "RawHTML"},
		"a block of HTML":               {[]string{"A lead", "<div>\n</div>\n\nA lead"}, "HTMLBlock"},
		"a picture":                     {[]string{"A lead", "![x](/y.png)"}, "Image"},
		"code":                          {[]string{"A lead", "`x` A lead"}, "CodeSpan"},
		"a rule":                        {[]string{"A lead", "***\n\nA lead"}, "ThematicBreak"},
		"a link that runs":              {[]string{"](/crisis)", "](javascript:alert)"}, "must be a path"},
		"a link without https":          {[]string{"](/crisis)", "](http://example.org)"}, "must be a path"},
		"a link to a protocol's own":    {[]string{"](/crisis)", "](//example.org)"}, "must be a path"},
		"an unknown placeholder":        {[]string{"{benefit clinical-psychologist 50}", "{price clinical-psychologist 50}"}, "unknown placeholder"},
		"a profession without benefits": {[]string{"{benefit clinical-psychologist 50}", "{benefit counsellor 50}"}, "no amount"},
		"a figure without minutes":      {[]string{"{benefit clinical-psychologist 50}", "{benefit clinical-psychologist}"}, "unknown placeholder"},
		"a brace that is no figure":     {[]string{"A lead", "A {Lead} [here]. A lead"}, "brace"},
		"a promise":                     {[]string{"It ends.", "It cures."}, "promises"},
		"treating":                      {[]string{"It ends.", "It treats worry."}, "promises"},
		"specialising":                  {[]string{"It ends.", "People who specialise in it."}, "promises"},
		"hurtful words":                 {[]string{"It ends.", "He committed suicide.", "issues: anxiety", "issues: anxiety\npanel: crisis"}, "Mindframe"},
		"danger without a panel":        {[]string{"It ends.", "I want to die."}, "requires the crisis panel"},
		"an issue with a panel":         {[]string{"issues: anxiety", "issues: family-violence"}, "requires the"},
		"a panel that does not exist":   {[]string{"issues: anxiety", "issues: anxiety\npanel: other"}, "open day and night"},
		"a review before publication":   {[]string{"published: 2026-11-01", "published: 2026-11-05"}, "before it was published"},
		"a review due before it was":    {[]string{"due: 2027-11-02", "due: 2026-11-02"}, "must be due"},
		"a review due too late":         {[]string{"due: 2027-11-02", "due: 2028-11-03"}, "must be due"},
		"a reviewer without a number":   {[]string{"disclosure:", "reviewer: Dr Test Fixture | Psychologist | 12345 | 2026-11-03\ndisclosure:"}, "Ahpra number"},
		"a reviewer too early":          {[]string{"disclosure:", "reviewer: Dr Test Fixture | Psychologist | PSY0009990001 | 2026-10-03\ndisclosure:"}, "before it was published"},
		"four related guides":           {[]string{"disclosure:", "related: a, b, c, d\ndisclosure:"}, "related"},
	} {
		if _, err := Parse("a-sample", plainSample(t, c.pairs...)); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
	if _, err := Parse("a-sample", sample); err == nil {
		t.Error("a tag passes")
	}
	for _, slug := range []string{"", "A", "a_b", "a--b", "-a", "a/b", strings.Repeat("a", 81)} {
		if _, err := Parse(slug, plainSample(t)); err == nil {
			t.Errorf("the slug %q passes", slug)
		}
	}
}

func TestLibraryFindsArticlesBySlug(t *testing.T) {
	a, b := parsed(t), parsed(t, "disclosure:", "related: a-sample\ndisclosure:")
	b.Slug = "another"
	l, err := NewLibrary(a, b)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := l.Get("another"); err != nil || got != b {
		t.Errorf("another is %v, %v", got, err)
	}
	if _, err := l.Get("none"); !errors.Is(err, fault.NotFound) {
		t.Errorf("none is %v", err)
	}
	if all := l.All(); !slices.Equal(all, []*Article{a, b}) {
		t.Errorf("all are %v", all)
	}
	if _, err := NewLibrary(a, a); err == nil {
		t.Error("one slug stands for two articles")
	}
	if _, err := NewLibrary(b); err == nil {
		t.Error("a related guide need not be there")
	}
}

func TestLoadChecksTheOrder(t *testing.T) {
	files := fstest.MapFS{"articles/a-sample.md": {Data: []byte(plainSample(t))},
		"articles/bad.md": {Data: []byte(sample)}}
	if _, err := load(files, []string{"a-sample", "bad"}); err == nil || !strings.Contains(err.Error(), "bad") {
		t.Errorf("a bad file: %v", err)
	}
	delete(files, "articles/bad.md")
	if _, err := load(files, nil); err == nil {
		t.Error("an article that is not listed passes")
	}
	if _, err := load(files, []string{"other"}); err == nil {
		t.Error("a listed article that is not there passes")
	}
	if l, err := load(files, []string{"a-sample"}); err != nil || len(l.All()) != 1 {
		t.Errorf("the one file: %v", err)
	}
}
