package site

import (
	"net/url"
	"strings"
	"testing"
)

func TestTheSearchBoxIsCompletedFromOurOwnServer(t *testing.T) {
	s := newSite(t)
	a := s.get("/suggest?q=anx").want(t, 200, `role="option"`, `data-text="Anxiety"`, "Helps with")
	if got := a.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("Cache-Control: %s", got)
	}
	if strings.Contains(a.text, "<html") {
		t.Error("the answer is a whole page")
	}
	s.get("/suggest?q=okaf").want(t, 200, `data-href="/therapist/ben-okafor"`, "Ben Okafor", "Counsellor, Carlton VIC")
	s.get("/suggest?q=anxiety+in+carlton+v").want(t, 200, `data-text="anxiety in Carlton Vic 3053"`)
	for _, q := range []string{"", "a", "zzzzzz", strings.Repeat("x", 5000), "%ff%00", url.QueryEscape(`"><script>`)} {
		if a := s.get("/suggest?q="+q).want(t, 200); strings.Contains(a.text, "option") || strings.Contains(a.text, "<script>") {
			t.Errorf("%q is completed to %s", q, a.text)
		}
	}
}

func TestOnlyListedPeopleAreCompleted(t *testing.T) {
	s := newSite(t)
	for _, q := range []string{"dev", "paused", "una", "unlisted", "dora", "draft"} {
		if a := s.get("/suggest?q=" + q); strings.Contains(a.text, "/therapist/") {
			t.Errorf("%q is completed to %s", q, a.text)
		}
	}
}

func TestCrisisWordsCompleteOnlyToTheCrisisPage(t *testing.T) {
	s := newSite(t)
	for _, q := range []string{"suicid", "kill+myself", "self+harm", "sexual+assault"} {
		a := s.get("/suggest?q="+q).want(t, 200, `data-href="/crisis"`)
		if strings.Count(a.text, `role="option"`) != 1 {
			t.Errorf("%q is completed to %s", q, a.text)
		}
	}
}

func TestSearchBoxTextIsNotLogged(t *testing.T) {
	s := newSite(t)
	s.get("/suggest?q=zyxtyping")
	if log := s.log.String(); strings.Contains(log, "zyxtyping") || !strings.Contains(log, `"route":"/suggest"`) {
		t.Errorf("the log: %s", log)
	}
}
