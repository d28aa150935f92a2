package site

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"wattle/internal/booking"
)

// post sends JSON to the API.
func (s *site) post(path, body string, headers ...string) reply {
	s.t.Helper()
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
		headers = append([]string{"Content-Type", "application/json"}, headers...)
	}
	return s.ask("POST", "/api/v1"+path, r, headers...)
}

// order is a request for a free call of ada-example on Tuesday 24 November, 10:00 am in Sydney.
func order(change ...func(r, client result)) string {
	client := result{"name": "Sam Sample", "email": "sam@client.example", "timezone": "Australia/Brisbane"}
	r := result{"therapist": "ada-example", "service": "free-consultation", "mode": "video", "starts_at": "2026-11-24T10:00:00+11:00", "client": client}
	for _, c := range change {
		c(r, client)
	}
	text, err := json.Marshal(r)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func with(key string, value any) func(r, client result) {
	return func(r, client result) {
		if name, ok := strings.CutPrefix(key, "client."); ok {
			client[name] = value
		} else {
			r[key] = value
		}
	}
}

func leave(key string) func(r, client result) {
	return func(r, client result) {
		if name, ok := strings.CutPrefix(key, "client."); ok {
			delete(client, name)
		} else {
			delete(r, key)
		}
	}
}

// held books over the API and gives the answer.
func (s *site) held(change ...func(r, client result)) result {
	s.t.Helper()
	return s.post("/bookings", order(change...)).want(s.t, 201).read(s.t, "application/json")
}

func bearer(b result) []string { return []string{"Authorization", "Bearer " + b["token"].(string)} }

var sixDigits = regexp.MustCompile(`(?m)^([0-9]{6})$`)

// code waits for the mail to an address and reads the code in it.
func (s *site) code(to string) string {
	s.t.Helper()
	m := sixDigits.FindStringSubmatch(s.mail(to, "Your Wattle code"))
	if m == nil {
		s.t.Fatal("the mail holds no code")
	}
	return m[1]
}

// mail waits for the newest mail to an address whose subject holds the words, and gives its text.
func (s *site) mail(to, subject string) string {
	s.t.Helper()
	for range 400 {
		var texts []string
		s.must(s.db.Select(s.t.Context(), &texts, `SELECT text_body FROM dev_mails WHERE to_addr = $1 AND subject LIKE '%' || $2 || '%' ORDER BY id DESC LIMIT 1`, to, subject))
		if len(texts) == 1 {
			return texts[0]
		}
		time.Sleep(25 * time.Millisecond)
	}
	var got []string
	s.must(s.db.Select(s.t.Context(), &got, `SELECT to_addr || ': ' || subject FROM dev_mails`))
	s.t.Fatalf("no mail to %s about %q; there are %q", to, subject, got)
	return ""
}

func TestACallIsBookedMovedAndCancelledOverTheApi(t *testing.T) {
	s := newSite(t)
	s.work()
	b := s.held()
	for key, want := range map[string]any{"status": "held", "mode": "video", "how_to_meet": "By video: the link comes with your confirmation.", "held_until": "2026-11-22T22:15:00Z"} {
		if b[key] != want {
			t.Errorf("%s is %v, want %v", key, b[key], want)
		}
	}
	id := b["id"].(string)
	if b["manage_url"] != home+"/booking/"+id+"?t="+b["token"].(string) || len(b) != 7 {
		t.Errorf("the answer: %v", b)
	}
	got := s.get("/api/v1/bookings/"+id, bearer(b)...).want(t, 200).read(t, "application/json")
	if got["status"] != "held" || got["starts_at"] != "2026-11-24T10:00:00+11:00" || got["ends_at"] != "2026-11-24T10:15:00+11:00" || got["therapist"] != "ada-example" || got["timezone"] != "Australia/Sydney" {
		t.Errorf("the booking: %v", got)
	}
	s.post("/bookings/"+id+"/reschedule", `{"starts_at":"2026-11-24T11:00:00+11:00"}`, bearer(b)...).refusal(t, 409)
	got = s.post("/bookings/"+id+"/confirm", `{"code":"`+s.code("sam@client.example")+`"}`, bearer(b)...).want(t, 200).read(t, "application/json")
	if got["status"] != "confirmed" || got["how_to_meet"] != "By video: https://video.example/ada-example" || got["held_until"] != nil {
		t.Errorf("confirmed: %v", got)
	}
	s.mail("sam@client.example", "Your appointment")
	s.mail("ada@practice.example", "New appointment")
	p := s.get("/api/v1/bookings/"+id+"/cancellation", bearer(b)...).want(t, 200).read(t, "application/json")
	if p["may_cancel"] != true || p["fee_cents"] != 0.0 || p["refund_cents"] != 0.0 || p["steps"] == nil {
		t.Errorf("the preview: %v", p)
	}
	got = s.post("/bookings/"+id+"/reschedule", `{"starts_at":"2026-11-25T02:00:00Z"}`, bearer(b)...).want(t, 200).read(t, "application/json")
	if got["starts_at"] != "2026-11-25T13:00:00+11:00" || got["status"] != "confirmed" || got["version"] != 3.0 {
		t.Errorf("moved: %v", got)
	}
	s.post("/bookings/"+id+"/reschedule", `{"starts_at":"2026-11-25T03:00:00Z","version":2}`, bearer(b)...).refusal(t, 409)
	got = s.post("/bookings/"+id+"/cancel", "", bearer(b)...).want(t, 200).read(t, "application/json")
	if got["status"] != "cancelled" || got["cancelled_by"] != "client" {
		t.Errorf("cancelled: %v", got)
	}
	s.post("/bookings/"+id+"/cancel", "{}", bearer(b)...).want(t, 200)
	s.post("/bookings/"+id+"/confirm", `{"code":"000000"}`, bearer(b)...).refusal(t, 409)
	if n := s.count(`SELECT count(*) FROM audit_entries WHERE subject = $1`, "booking "+id); n != 4 {
		t.Errorf("%d audit rows, want hold, confirm, reschedule and cancel", n)
	}
}

func TestATakenTimeNamesOthers(t *testing.T) {
	s := newSite(t)
	s.held()
	a := s.post("/bookings", order(with("client.email", "other@client.example")))
	a.refusal(t, 409)
	alts := a.read(t, "application/problem+json")["alternatives"].([]any)
	if len(alts) != 3 {
		t.Fatalf("alternatives: %v", alts)
	}
	for i, x := range alts {
		alt := x.(map[string]any)
		if len(alt) != 2 {
			t.Errorf("an alternative: %v", alt)
		}
		s.held(with("starts_at", alt["starts_at"]), with("client.email", fmt.Sprintf("c%d@client.example", i)))
	}
	s.post("/bookings", order(with("therapist", "eve-full"))).refusal(t, 409)
}

func TestInvalidAnswersAreNamed(t *testing.T) {
	s := newSite(t)
	for want, change := range map[string]func(r, client result){
		"client.name":     with("client.name", ""),
		"client.email":    with("client.email", "sam"),
		"client.phone":    with("mode", "phone"),
		"client.timezone": with("client.timezone", "Mars/Olympus"),
		"mode":            leave("mode"),
		"starts_at":       with("starts_at", "2026-11-24T03:00:00+11:00"),
		"note":            with("note", strings.Repeat("x", 1001)),
		"tier":            with("tier", "reduced"),
		"service":         with("service", "individual-50"),
		"starts_at ":      leave("starts_at"),
		"starts_at  ":     with("starts_at", "9999-12-31T23:59:59Z"),
		"starts_at   ":    with("starts_at", "0001-01-01T00:00:00Z"),
		"starts_at    ":   with("starts_at", "2026-11-24T10:00:01+11:00"),
		"client.name ":    with("client.name", "Sam\x00\x1b[31m"),
		"client.email ":   with("client.email", "sam@client.example\r\nBcc: x@y.example"),
		"client.name  ":   with("client.name", strings.Repeat("n", 101)),
		"mode ":           with("mode", "fax"),
	} {
		got := s.post("/bookings", order(change)).refusal(t, 422)
		if len(got) != 1 || got[0] != strings.TrimSpace(want) {
			t.Errorf("%q: it names %v", want, got)
		}
	}
	got := s.post("/bookings", order(with("client.name", ""), with("client.email", ""), leave("mode"))).refusal(t, 422)
	if len(got) != 3 {
		t.Errorf("all at once: %v", got)
	}
	if got := s.post("/bookings", order(with("therapist", "ben-okafor"), leave("mode"), with("client.email", "m@client.example"))).want(t, 201).read(t, "application/json")["mode"]; got != "video" {
		t.Errorf("the only mode is not the default: %v", got)
	}
	for _, who := range append([]string{"nobody", "", "ada\x00example", "Ada-Example", "../x"}, hidden...) {
		s.post("/bookings", order(with("therapist", who))).refusal(t, 404)
	}
	s.post("/bookings", order(with("service", "massage"))).refusal(t, 404)
	s.post("/bookings", order(with("therapist", "fay-nocall"))).refusal(t, 404)
	if n := s.count(`SELECT count(*) FROM bookings`); n != 1 {
		t.Errorf("%d bookings were made", n)
	}
}

func TestTheBodyIsReadStrictly(t *testing.T) {
	s := newSite(t)
	deep := strings.Repeat(`{"client":`, 100) + "1" + strings.Repeat("}", 100)
	for name, body := range map[string]string{
		"no object": `[]`, "a string": `"x"`, "null": `null`, "broken": `{"therapist":`, "trailing": order() + `{}`, "trailing text": order() + `x`, "BOM": "\ufeff" + order(),
		"NaN": `{"therapist":NaN}`, "twice": `{"therapist":"a","therapist":"b"}`, "twice in other case": `{"therapist":"a","Therapist":"b"}`,
		"twice inside": `{"client":{"name":"a","name":"b"}}`, "deep": deep, "deep list": `{"therapist":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}`,
		"bad UTF-8": "{\"therapist\":\"\xff\"}", "comment": `{/**/}`, "prototype": `{"__proto__":{"admin":true}}`, "empty": ` `,
	} {
		if s.post("/bookings", body).refusal(t, 400); t.Failed() {
			t.Fatal(name)
		}
	}
	for field, body := range map[string]string{
		"price_cents": order(with("price_cents", 0)), "status": order(with("status", "confirmed")), "client_id": order(with("client_id", 1)), "therapist_id": order(with("therapist_id", 1)),
		"role": order(with("client.role", "admin")), "verified": order(with("client.verified", true)), "code": order(with("code", "1")),
		"therapist": `{"therapist":["a"]}`, "client.name": `{"client":{"name":7}}`, "client": `{"client":"sam"}`, "starts_at": order(with("starts_at", "tomorrow")), "starts_at ": `{"starts_at":5}`,
		"mode": `{"mode":{"a":1}}`,
	} {
		if got := s.post("/bookings", body).refusal(t, 400); len(got) != 1 || got[0] != strings.TrimSpace(field) {
			t.Errorf("%s: it names %v", field, got)
		}
	}
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp"} {
		s.ask("POST", "/api/v1/bookings", strings.NewReader(order()), "Content-Type", kind).refusal(t, 415)
	}
	s.post("/bookings", order(), "Content-Encoding", "gzip").refusal(t, 415)
	s.post("/bookings", order(with("note", strings.Repeat("x", 70_000)))).refusal(t, 413)
	s.post("/bookings?status=confirmed", order(with("client.email", "q@client.example"))).want(t, 201)
	if n := s.count(`SELECT count(*) FROM bookings WHERE status <> 'held' OR price_cents <> 0`); n != 0 {
		t.Error("a query decided something")
	}
}

