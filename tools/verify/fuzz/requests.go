package fuzz

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"

	"wattle/tools/rig"
)

// fuzzer is what all connections share.
type fuzzer struct {
	*rig.Trial
	mark, host, dir string
	behind          bool // a proxy: production's limits count by forwarded address
	table           []route
	targets         []rig.Target
	bookings        []rig.Held
	practice        map[string]string   // the practices' tokens by booking
	valid           map[string][]string // values of parameters, by name or by route and name
	pictures        map[string]string   // the address of a picture by its route

	seen   rig.Tally // answers by class
	served rig.Tally // successes by route
	lasted rig.Durations
}

// fuzzClient is one connection.
type fuzzClient struct {
	*fuzzer
	r    *rand.Rand
	wire *rig.Wire
}

// shot is one request, written byte for byte so that no library corrects it.
type shot struct {
	route    route
	method   string
	target   string // path and query
	headers  [][2]string
	body     string
	encoded  bool // the answer may be compressed: its body is not read
	foreign  bool // it names another host
	friendly bool
}

func (s *shot) add(name, value string) {
	s.headers = append(s.headers, [2]string{name, value})
	s.encoded = s.encoded || name == "Accept-Encoding"
	s.foreign = s.foreign || name == "Host"
}

// send sends one request and judges the answer. A connection that the server closed is reopened.
func (d *fuzzClient) send() {
	s := d.compose()
	raw, used := s.bytes(d.host), d.wire.Conn != nil
	a := d.wire.Send(s.method, raw)
	if used && errors.Is(a.Err, rig.ErrClosed) {
		a = d.wire.Send(s.method, raw)
	}
	d.lasted.Add(a.Took)
	d.judge(&s, a)
}

func (s *shot) bytes(host string) []byte {
	raw := fmt.Appendf(nil, "%s %s HTTP/1.1\r\n", s.method, s.target)
	for _, h := range s.headers {
		raw = fmt.Appendf(raw, "%s: %s\r\n", h[0], h[1])
	}
	if !s.foreign {
		raw = fmt.Appendf(raw, "Host: %s\r\n", host)
	}
	if s.body != "" || s.method == "POST" {
		raw = fmt.Appendf(raw, "Content-Length: %d\r\n", len(s.body))
	}
	return append(raw, "\r\n"+s.body...)
}

// chance is true n times in a hundred.
func (d *fuzzClient) chance(n int) bool { return d.r.IntN(100) < n }

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// compose makes a request that is valid except in a few places. One in four is valid throughout (friendly).
func (d *fuzzClient) compose() shot {
	s := shot{route: pick(d.r, d.table), friendly: d.chance(25)}
	s.method = pick(d.r, s.route.methods)
	if strings.HasPrefix(s.route.path, "/dev/") {
		s.method = pick(d.r, []string{"GET", "GET", "GET", "POST", "HEAD"}) // they take any
	}
	if d.chance(8) {
		s.method = d.one("methods")
	}
	n := d.r.IntN(len(d.bookings))
	if strings.HasSuffix(s.route.path, "/cancel") {
		n = d.r.IntN(len(d.bookings) * 2 / 3) // the others stay, so that some can be moved
	}
	b := d.bookings[n]
	s.target = d.path(s.route.path, b, s.friendly)
	if !s.friendly && d.chance(6) {
		bad := d.escaped(d.payload())
		s.target = pick(d.r, []string{s.target + "/", "/" + s.target, s.target + "/../" + bad, strings.ToUpper(s.target),
			s.target + "%00" + d.mark, s.target + ";" + d.mark, "http://evil.example" + s.target, s.target + "." + bad})
	}
	if q := d.query(s.route.path, b, s.friendly); q != "" {
		s.target += "?" + q
	}
	d.head(&s, b)
	if s.method != "GET" && s.method != "HEAD" || d.chance(2) {
		d.fill(&s, d.targets[n], s.friendly)
	}
	return s
}

// path fills in the parameters of a route.
func (d *fuzzClient) path(path string, b rig.Held, friendly bool) string {
	if good := d.pictures[path]; good != "" && (friendly || d.chance(60)) {
		return good
	}
	parts := strings.Split(path, "/")
	for i, p := range parts {
		switch {
		case !strings.HasPrefix(p, ":"):
		case friendly || d.chance(60):
			parts[i] = d.parameter(path, p, b)
		default:
			parts[i] = d.escaped(d.payload())
		}
	}
	return strings.Join(parts, "/")
}

// parameter is a valid value of a parameter in a route.
func (d *fuzzClient) parameter(path, name string, b rig.Held) string {
	if name == ":id" && path != "/dev/mail/:id" {
		return b.ID
	}
	if list := d.valid[path+name]; list != nil {
		return pick(d.r, list)
	}
	return pick(d.r, d.valid[name])
}

// query is a query string; friendly requests send what the route takes.
func (d *fuzzClient) query(path string, b rig.Held, friendly bool) string {
	var list []string
	add := func(name, value string) { list = append(list, name+"="+value) }
	switch {
	case path == "/booking/:id/propose" && friendly, strings.HasPrefix(path, "/booking/") && d.chance(20):
		add("t", d.practice[b.ID])
	case strings.HasPrefix(path, "/booking/") && (friendly || d.chance(70)):
		add("t", b.Token)
	case strings.HasPrefix(path, "/dev/mail"):
		add("to", d.mark+"-1%40example.org") // never the whole mailbox
	case path == "/therapist/:slug/book":
		add("service", "free-consultation")
	}
	if friendly {
		return strings.Join(list, "&")
	}
	for range d.r.IntN(5) {
		name, value := d.one("queries"), d.escaped(d.payload())
		if d.chance(10) {
			name = d.escaped(d.payload())
		}
		add(name, value)
		if d.chance(8) {
			add(name, value) // twice
		}
	}
	d.r.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return strings.Join(list, pick(d.r, []string{"&", "&", "&", "&", "&", "&&", ";"}))
}

// head adds headers, mostly harmless.
func (d *fuzzClient) head(s *shot, b rig.Held) {
	if strings.HasPrefix(s.route.path, "/api/v1/bookings/") && (s.friendly || d.chance(75)) {
		s.add("Authorization", "Bearer "+b.Token)
	}
	if d.behind {
		s.add("X-Forwarded-For", fmt.Sprintf("%d.%d.%d.%d", 1+d.r.IntN(220), d.r.IntN(256), d.r.IntN(256), 1+d.r.IntN(250)))
	}
	if s.friendly {
		return
	}
	for range d.r.IntN(3) {
		s.add(d.one("headers"), strings.Map(func(c rune) rune {
			if c < ' ' || c == 0x7f { // would end the line
				return '.'
			}
			return c
		}, d.payload()))
	}
	if d.chance(12) {
		name, value, _ := strings.Cut(d.one("header lines"), ": ")
		s.add(name, value)
	}
}
