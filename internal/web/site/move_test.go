package site

import (
	"net/url"
	"strings"
	"testing"

	"wattle/internal/accounts"
)

func TestARefusedMoveStillLinksToLaterTimes(t *testing.T) {
	s := newSite(t)
	id := s.visitor(t).booked("video", "2026-11-24T10:00:00+11:00", "sam@client.example")
	s.visitor(t).booked("video", "2026-11-24T12:00:00+11:00", "ann@client.example")
	taken := url.Values{"at": {"2026-11-24T12:00:00+11:00"}}
	for path, token := range map[string]string{"/reschedule": s.web.Booking.ManageToken(id), "/propose": s.web.Booking.PracticeToken(id)} {
		taken.Set("t", token)
		v := s.visitor(t).show(s.postForm("/booking/"+id+path, taken)).sees(409, "The booking keeps its old time")
		v.follow("Later times").sees(200, "another time").follow("Sooner times").sees(200, "another time")
		taken.Del("at")
		s.visitor(t).show(s.postForm("/booking/"+id+path, taken)).sees(422, "Choose a time")
		taken.Set("at", "2026-11-24T12:00:00+11:00")
	}
}

func TestEachSideSeesItsOwnZone(t *testing.T) {
	s := newSite(t)
	b := s.held() // by somebody in Brisbane
	id := b["id"].(string)
	s.post("/bookings/"+id+"/confirm", `{"code":"`+s.web.Booking.Code(id)+`"}`, bearer(b)...).want(t, 200)
	for _, path := range []string{"", "/reschedule", "/cancel"} {
		s.visitor(t).open("/booking/"+id+path+"?t="+s.web.Booking.ManageToken(id)).sees(200, "10:00 am Sydney time (9:00 am Brisbane, your time)")
		s.visitor(t).open("/booking/"+id+path+"?t="+s.web.Booking.PracticeToken(id)).sees(200, "10:00 am").lacks("Brisbane, your time")
	}
}

func TestAPausedPracticeKeepsItsBookings(t *testing.T) {
	s := newSite(t)
	id := s.visitor(t).booked("video", "2026-11-24T10:00:00+11:00", "sam@client.example")
	s.must(s.profiles.Pause(t.Context(), accounts.System, s.people["ada-example"].ID))
	s.catchUp()
	manage := "?t=" + s.web.Booking.ManageToken(id)
	s.visitor(t).open("/booking/"+id+manage).sees(200, "You are booked in", "Tue 24 Nov, 10:00 am")
	v := s.visitor(t).open("/booking/"+id+"/reschedule"+manage).sees(200, "Keep Tue 24 Nov")
	v.form("Move the booking").set("at", "2026-11-25T10:00:00+11:00").send().sees(200, "Wed 25 Nov, 10:00 am")
	s.get("/booking/"+id+"/calendar.ics"+manage).want(t, 200)
	v.open("/booking/"+id+"/cancel"+manage).sees(200, "Cancel this booking?")
	v.form("Cancel the booking").set("note", strings.Repeat("five\r\n", 100)).send().sees(200, "The booking is cancelled")
}

func TestABookedClientCanMoveWhenThePracticeIsClosedToNewOnes(t *testing.T) {
	s := newSite(t)
	id := s.visitor(t).booked("video", "2026-11-24T10:00:00+11:00", "sam@client.example")
	s.must(s.profiles.SetAccepting(t.Context(), accounts.System, s.people["ada-example"].ID, false))
	s.catchUp()
	s.visitor(t).open("/therapist/ada-example/book").sees(200, "not taking new clients")
	v := s.visitor(t).open("/booking/"+id+"/reschedule?t="+s.web.Booking.ManageToken(id)).sees(200, "Keep Tue 24 Nov")
	v.form("Move the booking").set("at", "2026-11-25T10:00:00+11:00").send().sees(200, "Wed 25 Nov, 10:00 am")
}
