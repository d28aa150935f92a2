package book

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/booking"
	"wattle/internal/booking/availability"
	"wattle/internal/directory"
	"wattle/internal/fault"
	"wattle/internal/search"
	"wattle/internal/view"
	"wattle/internal/web"
)

type bookDetailsPage struct {
	view.Chrome
	With      withWhom
	Steps     view.Steps
	Form      view.Form
	Action    string
	Service   string
	Mode      string
	ModeText  string
	At        string // RFC 3339
	When      string
	Zone      string
	Phone     bool // a number is needed
	Free      bool
	Terms     string
	Change    string // back to the times
	Taken     *view.Notice
	Others    []view.TimeChoice // offered when the time is gone
	OthersFor view.TimePicker
}

// bookDetails asks who it is for and how to reach them.
func (s *Pages) bookDetails(c *gin.Context, v search.View, sv directory.Service, mode string, at time.Time, status int,
	form view.Form, taken *fault.Error) error {
	zone := zoneOr(form.Value("timezone"), v.Zone)
	q := url.Values{"service": {sv.Slug}, "mode": {mode}, "tz": {zone}}
	p := bookDetailsPage{
		Chrome: s.Chrome(web.RequestOf(c), "Your details", "", ""), With: withWhomOf(v.Profile, sv),
		Steps: view.Steps{Names: bookingSteps, Now: 1}, Form: form, Action: "/therapist/" + v.Slug + "/book",
		Service: sv.Slug, Mode: mode, ModeText: search.Label("mode", mode), Phone: mode == "phone",
		At: view.ISO(at), When: bothTimes(at, v.Zone, zone), Zone: zone, Free: sv.Kind == directory.Consultation,
		Change: "/therapist/" + v.Slug + "/book?" + q.Encode(),
		Terms: "This call is free and lasts " + strconv.Itoa(sv.Minutes) + " minutes. It is offered by " + v.PrintedName() +
			" so that you can get to know each other. It is not therapy or advice, and nothing follows from it: " +
			"you need not book anything.",
	}
	p.BodyClass = "quiet"
	p.Description = "Who is it for, and how can you be reached? Nothing is booked before you confirm it by e-mail."
	p.Title = web.TitleOf(p.Title, form)
	if taken != nil {
		p.offerOthers(taken, v.Zone)
	}
	return web.Render(c, status, s.views.bookDetails, p)
}

// offerOthers says that the time is gone and lets another be chosen.
func (p *bookDetailsPage) offerOthers(taken *fault.Error, practice string) {
	others, _ := taken.Data.(availability.Alternatives)
	var starts []time.Time
	for _, o := range others {
		starts = append(starts, o.Starts)
	}
	if p.Form.Error("at") == "" || len(others) == 0 {
		p.Taken = &view.Notice{Kind: "warn", Title: taken.Message,
			Text: "Your details are still here. Choose another time below, and send again.", Alert: true}
		p.Title = "Choose another time: " + p.Title
	}
	if len(others) == 0 {
		p.Form.Errors = nil
		p.Taken.Text = "Your details are still here. There is no other free time near it."
		p.Taken.Links = []view.Link{{URL: p.Change, Text: "Look at all times"}}
		return
	}
	p.When = "To be chosen below"
	p.OthersFor = picker(practice, p.Zone, starts, "")
	p.OthersFor.Legend, p.OthersFor.Error = "Other free times", p.Form.Error("at")
}

// bookHold takes the details and holds the time. The client must be an adult; others get a page of their
// own.
func (s *Pages) bookHold(c *gin.Context) error {
	v, sv, err := s.bookable(c)
	if err != nil {
		return err
	}
	mode := c.PostForm("mode")
	if !slices.Contains(sv.Modes, mode) || sv.Kind != directory.Consultation {
		return web.SeeOther(c, "/therapist/"+v.Slug+"/book?service="+sv.Slug+"&missing=1")
	}
	at, err := time.Parse(time.RFC3339, c.PostForm("at"))
	if err != nil {
		return s.bookOtherTime(c, v, sv, mode)
	}
	form := view.Form{Values: c.Request.PostForm}
	switch c.PostForm("for") {
	case "adult":
	case "child":
		return web.SeeOther(c, "/under-18?from="+v.Slug)
	default:
		return s.bookDetails(c, v, sv, mode, at, http.StatusUnprocessableEntity,
			view.FormOf(c.Request.PostForm, fault.FieldError("for", "Say who this is for.")), nil)
	}
	b, err := s.holdForm(c, v, sv, mode, at)
	if err == nil {
		return web.SeeOther(c, ticket{Booking: b, token: s.Booking.ManageToken(b.ID)}.at(""))
	}
	switch e, _ := fault.As(err); fault.Of(err) {
	case fault.Invalid:
		if len(e.Fields) > 0 && e.Fields[0].Name == "starts_at" { // no answer of the form: other times help
			return s.bookDetails(c, v, sv, mode, at, http.StatusUnprocessableEntity, form, e)
		}
		return s.bookDetails(c, v, sv, mode, at, http.StatusUnprocessableEntity, view.FormOf(c.Request.PostForm, err), nil)
	case fault.Conflict:
		return s.bookDetails(c, v, sv, mode, at, http.StatusConflict, form, e)
	case fault.TooMany:
		web.RetryAfter(c, e)
		return s.bookDetails(c, v, sv, mode, at, http.StatusTooManyRequests,
			view.FormOf(c.Request.PostForm, fault.New(e.Kind, waitFor(e))), nil)
	}
	return err
}

// waitFor says how long to wait, where it is longer than a moment.
func waitFor(e *fault.Error) string {
	if minutes := int((e.RetryAfter + time.Minute - 1) / time.Minute); minutes > 1 {
		return "From where you are, many times were asked for in a short while. Your details are still here: " +
			"please send them again in " + strconv.Itoa(minutes) + " minutes."
	}
	return e.Message
}

// bookOtherTime answers details without a time, as when none of those offered for one that was gone
// was chosen: with the answers kept, and times near the old one.
func (s *Pages) bookOtherTime(c *gin.Context, v search.View, sv directory.Service, mode string) error {
	around, err := time.Parse(time.RFC3339, c.PostForm("around"))
	if err != nil {
		around = s.Clock.Now()
	}
	gone := booking.Booking{TherapistID: v.ID, Service: sv.Slug, Mode: mode}
	others, err := s.Booking.Alternatives(c.Request.Context(), gone, around)
	if err != nil {
		return err
	}
	missing := fault.FieldError("at", "Choose a time.")
	missing.Data = others
	form := view.FormOf(c.Request.PostForm, missing)
	return s.bookDetails(c, v, sv, mode, around, http.StatusUnprocessableEntity, form, missing)
}

func (s *Pages) holdForm(c *gin.Context, v search.View, sv directory.Service, mode string, at time.Time) (
	b booking.Booking, err error) {
	ask := booking.HoldRequest{
		TherapistID: v.ID, Service: sv.Slug, Mode: mode, StartsAt: at, Name: c.PostForm("name"), Email: c.PostForm("email"),
		Phone: c.PostForm("phone"), Zone: zoneOr(c.PostForm("timezone"), v.Zone), Note: c.PostForm("note"),
	}
	err = s.WithinAllowance(c, ask.Email, func() error {
		b, err = s.Booking.Hold(c.Request.Context(), web.RequestOf(c).Actor, ask)
		return err
	})
	return b, err
}
