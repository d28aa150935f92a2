package site

import (
	"net/url"
	"strconv"
	"strings"
	"testing"
	"wattle/internal/search/match"
)

func TestAMatchListsMetAndMissedPreferences(t *testing.T) {
	s := newSite(t)
	s.crowded(3)
	v := s.visitor(t).open("/match").sees(200, "Seven questions", "How the order comes about", "Each thing you named that is a focus of theirs")
	f := v.form("Show who may suit me").set("issue", "grief").set("budget", "500").set("type", "psychiatrist").set("state", "nsw")
	f.send().sees(200, "People who may suit you", "Helps with grief", "a session", "In New South Wales", "Not met:", "Counsellor, another profession than you prefer")
	if u := v.page.Request.URL.String(); strings.Contains(u, "grief") || strings.Contains(u, "?") {
		t.Errorf("the answers stand in the address %s", u)
	}
	if strings.Contains(v.page.text, "?from=") {
		t.Error("a card leads on with the answers in its address")
	}
	if got := v.page.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("the answers may be kept: %s", got)
	}
	again := v.form("Show who may suit me")
	if again.values.Get("issue") != "grief" || again.values.Get("budget") != "500" {
		t.Errorf("the answers are not kept for changing: %v", again.values)
	}
}

func TestEveryMatchQuestionIsOptional(t *testing.T) {
	s := newSite(t)
	s.visitor(t).show(s.postForm("/match", url.Values{})).sees(200, "People who may suit you")
	s.visitor(t).show(s.postForm("/match", url.Values{"format": {"group"}, "mode": {"phone"}})).sees(200, "Nobody fits what must fit", "Change how you meet")
}

func TestAMatchErrorIsShownInItsForm(t *testing.T) {
	s := newSite(t)
	for _, c := range []struct{ field, value string }{{"budget", "lots"}, {"issue", "nonsense"}, {"state", "uk"}, {"language", "<b>"}} {
		v := s.visitor(t).show(s.postForm("/match", url.Values{c.field: {c.value}, "gender": {"woman"}}))
		v.sees(422, "There is a problem")
		if f := v.form("Show who may suit me"); f.values.Get("gender") != "woman" {
			t.Errorf("%s: the other answers are gone: %v", c.field, f.values)
		}
	}
}

func TestAMatchShowsCrisisLinesFirst(t *testing.T) {
	s := newSite(t)
	s.visitor(t).show(s.postForm("/match", url.Values{"issue": {"suicidal-thoughts"}})).sees(200, "13 11 14", "People who may suit you")
}

func TestAMatchShowsOnlyListedPeople(t *testing.T) {
	s := newSite(t)
	for _, slug := range hidden {
		if text := s.postForm("/match", url.Values{}).want(t, 200).text; strings.Contains(text, slug) {
			t.Errorf("%s is shown", slug)
		}
	}
}

func TestAMatchWritesNothing(t *testing.T) {
	s := newSite(t)
	rows := func() (n int) {
		for _, table := range []string{"outbox_tasks", "audit_entries", "bookings", "clients", "rate_limits", "dev_mails"} {
			n += s.count(`SELECT count(*) FROM ` + table)
		}
		return n
	}
	before := rows()
	s.postForm("/match", url.Values{"issue": {"grief"}}).want(t, 200)
	if after := rows(); after != before {
		t.Errorf("%d rows were written", after-before)
	}
	if strings.Contains(s.log.String(), "grief") {
		t.Error("the answers are logged")
	}
}

func TestTheRuleOnThePageIsTheRule(t *testing.T) {
	text := newSite(t).get("/match").want(t, 200).text
	for _, w := range match.Weights() {
		if !strings.Contains(text, "<td>"+w.What+"</td><td class=\"num\">"+strconv.Itoa(w.Points)+"</td>") {
			t.Errorf("the page does not say %+v", w)
		}
	}
}
