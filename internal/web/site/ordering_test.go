package site

import (
	"html"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"wattle/internal/search"
	"wattle/internal/search/match"
	"wattle/internal/web"
)

// The page that explains the order is printed from what decides: every order of the menu, every weight
// of the match, and the figures.
func TestThePublishedRuleComesFromTheCode(t *testing.T) {
	s := newSite(t)
	text := html.UnescapeString(s.get(web.OrderPath).want(t, 200, "Nobody can pay for a place", "Equals take turns", "Ask a person").text)
	for _, rule := range search.SortRules() {
		for _, words := range append([]string{"<h3>" + rule.Name + "</h3>"}, rule.By...) {
			if !strings.Contains(text, words) {
				t.Errorf("it does not say %q", words)
			}
		}
	}
	for _, w := range match.Weights() {
		if !strings.Contains(text, "<td>"+w.What+`</td><td class="num">`+strconv.Itoa(w.Points)+"</td>") {
			t.Errorf("it does not print %+v", w)
		}
	}
	for _, figure := range []string{"within 25 km", "of 5 letters or more, two from 9 letters on", "midnight in Sydney", "up to 3 of the things", "cheaper by $10 or more", "the 50 nearest", "people in the state you chose"} {
		if !strings.Contains(text, figure) {
			t.Errorf("it does not say %q", figure)
		}
	}
}

// The rule can be reached from where it is used, and the privacy policy tells of it.
func TestResultsLinkToTheOrderingRule(t *testing.T) {
	s := newSite(t)
	link := `href="` + web.OrderPath
	for _, path := range []string{"/therapists", "/therapists/nsw", "/therapists?issue=anxiety", "/match", "/privacy"} {
		main := regexp.MustCompile(`(?s)<main.*</main>`).FindString(s.get(path).want(t, 200).text)
		if !strings.Contains(main, link) {
			t.Errorf("%s does not lead to the rule", path)
		}
	}
	s.get("/privacy").want(t, 200, "Australian Privacy Principles 1.7 to 1.9", `id="decisions"`, "Who is found, and in which order", "Who may suit you", "free times", "the words you type", "their own words about themselves", "stands in the address of the page", "Whether a booking goes through", "the bookings you have")
	s.get("/sitemaps/pages.xml").want(t, 200, web.OrderPath)
	anchors := s.get(web.OrderPath).text
	for _, id := range []string{"match", "person"} {
		if !strings.Contains(anchors, `id="`+id+`"`) {
			t.Errorf("nothing is called %q", id)
		}
	}
}

// Whoever asks whether something was unfair is told where to write.
func TestAPersonCanBeAsked(t *testing.T) {
	s := newSite(t)
	s.web.Corrections = ""
	s.get(web.OrderPath).want(t, 200, "at the address in their mails")
	s.web.Corrections = "people@directory.example"
	s.get(web.OrderPath).want(t, 200, `<a href="mailto:people@directory.example">`)
}
