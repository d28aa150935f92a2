package bookingmail

import (
	"net/mail"
	"strconv"
	"time"

	"wattle/internal/booking"
	"wattle/internal/money"
	"wattle/internal/notify"
)

// Subjects and previews appear on lock screens, so they give a day and a time and never a
// profession, a service, an issue or anything a person typed.

const (
	asClient   = "You get this e-mail because this address was used to book an appointment."
	asPractice = "You get this e-mail because people book your times on Wattle."
)

// letter starts a letter to one side. Each side gets one letter of a kind about a version of a
// booking.
func (f *Facts) letter(s Side, kind string) notify.Letter {
	l := notify.Letter{
		Key:  notify.Key{About: f.Booking.ID, Kind: kind, Version: f.Version, Recipient: string(s)},
		Date: f.Now,
	}
	if s == Practice {
		l.To, l.ReplyTo, l.Reason = mail.Address{Address: f.Contact.Email}, f.Booking.ClientEmail, asPractice
		return l
	}
	l.To, l.ReplyTo, l.Reason = mail.Address{Address: f.Booking.ClientEmail}, f.Contact.Email, asClient
	l.CrisisLines = true
	return l
}

// Code asks the client to prove the address with six digits or a link. The link's page has a
// button, so a mail scanner that opens links confirms nothing. The address may belong to a
// stranger, so the letter takes no replies and repeats nothing that was typed.
func (c *Composer) Code(f *Facts, code, confirmURL string) (notify.Message, error) {
	until := f.Booking.HeldUntil.In(f.zone(Client))
	minutes := strconv.Itoa(int(f.Booking.HeldUntil.Sub(f.Now).Round(time.Minute) / time.Minute))
	l := f.letter(Client, "code")
	l.ReplyTo = ""
	l.Subject = "Your Wattle code"
	l.Preview = "Use it to confirm your appointment. It works for " + minutes + " minutes."
	l.Title = "Your code to confirm your appointment"
	l.Code = code
	l.Lead = []string{"Type it where you booked, or use the link below. The time is held for you until " +
		until.Format("3:04 pm") + ", " + notify.ZoneLabel(until) + "."}
	l.Rows = append([]notify.Row{{Label: "With", Value: f.other(Client)}}, f.when(Client, f.Booking.Starts)...)
	l.Buttons = []notify.Button{{Label: "Confirm my appointment", URL: confirmURL}}
	l.Body = []string{"If you did not ask for this, do nothing: the time is released by itself and nothing is booked."}
	return c.Layout.Compose(l)
}

// Confirmed sends one side the confirmed appointment with its calendar file.
func (c *Composer) Confirmed(f *Facts, s Side) (notify.Message, error) {
	file, err := c.invitation(f, s)
	if err != nil {
		return notify.Message{}, err
	}
	l := f.appointment(s, "confirmed")
	l.Attachments = file
	l.Body = append(l.Body, "The calendar file with this e-mail puts it into your calendar.")
	if s == Client {
		l.Subject = "Your appointment on " + f.short(s, f.Booking.Starts)
		l.Preview = "It is confirmed. This e-mail says how you meet."
		l.Title = "Your appointment with " + f.other(s) + " is confirmed"
		return c.Layout.Compose(l)
	}
	l.Subject = "New appointment on " + f.short(s, f.Booking.Starts)
	l.Preview = "Confirmed. This e-mail says how you meet."
	l.Title = f.other(s) + " booked an appointment with you"
	if f.Booking.Note != "" {
		l.Lead = []string{"A note is waiting for you on the booking's page."}
	}
	return c.Layout.Compose(l)
}

// Rescheduled sends one side the new time; the calendar file moves the entry.
func (c *Composer) Rescheduled(f *Facts, s Side) (notify.Message, error) {
	file, err := c.invitation(f, s)
	if err != nil {
		return notify.Message{}, err
	}
	l := f.appointment(s, "rescheduled")
	l.Attachments = file
	l.Subject = "Moved: your appointment is now on " + f.short(s, f.Booking.Starts)
	l.Preview = "The new time is confirmed. The earlier time no longer stands."
	l.Title = "Your appointment with " + f.other(s) + " has a new time"
	l.Lead = []string{"The earlier time no longer stands."}
	l.Body = append(l.Body, "The calendar file with this e-mail moves the entry in your calendar.")
	return c.Layout.Compose(l)
}

