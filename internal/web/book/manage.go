package book

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/accounts"
	"wattle/internal/booking"
	"wattle/internal/directory"
	"wattle/internal/fault"
	"wattle/internal/region"
	"wattle/internal/view"
	"wattle/internal/web"
)

type bookingShowPage struct {
	view.Chrome
	With       withWhom
	Steps      view.Steps
	B          booking.Booking
	Status     string // held, confirmed, cancelled, expired, completed, no_show
	Token      string
	Form       view.Form
	When       string
	How        string // how you meet, one sentence
	Meeting    booking.Meeting
	Zone       string
	Mask       string // "s…@example.org"
	Countdown  view.Countdown
	Proposal   string // the time the practice proposes, worded
	ProposalAt string
	By         string // who cancelled
	Self       string // this page's address, for links
	Calendar   string
	Again      string // book another time
	MayMove    bool
	Rows       []view.Row
	NotTold    view.Notice // the practice has not heard of a held time
}

// holder finds the booking by the token in the address. Whoever holds neither token learns
// nothing, not even whether the booking exists.
func (s *Pages) holder(c *gin.Context) (booking.Booking, accounts.Actor, string, error) {
	token := c.Query("t")
	if token == "" {
		token = c.PostForm("t")
	}
	b, actor, err := s.Booking.Authorise(c.Request.Context(), c.Param("id"), token)
	return b, actor, token, err
}

// client is holder for pages which only the client may use.
func (s *Pages) client(c *gin.Context) (booking.Booking, accounts.Actor, string, error) {
	b, actor, token, err := s.holder(c)
	if err == nil && actor.Role != accounts.RoleClient {
		err = fault.NotFound
	}
	return b, actor, token, err
}

func (s *Pages) bookingShow(c *gin.Context) error {
	b, actor, token, err := s.holder(c)
	if err != nil {
		return err
	}
	if actor.Role == accounts.RoleTherapist {
		return s.showPractice(c, b, token, http.StatusOK, nil)
	}
	return s.showBooking(c, b, token, http.StatusOK, nil)
}

// bookingData is what the client's page of a booking is made from.
type bookingData struct {
	b        booking.Booking
	t        *directory.Profile
	meet     booking.Meeting
	proposal *booking.Proposal
	now      time.Time
}

// showBooking renders the client's page of a booking, with what went wrong if anything did.
func (s *Pages) showBooking(c *gin.Context, b booking.Booking, token string, status int, failed error) error {
	d := bookingData{b: b, now: s.Clock.Now()}
	var err error
	if d.t, err = directory.Get(c.Request.Context(), s.Booking.DB, b.TherapistID); err != nil {
		return err
	}
	if d.meet, err = s.Booking.Meeting(c.Request.Context(), b); err != nil {
		return err
	}
	if pr, ok, err := s.Booking.Proposal(c.Request.Context(), b.ID); err != nil {
		return err
	} else if ok {
		d.proposal = &pr
	}
	p := s.bookingPage(web.RequestOf(c), d, token, c.Request.PostForm, failed)
	p.Flash = flash(c.Query("done"))
	return web.Render(c, status, s.views.bookingShow, p)
}

// bookingPage words a booking for its client.
func (s *Pages) bookingPage(req web.Request, d bookingData, token string, posted url.Values, failed error) bookingShowPage {
	b, self := d.b, "/booking/"+d.b.ID
	sv, _ := d.t.Service(b.Service)
	p := bookingShowPage{
		Chrome: s.Chrome(req, "Your booking", "", ""), With: withWhomOf(d.t, sv), B: b, Status: b.PublicAt(d.now), Token: token,
		When: bothTimes(b.Starts, b.Zone, b.ClientZone), How: d.meet.Sentence(), Meeting: d.meet, Zone: region.ZoneCity(b.Zone),
		Mask: mask(b.ClientEmail), By: b.CancelledBy(), Self: self, Calendar: self + "/calendar.ics?t=" + url.QueryEscape(token),
		Again:   "/therapist/" + d.t.Slug + "/book?service=" + b.Service,
		Form:    view.FormOf(posted, failed),
		MayMove: b.Status == booking.Confirmed && b.Starts.After(d.now),
	}
	p.BodyClass, p.Title = "quiet", web.TitleOf(p.Title, p.Form)
	p.Steps = view.Steps{Names: bookingSteps, Now: map[string]int{"held": 2, "confirmed": 3}[p.Status]}
	p.Countdown = view.Countdown{Until: b.HeldUntil.In(web.ZoneOf(b.ClientZone)), Now: d.now, Text: "We are holding this time for you",
		Over: "The time is no longer held.", Link: view.Link{URL: p.Again, Text: "Choose a time again"}}
	if p.Rows = bookingRows(p); p.Status == "confirmed" {
		p.Rows = p.Rows[1:] // the time stands under the heading
	}
	p.NotTold = view.Notice{Kind: "info", Title: "We have not told " + p.With.Name + " yet", Text: "They learn of it when you confirm. Until then nothing is booked."}
	if d.proposal != nil && p.MayMove {
		p.Proposal, p.ProposalAt = bothTimes(d.proposal.Starts, b.Zone, b.ClientZone), view.ISO(d.proposal.Starts)
	}
	return p
}

