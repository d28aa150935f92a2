// Package bookingmail writes the letters and calendar files of bookings. Facts reads what they say;
// everything else is a pure function of it.
package bookingmail

import (
	"context"
	"net/url"
	"time"

	"wattle/internal/booking"
	"wattle/internal/clock"
	"wattle/internal/directory"
	"wattle/internal/notify"
	"wattle/internal/pg"
	"wattle/internal/region"
)

// Composer writes letters about bookings. Fill it by field name.
type Composer struct {
	DB      *pg.DB
	Clock   clock.Clock
	Booking *booking.Service
	Layout  *notify.Layout
}

// Side is one of the two people who meet.
type Side string

// The two sides. The values are part of stored keys.
const (
	Client   Side = "client"
	Practice Side = "practice"
)

// Facts is everything that a letter about a booking may draw on, as read just now.
type Facts struct {
	Booking      booking.Booking
	Version      int // the version that the letter is about; part of its key
	Profile      *directory.Profile
	Contact      directory.Contact
	PracticeZone *time.Location
	ClientZone   *time.Location // nil if unknown: then the practice's
	Message      bool           // the person who cancelled left a message
	Policy       string         // the cancellation policy in one sentence
	ManageURL    string         // the client's own link to the booking
	PracticeURL  string         // the practice's signed link to the booking
	Now          time.Time      // date of the mail, DTSTAMP of the calendar file
}

// Facts reads what letters about b say, as it stands now. It returns fault.NotFound if the booking
// or its profile no longer exists.
func (c *Composer) Facts(ctx context.Context, b booking.Booking) (*Facts, error) {
	profile, err := directory.Get(ctx, c.DB, b.TherapistID)
	if err != nil {
		return nil, err
	}
	contact, err := directory.GetContact(ctx, c.DB, b.TherapistID)
	if err != nil {
		return nil, err
	}
	practiceZone, err := region.LoadZone(b.Zone)
	if err != nil {
		return nil, err
	}
	clientZone, err := region.LoadZone(b.ClientZone)
	if err != nil {
		clientZone = nil // optional in the form
	}
	preview, err := c.Booking.Cancellation(ctx, b.ID)
	if err != nil {
		return nil, err
	}
	return &Facts{
		Booking: b, Version: b.Version, Profile: profile, Contact: contact,
		PracticeZone: practiceZone, ClientZone: clientZone,
		Message:     b.CancelNote != "",
		Policy:      preview.Sentence,
		ManageURL:   c.pageURL(b.ID, "", c.Booking.ManageToken(b.ID)),
		PracticeURL: c.pageURL(b.ID, "", c.Booking.PracticeToken(b.ID)),
		Now:         c.Clock.Now(),
	}, nil
}

// ConfirmURL is the page where the client confirms a held time.
func (c *Composer) ConfirmURL(id string) string {
	return c.pageURL(id, "/confirm", c.Booking.LinkToken(id))
}

// pageURL is a page of a booking with the token that opens it.
func (c *Composer) pageURL(id, page, token string) string {
	return c.Layout.Site.BaseURL + "/booking/" + url.PathEscape(id) + page + "?t=" + url.QueryEscape(token)
}
