package book

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
	"wattle/internal/booking/availability"
	"wattle/internal/booking/calendar"
	"wattle/internal/directory"
	"wattle/internal/fault"
	"wattle/internal/region"
	"wattle/internal/search"
	"wattle/internal/view"
	"wattle/internal/web"
	"wattle/internal/web/profile"
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
		e.Links = append(e.Links, view.Link{URL: "/therapists?available=week&free_consultation=true",
			Text: "Therapists with a free time this week"})
	}
	return e
}

// needsTime says on top and beside the times what is wrong with the choice.
func (p *bookTimesPage) needsTime(words string) {
	if len(p.Picker.Days) == 0 {
		return
	}
	p.Form = view.Form{Errors: []fault.Field{{Name: p.Picker.Name, Message: words}}}
	p.Picker.Error, p.Title = words, web.TitleOf(p.Title, p.Form)
}

// bookTimes asks how to meet and when; with a time chosen it goes on to the details.
func (s *Pages) bookTimes(c *gin.Context) error {
	v, sv, err := s.bookable(c)
	if err != nil {
		return err
	}
	mode := modeOf(sv, c.Query("mode"))
	zone := web.RequestOf(c).ZoneOr(v.Zone)
	if at, err := time.Parse(time.RFC3339, c.Query("at")); err == nil && c.Query("mode") == mode &&
		c.Query("again") == "" && sv.Kind == directory.Consultation {
		return s.bookDetails(c, v, sv, mode, at, http.StatusOK, view.NewForm("timezone", zone), nil)
	}
	at := timesAt{Path: "/therapist/" + v.Slug + "/book", Query: url.Values{}, Zone: zone}
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
	p.Description = "Choose how and when you would like to talk. Nothing is booked before you confirm it by e-mail."
	p.Action = "/therapist/" + v.Slug + "/book"
	p.Refresh = p.Action
	p.Hidden = map[string]string{"service": sv.Slug}
	p.Heading, p.Submit = "Choose how and when", "Go on with this time"
	p.Back = view.Link{URL: "/therapist/" + v.Slug, Text: "Back to the profile"}
	if c.Query("missing") != "" || c.Query("again") == "" && c.Query("mode") != "" && c.Query("go") != "" {
		p.needsTime("Choose a time.")
	}
	return web.Render(c, http.StatusOK, s.views.bookTimes, p)
}

var bookingSteps = []string{"Time", "Your details", "Your code", "Booked"}

