package bookingmail

import (
	"regexp"
	"strings"
	"testing"
	"time"
	_ "time/tzdata"

	"wattle/internal/booking"
	"wattle/internal/directory"
	"wattle/internal/notify"
	"wattle/templates"
)

const base = "https://wattle.example"

func composer(t *testing.T) *Composer {
	t.Helper()
	site, err := notify.NewSite(base, "Wattle <hello@wattle.example>")
	if err != nil {
		t.Fatal(err)
	}
	layout, err := notify.NewLayout(site, templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	return &Composer{Layout: layout}
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	l, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// facts is a free video call with Sam in Sydney, booked from Brisbane, on Tuesday 1 December 2026
// at 5:00 pm Sydney time.
func facts(t *testing.T) *Facts {
	t.Helper()
	starts := time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC)
	now := time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC)
	return &Facts{
		Version: 2,
		Booking: booking.Booking{
			ID: "bk_0123456789", TherapistID: 7, Service: "free-consultation", Mode: "video", Status: booking.Confirmed,
			Starts: starts, Ends: starts.Add(15 * time.Minute), Zone: "Australia/Sydney", HeldUntil: now.Add(15 * time.Minute),
			ClientName: "Alex Nguyen", ClientEmail: "alex@client.example", ClientZone: "Australia/Brisbane",
			Version: 2, Sequence: 1,
		},
		Profile: &directory.Profile{GivenName: "Sam", FamilyName: "Okafor",
			Suburb: "Newtown", State: "nsw", Postcode: "2042"},
		Contact: directory.Contact{Email: "sam@practice.example", Street: "12 Example Street",
			VideoURL: "https://video.example/sam", Phone: "02 5550 0100"},
		PracticeZone: zone(t, "Australia/Sydney"),
		ClientZone:   zone(t, "Australia/Brisbane"),
		Policy:       "You can move or cancel it free of charge until it starts.",
		ManageURL:    base + "/booking/bk_0123456789?t=manage-token",
		PracticeURL:  base + "/booking/bk_0123456789?t=practice-token",
		Now:          now,
	}
}

// every composes all letters about f.
func every(t *testing.T, f *Facts) map[string]notify.Message {
	t.Helper()
	c := composer(t)
	out := map[string]notify.Message{}
	put := func(name string) func(notify.Message, error) {
		return func(m notify.Message, err error) {
			t.Helper()
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			out[name] = m
		}
	}
	put("code")(c.Code(f, "482913", base+"/booking/bk_0123456789/confirm?t=link-token"))
	for _, r := range []Side{Client, Practice} {
		put("confirmed " + string(r))(c.Confirmed(f, r))
		put("rescheduled " + string(r))(c.Rescheduled(f, r))
		put("cancelled " + string(r))(c.Cancelled(f, r))
	}
	put("proposed")(c.Proposed(f, f.Booking.Starts.Add(24*time.Hour)))
	put("reminder 48")(c.Reminder(f, Client, 48))
	put("reminder 2")(c.Reminder(f, Client, 2))
	put("reminder 2 practice")(c.Reminder(f, Practice, 2))
	return out
}

// flat is a mail as a person reads it: the text part, and the HTML part without tags, entities and line
// breaks.
func flat(m notify.Message) (text, html string) {
	h := regexp.MustCompile(`(?s)<style>.*?</style>|<[^>]*>`).ReplaceAllString(m.HTML, " ")
	h = strings.NewReplacer("&#39;", "'", "&amp;", "&", "&#34;", `"`, "&#43;", "+").Replace(h)
	join := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	return join(m.Text), join(h)
}

func says(t *testing.T, m notify.Message, want ...string) {
	t.Helper()
	text, html := flat(m)
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("%q: the text does not say %q:\n%s", m.Subject, w, m.Text)
		}
		if !strings.Contains(html, w) {
			t.Errorf("%q: the HTML does not say %q:\n%s", m.Subject, w, html)
		}
	}
}

func omits(t *testing.T, m notify.Message, never ...string) {
	t.Helper()
	body := m.Subject + m.Text + m.HTML
	for _, a := range m.Attachments {
		body += string(a.Body)
	}
	for _, n := range never {
		if strings.Contains(body, n) {
			t.Errorf("%q: must not contain %q", m.Subject, n)
		}
	}
}

