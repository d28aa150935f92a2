package bookingmail

import (
	"strings"
	"time"

	"wattle/internal/notify"
)

// other is the name of the other side, as the reader knows it.
func (f *Facts) other(s Side) string {
	if s == Client {
		return notify.OneLine(f.Profile.GivenName, 60)
	}
	return notify.OneLine(f.Booking.ClientName, 60)
}

func (f *Facts) zone(s Side) *time.Location {
	if s == Client && f.ClientZone != nil {
		return f.ClientZone
	}
	return f.PracticeZone
}

// clocksDiffer reports whether the two sides' clocks differ at t.
func (f *Facts) clocksDiffer(t time.Time) bool {
	_, a := t.In(f.zone(Client)).Zone()
	_, b := t.In(f.zone(Practice)).Zone()
	return a != b
}

// short is a time on the reader's clock for subjects: "Tue 1 Dec, 5:00 pm". It names the zone if
// the two clocks differ.
func (f *Facts) short(s Side, t time.Time) string {
	text := t.In(f.zone(s)).Format("Mon 2 Jan, 3:04 pm")
	if f.clocksDiffer(t) {
		text += " (" + notify.ZoneName(f.zone(s)) + ")"
	}
	return text
}

// when is the time as rows: on the reader's clock, and on the other side's if that differs.
func (f *Facts) when(s Side, starts time.Time) []notify.Row {
	length := f.Booking.Ends.Sub(f.Booking.Starts)
	mine, theirs := f.zone(Client), f.zone(Practice)
	label := "For " + f.other(Client)
	if s == Practice {
		mine, theirs = theirs, mine
		label = "For " + f.other(Practice)
	}
	local := starts.In(mine)
	value := local.Format("Monday 2 January 2006, ") + span(local, length) + ", " + notify.ZoneLabel(local)
	if !f.clocksDiffer(starts) {
		return []notify.Row{{Label: "When", Value: value}}
	}
	other := starts.In(theirs)
	there := span(other, length) + ", " + notify.ZoneLabel(other)
	if other.Format(time.DateOnly) != local.Format(time.DateOnly) {
		there = other.Format("Monday 2 January, ") + there
	}
	return []notify.Row{{Label: "When, your time", Value: value}, {Label: label, Value: there}}
}

func span(from time.Time, length time.Duration) string {
	return from.Format("3:04 pm") + " to " + from.Add(length).Format("3:04 pm")
}

// meeting is how the two sides meet, as the reader sees it. The client's phone number is never
// printed: the client knows it and the practice finds it on the booking's page.
func (f *Facts) meeting(s Side) notify.Row {
	m := notify.Row{Label: "How you meet"}
	them := f.other(s)
	switch f.Booking.Mode {
	case "video":
		m.Value, m.Href = f.video(s, them), notify.OneLine(f.Contact.VideoURL, 500)
	case "phone":
		m.Value = f.call(s, them)
	default:
		m.Value = "In person at " + f.location() + "."
	}
	return m
}

func (f *Facts) video(s Side, them string) string {
	switch {
	case s == Practice && f.Contact.VideoURL == "":
		return "By video. Please send " + them + " your link before you meet."
	case s == Practice:
		return "By video, at your link. " + them + " has it too."
	case f.Contact.VideoURL == "":
		return "By video. " + them + " will send you the link before you meet."
	}
	return "By video. Open this link when it is time."
}

func (f *Facts) call(s Side, them string) string {
	phone := digits(f.Booking.ClientPhone)
	switch {
	case phone != "" && s == Practice:
		return "By phone. You call " + them + "; the number is on the booking's page."
	case phone != "":
		last := phone[max(0, len(phone)-3):]
		return "By phone. " + them + " calls you on the number you gave, ending in " + last + "."
	case f.Contact.Phone == "" && s == Practice:
		return "By phone. " + them + " gave no number: please send yours by answering this e-mail."
	case f.Contact.Phone == "":
		return "By phone. " + them + " will send you the number to call before you meet."
	case s == Practice:
		return "By phone. " + them + " calls you on " + notify.OneLine(f.Contact.Phone, 40) + "."
	}
	return "By phone. You call " + them + " on " + notify.OneLine(f.Contact.Phone, 40) + "."
}

func (f *Facts) location() string {
	p, street := f.Profile, f.Contact.Street
	if street != "" {
		street += ", "
	}
	return notify.OneLine(street+p.Suburb+" "+strings.ToUpper(p.State)+" "+p.Postcode, 200)
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}
