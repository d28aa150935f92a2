package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// leaks are what no answer may hold: traces, SQL, paths, names of types, half-printed values. The
// payloads hold none of it, so nothing is found that was only said back.
var leaks = regexp.MustCompile(`goroutine \d|runtime error|panic: |\.go:\d+|SQLSTATE|pq: |sql: |syntax error|invalid input syntax|violates [a-z]+ constraint|duplicate key|` +
	`relation "|column "|/usr/local/go|/go/pkg/|wattle/internal|json: |strconv\.|parsing time|invalid character|unexpected EOF|context canceled|context deadline|` +
	`dial tcp|connection refused|http: |(fault|booking|directory|time|pg|web)\.[A-Z][a-z]+[A-Z{]|interface \{\}|%![a-zA-Z]\(|<no value>|ZgotmplZ|root:x:0|8640247`)

// judge holds one answer to the promise.
func (d *drop) judge(s *shot, a answer) {
	bad := func(format string, args ...any) {
		d.miss("%s\n      for %s %.200q body %.200q headers %.300q", fmt.Sprintf(format, args...), s.method, s.target, s.body, s.headers)
	}
	if a.err != nil {
		if len(s.body) > 64<<10 || s.unreadable() {
			d.seen.add("refused and hung up")
			return
		}
		d.seen.add("no answer")
		bad("no answer: %v", a.err)
		return
	}
	d.seen.add(fmt.Sprint(a.status))
	switch {
	case a.status == http.StatusServiceUnavailable && a.header.Get("Retry-After") != "":
		return // saturated; counted
	case a.status >= 500 || a.status < 200:
		bad("status %d: %.300s", a.status, a.body)
	case a.status < 400:
		d.served.add(s.address.path)
	}
	if a.header.Get("X-Injected") != "" {
		bad("a header was injected")
	}
	if to := a.header.Get("Location"); to != "" && !localOnly(to, d.host) {
		bad("it sends people to %q", to)
	}
	if raw(s, a) {
		return
	}
	for _, name := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"} {
		if a.header.Get(name) == "" {
			bad("status %d without %s", a.status, name)
		}
	}
	if s.squeeze || s.method == "HEAD" {
		return
	}
	d.judgeBody(s, a, bad)
}

// unreadable says whether Go's server itself refuses the request before any of our code: it answers
// and hangs up, which may overtake the answer.
func (s *shot) unreadable() bool {
	_, err := url.ParseRequestURI(s.target)
	return err != nil || len(s.bytes("")) > 30<<10 || slices.ContainsFunc(s.headers, func(h [2]string) bool { return h[0] == "Host" })
}

// raw says whether that is the answer.
func raw(s *shot, a answer) bool {
	text := string(a.body)
	refusal := a.status == http.StatusBadRequest && strings.HasPrefix(text, "400 Bad Request") ||
		a.status == http.StatusRequestHeaderFieldsTooLarge && strings.HasPrefix(text, "431 ")
	return a.header.Get("Connection") == "close" && (refusal && len(text) < 100 || s.method == "HEAD" && s.unreadable())
}

// localOnly says whether a redirect stays on this site.
func localOnly(to, host string) bool {
	return strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") && !strings.HasPrefix(to, `/\`) ||
		strings.HasPrefix(to, "https://"+host+"/") || strings.HasPrefix(to, "http://localhost:8080/")
}

func (d *drop) judgeBody(s *shot, a answer, bad func(string, ...any)) {
	kind := a.header.Get("Content-Type")
	if hit := leaks.Find(a.body); hit != nil {
		bad("status %d, the body holds %q", a.status, hit)
	}
	if strings.Contains(string(a.body), d.dir) {
		bad("the body holds a path of this machine")
	}
	if strings.HasPrefix(kind, "text/html") {
		for _, tag := range []string{"<script>" + d.mark, "onerror=" + d.mark + ">", "<svg/onload=" + d.mark + ">"} {
			if strings.Contains(string(a.body), tag) {
				bad("the page runs what was typed: %q", tag)
			}
		}
	}
	if a.status >= 400 {
		if why := d.badRefusal(s, a, kind); why != "" {
			bad("status %d, %s: %.200s", a.status, why, a.body)
		}
	}
}

// badRefusal says what is wrong with a refusal: problem+json under /api/, a designed page elsewhere.
func (d *drop) badRefusal(s *shot, a answer, kind string) string {
	path, _, _ := strings.Cut(strings.TrimPrefix(s.target, "http://evil.example"), "?")
	switch {
	case a.status == http.StatusMisdirectedRequest, strings.HasPrefix(path, "/dev/"), strings.HasPrefix(path, "/static/"):
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
		if json.Unmarshal(a.body, &p) != nil || p.Status != a.status || p.Detail == "" || p.Title == "" || p.RequestID == "" {
			return "a problem without all its parts"
		}
	case !strings.HasPrefix(kind, "text/html") && !strings.HasPrefix(kind, "application/problem+json"):
		return "a refusal as " + kind
	case strings.HasPrefix(kind, "text/html") && (!strings.Contains(string(a.body), "<!DOCTYPE html>") || !strings.Contains(string(a.body), "</html>")):
		return "half a page"
	}
	return ""
}
