package site

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/directory"
)

// result is decoded JSON.
type result map[string]any

// read decodes an answer that must be JSON of the given type.
func (a reply) read(t testing.TB, kind string) result {
	t.Helper()
	if got := a.Header.Get("Content-Type"); got != kind {
		t.Fatalf("%s is %s, want %s:\n%s", a.Request.URL, got, kind, short(a.text))
	}
	var out result
	if err := json.Unmarshal([]byte(a.text), &out); err != nil {
		t.Fatalf("%s: %v\n%s", a.Request.URL, err, short(a.text))
	}
	return out
}

// api reads from the API and fails the test unless it answers 200.
func (s *site) api(path string) result {
	s.t.Helper()
	return s.get("/api/v1"+path).want(s.t, 200).read(s.t, "application/json")
}

// refusal checks the shape of a problem and gives the fields it names.
func (a reply) refusal(t testing.TB, status int) (fields []string) {
	t.Helper()
	p := a.want(t, status).read(t, "application/problem+json")
	if p["status"] != float64(status) || p["title"] == "" || p["detail"] == "" || p["type"] != "about:blank" {
		t.Errorf("%s: the problem lacks something: %s", a.Request.URL, a.text)
	}
	if id := a.Header.Get("X-Request-Id"); id == "" || p["request_id"] != id {
		t.Errorf("%s: request_id %v is not the header's %q", a.Request.URL, p["request_id"], id)
	}
	for k := range p {
		if !slices.Contains([]string{"type", "title", "status", "detail", "errors", "request_id", "alternatives"}, k) {
			t.Errorf("%s: a problem has no %q", a.Request.URL, k)
		}
	}
	list, _ := p["errors"].([]any)
	for _, e := range list {
		f := e.(map[string]any)
		if len(f) != 2 || f["message"] == "" {
			t.Errorf("%s: field error %v", a.Request.URL, f)
		}
		fields = append(fields, fmt.Sprint(f["field"]))
	}
	return fields
}

func slugsOf(r result) (out []string) {
	for _, x := range r["results"].([]any) {
		out = append(out, x.(map[string]any)["slug"].(string))
	}
	return out
}

func TestASearchAnswersTheContractsEnvelope(t *testing.T) {
	s := newSite(t)
	r := s.api("/therapists")
	for _, key := range []string{"total", "page", "per_page", "results", "facets", "engine"} {
		if _, ok := r[key]; !ok {
			t.Errorf("there is no %q", key)
		}
	}
	if len(r) != 6 || r["total"] != 5.0 || r["page"] != 1.0 || r["per_page"] != 20.0 || r["engine"] != "embedded" {
		t.Errorf("the envelope is %v", r)
	}
	facets := r["facets"].(map[string]any)
	want := []string{"state", "type", "issue", "mode", "language", "gender", "approach", "format", "funding", "group", "affirming", "faith", "access",
		"available", "reduced", "free_consultation", "accepting", "price"}
	for _, g := range want {
		if _, ok := facets[g]; !ok {
			t.Errorf("there is no facet %q", g)
		}
	}
	if len(facets) != len(want) {
		t.Errorf("%d facets, want %d", len(facets), len(want))
	}
	count := func(group, value string) any { return facets[group].(map[string]any)[value] }
	for _, c := range []struct {
		group, value string
		want         float64
	}{{"state", "nsw", 3}, {"state", "vic", 1}, {"state", "tas", 0}, {"accepting", "true", 4}, {"free_consultation", "true", 4}, {"reduced", "true", 1},
		{"price", "0-100", 1}, {"price", "100-150", 1}, {"price", "150-200", 3}, {"price", "250-", 0}, {"available", "today", 3}, {"language", "arabic", 1}} {
		if got := count(c.group, c.value); got != c.want {
			t.Errorf("%s %s counts %v, want %v", c.group, c.value, got, c.want)
		}
	}
}

