package view_test

import (
	"bytes"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"wattle/internal/fault"
	"wattle/internal/money"
	"wattle/internal/view"
	"wattle/internal/view/viewtest"
)

func gallery(t *testing.T, change func(*view.Gallery)) string {
	t.Helper()
	set := newSet(t)
	page := view.Parse[view.Gallery](set, "dev/components")
	if err := set.Err(); err != nil {
		t.Fatal(err)
	}
	g, err := view.NewGallery()
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		change(&g)
	}
	var b bytes.Buffer
	if err := page.Render(&b, g); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestTheQuickExitIsFirst(t *testing.T) {
	html := gallery(t, nil)
	first := regexp.MustCompile(`<(a|button|input|select|textarea|summary)\b[^>]*>`).FindString(html[strings.Index(html, "<body"):])
	if !strings.Contains(first, "data-exit") || !strings.Contains(first, "noreferrer") {
		t.Errorf("the first control is %s", first)
	}
}

func TestNoPageCarriesInlineStyleOrScript(t *testing.T) {
	html := gallery(t, nil)
	for _, bad := range []string{`<style`, ` style="`, ` onclick`, ` hx-on`, `javascript:`} {
		if strings.Contains(html, bad) {
			t.Errorf("the gallery contains %q", bad)
		}
	}
	for _, tag := range regexp.MustCompile(`<script[^>]*>`).FindAllString(html, -1) {
		if !strings.Contains(tag, `src="/static/`) || !strings.Contains(tag, `integrity="sha384-`) {
			t.Errorf("%s", tag)
		}
	}
}

func TestIDsAreUniqueAndReferencesResolve(t *testing.T) {
	html := gallery(t, nil)
	ids := map[string]bool{}
	for _, m := range regexp.MustCompile(` id="([^"]+)"`).FindAllStringSubmatch(html, -1) {
		if ids[m[1]] {
			t.Errorf("id %q stands twice", m[1])
		}
		ids[m[1]] = true
	}
	for _, m := range regexp.MustCompile(` (?:for|aria-labelledby|aria-describedby)="([^"]+)"`).FindAllStringSubmatch(html, -1) {
		for id := range strings.FieldsSeq(m[1]) {
			if !ids[id] {
				t.Errorf("nothing has the id %q", id)
			}
		}
	}
	for _, m := range regexp.MustCompile(`<li><a href="#(f-[^"]+)">`).FindAllStringSubmatch(html, -1) {
		if !ids[m[1]] {
			t.Errorf("an error links to %q, which does not exist", m[1])
		}
	}
}

func TestTypedTextIsEscaped(t *testing.T) {
	html := gallery(t, func(g *view.Gallery) {
		g.Form.Values.Set("name", `"><script>alert(1)</script>`)
		g.Cards[0].Name = `<img src=x onerror=alert(1)>`
		g.Chrome.Title = `</title><script>`
	})
	if strings.Contains(html, "<script>") || strings.Contains(html, "<img src=x") {
		t.Error("markup got through")
	}
}

func TestAFailedPageIsNotWritten(t *testing.T) {
	files := fstest.MapFS{
		"pages/half.html": {Data: []byte(`<p>before</p>{{index .Names 3}}`)},
		"pages/gone.html": {Data: []byte(`{{nothing}}`)},
	}
	set, err := view.NewSet(files, newAssets(t))
	if err != nil {
		t.Fatal(err)
	}
	type data struct{ Names []string }
	half := view.Parse[data](set, "half")
	var b bytes.Buffer
	if err := half.Render(&b, data{}); err == nil || b.Len() != 0 {
		t.Errorf("a failing page wrote %q (%v)", b.String(), err)
	}
	if err := view.Parse[data](set, "gone").Render(&b, data{}); err == nil || set.Err() == nil {
		t.Error("a page that cannot be parsed went unnoticed")
	}
}

// A checker that cannot fail proves nothing.
func TestTheCheckerFindsFaults(t *testing.T) {
	for name, text := range map[string]string{"field": `{{.Nmae}}`, "method": `{{(.Form.Text "a" "b").Hnit "x"}}`, "partial": `{{template "notice" .Form}}`} {
		files := fstest.MapFS{"pages/p.html": {Data: []byte(text)}, "partials/notice.html": {Data: []byte(`{{.Title}}`)}}
		set, err := view.NewSet(files, newAssets(t))
		if err != nil {
			t.Fatal(err)
		}
		type data struct {
			Name string
			Form view.Form
		}
		view.Parse[data](set, "p")
		if len(viewtest.Problems(set)) == 0 {
			t.Errorf("a wrong %s passed the check: %s", name, text)
		}
	}
}

