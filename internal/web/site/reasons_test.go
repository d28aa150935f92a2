package site

import (
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	"wattle/internal/search"
)

var (
	cardOfPage = regexp.MustCompile(`(?s)<article class="card therapist">.*?</article>`)
	lineOfCard = regexp.MustCompile(`<p class="why"><svg[^>]*><use[^>]*></svg><span>([^<]*)</span></p>`)
)

// Each card says in one line why it is there, and the API gives the same reasons for the same people.
func TestEachResultSaysWhyItIsThere(t *testing.T) {
	s := newSite(t)
	for query, want := range map[string][]string{
		"":                                   {},
		"sort=price":                         {},
		"state=vic":                          {"In Victoria"},
		"issue=anxiety&state=vic":            {"Helps with anxiety"},
		"issue=sleep&state=vic":              {"Also works with sleep"},
		"language=arabic&max_fee=150":        {"Speaks Arabic · Within $150"},
		"max_fee=90":                         {"A reduced place within $90"},
		"available=weekend&reduced=true":     {"Free on Sat"},
		"q=okafor&understand=false":          {"Found by name"},
		"q=anxiety+okafor&understand=false":  {"Found by name", "Helps with anxiety · Found by name"},
		"near=newtown+nsw+2042&within_km=50": {"Within 50 km of Newtown NSW 2042"},
	} {
		page := s.get("/therapists?"+query).want(t, 200)
		var shown [][]string
		for _, card := range cardOfPage.FindAllString(page.text, -1) {
			lines := lineOfCard.FindAllStringSubmatch(card, -1)
			if len(lines) != min(1, len(want)) || strings.Count(card, `class="why"`) != len(lines) {
				t.Errorf("%q: a card has %d lines: %s", query, len(lines), card)
				continue
			}
			if len(lines) == 0 {
				continue
			}
			line := html.UnescapeString(lines[0][1])
			if !slices.ContainsFunc(want, func(w string) bool { return strings.HasPrefix(line, w) }) {
				t.Errorf("%q: a card says %q, want %q", query, line, want)
			}
			shown = append(shown, strings.Split(line, " · "))
		}
		var told [][]string
		for _, r := range s.api("/therapists?" + query)["results"].([]any) {
			var list []string
			for _, m := range listOf(r.(map[string]any)["matched"]) {
				list = append(list, m.(string))
			}
			if len(list) > search.MaxReasons {
				t.Errorf("%q: %d reasons", query, len(list))
			}
			if list != nil {
				told = append(told, list)
			}
		}
		if !slices.EqualFunc(shown, told, slices.Equal) {
			t.Errorf("%q: the page says %q, the API %q", query, shown, told)
		}
		if len(want) > 0 && len(shown) == 0 {
			t.Errorf("%q: nobody is shown", query)
		}
	}
}

func listOf(v any) []any {
	list, _ := v.([]any)
	return list
}
