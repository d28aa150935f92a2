package mail

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"wattle/internal/pg/pgtest"
)

func styles() []string { return []string{"/static/css/wattle.abc123.css"} }

func get(t *testing.T, h http.Handler, path string) (int, http.Header, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Header(), w.Body.String()
}

func TestCapturedMailIsStoredOnceAndServedAsJSON(t *testing.T) {
	c := &Captured{DB: pgtest.New(t)}
	h := c.Handler(styles)
	code, header, body := get(t, h, "/dev/mail.json")
	if code != 200 || body != "[]" || header.Get("Content-Type") != "application/json" {
		t.Errorf("empty: %d %s", code, body)
	}
	first, second := letter(), letter()
	second.ID, second.To.Address = "fedcba@wattle.example", "Zoe@Client.example"
	second.Subject, second.Attachments = "Your Wattle code", nil
	for range 2 {
		for _, m := range []func() error{
			func() error { return c.Send(t.Context(), first) }, func() error { return c.Send(t.Context(), second) },
		} {
			if err := m(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_, _, body = get(t, h, "/dev/mail.json")
	var all []map[string]any
	if err := json.Unmarshal([]byte(body), &all); err != nil || len(all) != 2 {
		t.Fatalf("%d mails, %v", len(all), err)
	}
	if all[0]["subject"] != "Your Wattle code" || all[1]["to"] != "alex@client.example" {
		t.Errorf("newest first: %v", all)
	}
	for _, field := range []string{"to", "from", "subject", "text", "html", "attachments", "sent_at"} {
		if _, ok := all[0][field]; !ok {
			t.Errorf("%s is missing", field)
		}
	}
	file := all[1]["attachments"].([]any)[0].(map[string]any)
	if file["name"] != "appointment.ics" || file["type"] != "text/calendar; method=REQUEST" ||
		file["body"] != string(first.Attachments[0].Body) {
		t.Errorf("attachment %v", file)
	}
	if files := all[0]["attachments"].([]any); len(files) != 0 || all[0]["sent_at"] != "2026-11-22T01:00:00Z" {
		t.Errorf("%v, sent %v", files, all[0]["sent_at"])
	}
	for to, want := range map[string]int{
		"zoe@client.example": 1, "ZOE@client.example": 1, "alex%40client.example": 1,
		"unknown@client.example": 0, "%00": 0, "%ff@x": 0,
	} {
		_, _, body := get(t, h, "/dev/mail.json?to="+to)
		var some []any
		if err := json.Unmarshal([]byte(body), &some); err != nil || len(some) != want {
			t.Errorf("to=%s: %s", to, body)
		}
	}
}

func TestTheMailPagesHaveNoInlineCode(t *testing.T) {
	c := &Captured{DB: pgtest.New(t)}
	h := c.Handler(styles)
	m := letter()
	m.Subject = "<script>alert(1)</script>"
	m.Text = "See https://wattle.example/booking/b?t=x-y_z.\n<b>javascript:alert(1)</b>\n"
	m.HTML = "<!doctype html><style>\np { color: red }\n</style><p>Hello</p>"
	if err := c.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	_, _, list := get(t, h, "/dev/mail")
	link := regexp.MustCompile(`/dev/mail/\d+`).FindString(list)
	code, _, shown := get(t, h, link)
	if code != 200 {
		t.Fatalf("%s: %d", link, code)
	}
	for _, body := range []string{list, shown} {
		if found := regexp.MustCompile(`<script|style=|<style|<b>`).FindString(body); found != "" {
			t.Errorf("%q is inline or unescaped:\n%s", found, body)
		}
		if !strings.Contains(body, `<link rel="stylesheet" href="/static/css/wattle.abc123.css">`) {
			t.Error("the site's style sheet is missing")
		}
	}
	if !strings.Contains(shown, `<a href="https://wattle.example/booking/b?t=x-y_z">`) {
		t.Errorf("the URL is not a link:\n%s", shown)
	}
	code, header, body := get(t, h, link+"?as=html")
	sum := sha256.Sum256([]byte("\np { color: red }\n"))
	want := "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	policy := header.Get("Content-Security-Policy")
	if code != 200 || body != m.HTML || !strings.Contains(policy, want) || strings.Contains(policy, "unsafe") {
		t.Errorf("%d %s", code, policy)
	}
	code, header, body = get(t, h, link+"?file=0")
	if code != 200 || body != string(m.Attachments[0].Body) ||
		header.Get("Content-Disposition") != `attachment; filename="appointment.ics"` {
		t.Errorf("%d %v", code, header)
	}
	for _, path := range []string{
		"/dev/mail/0", "/dev/mail/x", "/dev/mail/99999999999999999999", "/dev/mail/0?as=html",
		link + "?file=1", link + "?file=-1", link + "?file=",
	} {
		if code, _, _ := get(t, h, path); code != 404 {
			t.Errorf("%s: %d", path, code)
		}
	}
}

func TestAnUnavailableDatabaseIsA503(t *testing.T) {
	db := pgtest.New(t)
	c := &Captured{DB: db}
	h := c.Handler(styles)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/dev/mail", "/dev/mail.json", "/dev/mail/1"} {
		if code, _, body := get(t, h, path); code != 503 || strings.Contains(body, "sql") {
			t.Errorf("%s: %d %s", path, code, body)
		}
	}
	if err := c.Send(t.Context(), letter()); err == nil {
		t.Error("no error")
	}
}
