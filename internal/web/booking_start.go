package web

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/booking"
	"wattle/internal/directory"
	"wattle/internal/fault"
	"wattle/internal/region"
	"wattle/internal/view"
)

// pageDays is how many days with free times one page of the picker shows.
const pageDays = 6

// lookDays is how far one page looks ahead for them, the most that one question may ask for.
const lookDays = 92

// pickDays bounds how far "later" leads.
const pickDays = 365

// withWhom heads every page of a booking.
type withWhom struct {
	Name, Title, Slug string
	Portrait          view.Portrait
	Service           string // "Free 15-minute call"
	Minutes           int
}

type bookTimesPage struct {
	view.Chrome
	With    withWhom
	Steps   view.Steps
	Action  string            // where the form goes
	Post    bool              // a reschedule or proposal is sent at once; a booking goes on to its details
	Hidden  map[string]string // carried along
	Heading string
	Modes   []view.Choice
	Mode    string
	Zones   []view.Option
	Zone    string
	Picker  view.TimePicker
	None    string // why there are no times, in a sentence
	Form    view.Form
	Notice  *view.Notice
	Submit  string
	Back    view.Link
	Refresh string // address that shows other modes or zones: the same page by GET
}

// Empty is what stands where there are no times, with ways on.
func (p bookTimesPage) Empty() view.Empty {
	e := view.Empty{Title: "No free times", Text: p.None}
	if p.Picker.Sooner != "" {
		e.Links = append(e.Links, view.Link{URL: p.Picker.Sooner, Text: "Sooner times"})
	}
	e.Links = append(e.Links, p.Back)
	if !p.Post {
		e.Links = append(e.Links, view.Link{URL: "/therapists?available=week&free_consultation=true", Text: "Therapists with a free time this week"})
	}
	return e
}

// needsTime says on top and beside the times what is wrong with the choice.
func (p *bookTimesPage) needsTime(words string) {
	if len(p.Picker.Days) == 0 {
		return
	}
	p.Form = view.Form{Errors: []fault.Field{{Name: p.Picker.Name, Message: words}}}
	p.Picker.Error, p.Title = words, titleOf(p.Title, p.Form)
}

// bookTimes asks how to meet and when; with a time chosen it goes on to the details.
func (s *Server) bookTimes(c *gin.Context) error {
	v, sv, err := s.bookable(c)
	if err != nil {
		return err
	}
	mode := modeOf(sv, c.Query("mode"))
	if at, err := time.Parse(time.RFC3339, c.Query("at")); err == nil && c.Query("mode") != "" && contains(sv.Modes, c.Query("mode")) &&
		c.Query("again") == "" && sv.Kind == directory.Consultation {
		return s.bookDetails(c, v, sv, mode, at, http.StatusOK, view.NewForm("timezone", zoneOr(c.Query("tz"), v.Zone)), nil)
	}
	at := timesAt{Path: "/therapist/" + v.Slug + "/book", Query: url.Values{}, Zone: zoneOr(c.Query("tz"), v.Zone)}
	for _, name := range []string{"service", "mode", "tz"} {
		if asked := c.Query(name); asked != "" {
			at.Query.Set(name, asked)
		}
	}
	p, err := s.timesPage(c, v, sv, mode, at)
	if err != nil {
		return err
	}
	p.Steps = view.Steps{Names: bookingSteps, Now: 0}
	p.Action = "/therapist/" + v.Slug + "/book"
	p.Refresh = p.Action
	p.Hidden = map[string]string{"service": sv.Slug}
	p.Heading, p.Submit = "Choose how and when", "Go on with this time"
	p.Back = view.Link{URL: "/therapist/" + v.Slug, Text: "Back to the profile"}
	if c.Query("missing") != "" || c.Query("again") == "" && c.Query("mode") != "" && c.Query("go") != "" {
		p.needsTime("Choose a time.")
	}
	return render(s, c, http.StatusOK, s.views.bookTimes, p)
}

var bookingSteps = []string{"Time", "Your details", "Your code", "Booked"}

// bookable finds the listed therapist and the service asked for; the free consultation by default.
func (s *Server) bookable(c *gin.Context) (directory.View, directory.Service, error) {
	v, err := s.shown(c, c.Param("slug"))
	if err != nil {
		return v, directory.Service{}, err
	}
	slug := c.DefaultQuery("service", c.PostForm("service"))
	if slug == "" {
		slug = directory.FreeConsultation
	}
	sv, ok := v.Service(slug)
	if !ok {
		return v, sv, fault.New(fault.NotFound, "This practice does not offer that.")
	}
	return v, sv, nil
}

