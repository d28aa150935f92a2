package site

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/booking"
	"wattle/internal/booking/availability"
	"wattle/internal/clock"
	"wattle/internal/directory"
	"wattle/internal/guides"
	"wattle/internal/jobs"
	"wattle/internal/mail"
	"wattle/internal/notify"
	"wattle/internal/notify/bookingmail"
	"wattle/internal/outbox"
	"wattle/internal/pg"
	"wattle/internal/pg/pgtest"
	"wattle/internal/ratelimit"
	"wattle/internal/seal"
	"wattle/internal/search"
	"wattle/internal/search/memindex"
	"wattle/internal/view"
	"wattle/internal/web"
	"wattle/static"
	"wattle/templates"
)

// monday is 23 November 2026, 9:00 am in Sydney: the present of these tests unless they move it.
var monday = time.Date(2026, 11, 22, 22, 0, 0, 0, time.UTC)

// home is the address the site believes it has. Requests go to it whatever it resolves to.
const home = "http://wattle.example"

// site is the whole server on a database of its own.
type site struct {
	t      testing.TB
	db     *pg.DB
	clock  *clock.Fixed
	web    *Server
	jobs   *jobs.Jobs
	log    *logbook
	base   string
	client *http.Client
	people map[string]*directory.Profile

	profiles *directory.Profiles
}

// logbook collects what is logged.
type logbook struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// newSite serves the small directory of people(). change alters the server before it starts.
func newSite(t testing.TB, change ...func(*Server)) *site {
	t.Helper()
	s := bareSite(t, change...)
	s.settle(smallDirectory()...)
	return s
}

// bareSite serves an empty directory.
func bareSite(t testing.TB, change ...func(*Server)) *site {
	t.Helper()
	return siteOn(t, pgtest.New(t), change...)
}

// siteOn is a bare site on a database that the test gives.
func siteOn(t testing.TB, db *pg.DB, change ...func(*Server)) *site {
	t.Helper()
	s := &site{t: t, db: db, clock: clock.At(monday), log: &logbook{}, people: map[string]*directory.Profile{}, base: home}
	s.assemble()
	for _, c := range change {
		c(s.web)
	}
	s.base = strings.Replace(s.web.BaseURL, "https://", "http://", 1)
	s.must(s.web.Search.Model.Load(context.Background()))
	s.serve()
	s.follow()
	return s
}

func (s *site) assemble() {
	s.t.Helper()
	log := slog.New(slog.NewJSONHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	box, err := seal.New([][]byte{[]byte("0123456789abcdef0123456789abcdef")})
	s.must(err)
	where, err := notify.NewSite(home, "hello@wattle.example")
	s.must(err)
	layout, err := notify.NewLayout(where, templates.FS)
	s.must(err)
	assets, err := view.NewAssets(static.FS)
	s.must(err)
	b := &booking.Service{DB: s.db, Clock: s.clock, Box: box, Log: log, Availability: &availability.Service{DB: s.db, Clock: s.clock}}
	index := memindex.New()
	model := &directory.Model{DB: s.db, Log: log, Index: index}
	s.profiles = &directory.Profiles{DB: s.db, Clock: s.clock, Changed: model.Wake}
	d := &search.Service{Model: model, Index: index, Clock: s.clock, NextTimes: b.Availability.LiveNext}
	library, err := guides.Embedded()
	s.must(err)
	captured := &mail.Captured{DB: s.db}
	s.jobs = &jobs.Jobs{DB: s.db, Clock: s.clock, Log: log, Booking: b, Model: model,
		BookingMail: &bookingmail.Composer{DB: s.db, Clock: s.clock, Booking: b, Layout: layout},
		Post:        &notify.Post{DB: s.db, Clock: s.clock, Sender: captured}}
	s.web = &Server{Search: d, Booking: b, Guides: &guides.Guides{Library: library, Search: d},
		Kit: web.Kit{Corrections: "hello@wattle.example", Clock: s.clock, Log: log, Assets: assets, Box: box, BaseURL: home, Version: "test",
			LimitsOff: true, Shared: &ratelimit.Shared{DB: s.db, Clock: s.clock}, Local: &ratelimit.Local{Clock: s.clock}},
		Calendar: s.jobs.BookingMail.CalendarFile, Integrity: noFindings,
		Health: Health{Checks: map[string]func(context.Context) error{"database": s.db.Ping}},
		Dev:    map[string]http.Handler{"/dev/mail": captured.Handler(func() []string { return nil })},
	}
}

func noFindings(context.Context) ([]Finding, error) {
	return []Finding{{What: "Overlapping bookings", Found: "0"}}, nil
}

// serve listens on a port of the loopback and sends every request there, whatever its host.
func (s *site) serve() {
	s.t.Helper()
	handler, err := s.web.Handler()
	s.must(err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	s.must(err)
	srv := web.HTTPServer(handler, s.web.Log)
	go func() { _ = srv.Serve(listener) }()
	s.t.Cleanup(func() { srv.Close() })
	s.client = &http.Client{
		Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, "tcp", listener.Addr().String())
		}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       30 * time.Second,
	}
	s.t.Cleanup(s.client.CloseIdleConnections)
}