func TestTheSameKeyAnswersTheSame(t *testing.T) {
	s := newSite(t)
	s.work()
	key := []string{"Idempotency-Key", "k-1"}
	first := s.post("/bookings", order(), key...).want(t, 201)
	if again := s.post("/bookings", order(), key...).want(t, 201); again.text != first.text {
		t.Errorf("the replay differs:\n%s\n%s", first.text, again.text)
	}
	if got := s.post("/bookings", order(with("note", "other")), key...).want(t, 422); strings.Contains(got.text, "token") {
		t.Error("another request's token was told")
	}
	b := first.read(t, "application/json")
	s.post("/bookings/"+b["id"].(string)+"/confirm", `{"code":"`+s.code("sam@client.example")+`"}`, bearer(b)...).want(t, 200)
	if again := s.post("/bookings", order(), key...).want(t, 201); again.text != first.text {
		t.Errorf("once confirmed the replay differs:\n%s\n%s", first.text, again.text)
	}
	s.post("/bookings/"+b["id"].(string)+"/cancel", "", bearer(b)...).want(t, 200)
	if again := s.post("/bookings", order(), key...).want(t, 201); again.text != first.text {
		t.Errorf("once cancelled the replay differs:\n%s\n%s", first.text, again.text)
	}
	s.clock.Advance(25 * time.Hour)
	if later := s.post("/bookings", order(with("starts_at", "2026-11-25T10:00:00+11:00")), key...).want(t, 201); later.text == first.text {
		t.Error("the key is kept longer than a day")
	}
	for _, bad := range [][]string{{"Idempotency-Key", strings.Repeat("k", 201)}, {"Idempotency-Key", "a", "Idempotency-Key", "b"}, {"Idempotency-Key", "schlüssel"}} {
		if got := s.post("/bookings", order(), bad...).refusal(t, 400); len(got) != 1 || got[0] != "Idempotency-Key" {
			t.Errorf("a bad key names %v", got)
		}
	}
}

