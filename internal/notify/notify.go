// Package notify is the letter kit. A composer fills in a Letter; Layout prints it as a mail with a
// text and an HTML part and, where needed, a calendar file; Post sends each mail once; a Sender
// carries it. The kit knows no domain: each domain has a composer of its own in a package below.
package notify

import (
	"context"
	"errors"
	"net/mail"
	"time"
)

// Sender carries a mail to its recipient. It returns nil once the server has accepted the mail,
// ErrRefused if the server will never accept it, ErrUnsure if the server may have accepted it, and
// any other error if the server certainly has not. It sends Message.ID as the Message-ID, which
// identifies a repeat after ErrUnsure.
type Sender interface {
	Send(ctx context.Context, m Message) error
}

var (
	// ErrRefused means that the recipient's server has refused the mail permanently (SMTP 5yz).
	ErrRefused = errors.New("notify: permanently refused")
	// ErrUnsure means that the mail was handed over but the server's reply was lost.
	ErrUnsure = errors.New("notify: handed over, reply lost")
)

// Message is one mail to one person, ready to send.
type Message struct {
	Key         string // idempotency key: each key is sent once
	ID          string // Message-ID without angle brackets, derived from Key
	To          mail.Address
	From        mail.Address
	ReplyTo     *mail.Address // nil: replies go to From
	Subject     string
	Text        string
	HTML        string
	Attachments []Attachment
	Date        time.Time
}

// Attachment is a file that a mail carries. Mail programs also show a calendar file
// (text/calendar) as an invitation.
type Attachment struct {
	Name string
	Type string // media type, with parameters: "text/calendar; method=REQUEST"
	Body []byte
}
