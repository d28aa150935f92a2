package taxonomy

import (
	"slices"
	"strings"
	"sync"
	"time"
)

// Panel names a set of crisis services to show.
type Panel string

// The panels. PanelNone shows nothing.
const (
	PanelNone     Panel = ""
	PanelCrisis   Panel = "crisis"   // thoughts of suicide, self-harm, danger
	PanelViolence Panel = "violence" // sexual assault, domestic and family violence
	PanelFooter   Panel = "footer"   // the short line on every page
	PanelEveryone Panel = "everyone" // the page of all services
)

// Service is a crisis service or helpline (domain facts §6).
type Service struct {
	Slug     string
	Name     string
	Number   string // as people write it: "13 11 14"
	Tel      string // for a tel: address, digits only
	Text     string // number for text messages, or ""
	Hours    string
	Whom     string // who it is for
	URL      string // its own site, or ""
	Panels   []Panel
	Verified time.Time // when the number was last checked at a source; zero if never
	Source   string
}

// Href is the address that calls the service.
func (s Service) Href() string { return "tel:" + s.Tel }

// SMSHref is the address that starts a text message, "" if the service takes none.
func (s Service) SMSHref() string {
	if s.Text == "" {
		return ""
	}
	return "sms:" + strings.ReplaceAll(s.Text, " ", "")
}

// AllHours reports whether the service answers day and night.
func (s Service) AllHours() bool { return s.Hours == "24 hours, every day" }

// Services lists the services of a panel, the most urgent first.
func Services(p Panel) []Service {
	var out []Service
	for _, s := range allServices() {
		if slices.Contains(s.Panels, p) {
			out = append(out, s)
		}
	}
	if p == PanelViolence { // emergency, then 1800RESPECT, then the rest
		slices.SortStableFunc(out, func(a, b Service) int { return violenceRank(a) - violenceRank(b) })
	}
	return out
}

func violenceRank(s Service) int {
	switch s.Slug {
	case "emergency":
		return 0
	case "1800respect":
		return 1
	}
	return 2
}

var allServices = sync.OnceValue(func() []Service {
	var out []Service
	for _, r := range rows("services.tsv") {
		s := Service{Slug: r["slug"], Name: r["name"], Number: r["number"], Tel: r["tel"], Text: r["text"],
			Hours: r["hours"], Whom: r["for_whom"], URL: r["url"], Source: r["source"]}
		for _, p := range strings.Fields(r["panels"]) {
			s.Panels = append(s.Panels, Panel(p))
		}
		if r["verified"] != "" {
			s.Verified = date(r["verified"])
		}
		out = append(out, s)
	}
	return out
})

// Crisis reports whether a text speaks of suicide, self-harm or violence, and which panel to show. It
// errs on the side of showing one. Never log or store the text.
func Crisis(text string) (Panel, bool) {
	padded := " " + strings.Join(withoutNeutral(respell(Tokens(text))), " ") + " "
	for _, risk := range riskPhrases() {
		for _, phrase := range risk.phrases {
			if strings.Contains(padded, phrase) {
				return risk.panel, true
			}
		}
	}
	return PanelNone, false
}

type risk struct {
	panel   Panel
	phrases []string // normalised, with a leading space; whole words also end with one
}

// riskPhrases loads risks.tsv; danger to life comes first.
var riskPhrases = sync.OnceValue(func() []risk {
	out := []risk{{panel: PanelCrisis}, {panel: PanelViolence}}
	for _, r := range rows("risks.tsv") {
		for i := range out {
			if string(out[i].panel) == r["panel"] {
				phrase := strings.Join(respell(Tokens(r["phrase"])), " ")
				if r["beginning"] == "" {
					phrase += " "
				}
				out[i].phrases = append(out[i].phrases, " "+phrase)
			}
		}
	}
	return out
})

var neutralPhrases = sync.OnceValue(func() [][]string {
	var out [][]string
	for _, r := range rows("risks.tsv") {
		if r["panel"] == "neutral" {
			out = append(out, Tokens(r["phrase"]))
		}
	}
	return out
})

// withoutNeutral removes figures of speech that contain a risk word ("killing time").
func withoutNeutral(tokens []string) []string {
	out := make([]string, 0, len(tokens))
	for i := 0; i < len(tokens); {
		n := neutralAt(tokens[i:])
		if n == 0 {
			out = append(out, tokens[i])
			n = 1
		}
		i += n
	}
	return out
}

func neutralAt(tokens []string) int {
	for _, phrase := range neutralPhrases() {
		if len(phrase) <= len(tokens) && slices.Equal(phrase, tokens[:len(phrase)]) {
			return len(phrase)
		}
	}
	return 0
}
