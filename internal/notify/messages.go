package notify

import (
	"fmt"
	"net/mail"
	"strconv"
	"time"

	"wattle/internal/booking"
	"wattle/internal/money"
)

// What a mail says in its subject and preview is read on locked screens and over shoulders: a day
// and a time, never a profession, a service, an issue or what somebody wrote (domain.md §6).

const (
	asClient   = "You get this e-mail because this address was used to book an appointment."
	asPractice = "You get this e-mail because people book your times on Wattle."
)

// Code proves an address: six digits, and a link whose page has a button, so that a mail scanner
// that opens links confirms nothing. Whoever holds a time may have typed somebody else's address,
// so nothing they typed is in it.
func (c *Composer) Code(f *Facts, code, confirmURL string) (Message, error) {
	until := f.Booking.HeldUntil.In(f.zone(Client))
	minutes := strconv.Itoa(int(f.Booking.HeldUntil.Sub(f.Now).Round(time.Minute) / time.Minute))
	return c.message(f, c.to(f, Client, "code", nil), letter{
		Subject: "Your Wattle code",
		Preview: "Use it to confirm your appointment. It works for " + minutes + " minutes.",
		Title:   "Your code to confirm your appointment",
		Code:    code,
		Lead: []string{"Type it where you booked, or use the link below. The time is held for you until " +
			until.Format("3:04 pm") + ", " + zoneLabel(until) + "."},
		Rows:    append([]row{{Label: "With", Value: f.other(Client)}}, f.when(Client, f.Booking.Starts)...),
		Buttons: []link{{"Confirm my appointment", confirmURL}},
		Body:    []string{"If you did not ask for this, do nothing: the time is released by itself and nothing is booked."},
		Reason:  asClient,
		Crisis:  urgent(),
	})
}

// Confirmed tells a side that the appointment stands, with the calendar file.
func (c *Composer) Confirmed(f *Facts, r Role) (Message, error) {
	ics, err := c.Invitation(f, r)
	if err != nil {
		return Message{}, err
	}
	l := c.appointment(f, r)
	l.Subject = "Your appointment on " + f.short(r, f.Booking.Starts)
	l.Preview = "It is confirmed. This e-mail says how you meet."
	l.Title = "Your appointment with " + f.other(r) + " is confirmed"
	l.Body = append(l.Body, "The calendar file with this e-mail puts it into your calendar.")
	if r == Host {
		l.Subject = "New appointment on " + f.short(r, f.Booking.Starts)
		l.Preview = "Confirmed. This e-mail says how you meet."
		l.Title = f.other(r) + " booked an appointment with you"
		if f.Booking.Note != "" {
			l.Lead = append(l.Lead, "A note is waiting for you on the booking's page.")
		}
	}
	return c.message(f, c.to(f, r, "confirmed", &ics), l)
}

// Rescheduled tells a side that the appointment moved; the calendar file moves the entry.
func (c *Composer) Rescheduled(f *Facts, r Role) (Message, error) {
	ics, err := c.Invitation(f, r)
	if err != nil {
		return Message{}, err
	}
	l := c.appointment(f, r)
	l.Subject = "Moved: your appointment is now on " + f.short(r, f.Booking.Starts)
	l.Preview = "The new time is confirmed. The earlier time no longer stands."
	l.Title = "Your appointment with " + f.other(r) + " has a new time"
	l.Lead = []string{"The earlier time no longer stands."}
	l.Body = append(l.Body, "The calendar file with this e-mail moves the entry in your calendar.")
	return c.message(f, c.to(f, r, "rescheduled", &ics), l)
}

// Cancelled tells a side that the appointment is off, who ended it, and takes the entry out of
// calendars. What the other side wrote stays behind the link.
func (c *Composer) Cancelled(f *Facts, r Role) (Message, error) {
	ics, err := c.Withdrawal(f, r)
	if err != nil {
		return Message{}, err
	}
	l := letter{
		Subject: "Cancelled: your appointment on " + f.short(r, f.Booking.Starts),
		Preview: "This time is no longer booked.",
		Title:   "Your appointment with " + f.other(r) + " is cancelled",
		Lead:    []string{f.cancelledBy(r)},
		Rows:    f.when(r, f.Booking.Starts),
		Body:    []string{"The calendar file with this e-mail takes it out of your calendar."},
	}
	f.signOff(&l, r)
	if by := f.endedBy(); by != "" && by != r && f.Message {
		l.Lead = append(l.Lead, f.other(r)+" left you a message.")
		l.Buttons = []link{{"Read the message", f.url(r)}}
	}
	if r == Client {
		l.Buttons = append(l.Buttons, link{"Find another time", c.Site.BaseURL + "/therapists"})
	}
	return c.message(f, c.to(f, r, "cancelled", &ics), l)
}

