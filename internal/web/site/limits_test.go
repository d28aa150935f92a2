package site

import (
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
)

// limited counts requests as production does.
func limited(s *Server) { s.LimitsOff = false }

// holdAs asks for a time from a network address. n picks the time, to whom the code goes.
func (s *site) holdAs(from string, n int, to string, headers ...string) reply {
	s.t.Helper()
	at := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * 15 * time.Minute)
	body := order(with("starts_at", at.Format(time.RFC3339)), with("client.email", to))
	return s.direct(from, "POST", "/api/v1/bookings", body, append([]string{"Content-Type", "application/json"}, headers...)...)
}

func retryAfter(t *testing.T, a reply, most int) {
	t.Helper()
	if n, err := strconv.Atoi(a.Header.Get("Retry-After")); err != nil || n < 1 || n > most {
		t.Errorf("%s: Retry-After is %q", a.Request.URL.Path, a.Header.Get("Retry-After"))
	}
}

func TestS54NoNetworkHoldsMoreThanThreeTimesAtOnce(t *testing.T) {
	s := newSite(t, limited)
	for n := range 3 {
		s.holdAs("203.0.113.7:1000", n, fmt.Sprintf("c%d@client.example", n)).want(t, 201)
	}
	a := s.holdAs("203.0.113.7:2000", 3, "c3@client.example")
	a.refusal(t, 429)
	retryAfter(t, a, 900)
	form := url.Values{"service": {"free-consultation"}, "mode": {"video"}, "at": {"2026-11-26T10:00:00+11:00"}, "for": {"adult"}, "name": {"Eve"}, "email": {"eve@client.example"}}
	page := s.direct("203.0.113.7:3000", "POST", "/therapist/ada-example/book", form.Encode(), "Content-Type", "application/x-www-form-urlencoded").want(t, 429, "<title>Error: ", "send them again in 15 minutes", `value="eve@client.example"`)
	sound(t, page)
	retryAfter(t, page, 900)
	s.holdAs("203.0.113.8:1000", 3, "c4@client.example").want(t, 201)
	s.direct("203.0.113.7:1000", "GET", "/therapist/ada-example/book", "").want(t, 200)
	s.clock.Advance(15 * time.Minute)
	s.holdAs("203.0.113.7:1000", 5, "c5@client.example").want(t, 201)
}

func TestS55AnIPv6NetworkIsOneVisitor(t *testing.T) {
	s := newSite(t, limited)
	for n := range 3 {
		s.holdAs(fmt.Sprintf("[2001:db8:1:2::%x]:9", n+1), n, fmt.Sprintf("c%d@client.example", n)).want(t, 201)
	}
	s.holdAs("[2001:db8:1:2:ffff::1]:9", 3, "c3@client.example").refusal(t, 429)
	s.holdAs("[2001:db8:1:3::1]:9", 3, "c3@client.example").want(t, 201)
	s.holdAs("[::ffff:203.0.113.9]:9", 4, "c4@client.example").want(t, 201)
}

func TestAFailedHoldIsReturnedToItsAllowance(t *testing.T) {
	s := newSite(t, limited)
	for range 5 {
		s.direct("203.0.113.7:1", "POST", "/api/v1/bookings", order(with("client.name", "")), "Content-Type", "application/json").refusal(t, 422)
		s.direct("203.0.113.7:1", "POST", "/api/v1/bookings", order(with("therapist", "ben-okafor"), with("service", "none")), "Content-Type", "application/json").refusal(t, 404)
	}
	s.holdAs("203.0.113.8:1", 0, "other@client.example").want(t, 201)
	for range 5 {
		s.holdAs("203.0.113.7:1", 0, "sam@client.example").refusal(t, 409)
	}
	for n := range 3 {
		s.holdAs("203.0.113.7:1", n+1, "sam@client.example").want(t, 201)
	}
}

func TestNoAddressIsSentMoreThanSixCodesAnHour(t *testing.T) {
	s := newSite(t, limited)
	for n := range 6 {
		to := "victim@client.example"
		if n%2 == 1 {
			to = " Victim@Client.example "
		}
		s.holdAs(fmt.Sprintf("203.0.113.%d:1", n+1), n, to).want(t, 201)
	}
	a := s.holdAs("203.0.113.99:1", 7, "VICTIM@client.example")
	a.refusal(t, 429)
	retryAfter(t, a, 3600)
	s.holdAs("203.0.113.99:1", 7, "somebody@client.example").want(t, 201)
	if n := s.count(`SELECT count(*) FROM rate_limits WHERE key LIKE '%victim%' OR key LIKE '%203.0%' OR key LIKE '%client.example%'`); n != 0 {
		t.Error("the table of limits holds addresses")
	}
}

