package fuzz

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"wattle/tools/verify/rig"
)

// fill writes a body: right but for a few fields, or no body of this kind at all.
func (d *fuzzClient) fill(s *shot, own rig.Target, friendly bool) {
	form := !strings.HasPrefix(s.address.path, "/api/")
	kind := "application/json"
	if form {
		kind = "application/x-www-form-urlencoded"
	}
	if !friendly && d.chance(6) {
		kind = pick(d.r, []string{"text/plain", "application/xml", "multipart/form-data; boundary=" + d.mark, "application/json; charset=utf-16", "", "application/x-www-form-urlencoded", "application/json"})
	}
	s.headers = append(s.headers, [2]string{"Content-Type", kind})
	fields := d.fields(s.address.path, own)
	if !friendly {
		for range d.r.IntN(3) {
			fields[pick(d.r, []string{"therapist", "service", "mode", "starts_at", "tier", "name", "email", "phone", "timezone", "note", "code", "t", "status", "price_cents", "role", "for", "at", "link", d.mark})] = d.payload()
		}
	}
	switch {
	case !friendly && d.chance(8):
		s.body = pick(d.r, []string{"{", "[]", "null", `"` + d.mark + `"`, `{"a":` + strings.Repeat("[", 200), `{"code":"1","code":"2"}`, `{"CODE":1}{}`, "\xff\xfe" + d.mark, `{"starts_at":{}}`,
			`{"client":[]}`, `{"client":{"name":{"a":1}}}`, `{"code":123456}`, "a=%zz&b", strings.Repeat("a=b&", 4000), strings.Repeat("x", 70_000), d.payload()})
	case form:
		fields["at"], fields["for"] = fields["starts_at"], "adult"
		s.body = asForm(fields)
	default:
		s.body = d.asJSON(s.address.path, fields)
	}
}

// fields are what a friend sends to the address; own is where and when the booking is.
func (d *fuzzClient) fields(path string, own rig.Target) map[string]string {
	t := pick(d.r, d.targets)
	if strings.HasPrefix(path, "/booking/") || strings.HasPrefix(path, "/api/v1/bookings/") {
		t = own
	}
	starts := t.Slot.Starts.Add(time.Duration(d.r.IntN(9)-4) * 15 * time.Minute).Format(time.RFC3339)
	switch {
	case strings.HasSuffix(path, "/confirm"):
		return map[string]string{"code": fmt.Sprintf("%06d", d.r.IntN(1_000_000))}
	case strings.HasSuffix(path, "/reschedule"), strings.HasSuffix(path, "/propose"):
		return map[string]string{"starts_at": starts}
	case strings.HasSuffix(path, "/cancel"):
		return map[string]string{}
	}
	return map[string]string{"therapist": t.Slug, "service": "free-consultation", "mode": t.Slot.Modes[0], "starts_at": starts,
		"name": d.mark + " Example", "email": fmt.Sprintf("%s-%d@example.org", d.mark, d.r.IntN(1000)), "phone": "0491 570 006"}
}

func asForm(fields map[string]string) string {
	v := url.Values{}
	for name, value := range fields {
		v.Set(name, value)
	}
	return v.Encode()
}

// asJSON puts what belongs to the client into its object; a few values are not text.
func (d *fuzzClient) asJSON(path string, fields map[string]string) string {
	body, client := map[string]any{}, map[string]any{}
	for name, value := range fields {
		var v any = value
		if d.chance(2) {
			v = pick(d.r, []any{nil, 1, -1.5, true, []any{}, map[string]any{}, 1e300})
		}
		switch name {
		case "name", "email", "phone", "timezone":
			client[name] = v
		default:
			body[name] = v
		}
	}
	if path == "/api/v1/bookings" {
		body["client"] = client
	}
	raw, err := json.Marshal(body)
	if err != nil {
		return "{}"
	}
	return string(raw)
}
