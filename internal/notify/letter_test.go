package notify

import (
	"net/mail"
	"strings"
	"testing"
	"time"

	"wattle/templates"
)

const base = "https://wattle.example"

func layout(t *testing.T) *Layout {
	t.Helper()
	site, err := NewSite(base, "Wattle <hello@wattle.example>")
	if err != nil {
		t.Fatal(err)
	}
	y, err := NewLayout(site, templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	return y
}

// signInLetter is a letter that has nothing to do with a booking.
func signInLetter(account string) Letter {
	return Letter{
		Key:     Key{About: "0190-attempt", Kind: "sign-in", Version: 1, Recipient: account},
		To:      mail.Address{Address: "jo@people.example"},
		Date:    time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC),
		Subject: "Your Wattle code", Preview: "It works for 15 minutes.",
		Title: "Your code to sign in", Code: "482913",
		Lead:    []string{"Type it where you asked to sign in."},
		Rows:    []Row{{Label: "Asked from", Value: "Firefox on <Linux>"}},
		Buttons: []Button{{Label: "Sign in", URL: base + "/sign-in?t=token"}},
		Body:    []string{"If you did not ask for this, do nothing."},
		Reason:  "You get this e-mail because this address was used to sign in.",
	}
}

func signIn(t *testing.T, account string) Message {
	t.Helper()
	m, err := layout(t).Compose(signInLetter(account))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestALetterWithoutABookingIsComposedAndPostedOnce(t *testing.T) {
	m := signIn(t, "account-7")
	for _, want := range []string{
		"482913", "Your code to sign in", "Type it where you asked", "/sign-in?t=token", "do nothing", "used to sign in",
	} {
		if !strings.Contains(m.Text, want) || !strings.Contains(m.HTML, want) {
			t.Errorf("%q is missing from a part:\n%s", want, m.Text)
		}
	}
	if !strings.Contains(m.HTML, "Firefox on &lt;Linux&gt;") ||
		!strings.Contains(m.Text, "Asked from: Firefox on <Linux>") {
		t.Error("a value must be escaped in the HTML part only")
	}
	if strings.Contains(m.Text, "emergency") || m.ReplyTo != nil || m.Attachments != nil {
		t.Error("a letter gets only what it asks for")
	}
	if m.Key != "0190-attempt/sign-in/1/account-7" ||
		!strings.HasSuffix(m.ID, "@wattle.example") || strings.Contains(m.ID, "0190") {
		t.Errorf("key %q, Message-ID %q", m.Key, m.ID)
	}
	s := &server{}
	p, _ := post(t, s)
	for range 2 {
		if err := p.Deliver(t.Context(), m); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.accepted) != 1 || s.accepted[0] != m.ID {
		t.Errorf("accepted %v", s.accepted)
	}
}

func TestCrisisLinesAreLinkedNumbers(t *testing.T) {
	l := signInLetter("account-7")
	l.CrisisLines = true
	m, err := layout(t).Compose(l)
	if err != nil || !strings.Contains(m.Text, "Lifeline 13 11 14") ||
		!strings.Contains(m.HTML, `href="tel:13-11-14"`) {
		t.Errorf("%v\n%s", err, m.Text)
	}
}

func TestASubjectOrPreviewWithAHealthWordIsRejected(t *testing.T) {
	for _, bad := range []string{
		"Your therapy session", "Anxiety appointment", "Your OCD booking", "With a psychologist", "DOCTOR's note", "Time for ACT",
	} {
		for _, inPreview := range []bool{false, true} {
			l := signInLetter("account-7")
			if l.Subject = bad; inPreview {
				l.Subject, l.Preview = "Your Wattle code", bad
			}
			if _, err := layout(t).Compose(l); err == nil || strings.Contains(err.Error(), bad) {
				t.Errorf("%q: %v", bad, err)
			}
		}
	}
	for _, good := range []string{
		"Your Wattle code", "Receipt for $180", "Your appointment on Tue 1 Dec, 4:00 pm (Brisbane time)",
		"Your appointment on Tue 1 Dec, 4:00 pm (ACT time)",
	} {
		if w := HealthWord(good); w != "" {
			t.Errorf("%q was rejected for %q", good, w)
		}
	}
}

func TestAnIncompleteKeyIsRejected(t *testing.T) {
	for _, k := range []Key{
		{Kind: "sign-in", Recipient: "a"}, {About: "x", Recipient: "a"}, {About: "x", Kind: "sign-in"},
		{About: "x/sign-in/1/b", Kind: "sign-in", Recipient: "a"},
		{About: "x", Kind: "sign-in", Recipient: "jo@people.example"},
	} {
		l := signInLetter("account-7")
		l.Key = k
		if _, err := layout(t).Compose(l); err == nil {
			t.Errorf("%q was accepted", k)
		}
	}
}

func TestTypedTextStaysOnOneLine(t *testing.T) {
	for in, want := range map[string]string{
		"Eve\r\nBcc: x": "Eve Bcc: x", " a\t b ": "a b", "gnp\u202e.exe\x00": "gnp.exe",
		"abcdefghijk": "abcdefghij…", "abcdefghi klm": "abcdefghi…",
	} {
		if got := OneLine(in, 10); got != want {
			t.Errorf("%q became %q, not %q", in, got, want)
		}
	}
}
