package api

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/booking/availability"
	"wattle/internal/booking/calendar"
	"wattle/internal/directory"
	"wattle/internal/fault"
	"wattle/internal/search"
	"wattle/internal/search/words"
	"wattle/internal/web"
	"wattle/internal/web/profile"
)

// therapistsList searches. Unknown or malformed parameters are refused, naming each.
func (s *API) therapistsList(c *gin.Context) error {
	q, err := strictQuery(c)
	if err != nil {
		return err
	}
	f, err := search.Parse(q)
	if err != nil {
		return err
	}
	var understood *understoodJSON
	if q.Get("understand") == "true" {
		u := words.Understand(f)
		f, understood = u.Filter, understoodOf(u)
	}
	page, err := s.Search.Search(c.Request.Context(), f)
	if err != nil {
		return err
	}
	results := make([]card, 0, len(page.Results))
	for _, v := range page.Results {
		results = append(results, newCard(v, f, page.Now, s.BaseURL))
	}
	return web.WriteJSON(c, http.StatusOK, struct {
		Total   int           `json:"total"`
		Page    int           `json:"page"`
		PerPage int           `json:"per_page"`
		Results []card        `json:"results"`
		Facets  search.Facets `json:"facets"`
		Engine  string        `json:"engine"`

		Understood *understoodJSON `json:"understood,omitempty"`
	}{page.Total, page.Filter.Page, page.Filter.PerPage, results, page.Facets, page.Engine, understood})
}

// strictQuery refuses queries that are not well formed instead of reading half of them.
func strictQuery(c *gin.Context) (url.Values, error) {
	q, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		return nil, fault.New(fault.Malformed, "The query is not well formed.")
	}
	return q, nil
}

type therapistDetail struct {
	card
	Bio         []string         `json:"bio"`
	Services    []serviceJSON    `json:"services"`
	Credentials []credentialJSON `json:"credentials"`
	Policy      string           `json:"policy"`
	Fictional   bool             `json:"fictional"`
	Timezone    string           `json:"timezone"`
}

type serviceJSON struct {
	Slug     string   `json:"slug"`
	Name     string   `json:"name"`
	Kind     string   `json:"kind"`
	Format   string   `json:"format"`
	Minutes  int      `json:"minutes"`
	FeeCents int64    `json:"fee_cents"`
	GapCents *int64   `json:"gap_cents"`
	Modes    []string `json:"modes"`
	Bookable bool     `json:"bookable"`
}

type credentialJSON struct {
	Kind         string   `json:"kind"`
	Number       string   `json:"number"`
	Registration string   `json:"registration,omitempty"`
	Endorsements []string `json:"endorsements,omitempty"`
	Level        string   `json:"level,omitempty"`
	CheckedOn    string   `json:"checked_on"`
	NextCheckOn  string   `json:"next_check_on"`
}

func (s *API) therapistShow(c *gin.Context) error {
	if err := noQuery(c); err != nil {
		return err
	}
	if !profile.IsSlug(c.Param("slug")) {
		return fault.New(fault.NotFound, "There is no such therapist.")
	}
	v, err := s.Search.Show(c.Request.Context(), c.Param("slug"))
	if err != nil {
		return err
	}
	now := s.Clock.Now()
	out := therapistDetail{card: newCard(v, search.Filter{}, now, s.BaseURL), Bio: profile.Paragraphs(v.Bio),
		Services:    []serviceJSON{},
		Credentials: []credentialJSON{}, Policy: v.Policy, Fictional: v.Demo, Timezone: v.Zone}
	for _, sv := range v.Services {
		j := serviceJSON{sv.Slug, sv.Name, string(sv.Kind), sv.Format, sv.Minutes, int64(sv.Fee), nil, sv.Modes,
			sv.Kind == directory.Consultation && v.Accepting}
		if gap, ok := directory.GapOf(v.Profile, sv, now); ok {
			cents := int64(gap)
			j.GapCents = &cents
		}
		out.Services = append(out.Services, j)
	}
	for _, cr := range v.Credentials {
		out.Credentials = append(out.Credentials, credentialJSON{cr.Kind, cr.Number, cr.RegistrationType, cr.Endorsements,
			cr.Level,
			cr.CheckedOn.Format(time.DateOnly), cr.NextCheckOn.Format(time.DateOnly)})
	}
	return web.WriteJSON(c, http.StatusOK, out)
}

