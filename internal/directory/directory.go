// Package directory holds therapist profiles: services, fees, reduced places, titles and listing, and the
// read model that follows Postgres.
package directory

import (
	"slices"
	"time"

	"wattle/internal/money"
	"wattle/internal/taxonomy"
)

// Listing says whether a profile may be seen. Only Listed profiles are shown, searched or booked.
type Listing string

// The listings. Paused is the practice's own choice, Suspended an administrator's.
const (
	Draft     Listing = "draft"
	Listed    Listing = "listed"
	Paused    Listing = "paused"
	Unlisted  Listing = "unlisted"
	Suspended Listing = "suspended"
)

// FreeConsultation is the slug of the free first call.
const FreeConsultation = "free-consultation"

// Profile is what the public may see of a therapist: all that search, cards and the API ever hold. Lists
// hold slugs of package taxonomy.
type Profile struct {
	ID              int64
	Slug            string
	Listing         Listing
	Accepting       bool // takes new clients
	Demo            bool // a fictional person of the demo directory
	GivenName       string
	FamilyName      string
	Honorific       string // "", "Dr", …
	Type            string // one of taxonomy.Types
	Registrar       bool   // in a registrar program: "Psychologist (Clinical Registrar)"
	Supervisor      string // a provisional psychologist's principal supervisor
	Gender          string
	State           string
	Suburb          string
	Postcode        string
	Lat, Lng        float64
	Zone            string // IANA zone of the practice, the zone of all its hours
	Headline        string
	Bio             string
	Portrait        int      // seed of the drawn portrait
	PractisingSince int      // year
	Issues          []string // focus, at most 12
	AlsoIssues      []string // also works with
	Approaches      []string
	ClientGroups    []string
	Languages       []string
	Affirming       []string // experienced with; says nothing about who they are
	Identities      []string // consented only
	Faiths          []string // consented only
	Access          []string
	Funding         []string
	Policy          string // cancellation policy: flexible, standard, strict
	Reduced         *Reduced
	Services        []Service // active, in order of position
	Credentials     []Credential
	Next            Next
	Version         int
	Updated         time.Time // when the profile last changed; free times and places do not count
	mark            uint64    // fingerprint, for Model.Version
}

// Contact is how to reach a practice. It is private: a client sees of it only what a confirmed booking
// needs.
type Contact struct {
	Email    string // where the practice's mail goes
	Street   string
	VideoURL string
	Phone    string
}

// Entry is a profile with its contact, as a registration brings them.
type Entry struct {
	Profile
	Contact
}

// Reduced is the reduced fee and how many of its places are left.
type Reduced struct {
	Fee  money.Cents
	For  string // who may have it, in the practice's words
	Left int
}

// ServiceKind tells a free consultation from a paid session and a group.
type ServiceKind string

// The kinds of service.
const (
	Consultation ServiceKind = "consultation"
	Session      ServiceKind = "session"
	Group        ServiceKind = "group"
)

// Service is something that can be booked.
type Service struct {
	ID           int64
	Slug         string
	Name         string
	Kind         ServiceKind
	Format       string // taxonomy.Formats
	Minutes      int
	Fee          money.Cents
	Modes        []string // video, phone, in-person
	BufferBefore int      // minutes kept free before and after
	BufferAfter  int
}

// Credential is what a register or professional body said when it was last looked at.
type Credential struct {
	Kind             string // ahpra, ota, aasw, amhsw, aca, pacfa
	Number           string
	RegistrationType string
	Endorsements     []string
	Level            string
	Conditions       string
	FirstRegistered  time.Time // date; zero when unknown
	ExpiresOn        time.Time // date; zero when it does not expire
	CheckedOn        time.Time
	NextCheckOn      time.Time
}

// Next holds the earliest starts of the service a card's button books, by the practice's wall
// clock. They are instants, never flags: a flag goes stale with the clock. Zero means none.
type Next struct {
	Any     time.Time
	Evening time.Time // starts at or after 17:00
	Weekend time.Time // Saturday or Sunday
}

// Name is the name as printed, with the honorific where there is one. Titles follow the name
// elsewhere, so "Dr" never stands without its profession (PsyBA on the title "Dr").
func (t *Profile) Name() string {
	name := t.GivenName + " " + t.FamilyName
	if t.Honorific != "" {
		name = t.Honorific + " " + name
	}
	return name
}

// Service finds an active service by its slug.
func (t *Profile) Service(slug string) (Service, bool) {
	for _, s := range t.Services {
		if s.Slug == slug {
			return s, true
		}
	}
	return Service{}, false
}

// FreeConsult is the free consultation, when the practice offers one.
func (t *Profile) FreeConsult() (Service, bool) { return t.Service(FreeConsultation) }

// Modes is every mode a session can be held in. A free consultation by phone does not make a
// practice one that works by phone; its modes count only where nothing else is offered.
func (t *Profile) Modes() []string {
	var out, free []string
	for _, s := range t.Services {
		into := &out
		if s.Kind == Consultation {
			into = &free
		}
		for _, m := range s.Modes {
			if !slices.Contains(*into, m) {
				*into = append(*into, m)
			}
		}
	}
	if out == nil {
		out = free
	}
	slices.SortStableFunc(out, func(a, b string) int { return taxonomy.Modes.Index(a) - taxonomy.Modes.Index(b) })
	return out
}

// Formats is every format of a paid service.
func (t *Profile) Formats() []string {
	var out []string
	for _, s := range t.Services {
		if s.Kind != Consultation && !slices.Contains(out, s.Format) {
			out = append(out, s.Format)
		}
	}
	return out
}

// Edition identifies everything a profile says in public: equal editions look the same. It keeps no
// profile in memory, unless the profile was not read from Postgres.
type Edition struct {
	id   int64
	mark uint64
	made *Profile // a profile without a fingerprint, made in memory
}

// Edition identifies what the profile says now.
func (t *Profile) Edition() Edition {
	if t.mark == 0 {
		return Edition{made: t}
	}
	return Edition{id: t.ID, mark: t.mark}
}
