package taxonomy

import (
	"slices"
	"strings"
	"testing"
)

func TestCrisisPhrasesShowAPanel(t *testing.T) {
	for _, c := range []struct {
		text string
		want Panel
	}{
		{"suicide", PanelCrisis}, {"Suicidal", PanelCrisis}, {"suicidal thoughts psychologist", PanelCrisis}, {"suicde", PanelCrisis},
		{"kill myself", PanelCrisis}, {"i want to kill my self", PanelCrisis}, {"killing myself", PanelCrisis}, {"self harm", PanelCrisis},
		{"self-harm", PanelCrisis}, {"selfharm", PanelCrisis}, {"cutting", PanelCrisis}, {"cutting myself", PanelCrisis},
		{"end it all", PanelCrisis}, {"I want to END IT ALL!!!", PanelCrisis}, {"want to die", PanelCrisis}, {"i wanna die", PanelCrisis},
		{"don't want to live anymore", PanelCrisis}, {"I dont want to be here", PanelCrisis}, {"better off dead", PanelCrisis},
		{"no reason to live", PanelCrisis}, {"overdose", PanelCrisis}, {"unalive", PanelCrisis}, {"suicide prevention training", PanelCrisis},
		{"husband hits me and I want to die", PanelCrisis}, {"hurt my baby", PanelCrisis},
		{"being hit", PanelViolence}, {"my partner hits me", PanelViolence}, {"he choked me", PanelViolence}, {"rape", PanelViolence},
		{"raped", PanelViolence}, {"sexual assault counsellor", PanelViolence}, {"sexual assult", PanelViolence}, {"dv", PanelViolence},
		{"DFV", PanelViolence}, {"domestic violence", PanelViolence}, {"abusive husband", PanelViolence}, {"scared of my partner", PanelViolence},
		{"coercive control", PanelViolence}, {"not safe at home", PanelViolence}, {"stalking me", PanelViolence},
		{"killing time", PanelNone}, {"food to die for", PanelNone}, {"cutting down drinking", PanelNone}, {"hit me up", PanelNone},
		{"grapefruit", PanelNone}, {"anxiety", PanelNone}, {"psychologist newtown", PanelNone}, {"grape", PanelNone}, {"therapist", PanelNone},
		{"fear of dying", PanelNone}, {"hitting the gym", PanelNone}, {"", PanelNone},
	} {
		got, ok := Crisis(c.text)
		if got != c.want || ok != (c.want != PanelNone) {
			t.Errorf("%q shows %q, want %q", c.text, got, c.want)
		}
	}
}

func TestIssuesWithAPanelAreRiskWords(t *testing.T) {
	for _, term := range Issues.All() {
		if term.Panel == PanelNone {
			continue
		}
		for _, text := range append([]string{term.Label, term.Slug}, term.Synonyms...) {
			if text == "gaslighting" {
				continue // no cry for help by itself
			}
			if _, ok := Crisis(text); !ok {
				t.Errorf("%q of %s shows no panel", text, term.Slug)
			}
		}
	}
}

func TestRiskTableIsValid(t *testing.T) {
	for _, r := range rows("risks.tsv") {
		if !slices.Contains([]string{"crisis", "violence", "neutral"}, r["panel"]) || Normalise(r["phrase"]) != r["phrase"] || r["phrase"] == "" {
			t.Errorf("%v", r)
		}
	}
}

func TestEveryServiceHasANumberAndASource(t *testing.T) {
	for _, s := range allServices() {
		if s.Name == "" || s.Whom == "" || s.Hours == "" || s.Source == "" || len(s.Panels) == 0 {
			t.Errorf("%+v", s)
		}
		if s.Tel != strings.ReplaceAll(s.Number, " ", "") || strings.Trim(s.Tel, "0123456789") != "" {
			t.Errorf("%s: %q does not call %q", s.Name, s.Tel, s.Number)
		}
		if s.URL != "" && !strings.HasPrefix(s.URL, "https://") {
			t.Errorf("%s: %s", s.Name, s.URL)
		}
	}
}

// The numbers of domain facts §6. 1800RESPECT's last digits are 732, whatever one page prints.
func TestNumbersOfTheCrisisServices(t *testing.T) {
	want := map[string]string{
		"emergency": "000", "lifeline": "131114", "suicide-call-back": "1300659467", "13yarn": "139276", "1800respect": "1800737732",
		"beyond-blue": "1300224636", "kids-helpline": "1800551800", "mensline": "1300789978", "qlife": "1800184527",
		"headspace": "1800650890", "sane": "1800187263", "blue-knot": "1300657380", "aod-hotline": "1800250015",
		"nsw-mental-health-line": "1800011511", "medicare-mental-health": "1800595212", "panda": "1300726306",
		"butterfly": "1800334673", "open-arms": "1800011046", "tis": "131450",
	}
	got := map[string]string{}
	for _, s := range Services(PanelEveryone) {
		got[s.Slug] = s.Tel
	}
	for slug, tel := range want {
		if got[slug] != tel {
			t.Errorf("%s is %q, want %q", slug, got[slug], tel)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d services, want %d", len(got), len(want))
	}
}

// Mindframe: at least two services open day and night, and one that answers in writing.
func TestPanelsFollowMindframe(t *testing.T) {
	for _, p := range []Panel{PanelCrisis, PanelViolence, PanelFooter, PanelEveryone} {
		day, online := 0, 0
		for _, s := range Services(p) {
			if s.AllHours() {
				day++
			}
			if s.URL != "" || s.Text != "" {
				online++
			}
		}
		if day < 2 || online < 1 || Services(p)[0].Slug != "emergency" {
			t.Errorf("%s: %d round the clock, %d online", p, day, online)
		}
	}
	if Services(PanelViolence)[1].Slug != "1800respect" {
		t.Error("1800RESPECT comes right after the emergency number")
	}
	if Services(PanelNone) != nil {
		t.Error("no panel, no services")
	}
	if s := Services(PanelCrisis)[1]; s.Href() != "tel:131114" || s.SMSHref() != "sms:0477131114" {
		t.Errorf("%s, %s", s.Href(), s.SMSHref())
	}
}
