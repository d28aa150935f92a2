package fuzz

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"wattle/tools/verify/rig"
)

// leaks are what no answer may hold: traces, SQL, paths, names of types, half-printed values. No payload
// holds any, so an echo is no leak.
var leaks = regexp.MustCompile(`goroutine \d|runtime error|panic: |\.go:\d+|SQLSTATE|pq: |sql: |syntax error|invalid input syntax|violates [a-z]+ constraint|duplicate key|` +
	`relation "|column "|/usr/local/go|/go/pkg/|wattle/internal|json: |strconv\.|parsing time|invalid character|unexpected EOF|context canceled|context deadline|` +
	`dial tcp|connection refused|http: |(fault|booking|directory|time|pg|web)\.[A-Z][a-z]+[A-Z{]|interface \{\}|` +
	`%![a-zA-Z]\(|<no value>|ZgotmplZ|root:x:0|8640247`)

// judge holds one answer to the promise.
func (d *fuzzClient) judge(s *shot, a rig.Answer) {
	bad := func(format string, args ...any) {
		d.Miss("%s\n      for %s %.200q body %.200q headers %.300q", fmt.Sprintf(format, args...), s.method, s.target, s.body, s.headers)
	}
	if a.Err != nil {
		if len(s.body) > 64<<10 || s.unreadable() {
			d.seen.Add("refused and hung up")
			return
		}
		d.seen.Add("no answer")
		bad("no answer: %v", a.Err)
		return
	}
	d.seen.Add(fmt.Sprint(a.Status))
	switch {
	case a.Status == http.StatusServiceUnavailable && a.Header.Get("Retry-After") != "":
		return // saturated; counted
	case a.Status >= 500 || a.Status < 200:
		bad("status %d: %.300s", a.Status, a.Body)
	case a.Status < 400:
		d.served.Add(s.route.path)
	}
	if a.Header.Get("X-Injected") != "" {
		bad("a header was injected")
	}
	if to := a.Header.Get("Location"); to != "" && !localOnly(to, d.host) {
		bad("it redirects to %q", to)
	}
	if raw(s, a) {
		return
	}
	for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"} {
		if a.Header.Get(name) == "" {
			bad("status %d without %s", a.Status, name)
		}
	}
	if s.packed || s.method == "HEAD" {
		return
	}
	d.judgeBody(s, a, bad)
}

// unreadable reports whether Go's server rejects the request before any of our code runs. It answers and
// hangs up, and the client may see the hang-up first.
func (s *shot) unreadable() bool {
	_, err := url.ParseRequestURI(s.target)
	return err != nil || len(s.bytes("")) > 30<<10 || s.strayed
}

// raw reports whether the answer is that rejection.
func raw(s *shot, a rig.Answer) bool {
	text := string(a.Body)
	refusal := a.Status == http.StatusBadRequest && strings.HasPrefix(text, "400 Bad Request") ||
		a.Status == http.StatusRequestHeaderFieldsTooLarge && strings.HasPrefix(text, "431 ")
	return a.Header.Get("Connection") == "close" && (refusal && len(text) < 100 || s.method == "HEAD" && s.unreadable())
}

// localOnly reports whether a redirect stays on this site.
func localOnly(to, host string) bool {
	return strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") && !strings.HasPrefix(to, `/\`) ||
		strings.HasPrefix(to, "https://"+host+"/") || strings.HasPrefix(to, "http://localhost:8080/")
}

func (d *fuzzClient) judgeBody(s *shot, a rig.Answer, bad func(string, ...any)) {
	kind := a.Header.Get("Content-Type")
	if hit := leaks.Find(a.Body); hit != nil {
		bad("status %d, the body holds %q", a.Status, hit)
	}
	if strings.Contains(string(a.Body), d.dir) {
		bad("the body holds a path of this machine")
	}
	if strings.HasPrefix(kind, "text/html") {
		for _, tag := range []string{"<script>" + d.mark, "onerror=" + d.mark + ">", "<svg/onload=" + d.mark + ">"} {
			if strings.Contains(string(a.Body), tag) {
				bad("the page runs what was typed: %q", tag)
			}
		}
	}
	if a.Status >= 400 {
		if why := d.badRefusal(s, a, kind); why != "" {
			bad("status %d, %s: %.200s", a.Status, why, a.Body)
		}
	}
}

// badRefusal is what is wrong with a refusal: problem+json under /api/, a designed page elsewhere.
func (d *fuzzClient) badRefusal(s *shot, a rig.Answer, kind string) string {
	path, _, _ := strings.Cut(strings.TrimPrefix(s.target, "http://evil.example"), "?")
	switch {
	case a.Status == http.StatusMisdirectedRequest, strings.HasPrefix(path, "/dev/"), strings.HasPrefix(path, "/static/"):
		return ""
	case strings.HasPrefix(path, "/api/"):
		var p struct {
			Title, Detail, Type string
			Status              int
			RequestID           string `json:"request_id"`
		}
		if kind != "application/problem+json" {
			return "under /api/ as " + kind
		}
		if json.Unmarshal(a.Body, &p) != nil || p.Status != a.Status || p.Detail == "" || p.Title == "" || p.RequestID == "" {
			return "a problem without all its parts"
		}
	case !strings.HasPrefix(kind, "text/html") && !strings.HasPrefix(kind, "application/problem+json"):
		return "a refusal as " + kind
	case strings.HasPrefix(kind, "text/html") && (!strings.Contains(string(a.Body), "<!DOCTYPE html>") || !strings.Contains(string(a.Body), "</html>")):
		return "half a page"
	}
	return ""
}
