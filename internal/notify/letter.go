package notify

import (
	"bytes"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"net/mail"
	"strings"
	texttemplate "text/template"
	"time"

	"wattle/internal/taxonomy"
)

// Letter is the content of a mail. The text and HTML parts are both printed from it, so they always
// agree. Subject and Preview show on lock screens and must not mention health.
type Letter struct {
	Key         Key
	To          mail.Address
	ReplyTo     string // an address; "" when replies go to the site
	Date        time.Time
	Subject     string
	Preview     string // the line that mail programs show after the subject
	Title       string
	Code        string // a sign-in or confirmation code, printed large
	Lead        []string
	Rows        []Row
	Buttons     []Button
	Body        []string
	Reason      string // why this person gets this mail
	CrisisLines bool   // end with the crisis services; every mail to a client does
	Attachments []Attachment
}

// Key identifies a letter: the same key is sent once. The parts are opaque ids and never an
// e-mail address, since keys are stored after the letter is gone.
type Key struct {
	About     string // id of the record that the letter is about
	Kind      string // "confirmed", "sign-in", "receipt"
	Version   int    // version of the record
	Recipient string // a role or an account id
}

// String is the key as it is stored.
func (k Key) String() string {
	return fmt.Sprintf("%s/%s/%d/%s", k.About, k.Kind, k.Version, k.Recipient)
}

// valid rejects keys that could match another letter's key.
func (k Key) valid() bool {
	for _, part := range []string{k.About, k.Kind, k.Recipient} {
		if part == "" || strings.ContainsAny(part, "/@") {
			return false
		}
	}
	return true
}

// Row is a labelled fact. Href, if set, is printed in full as a link below the value.
type Row struct{ Label, Value, Href string }

// Button is a link with a label.
type Button struct{ Label, URL string }

// Layout prints letters with the site's templates.
type Layout struct {
	Site Site
	html *htmltemplate.Template
	text *texttemplate.Template
}

// NewLayout parses email/letter.html and email/letter.txt.
func NewLayout(site Site, files fs.FS) (*Layout, error) {
	html, err := htmltemplate.ParseFS(files, "email/letter.html")
	if err != nil {
		return nil, fmt.Errorf("notify: %w", err)
	}
	text, err := texttemplate.ParseFS(files, "email/letter.txt")
	if err != nil {
		return nil, fmt.Errorf("notify: %w", err)
	}
	return &Layout{Site: site, html: html, text: text}, nil
}

// printed is what the templates read.
type printed struct {
	Letter
	Crisis []crisisLine
	Home   string
}

// Compose prints a letter. It rejects an incomplete key and a subject or preview that contains a
// health word; the error repeats neither.
func (y *Layout) Compose(l Letter) (Message, error) {
	if !l.Key.valid() {
		return Message{}, errors.New("notify: the letter's key is incomplete")
	}
	if HealthWord(l.Subject) != "" || HealthWord(l.Preview) != "" {
		return Message{}, fmt.Errorf("notify: the subject or preview of %q is not neutral", l.Key.Kind)
	}
	content := printed{Letter: l, Home: y.Site.BaseURL}
	if l.CrisisLines {
		content.Crisis = crisisLines()
	}
	var text, html bytes.Buffer
	if err := y.text.Execute(&text, content); err != nil {
		return Message{}, fmt.Errorf("notify: %w", err)
	}
	if err := y.html.Execute(&html, content); err != nil {
		return Message{}, fmt.Errorf("notify: %w", err)
	}
	key := l.Key.String()
	m := Message{
		Key: key, ID: digest("message", key) + "@" + y.Site.host(),
		To: l.To, From: y.Site.From, Date: l.Date, Subject: OneLine(l.Subject, 150),
		Text: collapse(text.String()), HTML: html.String(), Attachments: l.Attachments,
	}
	if l.ReplyTo != "" {
		m.ReplyTo = &mail.Address{Address: l.ReplyTo}
	}
	return m, nil
}

// crisisLine is a service to call. Its link is a typed URL because html/template rejects tel:. The
// number's spaces become hyphens (RFC 3966), so that a program that looks for a six-digit code in
// the mail finds only the code.
type crisisLine struct {
	taxonomy.Service
	Call htmltemplate.URL
}

// crisisLines is shorter than the list on the pages, because other people may read the mail.
func crisisLines() []crisisLine {
	var out []crisisLine
	for _, s := range taxonomy.Services(taxonomy.PanelEveryone) {
		if s.Slug == "emergency" || s.Slug == "lifeline" || s.Slug == "13yarn" {
			out = append(out, crisisLine{s, htmltemplate.URL("tel:" + strings.ReplaceAll(s.Number, " ", "-"))})
		}
	}
	return out
}

// collapse leaves at most one blank line between paragraphs.
func collapse(s string) string {
	for strings.Contains(s, "\n\n\n") {
		s = strings.ReplaceAll(s, "\n\n\n", "\n\n")
	}
	return strings.TrimSpace(s) + "\n"
}
