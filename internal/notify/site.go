package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/mail"
	"net/url"
	"strings"
)

// Site identifies this installation in mails.
type Site struct {
	BaseURL string       // as configured, never a request's Host; no trailing slash
	From    mail.Address // MAIL_FROM; its name should not mention health
}

// NewSite parses the sender ("hello@wattle.example" or "Wattle <hello@…>"). An empty sender
// defaults to no-reply at the host of base.
func NewSite(base, from string) (Site, error) {
	u, err := url.Parse(base)
	if err != nil || u.Hostname() == "" {
		return Site{}, fmt.Errorf("notify: %q is not a base URL", base)
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

// host is the domain part of Message-IDs and calendar UIDs.
func (s Site) host() string {
	_, host, _ := strings.Cut(s.From.Address, "@")
	return host
}

// digest replaces a record's id in calendars and Message-IDs, which other people and mail servers
// can read.
func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:16])
}
