package site

import (
	"strings"
	"time"

	"wattle/internal/booking/calendar"
	"wattle/internal/directory"
)

// person is a profile with its hours.
type person struct {
	directory.Entry
	hours calendar.Availability
}

// weekdays are hours from Monday to Friday by the wall of the practice, in minutes.
func weekdays(from, to int) []calendar.Hours {
	var out []calendar.Hours
	for d := time.Monday; d <= time.Friday; d++ {
		out = append(out, calendar.Hours{Weekday: d, Start: from, End: to})
	}
	return out
}

func hours(weekly ...calendar.Hours) calendar.Availability {
	return calendar.Availability{NoticeMinutes: 60, HorizonDays: 30, StepMinutes: 15, Weekly: weekly}
}

func callAndSession() []directory.Service {
	return []directory.Service{
		{Slug: directory.FreeConsultation, Name: "Free consultation", Kind: directory.Consultation, Format: "individual", Minutes: 15, Modes: []string{"video", "phone", "in-person"}},
		{Slug: "individual-50", Name: "Individual session", Kind: directory.Session, Format: "individual", Minutes: 50, Fee: 18000, Modes: []string{"video", "in-person"}},
	}
}

// template is somebody whom the people below vary.
func template(slug, given, family string) directory.Entry {
	return directory.Entry{Profile: directory.Profile{
		Slug: slug, Listing: directory.Listed, Accepting: true, GivenName: given, FamilyName: family, Type: "psychologist", Gender: "woman",
		State: "nsw", Suburb: "Newtown", Postcode: "2042", Lat: -33.8981, Lng: 151.1744, Zone: "Australia/Sydney", Policy: "standard",
		Headline: "Calm, practical help.", Bio: "First paragraph about the work.\n\nSecond paragraph about the work.", PractisingSince: 2011,
		Issues: []string{"anxiety", "depression"}, AlsoIssues: []string{"sleep"}, Approaches: []string{"cbt"}, ClientGroups: []string{"adults"},
		Languages: []string{"english"}, Funding: []string{"medicare"}, Services: callAndSession(),
		Credentials: []directory.Credential{{Kind: "ahpra", Number: "PSY0001234567", RegistrationType: "General", CheckedOn: monday.AddDate(0, -1, 0), NextCheckOn: monday.AddDate(0, 2, 0)}},
	}, Contact: directory.Contact{Email: strings.ToLower(given) + "@practice.example", Street: "12 Example Street",
		VideoURL: "https://video.example/" + slug, Phone: "+61255500100"}}
}

// smallDirectory is five people who are listed, one who takes nobody new among them, and three who
// are not.
func smallDirectory() []person {
	ada := template("ada-example", "Ada", "Example")
	ada.Type, ada.Honorific = "clinical-psychologist", "Dr"
	ada.Credentials = []directory.Credential{{Kind: "ahpra", Number: "PSY0001234568", RegistrationType: "General", Endorsements: []string{"clinical"}, CheckedOn: monday.AddDate(0, -1, 0), NextCheckOn: monday.AddDate(0, 2, 0)}}
	ada.Reduced = &directory.Reduced{Fee: 9000, For: "With a health care card.", Left: 2}

	ben := template("ben-okafor", "Ben", "Okafor")
	ben.Type, ben.Gender, ben.State, ben.Suburb, ben.Postcode, ben.Zone = "counsellor", "man", "vic", "Carlton", "3053", "Australia/Melbourne"
	ben.Lat, ben.Lng, ben.Funding, ben.Languages = -37.8, 144.967, []string{"dva"}, []string{"english", "arabic"}
	ben.Credentials = []directory.Credential{{Kind: "aca", Number: "A12345", Level: "3", CheckedOn: monday.AddDate(0, -1, 0), NextCheckOn: monday.AddDate(0, 2, 0)}}
	ben.Services = []directory.Service{
		{Slug: directory.FreeConsultation, Name: "Free consultation", Kind: directory.Consultation, Format: "individual", Minutes: 20, Modes: []string{"video"}},
		{Slug: "individual-50", Name: "Individual session", Kind: directory.Session, Format: "individual", Minutes: 50, Fee: 12000, Modes: []string{"video"}},
		{Slug: "couple-80", Name: "Couple session", Kind: directory.Session, Format: "couple", Minutes: 80, Fee: 20000, Modes: []string{"video"}},
	}

	cleo := template("cleo-brisbane", "Cleo", "Hart")
	cleo.State, cleo.Suburb, cleo.Postcode, cleo.Zone, cleo.Lat, cleo.Lng = "qld", "West End", "4101", "Australia/Brisbane", -27.48, 153.01

	full := template("eve-full", "Eve", "Stone")
	full.Accepting = false
	none := template("fay-nocall", "Fay", "Lim")
	none.Services = callAndSession()[1:]

	paused, unlisted, draft := template("dev-paused", "Dev", "Paused"), template("una-unlisted", "Una", "Unlisted"), template("dora-draft", "Dora", "Draft")
	paused.Listing, unlisted.Listing, draft.Listing = directory.Paused, directory.Unlisted, directory.Draft

	open := hours(append(weekdays(540, 1140), calendar.Hours{Weekday: time.Saturday, Start: 600, End: 720})...)
	return []person{{ada, open}, {ben, hours(weekdays(600, 1020)...)}, {cleo, hours(weekdays(540, 1020)...)}, {full, open}, {none, open},
		{paused, open}, {unlisted, open}, {draft, open}}
}

// hidden are the slugs of those whom nobody may see.
var hidden = []string{"dev-paused", "una-unlisted", "dora-draft"}
