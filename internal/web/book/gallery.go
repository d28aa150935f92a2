package book

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/booking"
	"wattle/internal/booking/availability"
	"wattle/internal/booking/calendar"
	"wattle/internal/directory"
	"wattle/internal/fault"
	"wattle/internal/search"
	"wattle/internal/view"
	"wattle/internal/web"
	"wattle/internal/web/profile"
)

// Fixtures are the area's pages for the gallery.
func (s *Pages) Fixtures() []web.Fixture {
	list := []web.Fixture{
		{Name: "times", Title: "Choosing a time, two zones",
			Show: func(c *gin.Context) error { return s.fixtureTimes(c, profile.ExampleTimes()) }},
		{Name: "times-none", Title: "No times", Show: func(c *gin.Context) error { return s.fixtureTimes(c, nil) }},
		{Name: "details", Title: "Details", Show: func(c *gin.Context) error { return s.fixtureDetails(c, nil, nil) }},
		{Name: "details-errors", Title: "Details with errors", Show: func(c *gin.Context) error {
			return s.fixtureDetails(c, fault.FieldError("for", "Say who this is for.").
				With("email", "Enter an e-mail address, such as sam@example.org."), nil)
		}},
		{Name: "details-taken", Title: "Details, time taken", Show: func(c *gin.Context) error {
			e := fault.New(fault.Conflict, "That time has just been taken.")
			var alts availability.Alternatives
			for _, t := range profile.ExampleTimes()[:3] {
				alts = append(alts, calendar.Slot{Starts: t, Ends: t.Add(15 * time.Minute)})
			}
			e.Data = alts
			return s.fixtureDetails(c, nil, e)
		}},
		{Name: "code-wrong", Title: "Held, wrong code", Show: func(c *gin.Context) error {
			return s.fixtureShowBooking(c, booking.Held, fault.FieldError("code", "That is not the code. Four tries are left."))
		}},
		{Name: "proposal", Title: "Confirmed, with a proposal",
			Show: func(c *gin.Context) error { return s.fixtureShowBooking(c, booking.Confirmed, nil) }},
	}
	for _, st := range []booking.Status{booking.Held, booking.CancelledClient, booking.CancelledTherapist,
		booking.Released, booking.Completed} {
		list = append(list, web.Fixture{Name: "booking-" + string(st), Title: "Booking: " + string(st),
			Show: func(c *gin.Context) error { return s.fixtureShowBooking(c, st, nil) }})
	}
	list = append(list,
		web.Fixture{Name: "link", Title: "The mail's link", Show: s.fixtureLink},
		web.Fixture{Name: "cancel", Title: "Cancelling", Show: func(c *gin.Context) error { return s.fixtureCancel(c, nil) }},
		web.Fixture{Name: "cancel-errors", Title: "Cancelling, the note too long", Show: func(c *gin.Context) error {
			return s.fixtureCancel(c, fault.FieldError("note", "Please keep the note to 500 characters."))
		}},
		web.Fixture{Name: "practice", Title: "The practice's page", Show: s.fixturePractice})
	return list
}

func fixtureBooking(status booking.Status) booking.Booking {
	return booking.Booking{ID: "gallery", TherapistID: 1, Service: directory.FreeConsultation, Mode: "video",
		Status: status, Starts: profile.ExampleNow.Add(21 * time.Hour),
		Ends: profile.ExampleNow.Add(21*time.Hour + 15*time.Minute), Zone: "Australia/Sydney",
		ClientZone: "Australia/Brisbane", HeldUntil: profile.ExampleNow.Add(14 * time.Minute),
		ClientName: "Sam", ClientEmail: "sam.sample@example.org", Note: "I have not done this before."}
}

func fixtureWith() withWhom {
	t := profile.Example()
	return withWhomOf(t, t.Services[0])
}

