package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/booking"
	"wattle/internal/directory"
	"wattle/internal/fault"
	"wattle/internal/search"
	"wattle/internal/view"
)

// The gallery shows every page from fixtures, in development only: what is hard to reach by hand
// (errors, long names, empty states) can be looked at like everything else.

type galleryPage struct {
	view.Chrome
	Pages []view.Link
}

type fixture struct {
	name, title string
	show        func(*Server, *gin.Context) error
}

func (s *Server) gallery(c *gin.Context) error {
	p := galleryPage{Chrome: s.chrome("Gallery", "", "")}
	for _, f := range fixtures() {
		p.Pages = append(p.Pages, view.Link{URL: "/dev/gallery/" + f.name, Text: f.title})
	}
	return render(s, c, http.StatusOK, s.views.gallery, p)
}

func (s *Server) galleryPage(c *gin.Context) error {
	for _, f := range fixtures() {
		if f.name == c.Param("name") {
			return f.show(s, c)
		}
	}
	return fault.NotFound
}

// fixtureNow is the fixtures' present: a Sunday evening before the clocks change.
var fixtureNow = time.Date(2026, 10, 3, 12, 0, 0, 0, time.UTC)

func fixtureTherapist() *directory.Profile {
	return &directory.Profile{
		ID: 1, Slug: "example-person", Listing: directory.Listed, Accepting: true, Demo: true, GivenName: "Wilhelmina-Charlotte", FamilyName: "Papadimitriou-Featherstonehaugh",
		Honorific: "Dr", Type: "clinical-psychologist", Gender: "woman", State: "nsw", Suburb: "Newtown", Postcode: "2042", Zone: "Australia/Sydney",
		Headline: "Calm, practical help when worry has taken over the house", Portrait: 123456,
		Bio: "Worry is loud, and it likes to pretend that it is keeping you safe. We start by listening to what it says, and then we find out together what you would do with the room it takes up.\n\n" +
			"I work slowly at first and always with your permission. Some people come for six sessions, some for a year.",
		PractisingSince: 2009, Issues: []string{"anxiety", "panic", "ocd"}, AlsoIssues: []string{"sleep", "grief"}, Approaches: []string{"cbt", "act"},
		ClientGroups: []string{"adults"}, Languages: []string{"english", "greek"}, Policy: "standard", Reduced: &directory.Reduced{Fee: 9500, For: "With a health care card.", Left: 2},
		Services: []directory.Service{
			{ID: 1, Slug: directory.FreeConsultation, Name: "Free consultation", Kind: directory.Consultation, Format: "individual", Minutes: 15, Modes: []string{"video", "phone", "in-person"}},
			{ID: 2, Slug: "individual-50", Name: "Individual session", Kind: directory.Session, Format: "individual", Minutes: 50, Fee: 24000, Modes: []string{"video", "in-person"}},
		},
		Credentials: []directory.Credential{{Kind: "ahpra", Number: "PSY0009990001", RegistrationType: "General", Endorsements: []string{"clinical"},
			CheckedOn: fixtureNow.AddDate(0, -1, 0), NextCheckOn: fixtureNow.AddDate(0, 1, 0), FirstRegistered: time.Date(2009, 2, 1, 0, 0, 0, 0, time.UTC)}},
		Next: directory.Next{Any: fixtureNow.Add(21 * time.Hour)},
	}
}

func fixtureBooking(status booking.Status) booking.Booking {
	return booking.Booking{ID: "gallery", TherapistID: 1, Service: directory.FreeConsultation, Mode: "video", Status: status, Starts: fixtureNow.Add(21 * time.Hour),
		Ends: fixtureNow.Add(21*time.Hour + 15*time.Minute), Zone: "Australia/Sydney", ClientZone: "Australia/Brisbane", HeldUntil: fixtureNow.Add(14 * time.Minute),
		ClientName: "Sam", ClientEmail: "sam.sample@example.org", Note: "I have not done this before."}
}

func (s *Server) fixtureWith() withWhom {
	t := fixtureTherapist()
	return s.withWhom(t, t.Services[0])
}

func fixtureStarts() []time.Time {
	day := time.Date(2026, 10, 5, 9, 0, 0, 0, zoneOf("Australia/Sydney"))
	var out []time.Time
	for d := range 3 {
		for _, m := range []int{0, 15, 240, 500, 515} {
			out = append(out, day.AddDate(0, 0, d).Add(time.Duration(m)*time.Minute))
		}
	}
	return out
}

