package notify

import (
	"errors"
	"net/mail"
	"time"

	ics "github.com/arran4/golang-ical"
)

// EventStatus is whether an event takes place.
type EventStatus string

// The statuses of RFC 5545 §3.8.1.11.
const (
	Tentative EventStatus = EventStatus(ics.ObjectStatusTentative)
	Confirmed EventStatus = EventStatus(ics.ObjectStatusConfirmed)
	Cancelled EventStatus = EventStatus(ics.ObjectStatusCancelled)
)

// Event is a calendar entry. People share calendars with partners and colleagues, so it must hold
// no link that opens anything and no health word.
type Event struct {
	ID          string // the record's id; the file shows only its digest
	Stamp       time.Time
	Starts      time.Time
	Ends        time.Time
	Sequence    int // a higher number replaces the entry
	Status      EventStatus
	Summary     string
	Description string // "" leaves it out
	Location    string // "" leaves it out
	Attendee    string // address of the reader; not used by Published
}

// Invitation is the calendar file that adds the event or, with a higher Sequence, moves it
// (METHOD:REQUEST). It fails if Attendee is not a plain address.
func (s Site) Invitation(e Event) (Attachment, error) { return s.attended(e, ics.MethodRequest) }

// Withdrawal is the calendar file that removes the event (METHOD:CANCEL). It fails if Attendee is
// not a plain address.
func (s Site) Withdrawal(e Event) (Attachment, error) { return s.attended(e, ics.MethodCancel) }

// Published is the calendar file that people download (METHOD:PUBLISH).
func (s Site) Published(e Event) Attachment {
	e.Attendee = ""
	return s.file(e, ics.MethodPublish)
}

// attended requires an attendee, as REQUEST and CANCEL do (RFC 5546 §3.2).
func (s Site) attended(e Event, method ics.Method) (Attachment, error) {
	if a, err := mail.ParseAddress(e.Attendee); err != nil || a.Address != e.Attendee {
		return Attachment{}, errors.New("notify: the attendee's address is not a plain address")
	}
	return s.file(e, method), nil
}

// file writes one event in UTC. The organiser is the site, so neither side learns the other's
// address from the file.
func (s Site) file(e Event, method ics.Method) Attachment {
	cal := ics.NewCalendar()
	cal.SetProductId("-//Wattle//Wattle//EN")
	cal.SetMethod(method)
	v := cal.AddEvent(digest("event", e.ID) + "@" + s.host())
	v.SetDtStampTime(e.Stamp)
	v.SetStartAt(e.Starts)
	v.SetEndAt(e.Ends)
	v.SetSequence(e.Sequence)
	v.SetStatus(ics.ObjectStatus(e.Status))
	v.SetSummary(e.Summary)
	v.SetClass(ics.ClassificationPrivate)
	v.SetTimeTransparency(ics.TransparencyOpaque)
	if e.Description != "" {
		v.SetDescription(e.Description)
	}
	if e.Location != "" {
		v.SetLocation(e.Location)
	}
	v.SetOrganizer("mailto:"+s.From.Address, ics.WithCN("Wattle"))
	if e.Attendee != "" {
		v.AddAttendee("mailto:"+e.Attendee, ics.ParticipationRoleReqParticipant,
			ics.ParticipationStatusAccepted, ics.WithRSVP(false))
	}
	body := cal.Serialize(ics.WithNewLineWindows) // the library's default on Unix is a bare LF
	return Attachment{Name: "appointment.ics", Type: "text/calendar; method=" + string(method), Body: []byte(body)}
}