// follow keeps the read model fresh until the test ends.
func (s *site) follow() { s.background(func(ctx context.Context) { _ = s.web.Search.Model.Run(ctx) }) }

// work starts the outbox, which sends the mails.
func (s *site) work() {
	r := &outbox.Runner{DB: s.db, Clock: s.clock, Log: s.web.Log, Workers: 2}
	s.jobs.Register(r)
	s.background(func(ctx context.Context) { _ = r.Run(ctx) })
}

func (s *site) background(run func(context.Context)) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); run(ctx) }()
	s.t.Cleanup(func() { cancel(); <-done })
}

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// settle adds people with their hours and next free times, and lets the read model take them in.
func (s *site) settle(list ...person) {
	s.t.Helper()
	ctx := context.Background()
	var ids []int64
	for _, p := range list {
		t := p.Entry
		s.must(pg.InTx(ctx, s.db, func(tx *pg.Tx) error { return directory.InsertTx(ctx, tx, s.clock.Now(), &t) }))
		_, err := s.web.Booking.Availability.Set(ctx, accounts.System, t.ID, p.hours, 0)
		s.must(err)
		s.people[t.Slug] = &t.Profile
		ids = append(ids, t.ID)
	}
	s.must(s.web.Booking.Availability.RecomputeNext(ctx, ids))
	s.catchUp()
}

// catchUp makes the read model take in what is committed.
func (s *site) catchUp() {
	s.t.Helper()
	s.must(s.web.Search.Model.Follow(context.Background()))
}

func (s *site) exec(query string, args ...any) {
	s.t.Helper()
	s.must(pg.Once(context.Background(), s.db, func(c *pg.Conn) error {
		_, err := c.Exec(context.Background(), query, args...)
		return err
	}))
}

func (s *site) count(query string, args ...any) (n int) {
	s.t.Helper()
	s.must(s.db.Get(context.Background(), &n, query, args...))
	return n
}

// reply is what came back, read to its end.
type reply struct {
	*http.Response
	text string
	log  *logbook
}

// trouble is what the server logged when it failed.
func (a reply) trouble() string {
	if a.StatusCode < 500 || a.log == nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(a.log.String()), "\n")
	return "\nlog:\n" + strings.Join(lines[max(0, len(lines)-3):], "\n")
}

// ask sends a request as it is. Paths begin with "/".
func (s *site) ask(method, path string, body io.Reader, headers ...string) reply {
	s.t.Helper()
	req, err := http.NewRequest(method, s.base+path, body)
	s.must(err)
	return s.do(req, headers...)
}

func (s *site) do(req *http.Request, headers ...string) reply {
	s.t.Helper()
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			req.Host = headers[i+1]
			continue
		}
		req.Header.Add(headers[i], headers[i+1])
	}
	res, err := s.client.Do(req)
	s.must(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	s.must(err)
	return reply{res, string(text), s.log}
}

func (s *site) get(path string, headers ...string) reply {
	s.t.Helper()
	return s.ask("GET", path, nil, headers...)
}

// direct asks the handler without a connection, from a network address of the test's choice.
func (s *site) direct(from, method, path, body string, headers ...string) reply {
	s.t.Helper()
	return s.through(s.handler(), from, method, path, body, headers...)
}

// handler is another router over the same server; counters are the server's.
func (s *site) handler() http.Handler {
	s.t.Helper()
	h, err := s.web.Handler()
	s.must(err)
	return h
}

func (s *site) through(h http.Handler, from, method, path, body string, headers ...string) reply {
	s.t.Helper()
	req := httptest.NewRequest(method, s.base+path, strings.NewReader(body))
	req.RemoteAddr = from
	for i := 0; i < len(headers); i += 2 {
		req.Header.Add(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	res := w.Result()
	res.Request = req
	return reply{res, w.Body.String(), s.log}
}

// want fails the test unless the answer has the status and holds each of the texts.
func (a reply) want(t testing.TB, status int, texts ...string) reply {
	t.Helper()
	if a.StatusCode != status {
		t.Fatalf("%s %s answered %d, want %d:\n%s%s", a.Request.Method, a.Request.URL, a.StatusCode, status, short(a.text), a.trouble())
	}
	for _, text := range texts {
		if !strings.Contains(a.text, text) {
			t.Errorf("%s %s lacks %q:\n%s", a.Request.Method, a.Request.URL, text, short(a.text))
		}
	}
	return a
}

func short(s string) string {
	if i := strings.Index(s, "<main"); i >= 0 {
		s = s[i:]
	}
	return s[:min(len(s), 4000)]
}