func TestAResultIsTheContractsTherapist(t *testing.T) {
	s := newSite(t)
	r := s.api("/therapists?state=nsw&type=clinical-psychologist&near=2042&q=anxiety")
	ada := r["results"].([]any)[0].(map[string]any)
	for key, want := range map[string]any{
		"slug": "ada-example", "name": "Dr Ada Example", "type": "clinical-psychologist", "state": "nsw", "suburb": "Newtown", "postcode": "2042", "gender": "woman",
		"title": "Clinical Psychologist", "fee_cents": 18000.0, "lowest_fee_cents": 9000.0, "gap_cents": 3095.0, "accepting": true, "next_service": "free-consultation",
		"next_available_at": "2026-11-23T10:00:00+11:00", "url": "http://wattle.example/therapist/ada-example",
	} {
		if ada[key] != want {
			t.Errorf("%s is %v, want %v", key, ada[key], want)
		}
	}
	for key, want := range map[string]string{"modes": "[video in-person]", "formats": "[individual]", "issues": "[anxiety depression sleep]", "reduced": "map[fee_cents:9000 places_left:2]",
		"free_consultation": "map[minutes:15]", "languages": "[english]", "approaches": "[cbt]"} {
		if got := fmt.Sprint(ada[key]); got != want {
			t.Errorf("%s is %s, want %s", key, got, want)
		}
	}
	if km, ok := ada["distance_km"].(float64); !ok || km > 3 {
		t.Errorf("distance_km is %v", ada["distance_km"])
	}
	if fmt.Sprint(ada["matched"]) == "<nil>" {
		t.Error("nothing says why the words found her")
	}
	for _, private := range []string{"practice.example", "12 Example Street", "video.example", "55500100"} {
		if text := s.get("/api/v1/therapists").text + s.get("/api/v1/therapists/ada-example").text; strings.Contains(text, private) {
			t.Errorf("the API tells %q before anything is booked", private)
		}
	}
	fay := s.api("/therapists?free_consultation=false&q=fay")["results"].([]any)[0].(map[string]any)
	for _, key := range []string{"reduced", "free_consultation", "next_available_at", "next_service"} {
		if v, ok := fay[key]; !ok || v != nil {
			t.Errorf("%s of somebody without is %v, want null", key, v)
		}
	}
}

func TestListFiltersRepeatOrTakeCommas(t *testing.T) {
	s := newSite(t)
	for query, want := range map[string]int{
		"state=nsw,vic": 4, "state=nsw&state=vic": 4, "state=vic&language=arabic,greek": 1, "issue=anxiety,sleep&issue_match=all": 5, "issue=anxiety&issue=gambling&issue_match=all": 0,
		"max_fee=120": 2, "max_fee=89.99": 0, "max_gap=30.95": 1, "reduced=true": 1, "accepting=true": 4, "format=couple": 1, "format=couple&max_fee=199": 0, "gender=man": 1,
		"available=weekend": 1, "near=carlton&state=vic&within_km=5": 1, "postcode=4101": 1, "mode=in-person": 4, "funding=dva": 1, "sort=price": 5, "page=2": 5,
	} {
		if got := s.api("/therapists?" + query)["total"]; got != float64(want) {
			t.Errorf("%s finds %v, want %d", query, got, want)
		}
	}
	if got := slugsOf(s.api("/therapists?sort=price")); got[0] != "ada-example" || got[1] != "ben-okafor" {
		t.Errorf("by price: %v", got)
	}
	if got := slugsOf(s.api("/therapists?page=2&per_page=4")); len(got) != 1 {
		t.Errorf("the second page of four has %v", got)
	}
}

