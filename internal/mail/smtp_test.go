package mail

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"
	gosmtp "github.com/emersion/go-smtp"

	"wattle/internal/notify"
)

// sink is an SMTP server in this process. Its reply to each stage can be set.
type sink struct {
	mu         sync.Mutex
	rcpt, data error
	drop       bool // close the connection instead of replying to the content
	stall      chan struct{}
	mails      []received
	addr       string
}

type received struct {
	from, to string
	raw      []byte
}

type session struct {
	s    *sink
	conn *gosmtp.Conn
	got  received
}

func (s *sink) NewSession(c *gosmtp.Conn) (gosmtp.Session, error) {
	return &session{s: s, conn: c}, nil
}

func (x *session) Mail(from string, _ *gosmtp.MailOptions) error { x.got.from = from; return nil }

func (x *session) Rcpt(to string, _ *gosmtp.RcptOptions) error {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	x.got.to = to
	return x.s.rcpt
}

func (x *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	if x.s.data != nil {
		return x.s.data
	}
	x.got.raw = raw
	x.s.mails = append(x.s.mails, x.got)
	if x.s.drop {
		_ = x.conn.Conn().Close()
	}
	if x.s.stall != nil {
		<-x.s.stall
	}
	return nil
}

func (x *session) Reset()        {}
func (x *session) Logout() error { return nil }

func (s *sink) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.mails)
}

// listen serves s on loopback until the test ends.
func listen(t *testing.T, s *sink) *SMTP {
	t.Helper()
	server := gosmtp.NewServer(s)
	server.Domain, server.AllowInsecureAuth, server.ErrorLog = "sink.example", true, noLog{}
	server.EnableSMTPUTF8 = true
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = l.Addr().String()
	done := make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close(); <-done })
	out, err := NewSMTP("smtp://" + s.addr)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

type noLog struct{}

func (noLog) Printf(string, ...any) {}
func (noLog) Println(...any)        {}

func letter() notify.Message {
	ics := "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Wattle//Wattle//EN\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
	return notify.Message{
		Key: "b/confirmed/2/client", ID: "0123456789abcdef@wattle.example",
		To:      netmail.Address{Address: "alex@client.example"},
		From:    netmail.Address{Name: "Wattle", Address: "hello@wattle.example"},
		ReplyTo: &netmail.Address{Address: "sam@practice.example"},
		Subject: "Your appointment on Tue 1 Dec, 5:00 pm",
		Text:    "Hello Zoë,\n\n.a line with a dot\n" + strings.Repeat("long ", 300) + "\n",
		HTML:    "<!doctype html><p>Hello Zoë</p>", Date: time.Date(2026, 11, 22, 1, 0, 0, 0, time.UTC),
		Attachments: []notify.Attachment{
			{Name: "appointment.ics", Type: "text/calendar; method=REQUEST", Body: []byte(ics)},
		},
	}
}

type part struct {
	kind   string
	params map[string]string
	header message.Header
	body   string
	parts  []part
}

func parse(t *testing.T, raw []byte) part {
	t.Helper()
	e, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return walk(t, e)
}

func walk(t *testing.T, e *message.Entity) part {
	t.Helper()
	kind, params, err := e.Header.ContentType()
	if err != nil {
		t.Fatal(err)
	}
	p := part{kind: kind, params: params, header: e.Header}
	if mr := e.MultipartReader(); mr != nil {
		for {
			next, err := mr.NextPart()
			if errors.Is(err, io.EOF) {
				return p
			}
			if err != nil {
				t.Fatal(err)
			}
			p.parts = append(p.parts, walk(t, next))
		}
	}
	body, err := io.ReadAll(e.Body)
	if err != nil {
		t.Fatal(err)
	}
	p.body = string(body)
	return p
}

func TestTheServerReceivesTheWholeMail(t *testing.T) {
	s := &sink{}
	m := letter()
	if err := listen(t, s).Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got := s.mails[0]
	if got.from != "hello@wattle.example" || got.to != "alex@client.example" {
		t.Errorf("envelope %s → %s", got.from, got.to)
	}
	top := parse(t, got.raw)
	for name, want := range map[string]string{
		"Subject": m.Subject, "Message-Id": "<" + m.ID + ">",
		"To": "<alex@client.example>", "From": `"Wattle" <hello@wattle.example>`, "Reply-To": "<sam@practice.example>",
		"Date": "Sun, 22 Nov 2026 01:00:00 +0000", "Auto-Submitted": "auto-generated", "User-Agent": "", "X-Mailer": "",
	} {
		if text, _ := top.header.Text(name); text != want {
			t.Errorf("%s: %q, want %q", name, text, want)
		}
	}
	if top.kind != "multipart/mixed" || len(top.parts) != 2 || top.parts[0].kind != "multipart/alternative" {
		t.Fatalf("structure %s %d", top.kind, len(top.parts))
	}
	crlf := func(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }
	alt, file := top.parts[0].parts, top.parts[1]
	if len(alt) != 3 || alt[0].kind != "text/plain" || alt[1].kind != "text/html" || alt[2].kind != "text/calendar" {
		t.Fatalf("alternatives %v", alt)
	}
	if crlf(alt[0].body) != m.Text || crlf(alt[1].body) != m.HTML {
		t.Errorf("the text changed: %q", alt[0].body)
	}
	if alt[2].params["method"] != "REQUEST" || alt[2].body != string(m.Attachments[0].Body) {
		t.Errorf("calendar part %v %q", alt[2].params, alt[2].body)
	}
	disposition, params, _ := file.header.ContentDisposition()
	if file.kind != "text/calendar" || disposition != "attachment" ||
		params["filename"] != "appointment.ics" || file.body != string(m.Attachments[0].Body) {
		t.Errorf("attachment %s %s %v %q", file.kind, disposition, params, file.body)
	}
	for line := range strings.Lines(string(got.raw)) {
		if len(line) > 998 {
			t.Errorf("a line of %d bytes", len(line))
		}
	}
}

