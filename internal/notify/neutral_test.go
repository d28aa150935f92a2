package notify

import (
	"regexp"
	"strings"
	"testing"

	"wattle/internal/taxonomy"
)

// telling is every word that could tell a passer-by what the appointment is: professions, issues,
// approaches, whom it serves, with their search words, and the words of care as such.
func telling(t *testing.T) *regexp.Regexp {
	t.Helper()
	words := []string{"therap[a-z]*", "counsel[a-z]*", "psych[a-z]*", "mental[a-z]*", "clinic[a-z]*", "health", "session[s]?", "consult[a-z]*",
		"patient", "client", "medicare", "referral", "treatment", "doctor", "dr", "social worker", "crisis", "emergency", "suicid[a-z]*", "wellbeing"}
	add := func(list ...string) {
		for _, w := range list {
			if w = strings.ToLower(strings.TrimSpace(w)); w != "" {
				words = append(words, regexp.QuoteMeta(w))
			}
		}
	}
	for _, l := range taxonomy.Lists() {
		switch l.Name {
		case "state", "language", "gender", "mode", "available":
			continue
		}
		for _, term := range l.All() {
			add(term.Label, strings.ReplaceAll(term.Slug, "-", " "))
			add(term.Synonyms...)
		}
	}
	if len(words) < 300 {
		t.Fatalf("only %d words: the taxonomy is missing", len(words))
	}
	return regexp.MustCompile(`(?i)(^|[^\pL])(` + strings.Join(words, "|") + `)($|[^\pL])`)
}

// P3: subject, sender, preview and calendar title are read by whoever sees the screen.
func TestSubjectSenderPreviewAndCalendarAreNeutral(t *testing.T) {
	bad := telling(t)
	preview := regexp.MustCompile(`(?s)<div class="preview">(.*?)</div>`)
	for _, mode := range []string{"video", "phone", "in-person"} {
		f := facts(t)
		f.Booking.Mode, f.Booking.Note, f.Message = mode, "anxiety", true
		for name, m := range every(t, f) {
			seen := map[string]string{
				"subject": m.Subject, "from": m.From.String(), "preview": preview.FindStringSubmatch(m.HTML)[1], "start of text": start(m.Text, 120),
			}
			if m.ICS != nil {
				_, e := event(t, *m.ICS)
				seen["summary"] = e.one(t, "SUMMARY")
				for _, p := range []string{"DESCRIPTION", "LOCATION"} {
					for _, v := range e.props[p] {
						seen[p] = text(t, v.value)
					}
				}
			}
			for where, words := range seen {
				if hit := bad.FindString(words); hit != "" {
					t.Errorf("%s, %s: %q tells %q", name, where, words, hit)
				}
			}
		}
	}
	for _, control := range []string{"Your therapy session", "Anxiety appointment", "Your OCD booking", "With a psychologist"} {
		if !bad.MatchString(control) {
			t.Errorf("the test would miss %q", control)
		}
	}
}

func start(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		return string(runes[:n])
	}
	return s
}
