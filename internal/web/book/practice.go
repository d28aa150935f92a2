package book

import (
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/accounts"
	"wattle/internal/booking"
	"wattle/internal/directory"
	"wattle/internal/fault"
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
	Problem  *view.Notice
}

// showPractice is the practice's page of a booking: who comes, how, and what they wrote.
func (s *Pages) showPractice(c *gin.Context, b booking.Booking, token string, status int, failed error) error {
	t, err := directory.Get(c.Request.Context(), s.Booking.DB, b.TherapistID)
	if err != nil {
		return err
	}
	sv, _ := t.Service(b.Service)
	self, q := "/booking/"+b.ID, "?t="+url.QueryEscape(token)
	p := practiceShowPage{
		Chrome: s.Chrome(web.RequestOf(c), "A booking with you", "", ""), B: b, Status: b.PublicAt(s.Clock.Now()), Token: token,
		When: bothTimes(b.Starts, b.Zone, b.Zone), Service: serviceText(sv), How: search.Label("mode", b.Mode), Note: b.Note, Phone: b.ClientPhone,
		Move: self + "/reschedule" + q, Cancel: self + "/cancel" + q, Calendar: self + "/calendar.ics" + q,
		MayMove: b.Status == booking.Confirmed && b.Starts.After(s.Clock.Now()), By: b.CancelledBy(),
	}
	p.BodyClass = "quiet"
	p.Flash = flash(c.Query("done"))
	if e, ok := fault.As(failed); ok {
		p.Problem = &view.Notice{Kind: "bad", Text: e.Message}
	}
	if pr, ok, err := s.Booking.Proposal(c.Request.Context(), b.ID); err != nil {
		return err
	} else if ok {
		p.Proposal = bothTimes(pr.Starts, b.Zone, b.Zone)
	}
	return web.Render(c, status, s.views.practiceShow, p)
}

// bookingPropose sends the client another time; the booking keeps its own until it is accepted.
func (s *Pages) bookingPropose(c *gin.Context) error {
	b, actor, token, err := s.holder(c)
	if err == nil && actor.Role != accounts.RoleTherapist {
		err = fault.NotFound
	}
	if err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339, c.PostForm("at"))
	if err != nil {
		return s.movePage(c, b, actor, token, http.StatusUnprocessableEntity, fault.FieldError("at", "Choose a time."))
	}
	if _, err := s.Booking.Propose(c.Request.Context(), actor, b.ID, at); err != nil {
		if e, ok := fault.As(err); ok && (e.Kind == fault.Conflict || e.Kind == fault.Invalid) {
			return s.movePage(c, b, actor, token, web.StatusOf(e.Kind), e)
		}
		return err
	}
	c.Redirect(http.StatusSeeOther, "/booking/"+b.ID+"?t="+url.QueryEscape(token)+"&done=proposed")
	return nil
}
