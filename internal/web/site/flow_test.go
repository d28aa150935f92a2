package site

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"wattle/internal/booking"
)

func TestTheWholePathWithoutJavaScript(t *testing.T) {
	s := newSite(t)
	s.work()
	v := s.visitor(t).open("/").sees(200)
	v.form("Show therapists").set("state", "nsw").set("max_fee", "100").send().sees(200, "1 therapist", "Dr Ada Example", "Clinical Psychologist", "$180", "2 reduced places at $90", "Mon 23 Nov, 10:00 am")
	v.lacks("Okafor", "Una", "Dora")
	v.follow("Ada Example").sees(200, "Dr Ada Example", "First paragraph", "Registration with Ahpra", "PSY0001234568", "$30.95 after Medicare", "22 October 2026")
	v.follow("Back to your search").sees(200, "1 therapist").follow("Ada Example")
	v.follow("See all times").sees(200, "Choose how and when", "Monday 23 November", "Video")
	v.form("Show these times").set("mode", "phone").set("tz", "Australia/Brisbane").send().sees(200, "9:00 am Brisbane")
	v.form("Go on with this time").set("at", "2026-11-24T17:00:00+11:00").send()
	v.sees(200, "Your details", "Tue 24 Nov, 5:00 pm Sydney time", "4:00 pm Brisbane", "Phone", "not an emergency service", "It is not therapy", "we release the time after 15 minutes")
	v.form("Hold this time").set("for", "adult").set("name", "Sam Sample").set("email", "Sam@client.example").set("phone", "0412 345 678").set("note", "First time. <b>Nervous</b>.").send()
	v.sees(200, "Enter the code", "sa…m@client.example", "Tue 24 Nov, 5:00 pm Sydney time")
	held := v.page.Request.URL.RequestURI()
	v.form("Confirm the booking").set("code", "12").send().sees(422, "Enter the six digits", "[12]")
	v.form("Confirm the booking").set("code", "000 000").send().sees(422, "That is not the code")
	v.form("Confirm the booking").set("code", " "+s.code("sam@client.example")+" ").send()
	v.sees(200, "Your booking is confirmed", "You are booked in", "Tue 24 Nov, 5:00 pm Sydney time (4:00 pm Brisbane", "they call you")
	if v.page.Header.Get("Cache-Control") != "no-store" {
		t.Error("a booking's page may be stored")
	}
	ics := s.get(v.link("calendar")).want(t, 200, "BEGIN:VCALENDAR", "DTSTART", "SUMMARY")
	if ct := ics.Header.Get("Content-Type"); !strings.HasPrefix(ct, "text/calendar") {
		t.Errorf("the calendar file is %s", ct)
	}
	v.follow("Choose another time").sees(200, "Choose another time", "Keep Tue 24 Nov, 5:00 pm")
	v.form("Move the booking").set("at", "2026-11-25T09:30:00+11:00").send().sees(200, "Your booking has a new time", "Wed 25 Nov, 9:30 am")
	v.follow("Cancel").sees(200, "Cancel this booking?", "Wed 25 Nov, 9:30 am").form("Cancel the booking").set("note", "Sorry, I am ill.").send()
	v.sees(200, "The booking is cancelled")
	v.open(held).sees(200, "This booking is cancelled").lacks("Enter the code")
	if got := s.mail("ada@practice.example", "Cancelled"); !strings.Contains(got, "/booking/") {
		t.Errorf("the practice's mail: %s", got)
	}
	s.get(v.link("Book another time")).want(t, 200)
}

// details opens the details form for a free call with ada-example.
func (v *visitor) details(mode, at string) *visitor {
	v.t.Helper()
	q := url.Values{"service": {"free-consultation"}, "mode": {mode}, "at": {at}}
	return v.open("/therapist/ada-example/book?"+q.Encode()).sees(200, "Your details")
}

func (v *visitor) hold(mode, at, email string) *visitor {
	v.t.Helper()
	f := v.details(mode, at).form("Hold this time").set("for", "adult").set("name", "Sam Sample").set("email", email)
	if mode == "phone" {
		f.set("phone", "0412 345 678")
	}
	return f.send()
}

