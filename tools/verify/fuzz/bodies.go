package fuzz

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"wattle/tools/rig"
)

// fill writes a body: valid except in a few fields, or of another kind altogether. own is the booking's
// therapist and slot.
func (d *fuzzClient) fill(s *shot, own rig.Target, friendly bool) {
	form, kind := !strings.HasPrefix(s.route.path, "/api/"), "application/json"
	if form {
		kind = "application/x-www-form-urlencoded"
	}
	if !friendly && d.chance(6) {
		kind = d.one("types")
	}
	s.add("Content-Type", kind)
	fields := d.fields(s.route.path, own)
	for range d.r.IntN(3) {
		if !friendly {
			fields[d.one("fields")] = d.payload()
		}
	}
	switch {
	case !friendly && d.chance(2):
		s.body = pick(d.r, []string{strings.Repeat("a=b&", 4000), strings.Repeat("x", 70_000), d.payload()})
	case !friendly && d.chance(6):
		s.body = d.one("bodies")
	case form:
		v := url.Values{"at": {fields["starts_at"]}, "for": {"adult"}}
		for name, value := range fields {
			v.Set(name, value)
		}
		s.body = v.Encode()
	default:
		s.body = d.asJSON(s.route.path, fields)
	}
}

// fields are what an honest client sends to a route.
func (d *fuzzClient) fields(path string, own rig.Target) map[string]string {
	t := pick(d.r, d.targets)
	if strings.HasPrefix(path, "/booking/") || strings.HasPrefix(path, "/api/v1/bookings/") {
		t = own
	}
	starts := t.Slot.Starts.Add(time.Duration(d.r.IntN(9)-4) * 15 * time.Minute).Format(time.RFC3339)
	switch path[strings.LastIndex(path, "/"):] {
	case "/confirm":
		return map[string]string{"code": fmt.Sprintf("%06d", d.r.IntN(1_000_000))}
	case "/reschedule", "/propose":
		return map[string]string{"starts_at": starts}
	case "/cancel":
		return map[string]string{}
	}
	return map[string]string{"therapist": t.Slug, "service": "free-consultation", "mode": t.Slot.Modes[0],
		"starts_at": starts, "name": d.mark + " Example", "email": fmt.Sprintf("%s-%d@example.org", d.mark, d.r.IntN(1000)),
		"phone": "0491 570 006"}
}

// asJSON puts the client's fields into the client's object; a few values are not text.
func (d *fuzzClient) asJSON(path string, fields map[string]string) string {
	body, client := map[string]any{}, map[string]any{}
	for name, value := range fields {
		into, v := body, any(value)
		if d.chance(2) {
			v = pick(d.r, []any{nil, 1, -1.5, true, []any{}, map[string]any{}, 1e300})
		}
		if name == "name" || name == "email" || name == "phone" || name == "timezone" {
			into = client
		}
		into[name] = v
	}
	if path == "/api/v1/bookings" {
		body["client"] = client
	}
	raw, _ := json.Marshal(body) //nolint:errcheck // plain values
	return string(raw)
}