func (s *Pages) fixtureTimes(c *gin.Context, starts []time.Time) error {
	p := bookTimesPage{Chrome: s.Chrome(web.RequestOf(c), "Choose how and when", "", ""), With: fixtureWith(),
		Steps: view.Steps{Names: bookingSteps}, Action: "/dev/gallery/details",
		Refresh: "/dev/gallery/times", Heading: "Choose how and when", Submit: "Go on with this time",
		Modes: modeChoices([]string{"video", "phone", "in-person"}, "video"), Mode: "video",
		Zones: zoneOptions(), Zone: "Australia/Brisbane", None: "There are no free times here.",
		Back:   view.Link{URL: "/dev/gallery/profile", Text: "Back to the profile"},
		Picker: picker("Australia/Sydney", "Australia/Brisbane", starts, "")}
	p.BodyClass, p.Picker.Later = "quiet", "/dev/gallery/times"
	return web.Render(c, http.StatusOK, s.views.bookTimes, p)
}

func (s *Pages) fixtureDetails(c *gin.Context, failed error, taken *fault.Error) error {
	t := profile.Example()
	form := view.NewForm("name", "Sam", "email", "sam", "timezone", "Australia/Brisbane")
	if failed != nil {
		form = view.FormOf(url.Values{"name": {"Sam"}, "email": {"sam"}, "timezone": {"Australia/Brisbane"}}, failed)
	}
	return s.bookDetails(c, search.View{Profile: t}, t.Services[0], "phone", profile.ExampleTimes()[0], http.StatusOK,
		form, taken)
}

func (s *Pages) fixtureShowBooking(c *gin.Context, status booking.Status, failed error) error {
	b := fixtureBooking(status)
	b.CancelNote = "I am ill and very sorry. Please take any other time."
	t := profile.Example()
	d := bookingData{ticket: ticket{Booking: b, token: "token"}, t: t, service: t.Services[0], now: profile.ExampleNow,
		meet: booking.Meeting{Mode: "video"}}
	if d.meet.Ready = status == booking.Confirmed; d.meet.Ready {
		d.meet.VideoURL = "https://video.example/a-room"
	}
	if status == booking.Confirmed {
		d.proposal = &booking.Proposal{BookingID: b.ID, Starts: b.Starts.Add(24 * time.Hour)}
	}
	return web.Render(c, http.StatusOK, s.views.bookingShow, s.bookingPage(web.RequestOf(c), d, nil, failed))
}

func (s *Pages) fixtureLink(c *gin.Context) error {
	b := fixtureBooking(booking.Held)
	p := bookingLinkPage{Chrome: s.Chrome(web.RequestOf(c), "Confirm your booking", "", ""), ID: b.ID, Link: "x",
		When: bothTimes(b.Starts, b.Zone, b.ClientZone), With: fixtureWith(), Status: "held"}
	p.BodyClass = "quiet"
	return web.Render(c, http.StatusOK, s.views.bookingLink, p)
}

func (s *Pages) fixtureCancel(c *gin.Context, failed error) error {
	b := fixtureBooking(booking.Confirmed)
	posted := url.Values{}
	if failed != nil {
		posted.Set("note", strings.Repeat("I am ill and very sorry. ", 21))
	}
	p := bookingCancelPage{Chrome: s.Chrome(web.RequestOf(c), "Cancel this booking?", "", ""), With: fixtureWith(),
		Form: view.FormOf(posted, failed), ID: b.ID, When: bothTimes(b.Starts, b.Zone, b.ClientZone),
		Back: "/dev/gallery/proposal", Preview: booking.Preview{MayCancel: true,
			Sentence: "The call is free, so there is nothing to pay and nothing to refund."}}
	p.BodyClass = "quiet"
	return web.Render(c, http.StatusOK, s.views.bookingCancel, p)
}

func (s *Pages) fixturePractice(c *gin.Context) error {
	b := fixtureBooking(booking.Confirmed)
	p := practiceShowPage{Chrome: s.Chrome(web.RequestOf(c), "A booking with you", "", ""), B: b, Status: "confirmed",
		When: bothTimes(b.Starts, b.Zone, b.Zone), Service: "Free 15-minute call",
		How: "Video", Note: b.Note, Phone: "0491 570 006", Move: "/dev/gallery/times", Cancel: "/dev/gallery/cancel",
		Calendar: "/dev/gallery", MayMove: true}
	p.BodyClass = "quiet"
	return web.Render(c, http.StatusOK, s.views.practiceShow, p)
}
