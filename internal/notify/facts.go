package notify

import (
	"strings"
	"time"
	"unicode"

	"wattle/internal/booking"
	"wattle/internal/region"
)

// Facts is everything a message about a booking may draw on. Whoever fills it has read it just now.
type Facts struct {
	Booking      booking.Booking
	Version      int // of the booking that the message is about; part of its key
	Practice     Practice
	PracticeZone *time.Location
	ClientZone   *time.Location // nil when unknown: then the practice's
	Message      bool           // whoever cancelled left a message
	Policy       string         // the cancellation rule in one sentence
	ManageURL    string         // the client's own address of the booking
	PracticeURL  string         // the practice's signed address of the booking
	Now          time.Time      // date of the mail, DTSTAMP of the calendar file
}

// Practice is the other side of a booking.
type Practice struct {
	Given    string // "Sam": enough for subjects and calendars
	Name     string // as printed, without profession
	Email    string
	Street   string
	Suburb   string
	State    string // as printed: "NSW"
	Postcode string
	VideoURL string
	Phone    string
}

// Role says which side of a booking a message is for.
type Role string

// The two sides.
const (
	Client Role = "client"
	Host   Role = "practice"
)

// other is the name by which the reader knows the other side.
func (f *Facts) other(r Role) string {
	if r == Client {
		return plain(f.Practice.Given, 60)
	}
	return plain(f.Booking.ClientName, 60)
}

func (f *Facts) zone(r Role) *time.Location {
	if r == Client && f.ClientZone != nil {
		return f.ClientZone
	}
	return f.PracticeZone
}

// apart says whether both sides' clocks differ at t.
func (f *Facts) apart(t time.Time) bool {
	_, a := t.In(f.zone(Client)).Zone()
	_, b := t.In(f.zone(Host)).Zone()
	return a != b
}

// short is an instant on the reader's clock, as subjects and buttons have it: "Tue 1 Dec, 5:00 pm".
// Where clocks differ it names the reader's.
func (f *Facts) short(r Role, t time.Time) string {
	s := t.In(f.zone(r)).Format("Mon 2 Jan, 3:04 pm")
	if f.apart(t) {
		s += " (" + zoneName(f.zone(r)) + ")"
	}
	return s
}

// when is the booking's time as rows: the reader's clock, and the other side's where it differs.
func (f *Facts) when(r Role, starts time.Time) []row {
	length := f.Booking.Ends.Sub(f.Booking.Starts)
	mine, theirs := f.zone(Client), f.zone(Host)
	label := "For " + f.other(Client)
	if r == Host {
		mine, theirs = theirs, mine
		label = "For " + f.other(Host)
	}
	local := starts.In(mine)
	value := local.Format("Monday 2 January 2006, ") + span(local, length) + ", " + zoneLabel(local)
	if !f.apart(starts) {
		return []row{{Label: "When", Value: value}}
	}
	other := starts.In(theirs)
	there := span(other, length) + ", " + zoneLabel(other)
	if other.Format(time.DateOnly) != local.Format(time.DateOnly) {
		there = other.Format("Monday 2 January, ") + there
	}
	return []row{{Label: "When, your time", Value: value}, {Label: label, Value: there}}
}

func span(from time.Time, length time.Duration) string {
	return from.Format("3:04 pm") + " to " + from.Add(length).Format("3:04 pm")
}

// zoneLabel tells two equal wall times of an April night apart: "Sydney time (AEDT)".
func zoneLabel(t time.Time) string {
	name, _ := t.Zone()
	if name == "" || name[0] == '+' || name[0] == '-' {
		return zoneName(t.Location())
	}
	return zoneName(t.Location()) + " (" + name + ")"
}

func zoneName(l *time.Location) string { return region.ZoneCity(l.String()) + " time" }

// meeting is how the two sides meet, from the reader's view. Numbers of clients are kept out of
// mails: the client knows theirs, the practice finds it behind its link.
func (f *Facts) meeting(r Role) row {
	b, p := &f.Booking, &f.Practice
	m := row{Label: "How you meet"}
	them := f.other(r)
	switch b.Mode {
	case "video":
		m.Value, m.Href = f.video(r, them), plain(p.VideoURL, 500)
	case "phone":
		m.Value = f.call(r, them)
	default:
		m.Value = "In person at " + f.address() + "."
	}
	return m
}

func (f *Facts) video(r Role, them string) string {
	switch {
	case r == Host && f.Practice.VideoURL == "":
		return "By video. Please send " + them + " your link before you meet."
	case r == Host:
		return "By video, at your link. " + them + " has it too."
	case f.Practice.VideoURL == "":
		return "By video. " + them + " will send you the link before you meet."
	}
	return "By video. Open this link when it is time."
}

func (f *Facts) call(r Role, them string) string {
	phone := digits(f.Booking.ClientPhone)
	switch {
	case phone != "" && r == Host:
		return "By phone. You call " + them + "; the number is on the booking's page."
	case phone != "":
		return "By phone. " + them + " calls you on the number you gave, ending in " + phone[max(0, len(phone)-3):] + "."
	case f.Practice.Phone == "" && r == Host:
		return "By phone. " + them + " gave no number: please send yours by answering this e-mail."
	case f.Practice.Phone == "":
		return "By phone. " + them + " will send you the number to call before you meet."
	case r == Host:
		return "By phone. " + them + " calls you on " + plain(f.Practice.Phone, 40) + "."
	}
	return "By phone. You call " + them + " on " + plain(f.Practice.Phone, 40) + "."
}

func (f *Facts) address() string {
	p := &f.Practice
	return plain(strings.TrimPrefix(p.Street+", ", ", ")+p.Suburb+" "+p.State+" "+p.Postcode, 200)
}

// plain makes one harmless line of what somebody typed: no line breaks, control or direction
// characters, at most n runes.
func plain(s string, n int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > n {
		return strings.TrimSpace(string(runes[:n])) + "…"
	}
	return s
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
