package notify

import (
	"regexp"
	"strings"
	"sync"

	"wattle/internal/taxonomy"
)

// careWords are words of health care that no taxonomy list holds.
var careWords = []string{"therap[a-z]*", "counsel[a-z]*", "psych[a-z]*", "mental[a-z]*", "clinic[a-z]*", "health",
	"session[s]?", "consult[a-z]*", "patient", "client", "medicare", "referral", "treatment", "doctor", "dr",
	"social worker", "crisis", "emergency", "suicid[a-z]*", "wellbeing"}

// harmlessLists are taxonomy lists whose words say nothing about a person's health.
var harmlessLists = map[string]bool{"state": true, "language": true, "gender": true, "mode": true, "available": true}

// ambiguousZones are the IANA zones (release 2025b) whose printed names are also words of the lists:
// Australia/ACT, like acceptance and commitment therapy, and NZ-CHAT.
var ambiguousZones = strings.NewReplacer("(ACT time)", "", "(CHAT time)", "")

// healthWords matches every word that would reveal what an appointment is for: professions, issues,
// approaches and client groups with their synonyms, and the general words of care.
var healthWords = sync.OnceValue(func() *regexp.Regexp {
	words := append([]string(nil), careWords...)
	for _, l := range taxonomy.Lists() {
		if harmlessLists[l.Name] {
			continue
		}
		for _, term := range l.All() {
			for _, w := range append([]string{term.Label, strings.ReplaceAll(term.Slug, "-", " ")}, term.Synonyms...) {
				if w = strings.ToLower(strings.TrimSpace(w)); w != "" {
					words = append(words, regexp.QuoteMeta(w))
				}
			}
		}
	}
	return regexp.MustCompile(`(?i)(?:^|[^\pL])(` + strings.Join(words, "|") + `)(?:$|[^\pL])`)
})

// HealthWord returns the first word in s that reveals care, or "". Subjects, previews and calendar
// titles are read on lock screens and in shared calendars, so they must contain none.
func HealthWord(s string) string {
	if m := healthWords().FindStringSubmatch(ambiguousZones.Replace(s)); m != nil {
		return m[1]
	}
	return ""
}
