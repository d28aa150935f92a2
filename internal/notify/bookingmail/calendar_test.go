package bookingmail

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"wattle/internal/booking"
	"wattle/internal/notify"
)

// property belongs to an independent RFC 5545 parser: the library that writes the files must not
// check itself.
type property struct {
	params map[string]string
	value  string
}

type component struct {
	name  string
	props map[string][]property
	parts []*component
}

// read checks the bytes (CRLF, lines of at most 75, whole runes, no control characters), unfolds the
// lines and nests the components.
func read(t *testing.T, body []byte) *component {
	t.Helper()
	if !bytes.HasSuffix(body, []byte("\r\n")) {
		t.Fatal("the last line has no CRLF")
	}
	raw := strings.Split(strings.TrimSuffix(string(body), "\r\n"), "\r\n")
	var lines []string
	for _, l := range raw {
		if len(l) > 75 {
			t.Errorf("a line of %d bytes: %q", len(l), l)
		}
		if !utf8.ValidString(l) {
			t.Errorf("a line splits a rune: %q", l)
		}
		if strings.ContainsFunc(l, func(r rune) bool { return r < 0x20 && r != '\t' || r == 0x7f }) {
			t.Errorf("a bare control character: %q", l)
		}
		if rest, folded := strings.CutPrefix(l, " "); folded && len(lines) > 0 {
			lines[len(lines)-1] += rest
			continue
		}
		lines = append(lines, l)
	}
	root := &component{}
	stack := []*component{root}
	for _, l := range lines {
		name, p := parseLine(t, l)
		top := stack[len(stack)-1]
		switch name {
		case "BEGIN":
			c := &component{name: p.value, props: map[string][]property{}}
			top.parts = append(top.parts, c)
			stack = append(stack, c)
		case "END":
			if top.name != p.value {
				t.Fatalf("END:%s closes %s", p.value, top.name)
			}
			stack = stack[:len(stack)-1]
		default:
			top.props[name] = append(top.props[name], p)
		}
	}
	if len(stack) != 1 || len(root.parts) != 1 || root.parts[0].name != "VCALENDAR" {
		t.Fatal("not one VCALENDAR")
	}
	return root.parts[0]
}

// parseLine parses name *(";" param "=" value) ":" value. Quoted values may contain any character.
func parseLine(t *testing.T, l string) (string, property) {
	t.Helper()
	quoted, colon := false, -1
	for i, r := range l {
		if r == '"' {
			quoted = !quoted
		}
		if r == ':' && !quoted {
			colon = i
			break
		}
	}
	if colon < 0 {
		t.Fatalf("not a content line: %q", l)
	}
	head := strings.Split(l[:colon], ";")
	p := property{params: map[string]string{}, value: l[colon+1:]}
	for _, h := range head[1:] {
		k, v, ok := strings.Cut(h, "=")
		if !ok {
			t.Fatalf("not a parameter: %q in %q", h, l)
		}
		p.params[k] = strings.Trim(v, `"`)
	}
	return head[0], p
}

// text undoes the escapes of TEXT and rejects characters that should have been escaped.
func text(t *testing.T, v string) string {
	t.Helper()
	var b strings.Builder
	for i := 0; i < len(v); i++ {
		switch v[i] {
		case ',', ';':
			t.Errorf("unescaped %q in %q", v[i], v)
		case '\\':
			i++
			if i == len(v) || !strings.ContainsRune(`\;,nN`, rune(v[i])) {
				t.Fatalf("a wrong escape in %q", v)
			}
			if v[i] == 'n' || v[i] == 'N' {
				b.WriteByte('\n')
				continue
			}
		}
		b.WriteByte(v[i])
	}
	return b.String()
}

func (c *component) one(t *testing.T, name string) string {
	t.Helper()
	if len(c.props[name]) != 1 {
		t.Fatalf("%s has %d %s", c.name, len(c.props[name]), name)
	}
	return c.props[name][0].value
}

// event parses a calendar file with exactly one event.
func event(t *testing.T, file notify.Attachment) (*component, *component) {
	t.Helper()
	v := read(t, file.Body)
	if v.one(t, "VERSION") != "2.0" || v.one(t, "PRODID") == "" {
		t.Error("VERSION or PRODID is wrong")
	}
	if file.Name != "appointment.ics" || file.Type != "text/calendar; method="+v.one(t, "METHOD") {
		t.Errorf("%s is %q with METHOD %s", file.Name, file.Type, v.one(t, "METHOD"))
	}
	if len(v.parts) != 1 || v.parts[0].name != "VEVENT" || len(v.parts[0].parts) != 0 {
		t.Fatal("not one bare VEVENT")
	}
	return v, v.parts[0]
}

// one is the only attachment of a list.
func one(t *testing.T) func([]notify.Attachment, error) notify.Attachment {
	return func(files []notify.Attachment, err error) notify.Attachment {
		t.Helper()
		if err != nil || len(files) != 1 {
			t.Fatalf("%d files, %v", len(files), err)
		}
		return files[0]
	}
}

