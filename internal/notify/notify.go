// Package notify says by e-mail and calendar file what happened to a booking: pure functions write
// the messages, Post hands each of them over once, and Sender is what carries them.
package notify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"strings"
	"time"
)

// Sender carries a message to its recipient. It returns nil once the other side has accepted the
// message, ErrRefused when it never will, ErrUnsure when it may have accepted it, and any other
// error when it certainly has not. It sends Message.ID as the Message-ID, so that a repeat after
// ErrUnsure can be recognised.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

var (
	// ErrRefused says that the recipient's server refuses this message for good (SMTP 5yz).
	ErrRefused = errors.New("notify: refused for good")
	// ErrUnsure says that the message was handed over but the answer was lost.
	ErrUnsure = errors.New("notify: handed over, the answer was lost")
)

// Message is one mail to one person.
type Message struct {
	Key     string // what it says to whom: the same key is delivered once
	ID      string // Message-ID without angle brackets, derived from Key
	To      mail.Address
	From    mail.Address
	ReplyTo *mail.Address // where an answer is read, when not at From
	Subject string
	Text    string
	HTML    string
	ICS     *Calendar
	Date    time.Time
}

// Calendar is an iCalendar file with one event.
type Calendar struct {
	Method string // REQUEST, CANCEL or PUBLISH
	Name   string // file name
	Body   []byte // CRLF lines, UTF-8
}

// Site is what messages need to know of this installation.
type Site struct {
	BaseURL string       // without a slash at the end, as configured; never a request's Host
	From    mail.Address // MAIL_FROM; its name should say nothing about care
}

// NewSite reads the address mails come from ("hello@wattle.example" or "Wattle <hello@…>"). An
// empty one becomes no-reply at the host of base.
func NewSite(base, from string) (Site, error) {
	u, err := url.Parse(base)
	if err != nil || u.Hostname() == "" {
		return Site{}, fmt.Errorf("notify: %q is not a base address", base)
	}
	if from == "" {
		from = "no-reply@" + u.Hostname()
	}
	a, err := mail.ParseAddress(from)
	if err != nil {
		return Site{}, fmt.Errorf("notify: MAIL_FROM is not an address: %w", err)
	}
	if a.Name == "" {
		a.Name = "Wattle"
	}
	return Site{BaseURL: strings.TrimSuffix(base, "/"), From: *a}, nil
}

// host names this installation in Message-IDs and calendar UIDs.
func (s Site) host() string {
	_, host, _ := strings.Cut(s.From.Address, "@")
	return host
}

// digest stands for a booking where its id must not: the id opens nothing by itself, but calendars
// and mail logs are read by others.
func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}
