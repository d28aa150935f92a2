package site

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// payloads try to become markup, script, templates or headers.
var payloads = []string{`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `'><svg/onload=alert(1)>`, `</title><script>alert(1)</script>`, `</textarea><script>alert(1)</script>`,
	`javascript:alert(1)`, `" autofocus onfocus="alert(1)`, `<iframe src="https://evil.test">`, `<style>*{display:none}</style>`, `<a href="https://evil.test">x</a>`, `&lt;script&gt;alert(1)`,
	"\u202e<b>rtl", `<base href="https://evil.test/">`, `<meta http-equiv="refresh" content="0;url=https://evil.test">`, `--><script>alert(1)</script>`, `<form action="https://evil.test">`}

// harmless fails the test when a page holds an element that a payload made.
func harmless(t *testing.T, a reply) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(withoutData(t, a.text)))
	if err != nil {
		t.Fatal(err)
	}
	for n := range root.Descendants() {
		bad := n.Type == html.ElementNode && (n.Data == "script" && !strings.HasPrefix(attr(n, "src"), "/static/") || n.Data == "iframe" || n.Data == "base" || n.Data == "style" || attr(n, "http-equiv") != "")
		for _, at := range n.Attr {
			low := strings.ToLower(at.Val)
			bad = bad || strings.HasPrefix(at.Key, "on") || (at.Key == "src" || at.Key == "href" || at.Key == "action") && (strings.Contains(low, "evil.test") && !strings.HasPrefix(low, "/") || strings.HasPrefix(low, "javascript:"))
		}
		if bad {
			t.Errorf("%s: a payload became <%s %v>", a.Request.URL.Path, n.Data, n.Attr)
		}
	}
}

func TestS28S30PayloadsStayWords(t *testing.T) {
	s := newSite(t)
	nasty := template("nasty-person", `<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`)
	nasty.Headline, nasty.Bio, nasty.Suburb = payloads[1], strings.Join(payloads, "\n"), `</title><script>`
	nasty.Reduced, nasty.Email = nil, "nasty@practice.example"
	nasty.Services[0].Name, nasty.Credentials[0].Number = payloads[0], payloads[1]
	s.settle(person{nasty, hours(weekdays(540, 1140)...)})
	for _, path := range []string{"/therapists", "/therapist/nasty-person", "/therapist/nasty-person/book", "/portrait/nasty-person.svg"} {
		harmless(t, s.get(path).want(t, 200))
	}
	for i, p := range payloads {
		e := url.QueryEscape(p)
		for _, path := range []string{"/therapists?q=" + e, "/therapists?near=" + e, "/therapists?max_fee=" + e, "/therapists?state=" + e + "&" + e + "=1", "/therapist/ada-example?from=" + e, "/under-18?from=" + e,
			"/therapist/ada-example/book?tz=" + e + "&mode=" + e + "&from=" + e + "&at=" + e, "/" + url.PathEscape(p), "/therapist/" + url.PathEscape(p), "/booking/" + url.PathEscape(p) + "?t=" + e + "&done=" + e,
			"/api/v1/therapists?q=" + e, "/api/v1/therapists?" + e + "=1"} {
			a := s.get(path)
			if a.StatusCode >= 500 {
				t.Errorf("%s answers %d", path, a.StatusCode)
			}
			if strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
				harmless(t, a)
			} else if strings.Contains(a.text, "<script") || strings.Contains(a.text, "<img") {
				t.Errorf("%s repeats markup in %s", path, a.Header.Get("Content-Type"))
			}
		}
		form := url.Values{"service": {"free-consultation"}, "mode": {"video"}, "at": {monday.Add(time.Duration(24+i/8*24)*time.Hour + time.Duration(i%8)*time.Hour).Format(time.RFC3339)}, "for": {"adult"}, "name": {strings.ReplaceAll(p, "://", ":")}, "email": {fmt.Sprintf("c%d@client.example", i)}, "note": {p}, "timezone": {p}}
		bad := url.Values{"service": form["service"], "mode": form["mode"], "at": form["at"], "for": form["for"], "name": {p}, "email": {p}, "note": {p}, "phone": {p}}
		harmless(t, s.postForm("/therapist/ada-example/book", bad).want(t, 422))
		a := s.postForm("/therapist/ada-example/book", form).want(t, 303)
		to, err := a.Location()
		s.must(err)
		harmless(t, s.get(to.RequestURI()).want(t, 200))
		id := bookingID.FindStringSubmatch(to.Path)[1]
		s.postForm("/booking/"+id+"/confirm", url.Values{"link": {s.web.Booking.LinkToken(id)}}).want(t, 303)
		harmless(t, s.get("/booking/"+id+"?t="+s.web.Booking.PracticeToken(id)).want(t, 200))
		s.postForm("/booking/"+id+"/cancel", url.Values{"t": {s.web.Booking.PracticeToken(id)}, "note": {p}}).want(t, 303)
		harmless(t, s.get(to.RequestURI()).want(t, 200))
	}
}

