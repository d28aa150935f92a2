package fuzz

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"wattle/tools/verify/rig"
)

// fuzzer is what all connections of a fuzzing share.
type fuzzer struct {
	*rig.Trial
	mark, host, dir string
	behind          bool // a proxy: production's limits are counted by forwarded address
	table           []address
	targets         []rig.Target
	bookings        []rig.Held
	practice        map[string]string // the practices' tokens, by booking
	gallery         []string          // names of pages in /dev/gallery
	pictures        map[string]string // the address of one by its pattern

	seen   rig.Tally // answers by class
	served rig.Tally // successes by address
	lasted rig.Durations
}

// fuzzClient is one connection of the rain.
type fuzzClient struct {
	*fuzzer
	r    *rand.Rand
	wire *rig.Wire
}

// shot is one request, written by hand so that no library mends it.
type shot struct {
	address address
	method  string
	target  string // path and query
	headers [][2]string
	body    string
	squeeze bool // the answer may be compressed: its body is not read
}

// one sends one request and judges the answer. A connection the server closed meanwhile is opened anew.
func (d *fuzzClient) one() {
	s := d.aim()
	raw := s.bytes(d.host)
	used := d.wire.Conn != nil
	a := d.wire.Send(s.method, raw)
	if used && errors.Is(a.Err, rig.ErrClosed) {
		a = d.wire.Send(s.method, raw)
	}
	d.lasted.Add(a.Took)
	d.judge(&s, a)
}

func (s *shot) bytes(host string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\n", s.method, s.target)
	hosted := false
	for _, h := range s.headers {
		fmt.Fprintf(&b, "%s: %s\r\n", h[0], h[1])
		hosted = hosted || strings.EqualFold(h[0], "Host")
	}
	if !hosted {
		fmt.Fprintf(&b, "Host: %s\r\n", host)
	}
	if s.body != "" || s.method == "POST" {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(s.body))
	}
	b.WriteString("\r\n" + s.body)
	return []byte(b.String())
}

// chance is true n times in a hundred.
func (d *fuzzClient) chance(n int) bool { return d.r.IntN(100) < n }

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

var methods = []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get", "FOO"}

// aim makes a request that is right but for a few things.
func (d *fuzzClient) aim() shot {
	s := shot{address: pick(d.r, d.table)}
	s.method = pick(d.r, s.address.methods)
	if strings.HasPrefix(s.address.path, "/dev/") {
		s.method = pick(d.r, []string{"GET", "GET", "GET", "POST", "HEAD"}) // they take any
	}
	if d.chance(8) {
		s.method = pick(d.r, methods)
	}
	friendly := d.chance(25)
	n := d.r.IntN(len(d.bookings))
	if strings.HasSuffix(s.address.path, "/cancel") {
		n = d.r.IntN(len(d.bookings) * 2 / 3) // the others stay, so that there is something to move
	}
	b := d.bookings[n]
	s.target = d.path(s.address.path, b, friendly)
	if !friendly && d.chance(6) {
		s.target = d.bend(s.target)
	}
	if q := d.query(s.address.path, b, friendly); q != "" {
		s.target += "?" + q
	}
	d.head(&s, b, friendly)
	if s.method != "GET" && s.method != "HEAD" || d.chance(2) {
		d.fill(&s, d.targets[n], friendly)
	}
	return s
}

// path fills in the parameters of an address.
func (d *fuzzClient) path(path string, b rig.Held, friendly bool) string {
	if good := d.pictures[path]; good != "" && (friendly || d.chance(60)) {
		return good
	}
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if !strings.HasPrefix(p, ":") {
			continue
		}
		good := map[string]string{
			":state": pick(d.r, []string{"nsw", "vic", "qld", "sa", "wa", "tas", "act", "nt"}), ":subject": pick(d.r, []string{"psychologist", "anxiety", "counsellor"}),
			":issue": "anxiety", ":place": pick(d.r, []string{"newtown-2042", "carlton-3053"}), ":slug": pick(d.r, d.targets).Slug, ":id": b.ID,
			":file": pick(d.r, d.targets).Slug + ".svg", ":name": pick(d.r, d.gallery), ":nothing": "nothing",
		}[p]
		switch path {
		case "/static/:file":
			good = "js/wattle.js"
		case "/sitemaps/:file":
			good = pick(d.r, []string{"pages.xml", "places.xml"})
		case "/guides/:slug", "/api/v1/guides/:slug":
			good = "therapy-costs"
		case "/dev/mail/:id":
			good = fmt.Sprint(1 + d.r.IntN(30))
		case "/therapists/:state/:subject/:issue":
			if p == ":subject" {
				good = "psychologist"
			}
		}
		if friendly || d.chance(60) {
			parts[i] = good
		} else {
			parts[i] = d.escaped(d.payload())
		}
	}
	return strings.Join(parts, "/")
}