// Cancelled says who cancelled the appointment; the calendar file removes the entry. A message from
// the other side is not printed but can be read behind the link.
func (c *Composer) Cancelled(f *Facts, s Side) (notify.Message, error) {
	file, err := c.withdrawal(f, s)
	if err != nil {
		return notify.Message{}, err
	}
	l := f.letter(s, "cancelled")
	l.Attachments = file
	l.Subject = "Cancelled: your appointment on " + f.short(s, f.Booking.Starts)
	l.Preview = "This time is no longer booked."
	l.Title = "Your appointment with " + f.other(s) + " is cancelled"
	l.Lead = []string{f.whoCancelled(s)}
	l.Rows = f.when(s, f.Booking.Starts)
	l.Body = []string{"The calendar file with this e-mail takes it out of your calendar."}
	if by := f.cancelledBy(); by != "" && by != s && f.Message {
		l.Lead = append(l.Lead, f.other(s)+" left you a message.")
		l.Buttons = []notify.Button{{Label: "Read the message", URL: f.bookingURL(s)}}
	}
	if s == Client {
		search := notify.Button{Label: "Find another time", URL: c.Layout.Site.BaseURL + "/therapists"}
		l.Buttons = append(l.Buttons, search)
	}
	return c.Layout.Compose(l)
}

// Proposed asks the client whether another time suits. Nothing changes until they accept.
func (c *Composer) Proposed(f *Facts, starts time.Time) (notify.Message, error) {
	l := f.letter(Client, "proposed-"+strconv.FormatInt(starts.Unix(), 10))
	l.Subject = "Another time for your appointment: " + f.short(Client, starts)
	l.Preview = "Nothing changes unless you accept it."
	l.Title = f.other(Client) + " asks whether another time suits you"
	l.Lead = []string{"Your appointment on " + f.short(Client, f.Booking.Starts) +
		" stands until you accept the new time. The new time is not held for you."}
	l.Rows = f.when(Client, starts)
	l.Buttons = []notify.Button{{Label: "Accept or keep my time", URL: f.ManageURL}}
	return c.Layout.Compose(l)
}

// Reminder reminds one side of the appointment; hours is how long before the start, 48 or 2.
func (c *Composer) Reminder(f *Facts, s Side, hours int) (notify.Message, error) {
	l := f.appointment(s, "reminder-"+strconv.Itoa(hours)+"h")
	l.Subject = "Reminder: your appointment on " + f.short(s, f.Booking.Starts)
	l.Preview = "This e-mail says how you meet, and how to change it."
	l.Title = "Your appointment with " + f.other(s) + " is coming up"
	if hours <= 2 {
		l.Title = "Your appointment with " + f.other(s) + " is soon"
	}
	return c.Layout.Compose(l)
}

// appointment starts a letter about a confirmed appointment: when, how, and where to change it.
func (f *Facts) appointment(s Side, kind string) notify.Letter {
	l := f.letter(s, kind)
	l.Rows = append(f.when(s, f.Booking.Starts), f.meeting(s))
	if s == Practice {
		l.Buttons = []notify.Button{{Label: "Open it to cancel or propose another time", URL: f.PracticeURL}}
		return l
	}
	with := notify.Row{Label: "With", Value: notify.OneLine(f.Profile.Name(), 100)}
	l.Rows = append([]notify.Row{with}, append(l.Rows, price(f.Booking.Price))...)
	l.Buttons = []notify.Button{{Label: "See, move or cancel it", URL: f.ManageURL}}
	if f.Policy != "" {
		l.Body = []string{f.Policy}
	}
	return l
}

// cancelledBy is the side that cancelled, or "" for neither.
func (f *Facts) cancelledBy() Side {
	switch f.Booking.Status {
	case booking.CancelledClient:
		return Client
	case booking.CancelledTherapist:
		return Practice
	}
	return ""
}

func (f *Facts) whoCancelled(s Side) string {
	switch f.cancelledBy() {
	case "":
		return "Wattle cancelled it."
	case s:
		return "You cancelled it."
	}
	return f.other(s) + " cancelled it."
}

func (f *Facts) bookingURL(s Side) string {
	if s == Client {
		return f.ManageURL
	}
	return f.PracticeURL
}

// price is what the client pays. A free call must state its terms (National Law s133(1)(b)).
func price(c money.Cents) notify.Row {
	if c == 0 {
		return notify.Row{Label: "Cost", Value: "Free. It leaves you owing nothing."}
	}
	return notify.Row{Label: "Cost", Value: c.String()}
}