var bookingID = regexp.MustCompile(`/booking/([a-z0-9]+)`)

// booked holds and confirms a call and gives its id.
func (v *visitor) booked(mode, at, email string) string {
	v.t.Helper()
	v.hold(mode, at, email).sees(200, "Enter the code")
	id := bookingID.FindStringSubmatch(v.page.Request.URL.Path)[1]
	v.form("Confirm the booking").set("code", v.web.Booking.Code(id)).send().sees(200, "You are booked in")
	return id
}

func TestTheMailsLinkConfirmsOnlyByItsButton(t *testing.T) {
	s := newSite(t)
	s.work()
	v := s.visitor(t).hold("video", "2026-11-24T10:00:00+11:00", "sam@client.example").sees(200, "Enter the code")
	link := regexp.MustCompile(`http://wattle\.example(/booking/\S+/confirm\?t=\S+)`).FindStringSubmatch(s.mail("sam@client.example", "code"))[1]
	for range 3 {
		s.get(link).want(t, 200)
		s.ask("HEAD", link, nil)
		s.ask("OPTIONS", link, nil)
	}
	if n := s.count(`SELECT count(*) FROM bookings WHERE status = 'held'`); n != 1 {
		t.Fatal("looking at the link confirmed it")
	}
	s.get(strings.Replace(link, "?t=", "?t=x", 1)).want(t, 404)
	path, token, _ := strings.Cut(link, "?t=")
	s.postForm(path, url.Values{"link": {token + "x"}}).want(t, 404)
	v.open(link).sees(200, "Confirm your booking", "Tue 24 Nov, 10:00 am", "Dr Ada Example").form("Confirm the booking").send().sees(200, "You are booked in", "https://video.example/ada-example")
	v.open(link).sees(200, "Already confirmed").form("Show the booking").send().sees(200, "You are booked in")
	s.get(link, "Sec-Fetch-Site", "cross-site").want(t, 200)
}

func TestALapsedHoldSaysSo(t *testing.T) {
	s := newSite(t)
	v := s.visitor(t).hold("video", "2026-11-24T10:00:00+11:00", "sam@client.example")
	page, form := v.page.Request.URL.RequestURI(), v.form("Confirm the booking")
	id := bookingID.FindStringSubmatch(page)[1]
	s.clock.Advance(booking.HoldFor + time.Second)
	form.set("code", s.web.Booking.Code(id)).send().sees(409, "no longer held")
	v.open(page).sees(200, "no longer held")
	v.open("/booking/"+id+"/confirm?t="+s.web.Booking.LinkToken(id)).sees(200, "no longer held")
	s.postForm("/booking/"+id+"/confirm", url.Values{"link": {s.web.Booking.LinkToken(id)}}).want(t, 409)
	v.open(page).follow("Choose a time again").sees(200, "Choose how and when")
}

func TestThePracticeSeesTheNoteAndProposesAndCancels(t *testing.T) {
	s := newSite(t)
	s.work()
	client := s.visitor(t)
	client.details("phone", "2026-11-24T10:00:00+11:00").form("Hold this time").set("for", "adult").set("name", "Sam Sample").set("email", "sam@client.example").
		set("phone", "(04) 1234 5678").set("note", "Line one\nLine two").send()
	id := bookingID.FindStringSubmatch(client.page.Request.URL.Path)[1]
	client.form("Confirm the booking").set("code", s.code("sam@client.example")).send().sees(200, "You are booked in")
	manage := "/booking/" + id + "?t=" + s.web.Booking.ManageToken(id)

	link := regexp.MustCompile(`http://wattle\.example(/booking/\S+\?t=\S+)`).FindStringSubmatch(s.mail("ada@practice.example", "New appointment"))[1]
	host := s.visitor(t).open(link).sees(200, "Sam Sample", "Line one Line two", "+61412345678", "sam@client.example", "Tue 24 Nov, 10:00 am")
	host.follow("Propose another time").sees(200, "Propose another time").form("Send the proposal").set("at", "2026-11-26T14:00:00+11:00").send()
	host.sees(200, "We have sent your proposal", "You proposed another time", "Thu 26 Nov, 2:00 pm", "Tue 24 Nov, 10:00 am")

	s.mail("sam@client.example", "Another time")
	client.open(manage).sees(200, "proposes another time", "Thu 26 Nov, 2:00 pm").form("Take the new time").send().sees(200, "Your booking has a new time", "Thu 26 Nov, 2:00 pm")
	client.lacks("proposes another time")

	host.open(link).sees(200, "Thu 26 Nov, 2:00 pm").follow("Cancel").sees(200, "Cancel this booking?", "your client").form("Cancel the booking").set("note", "I am ill. <script>x</script>").send()
	host.sees(200, "The booking is cancelled", "I am ill")
	client.open(manage).sees(200, "This booking is cancelled", "had to cancel", "I am ill. <script>x</script>")
	if n := s.count(`SELECT count(*) FROM bookings WHERE status = 'cancelled_therapist'`); n != 1 {
		t.Error("the practice did not cancel")
	}
}