func modeOf(sv directory.Service, asked string) string {
	if contains(sv.Modes, asked) {
		return asked
	}
	return sv.Modes[0]
}

func zoneOr(asked, practice string) string {
	if _, ok := region.ZoneByName(asked); ok {
		return asked
	}
	return practice
}

func (s *Server) withWhom(t *directory.Therapist, sv directory.Service) withWhom {
	return withWhom{Name: t.Name(), Title: t.FullTitle(), Slug: t.Slug, Portrait: facePortrait(t, ""), Service: serviceText(sv), Minutes: sv.Minutes}
}

func serviceText(sv directory.Service) string {
	if sv.Kind == directory.Consultation {
		return "Free " + strconv.Itoa(sv.Minutes) + "-minute call"
	}
	return sv.Name
}

// timesAt is the address of a page of times by itself, and the zone of whoever reads it. The answer
// to a form shows the same page but lies elsewhere.
type timesAt struct {
	Path  string
	Query url.Values
	Zone  string
	Move  *booking.Booking // the booking to be moved, nil for a new one
}

// from is the page with its times from a day on.
func (at timesAt) from(day, today booking.Day) string {
	if day >= today+pickDays {
		return ""
	}
	q := maps.Clone(at.Query)
	if day > today {
		q.Set("from", day.String())
	}
	return strings.TrimSuffix(at.Path+"?"+q.Encode(), "?")
}

// timesPage lays out the free times of one service and mode, a few days at a time.
func (s *Server) timesPage(c *gin.Context, v directory.View, sv directory.Service, mode string, at timesAt) (bookTimesPage, error) {
	zone := at.Zone
	p := bookTimesPage{
		Chrome: s.chrome("Book "+strings.ToLower(serviceText(sv))+" with "+v.PrintedName(), "", ""),
		With:   s.withWhom(v.Therapist, sv), Modes: modeChoices(sv.Modes, mode), Mode: mode, Zones: zoneOptions(), Zone: zone,
	}
	p.BodyClass, p.Live = "quiet", true
	today := booking.DayOf(s.Clock.Now().In(zoneOf(v.Zone)))
	from := today
	if d, err := booking.ParseDay(c.Query("from")); err == nil && d > today && d < today+pickDays {
		from = d
	}
	ask := booking.SlotQuery{TherapistID: v.ID, Service: sv.Slug, Mode: mode, From: from, Days: lookDays, Booking: at.Move}
	cal, err := s.Booking.Slots(ctx(c), ask)
	if err != nil {
		return p, err
	}
	days, more := firstDays(cal.Days)
	p.None = cal.Reason
	if p.None == "" {
		p.None = "There are no free times here."
	}
	p.Picker = s.picker(v.Zone, zone, startsOf(days), c.Query("at"))
	if more {
		p.Picker.Later = at.from(days[len(days)-1].Date+1, today)
	}
	if from > today {
		p.Picker.Sooner, err = s.soonerLink(c, ask, today, at)
	}
	return p, err
}

// soonerLink leads to the last days with times before those shown, "" where there are none.
func (s *Server) soonerLink(c *gin.Context, ask booking.SlotQuery, today booking.Day, at timesAt) (string, error) {
	end := ask.From
	ask.From = max(today, end-lookDays)
	ask.Days = int(end - ask.From)
	cal, err := s.Booking.Slots(ctx(c), ask)
	if err != nil {
		return "", err
	}
	days := slices.DeleteFunc(cal.Days, func(d booking.CalendarDay) bool { return len(d.Slots) == 0 })
	switch {
	case len(days) == 0 && ask.From == today:
		return "", nil
	case len(days) <= pageDays:
		return at.from(ask.From, today), nil
	}
	return at.from(days[len(days)-pageDays].Date, today), nil
}

// firstDays are the first days with free times, and whether there are more.
func firstDays(all []booking.CalendarDay) (days []booking.CalendarDay, more bool) {
	for _, d := range all {
		if len(d.Slots) == 0 {
			continue
		}
		if len(days) == pageDays {
			return days, true
		}
		days = append(days, d)
	}
	return days, false
}

func startsOf(days []booking.CalendarDay) []time.Time {
	var out []time.Time
	for _, d := range days {
		for _, sl := range d.Slots {
			out = append(out, sl.Starts)
		}
	}
	return out
}

