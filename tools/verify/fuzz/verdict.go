package fuzz

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"wattle/tools/rig"
)

// leaks are what no answer may hold: traces, SQL, paths, names of types, half-printed values. No payload
// holds any, so an echo is no leak.
var leaks = regexp.MustCompile(`goroutine \d|runtime error|panic: |\.go:\d+|SQLSTATE|pq: |sql: |syntax error|` +
	`invalid input syntax|violates [a-z]+ constraint|duplicate key|` +
	`relation "|column "|/usr/local/go|/go/pkg/|wattle/internal|json: |strconv\.|parsing time|invalid character|` +
	`unexpected EOF|context canceled|context deadline|` +
	`dial tcp|connection refused|http: |(fault|booking|directory|time|pg|web)\.[A-Z][a-z]+[A-Z{]|interface \{\}|` +
	`%![a-zA-Z]\(|<no value>|ZgotmplZ|root:x:0|8640247`)

// judge holds one answer to the promise.
func (d *fuzzClient) judge(s *shot, a rig.Answer) {
	bad := func(format string, args ...any) {
		d.Miss("%s\n      for %s %.200q body %.200q headers %.300q",
			fmt.Sprintf(format, args...), s.method, s.target, s.body, s.headers)
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
	if s.encoded || s.method == "HEAD" {
		return
	}
	body := string(a.Body)
	if hit := leaks.FindString(body); hit != "" {
		bad("status %d, the body holds %q", a.Status, hit)
	}
	if strings.Contains(body, d.dir) {
		bad("the body holds a path of this machine")
	}
	for _, tag := range []string{"<script>" + d.mark, "onerror=" + d.mark + ">", "<svg/onload=" + d.mark + ">"} {
		if strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") && strings.Contains(body, tag) {
			bad("the page runs what was typed: %q", tag)
		}
	}
}

// unreadable reports whether Go's server rejects the request before any of our code runs. It answers and
// hangs up, and the client may see the hang-up first.
func (s *shot) unreadable() bool {
	_, err := url.ParseRequestURI(s.target)
	return err != nil || len(s.bytes("")) > 30<<10 || s.foreign
}

// localOnly reports whether a redirect stays on this site.
func localOnly(to, host string) bool {
	return strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") && !strings.HasPrefix(to, `/\`) ||
		strings.HasPrefix(to, "https://"+host+"/") || strings.HasPrefix(to, "http://localhost:8080/")
}
