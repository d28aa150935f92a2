package site

import (
	"context"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"wattle/internal/pg"
	"wattle/internal/pg/pgtest"
	"wattle/internal/web"
)

// wire stands between the site and Postgres and can be cut.
type wire struct {
	mu    sync.Mutex
	to    string
	cut   bool
	conns []net.Conn
}

// through gives a pool on db's database which the wire carries.
func (w *wire) through(t *testing.T, db *pg.DB) *pg.DB {
	t.Helper()
	u, err := url.Parse(pgtest.URL(t, db))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	port := u.Port()
	if port == "" {
		port = q.Get("port")
	}
	if port == "" {
		port = "5432"
	}
	name := ".s.PGSQL." + port
	w.to = filepath.Join(q.Get("host"), name)
	dir, err := os.MkdirTemp("", "wire")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	l, err := net.Listen("unix", filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close(); w.set(true) })
	go w.accept(l)
	q.Set("host", dir)
	u.RawQuery = q.Encode()
	carried, err := pg.Open(context.Background(), u.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { carried.Close() })
	return carried
}

func (w *wire) accept(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		w.mu.Lock()
		if w.cut {
			c.Close()
			w.mu.Unlock()
			continue
		}
		far, err := net.Dial("unix", w.to)
		if err != nil {
			c.Close()
		} else {
			w.conns = append(w.conns, c, far)
			go pipe(c, far)
			go pipe(far, c)
		}
		w.mu.Unlock()
	}
}

func pipe(from, to net.Conn) {
	_, _ = io.Copy(to, from)
	from.Close()
	to.Close()
}

// set cuts the wire or mends it.
func (w *wire) set(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
	if cut {
		for _, c := range w.conns {
			c.Close()
		}
		w.conns = nil
	}
}

// eventually asks until the answer has the status.
func (s *site) eventually(path string, status int) reply {
	s.t.Helper()
	var a reply
	for range 200 {
		if a = s.get(path); a.StatusCode == status {
			return a
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.t.Fatalf("%s still answers %d, want %d:\n%s", path, a.StatusCode, status, short(a.text))
	return a
}

func TestS59WithoutItsDatabaseTheSiteSaysSoAndRecovers(t *testing.T) {
	w := &wire{}
	s := siteOn(t, w.through(t, pgtest.New(t)))
	s.settle(smallDirectory()...)
	b := s.held()
	manage := strings.TrimPrefix(b["manage_url"].(string), home)
	tag := s.get("/therapists").want(t, 200).Header.Get("ETag")
	w.set(true)
	for s.web.Search.Model.Fresh() { // the feed goes unheard for two seconds
		time.Sleep(50 * time.Millisecond)
	}

	unsure := []string{"/therapists", "/therapist/ada-example", "/therapist/ada-example/book", manage, "/portrait/ada-example.svg"}
	for _, path := range unsure {
		a := s.get(path, "If-None-Match", tag).want(t, 503, "This is taking a moment")
		sound(t, a)
		retryAfter(t, a, 60)
		for _, inside := range []string{"pq:", "dial", "connection", "unix", "sql", "driver"} {
			if strings.Contains(strings.ToLower(wordsOfText(a.text)), inside) {
				t.Errorf("%s shows %q", path, inside)
			}
		}
	}
	for _, path := range []string{"/api/v1/therapists", "/api/v1/therapists/ada-example", "/api/v1/therapists/ada-example/slots"} {
		a := s.get(path)
		a.refusal(t, 503)
		retryAfter(t, a, 60)
	}
	s.get("/api/v1/bookings/"+b["id"].(string), bearer(b)...).refusal(t, 503)
	s.post("/bookings", order(with("starts_at", "2026-11-24T12:00:00+11:00"))).refusal(t, 503)
	for _, path := range []string{"/crisis", "/guides", "/guides/rebuilding-trust", "/api/v1/guides/rebuilding-trust", "/privacy", web.OrderPath, "/under-18", "/healthz", "/static/css/wattle.css", "/robots.txt", "/api/v1/openapi.json"} {
		s.get(path).want(t, 200)
	}
	s.get("/readyz").want(t, 503, "database")
	s.get("/none").want(t, 404)

	w.set(false)
	s.eventually("/readyz", 200)
	s.eventually("/therapist/ada-example", 200)
	s.eventually(manage, 200)
	s.get("/api/v1/therapists").want(t, 200)
	if log := s.log.String(); strings.Contains(log, "sam@client.example") || strings.Contains(log, "Sam Sample") {
		t.Error("the log tells whose booking could not be made")
	}
}

func TestADrainingProcessIsNotReady(t *testing.T) {
	s := newSite(t)
	s.get("/readyz").want(t, 200, `"database":"ok"`)
	s.web.Drain()
	s.get("/readyz").want(t, 503, "ending")
	s.get("/healthz").want(t, 200)
	s.get("/therapists").want(t, 200)
}

// Which engine answers searches is told and is no reason not to serve.
func TestReadinessNamesTheSearchEngine(t *testing.T) {
	s := newSite(t)
	words := "embedded: Meilisearch does not answer"
	s.web.Words = map[string]func() string{"search": func() string { return words }}
	s.get("/readyz").want(t, 200, `"search":"embedded: Meilisearch does not answer"`)
	words = "meilisearch"
	s.get("/readyz").want(t, 200, `"search":"meilisearch"`)
}
