package book

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"wattle/internal/booking"
	"wattle/internal/search"
	"wattle/internal/view"
	"wattle/internal/web"
)

type practiceShowPage struct {
	view.Chrome
	B        booking.Booking
	Status   string
	Token    string
	When     string
	Service  string
	How      string
	Note     string
	Phone    string
	Proposal string
	Move     string
	Cancel   string
	Calendar string
	MayMove  bool
	By       string
}

// showPractice is the practice's page of a booking: who comes, how, and what they wrote.
func (s *Pages) showPractice(c *gin.Context, h ticket) error {
	_, sv, err := s.offered(c, h.Booking)
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	p := practiceShowPage{
		Chrome: s.Chrome(web.RequestOf(c), "A booking with you", "", ""), B: h.Booking, Status: h.PublicAt(now),
		Token: h.token, When: bothTimes(h.Starts, h.Zone, h.Zone), Service: serviceText(sv),
		How: search.Label("mode", h.Mode), Note: h.Note, Phone: h.ClientPhone, By: h.CancelledBy(),
		Move: h.at("/reschedule"), Cancel: h.at("/cancel"), Calendar: h.at("/calendar.ics"),
		MayMove: h.Status == booking.Confirmed && h.Starts.After(now),
	}
	p.BodyClass = "quiet"
	p.Flash = flash(c.Query("done"))
	if pr, ok, err := s.Booking.Proposal(c.Request.Context(), h.ID); err != nil {
		return err
	} else if ok {
		p.Proposal = bothTimes(pr.Starts, h.Zone, h.Zone)
	}
	return web.Render(c, http.StatusOK, s.views.practiceShow, p)
}