func TestTheInvitationIsOneEventInUTC(t *testing.T) {
	f := facts(t)
	cal := one(t)(composer(t).invitation(f, Client))
	_, e := event(t, cal)
	for name, want := range map[string]string{
		"DTSTAMP": "20261122T010000Z", "DTSTART": "20261201T060000Z", "DTEND": "20261201T061500Z",
		"SEQUENCE": "1", "STATUS": "CONFIRMED", "SUMMARY": "Appointment with Sam", "CLASS": "PRIVATE",
		"ORGANIZER": "mailto:hello@wattle.example", "ATTENDEE": "mailto:alex@client.example",
	} {
		if got := e.one(t, name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if cal.Type != "text/calendar; method=REQUEST" {
		t.Errorf("type %q", cal.Type)
	}
	want := "By video. Open this link when it is time.\nhttps://video.example/sam\nTo move or cancel it, use the link in your e-mail."
	if got := text(t, e.one(t, "DESCRIPTION")); got != want {
		t.Errorf("DESCRIPTION %q", got)
	}
	if e.props["LOCATION"] != nil {
		t.Error("a video call has no LOCATION")
	}
}

func TestABookingKeepsItsUID(t *testing.T) {
	c, f := composer(t), facts(t)
	uid := func(file notify.Attachment) string {
		t.Helper()
		_, e := event(t, file)
		return e.one(t, "UID")
	}
	first := uid(one(t)(c.invitation(f, Client)))
	f.Booking.Version, f.Booking.Sequence = 5, 3
	f.Booking.Starts, f.Booking.Ends = f.Booking.Starts.Add(48e9), f.Booking.Ends.Add(48e9)
	if uid(one(t)(c.invitation(f, Client))) != first || uid(c.published(f, Client)) != first || uid(one(t)(c.invitation(f, Practice))) != first {
		t.Error("moving changed the UID")
	}
	f.Booking.Status = booking.CancelledClient
	if uid(one(t)(c.withdrawal(f, Client))) != first {
		t.Error("cancelling changed the UID")
	}
	if strings.Contains(first, f.Booking.ID) || !strings.HasSuffix(first, "@wattle.example") {
		t.Errorf("UID %q", first)
	}
	f.Booking.ID = "another"
	if uid(one(t)(c.invitation(f, Client))) == first {
		t.Error("two bookings share a UID")
	}
}

func TestACancellationRemovesTheEntry(t *testing.T) {
	f := facts(t)
	f.Booking.Status, f.Booking.Sequence = booking.CancelledTherapist, 2
	m := every(t, f)["cancelled client"]
	v, e := event(t, m.Attachments[0])
	if v.one(t, "METHOD") != "CANCEL" {
		t.Fatalf("METHOD %s", v.one(t, "METHOD"))
	}
	if e.one(t, "STATUS") != "CANCELLED" || e.one(t, "SEQUENCE") != "2" || e.props["DESCRIPTION"] != nil {
		t.Error("the withdrawal must be cancelled, have a higher sequence and contain no link")
	}
}

func TestThePublishedFileShowsTheStatus(t *testing.T) {
	for status, want := range map[booking.Status]string{
		booking.Confirmed: "CONFIRMED", booking.Completed: "CONFIRMED", booking.Held: "TENTATIVE",
		booking.Requested: "TENTATIVE", booking.CancelledClient: "CANCELLED", booking.Released: "CANCELLED", booking.Declined: "CANCELLED",
	} {
		f := facts(t)
		f.Booking.Status = status
		cal := composer(t).published(f, Client)
		_, e := event(t, cal)
		if e.one(t, "STATUS") != want || e.props["ATTENDEE"] != nil || cal.Type != "text/calendar; method=PUBLISH" {
			t.Errorf("%s: STATUS %s, %s, attendees %v", status, e.one(t, "STATUS"), cal.Type, e.props["ATTENDEE"])
		}
	}
}

func TestThePracticesCalendarShowsInitialsOnly(t *testing.T) {
	for name, want := range map[string]string{
		"Alex Nguyen": "A. N.", "élodie": "É.", "": "a client", "李 小龍": "李. 小.", "🙂": "a client", "a b c d e": "A. B. C.",
	} {
		f := facts(t)
		f.Booking.ClientName, f.Booking.Mode = name, "in-person"
		cal := one(t)(composer(t).invitation(f, Practice))
		_, e := event(t, cal)
		if got := text(t, e.one(t, "SUMMARY")); got != "Appointment with "+want {
			t.Errorf("%q: %q", name, got)
		}
		if got := text(t, e.one(t, "LOCATION")); got != "12 Example Street, Newtown NSW 2042" {
			t.Errorf("LOCATION %q", got)
		}
	}
}

func TestLongAndUnusualTextSurvivesFolding(t *testing.T) {
	f := facts(t)
	f.Booking.Mode = "in-person"
	f.Contact.Street = strings.Repeat("Ünit 3; Level 2, Höuse “Wattle” \\ ", 4) + "\r\nATTACH:http://evil.example"
	cal := one(t)(composer(t).invitation(f, Client))
	_, e := event(t, cal)
	if e.props["ATTACH"] != nil {
		t.Error("a street became a property")
	}
	if got := text(t, e.one(t, "LOCATION")); !strings.HasPrefix(got, `Ünit 3; Level 2, Höuse “Wattle” \ Ünit`) {
		t.Errorf("LOCATION %q", got)
	}
}

func TestAnInvalidAddressIsRejected(t *testing.T) {
	for _, bad := range []string{"", "a@b.example\r\nATTACH:x", "Alex <a@b.example>", "a@b.example, c@d.example"} {
		f := facts(t)
		f.Booking.ClientEmail = bad
		if _, err := composer(t).invitation(f, Client); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}
