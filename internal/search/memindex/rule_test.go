package memindex

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"wattle/internal/directory"
	"wattle/internal/money"
	"wattle/internal/search"
)

// ruled is a therapist in Newtown at $180 with a time in ten hours, changed by change.
func ruled(id int64, change func(p *directory.Profile)) *directory.Profile {
	p := &directory.Profile{ID: id, Slug: fmt.Sprint("p-", id), Listing: directory.Listed, Accepting: true, GivenName: "Ada", FamilyName: "Sample", Type: "counsellor", Gender: "woman",
		State: "nsw", Suburb: "Newtown", Postcode: "2042", Lat: -33.8981, Lng: 151.1744, Zone: "Australia/Sydney", Headline: "Calm help", Bio: "I listen.", Languages: []string{"english"},
		Services: []directory.Service{{Slug: directory.FreeConsultation, Kind: directory.Consultation, Format: "individual", Minutes: 15, Modes: []string{"video"}},
			{Slug: "individual-50", Kind: directory.Session, Format: "individual", Minutes: 50, Fee: 180_00, Modes: []string{"video"}}},
		Next: directory.Next{Any: start.Add(10 * time.Hour)}}
	if change != nil {
		change(p)
	}
	return p
}

// The published order is the one in use: an earlier criterion decides against all later ones.
// TestTiedResultsAreInTheOrderOfTheDay tests the rotation, which comes last.
func TestTheOrderIsAsPublished(t *testing.T) {
	after := func(hours int) func(*directory.Profile) {
		return func(p *directory.Profile) { p.Next.Any = start.Add(time.Duration(hours) * time.Hour) }
	}
	never := func(p *directory.Profile) { p.Next = directory.Next{} }
	fee := func(dollars money.Cents, hours int) func(*directory.Profile) {
		return func(p *directory.Profile) { p.Services[1].Fee = dollars * 100; after(hours)(p) }
	}
	placeLeft := func(p *directory.Profile) { p.Reduced = &directory.Reduced{Fee: 60_00, Left: 1}; after(90)(p) }
	noFee := func(p *directory.Profile) { p.Services = p.Services[:1]; after(1)(p) }
	away := func(km float64, hours int) func(*directory.Profile) {
		return func(p *directory.Profile) { p.Lat += km / 111; after(hours)(p) }
	}
	says := func(name, headline, bio string, hours int) func(*directory.Profile) {
		return func(p *directory.Profile) {
			p.FamilyName, p.Headline, p.Bio = name, headline, bio
			after(hours)(p)
		}
	}
	bySort := map[string][]func(*directory.Profile){ // in the order published
		"": {says("Rosewater", "Calm", "I listen.", 90), func(p *directory.Profile) { p.Suburb = "Rosewater"; after(80)(p) }, says("Sample", "Rosewater", "I listen.", 70),
			says("Sample", "Calm", "I worked in Rosewater.", 60), says("Rosewatter", "Calm", "I listen.", 50), says("Rosewatter", "Calm", "I listen.", 55)},
		search.Soonest:  {after(1), after(5), after(6), never},
		search.Price:    {placeLeft, fee(90, 80), fee(120, 70), fee(180, 1), fee(180, 2), noFee},
		search.Distance: {away(0.5, 90), away(2, 80), away(4, 1), away(4, 3), away(9, 1)},
	}
	for _, rule := range search.SortRules() {
		var all []*directory.Profile
		var want []int64
		for i, change := range bySort[rule.Sort] {
			all = append(all, ruled(int64(100-i), change)) // the ids are in the reverse order
			want = append(want, int64(100-i))
		}
		x := New()
		if err := x.Replace(context.Background(), (all)); err != nil {
			t.Fatal(err)
		}
		f := search.All()
		switch rule.Sort {
		case "":
			f.Q = "rosewater"
		case search.Distance:
			f = f.With("near", "newtown nsw 2042")
		}
		r, err := x.Search(context.Background(), f.SortedBy(rule.Sort), start)
		if err != nil {
			t.Fatal(err)
		}
		var got []int64
		for _, h := range r.Hits {
			got = append(got, h.ID)
		}
		if len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("%q: %v, published as %v", rule.Name, got, want)
		}
	}
}
