// Package indextest is the suite for implementations of search.Index: a population with every awkward case, random
// filters, a comparison of two indexes, and a graded set of what people type.
package indextest

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

// Start is the first clock: a Wednesday afternoon in summer time.
var Start = time.Date(2026, 11, 25, 4, 30, 0, 0, time.UTC)

// Clocks are the times at which indexes are compared: the start, a night later, the first day of another rebate
// schedule, and one after which most next times have passed.
func Clocks() []time.Time {
	return []time.Time{Start, Start.Add(9*time.Hour + 30*time.Minute), time.Date(2026, 6, 30, 14, 30, 0, 0, time.UTC),
		Start.Add(12 * 24 * time.Hour)}
}

// People makes n listed therapists, the same for the same seed: with and without fees, places, free consultations
// and times. Some times are in the past, some at midnight, some exactly a week away.
func People(n int, seed uint64) []*directory.Profile {
	r := rand.New(rand.NewPCG(seed, 7))
	places := region.Places()[:400]
	out := make([]*directory.Profile, n)
	for i := range out {
		out[i] = person(r, int64(i+1), places[r.IntN(len(places))])
	}
	return out
}

var (
	given  = []string{"Mei", "Amara", "Tomasz", "Priya", "Jordan", "Leila", "Hamish", "Ngaire", "Grace", "Siobhán"}
	family = []string{"Nguyen", "Okafor", "Kowalski", "Raman", "Whitlock", "Marten", "Martin", "Haddad", "O'Brien",
		"French"}
)

func person(r *rand.Rand, id int64, place region.Place) *directory.Profile {
	t := &directory.Profile{
		ID: id, Slug: fmt.Sprintf("person-%d", id), Listing: directory.Listed, Accepting: r.IntN(4) > 0, Demo: true,
		GivenName: pick(r, given), FamilyName: pick(r, family), Type: pick(r, taxonomy.Types.Slugs()),
		Gender: pick(r, taxonomy.Genders.Slugs()),
		State:  place.State, Suburb: place.Name, Postcode: place.Postcode, Lat: place.Lat, Lng: place.Lng, Zone: place.Zone(),
		Headline: "Calm and practical " + pick(r, []string{"help", "work with grief", "psychologist-informed support",
			"emdr"}),
		Bio: "I have worked in " + pick(r, []string{"hospitals", "schools", "psychologist teams",
			"community health"}) + ".",
		Policy: "standard", PractisingSince: 1990 + r.IntN(30),
		Issues: some(r, taxonomy.Issues.Slugs(), 12), AlsoIssues: some(r, taxonomy.Issues.Slugs(), 12),
		Approaches: some(r, taxonomy.Approaches.Slugs(), 5), ClientGroups: some(r, taxonomy.ClientGroups.Slugs(), 5),
		Languages: some(r, taxonomy.Languages.Slugs(), 3), Affirming: some(r, taxonomy.Affirming.Slugs(), 3),
		Faiths: some(r, taxonomy.Faiths.Slugs(), 1), Access: some(r, taxonomy.Access.Slugs(), 4),
		Funding: some(r, taxonomy.Funding.Slugs(), 5),
	}
	if t.Postcode == "" {
		t.Postcode = "2000"
	}
	t.Services, t.Credentials = services(r), credentials(r, t.Type)
	if r.IntN(3) == 0 {
		t.Reduced = &directory.Reduced{Fee: money.Cents(40_00 + r.IntN(12)*10_00), For: "students", Left: r.IntN(3)}
	}
	if _, ok := directory.NextService(t); ok {
		t.Next = times(r, t.Zone)
	}
	return t
}

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

// some picks up to n of a list, each once.
func some(r *rand.Rand, list []string, n int) []string {
	var out []string
	for range r.IntN(n + 1) {
		if v := pick(r, list); !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

func services(r *rand.Rand) []directory.Service {
	var out []directory.Service
	add := func(slug string, kind directory.ServiceKind, format string, minutes int, fee money.Cents) {
		modes := some(r, []string{"video", "phone", "in-person"}, 3)
		if modes == nil {
			modes = []string{"video"}
		}
		out = append(out, directory.Service{Slug: slug, Name: slug, Kind: kind, Format: format, Minutes: minutes, Fee: fee,
			Modes: modes})
	}
	fee := func() money.Cents { return money.Cents(60_00 + r.IntN(54)*5_00) }
	if r.IntN(4) > 0 {
		add(directory.FreeConsultation, directory.Consultation, "individual", 15, 0)
	}
	if r.IntN(5) > 0 {
		add("session-50", directory.Session, "individual", 50, fee())
	}
	if r.IntN(3) == 0 {
		add("other-length", directory.Session, "individual", 20+10*r.IntN(8), fee())
	}
	if r.IntN(3) == 0 {
		add("couple", directory.Session, "couple", 80, fee())
	}
	if r.IntN(4) == 0 {
		add("group", directory.Group, "group", 90, fee())
	}
	if r.IntN(8) == 0 {
		add("family", directory.Session, "family", 60, fee())
	}
	return out
}

func credentials(r *rand.Rand, kind string) []directory.Credential {
	c := directory.Credential{Kind: "ahpra", Number: "PSY0009990001", RegistrationType: "General", CheckedOn: Start,
		NextCheckOn: Start}
	switch kind {
	case "clinical-psychologist":
		if r.IntN(10) > 0 {
			c.Endorsements = []string{"clinical"}
		}
	case "occupational-therapist":
		if r.IntN(5) > 0 {
			c.Kind = "ota"
		}
	case "mental-health-social-worker":
		if r.IntN(5) > 0 {
			c.Kind = "amhsw"
		}
	}
	return []directory.Credential{c}
}

func times(r *rand.Rand, zone string) directory.Next {
	at := func() time.Time {
		switch r.IntN(6) {
		case 0:
			return time.Time{}
		case 1:
			loc, err := region.LoadZone(zone)
			if err != nil {
				return time.Time{}
			}
			return search.Midnight(loc, Start.Add(time.Duration(r.IntN(8))*24*time.Hour)).UTC()
		case 2:
			return Start.Add(time.Duration(r.IntN(3)) * search.Week)
		}
		return Start.Add(time.Duration(r.IntN(4*24*20)-200) * 15 * time.Minute)
	}
	n := directory.Next{Any: at(), Evening: at(), Weekend: at()}
	if n.Any.IsZero() {
		return directory.Next{}
	}
	return n
}

// Entries are profiles as directory.InsertTx takes them, with made-up contacts.
func Entries(list []*directory.Profile) []*directory.Entry {
	out := make([]*directory.Entry, len(list))
	for i, p := range list {
		out[i] = &directory.Entry{Profile: *p, Contact: directory.Contact{Email: p.Slug + "@example.com.au"}}
	}
	return out
}