func bookingRows(p bookingShowPage) []view.Row {
	return []view.Row{
		{Term: "When", Values: []string{p.When}},
		{Term: "How you meet", Values: []string{p.How}},
	}
}

// flash words what just happened; only these words, whatever the address says.
func flash(done string) view.Notice {
	text := map[string]string{
		"confirmed": "Your booking is confirmed. We have sent you the details by e-mail.",
		"moved":     "Your booking has a new time. We have told both of you by e-mail.",
		"cancelled": "The booking is cancelled. We have told both of you by e-mail.",
		"proposed":  "We have sent your proposal by e-mail. The booking keeps its time until it is accepted.",
	}[done]
	return view.Notice{Kind: "ok", Text: text}
}

// mask shows enough of an address to notice a slip of the finger.
func mask(email string) string {
	name, host, _ := strings.Cut(email, "@")
	r := []rune(name)
	if len(r) < 3 {
		return string(r[:min(1, len(r))]) + "…@" + host
	}
	return string(r[:2]) + "…" + string(r[len(r)-1:]) + "@" + host
}

// bookingConfirm takes the code from the page, or the link's token from the button.
func (s *Pages) bookingConfirm(c *gin.Context) error {
	if link := c.PostForm("link"); link != "" {
		b, err := s.Booking.ConfirmByLink(c.Request.Context(), c.Param("id"), link)
		if fault.Of(err) == fault.Conflict {
			return s.linkPage(c, c.Param("id"), link, http.StatusConflict, err)
		}
		if err != nil {
			return err
		}
		s.Proven(c, b.ID)
		return s.seeBooking(c, b, "confirmed")
	}
	b, actor, token, err := s.client(c)
	if err != nil {
		return err
	}
	if !codeShape.MatchString(c.PostForm("code")) { // a slip, and no try at the code
		return s.showBooking(c, b, token, http.StatusUnprocessableEntity, fault.FieldError("code", "Enter the six digits from our e-mail."))
	}
	done, err := s.Booking.Confirm(c.Request.Context(), actor, b.ID, c.PostForm("code"))
	if err != nil {
		return s.notConfirmed(c, b.ID, token, err)
	}
	s.Proven(c, done.ID)
	return s.seeBooking(c, done, "confirmed")
}

// codeShape is what may be a code; spaces do no harm.
var codeShape = regexp.MustCompile(`^\s*(?:\d\s*){6}$`)

// notConfirmed shows the booking again with what a person can mend or must know.
func (s *Pages) notConfirmed(c *gin.Context, id, token string, err error) error {
	switch fault.Of(err) {
	case fault.TooMany:
		web.RetryAfter(c, web.AsFault(err))
	case fault.Invalid, fault.Conflict:
	default:
		return err
	}
	b, gone := s.Booking.Get(c.Request.Context(), id)
	if gone != nil {
		return err
	}
	return s.showBooking(c, b, token, web.StatusOf(fault.Of(err)), err)
}

func (s *Pages) seeBooking(c *gin.Context, b booking.Booking, done string) error {
	c.Redirect(http.StatusSeeOther, "/booking/"+b.ID+"?t="+url.QueryEscape(s.Booking.ManageToken(b.ID))+"&done="+done)
	return nil
}

type bookingLinkPage struct {
	view.Chrome
	ID, Link string
	When     string
	With     withWhom
	Status   string
	Problem  *view.Notice
}

// bookingLink is where the mail's link leads. Opening it changes nothing, for mail scanners open
// links; the button on it does.
func (s *Pages) bookingLink(c *gin.Context) error {
	return s.linkPage(c, c.Param("id"), c.Query("t"), http.StatusOK, nil)
}

func (s *Pages) linkPage(c *gin.Context, id, link string, status int, failed error) error {
	if !s.Booking.IsLink(id, link) {
		return fault.NotFound
	}
	b, err := s.Booking.Get(c.Request.Context(), id)
	if err != nil {
		return err
	}
	t, err := directory.Get(c.Request.Context(), s.Booking.DB, b.TherapistID)
	if err != nil {
		return err
	}
	sv, _ := t.Service(b.Service)
	p := bookingLinkPage{Chrome: s.Chrome(web.RequestOf(c), "Confirm your booking", "", ""), ID: id, Link: link, When: bothTimes(b.Starts, b.Zone, b.ClientZone),
		With: withWhomOf(t, sv), Status: b.PublicAt(s.Clock.Now())}
	p.BodyClass = "quiet"
	if e, ok := fault.As(failed); ok {
		p.Problem = &view.Notice{Kind: "bad", Text: e.Message, Alert: true}
	}
	return web.Render(c, status, s.views.bookingLink, p)
}

// bookingCalendar is the booking as a calendar file.
func (s *Pages) bookingCalendar(c *gin.Context) error {
	b, actor, _, err := s.holder(c)
	if err != nil {
		return err
	}
	if b.Status == booking.Held {
		return fault.New(fault.Conflict, "This booking is not confirmed yet.")
	}
	file, err := s.Calendar(c.Request.Context(), b, actor.Role == accounts.RoleTherapist)
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", `attachment; filename="appointment.ics"`)
	c.Data(http.StatusOK, "text/calendar; charset=utf-8", file)
	return nil
}