func TestEachLinkOpensOnlyItsOwnPages(t *testing.T) {
	s := newSite(t)
	id := s.visitor(t).booked("video", "2026-11-24T10:00:00+11:00", "sam@client.example")
	other := s.visitor(t).booked("video", "2026-11-24T12:00:00+11:00", "ann@client.example")
	practice, client, stranger := s.web.Booking.PracticeToken(id), s.web.Booking.ManageToken(id), s.web.Booking.ManageToken(other)
	at := url.Values{"at": {"2026-11-25T10:00:00+11:00"}}
	for _, c := range []struct{ what, path, token string }{
		{"the practice moving its client", "/reschedule", practice}, {"the client proposing", "/propose", client}, {"the practice confirming", "/confirm", practice},
		{"a stranger moving", "/reschedule", stranger}, {"a stranger cancelling", "/cancel", stranger}, {"a stranger proposing", "/propose", stranger}, {"nobody cancelling", "/cancel", ""},
		{"the link cancelling", "/cancel", s.web.Booking.LinkToken(id)},
	} {
		form := url.Values{"t": {c.token}, "at": at["at"], "code": {s.web.Booking.Code(id)}}
		s.postForm("/booking/"+id+c.path, form).want(t, 404)
	}
	for _, path := range []string{"", "/reschedule", "/cancel", "/calendar.ics", "/confirm"} {
		for _, token := range []string{"", "x", stranger} {
			a, b := s.get("/booking/"+id+path+"?t="+token).want(t, 404), s.get("/booking/nobody"+path+"?t="+token).want(t, 404)
			if a.text != b.text {
				t.Errorf("%q tells an unknown booking from a wrong token", path)
			}
		}
	}
	if n := s.count(`SELECT count(*) FROM bookings WHERE status = 'confirmed' AND version = 2`); n != 2 {
		t.Error("something happened")
	}
}

func TestUnder18GetsAPageOfItsOwnAndNothingIsKept(t *testing.T) {
	s := newSite(t)
	v := s.visitor(t).details("video", "2026-11-24T10:00:00+11:00")
	v.form("Hold this time").set("for", "child").set("name", "Kim").set("email", "kim@client.example").send()
	v.sees(200, "under 18", "Kids Helpline").follow("Back to the profile").sees(200, "Dr Ada Example")
	if strings.Contains(v.page.Request.URL.String(), "kim") || s.count(`SELECT count(*) FROM bookings`) != 0 {
		t.Error("something of a child's was kept")
	}
	s.visitor(t).open("/under-18?from=<script>").sees(200, "under 18").lacks("Back to the profile")
}

func TestAFormErrorKeepsTheAnswers(t *testing.T) {
	s := newSite(t)
	v := s.visitor(t).details("phone", "2026-11-24T10:00:00+11:00")
	v.form("Hold this time").set("name", "").set("email", "sam@client").set("note", "Kept & whole").send().sees(422, "Say who this is for", "Kept & whole", "sam@client")
	v.form("Hold this time").set("for", "adult").send().sees(422, "There is a problem", "give your name", "e-mail address", "the number they should call", "Kept & whole")
	f := v.form("Hold this time")
	if f.values.Get("for") != "adult" || f.values.Get("email") != "sam@client" || f.values.Get("at") != "2026-11-24T10:00:00+11:00" || f.values.Get("mode") != "phone" {
		t.Errorf("the form holds %v", f.values)
	}
	f.set("name", "Sam").set("email", "sam@client.example").set("phone", "0412345678").send().sees(200, "Enter the code")
}

