package site

import (
	"net/url"
	"strings"
	"testing"
)

// mends fails the test unless the page is the form itself, with a summary that leads to the field,
// and the complaint beside it.
func (v *visitor) mends(status int, button, field, words string) *filled {
	v.t.Helper()
	v.sees(status, "There is a problem", words)
	f := v.form(button)
	if !strings.Contains(v.page.text, `<a href="#f-`+field+`">`+words) {
		v.t.Errorf("no summary leads to %s:\n%s", field, wordsOf(v.root))
	}
	if !strings.Contains(v.page.text, `id="error-`+field+`"`) {
		v.t.Errorf("nothing stands beside %s:\n%s", field, wordsOf(v.root))
	}
	if !strings.Contains(v.page.text, "<title>Error: ") {
		v.t.Error("the title does not say that something needs mending")
	}
	return f
}

func TestATooLongCancellationNoteIsKept(t *testing.T) {
	s := newSite(t)
	id := s.visitor(t).booked("video", "2026-11-24T10:00:00+11:00", "sam@client.example")
	for _, c := range []struct{ token, label string }{
		{s.web.Booking.ManageToken(id), "A word to Dr Ada Example"}, {s.web.Booking.PracticeToken(id), "A word to your client"},
	} {
		long := strings.Repeat("Sorry & well ", 39) // 507 characters
		v := s.visitor(t).open("/booking/" + id + "/cancel?t=" + c.token)
		v.form("Cancel the booking").set("note", long).send()
		f := v.mends(422, "Cancel the booking", "note", "Please keep the note to 500 characters.")
		if got := f.values.Get("note"); got != strings.TrimSpace(long) {
			t.Errorf("the note came back as %q", got)
		}
		v.sees(422, c.label, "Tue 24 Nov, 10:00 am", "(optional)", "You need not give a reason")
	}
	v := s.visitor(t).open("/booking/" + id + "/cancel?t=" + s.web.Booking.ManageToken(id))
	v.form("Cancel the booking").set("note", strings.Repeat("x", 501)).send().form("Cancel the booking").set("note", strings.Repeat("y\r\n", 250)).send().sees(200, "The booking is cancelled")
}

func TestABookingPastCancellingSaysSo(t *testing.T) {
	s := newSite(t)
	id := s.visitor(t).booked("video", "2026-11-24T10:00:00+11:00", "sam@client.example")
	client, host := s.visitor(t), s.visitor(t)
	client.open("/booking/" + id + "/cancel?t=" + s.web.Booking.ManageToken(id))
	host.open("/booking/"+id+"/cancel?t="+s.web.Booking.PracticeToken(id)).form("Cancel the booking").send().sees(200, "The booking is cancelled")
	client.form("Cancel the booking").send().sees(409, "This booking cannot be cancelled", "Back to the booking")
}

func TestEveryDetailsErrorIsShownInItsForm(t *testing.T) {
	s := newSite(t)
	const button, at = "Hold this time", "2026-11-24T10:00:00+11:00"
	good := map[string]string{"for": "adult", "name": "Sam", "email": "sam@client.example", "phone": "0412 345 678", "note": "Hello\nthere"}
	for _, c := range []struct{ mode, field, value, words string }{
		{"video", "name", "", "Please give your name."},
		{"video", "name", strings.Repeat("Sam ", 26), "Please give a name of at most 100 letters."},
		{"video", "name", "see https://x.example", "Please give a name of at most 100 letters."},
		{"video", "email", "", "Please give an e-mail address"},
		{"video", "email", "sam@client", "Please give an e-mail address"},
		{"video", "email", strings.Repeat("a", 250) + "@b.example", "Please give an e-mail address"},
		{"video", "phone", "12", "Please give an Australian phone number"},
		{"phone", "phone", "", "Please give the number they should call."},
		{"phone", "phone", "+1 555 0100", "Please give an Australian phone number"},
		{"video", "note", strings.Repeat("word ", 201), "Please keep the note to 1,000 plain characters."},
	} {
		v := s.visitor(t).details(c.mode, at)
		f := v.form(button)
		for name, value := range good {
			f.set(name, value)
		}
		f.set(c.field, c.value).send()
		f = v.mends(422, button, c.field, c.words)
		for name, value := range good {
			if name == c.field {
				value = strings.TrimSpace(c.value)
			}
			if got := strings.TrimSpace(f.values.Get(name)); got != value {
				t.Errorf("with %s = %q, %s came back as %q", c.field, c.value, name, got)
			}
		}
		if f.values.Get("at") != at || f.values.Get("mode") != c.mode {
			t.Errorf("the form holds %v", f.values)
		}
	}
	if n := s.count(`SELECT count(*) FROM bookings`); n != 0 {
		t.Errorf("%d bookings were made", n)
	}
}