func (s *Server) picker(practice, mine string, starts []time.Time, chosen string) view.TimePicker {
	loc := zoneOf(practice)
	for i := range starts {
		starts[i] = starts[i].In(loc)
	}
	if t, err := time.Parse(time.RFC3339, chosen); err == nil {
		chosen = view.ISO(t.In(loc))
	}
	p := view.TimePicker{Name: "at", Legend: "Choose a time", Zone: region.ZoneCity(practice) + " time"}
	var local func(time.Time) string
	if differ(practice, mine, starts) {
		local = func(t time.Time) string {
			if !differ(practice, mine, []time.Time{t}) {
				return ""
			}
			return localText(t, mine)
		}
		p.Note = "Your time in " + region.ZoneCity(mine) + " stands under each."
	}
	p.Days = view.GroupTimes(starts, local, chosen)
	return p
}

// differ reports whether the two zones' clocks differ at any of the times.
func differ(a, b string, times []time.Time) bool {
	for _, t := range times {
		_, x := t.In(zoneOf(a)).Zone()
		_, y := t.In(zoneOf(b)).Zone()
		if x != y {
			return true
		}
	}
	return false
}

// localText is the reader's time: "4:00 pm Brisbane", with the day when that differs.
func localText(t time.Time, mine string) string {
	l := t.In(zoneOf(mine))
	text := view.Clock(l)
	if l.Day() != t.Day() {
		text = l.Format("Mon ") + text
	}
	return text + " " + region.ZoneCity(mine)
}

// bothTimes words an instant for both sides: "Tue 1 Dec, 5:00 pm Sydney time (4:00 pm Brisbane, your time)".
func bothTimes(t time.Time, practice, mine string) string {
	l := t.In(zoneOf(practice))
	text := view.When(l) + " " + region.ZoneCity(practice) + " time"
	if differ(practice, mine, []time.Time{t}) {
		text += " (" + localText(l, mine) + ", your time)"
	}
	return text
}

func modeChoices(modes []string, on string) []view.Choice {
	hints := map[string]string{"video": "By a link you get once it is booked", "phone": "They call you", "in-person": "At the practice"}
	var out []view.Choice
	for _, m := range modes {
		out = append(out, view.Choice{Option: view.Option{Value: m, Label: directory.Label("mode", m), Hint: hints[m]}, ID: "m-" + m, On: m == on})
	}
	return out
}

func zoneOptions() []view.Option {
	var out []view.Option
	for _, z := range region.Zones() {
		out = append(out, view.Option{Value: z.Name, Label: z.City + " (" + z.Where + ")"})
	}
	return out
}

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
func (s *Server) bookDetails(c *gin.Context, v directory.View, sv directory.Service, mode string, at time.Time, status int, form view.Form, taken *fault.Error) error {
	zone := zoneOr(form.Value("timezone"), v.Zone)
	q := url.Values{"service": {sv.Slug}, "mode": {mode}, "tz": {zone}}
	p := bookDetailsPage{
		Chrome: s.chrome("Your details", "", ""), With: s.withWhom(v.Therapist, sv), Steps: view.Steps{Names: bookingSteps, Now: 1},
		Form: form, Action: "/therapist/" + v.Slug + "/book", Service: sv.Slug, Mode: mode, ModeText: directory.Label("mode", mode),
		At: view.ISO(at), When: bothTimes(at, v.Zone, zone), Zone: zone, Phone: mode == "phone", Free: sv.Kind == directory.Consultation,
		Change: "/therapist/" + v.Slug + "/book?" + q.Encode(),
		Terms: "This call is free and lasts " + strconv.Itoa(sv.Minutes) + " minutes. It is offered by " + v.PrintedName() +
			" so that you can get to know each other. It is not therapy or advice, and nothing follows from it: you need not book anything.",
	}
	p.BodyClass = "quiet"
	p.Title = titleOf(p.Title, form)
	if taken != nil {
		p.offerOthers(taken, s, v.Zone)
	}
	return render(s, c, status, s.views.bookDetails, p)
}

