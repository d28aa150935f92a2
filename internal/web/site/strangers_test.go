package site

import (
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"wattle/internal/booking"
	"wattle/internal/booking/availability"
	"wattle/internal/pg"
)

var (
	requestIDs  = regexp.MustCompile(`"request_id":"[^"]*"`)
	bookingPath = regexp.MustCompile(`^/(api/v1/)?bookings?/:id`)
)

// blindSite is a site on the same database whose bookings stand behind a closed door: whatever asks
// for one fails. What is answered all the same was answered without asking.
func (s *site) blindSite() *site {
	s.t.Helper()
	closed, err := pg.Open(s.t.Context(), s.db.URL())
	s.must(err)
	s.must(closed.Close())
	return siteOn(s.t, s.db, func(w *Server) {
		w.Booking = &booking.Service{DB: closed, Clock: w.Clock, Box: w.Box, Log: w.Log, Availability: &availability.Service{DB: closed, Clock: w.Clock}}
	})
}

// knock asks for a booking with a token, wherever a route takes one.
func (s *site) knock(method, path, id, token string) reply {
	s.t.Helper()
	path = strings.ReplaceAll(path, ":id", id)
	if strings.HasPrefix(path, "/api/") {
		var body io.Reader
		headers := []string{"Authorization", "Bearer " + token}
		if method == http.MethodPost {
			body, headers = strings.NewReader("{}"), append(headers, "Content-Type", "application/json")
		}
		return s.ask(method, path, body, headers...)
	}
	if method == http.MethodPost {
		return s.ask(method, path, strings.NewReader("t="+token+"&link="+token), "Content-Type", "application/x-www-form-urlencoded", "Origin", s.base)
	}
	return s.ask(method, path+"?t="+token, nil)
}

func TestS62ABookingIsNotReadBeforeItsTokenIsRight(t *testing.T) {
	s := newSite(t)
	b, other := s.held(), s.held(with("starts_at", "2026-11-24T12:00:00+11:00"), with("client.email", "other@client.example"))
	blind := s.blindSite()
	id, unknown := b["id"].(string), strings.Repeat("a", len(b["id"].(string)))
	tokens := []string{"wrong", "AAAA", other["token"].(string), s.web.Booking.PracticeToken(other["id"].(string)), s.web.Booking.Code(id)}
	routes := 0
	for _, r := range blind.web.Routes() {
		if !bookingPath.MatchString(r.Path) {
			continue
		}
		routes++
		for _, token := range tokens {
			known, none := blind.knock(r.Method, r.Path, id, token), blind.knock(r.Method, r.Path, unknown, token)
			if known.StatusCode != http.StatusNotFound || none.StatusCode != http.StatusNotFound {
				t.Errorf("%s %s with a wrong token answers %d, of an unknown booking %d", r.Method, r.Path, known.StatusCode, none.StatusCode)
			}
			if requestIDs.ReplaceAllString(known.text, "") != requestIDs.ReplaceAllString(none.text, "") {
				t.Errorf("%s %s: a known and an unknown booking differ", r.Method, r.Path)
			}
		}
		// The door is noticed by whoever may pass: the mail's link on its own routes, the page's elsewhere.
		right := b["token"].(string)
		if strings.HasPrefix(r.Path, "/booking/:id/confirm") {
			right = s.web.Booking.LinkToken(id)
		}
		if strings.HasSuffix(r.Path, "/propose") {
			right = s.web.Booking.PracticeToken(id)
		}
		if a := blind.knock(r.Method, r.Path, id, right); a.StatusCode < 500 {
			t.Errorf("%s %s with the right token answers %d: this test would not see a look at the database", r.Method, r.Path, a.StatusCode)
		}
	}
	if routes < 14 {
		t.Errorf("only %d routes of a booking were tried", routes)
	}
}