// bend spoils a path.
func (d *fuzzClient) bend(path string) string {
	switch d.r.IntN(8) {
	case 0:
		return path + "/"
	case 1:
		return "/" + path
	case 2:
		return path + "/../" + d.escaped(d.payload())
	case 3:
		return strings.ToUpper(path)
	case 4:
		return path + "%00" + d.mark
	case 5:
		return path + ";" + d.mark
	case 6:
		return "http://evil.example" + path
	}
	return path + "." + d.escaped(d.payload())
}

var queryNames = []string{"q", "state", "type", "issue", "issue_match", "approach", "group", "language", "gender", "affirming", "faith", "access", "mode", "format",
	"postcode", "near", "within_km", "max_fee", "reduced", "max_gap", "funding", "free_consultation", "available", "accepting", "sort", "page", "per_page",
	"service", "from", "days", "tz", "t", "to", "as", "file", "at", "done", "starts_at", "mode[]", "__proto__", "utm_source", "_method"}

// query is a query string; friends send what the address takes.
func (d *fuzzClient) query(path string, b rig.Held, friendly bool) string {
	var list []string
	add := func(name, value string) { list = append(list, name+"="+value) }
	switch {
	case strings.HasPrefix(path, "/booking/"):
		switch {
		case path == "/booking/:id/propose" && friendly || d.chance(20):
			add("t", d.practice[b.ID])
		case friendly || d.chance(70):
			add("t", b.Token)
		}
	case strings.HasPrefix(path, "/dev/mail"):
		add("to", d.mark+"-1%40example.org") // never the whole box
	case path == "/therapist/:slug/book":
		add("service", "free-consultation")
	}
	if friendly {
		return strings.Join(list, "&")
	}
	for range d.r.IntN(5) {
		name := pick(d.r, queryNames)
		if d.chance(10) {
			name = d.escaped(d.payload())
		}
		value := d.escaped(d.payload())
		add(name, value)
		if d.chance(8) {
			add(name, value) // twice
		}
	}
	d.r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return strings.Join(list, pick(d.r, []string{"&", "&", "&", "&", "&", "&&", ";"}))
}

// head adds headers, mostly harmless.
func (d *fuzzClient) head(s *shot, b rig.Held, friendly bool) {
	add := func(name, value string) { s.headers = append(s.headers, [2]string{name, value}) }
	if strings.HasPrefix(s.address.path, "/api/v1/bookings/") && (friendly || d.chance(75)) {
		add("Authorization", "Bearer "+b.Token)
	}
	if d.behind {
		add("X-Forwarded-For", fmt.Sprintf("%d.%d.%d.%d", 1+d.r.IntN(220), d.r.IntN(256), d.r.IntN(256), 1+d.r.IntN(250)))
	}
	if friendly {
		return
	}
	for range d.r.IntN(3) {
		// A header's line ends at a control character, so none is sent.
		value := strings.Map(func(c rune) rune {
			if c < ' ' || c == 0x7f {
				return '.'
			}
			return c
		}, d.payload())
		add(pick(d.r, []string{"User-Agent", "Referer", "Accept", "Accept-Language", "Cookie", "Idempotency-Key", "X-Request-Id", "If-None-Match", "If-Modified-Since",
			"Range", "X-Forwarded-Host", "X-Forwarded-Proto", "X-HTTP-Method-Override", "HX-Request", "HX-Target", "Authorization", "Content-Type", "Content-Encoding",
			"Accept-Encoding", "X-Real-IP", "Forwarded"}), value)
	}
	if d.chance(3) {
		add("Origin", pick(d.r, []string{"https://evil.example", "null", "http://localhost", d.mark}))
		add("Sec-Fetch-Site", pick(d.r, []string{"cross-site", "same-origin", "none", d.mark}))
	}
	if d.chance(3) {
		add("Accept-Encoding", pick(d.r, []string{"gzip", "br", "zstd, gzip;q=0", "*"}))
	}
	if d.chance(2) {
		add("Host", pick(d.r, []string{"evil.example", d.mark + ".example", "127.0.0.1:1", "localhost:99999"}))
	}
	for _, h := range s.headers {
		s.squeeze = s.squeeze || h[0] == "Accept-Encoding"
	}
}