func TestDetailsWithoutATimeAreKeptAndOfferTimes(t *testing.T) {
	s := newSite(t)
	const button = "Hold this time"
	v := s.visitor(t).details("video", "2026-11-24T10:00:00+11:00")
	s.held()
	v.form(button).set("for", "adult").set("name", "Ann").set("email", "ann@client.example").set("note", "Hello there").send()
	v.sees(409, "has just been taken", "To be chosen below").lacks("10:00 am Sydney")
	for range 2 { // none of the times offered is chosen, twice
		f := v.form(button).send().mends(422, button, "at", "Choose a time.")
		v.sees(422, "Other free times", "Hello there", "ann@client.example")
		if times := f.radios["at"]; len(times) != 3 || !strings.HasPrefix(times[0], "2026-11-24") {
			t.Errorf("offered are %v", times)
		}
	}
	v.form(button).pick("at", 0).send().sees(200, "Enter the code")

	bad := url.Values{"service": {"free-consultation"}, "mode": {"video"}, "at": {"soon"}, "for": {"adult"}, "name": {"Bo"}, "email": {"bo@client.example"}}
	v.show(s.postForm("/therapist/ada-example/book", bad)).mends(422, button, "at", "Choose a time.").pick("at", 2).send().sees(200, "Enter the code")
}

func TestAMistypedCodeDoesNotCountAsATry(t *testing.T) {
	s := newSite(t)
	v := s.visitor(t).hold("video", "2026-11-24T10:00:00+11:00", "sam@client.example").sees(200, "Enter the code")
	right := s.web.Booking.Code(bookingID.FindStringSubmatch(v.page.Request.URL.Path)[1])
	for _, typed := range []string{"", "12345", "1234567", "12a456", "code", "１２３４５６"} {
		f := v.form("Confirm the booking").set("code", typed).send().mends(422, "Confirm the booking", "code", "Enter the six digits from our e-mail.")
		if got := f.values.Get("code"); got != typed {
			t.Errorf("%q came back as %q", typed, got)
		}
	}
	wrong := "000000"
	if right == wrong {
		wrong = "111111"
	}
	v.form("Confirm the booking").set("code", wrong).send().mends(422, "Confirm the booking", "code", "That is not the code from our e-mail. You can try 4 more times.")
	v.form("Confirm the booking").set("code", " "+right[:3]+" "+right[3:]+" ").send().sees(200, "You are booked in")
}

func TestAMoveWithoutATimeShowsItsForm(t *testing.T) {
	s := newSite(t)
	id := s.visitor(t).booked("video", "2026-11-24T10:00:00+11:00", "sam@client.example")
	for _, c := range []struct{ path, token, button string }{
		{"/reschedule", s.web.Booking.ManageToken(id), "Move the booking"}, {"/propose", s.web.Booking.PracticeToken(id), "Send the proposal"},
	} {
		for _, at := range []string{"", "soon", "2026-13-45T00:00:00Z"} {
			v := s.visitor(t).show(s.postForm("/booking/"+id+c.path, url.Values{"t": {c.token}, "at": {at}}))
			v.mends(422, c.button, "at", "Choose a time.")
		}
	}
	v := s.visitor(t).show(s.postForm("/booking/"+id+"/propose", url.Values{"t": {s.web.Booking.PracticeToken(id)}, "at": {"2020-01-01T00:00:00Z"}}))
	v.mends(422, "Send the proposal", "at", "Please propose a time that lies ahead.")
	s.visitor(t).open("/therapist/ada-example/book?missing=1").mends(200, "Go on with this time", "at", "Choose a time.")
}