func TestTheCodeIsTheOnlySixDigitNumberInItsMail(t *testing.T) {
	m := every(t, facts(t))["code"]
	six := regexp.MustCompile(`\b\d{6}\b`)
	for name, body := range map[string]string{"text": m.Text, "html": m.HTML} {
		if got := six.FindAllString(body, -1); len(got) != 1 || got[0] != "482913" {
			t.Errorf("%s: six-digit runs = %v", name, got)
		}
	}
	if six.MatchString(m.Subject) {
		t.Errorf("subject %q shows the code on a lock screen", m.Subject)
	}
	says(t, m, "until 11:15 am, Brisbane time (AEST)")
	if !strings.Contains(m.Text, base+"/booking/bk_0123456789/confirm?t=link-token") {
		t.Error("the link is missing")
	}
}

// The address may belong to a stranger, so the mail must not repeat what was typed.
func TestTheCodeMailRepeatsNothingThatWasTyped(t *testing.T) {
	f := facts(t)
	f.Booking.ClientName, f.Booking.Note, f.Booking.ClientPhone = "Win at spam.example", "canary note", "0400 111 222"
	m := every(t, f)["code"]
	omits(t, m, "spam.example", "canary", "0400", "222")
	if m.To.Name != "" || m.ReplyTo != nil {
		t.Errorf("to %v, reply to %v", m.To, m.ReplyTo)
	}
}

func TestBothTimesAreShownIfTheZonesDiffer(t *testing.T) {
	all := every(t, facts(t))
	for _, name := range []string{"confirmed client", "rescheduled client", "reminder 48", "code", "cancelled client"} {
		says(t, all[name], "Tuesday 1 December 2026, 4:00 pm to 4:15 pm, Brisbane time (AEST)",
			"5:00 pm to 5:15 pm, Sydney time (AEDT)")
	}
	says(t, all["confirmed practice"], "Tuesday 1 December 2026, 5:00 pm to 5:15 pm, Sydney time (AEDT)",
		"4:00 pm to 4:15 pm, Brisbane time (AEST)")
	if got := all["confirmed client"].Subject; got != "Your appointment on Tue 1 Dec, 4:00 pm (Brisbane time)" {
		t.Errorf("client's subject %q", got)
	}
	if got := all["confirmed practice"].Subject; got != "New appointment on Tue 1 Dec, 5:00 pm (Sydney time)" {
		t.Errorf("practice's subject %q", got)
	}
}

func TestOneTimeIsShownIfTheZonesAgree(t *testing.T) {
	f := facts(t)
	f.ClientZone = zone(t, "Australia/Melbourne")
	m := every(t, f)["confirmed client"]
	says(t, m, "5:00 pm to 5:15 pm, Melbourne time (AEDT)")
	omits(t, m, "Sydney", "your time")
	if m.Subject != "Your appointment on Tue 1 Dec, 5:00 pm" {
		t.Errorf("subject %q", m.Subject)
	}
	f.ClientZone = nil
	says(t, every(t, f)["confirmed client"], "5:00 pm to 5:15 pm, Sydney time (AEDT)")
}

func TestADifferentDayIsShown(t *testing.T) {
	f := facts(t)
	f.ClientZone = zone(t, "Europe/London")
	f.Booking.Starts = time.Date(2026, 11, 30, 22, 0, 0, 0, time.UTC)
	f.Booking.Ends = f.Booking.Starts.Add(15 * time.Minute)
	says(t, every(t, f)["confirmed client"], "Monday 30 November 2026, 10:00 pm to 10:15 pm, London time (GMT)",
		"Tuesday 1 December, 9:00 am to 9:15 am, Sydney time (AEDT)")
}

func TestARepeatedHourShowsItsAbbreviation(t *testing.T) {
	f := facts(t)
	f.ClientZone = nil
	for utc, want := range map[int]string{
		15: "2:30 am to 2:45 am, Sydney time (AEDT)", 16: "2:30 am to 2:45 am, Sydney time (AEST)",
	} {
		f.Booking.Starts = time.Date(2027, 4, 3, utc, 30, 0, 0, time.UTC)
		f.Booking.Ends = f.Booking.Starts.Add(15 * time.Minute)
		says(t, every(t, f)["confirmed client"], want)
	}
}