func TestATakenTimeOffersOthersAndKeepsTheAnswers(t *testing.T) {
	s := newSite(t)
	v := s.visitor(t).details("video", "2026-11-24T10:00:00+11:00")
	s.held()
	v.form("Hold this time").set("for", "adult").set("name", "Ann").set("email", "ann@client.example").set("note", "Hello there").send()
	v.sees(409, "has just been taken", "Your details are still here", "Hello there")
	v.form("Hold this time").pick("at", 1).send().sees(200, "Enter the code")

	s.visitor(t).booked("video", "2026-11-25T10:00:00+11:00", "bo@client.example")
	id := s.visitor(t).booked("video", "2026-11-25T12:00:00+11:00", "cy@client.example")
	mover := s.visitor(t).open("/booking/" + id + "/reschedule?t=" + s.web.Booking.ManageToken(id))
	form := mover.form("Move the booking").set("at", "2026-11-25T14:00:00+11:00")
	s.visitor(t).booked("video", "2026-11-25T14:00:00+11:00", "di@client.example")
	form.send().sees(409, "The booking keeps its old time").form("Move the booking").pick("at", 0).send().sees(200, "Your booking has a new time")
}

func TestTimesOutOfOrderLeadBackToTheTimes(t *testing.T) {
	s := newSite(t)
	v := s.visitor(t)
	for _, q := range []string{"?at=nonsense&mode=video&go=1", "?mode=video&go=1", "?missing=1"} {
		v.open("/therapist/ada-example/book"+q).sees(200, "Choose how and when", "Choose a time.")
	}
	for _, q := range []string{"?tz=Nowhere", "?mode=fax", "?from=yesterday", "?from=9999-12-31", "?from=2026-12-01"} {
		v.open("/therapist/ada-example/book"+q).sees(200, "Choose how and when")
	}
	v.open("/therapist/ada-example/book").follow("Later times").sees(200, "Monday 30 November").follow("Sooner times").sees(200, "Monday 23 November")
	v.show(s.postForm("/therapist/ada-example/book", url.Values{"for": {"adult"}})).sees(200, "Choose a time.")
	for _, path := range []string{"/therapist/nobody/book", "/therapist/ada-example/book?service=none", "/therapist/fay-nocall/book"} {
		v.open(path).sees(404)
	}
	v.open("/therapist/ada-example/book?service=individual-50").sees(200, "online here yet")
	v.open("/therapist/eve-full/book").sees(200, "not taking new clients")
	v.details("video", "2026-11-24T03:00:00+11:00").form("Hold this time").set("for", "adult").set("name", "Ann").set("email", "ann@client.example").send()
	v.sees(422, "not on offer", "Other free times").form("Hold this time").pick("at", 0).send().sees(200, "Enter the code")
	v.open("/therapist/ada-example/book?service=individual-50&mode=video&at=2026-11-24T10:00:00%2B11:00").sees(200, "online here yet").lacks("Your details are")
	paid := url.Values{"service": {"individual-50"}, "mode": {"video"}, "at": {"2026-11-24T10:00:00+11:00"}, "for": {"adult"}, "name": {"A"}, "email": {"a@client.example"}}
	v.show(s.postForm("/therapist/ada-example/book", paid)).sees(200, "online here yet")
}

func TestOneFreeCallAPracticeAndThreeInAll(t *testing.T) {
	s := newSite(t)
	v := s.visitor(t)
	v.booked("video", "2026-11-24T10:00:00+11:00", "sam@client.example")
	v.hold("video", "2026-11-24T12:00:00+11:00", "SAM@client.example").sees(200, "Enter the code")
	id := bookingID.FindStringSubmatch(v.page.Request.URL.Path)[1]
	v.form("Confirm the booking").set("code", s.web.Booking.Code(id)).send().sees(409, "free call")
}