func TestS35TemplatesInWordsStayWords(t *testing.T) {
	s := newSite(t)
	for _, p := range []string{"{{.}}", "{{7*7}}", "${7*7}", "{{.Chrome}}"} {
		a := s.get("/therapists?q="+url.QueryEscape(p)).want(t, 200)
		if !strings.Contains(html.UnescapeString(a.text), p) || strings.Contains(a.text, "49") && p == "{{7*7}}" && strings.Contains(a.text, `value="49"`) {
			t.Errorf("%s did not stay as it is", p)
		}
	}
}

func TestS21NoAddressLeadsAway(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"//evil.test", "//evil.test/%2e%2e", "/%5cevil.test", "/%0d%0aLocation:%20https://evil.test", "/therapists//evil.test", "/booking/%0d%0aSet-Cookie:a=b/confirm?t=x",
		"/under-18?from=https://evil.test&next=//evil.test", "/therapist/ada-example?from=https://evil.test", "/therapist/ada-example/book?next=//evil.test", "/?next=//evil.test"} {
		a := s.get(path)
		if to := a.Header.Get("Location"); to != "" || len(a.Header.Values("Set-Cookie")) > 0 || a.StatusCode >= 500 {
			t.Errorf("%s answers %d and leads to %q", path, a.StatusCode, to)
		}
		harmless(t, a)
	}
	form := s.attempts("x")["/therapist/ada-example/book"]
	form.Set("next", "//evil.test")
	form.Set("at", "\r\nLocation: https://evil.test")
	if to := s.postForm("/therapist/ada-example/book?next=//evil.test", form).want(t, 422).Header.Get("Location"); to != "" {
		t.Errorf("it leads to %q", to)
	}
	form.Set("mode", "\r\nLocation: https://evil.test")
	if to := s.postForm("/therapist/ada-example/book?next=//evil.test", form).want(t, 303).Header.Get("Location"); !strings.HasPrefix(to, "/therapist/ada-example/book?") {
		t.Errorf("it leads to %q", to)
	}
}

func TestS26S27TextForTheDatabaseStaysText(t *testing.T) {
	s := newSite(t)
	for _, p := range []string{`' OR 1=1 --`, `" OR 1=1`, `'; DROP TABLE bookings; --`, `1) UNION SELECT * FROM clients --`, `\'`, `%`, `_`, `nsw' AND '1'='1`, `$1::text`, `state = "nsw" OR 1=1`, "a\x00b", "\xff\xfe"} {
		e := url.QueryEscape(p)
		for _, name := range strings.Fields("q state type issue sort page per_page near within_km max_fee max_gap postcode language available") {
			if a := s.get("/api/v1/therapists?" + name + "=" + e); name == "q" && a.StatusCode == 200 {
				for _, slug := range slugsOf(a.read(t, "application/json")) {
					for _, h := range hidden {
						if slug == h {
							t.Errorf("%q finds %s", p, h)
						}
					}
				}
			} else if a.StatusCode != 400 {
				t.Errorf("%s=%q answers %d", name, p, a.StatusCode)
			}
			if a := s.get("/therapists?" + name + "=" + e); a.StatusCode != 200 {
				t.Errorf("the page with %s=%q answers %d", name, p, a.StatusCode)
			}
		}
		for _, path := range []string{"/therapist/" + url.PathEscape(p), "/therapist/" + url.PathEscape(p) + "/book", "/portrait/" + url.PathEscape(p) + ".svg", "/booking/" + url.PathEscape(p) + "?t=" + e, "/api/v1/therapists/" + url.PathEscape(p),
			"/api/v1/therapists/" + url.PathEscape(p) + "/slots"} {
			s.get(path).want(t, 404)
		}
		s.get("/api/v1/bookings/"+url.PathEscape(p), "Authorization", "Bearer "+strings.Map(printableOnly, p)).want(t, 404)
		s.get("/api/v1/therapists/ada-example/slots?service="+e).want(t, 404)
	}
	if n := s.count(`SELECT count(*) FROM therapists`); n != 8 {
		t.Errorf("%d people are left", n)
	}
}

func printableOnly(r rune) rune {
	if r < ' ' || r > '~' {
		return 'x'
	}
	return r
}
