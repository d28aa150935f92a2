package site

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/pg/pgtest"
)

// canaries are unlike anything else, so that a trace of them anywhere is one too many.
var canaries = map[string]string{
	"name": "Zyxname Qwvname", "email": "zyxmail.qwv@client.example", "phone": "0491570156", "note": "zyxnote zyxworry", "code": "zyxcode", "cancel": "zyxcancel zyxregret", "query": "zyxquery",
	"near": "zyxnear", "parameter": "zyxparam", "path": "zyxpath", "agent": "zyxagent", "referer": "zyxreferer", "key": "zyxkey-1", "name2": "zyxother", "fragment": "zyxtoken", "method": "ZYXMETHOD",
}

// exercise types every canary into every place that takes words, and gives the ids and secrets met.
func (s *site) exercise(t *testing.T) (id string, secrets []string) {
	t.Helper()
	agent := []string{"User-Agent", canaries["agent"], "Referer", "https://x.test/" + canaries["referer"], "X-Custom", canaries["agent"], "Cookie", "a=" + canaries["agent"]}
	for _, path := range []string{"/therapists?q=" + canaries["query"] + "&near=" + canaries["near"] + "&" + canaries["parameter"] + "=1&max_fee=" + canaries["parameter"], "/" + canaries["path"], "/therapist/" + canaries["path"],
		"/booking/" + canaries["path"] + "?t=" + canaries["fragment"], "/api/v1/therapists?q=" + canaries["query"], "/api/v1/therapists?" + canaries["parameter"] + "=1", "/api/v1/therapists/" + canaries["path"],
		"/therapist/ada-example/book?tz=" + canaries["parameter"] + "&mode=" + canaries["parameter"], "/api/v1/therapists/ada-example/slots?tz=" + canaries["parameter"], "/static/" + canaries["path"], "/portrait/" + canaries["path"] + ".svg",
		"/%zz" + canaries["path"]} {
		if u, err := url.Parse(path); err == nil && u.Path != "" {
			s.get(path, agent...)
		}
	}
	s.ask(canaries["method"], "/", nil)
	v := s.visitor(t).details("phone", "2026-11-24T10:00:00+11:00")
	v.form("Hold this time").set("name", canaries["name"]).set("email", canaries["email"]).set("note", canaries["note"]).set("phone", "12").send()
	v.form("Hold this time").set("for", "adult").set("phone", canaries["phone"]).send().sees(200, "Enter the code")
	id = bookingID.FindStringSubmatch(v.page.Request.URL.Path)[1]
	code := s.code(canaries["email"])
	v.form("Confirm the booking").set("code", canaries["code"]).send()
	v.form("Confirm the booking").set("code", code).send().sees(200, "You are booked in")
	b := s.web.Booking
	s.get("/booking/"+id+"?t="+b.PracticeToken(id)).want(t, 200, canaries["note"])
	s.postForm("/booking/"+id+"/propose", url.Values{"t": {b.PracticeToken(id)}, "at": {"2026-11-26T10:00:00+11:00"}}).want(t, 303)
	s.postForm("/booking/"+id+"/reschedule", url.Values{"t": {b.ManageToken(id)}, "at": {"2026-11-26T10:00:00+11:00"}}).want(t, 303)
	s.postForm("/booking/"+id+"/cancel", url.Values{"t": {b.PracticeToken(id)}, "note": {canaries["cancel"]}}).want(t, 303)
	s.post("/bookings", order(with("client.name", canaries["name2"]), with("client.email", canaries["email"]), with("note", canaries["note"])), append([]string{"Idempotency-Key", canaries["key"]}, agent...)...).want(t, 201)
	s.post("/bookings", `{"`+canaries["parameter"]+`":"x"}`, agent...).want(t, 400)
	s.post("/bookings", order(with("client.email", canaries["name2"])), agent...).want(t, 422)
	return id, []string{code, b.ManageToken(id), b.PracticeToken(id), b.LinkToken(id)}
}

