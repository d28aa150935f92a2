package booking

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"wattle/internal/fault"
)

// Meeting is where a booking takes place. Link, number and street are set only once the booking is
// confirmed (Ready).
type Meeting struct {
	Mode     string
	Ready    bool
	VideoURL string `db:"video_url"`
	Phone    string `db:"phone"` // of the practice
	Street   string `db:"street"`
	Suburb   string `db:"suburb"`
	State    string `db:"state"`
	Postcode string `db:"postcode"`
}

// Meeting describes how client and practice meet; fault.NotFound when the therapist is gone.
func (s *Service) Meeting(ctx context.Context, b Booking) (Meeting, error) {
	ready := b.Status == Confirmed || b.Status == Completed || b.Status == NoShow
	if !ready && b.Mode != "in-person" {
		return Meeting{Mode: b.Mode}, nil // the practice's details stay private until then
	}
	m, err := meetingOf(ctx, s.DB, b.TherapistID)
	if errors.Is(err, sql.ErrNoRows) {
		return m, fault.New(fault.NotFound, "There is no such therapist.")
	}
	m.Mode, m.Ready = b.Mode, ready
	if !m.Ready {
		m.VideoURL, m.Phone, m.Street = "", "", ""
	}
	return m, err
}

// Sentence describes the meeting to the client.
func (m Meeting) Sentence() string {
	where := m.Suburb + " " + strings.ToUpper(m.State) + " " + m.Postcode
	switch {
	case m.Mode == "phone":
		return "By phone: they call you on the number you gave."
	case m.Mode == "video" && m.VideoURL != "":
		return "By video: " + m.VideoURL
	case m.Mode == "video" && m.Ready:
		return "By video: the practice sends you the link before you meet."
	case m.Mode == "video":
		return "By video: the link comes with your confirmation."
	case m.Street != "":
		return "In person: " + m.Street + ", " + where
	case m.Ready:
		return "In person in " + where + ": the practice sends you the street address."
	}
	return "In person in " + where + ": the street address comes with your confirmation."
}