func TestOneKeyFiftyTimesAtOnceIsOneBooking(t *testing.T) {
	s := newSite(t)
	texts := make([]string, 50)
	var all sync.WaitGroup
	for i := range texts {
		all.Go(func() {
			a := s.post("/bookings", order(), "Idempotency-Key", "storm")
			texts[i] = fmt.Sprint(a.StatusCode, a.text)
		})
	}
	all.Wait()
	for _, text := range texts {
		if text != texts[0] || !strings.HasPrefix(text, "201") {
			t.Fatalf("two answers:\n%s\n%s", texts[0], text)
		}
	}
	if n := s.count(`SELECT count(*) FROM bookings`); n != 1 {
		t.Errorf("%d bookings", n)
	}
}

func TestConcurrentHoldsOfATimeYieldOne(t *testing.T) {
	s := newSite(t)
	codes := make([]int, 32)
	var all sync.WaitGroup
	for i := range codes {
		all.Go(func() {
			codes[i] = s.post("/bookings", order(with("client.email", fmt.Sprintf("c%d@client.example", i)))).StatusCode
		})
	}
	all.Wait()
	got := map[int]int{}
	for _, c := range codes {
		got[c]++
	}
	if got[201] != 1 || got[409] != 31 {
		t.Errorf("the answers: %v", got)
	}
}

