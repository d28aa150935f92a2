// Package mail sends notify's messages: by SMTP or, in development, to a table shown at /dev/mail.
package mail

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"

	"wattle/internal/clock"
	"wattle/internal/notify"
)

// timeout limits the connection and then the SMTP session.
const timeout = 12 * time.Second

// SMTP sends through a mail server, with one connection per mail.
type SMTP struct {
	host     string
	port     int
	implicit bool // TLS from the first byte
	user     *url.Userinfo
	tls      *tls.Config // nil: the system's root certificates
}

// NewSMTP parses smtp://user:pass@host:587 (STARTTLS if offered; required if there is a password and the
// host is not loopback) or smtps://user:pass@host:465 (TLS from the start). Its errors do not repeat the
// URL, which may hold a password.
func NewSMTP(address string) (*SMTP, error) {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, errors.New("mail: SMTP_URL must be smtp://user:password@host:587 or smtps://…")
	}
	s := &SMTP{host: u.Hostname(), port: 587, implicit: u.Scheme == "smtps", user: u.User}
	if s.implicit {
		s.port = 465
	}
	if p := u.Port(); p != "" {
		if s.port, err = strconv.Atoi(p); err != nil || s.port < 1 || s.port > 65535 {
			return nil, errors.New("mail: the port in SMTP_URL is invalid")
		}
	}
	return s, nil
}

// Send hands m to the server and returns the errors that notify.Sender describes. ctx's deadline
// shortens the timeout. Cancelling ctx does not interrupt a session that has begun, because the outcome
// would then be unknown.
func (s *SMTP) Send(ctx context.Context, m notify.Message) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	msg, err := compose(m)
	if err != nil {
		return errors.Join(notify.ErrRefused, err)
	}
	client, err := gomail.NewClient(s.host, s.options(ctx, m.From)...)
	if err != nil {
		return errors.New("mail: the SMTP settings are invalid")
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("mail: connecting: %s", redacted(err))
	}
	sent := client.SendWithSMTPClient(conn, msg)
	_ = client.CloseWithSMTPClient(conn) // a failed QUIT changes nothing
	if sent == nil || msg.IsDelivered() {
		return nil
	}
	return classify(sent)
}

func (s *SMTP) options(ctx context.Context, from mail.Address) []gomail.Option {
	limit := timeout
	if end, ok := ctx.Deadline(); ok {
		limit = max(time.Second, min(limit, end.Sub(clock.System{}.Now())/2))
	}
	_, helo, _ := strings.Cut(from.Address, "@")
	opts := []gomail.Option{gomail.WithPort(s.port), gomail.WithTimeout(limit), gomail.WithHELO(helo)}
	password, hasPassword := s.user.Password()
	local := loopback(s.host)
	switch {
	case s.implicit:
		opts = append(opts, gomail.WithSSL())
	case hasPassword && !local:
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	default:
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSOpportunistic))
	}
	if s.tls != nil {
		opts = append(opts, gomail.WithTLSConfig(s.tls))
	}
	if hasPassword {
		auth := gomail.SMTPAuthAutoDiscover
		if local {
			auth = gomail.SMTPAuthPlainNoEnc
		}
		opts = append(opts, gomail.WithSMTPAuth(auth),
			gomail.WithUsername(s.user.Username()), gomail.WithPassword(password))
	}
	return opts
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// compose builds multipart/mixed{alternative{text, html, calendar}, attachments}. A calendar file is
// both an alternative, which mail programs show as an invitation, and an attachment for those that
// do not.
func compose(m notify.Message) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	for _, a := range []mail.Address{m.To, m.From} {
		if err := checkAddress(a); err != nil {
			return nil, err
		}
	}
	msg.FromMailAddress(&m.From)
	msg.ToMailAddress(&m.To)
	if m.ReplyTo != nil && checkAddress(*m.ReplyTo) == nil {
		msg.ReplyToMailAddress(m.ReplyTo)
	}
	msg.Subject(m.Subject)
	msg.SetDateWithValue(m.Date)
	msg.SetMessageIDWithValue(m.ID)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: prevents out-of-office replies
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	for _, a := range m.Attachments {
		kind, _, _ := strings.Cut(a.Type, ";")
		if kind == "text/calendar" {
			msg.AddAlternativeString(gomail.ContentType(a.Type), string(a.Body))
		}
		err := msg.AttachReader(a.Name, bytes.NewReader(a.Body), gomail.WithFileContentType(gomail.ContentType(kind)))
		if err != nil {
			return nil, fmt.Errorf("mail: attachment: %w", err)
		}
	}
	return msg, nil
}

// checkAddress rejects anything but a single plain address. Its error does not repeat the address.
func checkAddress(a mail.Address) error {
	parsed, err := mail.ParseAddress(a.Address)
	if err != nil || parsed.Address != a.Address || strings.ContainsAny(a.Address, "\r\n\x00") {
		return errors.New("mail: not a plain address")
	}
	return nil
}

// classify maps a failed session to notify's errors. A 5yz reply to the recipient or the content is
// permanent. A 5yz reply to the greeting or the sender points to wrong settings, which an operator can
// fix, so the mail is retried.
func classify(err error) error {
	var failed *gomail.SendError
	if !errors.As(err, &failed) {
		return fmt.Errorf("mail: %s", redacted(err))
	}
	code, stage := failed.ErrorCode(), failed.Reason.String()
	switch failed.Reason {
	case gomail.ErrSMTPDataClose:
		if code == 0 {
			return fmt.Errorf("mail: %s: %w", stage, notify.ErrUnsure)
		}
	case gomail.ErrSMTPRcptTo, gomail.ErrSMTPData:
	default:
		return fmt.Errorf("mail: %s: reply %d", stage, code)
	}
	if code >= 500 {
		return fmt.Errorf("mail: %s: reply %d: %w", stage, code, notify.ErrRefused)
	}
	return fmt.Errorf("mail: %s: reply %d", stage, code)
}

// redacted describes an error without the server's text, which often contains addresses.
func redacted(err error) string {
	var reply *textproto.Error
	var network net.Error
	switch {
	case errors.As(err, &reply):
		return "reply " + strconv.Itoa(reply.Code)
	case errors.As(err, &network) && network.Timeout():
		return "timed out"
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Op + " failed"
	}
	return "the SMTP session failed"
}