// Proposed tells the client that the practice asks for another time. Nothing changes until they
// accept it.
func (c *Composer) Proposed(f *Facts, starts time.Time) (Message, error) {
	l := letter{
		Subject: "Another time for your appointment: " + f.short(Client, starts),
		Preview: "Nothing changes unless you accept it.",
		Title:   f.other(Client) + " asks whether another time suits you",
		Lead:    []string{"Your appointment on " + f.short(Client, f.Booking.Starts) + " stands until you accept the new time. The new time is not held for you."},
		Rows:    f.when(Client, starts),
		Buttons: []link{{"Accept or keep my time", f.ManageURL}},
	}
	f.signOff(&l, Client)
	e := c.to(f, Client, "proposed-"+strconv.FormatInt(starts.Unix(), 10), nil)
	return c.message(f, e, l)
}

// Reminder tells a side that the appointment is near: hours before it, 48 or 2.
func (c *Composer) Reminder(f *Facts, r Role, hours int) (Message, error) {
	l := c.appointment(f, r)
	l.Subject = "Reminder: your appointment on " + f.short(r, f.Booking.Starts)
	l.Preview = "This e-mail says how you meet, and how to change it."
	l.Title = "Your appointment with " + f.other(r) + " is coming up"
	if hours <= 2 {
		l.Title = "Your appointment with " + f.other(r) + " is soon"
	}
	return c.message(f, c.to(f, r, "reminder-"+strconv.Itoa(hours)+"h", nil), l)
}

// appointment is what every mail about a standing appointment holds.
func (c *Composer) appointment(f *Facts, r Role) letter {
	l := letter{Rows: append(f.when(r, f.Booking.Starts), f.meeting(r))}
	if r == Client {
		l.Rows = append([]row{{Label: "With", Value: plain(f.Practice.Name, 100)}}, append(l.Rows, price(f.Booking.Price))...)
		l.Buttons = []link{{"See, move or cancel it", f.ManageURL}}
		if f.Policy != "" {
			l.Body = []string{f.Policy}
		}
	} else {
		l.Buttons = []link{{"Open it to cancel or propose another time", f.PracticeURL}}
	}
	f.signOff(&l, r)
	return l
}

// signOff ends a letter the way its reader needs: why they get it, and for clients the lines to
// call when it cannot wait.
func (f *Facts) signOff(l *letter, r Role) {
	if r == Host {
		l.Reason = asPractice
		return
	}
	l.Reason, l.Crisis = asClient, urgent()
}

// endedBy is the side that cancelled, "" for neither.
func (f *Facts) endedBy() Role {
	switch f.Booking.Status {
	case booking.CancelledClient:
		return Client
	case booking.CancelledTherapist:
		return Host
	}
	return ""
}

func (f *Facts) cancelledBy(r Role) string {
	switch f.endedBy() {
	case "":
		return "Wattle cancelled it."
	case r:
		return "You cancelled it."
	}
	return f.other(r) + " cancelled it."
}

func (f *Facts) url(r Role) string {
	if r == Client {
		return f.ManageURL
	}
	return f.PracticeURL
}

// price says what there is to pay, and for a free call the terms that must stand beside it
// (National Law s133(1)(b): an offer states its terms).
func price(c money.Cents) row {
	if c == 0 {
		return row{Label: "Cost", Value: "Free. It leaves you owing nothing."}
	}
	return row{Label: "Cost", Value: c.String()}
}

// to addresses a letter and gives it its key: one booking, kind, version and side is one delivery.
func (c *Composer) to(f *Facts, r Role, kind string, ics *Calendar) envelope {
	b := &f.Booking
	e := envelope{
		key: fmt.Sprintf("%s/%s/%d/%s", b.ID, kind, f.Version, r),
		ics: ics,
		to:  mail.Address{Address: b.ClientEmail},
	}
	if kind == "code" {
		return e
	}
	e.replyTo = f.Practice.Email
	if r == Host {
		e.to.Address, e.replyTo = f.Practice.Email, b.ClientEmail
	}
	return e
}