func TestABookingIsHiddenWithoutItsToken(t *testing.T) {
	s := newSite(t)
	b, other := s.held(), s.held(with("starts_at", "2026-11-24T12:00:00+11:00"), with("client.email", "other@client.example"))
	id := b["id"].(string)
	practice := s.web.Booking.PracticeToken(id)
	calls := []struct{ method, path, body string }{{"GET", "", ""}, {"GET", "/cancellation", ""}, {"POST", "/confirm", `{"code":"123456"}`}, {"POST", "/cancel", ""},
		{"POST", "/reschedule", `{"starts_at":"2026-11-24T11:00:00+11:00"}`}}
	tell := func(method, id, path, body string, headers ...string) (int, string) {
		var a reply
		if method == "GET" {
			a = s.get("/api/v1/bookings/"+id+path, headers...)
		} else {
			a = s.post("/bookings/"+id+path, body, headers...)
		}
		return a.StatusCode, strings.Replace(a.text, a.Header.Get("X-Request-Id"), "ID", 1)
	}
	for _, c := range calls {
		for _, none := range [][]string{nil, {"Authorization", "Basic dTpw"}, {"Authorization", "Bearer"}, {"Authorization", "Bearer "}, {"Authorization", b["token"].(string)}} {
			if status, text := tell(c.method, id, c.path, c.body, none...); status != 401 {
				t.Errorf("%s%s with %q answers %d: %s", c.method, c.path, none, status, text)
			}
		}
		_, unknown := tell(c.method, "nobody", c.path, c.body, bearer(b)...)
		for name, token := range map[string]string{"another's": other["token"].(string), "the practice's": practice, "the link's": s.web.Booking.LinkToken(id), "made up": "x", "long": strings.Repeat("a", 4000),
			"cut": b["token"].(string)[1:]} {
			status, text := tell(c.method, id, c.path, c.body, "Authorization", "Bearer "+token)
			if status != 404 || text != unknown {
				t.Errorf("%s%s with %s token answers %d:\n%s\n%s", c.method, c.path, name, status, text, unknown)
			}
		}
	}
	if got := s.get("/api/v1/bookings/x").Header.Get("WWW-Authenticate"); got != "Bearer" {
		t.Errorf("WWW-Authenticate is %q", got)
	}
	if n := s.count(`SELECT count(*) FROM bookings WHERE status = 'held' AND code_tries = 0`); n != 2 {
		t.Error("something happened to a booking")
	}
}