func TestEachBadParameterIsNamed(t *testing.T) {
	s := newSite(t)
	for query, want := range map[string]string{
		"colour=red": "colour", "state=nsw&utm_source=x": "utm_source", "state=uk": "state", "type=healer": "type", "max_fee=cheap": "max_fee", "max_fee=-1": "max_fee",
		"max_gap=1e3": "max_gap", "page=0": "page", "page=1.5": "page", "per_page=51": "per_page", "within_km=x&near=2042": "within_km", "sort=best": "sort",
		"sort=distance": "sort", "reduced=yes": "reduced", "accepting=1": "accepting", "issue_match=some": "issue_match", "available=now": "available",
		"near=nowhere-at-all": "near", "postcode=20420": "postcode", "page=1&page=2": "page", "max_fee=1&max_fee=2": "max_fee", "state=": "state", "mode=video,,phone": "mode",
		"near=": "near", "page=99999999999999999999": "page", "q=%00": "q", "gender=man;state=nsw": "", "state=%zz": "", "q=" + strings.Repeat("x", 201): "q",
		"state=uk&type=healer&colour=red": "state type colour", "id=1%27%20OR%201%3D1": "id", "sort=price%3BDROP%20TABLE": "sort",
	} {
		got := s.get("/api/v1/therapists?"+query).refusal(t, 400)
		slices.Sort(got)
		expect := strings.Fields(want)
		slices.Sort(expect)
		if strings.Join(got, " ") != strings.Join(expect, " ") {
			t.Errorf("%s names %v, want %v", query, got, expect)
		}
	}
	for path, want := range map[string]string{"/therapists/ada-example?x=1": "x", "/therapists/ada-example/slots?mode=fax": "mode", "/therapists/ada-example/slots?days=93": "days",
		"/therapists/ada-example/slots?days=0": "days", "/therapists/ada-example/slots?from=tomorrow": "from", "/therapists/ada-example/slots?from=2026-02-30": "from",
		"/therapists/ada-example/slots?tz=Sydney": "tz", "/therapists/ada-example/slots?tz=../../etc/passwd": "tz", "/therapists/ada-example/slots?tz=Local": "tz",
		"/therapists/ada-example/slots?week=1": "week", "/therapists/ada-example/slots?days=3&days=4": "days"} {
		if got := s.get("/api/v1"+path).refusal(t, 400); strings.Join(got, " ") != want {
			t.Errorf("%s names %v, want %s", path, got, want)
		}
	}
}

func TestAnAmbiguousPlaceNamesTheChoices(t *testing.T) {
	s := newSite(t)
	a := s.get("/api/v1/therapists?near=Newtown")
	if got := a.refusal(t, 400); len(got) != 1 || got[0] != "near" {
		t.Errorf("it names %v", got)
	}
	a.want(t, 400, "Newtown NSW 2042", "Newtown Vic 3220")
	if got := s.api("/therapists?near=Newtown&state=nsw")["total"]; got != 3.0 {
		t.Errorf("with the state it finds %v", got)
	}
}

func TestAProfileIsTheTherapistAndMore(t *testing.T) {
	s := newSite(t)
	r := s.api("/therapists/ada-example")
	if fmt.Sprint(r["bio"]) != "[First paragraph about the work. Second paragraph about the work.]" || r["policy"] != "standard" || r["name"] != "Dr Ada Example" {
		t.Errorf("the profile: %v", r)
	}
	if services := r["services"].([]any); len(services) != 2 || services[1].(map[string]any)["gap_cents"] != 3095.0 || services[0].(map[string]any)["bookable"] != true {
		t.Errorf("services: %v", r["services"])
	}
	if c := r["credentials"].([]any)[0].(map[string]any); c["number"] != "PSY0001234568" || c["checked_on"] != "2026-10-22" || fmt.Sprint(c["endorsements"]) != "[clinical]" {
		t.Errorf("credentials: %v", c)
	}
	for _, slug := range append([]string{"nobody", "%00", "%ff", "ada-example%20", "ADA-EXAMPLE", strings.Repeat("a", 500)}, hidden...) {
		a, b := s.get("/api/v1/therapists/"+slug), s.get("/api/v1/therapists/"+slug+"/slots")
		a.refusal(t, 404)
		b.refusal(t, 404)
	}
}