func TestEachSideReadsHowTheyMeet(t *testing.T) {
	for _, c := range []struct {
		name             string
		change           func(*Facts)
		client, practice string
	}{
		{"video", func(f *Facts) {}, "By video. Open this link when it is time. https://video.example/sam", "By video, at your link. Alex Nguyen has it too. https://video.example/sam"},
		{"video without link", func(f *Facts) { f.Contact.VideoURL = "" }, "Sam will send you the link before you meet", "Please send Alex Nguyen your link"},
		{"phone, number given", func(f *Facts) { f.Booking.Mode, f.Booking.ClientPhone = "phone", "0400 555 678" },
			"Sam calls you on the number you gave, ending in 678.", "You call Alex Nguyen; the number is on the booking's page."},
		{"phone, none given", func(f *Facts) { f.Booking.Mode = "phone" }, "You call Sam on 02 5550 0100.", "Alex Nguyen calls you on 02 5550 0100."},
		{"phone, none at all", func(f *Facts) { f.Booking.Mode, f.Contact.Phone = "phone", "" }, "Sam will send you the number to call", "please send yours by answering this e-mail"},
		{"in person", func(f *Facts) { f.Booking.Mode = "in-person" }, "In person at 12 Example Street, Newtown NSW 2042.", "In person at 12 Example Street, Newtown NSW 2042."},
		{"in person, no street", func(f *Facts) { f.Booking.Mode, f.Contact.Street = "in-person", "" }, "In person at Newtown NSW 2042.", "In person at Newtown NSW 2042."},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := facts(t)
			c.change(f)
			all := every(t, f)
			for _, name := range []string{"confirmed client", "rescheduled client", "reminder 48", "reminder 2"} {
				says(t, all[name], c.client)
			}
			says(t, all["confirmed practice"], c.practice)
			says(t, all["rescheduled practice"], c.practice)
			for _, m := range all {
				omits(t, m, "0400 555 678", "0400555678")
			}
		})
	}
}

func TestTheNoteIsMentionedToThePracticeAndNeverPrinted(t *testing.T) {
	f := facts(t)
	f.Booking.Note, f.Message = "canary: I have not slept", true
	all := every(t, f)
	for _, m := range all {
		omits(t, m, "canary")
	}
	says(t, all["confirmed practice"], "A note is waiting for you on the booking's page.")
	omits(t, all["confirmed client"], "note is waiting")
	f.Booking.Note = ""
	omits(t, every(t, f)["confirmed practice"], "note is waiting")
}

func TestACancellationSaysWhoCancelled(t *testing.T) {
	f := facts(t)
	f.Message = true
	f.Booking.Status = booking.CancelledTherapist
	all := every(t, f)
	says(t, all["cancelled client"], "Sam cancelled it.", "Sam left you a message.", "Read the message", "Find another time")
	says(t, all["cancelled practice"], "You cancelled it.")
	omits(t, all["cancelled practice"], "left you a message")
	f.Booking.Status = booking.CancelledClient
	all = every(t, f)
	says(t, all["cancelled client"], "You cancelled it.")
	says(t, all["cancelled practice"], "Alex Nguyen cancelled it.", "Alex Nguyen left you a message.")
	text := all["cancelled practice"].Text
	if !strings.Contains(text, f.PracticeURL) || strings.Contains(text, "manage-token") {
		t.Error("the practice must get its own link and not the client's")
	}
}

func TestLinksUseTheReadersTokenAndTheBaseURL(t *testing.T) {
	for name, m := range every(t, facts(t)) {
		if m.To.Address == "sam@practice.example" {
			omits(t, m, "manage-token", "link-token")
		} else {
			omits(t, m, "practice-token")
		}
		links := regexp.MustCompile(`(?:href="|\s)(https?://[^"\s]+)`)
		for _, link := range links.FindAllStringSubmatch(m.HTML+m.Text, -1) {
			if !strings.HasPrefix(link[1], base) && link[1] != "https://video.example/sam" {
				t.Errorf("%s links to %s", name, link[1])
			}
		}
		if regexp.MustCompile(`(?i)<img|<script|<link|src=|url\(|@import`).MatchString(m.HTML) {
			t.Errorf("%s loads a resource", name)
		}
		if len(m.Attachments) > 0 && strings.Contains(string(m.Attachments[0].Body), "-token") {
			t.Errorf("%s has a token in its calendar file", name)
		}
	}
}

