package site

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestWordsBecomeVisibleFilters(t *testing.T) {
	s := newSite(t)
	said := "anxiety therapist near Newtown NSW under $100"
	v := s.visitor(t).open("/therapists?q="+url.QueryEscape(said)).
		sees(200, "We understood “"+said+"” as", "Anxiety", "Near Newtown NSW 2042", "Up to $100", "Search these words as they stand instead", "1 therapist")
	if strings.Contains(v.page.text, "Active filters") || !strings.Contains(v.page.text, `name="robots" content="noindex"`) {
		t.Error("what was understood stands twice, or search engines may keep it")
	}
	v.follow("Up to $100").sees(200, "3 therapists").lacks("We understood", "Up to $100")
	v.open("/therapists?q="+url.QueryEscape(said)).follow("Search these words as they stand instead").
		sees(200, "We search for “"+said+"” exactly as it stands", "["+said+"]").lacks("We understood")
	if got := v.form("Show").values.Get("understand"); got != "false" {
		t.Errorf("the form would send understand=%q", got)
	}
	v.follow("Read it as filters instead").sees(200, "We understood “"+said+"” as")
}

func TestTheFormSendsWhatWasUnderstoodAsFilters(t *testing.T) {
	s := newSite(t)
	v := s.visitor(t).open("/").form("Show therapists").set("q", "counsellor who speaks arabic okafor").send().sees(200, "1 therapist", "Ben Okafor", "“okafor”")
	f := v.form("Show")
	if f.values.Get("q") != "okafor" || f.values.Get("type") != "counsellor" || f.values.Get("language") != "arabic" {
		t.Errorf("the form holds %v", f.values)
	}
	f.send().sees(200, "1 therapist", "Counsellor", "Arabic").lacks("We understood")
}

func TestChosenFiltersStayOnThePage(t *testing.T) {
	s := newSite(t)
	s.visitor(t).open("/therapists?state=nsw&max_fee=300&q=anxiety+under+100").
		sees(200, "3 therapists", "your choice stays and “under 100” was left out", "Up to $300").lacks("Up to $100")
}

func TestAnAmbiguousSuburbAsksWhichOne(t *testing.T) {
	s := newSite(t)
	v := s.visitor(t).open("/therapists?q=anxiety+near+newtown").sees(200, "Which place do you mean?", "We did not guess", "Newtown NSW 2042")
	v.follow("Newtown NSW 2042").sees(200, "3 therapists", "Near Newtown NSW 2042", "Anxiety").lacks("Which place")
}

func TestNamesAndCrisisWordsAreNotRead(t *testing.T) {
	s := newSite(t)
	s.visitor(t).open("/therapists?q=Ben+Okafor").sees(200, "Ben Okafor").lacks("We understood", "exactly as it stands")
	s.visitor(t).open("/therapists?q=anxiety+suicidal+under+100").sees(200, "13 11 14").lacks("We understood")
	s.visitor(t).open("/therapists?q=Ben+Okafor&understand=false").sees(200, "Ben Okafor").lacks("as filters instead")
}

func TestUnderstoodWordsAreNotLogged(t *testing.T) {
	s := newSite(t)
	s.get("/therapists?q=" + url.QueryEscape("anxiety in carlton vic zyxwords"))
	s.get("/api/v1/therapists?understand=true&q=" + url.QueryEscape("anxiety in carlton vic zyxwords"))
	for _, word := range []string{"zyxwords", "anxiety", "carlton"} {
		if strings.Contains(strings.ToLower(s.log.String()), word) {
			t.Errorf("the log holds %q", word)
		}
	}
}

func TestTheAPIUnderstandsWhenAsked(t *testing.T) {
	s := newSite(t)
	q := url.QueryEscape("counsellor arabic okafor under $150")
	if r := s.api("/therapists?q=" + q); r["understood"] != nil || len(r) != 6 {
		t.Errorf("unasked it answers %v", r["understood"])
	}
	r := s.api("/therapists?understand=true&q=" + q)
	if r["total"] != 1.0 || !slices.Equal(slugsOf(r), []string{"ben-okafor"}) || dig(r, "understood", "q") != "okafor" {
		t.Errorf("%v of %v", r["understood"], r["total"])
	}
	query := url.Values{"q": {"okafor"}}
	for _, x := range dig(r, "understood", "filters").([]any) {
		if dig(x, "label") == "" || dig(x, "words") == "" {
			t.Errorf("the filter %v", x)
		}
		query.Add(dig(x, "name").(string), dig(x, "value").(string))
	}
	if query.Get("max_fee") != "150" || query.Get("language") != "arabic" || query.Get("type") != "counsellor" {
		t.Errorf("understood %v", query)
	}
	if by := s.api("/therapists?" + query.Encode()); by["total"] != 1.0 {
		t.Errorf("asked by its filters it finds %v", by["total"])
	}
	r = s.api("/therapists?understand=true&q=newtown")
	if list := dig(r, "understood", "choices").([]any); len(list) < 2 || dig(list[0], "near") == "" {
		t.Errorf("the choices are %v", list)
	}
	s.get("/api/v1/therapists?understand=perhaps").want(t, 400, "understand")
	if r := s.api("/therapists?understand=true"); dig(r, "understood", "q") != "" {
		t.Errorf("without words: %v", r["understood"])
	}
}