// bookable finds the listed therapist and the service asked for; the free consultation by default.
func (s *Pages) bookable(c *gin.Context) (search.View, directory.Service, error) {
	v, err := profile.Show(c.Request.Context(), s.Search, c.Param("slug"))
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
	if slices.Contains(sv.Modes, asked) {
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

func withWhomOf(t *directory.Profile, sv directory.Service) withWhom {
	return withWhom{Name: t.Name(), Title: t.FullTitle(), Slug: t.Slug, Portrait: profile.Portrait(t, ""),
		Service: serviceText(sv), Minutes: sv.Minutes}
}

func serviceText(sv directory.Service) string {
	if sv.Kind == directory.Consultation {
		return "Free " + strconv.Itoa(sv.Minutes) + "-minute call"
	}
	return sv.Name
}

// timesAt is the address of a page of times by itself, and the zone of its reader. The answer
// to a form shows the same page but lies elsewhere.
type timesAt struct {
	Path  string
	Query url.Values
	Zone  string
	Move  *booking.Booking // the booking to be moved, nil for a new one
}

// from is the page with its times from a day on.
func (at timesAt) from(day, today calendar.Day) string {
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
func (s *Pages) timesPage(c *gin.Context, v search.View, sv directory.Service, mode string, at timesAt) (
	bookTimesPage, error) {
	zone := at.Zone
	p := bookTimesPage{
		Chrome: s.Chrome(web.RequestOf(c), "Book "+strings.ToLower(serviceText(sv))+" with "+v.PrintedName(), "", ""),
		With:   withWhomOf(v.Profile, sv), Modes: modeChoices(sv.Modes, mode), Mode: mode, Zones: zoneOptions(), Zone: zone,
	}
	p.BodyClass, p.Live = "quiet", true
	today := calendar.DayOf(s.Clock.Now().In(web.ZoneOf(v.Zone)))
	from := today
	if d, err := calendar.ParseDay(c.Query("from")); err == nil && d > today && d < today+pickDays {
		from = d
	}
	ask := availability.SlotQuery{TherapistID: v.ID, Service: sv.Slug, Mode: mode, From: from, Days: lookDays, Moving: at.Move.Moving()}
	cal, err := s.Booking.Availability.Slots(c.Request.Context(), ask)
	if err != nil {
		return p, err
	}
	days, more := firstDays(cal.Days)
	p.None = cal.Reason
	if p.None == "" {
		p.None = "There are no free times here."
	}
	p.Picker = picker(v.Zone, zone, startsOf(days), c.Query("at"))
	if more {
		p.Picker.Later = at.from(days[len(days)-1].Date+1, today)
	}
	if from > today {
		p.Picker.Sooner, err = s.soonerLink(c, ask, today, at)
	}
	return p, err
}

// soonerLink leads to the last days with times before those shown, "" where there are none.
func (s *Pages) soonerLink(c *gin.Context, ask availability.SlotQuery, today calendar.Day, at timesAt) (string, error) {
	end := ask.From
	ask.From = max(today, end-lookDays)
	ask.Days = int(end - ask.From)
	cal, err := s.Booking.Availability.Slots(c.Request.Context(), ask)
	if err != nil {
		return "", err
	}
	days := slices.DeleteFunc(cal.Days, func(d availability.CalendarDay) bool { return len(d.Slots) == 0 })
	switch {
	case len(days) == 0 && ask.From == today:
		return "", nil
	case len(days) <= pageDays:
		return at.from(ask.From, today), nil
	}
	return at.from(days[len(days)-pageDays].Date, today), nil
}

// firstDays are the first days with free times, and whether there are more.
func firstDays(all []availability.CalendarDay) (days []availability.CalendarDay, more bool) {
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

func startsOf(days []availability.CalendarDay) []time.Time {
	var out []time.Time
	for _, d := range days {
		for _, sl := range d.Slots {
			out = append(out, sl.Starts)
		}
	}
	return out
}

func picker(practice, mine string, starts []time.Time, chosen string) view.TimePicker {
	loc := web.ZoneOf(practice)
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
		_, x := t.In(web.ZoneOf(a)).Zone()
		_, y := t.In(web.ZoneOf(b)).Zone()
		if x != y {
			return true
		}
	}
	return false
}

// localText is the reader's time: "4:00 pm Brisbane", with the day when that differs.
func localText(t time.Time, mine string) string {
	l := t.In(web.ZoneOf(mine))
	text := view.Clock(l)
	if l.Day() != t.Day() {
		text = l.Format("Mon ") + text
	}
	return text + " " + region.ZoneCity(mine)
}

// bothTimes words an instant for both sides: "Tue 1 Dec, 5:00 pm Sydney time (4:00 pm Brisbane, your time)".
func bothTimes(t time.Time, practice, mine string) string {
	l := t.In(web.ZoneOf(practice))
	text := view.When(l) + " " + region.ZoneCity(practice) + " time"
	if differ(practice, mine, []time.Time{t}) {
		text += " (" + localText(l, mine) + ", your time)"
	}
	return text
}

func modeChoices(modes []string, on string) []view.Choice {
	hints := map[string]string{"video": "By a link you get once it is booked", "phone": "They call you",
		"in-person": "At the practice"}
	var out []view.Choice
	for _, m := range modes {
		out = append(out, view.Choice{Option: view.Option{Value: m, Label: search.Label("mode", m), Hint: hints[m]},
			ID: "m-" + m, On: m == on})
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