func TestSlotsAreAnsweredInTheZoneAsked(t *testing.T) {
	s := newSite(t)
	r := s.api("/therapists/ada-example/slots?service=free-consultation&mode=video&from=2026-11-24&days=2&tz=Australia/Brisbane")
	if r["service"] != "free-consultation" || r["therapist_timezone"] != "Australia/Sydney" || r["timezone"] != "Australia/Brisbane" {
		t.Errorf("the head: %v", r)
	}
	days := r["days"].([]any)
	if len(days) != 2 || days[0].(map[string]any)["date"] != "2026-11-24" || days[1].(map[string]any)["date"] != "2026-11-25" {
		t.Fatalf("days: %v", days)
	}
	slots := days[0].(map[string]any)["slots"].([]any)
	first, last := slots[0].(map[string]any), slots[len(slots)-1].(map[string]any)
	if first["starts_at"] != "2026-11-24T08:00:00+10:00" || first["ends_at"] != "2026-11-24T08:15:00+10:00" || fmt.Sprint(first["modes"]) != "[video]" || last["starts_at"] != "2026-11-24T17:45:00+10:00" {
		t.Errorf("from %v to %v", first, last)
	}
	r = s.api("/therapists/ada-example/slots?days=1")
	slots = r["days"].([]any)[0].(map[string]any)["slots"].([]any)
	if first = slots[0].(map[string]any); first["starts_at"] != "2026-11-23T10:00:00+11:00" || fmt.Sprint(first["modes"]) != "[video phone in-person]" {
		t.Errorf("without a zone or mode, after an hour's notice: %v", first)
	}
	if n := len(s.api("/therapists/ada-example/slots")["days"].([]any)); n != 14 {
		t.Errorf("%d days, want 14", n)
	}
	for _, path := range []string{"/therapists/eve-full/slots", "/therapists/ada-example/slots?service=individual-50", "/therapists/ben-okafor/slots?mode=phone"} {
		r := s.api(path + map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "days=92")
		for _, d := range r["days"].([]any) {
			if n := len(d.(map[string]any)["slots"].([]any)); n > 0 {
				t.Errorf("%s offers %d times", path, n)
			}
		}
		if r["reason"] == nil {
			t.Errorf("%s does not say why", path)
		}
	}
	s.get("/api/v1/therapists/fay-nocall/slots").refusal(t, 404)
	s.get("/api/v1/therapists/ada-example/slots?service=massage").refusal(t, 404)
	for _, from := range []string{"0001-01-01", "9999-12-31", "2020-01-01"} {
		s.get("/api/v1/therapists/ada-example/slots?from="+from).want(t, 200)
	}
}

func TestNextAvailableIsTheFirstSlotThatCanBeBooked(t *testing.T) {
	s := newSite(t)
	for _, now := range []time.Time{monday, time.Date(2026, 10, 3, 12, 0, 0, 0, time.UTC), time.Date(2027, 4, 3, 3, 0, 0, 0, time.UTC)} {
		s.clock.Set(now)
		s.must(s.web.Booking.Availability.SweepNext(t.Context()))
		s.catchUp()
		for _, x := range s.api("/therapists")["results"].([]any) {
			p := x.(map[string]any)
			if p["next_available_at"] == nil {
				continue
			}
			var first any
			for _, d := range s.api("/therapists/" + p["slug"].(string) + "/slots?days=60")["days"].([]any) {
				if slots := d.(map[string]any)["slots"].([]any); len(slots) > 0 {
					first = slots[0].(map[string]any)["starts_at"]
					break
				}
			}
			if first != p["next_available_at"] {
				t.Errorf("at %s the card of %s says %v, the slots %v", now, p["slug"], p["next_available_at"], first)
			}
		}
	}
}

