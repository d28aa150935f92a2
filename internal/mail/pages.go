package mail

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"errors"
	"html/template"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Handler serves /dev/mail (newest first), /dev/mail/{id} (?as=html shows the HTML part, ?file=0 the
// first attachment) and /dev/mail.json?to=ADDRESS. stylesheets returns the URLs of the site's style
// sheets. The pages have no inline styles or scripts, so the site's content security policy applies.
func (c *Captured) Handler(stylesheets func() []string) http.Handler {
	p := &pages{mails: c, styles: stylesheets}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /dev/mail", p.all)
	mux.HandleFunc("GET /dev/mail.json", p.json)
	mux.HandleFunc("GET /dev/mail/{id}", p.show)
	return mux
}

type pages struct {
	mails  *Captured
	styles func() []string
}

// page is the data of both pages.
type page struct {
	Styles []string
	Title  string
	To     string
	Mails  []stored
	Mail   *stored
	Lines  [][]piece
	Files  []attachment
}

// piece is part of a line. It is a link if URL is set.
type piece struct{ Text, URL string }

//go:embed pages.html
var source string

var layout = template.Must(template.New("mail").Funcs(template.FuncMap{
	"stamp": func(t time.Time) string { return t.UTC().Format("Mon 2 Jan 2006, 15:04:05 UTC") },
}).Parse(source))

func (p *pages) all(w http.ResponseWriter, r *http.Request) {
	to := r.URL.Query().Get("to")
	mails, err := p.mails.list(r.Context(), to)
	if err != nil {
		fail(w, err)
		return
	}
	p.print(w, page{Title: "Mail", To: to, Mails: mails})
}

func (p *pages) show(w http.ResponseWriter, r *http.Request) {
	m, ok := p.find(w, r)
	switch q := r.URL.Query(); {
	case !ok:
	case q.Get("as") == "html":
		showHTML(w, m)
	case q.Has("file"):
		file(w, r, m, q.Get("file"))
	default:
		p.print(w, page{Title: m.Subject, Mail: &m, Lines: lines(m.Text), Files: m.files()})
	}
}

// showHTML serves the HTML part. The policy allows its style element, by hash, and nothing else.
func showHTML(w http.ResponseWriter, m stored) {
	policy := "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	if _, rest, found := strings.Cut(m.HTML, "<style>"); found {
		style, _, _ := strings.Cut(rest, "</style>")
		sum := sha256.Sum256([]byte(style))
		policy += "; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	w.Header().Set("Content-Security-Policy", policy)
	write(w, "text/html; charset=utf-8", []byte(m.HTML))
}

func file(w http.ResponseWriter, r *http.Request, m stored, which string) {
	n, err := strconv.Atoi(which)
	files := m.files()
	if err != nil || n < 0 || n >= len(files) {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Disposition", `attachment; filename="`+strings.Map(fileName, files[n].Name)+`"`)
	write(w, files[n].Type+"; charset=utf-8", []byte(files[n].Body))
}

func fileName(r rune) rune {
	if r == '.' || r == '-' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
		return r
	}
	return '_'
}

func (p *pages) json(w http.ResponseWriter, r *http.Request) {
	mails, err := p.mails.list(r.Context(), r.URL.Query().Get("to"))
	if err != nil {
		fail(w, err)
		return
	}
	type entry struct {
		To          string       `json:"to"`
		From        string       `json:"from"`
		Subject     string       `json:"subject"`
		Text        string       `json:"text"`
		HTML        string       `json:"html"`
		Attachments []attachment `json:"attachments"`
		SentAt      time.Time    `json:"sent_at"`
	}
	out := make([]entry, len(mails))
	for i, m := range mails {
		out[i] = entry{m.To, m.From, m.Subject, m.Text, m.HTML, m.files(), m.SentAt.UTC()}
	}
	body, err := json.Marshal(out)
	if err != nil {
		fail(w, err)
		return
	}
	write(w, "application/json", body)
}

func (p *pages) find(w http.ResponseWriter, r *http.Request) (stored, bool) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		http.NotFound(w, r)
		return stored{}, false
	}
	m, err := p.mails.one(r.Context(), id)
	if errors.Is(err, sql.ErrNoRows) {
		http.NotFound(w, r)
		return stored{}, false
	}
	if err != nil {
		fail(w, err)
		return stored{}, false
	}
	return m, true
}

func (p *pages) print(w http.ResponseWriter, data page) {
	data.Styles = p.styles()
	var b bytes.Buffer
	if err := layout.Execute(&b, data); err != nil {
		fail(w, err)
		return
	}
	write(w, "text/html; charset=utf-8", b.Bytes())
}

func write(w http.ResponseWriter, kind string, body []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body)
}

func fail(w http.ResponseWriter, _ error) {
	http.Error(w, "The mails cannot be read just now.", http.StatusServiceUnavailable)
}

var address = regexp.MustCompile(`https?://[^\s<>"]+`)

// lines splits text into lines, and each line into text and links.
func lines(text string) (out [][]piece) {
	for l := range strings.Lines(text) {
		l = strings.TrimRight(l, "\r\n")
		var pieces []piece
		at := 0
		for _, m := range address.FindAllStringIndex(l, -1) {
			end := m[0] + len(strings.TrimRight(l[m[0]:m[1]], ".,;:)"))
			pieces = append(pieces, piece{Text: l[at:m[0]]}, piece{Text: l[m[0]:end], URL: l[m[0]:end]})
			at = end
		}
		out = append(out, append(pieces, piece{Text: l[at:]}))
	}
	return out
}
