package notify

import (
	"fmt"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
)

// Invitation is the calendar file of a standing appointment as a mail carries it (METHOD:REQUEST).
// A later one with a higher SEQUENCE moves the entry.
func (c *Composer) Invitation(f *Facts, r Role) (Calendar, error) {
	return c.calendar(f, r, ics.MethodRequest, ics.ObjectStatusConfirmed)
}

// Withdrawal takes the entry out of a calendar (METHOD:CANCEL).
func (c *Composer) Withdrawal(f *Facts, r Role) (Calendar, error) {
	return c.calendar(f, r, ics.MethodCancel, ics.ObjectStatusCancelled)
}

// Entry is the file behind /booking/{id}/calendar.ics (METHOD:PUBLISH): the appointment as it
// stands, cancelled when it was.
func (c *Composer) Entry(f *Facts, r Role) (Calendar, error) {
	status := ics.ObjectStatusConfirmed
	switch f.Booking.Status.Public() {
	case "cancelled", "expired", "declined":
		status = ics.ObjectStatusCancelled
	case "held", "requested", "pending_payment":
		status = ics.ObjectStatusTentative
	}
	return c.calendar(f, r, ics.MethodPublish, status)
}

// calendar writes one event in UTC. Calendars are shared with partners and colleagues, so the file
// holds no manage link, no profession and, for the practice, initials only.
func (c *Composer) calendar(f *Facts, r Role, method ics.Method, status ics.ObjectStatus) (Calendar, error) {
	b := &f.Booking
	cal := ics.NewCalendar()
	cal.SetProductId("-//Wattle//Wattle//EN")
	cal.SetMethod(method)
	e := cal.AddEvent(digest("event", b.ID) + "@" + c.Site.host())
	e.SetDtStampTime(f.Now)
	e.SetStartAt(b.Starts)
	e.SetEndAt(b.Ends)
	e.SetSequence(b.Sequence)
	e.SetStatus(status)
	e.SetSummary("Appointment with " + f.calendarName(r))
	e.SetClass(ics.ClassificationPrivate)
	e.SetTimeTransparency(ics.TransparencyOpaque)
	if status == ics.ObjectStatusConfirmed {
		f.describe(e, r)
	}
	if err := c.invite(e, f, r, method); err != nil {
		return Calendar{}, err
	}
	body := cal.Serialize(ics.WithNewLineWindows) // its default is a bare LF on Unix
	return Calendar{Method: string(method), Name: "appointment.ics", Body: []byte(body)}, nil
}

func (f *Facts) describe(e *ics.VEvent, r Role) {
	how := f.meeting(r)
	text := how.Value
	if how.Href != "" {
		text += "\n" + how.Href
	}
	e.SetDescription(text + "\nTo move or cancel it, use the link in your e-mail.")
	if f.Booking.Mode == "in-person" {
		e.SetLocation(f.address())
	}
}

// invite names organiser and attendee, which REQUEST and CANCEL need (RFC 5546 §3.2) and PUBLISH
// forbids for attendees. The organiser is Wattle, so no side learns the other's address here.
func (c *Composer) invite(e *ics.VEvent, f *Facts, r Role, method ics.Method) error {
	e.SetOrganizer("mailto:"+c.Site.From.Address, ics.WithCN("Wattle"))
	if method == ics.MethodPublish {
		return nil
	}
	to := f.Booking.ClientEmail
	if r == Host {
		to = f.Practice.Email
	}
	if a, err := mail.ParseAddress(to); err != nil || a.Address != to {
		return fmt.Errorf("notify: the %s's address cannot be written to", r)
	}
	e.AddAttendee("mailto:"+to, ics.ParticipationRoleReqParticipant, ics.ParticipationStatusAccepted, ics.WithRSVP(false))
	return nil
}

// calendarName is the other side as a calendar may show it: a given name, or a client's initials.
func (f *Facts) calendarName(r Role) string {
	name := f.other(r)
	if r == Client {
		return name
	}
	var initials []string
	for _, w := range strings.Fields(name) {
		if first, _ := utf8.DecodeRuneInString(w); unicode.IsLetter(first) && len(initials) < 3 {
			initials = append(initials, string(unicode.ToUpper(first))+".")
		}
	}
	if len(initials) == 0 {
		return "a client"
	}
	return strings.Join(initials, " ")
}
