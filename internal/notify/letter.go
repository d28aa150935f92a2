package notify

import (
	"bytes"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"net/mail"
	"strings"
	texttemplate "text/template"

	"wattle/internal/taxonomy"
)

// Composer writes messages for one site.
type Composer struct {
	Site Site
	html *htmltemplate.Template
	text *texttemplate.Template
}

// NewComposer parses email/letter.html and email/letter.txt of files.
func NewComposer(site Site, files fs.FS) (*Composer, error) {
	html, err := htmltemplate.ParseFS(files, "email/letter.html")
	if err != nil {
		return nil, fmt.Errorf("notify: %w", err)
	}
	text, err := texttemplate.ParseFS(files, "email/letter.txt")
	if err != nil {
		return nil, fmt.Errorf("notify: %w", err)
	}
	return &Composer{Site: site, html: html, text: text}, nil
}

// letter is the content of a mail. Both the text and the HTML are printed from it, so they cannot
// say different things. Subject and Preview show on locked screens: neither may tell of care.
type letter struct {
	Subject string
	Preview string
	Title   string
	Code    string
	Lead    []string
	Rows    []row
	Buttons []link
	Body    []string
	Reason  string // why this person gets this mail
	Crisis  []crisisLine
	Home    string
}

// row is a fact with its name. Href, when set, is shown in full as a link below the value.
type row struct{ Label, Value, Href string }

type link struct{ Label, URL string }

// envelope says who gets a letter, under which key.
type envelope struct {
	to      mail.Address
	replyTo string
	key     string
	ics     *Calendar
}

// crisisLine is a service to call. Its link is trusted here, since html/template knows no tel:, and
// keeps the number's gaps as hyphens (RFC 3966): programs that look for a six-digit code in the
// mail must find one only.
type crisisLine struct {
	taxonomy.Service
	Call htmltemplate.URL
}

// urgent is the short list that every mail to a client ends with. It is shorter than the pages'
// list: others may read somebody's mail.
func urgent() []crisisLine {
	var out []crisisLine
	for _, s := range taxonomy.Services(taxonomy.PanelEveryone) {
		if s.Slug == "emergency" || s.Slug == "lifeline" || s.Slug == "13yarn" {
			out = append(out, crisisLine{s, htmltemplate.URL("tel:" + strings.ReplaceAll(s.Number, " ", "-"))})
		}
	}
	return out
}

func (c *Composer) message(f *Facts, e envelope, l letter) (Message, error) {
	l.Home = c.Site.BaseURL
	var text, html bytes.Buffer
	if err := c.text.Execute(&text, l); err != nil {
		return Message{}, fmt.Errorf("notify: %w", err)
	}
	if err := c.html.Execute(&html, l); err != nil {
		return Message{}, fmt.Errorf("notify: %w", err)
	}
	m := Message{
		Key: e.key, ID: digest("message", e.key) + "@" + c.Site.host(),
		To: e.to, From: c.Site.From,
		Subject: plain(l.Subject, 150), Text: squeeze(text.String()), HTML: html.String(),
		ICS: e.ics, Date: f.Now,
	}
	if e.replyTo != "" {
		m.ReplyTo = &mail.Address{Address: e.replyTo}
	}
	return m, nil
}

// squeeze leaves at most one empty line between paragraphs.
func squeeze(s string) string {
	for strings.Contains(s, "\n\n\n") {
		s = strings.ReplaceAll(s, "\n\n\n", "\n\n")
	}
	return strings.TrimSpace(s) + "\n"
}
