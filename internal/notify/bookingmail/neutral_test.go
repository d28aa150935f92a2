package bookingmail

import (
	"regexp"
	"testing"

	"wattle/internal/notify"
)

// P3: anyone near the screen can read the subject, sender, preview and calendar title.
func TestSubjectSenderPreviewAndCalendarAreNeutral(t *testing.T) {
	preview := regexp.MustCompile(`(?s)<div class="preview">(.*?)</div>`)
	for _, mode := range []string{"video", "phone", "in-person"} {
		f := facts(t)
		f.Booking.Mode, f.Booking.Note, f.Message = mode, "anxiety", true
		for name, m := range every(t, f) {
			seen := map[string]string{
				"subject": m.Subject, "from": m.From.String(), "preview": preview.FindStringSubmatch(m.HTML)[1], "start of text": start(m.Text, 120),
			}
			for _, a := range m.Attachments {
				_, e := event(t, a)
				seen["summary"] = e.one(t, "SUMMARY")
				for _, p := range []string{"DESCRIPTION", "LOCATION"} {
					for _, v := range e.props[p] {
						seen[p] = text(t, v.value)
					}
				}
			}
			for where, words := range seen {
				if hit := notify.HealthWord(words); hit != "" {
					t.Errorf("%s, %s: %q reveals %q", name, where, words, hit)
				}
			}
		}
	}
}

func start(s string, n int) string {
	if runes := []rune(s); len(runes) > n {
		return string(runes[:n])
	}
	return s
}
