package find

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"wattle/internal/fault"
	"wattle/internal/search"
	"wattle/internal/view"
	"wattle/internal/web"
	"wattle/internal/web/profile"
)

// Fixtures are the area's pages for the gallery.
func (s *Pages) Fixtures() []web.Fixture {
	return []web.Fixture{
		{Name: "results", Title: "Results", Show: func(c *gin.Context) error { return s.fixtureList(c, search.All(), 4321) }},
		{Name: "results-none", Title: "No results", Show: func(c *gin.Context) error {
			return s.fixtureList(c, search.All().With("state", "nsw").With("max_fee", "40"), 0)
		}},
		{Name: "results-understood", Title: "Results, words understood", Show: func(c *gin.Context) error {
			f := search.All()
			f.Q = "anxiety and panic near Newtown, someone who speaks Greek, under $120 on weekends, Wilhelmina"
			return s.fixtureList(c, f, 2)
		}},
		{Name: "match", Title: "The match's questions",
			Show: func(c *gin.Context) error { return s.fixtureMatch(c, url.Values{}, nil) }},
		{Name: "match-errors", Title: "The match, with a slip", Show: func(c *gin.Context) error {
			slip := fault.FieldError("budget", "This must be an amount in dollars, such as 160 or 78.45.")
			return s.fixtureMatch(c, url.Values{"budget": {"lots"}}, slip)
		}},
		{Name: "match-found", Title: "People of a match",
			Show: func(c *gin.Context) error { return s.fixtureMatch(c, url.Values{"issue": {"anxiety"}}, nil) }},
		{Name: "order", Title: "How results are ordered, with an address to write to", Show: func(c *gin.Context) error {
			p := s.orderPage(web.RequestOf(c))
			p.Corrections = "people@directory.example"
			return web.Render(c, http.StatusOK, s.views.order, p)
		}},
		{Name: "profile", Title: "Profile", Show: func(c *gin.Context) error { return s.fixtureShow(c, true, false) }},
		{Name: "profile-full", Title: "Profile without free times",
			Show: func(c *gin.Context) error { return s.fixtureShow(c, true, true) }},
		{Name: "profile-no-call", Title: "Profile without a free call", Show: func(c *gin.Context) error {
			p := s.profile(web.RequestOf(c), search.View{Profile: profile.Example()})
			p.Fees = p.Fees[1:]
			return web.Render(c, http.StatusOK, s.views.therapistShow, p)
		}},
		{Name: "profile-paused", Title: "Profile not taking new clients",
			Show: func(c *gin.Context) error { return s.fixtureShow(c, false, true) }},
	}
}

func (s *Pages) fixtureList(c *gin.Context, f search.Filter, total int) error {
	u, said := understand(f)
	f = u.Filter
	page := search.Page{Filter: f, Total: total}
	t := profile.Example()
	other := *t
	other.Accepting, other.Reduced, other.GivenName, other.FamilyName, other.Honorific = false, nil, "Bo", "Li", ""
	if total > 0 {
		page.Results = []search.View{{Profile: t, Next: t.Next, Matched: []string{"Helps with anxiety"}}, {Profile: &other}}
	}
	note := search.Note{Field: "max_gap", Value: "colour",
		Message: "This must be an amount in dollars, such as 160 or 78.45."}
	p, err := s.listPage(web.RequestOf(c), f, page, []search.Note{note})
	if err != nil {
		return err
	}
	p.showUnderstood(u, said)
	if total == 0 {
		p.Zero = &zeroResults{Best: view.Link{URL: "/therapists?max_fee=160&state=nsw",
			Text: "18 therapists if you go up to $160"},
			Others: []view.Link{{URL: "/therapists?max_fee=40", Text: "2 therapists if you look in all states"}}}
	}
	return web.Render(c, http.StatusOK, s.views.therapistsList, p)
}

func (s *Pages) fixtureMatch(c *gin.Context, answers url.Values, slip error) error {
	p := s.matchPage(web.RequestOf(c), view.FormOf(answers, slip))
	if slip != nil {
		p.Title = web.TitleOf(p.Title, p.Form)
	} else if len(answers) > 0 {
		t := profile.Example()
		p.Asked, p.Title = true, "People who may suit you"
		card := profile.Card(search.View{Profile: t, Next: t.Next,
			Matched: []string{"Helps with anxiety", "A reduced place at $90"}}, "individual", "", s.Clock.Now())
		p.Matches = []matchFound{{card, []string{"No weekend free", "Does not name Arabic"}}, {card, nil}}
	}
	return web.Render(c, http.StatusOK, s.views.match, p)
}

func (s *Pages) fixtureShow(c *gin.Context, accepting, full bool) error {
	t := profile.Example()
	t.Accepting = accepting
	p := s.profile(web.RequestOf(c), search.View{Profile: t, Next: t.Next})
	p.Alike = []view.Link{{URL: "/dev/gallery/profile-full", Text: "Cheaper: Bo Li, Counsellor",
		Note: "from $120, which is $120 less"},
		{URL: "/dev/gallery/profile-full", Note: "free Sun 4 Oct, 9:00 am, Sydney time",
			Text: "Sooner: Konstantina Papadimitriou-Featherstonehaugh, Accredited Mental Health Social Worker"},
		{URL: "/dev/gallery/profile-full", Text: "Nearer: Ada Sample, Psychologist", Note: "1.2 km away"}}
	p.Free, p.Full = &freeOffer{Minutes: 15, URL: "/dev/gallery/times"}, full
	if !full {
		for _, d := range view.GroupTimes(profile.ExampleTimes(), nil, "") {
			day := offerDay{Day: view.Day(d.Day)}
			for _, part := range d.Parts {
				day.Times = append(day.Times, view.Link{URL: "/dev/gallery/details", Text: view.Clock(part.Times[0].Start)})
			}
			p.Free.Days = append(p.Free.Days, day)
		}
	}
	return web.Render(c, http.StatusOK, s.views.therapistShow, p)
}
