package book

import (
	"net/http"
	"net/url"
	"strings"
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

// bookingMove shows the times to move a booking to.
func (s *Pages) bookingMove(c *gin.Context) error {
	b, actor, token, err := s.holder(c)
	if err != nil {
		return err
	}
	return s.movePage(c, b, actor, token, http.StatusOK, nil)
}

func (s *Pages) movePage(c *gin.Context, b booking.Booking, actor accounts.Actor, token string, status int, failed *fault.Error) error {
	t, err := directory.Get(c.Request.Context(), s.Booking.DB, b.TherapistID)
	if err != nil {
		return err
	}
	sv, _ := t.Service(b.Service)
	reader := b.ClientZone
	if actor.Role == accounts.RoleTherapist {
		reader = b.Zone
	}
	at := timesAt{Path: "/booking/" + b.ID + "/reschedule", Query: url.Values{"t": {token}}, Zone: web.RequestOf(c).ZoneOr(reader), Move: &b}
	p, err := s.timesPage(c, search.View{Profile: t}, sv, b.Mode, at)
	if fault.Of(err) == fault.NotFound { // paused or gone from the list since
		p.None, err = "This practice offers no other times here at the moment. Your booking stands as it is.", nil
	}
	if err != nil {
		return err
	}
	p.Modes, p.Zones = nil, nil
	p.Post, p.Hidden = true, map[string]string{"t": token}
	p.Action = "/booking/" + b.ID + "/reschedule"
	p.Heading, p.Submit = "Choose another time", "Move the booking"
	p.Back = view.Link{URL: "/booking/" + b.ID + "?t=" + url.QueryEscape(token), Text: "Keep " + bothTimes(b.Starts, b.Zone, reader)}
	if actor.Role == accounts.RoleTherapist {
		p.Action = "/booking/" + b.ID + "/propose"
		p.Heading, p.Submit = "Propose another time", "Send the proposal"
	}
	if failed != nil {
		p.Notice = &view.Notice{Kind: "warn", Title: failed.Message, Text: "The booking keeps its old time. Choose another.", Alert: true}
		if len(failed.Fields) > 0 {
			p.Notice = nil
			p.needsTime(failed.Fields[0].Message)
		}
	}
	return web.Render(c, status, s.views.bookTimes, p)
}

// bookingReschedule moves a booking to the time chosen.
func (s *Pages) bookingReschedule(c *gin.Context) error {
	b, actor, token, err := s.client(c)
	if err != nil {
		return err
	}
	at, err := time.Parse(time.RFC3339, c.PostForm("at"))
	if err != nil {
		return s.movePage(c, b, actor, token, http.StatusUnprocessableEntity, fault.FieldError("at", "Choose a time."))
	}
	moved, err := s.Booking.Reschedule(c.Request.Context(), actor, b.ID, at, 0)
	if e, ok := fault.As(err); ok && (e.Kind == fault.Conflict || e.Kind == fault.Invalid) {
		return s.movePage(c, b, actor, token, web.StatusOf(e.Kind), e)
	}
	if err != nil {
		return err
	}
	return s.seeBooking(c, moved, "moved")
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
	b, actor, token, err := s.holder(c)
	if err != nil {
		return err
	}
	return s.cancelPage(c, b, actor, token, http.StatusOK, nil)
}

// cancelPage asks before cancelling, with what was wrong with the answer if anything was.
func (s *Pages) cancelPage(c *gin.Context, b booking.Booking, actor accounts.Actor, token string, status int, failed error) error {
	t, err := directory.Get(c.Request.Context(), s.Booking.DB, b.TherapistID)
	if err != nil {
		return err
	}
	preview, err := s.Booking.Cancellation(c.Request.Context(), b.ID)
	if err != nil {
		return err
	}
	sv, _ := t.Service(b.Service)
	reader := b.ClientZone
	if actor.Role == accounts.RoleTherapist {
		reader = b.Zone
	}
	p := bookingCancelPage{Chrome: s.Chrome(web.RequestOf(c), "Cancel this booking?", "", ""), With: withWhomOf(t, sv), Form: view.FormOf(c.Request.PostForm, failed), ID: b.ID, Token: token,
		When: bothTimes(b.Starts, b.Zone, reader), Preview: preview, Back: "/booking/" + b.ID + "?t=" + url.QueryEscape(token),
		Theirs: actor.Role == accounts.RoleTherapist}
	p.BodyClass = "quiet"
	p.Title = web.TitleOf(p.Title, p.Form)
	return web.Render(c, status, s.views.bookingCancel, p)
}

func (s *Pages) bookingCancel(c *gin.Context) error {
	b, actor, token, err := s.holder(c)
	if err != nil {
		return err
	}
	_, err = s.Booking.Cancel(c.Request.Context(), actor, b.ID, strings.ReplaceAll(c.PostForm("note"), "\r\n", "\n"))
	if k := fault.Of(err); err != nil && (k == fault.Invalid || k == fault.Conflict) {
		return s.cancelPage(c, b, actor, token, web.StatusOf(k), err)
	}
	if err != nil {
		return err
	}
	c.Redirect(http.StatusSeeOther, "/booking/"+b.ID+"?t="+url.QueryEscape(token)+"&done=cancelled")
	return nil
}
