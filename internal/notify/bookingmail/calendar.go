package bookingmail

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"wattle/internal/booking"
	"wattle/internal/notify"
)

// CalendarFile is the file behind /booking/{id}/calendar.ics, as the practice or the client may see it.
func (c *Composer) CalendarFile(ctx context.Context, b booking.Booking, practice bool) ([]byte, error) {
	f, err := c.Facts(ctx, b)
	if err != nil {
		return nil, err
	}
	s := Client
	if practice {
		s = Practice
	}
	return c.published(f, s).Body, nil
}

// published is the appointment as it stands, marked cancelled if it was cancelled.
func (c *Composer) published(f *Facts, s Side) notify.Attachment {
	status := notify.Confirmed
	switch f.Booking.Status.Public() {
	case "cancelled", "expired", "declined":
		status = notify.Cancelled
	case "held", "requested", "pending_payment":
		status = notify.Tentative
	}
	return c.Layout.Site.Published(f.event(s, status))
}

// invitation is the calendar file of a confirmed appointment.
func (c *Composer) invitation(f *Facts, s Side) ([]notify.Attachment, error) {
	return attach(s)(c.Layout.Site.Invitation(f.event(s, notify.Confirmed)))
}

// withdrawal is the calendar file that removes the appointment.
func (c *Composer) withdrawal(f *Facts, s Side) ([]notify.Attachment, error) {
	return attach(s)(c.Layout.Site.Withdrawal(f.event(s, notify.Cancelled)))
}

func attach(s Side) func(notify.Attachment, error) ([]notify.Attachment, error) {
	return func(a notify.Attachment, err error) ([]notify.Attachment, error) {
		if err != nil {
			return nil, fmt.Errorf("bookingmail: calendar file for the %s: %w", s, err)
		}
		return []notify.Attachment{a}, nil
	}
}

// event is the calendar entry of one side. It holds no manage link, no profession and, for the
// practice, only the client's initials.
func (f *Facts) event(s Side, status notify.EventStatus) notify.Event {
	b := &f.Booking
	e := notify.Event{
		ID: b.ID, Stamp: f.Now, Starts: b.Starts, Ends: b.Ends, Sequence: b.Sequence, Status: status,
		Summary: "Appointment with " + f.calendarName(s), Attendee: b.ClientEmail,
	}
	if s == Practice {
		e.Attendee = f.Contact.Email
	}
	if status != notify.Confirmed {
		return e
	}
	how := f.meeting(s)
	if e.Description = how.Value; how.Href != "" {
		e.Description += "\n" + how.Href
	}
	e.Description += "\nTo move or cancel it, use the link in your e-mail."
	if b.Mode == "in-person" {
		e.Location = f.location()
	}
	return e
}

// calendarName is the other side as a shared calendar may show it: the therapist's given name, or
// the client's initials.
func (f *Facts) calendarName(s Side) string {
	name := f.other(s)
	if s == Client {
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