func fixtures() []fixture {
	list := []fixture{
		{"components", "Components", func(s *Server, c *gin.Context) error {
			p := view.NewGallery()
			p.Source = s.SourceURL
			return render(s, c, http.StatusOK, s.views.components, p)
		}},
		{"results", "Results", func(s *Server, c *gin.Context) error { return s.fixtureList(c, search.All(), 4321) }},
		{"results-none", "No results", func(s *Server, c *gin.Context) error {
			return s.fixtureList(c, search.All().With("state", "nsw").With("max_fee", "40"), 0)
		}},
		{"results-understood", "Results, words understood", func(s *Server, c *gin.Context) error {
			f := search.All()
			f.Q = "anxiety and panic near Newtown, someone who speaks Greek, under $120 on weekends, Wilhelmina"
			return s.fixtureList(c, f, 2)
		}},
		{"match", "The match's questions", func(s *Server, c *gin.Context) error { return s.fixtureMatch(c, url.Values{}, nil) }},
		{"match-errors", "The match, with a slip", func(s *Server, c *gin.Context) error {
			return s.fixtureMatch(c, url.Values{"budget": {"lots"}}, fault.FieldError("budget", "This must be an amount in dollars, such as 160 or 78.45."))
		}},
		{"match-found", "People of a match", func(s *Server, c *gin.Context) error { return s.fixtureMatch(c, url.Values{"issue": {"anxiety"}}, nil) }},
		{"order", "How results are ordered, with an address to write to", func(s *Server, c *gin.Context) error {
			p := s.orderPage()
			p.Corrections = "people@directory.example"
			return render(s, c, http.StatusOK, s.views.order, p)
		}},
		{"profile", "Profile", func(s *Server, c *gin.Context) error { return s.fixtureShow(c, true, false) }},
		{"profile-full", "Profile without free times", func(s *Server, c *gin.Context) error { return s.fixtureShow(c, true, true) }},
		{"profile-no-call", "Profile without a free call", func(s *Server, c *gin.Context) error {
			p := s.profile(search.View{Profile: fixtureTherapist()})
			p.Fees = p.Fees[1:]
			return render(s, c, http.StatusOK, s.views.therapistShow, p)
		}},
		{"profile-paused", "Profile not taking new clients", func(s *Server, c *gin.Context) error { return s.fixtureShow(c, false, true) }},
		{"times", "Choosing a time, two zones", func(s *Server, c *gin.Context) error { return s.fixtureTimes(c, fixtureStarts()) }},
		{"times-none", "No times", func(s *Server, c *gin.Context) error { return s.fixtureTimes(c, nil) }},
		{"details", "Details", func(s *Server, c *gin.Context) error { return s.fixtureDetails(c, nil, nil) }},
		{"details-errors", "Details with errors", func(s *Server, c *gin.Context) error {
			return s.fixtureDetails(c, fault.FieldError("for", "Say who this is for.").With("email", "Enter an e-mail address, such as sam@example.org."), nil)
		}},
		{"details-taken", "Details, time taken", func(s *Server, c *gin.Context) error {
			e := fault.New(fault.Conflict, "That time has just been taken.")
			var alts booking.Alternatives
			for _, t := range fixtureStarts()[:3] {
				alts = append(alts, booking.Slot{Starts: t, Ends: t.Add(15 * time.Minute)})
			}
			e.Data = alts
			return s.fixtureDetails(c, nil, e)
		}},
		{"code-wrong", "Held, wrong code", func(s *Server, c *gin.Context) error {
			return s.fixtureShowBooking(c, booking.Held, fault.FieldError("code", "That is not the code. Four tries are left."))
		}},
		{"proposal", "Confirmed, with a proposal", func(s *Server, c *gin.Context) error { return s.fixtureShowBooking(c, booking.Confirmed, nil) }},
	}
	for _, st := range []booking.Status{booking.Held, booking.CancelledClient, booking.CancelledTherapist, booking.Released, booking.Completed} {
		list = append(list, fixture{"booking-" + string(st), "Booking: " + string(st), func(s *Server, c *gin.Context) error { return s.fixtureShowBooking(c, st, nil) }})
	}
	list = append(list,
		fixture{"link", "The mail's link", (*Server).fixtureLink},
		fixture{"cancel", "Cancelling", func(s *Server, c *gin.Context) error { return s.fixtureCancel(c, nil) }},
		fixture{"cancel-errors", "Cancelling, the note too long", func(s *Server, c *gin.Context) error {
			return s.fixtureCancel(c, fault.FieldError("note", "Please keep the note to 500 characters."))
		}},
		fixture{"practice", "The practice's page", (*Server).fixturePractice})
	list = append(list, guideFixtures()...)
	for _, k := range []fault.Kind{fault.Malformed, fault.Forbidden, fault.NotFound, fault.Method, fault.Conflict, fault.TooLarge, fault.Invalid, fault.TooMany, fault.Internal, fault.Unavailable} {
		list = append(list, fixture{"error-" + itoa(statusOf(k)), "Error " + itoa(statusOf(k)), func(s *Server, c *gin.Context) error { return asFault(k) }})
	}
	return list
}

