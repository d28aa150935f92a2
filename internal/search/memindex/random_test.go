package memindex

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"wattle/internal/directory"
	"wattle/internal/money"
	"wattle/internal/region"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// start is the first of the clocks the tests look at: a Wednesday afternoon in summer time.
var start = time.Date(2026, 11, 25, 4, 30, 0, 0, time.UTC)

// some picks up to n of a list, each once.
func some(r *rand.Rand, list []string, n int) []string {
	var out []string
	for range r.IntN(n + 1) {
		if v := list[r.IntN(len(list))]; !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// population makes n random therapists: listed, paused, unlisted and suspended ones, with and
// without fees, places, free consultations and times. Places lie close together, so that many
// share a suburb.
func population(n int, seed uint64) []*directory.Profile {
	r := rand.New(rand.NewPCG(seed, 7))
	places := region.Places()[:400]
	out := make([]*directory.Profile, n)
	for i := range out {
		out[i] = person(r, int64(i+1), places)
	}
	return out
}

var givenNames = []string{"Mei", "Amara", "Tomasz", "Priya", "Jordan", "Leila", "Hamish", "Ngaire", "Grace", "Siobhán"}
var familyNames = []string{"Nguyen", "Okafor", "Kowalski", "Raman", "Whitlock", "Marten", "Martin", "Haddad", "O'Brien", "Szymanski"}

// zoneOf is the place's zone for most; the others' clocks differ, for the places are all of one zone.
func zoneOf(id int64, place region.Place) string {
	if zone := []string{"", "", "", "Australia/Perth", "Australia/Adelaide", "Australia/Lord_Howe"}[id%6]; zone != "" {
		return zone
	}
	return place.Zone()
}

func person(r *rand.Rand, id int64, places []region.Place) *directory.Profile {
	place := places[r.IntN(len(places))]
	pc := place.Postcode
	if pc == "" {
		pc = "2000"
	}
	t := &directory.Profile{
		ID: id, Slug: fmt.Sprintf("person-%d", id), Listing: directory.Listed, Accepting: r.IntN(4) > 0, Demo: true,
		GivenName: givenNames[r.IntN(len(givenNames))], FamilyName: familyNames[r.IntN(len(familyNames))],
		Type: pick(r, taxonomy.Types.Slugs()), Gender: pick(r, taxonomy.Genders.Slugs()),
		State: place.State, Suburb: place.Name, Postcode: pc, Lat: place.Lat, Lng: place.Lng, Zone: zoneOf(id, place),
		Headline: "Calm and practical " + pick(r, []string{"help", "work with grief", "psychologist-informed support", "emdr"}),
		Bio:      "I have worked in " + pick(r, []string{"hospitals", "schools", "psychologist teams", "community health"}) + " since " + fmt.Sprint(1990+r.IntN(30)) + ".",
		Policy:   "standard", PractisingSince: 1990 + r.IntN(30),
		Issues: some(r, taxonomy.Issues.Slugs(), 12), AlsoIssues: some(r, taxonomy.Issues.Slugs(), 12),
		Approaches: some(r, taxonomy.Approaches.Slugs(), 5), ClientGroups: some(r, taxonomy.ClientGroups.Slugs(), 5),
		Languages: some(r, taxonomy.Languages.Slugs(), 3), Affirming: some(r, taxonomy.Affirming.Slugs(), 3),
		Faiths: some(r, taxonomy.Faiths.Slugs(), 1), Access: some(r, taxonomy.Access.Slugs(), 4), Funding: some(r, taxonomy.Funding.Slugs(), 5),
	}
	if r.IntN(6) == 0 {
		t.Listing = []directory.Listing{directory.Paused, directory.Unlisted, directory.Suspended, directory.Draft}[r.IntN(4)]
	}
	t.Services = offered(r)
	t.Credentials = holds(r, t.Type)
	if r.IntN(3) == 0 {
		t.Reduced = &directory.Reduced{Fee: money.Cents(40_00 + r.IntN(12)*10_00), For: "students", Left: r.IntN(3)}
	}
	t.Next = times(r, t.Zone)
	return t
}

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

func offered(r *rand.Rand) []directory.Service {
	modes := func() []string {
		m := some(r, []string{"video", "phone", "in-person"}, 3)
		if m == nil {
			m = []string{"video"}
		}
		return m
	}
	var out []directory.Service
	if r.IntN(4) > 0 {
		out = append(out, directory.Service{Slug: directory.FreeConsultation, Name: "Free call", Kind: directory.Consultation, Format: "individual", Minutes: 15, Modes: modes()})
	}
	add := func(slug string, kind directory.ServiceKind, format string, minutes int) {
		out = append(out, directory.Service{Slug: slug, Name: slug, Kind: kind, Format: format, Minutes: minutes,
			Fee: money.Cents(60_00 + r.IntN(54)*5_00), Modes: modes()})
	}
	if r.IntN(5) > 0 {
		add("session-50", directory.Session, "individual", 50)
	}
	if r.IntN(3) == 0 {
		add("long", directory.Session, "individual", 30+10*r.IntN(7))
	}
	if r.IntN(3) == 0 {
		add("couple", directory.Session, "couple", 80)
	}
	if r.IntN(4) == 0 {
		add("group", directory.Group, "group", 90)
	}
	if r.IntN(8) == 0 {
		add("family", directory.Session, "family", 60)
	}
	return out
}

func holds(r *rand.Rand, kind string) []directory.Credential {
	c := directory.Credential{Kind: "ahpra", Number: "PSY0009990001", RegistrationType: "General", CheckedOn: start.Truncate(24 * time.Hour), NextCheckOn: start.Truncate(24 * time.Hour)}
	switch kind {
	case "clinical-psychologist":
		if r.IntN(10) > 0 {
			c.Endorsements = []string{"clinical"}
		}
	case "occupational-therapist":
		if r.IntN(5) > 0 {
			d := c
			d.Kind = "ota"
			return []directory.Credential{c, d}
		}
	case "mental-health-social-worker":
		if r.IntN(5) > 0 {
			c.Kind = "amhsw"
		}
	}
	return []directory.Credential{c}
}

// times lie on quarter-hours, some in the past, some on a practice's midnight, some a week off to
// the second.
func times(r *rand.Rand, zone string) directory.Next {
	at := func() time.Time {
		switch r.IntN(6) {
		case 0:
			return time.Time{}
		case 1:
			loc, _ := region.LoadZone(zone)
			return search.Midnight(loc, start.Add(time.Duration(r.IntN(8))*24*time.Hour)).UTC()
		case 2:
			return start.Add(time.Duration(r.IntN(3)) * 7 * 24 * time.Hour)
		}
		return start.Add(time.Duration(r.IntN(4*24*20)-200) * 15 * time.Minute)
	}
	n := directory.Next{Any: at(), Evening: at(), Weekend: at()}
	if n.Any.IsZero() {
		return directory.Next{}
	}
	return n
}
