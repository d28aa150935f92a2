package book

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/accounts"
	"wattle/internal/booking"
	"wattle/internal/fault"
	"wattle/internal/search"
	"wattle/internal/view"
	"wattle/internal/web"
)

// bookingMove shows the times to move a booking to.
func (s *Pages) bookingMove(c *gin.Context) error {
	h, err := s.holder(c)
	if err != nil {
		return err
	}
	return s.movePage(c, h, http.StatusOK, nil)
}

func (s *Pages) movePage(c *gin.Context, h ticket, status int, failed *fault.Error) error {
	t, sv, err := s.offered(c, h.Booking)
	if err != nil {
		return err
	}
	at := timesAt{Path: "/booking/" + h.ID + "/reschedule", Query: url.Values{"t": {h.token}},
		Zone: web.RequestOf(c).ZoneOr(h.zone()), Move: &h.Booking}
	p, err := s.timesPage(c, search.View{Profile: t}, sv, h.Mode, at)
	if fault.Of(err) == fault.NotFound { // paused or gone from the list since
		p.None, err = "This practice offers no other times here at the moment. Your booking stands as it is.", nil
	}
	if err != nil {
		return err
	}
	p.Modes, p.Zones = nil, nil
	p.Post, p.Hidden = true, map[string]string{"t": h.token}
	p.Back = view.Link{URL: h.at(""), Text: "Keep " + bothTimes(h.Starts, h.Zone, h.zone())}
	p.Action, p.Heading, p.Submit = at.Path, "Choose another time", "Move the booking"
	if h.practice() {
		p.Action, p.Heading, p.Submit = "/booking/"+h.ID+"/propose", "Propose another time", "Send the proposal"
	}
	if failed != nil && len(failed.Fields) > 0 {
		p.needsTime(failed.Fields[0].Message)
	} else if failed != nil {
		p.Notice = &view.Notice{Kind: "warn", Title: failed.Message, Alert: true,
			Text: "The booking keeps its old time. Choose another."}
	}
	return web.Render(c, status, s.views.bookTimes, p)
}

// bookingReschedule moves a client's booking to the time chosen.
func (s *Pages) bookingReschedule(c *gin.Context) error {
	h, err := s.only(c, accounts.RoleClient)
	if err != nil {
		return err
	}
	return s.atChosen(c, h, func(at time.Time) error {
		moved, err := s.Booking.Reschedule(c.Request.Context(), h.actor, h.ID, at, 0)
		if err != nil {
			return err
		}
		return s.seeBooking(c, moved, "moved")
	})
}

// bookingPropose sends the client another time; the booking keeps its own until it is accepted.
func (s *Pages) bookingPropose(c *gin.Context) error {
	h, err := s.only(c, accounts.RoleTherapist)
	if err != nil {
		return err
	}
	return s.atChosen(c, h, func(at time.Time) error {
		if _, err := s.Booking.Propose(c.Request.Context(), h.actor, h.ID, at); err != nil {
			return err
		}
		return web.SeeOther(c, h.at("")+"&done=proposed")
	})
}

// atChosen does something with the time chosen. Without one, or where it cannot be had, the times are
// shown again.
func (s *Pages) atChosen(c *gin.Context, h ticket, do func(time.Time) error) error {
	at, err := time.Parse(time.RFC3339, c.PostForm("at"))
	if err != nil {
		return s.movePage(c, h, http.StatusUnprocessableEntity, fault.FieldError("at", "Choose a time."))
	}
	err = do(at)
	if e, ok := fault.As(err); ok && (e.Kind == fault.Conflict || e.Kind == fault.Invalid) {
		return s.movePage(c, h, web.StatusOf(e.Kind), e)
	}
	return err
}

type bookingCancelPage struct {
	view.Chrome
	With    withWhom
	Form    view.Form
	ID      string
	Token   string
	When    string
	Preview booking.Preview
	Back    string
	Theirs  bool // the practice is cancelling
}

// Label and Hint word the question for a note.
func (p bookingCancelPage) Label() string {
	if p.Theirs {
		return "A word to your client"
	}
	return "A word to " + p.With.Name
}

// Hint says where the note goes.
func (p bookingCancelPage) Hint() string {
	whom := "them"
	if p.Theirs {
		whom = "your client"
	}
	return "It goes into the mail that tells " + whom + ". You need not give a reason."
}

// bookingCancelAsk shows what cancelling means before it is done.
func (s *Pages) bookingCancelAsk(c *gin.Context) error {
	h, err := s.holder(c)
	if err != nil {
		return err
	}
	return s.cancelPage(c, h, http.StatusOK, nil)
}

// cancelPage asks before cancelling, with what was wrong with the answer if anything was.
func (s *Pages) cancelPage(c *gin.Context, h ticket, status int, failed error) error {
	t, sv, err := s.offered(c, h.Booking)
	if err != nil {
		return err
	}
	preview, err := s.Booking.Cancellation(c.Request.Context(), h.ID)
	if err != nil {
		return err
	}
	p := bookingCancelPage{Chrome: s.Chrome(web.RequestOf(c), "Cancel this booking?", "", ""), With: withWhomOf(t, sv),
		Form: view.FormOf(c.Request.PostForm, failed), ID: h.ID, Token: h.token,
		When: bothTimes(h.Starts, h.Zone, h.zone()), Preview: preview, Back: h.at(""), Theirs: h.practice()}
	p.BodyClass, p.Title = "quiet", web.TitleOf(p.Title, p.Form)
	return web.Render(c, status, s.views.bookingCancel, p)
}

func (s *Pages) bookingCancel(c *gin.Context) error {
	h, err := s.holder(c)
	if err != nil {
		return err
	}
	note := strings.ReplaceAll(c.PostForm("note"), "\r\n", "\n")
	_, err = s.Booking.Cancel(c.Request.Context(), h.actor, h.ID, note)
	if k := fault.Of(err); err != nil && (k == fault.Invalid || k == fault.Conflict) {
		return s.cancelPage(c, h, web.StatusOf(k), err)
	}
	if err != nil {
		return err
	}
	return web.SeeOther(c, h.at("")+"&done=cancelled")
}
