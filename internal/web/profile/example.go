package profile

import (
	"time"

	"wattle/internal/directory"
	"wattle/internal/web"
)

// ExampleNow is the fixtures' present: a Sunday evening before the clocks change.
var ExampleNow = time.Date(2026, 10, 3, 12, 0, 0, 0, time.UTC)

// Example is a made-up profile with long names, for the gallery.
func Example() *directory.Profile {
	return &directory.Profile{
		ID: 1, Slug: "example-person", Listing: directory.Listed, Accepting: true, Demo: true, GivenName: "Wilhelmina-Charlotte", FamilyName: "Papadimitriou-Featherstonehaugh",
		Honorific: "Dr", Type: "clinical-psychologist", Gender: "woman", State: "nsw", Suburb: "Newtown", Postcode: "2042", Zone: "Australia/Sydney",
		Headline: "Calm, practical help when worry has taken over the house", Portrait: 123456,
		Bio: "Worry is loud, and it likes to pretend that it is keeping you safe. We start by listening to what it says, and then we find out together what you would do with the room it takes up.\n\n" +
			"I work slowly at first and always with your permission. Some people come for six sessions, some for a year.",
		PractisingSince: 2009, Issues: []string{"anxiety", "panic", "ocd"}, AlsoIssues: []string{"sleep", "grief"}, Approaches: []string{"cbt", "act"},
		ClientGroups: []string{"adults"}, Languages: []string{"english", "greek"}, Policy: "standard", Reduced: &directory.Reduced{Fee: 9500, For: "With a health care card.", Left: 2},
		Services: []directory.Service{
			{ID: 1, Slug: directory.FreeConsultation, Name: "Free consultation", Kind: directory.Consultation, Format: "individual", Minutes: 15, Modes: []string{"video", "phone", "in-person"}},
			{ID: 2, Slug: "individual-50", Name: "Individual session", Kind: directory.Session, Format: "individual", Minutes: 50, Fee: 24000, Modes: []string{"video", "in-person"}},
		},
		Credentials: []directory.Credential{{Kind: "ahpra", Number: "PSY0009990001", RegistrationType: "General", Endorsements: []string{"clinical"},
			CheckedOn: ExampleNow.AddDate(0, -1, 0), NextCheckOn: ExampleNow.AddDate(0, 1, 0), FirstRegistered: time.Date(2009, 2, 1, 0, 0, 0, 0, time.UTC)}},
		Next: directory.Next{Any: ExampleNow.Add(21 * time.Hour)},
	}
}

// ExampleTimes are free times on three days in Sydney.
func ExampleTimes() []time.Time {
	day := time.Date(2026, 10, 5, 9, 0, 0, 0, web.ZoneOf("Australia/Sydney"))
	var out []time.Time
	for d := range 3 {
		for _, m := range []int{0, 15, 240, 500, 515} {
			out = append(out, day.AddDate(0, 0, d).Add(time.Duration(m)*time.Minute))
		}
	}
	return out
}