func TestS17ForwardedAddressesAreBelievedOnlyFromOurProxies(t *testing.T) {
	spoof := func(n int) []string {
		ip := fmt.Sprintf("198.51.100.%d", n+1)
		return []string{"X-Forwarded-For", ip, "X-Real-IP", ip, "Forwarded", "for=" + ip, "CF-Connecting-IP", ip, "True-Client-IP", ip, "X-Client-IP", ip}
	}
	s := newSite(t, limited)
	for n := range 4 {
		a := s.holdAs("203.0.113.7:1", n, fmt.Sprintf("c%d@client.example", n), spoof(n)...)
		if want := map[bool]int{true: 201, false: 429}[n < 3]; a.StatusCode != want {
			t.Errorf("try %d answers %d, want %d", n, a.StatusCode, want)
		}
	}
	if strings.Contains(s.log.String(), "198.51.100") {
		t.Error("the log believes what a stranger says of its address")
	}

	p := newSite(t, limited, func(w *Server) { w.Proxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} })
	for n := range 5 {
		p.holdAs("10.1.2.3:1", n, fmt.Sprintf("c%d@client.example", n), "X-Forwarded-For", fmt.Sprintf("198.51.100.%d", n+1)).want(t, 201)
	}
	for n := range 4 { // what the client itself wrote stands further left and is not believed
		a := p.holdAs("10.1.2.3:1", n+6, fmt.Sprintf("d%d@client.example", n), "X-Forwarded-For", fmt.Sprintf("192.0.2.%d, 198.51.100.200", n))
		if want := map[bool]int{true: 201, false: 429}[n < 3]; a.StatusCode != want {
			t.Errorf("through the proxy, try %d answers %d, want %d", n, a.StatusCode, want)
		}
	}
	for n := range 4 {
		a := p.holdAs("203.0.113.7:1", n+11, fmt.Sprintf("e%d@client.example", n), "X-Forwarded-For", fmt.Sprintf("198.51.100.%d", n+100))
		if want := map[bool]int{true: 201, false: 429}[n < 3]; a.StatusCode != want {
			t.Errorf("past the proxy, try %d answers %d, want %d", n, a.StatusCode, want)
		}
	}
}

func TestS55ReadsAreLimitedEachForItself(t *testing.T) {
	s := newSite(t, limited)
	h := s.handler()
	ask := func(from, path string) reply { return s.through(h, from, "GET", path, "") }
	for range 600 {
		ask("203.0.113.7:1", "/api/v1/therapists/nobody")
	}
	a := ask("203.0.113.7:1", "/api/v1/therapists")
	a.refusal(t, 429)
	retryAfter(t, a, 60)
	if a.Header.Get("Access-Control-Allow-Origin") != "*" {
		t.Error("a page elsewhere cannot read that it asked too often")
	}
	page := ask("203.0.113.7:1", "/therapists").want(t, 429, "Please wait a moment")
	sound(t, page)
	ask("203.0.113.8:1", "/therapists").want(t, 200)
	for _, path := range []string{"/healthz", "/readyz", "/static/css/wattle.css"} {
		ask("203.0.113.7:1", path).want(t, 200)
	}
	s.clock.Advance(time.Minute)
	ask("203.0.113.7:1", "/therapists").want(t, 200)
}

func TestS16S55ChangesAreLimited(t *testing.T) {
	s := newSite(t, limited)
	b := s.holdAs("203.0.113.9:1", 0, "sam@client.example").want(t, 201).read(t, "application/json")
	id := b["id"].(string)
	h := s.handler()
	for _, c := range []struct{ path, body, kind string }{
		{"/api/v1/bookings/" + id + "/confirm", `{"code":"x"}`, "application/json"}, {"/api/v1/bookings/x/cancel", "", ""}, {"/api/v1/bookings/x/reschedule", "{}", "application/json"},
		{"/booking/x/confirm", "t=y&code=1", "application/x-www-form-urlencoded"}, {"/booking/x/confirm", "link=y", "application/x-www-form-urlencoded"}, {"/booking/x/cancel", "t=y", "application/x-www-form-urlencoded"},
		{"/booking/x/reschedule", "t=y", "application/x-www-form-urlencoded"}, {"/booking/x/propose", "t=y", "application/x-www-form-urlencoded"},
	} {
		s.clock.Advance(time.Minute)
		var last reply
		for range 60 + 1 {
			last = s.through(h, "203.0.113.7:1", "POST", c.path, c.body, "Content-Type", c.kind)
		}
		last.want(t, 429)
		retryAfter(t, last, 60)
		s.through(h, "203.0.113.8:1", "POST", c.path, c.body, "Content-Type", c.kind)
		if a := s.through(h, "203.0.113.8:1", "POST", c.path, c.body, "Content-Type", c.kind); a.StatusCode == 429 && !strings.Contains(c.path, id) {
			t.Errorf("%s: another network is limited as well", c.path)
		}
	}
}

func TestLoopbackIsExemptOnlyWhereAsked(t *testing.T) {
	s := newSite(t, limited, func(w *Server) { w.ExemptLoopback = true })
	for n := range 5 {
		s.holdAs("127.0.0.1:1", n, fmt.Sprintf("c%d@client.example", n)).want(t, 201)
		s.holdAs("[::1]:1", n+6, fmt.Sprintf("d%d@client.example", n)).want(t, 201)
	}
	on := newSite(t, limited)
	for n := range 4 {
		a := on.holdAs("127.0.0.1:1", n, fmt.Sprintf("c%d@client.example", n))
		if want := map[bool]int{true: 201, false: 429}[n < 3]; a.StatusCode != want {
			t.Errorf("with limits on, try %d answers %d, want %d", n, a.StatusCode, want)
		}
	}
}