func TestTheLogHoldsNoTypedText(t *testing.T) {
	s := newSite(t)
	s.work()
	id, secrets := s.exercise(t)
	s.mail("ada@practice.example", "Cancelled")
	log := s.log.String()
	for what, text := range canaries {
		for _, word := range strings.Fields(text) {
			if strings.Contains(strings.ToLower(log), strings.ToLower(word)) {
				t.Errorf("the log holds the canary of %s", what)
			}
		}
	}
	for _, secret := range append(secrets, id, "client.example", "491570156") {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	routes := map[string]bool{"": true}
	for _, r := range s.web.Routes() {
		routes[r.Path] = true
	}
	lines := 0
	for line := range strings.Lines(log) {
		var l struct{ Msg, Route, From, Method string }
		s.must(json.Unmarshal([]byte(line), &l))
		if l.Msg != "request" {
			continue
		}
		lines++
		if !routes[l.Route] || l.From != "127.0.0.0/24" {
			t.Errorf("a line that tells too much: %s", line)
		}
	}
	if lines < 25 {
		t.Errorf("only %d requests were logged", lines)
	}
}

// dump is every row of every table as text, but for what is kept by name.
func (s *site) dump(t *testing.T, but ...string) string {
	t.Helper()
	owner := pgtest.Owner(t, s.db)
	var tables []string
	s.must(owner.Select(t.Context(), &tables, `SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`))
	var all strings.Builder
	for _, name := range tables {
		if slices.Contains(but, name) {
			continue
		}
		var rows []string
		s.must(owner.Select(t.Context(), &rows, `SELECT r::text FROM `+name+` r`))
		all.WriteString(name + "\n" + strings.Join(rows, "\n") + "\n")
	}
	return all.String()
}

func TestS25NoTokenNoNoteAndNoNumberStandsInTheDatabase(t *testing.T) {
	s := newSite(t)
	s.work()
	_, secrets := s.exercise(t)
	s.mail("ada@practice.example", "Cancelled")
	text := strings.ToLower(s.dump(t, "dev_mails"))
	for _, what := range []string{"phone", "note", "code", "cancel", "query", "near", "parameter", "path", "agent", "referer", "key"} {
		for _, word := range strings.Fields(canaries[what]) {
			if strings.Contains(text, strings.ToLower(word)) {
				t.Errorf("the database holds the canary of %s", what)
			}
		}
	}
	if strings.Contains(text, "491570156") {
		t.Error("the database holds the phone number")
	}
	for _, secret := range secrets {
		if strings.Contains(text, strings.ToLower(secret)) && !regexp.MustCompile(`^\d{6}$`).MatchString(secret) {
			t.Errorf("the database holds the token %q", secret)
		}
	}
	if !strings.Contains(text, "zyxmail") {
		t.Fatal("the dump shows nothing at all")
	}
	trail := strings.ToLower(s.dump(t, "dev_mails", "bookings", "clients", "outbox_effects"))
	words := []string{"client.example"} // whole words: three letters stand in a random id once in a while
	for _, text := range canaries {
		words = append(words, strings.Fields(strings.ToLower(text))...)
	}
	for _, word := range words {
		if strings.Contains(trail, word) {
			t.Errorf("tasks, the audit trail or another table hold %q: ids belong there alone", word)
		}
	}
}

func TestMailsHoldOnlyWhatTheirReaderNeeds(t *testing.T) {
	s := newSite(t)
	s.work()
	s.exercise(t)
	s.mail("ada@practice.example", "Cancelled")
	var mails []struct {
		To      string `db:"to_addr"`
		Subject string `db:"subject"`
		All     string `db:"everything"`
	}
	s.must(s.db.Select(t.Context(), &mails, `SELECT to_addr, subject, dev_mails::text AS everything FROM dev_mails`))
	for _, m := range mails {
		for _, word := range []string{"zyxnote", "0491", canaries["code"]} {
			if strings.Contains(strings.ToLower(m.All), word) {
				t.Errorf("the mail %q to %s holds %q", m.Subject, m.To, word)
			}
		}
		if strings.ContainsAny(m.Subject, "\r\n") || strings.Contains(m.Subject, "Zyx") || strings.Contains(strings.ToLower(m.Subject), "psycholog") {
			t.Errorf("the subject %q", m.Subject)
		}
	}
}

func TestS36ANameCannotWriteAMail(t *testing.T) {
	s := newSite(t)
	s.work()
	for i, name := range []string{"Sam\r\nBcc: all@evil.test", "Sam\nSubject: hello", "=?utf-8?q?Sam?=", "Sam <all@evil.test>", `Sam", all@evil.test`} {
		a := s.post("/bookings", order(with("client.name", name), with("client.email", "sam@client.example"), with("starts_at", monday.Add(time.Duration(24+i)*time.Hour).Format("2006-01-02T15:04:05Z07:00"))))
		if a.StatusCode != 201 && a.StatusCode != 422 {
			t.Errorf("%q answers %d", name, a.StatusCode)
		}
	}
	s.mail("sam@client.example", "code")
	if n := s.count(`SELECT count(*) FROM dev_mails WHERE to_addr NOT IN ('sam@client.example', 'ada@practice.example') OR subject ~ '[\r\n]' OR from_addr NOT LIKE '%hello@wattle.example%'`); n != 0 {
		t.Errorf("%d mails went astray", n)
	}
	if n := s.count(`SELECT count(*) FROM bookings WHERE client_name ~ '[\r\n]'`); n != 0 {
		t.Error("a name holds a line break")
	}
}

func TestBookingsOfOthersAreNeverShown(t *testing.T) {
	s := newSite(t)
	id := s.visitor(t).booked("video", "2026-11-24T10:00:00+11:00", canaries["email"])
	s.must(s.web.Booking.Availability.RecomputeNext(t.Context(), []int64{s.people["ada-example"].ID}))
	s.catchUp()
	for _, path := range append(slices.Clone(publicPages), "/api/v1/therapists", "/api/v1/therapists/ada-example", "/api/v1/therapists/ada-example/slots", "/sitemap.xml", "/integrity") {
		if text := s.get(path).text; strings.Contains(text, id) || strings.Contains(text, "zyx") {
			t.Errorf("%s tells of a booking", path)
		}
	}
	if got := accounts.Anonymous.String(); got != "anonymous" {
		t.Errorf("the audit's name of a stranger is %q", got)
	}
}