func TestMailsToClientsEndWithTheCrisisLines(t *testing.T) {
	for name, m := range every(t, facts(t)) {
		if m.To.Address == "alex@client.example" {
			says(t, m, "Wattle is not an emergency service", "Emergency 000", "Lifeline 13 11 14", "13YARN 13 92 76")
			if !strings.Contains(m.HTML, `href="tel:13-11-14"`) || strings.Contains(m.HTML, "ZgotmplZ") {
				t.Errorf("%s: a link is broken", name)
			}
		} else if strings.Contains(m.Text, "emergency") {
			t.Errorf("%s: the practice needs no crisis lines", name)
		}
	}
}

func TestTheConfirmationStatesThePolicyAndTheCost(t *testing.T) {
	f := facts(t)
	all := every(t, f)
	for _, name := range []string{"confirmed client", "rescheduled client", "reminder 48", "reminder 2"} {
		says(t, all[name], f.Policy, "Free. It leaves you owing nothing.", "Sam Okafor")
	}
	f.Booking.Price = 18000
	says(t, every(t, f)["confirmed client"], "$180")
}

func TestAProposalStatesBothTimes(t *testing.T) {
	m := every(t, facts(t))["proposed"]
	says(t, m, "Tue 1 Dec, 4:00 pm (Brisbane time) stands until you accept",
		"Wednesday 2 December 2026, 4:00 pm to 4:15 pm, Brisbane time", "5:00 pm to 5:15 pm, Sydney time")
	if m.Attachments != nil {
		t.Error("a proposal must not move the calendar entry")
	}
}

func TestANameCannotInjectHeadersOrMarkup(t *testing.T) {
	f := facts(t)
	f.Booking.ClientName = "Eve\r\nBcc: all@evil.example\r\n\r\n<script>alert(1)</script> {{.}} \u202Egnp"
	f.Profile.GivenName = "Sam\r\nX-Evil: 1"
	for name, m := range every(t, f) {
		if strings.ContainsAny(m.Subject, "\r\n") || strings.Contains(m.HTML, "<script") ||
			strings.ContainsRune(m.Text, '\u202e') {
			t.Errorf("%s: %q", name, m.Subject)
		}
		for _, line := range strings.Split(m.Text, "\n") {
			if strings.HasPrefix(line, "Bcc:") || strings.HasPrefix(line, "X-Evil") {
				t.Errorf("%s: an injected line: %q", name, line)
			}
		}
	}
	says(t, every(t, f)["confirmed practice"], "{{.}}")
}

func TestEveryMailHasAUniqueStableKeyAndID(t *testing.T) {
	first, again := every(t, facts(t)), every(t, facts(t))
	seen := map[string]string{}
	for name, m := range first {
		if m.ID != again[name].ID || m.Key != again[name].Key {
			t.Errorf("%s: the ID changes", name)
		}
		if other, taken := seen[m.ID]; taken {
			t.Errorf("%s and %s share an ID", name, other)
		}
		seen[m.ID] = name
		if strings.Contains(m.ID, "bk_0123456789") || !strings.HasSuffix(m.ID, "@wattle.example") {
			t.Errorf("%s: Message-ID %q", name, m.ID)
		}
	}
	later := facts(t)
	later.Version++
	if every(t, later)["rescheduled client"].ID == first["rescheduled client"].ID {
		t.Error("a second move must have a new key")
	}
}

func TestRepliesGoToTheOtherSide(t *testing.T) {
	all := every(t, facts(t))
	if r := all["confirmed practice"].ReplyTo; r == nil || r.Address != "alex@client.example" {
		t.Errorf("practice answers to %v", r)
	}
	if r := all["reminder 2"].ReplyTo; r == nil || r.Address != "sam@practice.example" || r.Name != "" {
		t.Errorf("client answers to %v", r)
	}
}