func TestTypedTextCannotInjectHeaders(t *testing.T) {
	s := &sink{}
	out := listen(t, s)
	m := letter()
	m.Subject = "Moved\r\nBcc: all@evil.example\r\n\r\nbody – Zoë 🙂"
	m.From.Name = "Wat\"tle\r\nX-Evil: 1"
	m.To.Name = "Zoë\r\nBcc: all@evil.example"
	m.ReplyTo = &netmail.Address{Name: "李 小龍\nX-Evil: 2", Address: "sam@practice.example"}
	if err := out.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	top := parse(t, s.mails[0].raw)
	if top.header.Has("Bcc") || top.header.Has("X-Evil") || s.mails[0].to != "alex@client.example" {
		t.Errorf("injected:\n%s", s.mails[0].raw)
	}
	if subject, err := top.header.Text("Subject"); err != nil || !strings.HasSuffix(subject, "body – Zoë 🙂") {
		t.Errorf("subject %q, %v", subject, err)
	}
	for _, bad := range []string{
		"", "alex@client.example\r\nRCPT TO:<all@evil.example>", "a@b.example, c@d.example",
		"Alex <alex@client.example>", "\"a\r\nb\"@c.example",
	} {
		m := letter()
		m.To.Address = bad
		if err := out.Send(t.Context(), m); !errors.Is(err, notify.ErrRefused) || strings.Contains(err.Error(), "example") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if s.count() != 1 {
		t.Errorf("%d mails", s.count())
	}
}

func TestRepliesMapToTheErrorsOfASender(t *testing.T) {
	reply := func(code int, message string) error {
		return &gosmtp.SMTPError{Code: code, EnhancedCode: gosmtp.EnhancedCode{code / 100, 2, 2}, Message: message}
	}
	unknown := reply(550, "no such user alex@client.example")
	full := reply(452, "mailbox of alex@client.example full")
	for _, c := range []struct {
		name            string
		sink            *sink
		refused, unsure bool
	}{
		{"recipient unknown", &sink{rcpt: unknown}, true, false},
		{"mailbox full", &sink{rcpt: full}, false, false},
		{"content refused", &sink{data: unknown}, true, false},
		{"content deferred", &sink{data: full}, false, false},
		{"connection lost before the reply", &sink{drop: true}, false, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := listen(t, c.sink).Send(t.Context(), letter())
			if err == nil {
				t.Fatal("no error")
			}
			if errors.Is(err, notify.ErrRefused) != c.refused || errors.Is(err, notify.ErrUnsure) != c.unsure {
				t.Errorf("got %v", err)
			}
			if strings.Contains(err.Error(), "client.example") {
				t.Errorf("the error names a person: %v", err)
			}
		})
	}
}

func TestAnUnreachableServerIsATemporaryError(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = l.Close()
	out, _ := NewSMTP("smtp://user:secret@" + l.Addr().String())
	err = out.Send(t.Context(), letter())
	if err == nil || errors.Is(err, notify.ErrRefused) || errors.Is(err, notify.ErrUnsure) ||
		strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := out.Send(ended, letter()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestTheDeadlineEndsAHangingSession(t *testing.T) {
	s := &sink{stall: make(chan struct{})}
	out := listen(t, s)
	defer close(s.stall)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if err := out.Send(ctx, letter()); !errors.Is(err, notify.ErrUnsure) {
		t.Errorf("got %v", err)
	}
}

func TestServerURLs(t *testing.T) {
	for _, c := range []struct {
		url  string
		host string
		port int
		tls  bool
	}{
		{"smtp://mail.example", "mail.example", 587, false},
		{"smtp://u:p@mail.example:2525", "mail.example", 2525, false},
		{"smtps://u:p@mail.example", "mail.example", 465, true},
		{"smtp://[::1]:25", "::1", 25, false},
	} {
		s, err := NewSMTP(c.url)
		if err != nil || s.host != c.host || s.port != c.port || s.implicit != c.tls {
			t.Errorf("%s: %+v, %v", c.url, s, err)
		}
	}
	for _, bad := range []string{
		"", "mail.example:25", "http://mail.example", "smtp://",
		"smtp://u:hunter2@mail.example:99999", "smtp://u:hunter2@mail.example:x",
	} {
		if _, err := NewSMTP(bad); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