func TestUnlistingRemovesFromEverywhere(t *testing.T) {
	s := newSite(t)
	paths := []string{"/therapist/ada-example", "/therapist/ada-example/book", "/portrait/ada-example.svg", "/api/v1/therapists/ada-example", "/api/v1/therapists/ada-example/slots"}
	for _, p := range paths {
		s.get(p).want(t, 200)
	}
	s.must(s.profiles.Unlist(t.Context(), accounts.System, s.people["ada-example"].ID))
	s.catchUp()
	for _, p := range paths {
		s.get(p).want(t, 404)
	}
	if got := slugsOf(s.api("/therapists?q=ada+example")); slices.Contains(got, "ada-example") {
		t.Error("she is still found")
	}
	for _, slug := range hidden {
		for _, p := range paths {
			s.get(strings.Replace(p, "ada-example", slug, 1)).want(t, 404)
		}
	}
	if text := s.get("/therapists").text + s.get("/sitemap.xml").text + s.get("/api/v1/therapists").text; strings.Contains(text, "ada-example") || strings.Contains(text, hidden[0]) {
		t.Error("a list names her")
	}
}

func TestTheApiRefusesWhatItDoesNotKnow(t *testing.T) {
	s := newSite(t)
	s.get("/api/v1/none").refusal(t, 404)
	s.get("/api/v2/therapists").refusal(t, 404)
	for _, path := range []string{"/therapists", "/therapists/ada-example", "/therapists/ada-example/slots", "/bookings/x", "/bookings/x/cancellation"} {
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
			a := s.ask(method, "/api/v1"+path, nil)
			a.refusal(t, 405)
			if a.Header.Get("Allow") == "" {
				t.Errorf("%s %s does not say what it allows", method, path)
			}
		}
	}
	for _, path := range []string{"/bookings", "/bookings/x/confirm", "/bookings/x/cancel", "/bookings/x/reschedule"} {
		s.get("/api/v1"+path).refusal(t, 405)
	}
}

func TestOnlyTheOpenReadsMayBeReadByOtherSites(t *testing.T) {
	s := newSite(t)
	open := []string{"/api/v1/therapists", "/api/v1/therapists/ada-example", "/api/v1/therapists/ada-example/slots", "/api/v1/therapists?bad=1", "/api/v1/therapists/nobody"}
	closed := []string{"/", "/therapists", "/therapist/ada-example", "/api/v1/openapi.json", "/api/v1/bookings/x", "/api/docs", "/healthz", "/static/css/wattle.css", "/none", "/api/v1/none"}
	for _, origin := range []string{"https://evil.test", "null", "https://sub.wattle.example", home} {
		for _, p := range open {
			a := s.get(p, "Origin", origin)
			if a.Header.Get("Access-Control-Allow-Origin") != "*" || a.Header.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%s from %s: %v", p, origin, a.Header)
			}
		}
		for _, p := range closed {
			if got := s.get(p, "Origin", origin).Header.Get("Access-Control-Allow-Origin"); got != "" {
				t.Errorf("%s from %s allows %q", p, origin, got)
			}
		}
	}
}

func TestFreshProfilesAndPricesArriveWithinASecond(t *testing.T) {
	s := newSite(t)
	s.exec(`UPDATE services SET fee_cents = 20000, active = true WHERE slug = 'individual-50' AND therapist_id = $1`, s.people["ada-example"].ID)
	s.exec(`UPDATE reduced_places SET booking_id = 'b' || place WHERE therapist_id = $1`, s.people["ada-example"].ID)
	s.catchUp()
	r := s.api("/therapists/ada-example")
	if r["fee_cents"] != 20000.0 || r["lowest_fee_cents"] != 20000.0 || r["reduced"] != nil {
		t.Errorf("fee %v, lowest %v, reduced %v", r["fee_cents"], r["lowest_fee_cents"], r["reduced"])
	}
	if directory.FreeConsultation != "free-consultation" {
		t.Error("the contract names the free consultation's slug")
	}
}
