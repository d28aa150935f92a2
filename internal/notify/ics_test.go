package notify

import (
	"strings"
	"testing"
	"time"
)

func appointment() Event {
	return Event{
		ID: "booking-1", Stamp: time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC), Sequence: 1, Status: Confirmed,
		Starts: time.Date(2026, 12, 1, 6, 0, 0, 0, time.UTC), Ends: time.Date(2026, 12, 1, 6, 15, 0, 0, time.UTC),
		Summary: "Appointment with Sam", Description: "By video; open the link.", Attendee: "alex@client.example",
	}
}

func TestAnInvitationIsTheseBytes(t *testing.T) {
	file, err := layout(t).Site.Invitation(appointment())
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Wattle//Wattle//EN", "METHOD:REQUEST", "BEGIN:VEVENT",
		"UID:" + digest("event", "booking-1") + "@wattle.example",
		"DTSTAMP:20261122T010000Z", "DTSTART:20261201T060000Z", "DTEND:20261201T061500Z",
		"SEQUENCE:1", "STATUS:CONFIRMED", "SUMMARY:Appointment with Sam", "CLASS:PRIVATE", "TRANSP:OPAQUE",
		`DESCRIPTION:By video\; open the link.`, "ORGANIZER;CN=Wattle:mailto:hello@wattle.example",
		"ATTENDEE;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=false:mailto:alex@clie\r\n nt.example",
		"END:VEVENT", "END:VCALENDAR", "",
	}, "\r\n")
	if string(file.Body) != want {
		t.Errorf("got\n%s\nwant\n%s", file.Body, want)
	}
	if file.Name != "appointment.ics" || file.Type != "text/calendar; method=REQUEST" {
		t.Errorf("%s, %s", file.Name, file.Type)
	}
}

func TestAnInvitationNeedsAPlainAddress(t *testing.T) {
	for _, bad := range []string{"", "a@b.example\r\nATTACH:x", "Alex <a@b.example>", "a@b.example, c@d.example"} {
		e := appointment()
		e.Attendee = bad
		if _, err := layout(t).Site.Invitation(e); err == nil {
			t.Errorf("%q was accepted", bad)
		}
		if _, err := layout(t).Site.Withdrawal(e); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestADownloadedFileNamesNoAttendee(t *testing.T) {
	file := layout(t).Site.Published(appointment())
	if strings.Contains(string(file.Body), "ATTENDEE") || file.Type != "text/calendar; method=PUBLISH" {
		t.Errorf("%s\n%s", file.Type, file.Body)
	}
}