func (s *Server) fixtureList(c *gin.Context, f search.Filter, total int) error {
	u, said := understand(f)
	f = u.Filter
	page := search.Page{Filter: f, Total: total}
	t := fixtureTherapist()
	other := *t
	other.Accepting, other.Reduced, other.GivenName, other.FamilyName, other.Honorific = false, nil, "Bo", "Li", ""
	if total > 0 {
		page.Results = []search.View{{Profile: t, Next: t.Next, Matched: []string{"Helps with anxiety"}}, {Profile: &other}}
	}
	p, err := s.listPage(f, page, []search.Note{{Field: "max_gap", Value: "colour", Message: "This must be an amount in dollars, such as 160 or 78.45."}})
	if err != nil {
		return err
	}
	p.showUnderstood(u, said)
	if total == 0 {
		p.Zero = &zeroResults{Best: view.Link{URL: "/therapists?max_fee=160&state=nsw", Text: "18 therapists if you go up to $160"},
			Others: []view.Link{{URL: "/therapists?max_fee=40", Text: "2 therapists if you look in all states"}}}
	}
	return render(s, c, http.StatusOK, s.views.therapistsList, p)
}

func (s *Server) fixtureMatch(c *gin.Context, answers url.Values, slip error) error {
	p := s.matchPage(view.FormOf(answers, slip))
	if slip != nil {
		p.Title = titleOf(p.Title, p.Form)
	} else if len(answers) > 0 {
		t := fixtureTherapist()
		p.Asked, p.Title = true, "People who may suit you"
		card := cardOf(search.View{Profile: t, Next: t.Next, Matched: []string{"Helps with anxiety", "A reduced place at $90"}}, "individual", "", s.Clock.Now())
		p.Matches = []matchFound{{card, []string{"No weekend free", "Does not name Arabic"}}, {card, nil}}
	}
	return render(s, c, http.StatusOK, s.views.match, p)
}

func (s *Server) fixtureShow(c *gin.Context, accepting, full bool) error {
	t := fixtureTherapist()
	t.Accepting = accepting
	p := s.profile(search.View{Profile: t, Next: t.Next})
	p.Alike = []view.Link{{URL: "/dev/gallery/profile-full", Text: "Cheaper: Bo Li, Counsellor", Note: "from $120, which is $120 less"},
		{URL: "/dev/gallery/profile-full", Text: "Sooner: Konstantina Papadimitriou-Featherstonehaugh, Accredited Mental Health Social Worker", Note: "free Sun 4 Oct, 9:00 am, Sydney time"},
		{URL: "/dev/gallery/profile-full", Text: "Nearer: Ada Sample, Psychologist", Note: "1.2 km away"}}
	p.Free, p.Full = &freeOffer{Minutes: 15, URL: "/dev/gallery/times"}, full
	if !full {
		for _, d := range view.GroupTimes(fixtureStarts(), nil, "") {
			day := offerDay{Day: view.Day(d.Day)}
			for _, part := range d.Parts {
				day.Times = append(day.Times, view.Link{URL: "/dev/gallery/details", Text: view.Clock(part.Times[0].Start)})
			}
			p.Free.Days = append(p.Free.Days, day)
		}
	}
	return render(s, c, http.StatusOK, s.views.therapistShow, p)
}

