// Package mail carries notify's messages: by SMTP, or into a table for development's /dev/mail.
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

// patience is how long connecting, and then the dialogue, may each take.
const patience = 12 * time.Second

// SMTP sends through a mail server, one connection a mail.
type SMTP struct {
	host     string
	port     int
	implicit bool // TLS from the first byte
	user     *url.Userinfo
	tls      *tls.Config // nil = the system's trust
}

// NewSMTP reads smtp://user:pass@host:587 (STARTTLS when offered, and required when there is a
// password and the server is not this machine) or smtps://user:pass@host:465 (TLS from the start).
// Its error never repeats the address, which holds a password.
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
			return nil, errors.New("mail: the port of SMTP_URL is not a port")
		}
	}
	return s, nil
}

// Send hands m to the server and tells the three outcomes of notify.Sender apart. ctx's deadline
// shortens the dialogue. Ending ctx does not break one that has begun: that would leave it unknown
// whether the mail was accepted.
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
		return errors.New("mail: the server's settings cannot be used")
	}
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return fmt.Errorf("mail: cannot connect: %s", cause(err))
	}
	sent := client.SendWithSMTPClient(conn, msg)
	_ = client.CloseWithSMTPClient(conn) // a failed QUIT takes nothing back
	if sent == nil || msg.IsDelivered() {
		return nil
	}
	return outcome(sent)
}

func (s *SMTP) options(ctx context.Context, from mail.Address) []gomail.Option {
	limit := patience
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
		opts = append(opts, gomail.WithSMTPAuth(auth), gomail.WithUsername(s.user.Username()), gomail.WithPassword(password))
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
		if err := check(a); err != nil {
			return nil, err
		}
	}
	msg.FromMailAddress(&m.From)
	msg.ToMailAddress(&m.To)
	if m.ReplyTo != nil && check(*m.ReplyTo) == nil {
		msg.ReplyToMailAddress(m.ReplyTo)
	}
	msg.Subject(m.Subject)
	msg.SetDateWithValue(m.Date)
	msg.SetMessageIDWithValue(m.ID)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office answers
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

// check refuses an address that is not exactly one plain mailbox. Its error does not repeat it.
func check(a mail.Address) error {
	parsed, err := mail.ParseAddress(a.Address)
	if err != nil || parsed.Address != a.Address || strings.ContainsAny(a.Address, "\r\n\x00") {
		return errors.New("mail: an address cannot be written to")
	}
	return nil
}

// outcome sorts a failed dialogue. A 5yz to the recipient or to the content is final; one to the
// greeting or the sender is a matter of settings, which an operator mends, so it is tried again.
func outcome(err error) error {
	var failed *gomail.SendError
	if !errors.As(err, &failed) {
		return fmt.Errorf("mail: %s", cause(err))
	}
	code, stage := failed.ErrorCode(), failed.Reason.String()
	switch failed.Reason {
	case gomail.ErrSMTPDataClose:
		if code == 0 {
			return fmt.Errorf("mail: %s: %w", stage, notify.ErrUnsure)
		}
	case gomail.ErrSMTPRcptTo, gomail.ErrSMTPData:
	default:
		return fmt.Errorf("mail: %s: answer %d", stage, code)
	}
	if code >= 500 {
		return fmt.Errorf("mail: %s: answer %d: %w", stage, code, notify.ErrRefused)
	}
	return fmt.Errorf("mail: %s: answer %d", stage, code)
}

// cause names an error without the server's words, which often repeat addresses.
func cause(err error) string {
	var answer *textproto.Error
	var network net.Error
	switch {
	case errors.As(err, &answer):
		return "answer " + strconv.Itoa(answer.Code)
	case errors.As(err, &network) && network.Timeout():
		return "no answer in time"
	}
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Op + " failed"
	}
	return "the dialogue failed"
}