func TestUnknownIconsAndFilesFailThePage(t *testing.T) {
	for _, text := range []string{`{{icon "no-such"}}`, `{{art "no-such"}}`, `{{asset "no/such.css"}}`} {
		set, err := view.NewSet(fstest.MapFS{"pages/p.html": {Data: []byte(text)}}, newAssets(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := view.Parse[struct{}](set, "p").Render(&bytes.Buffer{}, struct{}{}); err == nil {
			t.Errorf("%s was rendered", text)
		}
	}
}

func TestAFormKeepsValuesAndErrors(t *testing.T) {
	f := view.FormOf(url.Values{"email": {"sam@"}, "modes": {"video", "phone"}}, fault.FieldError("email", "Enter an e-mail address"))
	if !f.Failed() || f.Error("email") == "" || f.Email("email", "E-mail").Value != "sam@" {
		t.Errorf("the form forgot: %+v", f)
	}
	modes := f.Checks("modes", "Modes", view.Options("video", "Video", "phone", "Phone", "in-person", "In person"))
	if !modes.Choices[0].On || !modes.Choices[1].On || modes.Choices[2].On || modes.Choices[0].ID != f.Anchor("modes") {
		t.Errorf("choices %+v", modes.Choices)
	}
	if view.FormOf(nil, errors.New("disk full")).Failed() {
		t.Error("an internal error reached the form")
	}
}

func TestTimesAreGroupedByDayAndPart(t *testing.T) {
	zone := time.FixedZone("AEDT", 11*3600)
	at := func(day, hour, minute int) time.Time { return time.Date(2026, 12, day, hour, minute, 0, 0, zone) }
	days := view.GroupTimes([]time.Time{at(1, 9, 0), at(1, 11, 59), at(1, 12, 0), at(1, 17, 0), at(2, 16, 59)}, nil, "2026-12-01T17:00:00+11:00")
	var got []string
	for _, d := range days {
		for _, p := range d.Parts {
			for _, c := range p.Times {
				line := view.Day(d.Day) + " " + p.Label + " " + view.Clock(c.Start)
				if c.On {
					line += " *"
				}
				got = append(got, line)
			}
		}
	}
	want := "Tue 1 Dec Morning 9:00 am|Tue 1 Dec Morning 11:59 am|Tue 1 Dec Afternoon 12:00 pm|Tue 1 Dec Evening 5:00 pm *|Wed 2 Dec Afternoon 4:59 pm"
	if strings.Join(got, "|") != want {
		t.Errorf("got %s", strings.Join(got, "|"))
	}
}

func TestPagesAroundTheCurrentOne(t *testing.T) {
	for _, c := range []struct {
		page, pages int
		want        string
	}{{1, 1, "[1]"}, {1, 3, "[1] 2 3"}, {4, 12, "1 … 3 [4] 5 … 12"}, {3, 5, "1 2 [3] 4 5"}, {12, 12, "1 … 11 [12]"}} {
		p := view.NewPagination(c.page, c.pages, func(int) string { return "/" })
		var got []string
		for _, l := range p.Links {
			if l.Current {
				l.Text = "[" + l.Text + "]"
			}
			got = append(got, l.Text)
		}
		if s := strings.Join(got, " "); s != c.want || (p.Prev == "") != (c.page == 1) || (p.Next == "") != (c.page == c.pages) {
			t.Errorf("page %d of %d: %s, want %s", c.page, c.pages, s, c.want)
		}
	}
}

func TestPlainWords(t *testing.T) {
	at := time.Date(2026, 12, 1, 17, 0, 0, 0, time.FixedZone("AEDT", 11*3600))
	lead, rest := view.SplitBio("One sentence here. And a second one that is longer.", 30)
	for got, want := range map[string]string{
		view.When(at): "Tue 1 Dec, 5:00 pm", view.WhenLong(at): "Tuesday 1 December 2026, 5:00 pm", view.DayLong(at): "Tuesday 1 December",
		view.Date(at): "1 December 2026", view.Date(time.Time{}): "", view.ISODate(at): "2026-12-01",
		view.Count(1, "place", "places"): "1 place", view.Count(1204, "place", "places"): "1,204 places", view.Number(-1204): "-1,204", view.Number(999): "999",
		view.JoinAnd([]string{"a", "b", "c"}): "a, b and c", view.JoinAnd([]string{"a"}): "a", view.JoinAnd(nil): "",
		view.ID("Zoë’s “Café” 2"): "zo-s-caf-2", view.ID("a.b[c]"): "a-b-c",
		money.Cents(7845).String(): "$78.45", lead + "|" + rest: "One sentence here.|And a second one that is longer.",
		view.Portrait{Name: "Dr Maya van Okafor"}.Initials(): "MO", view.Portrait{Name: "Cher"}.Initials(): "C",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestCrisisNumbersAreDialable(t *testing.T) {
	want := map[string]string{"Emergency": "tel:000", "Lifeline": "tel:131114", "1800RESPECT": "tel:1800737732", "13YARN": "tel:139276", "Kids Helpline": "tel:1800551800"}
	for _, l := range view.CrisisLines() {
		if w := want[l.Name]; w != "" && string(l.Tel()) != w {
			t.Errorf("%s: %s, want %s", l.Name, l.Tel(), w)
		}
		if !regexp.MustCompile(`^tel:\d{3,10}$`).MatchString(string(l.Tel())) {
			t.Errorf("%s: %s", l.Name, l.Tel())
		}
	}
}
