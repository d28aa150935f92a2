package directory

import (
	"slices"
	"strings"

	"wattle/internal/taxonomy"
)

// endorsed are the titles of the nine endorsements of the Psychology Board (s118 of the National
// Law protects them); the clinical one comes first because it lifts the Medicare benefit.
var endorsed = []struct{ area, title string }{
	{"clinical", "Clinical Psychologist"},
	{"clinical neuropsychology", "Clinical Neuropsychologist"},
	{"counselling", "Counselling Psychologist"},
	{"educational and developmental", "Educational and Developmental Psychologist"},
	{"forensic", "Forensic Psychologist"},
	{"health", "Health Psychologist"},
	{"organisational", "Organisational Psychologist"},
	{"sport and exercise", "Sport and Exercise Psychologist"},
	{"community", "Community Psychologist"},
}

// Practises is the type as the credentials bear it out: without the clinical endorsement a
// psychologist, without AASW's accreditation a social worker, and "" for an occupational therapist
// without OTA's endorsement. Titles and Medicare benefits go by it, never by what was chosen.
func (t *Profile) Practises() string {
	switch t.Type {
	case "clinical-psychologist", "psychologist":
		if t.endorsedIn("clinical") {
			return "clinical-psychologist"
		}
		return "psychologist"
	case "occupational-therapist":
		if !t.holds("ota") {
			return ""
		}
	case "mental-health-social-worker":
		if !t.holds("amhsw") {
			return "social-worker"
		}
	}
	return t.Type
}

// Title is the title that may be printed, derived from type and credentials.
func (t *Profile) Title() string {
	switch as := t.Practises(); as {
	case "psychologist":
		return t.psychologistTitle()
	case "":
		return "Occupational Therapist"
	default:
		typ, _ := taxonomy.TypeOf(as)
		return typ.Title
	}
}

func (t *Profile) psychologistTitle() string {
	for _, e := range endorsed {
		if t.endorsedIn(e.area) {
			return e.title
		}
	}
	if t.Registrar {
		return "Psychologist (Clinical Registrar)"
	}
	return "Psychologist"
}

// FullTitle adds what the title must not be read without: who supervises a provisional psychologist.
func (t *Profile) FullTitle() string {
	if t.Type == "provisional-psychologist" && t.Supervisor != "" {
		return t.Title() + ", supervised by " + t.Supervisor
	}
	return t.Title()
}

// PrintedName is the name where no title stands beside it: "Dr X (Psychologist)". Only a medical
// practitioner may go by "Dr" alone (PsyBA, April 2014).
func (t *Profile) PrintedName() string {
	if t.Honorific == "" || t.Type == "psychiatrist" {
		return t.Name()
	}
	profession := t.Title()
	if t.Practises() == "psychologist" {
		profession = "Psychologist"
	}
	return t.Name() + " (" + profession + ")"
}

// endorsedIn reads the register's word for an area: "Clinical psychology", "clinical",
// "educational-and-developmental" and "Sport & exercise psychology" are all understood.
func (t *Profile) endorsedIn(area string) bool {
	for _, c := range t.Credentials {
		in := func(e string) bool { return endorsementArea(e) == area }
		if c.Kind == "ahpra" && slices.ContainsFunc(c.Endorsements, in) {
			return true
		}
	}
	return false
}

var registerMarks = strings.NewReplacer("-", " ", "&", "and")

func endorsementArea(e string) string {
	e = registerMarks.Replace(strings.ToLower(e))
	e = strings.Join(strings.Fields(e), " ")
	return strings.TrimSuffix(e, " psychology")
}

func (t *Profile) holds(kind string) bool {
	return slices.ContainsFunc(t.Credentials, func(c Credential) bool { return c.Kind == kind })
}
