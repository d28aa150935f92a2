package booking

import (
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"wattle/internal/directory"
	"wattle/internal/fault"
	"wattle/internal/region"
)

// HoldRequest is what a client asks for. Slug or TherapistID names the therapist.
type HoldRequest struct {
	Slug           string
	TherapistID    int64
	Service        string // slug; "" is the free consultation
	Mode           string // "" is the service's only one
	StartsAt       time.Time
	Tier           string // "" is standard
	Name           string
	Email          string
	Phone          string // Australian; needed for the mode phone
	Zone           string // the client's; "" is the practice's
	Note           string // to the practice
	IdempotencyKey string // "" is none; kept 24 hours
	BodyHash       []byte // identifies the request of a repeated key; nil derives it from the fields
}

// Limits of what a client may write, in characters.
const (
	maxName = 100
	maxNote = 1000
	maxMail = 254 // RFC 5321 §4.5.3.1.3, less the brackets
)

// clean trims and normalises what the client wrote; fault.Invalid names every field that needs
// another look.
func (r *HoldRequest) clean() error {
	wrong := fault.New(fault.Invalid, "Some answers need another look.")
	r.Name = strings.Join(strings.Fields(r.Name), " ")
	if r.Name == "" {
		wrong.With("name", "Please give your name.")
	} else if utf8.RuneCountInString(r.Name) > maxName || !printable(r.Name) || strings.Contains(r.Name, "://") {
		wrong.With("name", "Please give a name of at most 100 letters.")
	}
	var ok bool
	if r.Email, ok = cleanEmail(r.Email); !ok {
		wrong.With("email", "Please give an e-mail address, such as sam@example.com.")
	}
	r.cleanPhone(wrong)
	if r.Zone != "" {
		if _, err := region.LoadZone(r.Zone); err != nil {
			wrong.With("timezone", "That is not a time zone we know, such as Australia/Perth.")
		}
	}
	r.Note = strings.TrimSpace(strings.ReplaceAll(r.Note, "\r\n", "\n"))
	if utf8.RuneCountInString(r.Note) > maxNote || !printable(noteBreaks.Replace(r.Note)) {
		wrong.With("note", "Please keep the note to 1,000 plain characters.")
	}
	return wrong.OrNil()
}

func (r *HoldRequest) cleanPhone(wrong *fault.Error) {
	given := strings.TrimSpace(r.Phone) != ""
	if !given && r.Mode != "phone" {
		r.Phone = ""
		return
	}
	var ok bool
	if r.Phone, ok = cleanPhone(r.Phone); !ok {
		if given {
			wrong.With("phone", "Please give an Australian phone number, such as 0412 345 678.")
		} else {
			wrong.With("phone", "Please give the number they should call.")
		}
	}
}

// noteBreaks are the control characters that a note may have.
var noteBreaks = strings.NewReplacer("\n", "", "\t", "")

// printable refuses control characters and broken UTF-8.
func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// cleanEmail is the address in lower case, when it is one: plain ASCII, one @, a dotted domain.
func cleanEmail(s string) (string, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if s == "" || len(s) > maxMail {
		return s, false
	}
	for _, c := range s {
		if c <= ' ' || c > '~' {
			return s, false
		}
	}
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || a.Name != "" || strings.ContainsAny(s, `"<>()[]\,;:`) {
		return s, false
	}
	local, domain, _ := strings.Cut(s, "@")
	if len(local) > 64 || strings.Contains(domain, "@") {
		return s, false
	}
	return s, goodDomain(domain)
}

func goodDomain(domain string) bool {
	labels := strings.Split(domain, ".")
	for _, l := range labels {
		if l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' || strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return len(labels) > 1
}

// cleanPhone turns an Australian number in any usual writing into +61 and nine digits: mobiles
// (04, 05) and the four area codes (02, 03, 07, 08).
func cleanPhone(s string) (string, bool) {
	var digits strings.Builder
	for i, c := range strings.TrimSpace(s) {
		switch {
		case c >= '0' && c <= '9', c == '+' && i == 0:
			digits.WriteRune(c)
		case strings.ContainsRune(" -().\u00a0\u2011\u2013", c):
		default:
			return s, false
		}
	}
	n := digits.String()
	for _, prefix := range []string{"+61", "0061", "61"} {
		if rest, ok := strings.CutPrefix(n, prefix); ok && len(rest) >= 9 {
			n = "0" + strings.TrimPrefix(rest, "0") // +61 (0)2 …
			break
		}
	}
	if len(n) != 10 || n[0] != '0' || !strings.ContainsRune("234578", rune(n[1])) {
		return s, false
	}
	return "+61" + n[1:], true
}

// choose settles service, mode and tier against what the practice offers. It returns
// fault.NotFound for an unknown service, fault.Invalid for a paid one or a mode that is missing
// or not offered.
func (r *HoldRequest) choose(services []directory.Service) (directory.Service, error) {
	if r.Service == "" {
		r.Service = directory.FreeConsultation
	}
	s, ok := findService(services, r.Service)
	switch {
	case !ok:
		return s, fault.New(fault.NotFound, "This practice has no such service.")
	case s.Kind != directory.Consultation:
		return s, fault.New(fault.Invalid, sayPaid).With("service", sayPaid)
	case r.Mode == "" && len(s.Modes) == 1:
		r.Mode = s.Modes[0]
	case r.Mode == "":
		return s, fault.FieldError("mode", "Please choose how you would like to meet: "+inWords(s.Modes)+".")
	case !slices.Contains(s.Modes, r.Mode):
		return s, fault.FieldError("mode", "This is offered by "+inWords(s.Modes)+" only.")
	}
	if r.Tier == "" {
		r.Tier = "standard"
	}
	if r.Tier != "standard" {
		return s, fault.FieldError("tier", "A free call has no reduced fee.")
	}
	return s, nil
}

// sayPaid refuses a paid service.
const sayPaid = "Paid sessions can't be booked online here yet."

func findService(services []directory.Service, slug string) (directory.Service, bool) {
	for _, s := range services {
		if s.Slug == slug {
			return s, true
		}
	}
	return directory.Service{}, false
}

func inWords(modes []string) string {
	words := make([]string, len(modes))
	for i, m := range modes {
		words[i] = strings.ReplaceAll(m, "-", " ")
	}
	if n := len(words); n > 1 {
		return strings.Join(words[:n-1], ", ") + " or " + words[n-1]
	}
	return strings.Join(words, "")
}
