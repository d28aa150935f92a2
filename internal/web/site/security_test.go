package site

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

// The numbers in the names are those of assurance.md §3. S05, S06 (JSON), S56 stand in
// api_booking_test.go; S19 in flow_test.go; S33 in api_test.go.

func production(s *Server) {
	s.Production, s.BaseURL, s.Dev = true, "https://wattle.example", nil
}

// kinds are answers of every kind: pages, files, JSON, errors.
var kinds = []string{"/", "/therapists", "/therapist/ada-example", "/none", "/booking/x?t=y", "/static/css/wattle.css", "/static/none", "/static/", "/api/v1/therapists", "/api/v1/none",
	"/api/v1/bookings/x", "/robots.txt", "/sitemap.xml", "/healthz", "/readyz", "/portrait/ada-example.svg", "/api/docs", "/therapists/uk"}

func TestS31S32HeadersStandOnEveryAnswer(t *testing.T) {
	const csp = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	dev, prod := newSite(t), newSite(t, production)
	for _, s := range []*site{dev, prod} {
		answers := []reply{s.ask("POST", "/", nil), s.ask("DELETE", "/therapists", nil), s.ask("POST", "/api/v1/bookings", strings.NewReader("x")),
			s.ask("POST", "/therapist/ada-example/book", strings.NewReader("x"), "Origin", "https://evil.test"), s.get("/", "Host", "evil.test")}
		for _, path := range kinds {
			answers = append(answers, s.get(path))
		}
		for _, a := range answers {
			where := a.Request.Method + " " + a.Request.URL.Path + " " + a.Status
			want := map[string]string{"Content-Security-Policy": csp, "X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
				"X-Frame-Options": "DENY", "Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": ""}
			if a.Header.Get("Access-Control-Allow-Origin") != "" {
				want["Cross-Origin-Resource-Policy"] = "cross-origin"
			}
			if s == prod {
				want["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
			}
			for name, value := range want {
				if got := strings.Join(a.Header.Values(name), " + "); got != value {
					t.Errorf("%s: %s is %q, want %q", where, name, got, value)
				}
			}
			if p := a.Header.Get("Permissions-Policy"); !strings.Contains(p, "camera=()") || !strings.Contains(p, "geolocation=()") {
				t.Errorf("%s: Permissions-Policy %q", where, p)
			}
			if a.Header.Get("Content-Type") == "" && a.text != "" || a.Header.Get("Set-Cookie") != "" || a.Header.Get("Server") != "" || a.Header.Get("X-Powered-By") != "" {
				t.Errorf("%s: %v", where, a.Header)
			}
			if strings.HasPrefix(a.Header.Get("Content-Type"), "text/") && !strings.Contains(a.Header.Get("Content-Type"), "charset=utf-8") {
				t.Errorf("%s is %s, without its charset", where, a.Header.Get("Content-Type"))
			}
		}
	}
}

func TestS20AnUnknownHostIsMisdirectedAndNeverRepeated(t *testing.T) {
	s := newSite(t, production)
	for _, host := range []string{"evil.test", "wattle.example.evil.test", "wattle.example:8080", "127.0.0.1", "sub.wattle.example"} {
		for _, path := range []string{"/", "/static/css/wattle.css", "/api/v1/therapists", "/none"} {
			s.get(path, "Host", host).want(t, 421)
		}
		s.get("/healthz", "Host", host).want(t, 200)
		s.get("/readyz", "Host", host).want(t, 200)
	}
	s.get("/", "Host", "WATTLE.example").want(t, 200)
	for _, path := range []string{"/", "/robots.txt", "/sitemap.xml", "/api/v1/therapists", "/api/v1/openapi.json", "/none"} {
		if a := s.get(path, "X-Forwarded-Host", "evil.test", "X-Forwarded-Proto", "http", "Forwarded", "host=evil.test", "X-Original-URL", "/crisis"); strings.Contains(a.text, "evil.test") {
			t.Errorf("%s repeats a forwarded host", path)
		}
	}
	b := s.held()
	if got := b["manage_url"].(string); !strings.HasPrefix(got, "https://wattle.example/booking/") {
		t.Errorf("a link from the wrong place: %s", got)
	}
	for _, path := range []string{"/dev/mail", "/dev/gallery", "/dev/clock", "/dev/login", "/dev/mail.json"} {
		s.get(path).want(t, 404)
		s.postForm(path, url.Values{}).want(t, 404)
	}
}

// attempts are every change a page can make, each as it would succeed.
func (s *site) attempts(id string) map[string]url.Values {
	token, practice := s.web.Booking.ManageToken(id), s.web.Booking.PracticeToken(id)
	return map[string]url.Values{
		"/therapist/ada-example/book":    {"service": {"free-consultation"}, "mode": {"video"}, "at": {"2026-11-26T10:00:00+11:00"}, "for": {"adult"}, "name": {"Eve"}, "email": {"eve@client.example"}},
		"/booking/" + id + "/reschedule": {"t": {token}, "at": {"2026-11-26T11:00:00+11:00"}},
		"/booking/" + id + "/cancel":     {"t": {token}},
		"/booking/" + id + "/propose":    {"t": {practice}, "at": {"2026-11-26T12:00:00+11:00"}},
	}
}

// state is everything that a change would change.
func (s *site) state() string {
	s.t.Helper()
	var out string
	s.must(s.db.Get(s.t.Context(), &out, `SELECT coalesce((SELECT string_agg(b::text, ';' ORDER BY id) FROM bookings b), '') || coalesce((SELECT string_agg(p::text, ';') FROM proposals p), '')`))
	return out
}

func TestS08AnotherSitesFormChangesNothing(t *testing.T) {
	s := newSite(t)
	id := s.visitor(t).booked("video", "2026-11-24T10:00:00+11:00", "sam@client.example")
	before := s.state()
	crossings := [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Origin", "https://evil.test"}, {"Origin", "null"}, {"Origin", "http://wattle.example.evil.test"},
		{"Origin", "http://sub.wattle.example"}, {"Origin", "http://wattle.example:81"}, {"Sec-Fetch-Site", "cross-site", "Origin", home}}
	for path, form := range s.attempts(id) {
		for _, headers := range crossings {
			headers = append([]string{"Content-Type", "application/x-www-form-urlencoded"}, headers...)
			a := s.ask("POST", path, strings.NewReader(form.Encode()), headers...).want(t, 403, "another site")
			sound(t, a)
		}
	}
	held := s.post("/bookings", order(with("client.email", "x@client.example"), with("starts_at", "2026-11-26T10:00:00+11:00")), "Origin", "https://evil.test")
	held.refusal(t, 403)
	b := result{"token": s.web.Booking.ManageToken(id)}
	s.post("/bookings/"+id+"/cancel", "", append(bearer(b), "Sec-Fetch-Site", "cross-site")...).refusal(t, 403)
	if s.state() != before {
		t.Error("something changed")
	}
	for path, form := range s.attempts(id) {
		for _, kind := range []string{"text/plain", "multipart/form-data; boundary=x", "application/json"} {
			s.ask("POST", path, strings.NewReader(form.Encode()), "Content-Type", kind).want(t, 415)
		}
	}
	if s.state() != before {
		t.Error("a form in another dress changed something")
	}
}

func TestS07OnlyPostChangesAnything(t *testing.T) {
	s := newSite(t)
	id := s.visitor(t).booked("video", "2026-11-24T10:00:00+11:00", "sam@client.example")
	before := s.state()
	for path, form := range s.attempts(id) {
		for _, method := range []string{"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"} {
			a := s.ask(method, path+"?"+form.Encode(), nil)
			if a.StatusCode >= 500 || method != "GET" && a.StatusCode != 405 {
				t.Errorf("%s %s answers %d", method, path, a.StatusCode)
			}
		}
		override := form
		override.Set("_method", "POST")
		for _, h := range []string{"X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"} {
			s.get(path+"?"+override.Encode(), h, "POST")
		}
	}
	if s.state() != before {
		t.Error("something changed")
	}
	s.postForm("/booking/"+id+"?_method=DELETE", url.Values{"t": {s.web.Booking.ManageToken(id)}}, "X-HTTP-Method-Override", "DELETE").want(t, 405)
}

func TestS06AFieldGivenTwiceIsRefused(t *testing.T) {
	s := newSite(t)
	id := s.visitor(t).booked("video", "2026-11-24T10:00:00+11:00", "sam@client.example")
	before := s.state()
	for path, form := range s.attempts(id) {
		for name := range form {
			twice := url.Values{}
			for k, v := range form {
				twice[k] = v
			}
			twice[name] = append(twice[name], "other")
			s.postForm(path, twice).want(t, 400)
		}
	}
	if s.state() != before {
		t.Error("something changed")
	}
}

func TestLargeBodiesAreRefusedBeforeTheyAreRead(t *testing.T) {
	s := newSite(t)
	id := s.visitor(t).booked("video", "2026-11-24T10:00:00+11:00", "sam@client.example")
	for path, form := range s.attempts(id) {
		form.Set("note", strings.Repeat("x", 70<<10))
		s.postForm(path, form).want(t, 413)
	}
	token := "Bearer " + s.web.Booking.ManageToken(id)
	for _, path := range []string{"/bookings", "/bookings/" + id + "/confirm", "/bookings/" + id + "/cancel", "/bookings/" + id + "/reschedule"} {
		s.post(path, `{"note":"`+strings.Repeat("x", 70<<10)+`"}`, "Authorization", token).refusal(t, 413)
	}
	endless := io.LimitReader(zeros{}, 1<<30)
	if res, err := s.client.Post(s.base+"/api/v1/bookings", "application/json", endless); err == nil {
		defer res.Body.Close()
		if res.StatusCode != 413 && res.StatusCode != 400 {
			t.Errorf("a gigabyte answers %d", res.StatusCode)
		}
	}
	if a := s.get("/", "X-Long", strings.Repeat("x", 64<<10)); a.StatusCode != 431 {
		t.Errorf("long headers answer %d", a.StatusCode)
	}
	if a := s.get("/therapists?" + strings.Repeat("state=nsw&", 2500)); a.StatusCode != 200 {
		t.Errorf("2,500 parameters answer %d", a.StatusCode)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

func TestS59AFailureRevealsNoInternals(t *testing.T) {
	broken := func(context.Context) ([]Finding, error) { panic("canary-panic SELECT secret FROM table") }
	s := newSite(t, func(w *Server) { w.Integrity = broken })
	a := s.get("/integrity").want(t, 500, "on our side")
	sound(t, a)
	s.web.Integrity = func(context.Context) ([]Finding, error) {
		return nil, fmt.Errorf("canary-error: pq: relation \"x\" does not exist at /srv/file.go:12")
	}
	b := s.get("/integrity").want(t, 500)
	for _, text := range []string{a.text, b.text} {
		for _, inside := range []string{"canary", "pq:", "SELECT", "file.go", "goroutine", "runtime", "panic", "/srv", "relation"} {
			if strings.Contains(text, inside) {
				t.Errorf("the page shows %q", inside)
			}
		}
	}
	if !strings.Contains(a.text, a.Header.Get("X-Request-Id")) {
		t.Error("the page does not tell its request's id")
	}
	if log := s.log.String(); !strings.Contains(log, "canary-panic") || !strings.Contains(log, a.Header.Get("X-Request-Id")) {
		t.Error("the log does not tell what happened")
	}
}

func TestS60NothingButTheSiteIsServed(t *testing.T) {
	s := newSite(t, production)
	for _, path := range []string{"/debug/pprof/", "/debug/vars", "/metrics", "/.git/config", "/.env", "/static", "/static/", "/static/css/", "/static/../go.mod", "/static/%2e%2e/go.mod", "/static/css/..%2f..%2f..%2fetc/passwd",
		"/templates/home.html", "/wp-login.php", "/admin/", "/webhooks/stripe", "/server-status", "/var/secret.key", "/static/embed.go"} {
		if a := s.get(path); a.StatusCode != 404 {
			t.Errorf("%s answers %d", path, a.StatusCode)
		}
	}
	for _, method := range []string{"TRACE", "CONNECT", "OPTIONS", "PROPFIND", "DEBUG", "X"} {
		for _, path := range []string{"/", "/therapists", "/api/v1/therapists", "/static/css/wattle.css"} {
			req, err := http.NewRequest(method, s.base+path, nil)
			s.must(err)
			if method == "CONNECT" {
				continue // the client itself makes a tunnel of it
			}
			if a := s.do(req); a.StatusCode != 405 {
				t.Errorf("%s %s answers %d", method, path, a.StatusCode)
			}
		}
	}
}

// raw sends bytes as they are and reads the first line of the answer.
func (s *site) raw(text string) string {
	s.t.Helper()
	transport := s.client.Transport.(*http.Transport)
	conn, err := transport.DialContext(context.Background(), "tcp", "")
	s.must(err)
	defer conn.Close()
	stop := time.AfterFunc(10*time.Second, func() { conn.Close() })
	defer stop.Stop()
	_, err = io.WriteString(conn, text)
	s.must(err)
	line, _ := bufio.NewReader(conn).ReadString('\n')
	return strings.TrimSpace(line)
}

func TestS57TwoWaysToReadARequestAreNone(t *testing.T) {
	s := newSite(t)
	const host = "Host: wattle.example\r\n"
	for what, text := range map[string]string{
		"two lengths":         "POST / HTTP/1.1\r\n" + host + "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
		"chunked twice":       "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		"unknown coding":      "POST / HTTP/1.1\r\n" + host + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
		"no host":             "GET / HTTP/1.1\r\n\r\n",
		"two hosts":           "GET / HTTP/1.1\r\n" + host + "Host: evil.test\r\n\r\n",
		"blank in a name":     "GET / HTTP/1.1\r\n" + host + "X : 1\r\n\r\n",
		"a header's line cut": "GET / HTTP/1.1\r\n" + host + "X-A: b\r\n c\x00\r\n\r\n",
	} {
		if got := s.raw(text); !strings.HasPrefix(got, "HTTP/1.1 400") && !strings.HasPrefix(got, "HTTP/1.1 501") {
			t.Errorf("%s answers %q", what, got)
		}
	}
}

func TestS38EveryLineOfTheLogIsOneOfJSON(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/%0d%0a{\"level\":\"ERROR\"}", "/%1b[31mred", "/therapists?q=%0a%0dx", "/therapist/%22%7d", "/" + strings.Repeat("long", 2000)} {
		s.get(path, "User-Agent", "ua-canary \"}{", "Referer", "https://canary.test/x")
	}
	for line := range strings.Lines(s.log.String()) {
		var out map[string]any
		if err := json.Unmarshal([]byte(line), &out); err != nil || len(line) > 2000 {
			t.Errorf("a line of %d bytes: %v\n%.300s", len(line), err, line)
		}
		if strings.Contains(line, "canary") || strings.Contains(line, "longlong") {
			t.Errorf("a line repeats what was sent: %.300s", line)
		}
	}
}