func (s *Server) fixtureTimes(c *gin.Context, starts []time.Time) error {
	p := bookTimesPage{Chrome: s.chrome("Choose how and when", "", ""), With: s.fixtureWith(), Steps: view.Steps{Names: bookingSteps}, Action: "/dev/gallery/details",
		Refresh: "/dev/gallery/times", Heading: "Choose how and when", Submit: "Go on with this time", Modes: modeChoices([]string{"video", "phone", "in-person"}, "video"), Mode: "video",
		Zones: zoneOptions(), Zone: "Australia/Brisbane", Back: view.Link{URL: "/dev/gallery/profile", Text: "Back to the profile"}, None: "There are no free times here.",
		Picker: s.picker("Australia/Sydney", "Australia/Brisbane", starts, "")}
	p.BodyClass, p.Picker.Later = "quiet", "/dev/gallery/times"
	return render(s, c, http.StatusOK, s.views.bookTimes, p)
}

func (s *Server) fixtureDetails(c *gin.Context, failed error, taken *fault.Error) error {
	t := fixtureTherapist()
	form := view.NewForm("name", "Sam", "email", "sam", "timezone", "Australia/Brisbane")
	if failed != nil {
		form = view.FormOf(url.Values{"name": {"Sam"}, "email": {"sam"}, "timezone": {"Australia/Brisbane"}}, failed)
	}
	return s.bookDetails(c, search.View{Profile: t}, t.Services[0], "phone", fixtureStarts()[0], http.StatusOK, form, taken)
}

func (s *Server) fixtureShowBooking(c *gin.Context, status booking.Status, failed error) error {
	b := fixtureBooking(status)
	b.CancelNote = "I am ill and very sorry. Please take any other time."
	d := bookingData{b: b, t: fixtureTherapist(), now: fixtureNow, meet: booking.Meeting{Mode: "video"}}
	if d.meet.Ready = status == booking.Confirmed; d.meet.Ready {
		d.meet.VideoURL = "https://video.example/a-room"
	}
	if status == booking.Confirmed {
		d.proposal = &booking.Proposal{BookingID: b.ID, Starts: b.Starts.Add(24 * time.Hour)}
	}
	return render(s, c, http.StatusOK, s.views.bookingShow, s.bookingPage(d, "token", nil, failed))
}

func (s *Server) fixtureLink(c *gin.Context) error {
	b := fixtureBooking(booking.Held)
	p := bookingLinkPage{Chrome: s.chrome("Confirm your booking", "", ""), ID: b.ID, Link: "x", When: bothTimes(b.Starts, b.Zone, b.ClientZone), With: s.fixtureWith(), Status: "held"}
	p.BodyClass = "quiet"
	return render(s, c, http.StatusOK, s.views.bookingLink, p)
}

func (s *Server) fixtureCancel(c *gin.Context, failed error) error {
	b := fixtureBooking(booking.Confirmed)
	posted := url.Values{}
	if failed != nil {
		posted.Set("note", strings.Repeat("I am ill and very sorry. ", 21))
	}
	p := bookingCancelPage{Chrome: s.chrome("Cancel this booking?", "", ""), With: s.fixtureWith(), Form: view.FormOf(posted, failed), ID: b.ID, When: bothTimes(b.Starts, b.Zone, b.ClientZone),
		Preview: booking.Preview{MayCancel: true, Sentence: "The call is free, so there is nothing to pay and nothing to refund."}, Back: "/dev/gallery/proposal"}
	p.BodyClass = "quiet"
	return render(s, c, http.StatusOK, s.views.bookingCancel, p)
}

func (s *Server) fixturePractice(c *gin.Context) error {
	b := fixtureBooking(booking.Confirmed)
	p := practiceShowPage{Chrome: s.chrome("A booking with you", "", ""), B: b, Status: "confirmed", When: bothTimes(b.Starts, b.Zone, b.Zone), Service: "Free 15-minute call",
		How: "Video", Note: b.Note, Phone: "0491 570 006", Move: "/dev/gallery/times", Cancel: "/dev/gallery/cancel", Calendar: "/dev/gallery", MayMove: true}
	p.BodyClass = "quiet"
	return render(s, c, http.StatusOK, s.views.practiceShow, p)
}