// offerOthers says that the time is gone and lets another be chosen.
func (p *bookDetailsPage) offerOthers(taken *fault.Error, s *Server, practice string) {
	others, _ := taken.Data.(booking.Alternatives)
	var starts []time.Time
	for _, o := range others {
		starts = append(starts, o.Starts)
	}
	if p.Form.Error("at") == "" || len(others) == 0 {
		p.Taken = &view.Notice{Kind: "warn", Title: taken.Message, Text: "Your details are still here. Choose another time below, and send again.", Alert: true}
		p.Title = "Choose another time: " + p.Title
	}
	if len(others) == 0 {
		p.Form.Errors = nil
		p.Taken.Text = "Your details are still here. There is no other free time near it."
		p.Taken.Links = []view.Link{{URL: p.Change, Text: "Look at all times"}}
		return
	}
	p.When = "To be chosen below"
	p.OthersFor = s.picker(practice, p.Zone, starts, "")
	p.OthersFor.Legend, p.OthersFor.Error = "Other free times", p.Form.Error("at")
}

// bookHold takes the details and holds the time. Whoever it is for must be an adult; others get a
// page of their own.
func (s *Server) bookHold(c *gin.Context) error {
	v, sv, err := s.bookable(c)
	if err != nil {
		return err
	}
	mode := c.PostForm("mode")
	if !contains(sv.Modes, mode) || sv.Kind != directory.Consultation {
		c.Redirect(http.StatusSeeOther, "/therapist/"+v.Slug+"/book?service="+sv.Slug+"&missing=1")
		return nil
	}
	at, err := time.Parse(time.RFC3339, c.PostForm("at"))
	if err != nil {
		return s.bookOtherTime(c, v, sv, mode)
	}
	form := view.Form{Values: c.Request.PostForm}
	switch c.PostForm("for") {
	case "adult":
	case "child":
		c.Redirect(http.StatusSeeOther, "/under-18?from="+v.Slug)
		return nil
	default:
		return s.bookDetails(c, v, sv, mode, at, http.StatusUnprocessableEntity,
			view.FormOf(c.Request.PostForm, fault.FieldError("for", "Say who this is for.")), nil)
	}
	b, err := s.holdForm(c, v, sv, mode, at)
	if err == nil {
		c.Redirect(http.StatusSeeOther, "/booking/"+b.ID+"?t="+url.QueryEscape(s.Booking.ManageToken(b.ID)))
		return nil
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
		comeAgain(c, e)
		return s.bookDetails(c, v, sv, mode, at, http.StatusTooManyRequests, view.FormOf(c.Request.PostForm, fault.New(e.Kind, waitFor(e))), nil)
	}
	return err
}

// waitFor says how long to wait, where it is longer than a moment.
func waitFor(e *fault.Error) string {
	if minutes := int((e.RetryAfter + time.Minute - 1) / time.Minute); minutes > 1 {
		return "From where you are, many times were asked for in a short while. Your details are still here: please send them again in " + strconv.Itoa(minutes) + " minutes."
	}
	return e.Message
}

// bookOtherTime answers details without a time, as when none of those offered for one that was gone
// was chosen: with the answers kept, and times near the old one.
func (s *Server) bookOtherTime(c *gin.Context, v directory.View, sv directory.Service, mode string) error {
	around, err := time.Parse(time.RFC3339, c.PostForm("around"))
	if err != nil {
		around = s.Clock.Now()
	}
	others, err := s.Booking.Alternatives(ctx(c), booking.Booking{TherapistID: v.ID, Service: sv.Slug, Mode: mode}, around)
	if err != nil {
		return err
	}
	missing := fault.FieldError("at", "Choose a time.")
	missing.Data = others
	return s.bookDetails(c, v, sv, mode, around, http.StatusUnprocessableEntity, view.FormOf(c.Request.PostForm, missing), missing)
}

func (s *Server) holdForm(c *gin.Context, v directory.View, sv directory.Service, mode string, at time.Time) (booking.Booking, error) {
	return s.hold(c, booking.HoldRequest{
		TherapistID: v.ID, Service: sv.Slug, Mode: mode, StartsAt: at, Name: c.PostForm("name"), Email: c.PostForm("email"),
		Phone: c.PostForm("phone"), Zone: zoneOr(c.PostForm("timezone"), v.Zone), Note: c.PostForm("note"),
	})
}

func (s *Server) under18(c *gin.Context) error {
	p := plainPage{Chrome: s.chrome("Finding help when you are under 18", "", ""), Slug: c.Query("from")}
	if _, ok := s.Directory.BySlug(p.Slug); !ok {
		p.Slug = ""
	}
	p.BodyClass = "quiet"
	return render(s, c, http.StatusOK, s.views.bookUnder18, p)
}
