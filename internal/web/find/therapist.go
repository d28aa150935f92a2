package find

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/booking/availability"
	"wattle/internal/directory"
	"wattle/internal/fault"
	"wattle/internal/search"
	"wattle/internal/search/match"
	"wattle/internal/view"
	"wattle/internal/web"
	"wattle/internal/web/profile"
)

type therapistShowPage struct {
	view.Chrome
	T           *directory.Profile
	Name        string
	Title       string
	Portrait    view.Portrait
	Facts       []view.Fact
	Checked     string // "Registration checked 1 Nov 2026"
	Price       view.Price
	Bio         []string // paragraphs
	Focus       []string // labels
	Also        []string
	Details     []view.Row
	Credentials []credentialRow
	Fees        []feeRow
	Rebated     bool // a fee after Medicare is shown
	Reduced     *reducedLine
	Policy      string
	Free        *freeOffer
	Zone        string      // "Sydney time"
	Back        view.Link   // the search they came from, or the directory
	Full        bool        // accepting, but no free time
	Alike       []view.Link // people like this one who are cheaper, sooner or nearer
	Others      view.Link   // people like this one who can be booked
	CodeLink    view.Link
}

type credentialRow struct {
	Name    string // "Registration with Ahpra"
	By      string // whose register was looked in
	Number  string
	Checked string
	Next    string
	Rows    []view.Row
	Check   view.Link // where to look it up
}

type feeRow struct {
	Name, Minutes, Fee, After, Modes, Note string
}

type reducedLine struct {
	Fee, For string
	Left     int
}

type freeOffer struct {
	Minutes int
	URL     string
	Days    []offerDay // the next few times, each leading to the details form
}

// offerDay is one day's first times: one each of morning, afternoon and evening.
type offerDay struct {
	Day   string
	Times []view.Link
}

// therapistShow is the profile, from the read model; free times come from Postgres.
func (s *Pages) therapistShow(c *gin.Context) error {
	v, err := profile.Show(c.Request.Context(), s.Search, c.Param("slug"))
	if err != nil {
		return err
	}
	p := s.profile(web.RequestOf(c), v)
	if free, ok := v.FreeConsult(); ok && v.Accepting {
		cal, err := s.Booking.Availability.Slots(c.Request.Context(), availability.SlotQuery{TherapistID: v.ID, Service: free.Slug, Days: 60})
		if err != nil {
			return err
		}
		p.Free = s.offer(v, free, cal)
		p.Full = len(p.Free.Days) == 0
	}
	from, near := "", search.Place{}
	if f, ok := cameFrom(c); ok {
		p.Back, from, near = view.Link{URL: profile.ListURL(f), Text: "All therapists"}, profile.From(f), f.Near
		if from != "" {
			p.Back.Text = "Back to your search"
		}
	}
	// A search that fails leaves the profile as it is.
	if alike, err := match.Similar(c.Request.Context(), s.Search, v, near); err == nil {
		p.Alike = alikeLinks(alike, from)
	}
	c.Header("Cache-Control", "private, no-cache")
	return web.Render(c, http.StatusOK, s.views.therapistShow, p)
}

// cameFrom is the search that led to a profile.
func cameFrom(c *gin.Context) (search.Filter, bool) {
	back, err := url.Parse(c.Query("from"))
	if err != nil || back.Path != "" || back.Host != "" {
		return search.Filter{}, false
	}
	f, _ := search.ParseLenient(back.Query())
	return f, true
}

// offerDays is how many days a profile shows the first times of.
const offerDays = 3

func (s *Pages) offer(v search.View, free directory.Service, cal availability.Calendar) *freeOffer {
	o := &freeOffer{Minutes: free.Minutes, URL: "/therapist/" + v.Slug + "/book?service=" + free.Slug}
	for _, d := range cal.Days {
		if len(d.Slots) == 0 {
			continue
		}
		if len(o.Days) == offerDays {
			break
		}
		day := offerDay{Day: view.Day(d.Slots[0].Starts)}
		for _, part := range view.GroupTimes(startsOf(d), nil, "")[0].Parts {
			at := part.Times[0].Start
			q := url.Values{"service": {free.Slug}, "mode": {modeAt(d, at)}, "at": {view.ISO(at)}}
			day.Times = append(day.Times, view.Link{URL: "/therapist/" + v.Slug + "/book?" + q.Encode(), Text: view.Clock(at)})
		}
		o.Days = append(o.Days, day)
	}
	return o
}

func startsOf(d availability.CalendarDay) []time.Time {
	var out []time.Time
	for _, sl := range d.Slots {
		out = append(out, sl.Starts)
	}
	return out
}

// modeAt is the first mode in which a time can be booked; the details form says it and lets it be
// changed.
func modeAt(d availability.CalendarDay, at time.Time) string {
	for _, sl := range d.Slots {
		if sl.Starts.Equal(at) {
			return sl.Modes[0]
		}
	}
	return ""
}

// therapistPortrait draws the portrait of a listed therapist.
func (s *Pages) therapistPortrait(c *gin.Context) error {
	slug, ok := strings.CutSuffix(c.Param("file"), ".svg")
	if !ok {
		return fault.NotFound
	}
	v, err := s.drawn(c, slug)
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "private, max-age=3600") // no shared cache keeps the face of a person who left
	c.Data(http.StatusOK, "image/svg+xml", profile.Drawing(v.Profile))
	return nil
}

// drawn finds a listed therapist who is to be drawn, or the gallery's example.
func (s *Pages) drawn(c *gin.Context, slug string) (search.View, error) {
	if s.Development && slug == profile.ExampleSlug {
		return search.View{Profile: profile.Example()}, nil
	}
	return profile.Show(c.Request.Context(), s.Search, slug)
}
