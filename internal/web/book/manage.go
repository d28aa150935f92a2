package book

import (
	"cmp"
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

// ticket is a booking as the holder of one of its two tokens sees it.
type ticket struct {
	booking.Booking
	actor accounts.Actor
	token string
}

// practice reports whether the practice holds the ticket, not the client.
func (h ticket) practice() bool { return h.actor.Role == accounts.RoleTherapist }

// zone is the zone of the holder's own clock.
func (h ticket) zone() string {
	if h.practice() {
		return h.Zone
	}
	return h.ClientZone
}

// at is the address of a page of the booking, such as "/cancel"; "" is its own.
func (h ticket) at(page string) string {
	return "/booking/" + h.ID + page + "?t=" + url.QueryEscape(h.token)
}

// holder finds the booking by the token in the address. Without a right token nothing is learned, not
// even whether the booking exists.
func (s *Pages) holder(c *gin.Context) (h ticket, err error) {
	h.token = cmp.Or(c.Query("t"), c.PostForm("t"))
	h.Booking, h.actor, err = s.Booking.Authorise(c.Request.Context(), c.Param("id"), h.token)
	return h, err
}

// only is holder for pages of the client alone, or of the practice alone.
func (s *Pages) only(c *gin.Context, role accounts.Role) (ticket, error) {
	h, err := s.holder(c)
	if err == nil && h.actor.Role != role {
		err = fault.NotFound
	}
	return h, err
}

// offered is the profile and the service that a booking is for.
func (s *Pages) offered(c *gin.Context, b booking.Booking) (*directory.Profile, directory.Service, error) {
	t, err := directory.Get(c.Request.Context(), s.Booking.DB, b.TherapistID)
	if err != nil {
		return nil, directory.Service{}, err
	}
	sv, _ := t.Service(b.Service)
	return t, sv, nil
}

func (s *Pages) bookingShow(c *gin.Context) error {
	h, err := s.holder(c)
	if err != nil {
		return err
	}
	if h.practice() {
		return s.showPractice(c, h)
	}
	return s.showBooking(c, h, http.StatusOK, nil)
}

// bookingData is what the client's page of a booking is made from.
type bookingData struct {
	ticket
	t        *directory.Profile
	service  directory.Service
	meet     booking.Meeting
	proposal *booking.Proposal
	now      time.Time
}

// showBooking renders the client's page of a booking, with what went wrong if anything did.
func (s *Pages) showBooking(c *gin.Context, h ticket, status int, failed error) (err error) {
	d := bookingData{ticket: h, now: s.Clock.Now()}
	if d.t, d.service, err = s.offered(c, h.Booking); err != nil {
		return err
	}
	if d.meet, err = s.Booking.Meeting(c.Request.Context(), h.Booking); err != nil {
		return err
	}
	if pr, ok, err := s.Booking.Proposal(c.Request.Context(), h.ID); err != nil {
		return err
	} else if ok {
		d.proposal = &pr
	}
	p := s.bookingPage(web.RequestOf(c), d, c.Request.PostForm, failed)
	p.Flash = flash(c.Query("done"))
	return web.Render(c, status, s.views.bookingShow, p)
}

// bookingPage words a booking for its client.
func (s *Pages) bookingPage(req web.Request, d bookingData, posted url.Values, failed error) bookingShowPage {
	b := d.Booking
	p := bookingShowPage{
		Chrome: s.Chrome(req, "Your booking", "", ""), With: withWhomOf(d.t, d.service), Form: view.FormOf(posted, failed),
		B: b, Status: b.PublicAt(d.now), Token: d.token, Self: "/booking/" + b.ID, Calendar: d.at("/calendar.ics"),
		When: bothTimes(b.Starts, b.Zone, b.ClientZone), How: d.meet.Sentence(), Meeting: d.meet,
		Zone: region.ZoneCity(b.Zone), Mask: mask(b.ClientEmail), By: b.CancelledBy(),
		Again:   "/therapist/" + d.t.Slug + "/book?service=" + b.Service,
		MayMove: b.Status == booking.Confirmed && b.Starts.After(d.now),
	}
	p.BodyClass, p.Title = "quiet", web.TitleOf(p.Title, p.Form)
	p.Steps = view.Steps{Names: bookingSteps, Now: map[string]int{"held": 2, "confirmed": 3}[p.Status]}
	p.Countdown = view.Countdown{Until: b.HeldUntil.In(web.ZoneOf(b.ClientZone)), Now: d.now,
		Text: "We are holding this time for you",
		Over: "The time is no longer held.", Link: view.Link{URL: p.Again, Text: "Choose a time again"}}
	p.Rows = []view.Row{{Term: "When", Values: []string{p.When}}, {Term: "How you meet", Values: []string{p.How}}}
	if p.Status == "confirmed" {
		p.Rows = p.Rows[1:] // the time stands under the heading
	}
	p.NotTold = view.Notice{Kind: "info", Title: "We have not told " + p.With.Name + " yet",
		Text: "They learn of it when you confirm. Until then nothing is booked."}
	if d.proposal != nil && p.MayMove {
		p.Proposal, p.ProposalAt = bothTimes(d.proposal.Starts, b.Zone, b.ClientZone), view.ISO(d.proposal.Starts)
	}
	return p
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
	h, err := s.only(c, accounts.RoleClient)
	if err != nil {
		return err
	}
	if !codeShape.MatchString(c.PostForm("code")) { // a slip, which does not count as a try
		slip := fault.FieldError("code", "Enter the six digits from our e-mail.")
		return s.showBooking(c, h, http.StatusUnprocessableEntity, slip)
	}
	done, err := s.Booking.Confirm(c.Request.Context(), h.actor, h.ID, c.PostForm("code"))
	if err != nil {
		return s.notConfirmed(c, h, err)
	}
	s.Proven(c, done.ID)
	return s.seeBooking(c, done, "confirmed")
}

// codeShape is what may be a code; spaces do no harm.
var codeShape = regexp.MustCompile(`^\s*(?:\d\s*){6}$`)

// notConfirmed shows the booking again with what a person can mend or must know.
func (s *Pages) notConfirmed(c *gin.Context, h ticket, err error) error {
	switch fault.Of(err) {
	case fault.TooMany:
		web.RetryAfter(c, web.AsFault(err))
	case fault.Invalid, fault.Conflict:
	default:
		return err
	}
	var gone error
	if h.Booking, gone = s.Booking.Get(c.Request.Context(), h.ID); gone != nil {
		return err
	}
	return s.showBooking(c, h, web.StatusOf(fault.Of(err)), err)
}

func (s *Pages) seeBooking(c *gin.Context, b booking.Booking, done string) error {
	h := ticket{Booking: b, token: s.Booking.ManageToken(b.ID)}
	return web.SeeOther(c, h.at("")+"&done="+done)
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
	t, sv, err := s.offered(c, b)
	if err != nil {
		return err
	}
	p := bookingLinkPage{Chrome: s.Chrome(web.RequestOf(c), "Confirm your booking", "", ""), ID: id, Link: link,
		When: bothTimes(b.Starts, b.Zone, b.ClientZone), With: withWhomOf(t, sv), Status: b.PublicAt(s.Clock.Now())}
	p.BodyClass = "quiet"
	if e, ok := fault.As(failed); ok {
		p.Problem = &view.Notice{Kind: "bad", Text: e.Message, Alert: true}
	}
	return web.Render(c, status, s.views.bookingLink, p)
}

// bookingCalendar is the booking as a calendar file.
func (s *Pages) bookingCalendar(c *gin.Context) error {
	h, err := s.holder(c)
	if err != nil {
		return err
	}
	if h.Status == booking.Held {
		return fault.New(fault.Conflict, "This booking is not confirmed yet.")
	}
	file, err := s.Calendar(c.Request.Context(), h.Booking, h.practice())
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", `attachment; filename="appointment.ics"`)
	c.Data(http.StatusOK, "text/calendar; charset=utf-8", file)
	return nil
}