func noQuery(c *gin.Context) error { return onlyQuery(c) }

// onlyQuery refuses parameters not named, and names given twice.
func onlyQuery(c *gin.Context, names ...string) error {
	q, err := strictQuery(c)
	if err != nil {
		return err
	}
	bad := fault.New(fault.Malformed, "A parameter is not what this call takes.")
	for name, values := range q {
		switch {
		case !slices.Contains(names, name):
			bad.With(web.Clip(name, 60), "This parameter is not known.")
		case len(values) > 1:
			bad.With(name, "Give this parameter once.")
		}
	}
	return bad.OrNil()
}

type slotJSON struct {
	StartsAt time.Time `json:"starts_at"`
	EndsAt   time.Time `json:"ends_at"`
	Modes    []string  `json:"modes"`
}

type slotDay struct {
	Date  string     `json:"date"`
	Slots []slotJSON `json:"slots"`
}

func (s *API) therapistSlots(c *gin.Context) error {
	if err := onlyQuery(c, "service", "mode", "from", "days", "tz"); err != nil {
		return err
	}
	if !profile.IsSlug(c.Param("slug")) {
		return fault.New(fault.NotFound, "There is no such therapist.")
	}
	q := availability.SlotQuery{Slug: c.Param("slug"), Service: c.Query("service"), Mode: c.Query("mode"), Zone: c.Query("tz")}
	bad := fault.New(fault.Malformed, "A parameter is not what this call takes.")
	if from, ok := c.GetQuery("from"); ok {
		d, err := calendar.ParseDay(from)
		if err != nil {
			bad.With("from", "Give a date such as 2026-12-01.")
		}
		q.From = d
	}
	if days, ok := c.GetQuery("days"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n < 1 || n > 92 {
			bad.With("days", "Give a number of days from 1 to 92.")
		}
		q.Days = n
	}
	if err := bad.OrNil(); err != nil {
		return err
	}
	cal, err := s.Booking.Availability.Slots(c.Request.Context(), q)
	if e, ok := fault.As(err); ok && e.Kind == fault.Invalid {
		bad.Fields = e.Fields // malformed parameters are 400 in the API
		return bad
	}
	if err != nil {
		return err
	}
	return web.WriteJSON(c, http.StatusOK, slotsJSON(cal))
}

func slotsJSON(cal availability.Calendar) any {
	days := []slotDay{}
	for _, d := range cal.Days {
		day := slotDay{Date: d.Date.String(), Slots: []slotJSON{}}
		for _, sl := range d.Slots {
			day.Slots = append(day.Slots, slotJSON{sl.Starts, sl.Ends, sl.Modes})
		}
		days = append(days, day)
	}
	return struct {
		Service  string    `json:"service"`
		Practice string    `json:"therapist_timezone"`
		Zone     string    `json:"timezone"`
		Days     []slotDay `json:"days"`
		Reason   string    `json:"reason,omitempty"`
	}{cal.Service, cal.TherapistZone, cal.Zone, days, cal.Reason}
}

type understoodJSON struct {
	Q       string            `json:"q"`
	Filters []understoodValue `json:"filters"`
	Choices []understoodPlace `json:"choices"`
}

type understoodValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	Label string `json:"label"`
	Words string `json:"words"`
}

type understoodPlace struct {
	Near  string `json:"near"`
	Label string `json:"label"`
}

func understoodOf(u words.Understanding) *understoodJSON {
	out := &understoodJSON{Q: u.Filter.Q, Filters: []understoodValue{}, Choices: []understoodPlace{}}
	for _, m := range u.Meanings {
		for _, v := range m.Values {
			out.Filters = append(out.Filters, understoodValue{v.Group, v.Value, u.Label(v), m.Words})
		}
	}
	for _, n := range u.Notes {
		for _, c := range n.Choices {
			out.Choices = append(out.Choices, understoodPlace{c.Filter.Near.Text, c.Label})
		}
	}
	return out
}
