package rig

import (
	"bytes"
	"io"
	"net"
	"net/mail"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Letter is a mail that the sink accepted.
type Letter struct {
	id, to        string
	Kind, Booking string // the first two words of the subject; a booking's id
}

// Sink is a mail server that accepts everything and remembers what it was given, repeats included:
// unlike the captured mails of development, nothing is dropped by its Message-ID.
type Sink struct {
	Codes Codes
	url   string

	mu      sync.Mutex
	letters []Letter
}

// NewSink starts a sink on loopback; it ends with the run.
func NewSink(t *Trial) *Sink {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	t.Must(err)
	t.After(func() { l.Close() })
	s := &Sink{url: "smtp://" + l.Addr().String()}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go s.serve(conn)
		}
	}()
	return s
}

// Environment makes an instance send its mails to the sink.
func (s *Sink) Environment() []string {
	return []string{"SMTP_URL=" + s.url, "MAIL_FROM=Wattle <hello@example.org>"}
}

// serve speaks as much SMTP (RFC 5321) as a sender needs.
func (s *Sink) serve(conn net.Conn) {
	defer conn.Close()
	t := textproto.NewConn(conn)
	to, err := "", t.PrintfLine("220 sink")
	for err == nil {
		var line string
		if line, err = t.ReadLine(); err != nil {
			return
		}
		verb, rest, _ := strings.Cut(line, " ")
		switch strings.ToUpper(verb) {
		case "DATA":
			if err = t.PrintfLine("354 continue"); err != nil {
				return
			}
			var raw []byte
			if raw, err = t.ReadDotBytes(); err != nil {
				return
			}
			s.take(to, raw)
		case "RCPT":
			to = strings.Trim(rest[strings.Index(rest, ":")+1:], "<> ")
		case "QUIT":
			t.PrintfLine("221 bye") //nolint:errcheck // the connection ends either way
			return
		}
		err = t.PrintfLine("250 ok")
	}
}

var anyBooking = regexp.MustCompile(`/booking/([a-z2-7]{26})`)

func (s *Sink) take(to string, raw []byte) {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return
	}
	body, _ := io.ReadAll(m.Body)
	text := strings.NewReplacer("=\n", "", "=3D", "=").Replace(string(body)) // quoted-printable
	if booking, code, found := codeIn(text); found {
		s.Codes.byBooking.Store(booking, code)
	}
	words := append(strings.Fields(m.Header.Get("Subject")), "", "")
	l := Letter{id: m.Header.Get("Message-Id"), to: to, Kind: words[0] + " " + words[1]}
	if b := anyBooking.FindStringSubmatch(text); b != nil {
		l.Booking = b[1]
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.letters = append(s.letters, l)
}

// All is every letter so far.
func (s *Sink) All() []Letter {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.letters)
}
