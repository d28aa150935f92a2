package web

import (
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

func TestACancellationsNoteThatIsTooLongComesBackWhole(t *testing.T) {
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

func TestWhatCannotBeCancelledAnyMoreSaysSo(t *testing.T) {
	s := newSite(t)
	id := s.visitor(t).booked("video", "2026-11-24T10:00:00+11:00", "sam@client.example")
	client, host := s.visitor(t), s.visitor(t)
	client.open("/booking/" + id + "/cancel?t=" + s.web.Booking.ManageToken(id))
	host.open("/booking/"+id+"/cancel?t="+s.web.Booking.PracticeToken(id)).form("Cancel the booking").send().sees(200, "The booking is cancelled")
	client.form("Cancel the booking").send().sees(409, "This booking cannot be cancelled", "Back to the booking")
}
