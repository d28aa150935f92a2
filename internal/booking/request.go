package booking

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"wattle/internal/accounts"
	"wattle/internal/booking/availability"
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
	if r.Email, ok = accounts.CleanEmail(r.Email); !ok {
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
	if r.Phone, ok = accounts.CleanPhone(r.Phone); !ok {
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

// choose settles service, mode and tier against what the practice offers. It returns
// fault.NotFound for an unknown service, fault.Invalid for a paid one or a mode that is missing
// or not offered.
func (r *HoldRequest) choose(services []directory.Service) (directory.Service, error) {
	if r.Service == "" {
		r.Service = directory.FreeConsultation
	}
	s, ok := availability.FindService(services, r.Service)
	switch {
	case !ok:
		return s, fault.New(fault.NotFound, "This practice has no such service.")
	case s.Kind != directory.Consultation:
		return s, fault.New(fault.Invalid, availability.SayPaid).With("service", availability.SayPaid)
	case r.Mode == "" && len(s.Modes) == 1:
		r.Mode = s.Modes[0]
	case r.Mode == "":
		return s, fault.FieldError("mode", "Please choose how you would like to meet: "+availability.InWords(s.Modes)+".")
	case !slices.Contains(s.Modes, r.Mode):
		return s, fault.FieldError("mode", "This is offered by "+availability.InWords(s.Modes)+" only.")
	}
	if r.Tier == "" {
		r.Tier = "standard"
	}
	if r.Tier != "standard" {
		return s, fault.FieldError("tier", "A free call has no reduced fee.")
	}
	return s, nil
}