func TestFiveWrongCodesEndTheCode(t *testing.T) {
	s := newSite(t)
	b := s.held()
	path, code := "/bookings/"+b["id"].(string)+"/confirm", s.web.Booking.Code(b["id"].(string))
	for range booking.CodeTries {
		if got := s.post(path, `{"code":"abc"}`, bearer(b)...).refusal(t, 422); len(got) != 1 || got[0] != "code" {
			t.Errorf("it names %v", got)
		}
	}
	a := s.post(path, `{"code":"`+code+`"}`, bearer(b)...)
	a.refusal(t, 429)
	if a.Header.Get("Retry-After") == "" {
		t.Error("it does not say when to come back")
	}
	if n := s.count(`SELECT count(*) FROM bookings WHERE status = 'confirmed'`); n != 0 {
		t.Error("the sixth try confirmed")
	}
}

func TestALapsedHoldAndAFullAllowanceAreConflicts(t *testing.T) {
	s := newSite(t)
	b := s.held()
	s.clock.Advance(15*time.Minute + time.Second)
	a := s.post("/bookings/"+b["id"].(string)+"/confirm", `{"code":"`+s.web.Booking.Code(b["id"].(string))+`"}`, bearer(b)...)
	a.refusal(t, 409)
	if got := s.get("/api/v1/bookings/"+b["id"].(string), bearer(b)...).read(t, "application/json"); got["status"] != "expired" {
		t.Errorf("a lapsed hold is %v", got["status"])
	}
	for i, want := range []int{200, 409} {
		b := s.held(with("starts_at", fmt.Sprintf("2026-11-24T1%d:00:00+11:00", i+1)))
		s.post("/bookings/"+b["id"].(string)+"/confirm", `{"code":"`+s.web.Booking.Code(b["id"].(string))+`"}`, bearer(b)...).want(t, want)
	}
}

func TestConcurrentConfirmationsAndCancellationsCountOnce(t *testing.T) {
	s := newSite(t)
	b := s.held()
	id := b["id"].(string)
	storm := func(path, body string) {
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { s.post("/bookings/"+id+path, body, bearer(b)...).want(t, 200) })
		}
		all.Wait()
	}
	storm("/confirm", `{"code":"`+s.web.Booking.Code(id)+`"}`)
	storm("/cancel", "")
	if n := s.count(`SELECT count(*) FROM audit_entries WHERE subject = $1`, "booking "+id); n != 3 {
		t.Errorf("%d audit rows, want 3", n)
	}
}
