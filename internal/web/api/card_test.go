package api

import (
	"encoding/json"
	"testing"
	"time"
	"wattle/internal/directory"
	"wattle/internal/search"
)

var cardNow = time.Date(2026, 11, 25, 1, 0, 0, 0, time.UTC)

func TestCardMatchesTheAPIContract(t *testing.T) {
	p := &directory.Profile{Slug: "mei-okafor", Type: "psychologist",
		Credentials: []directory.Credential{{Kind: "ahpra"}}, GivenName: "Mei", FamilyName: "Okafor", State: "nsw",
		Suburb:   "Newtown",
		Postcode: "2042", Zone: "Australia/Sydney", Gender: "woman", Issues: []string{"anxiety"},
		AlsoIssues: []string{"grief", "anxiety"},
		Languages:  []string{"english"}, Accepting: true, Reduced: &directory.Reduced{Fee: 90_00, Left: 2},
		Services: []directory.Service{{Slug: directory.FreeConsultation, Kind: directory.Consultation,
			Format: "individual", Minutes: 15, Modes: []string{"phone"}}, {Slug: "individual", Kind: directory.Session,
			Format: "individual", Minutes: 50, Fee: 180_00, Modes: []string{"video"}}}}
	v := search.View{Profile: p, Next: directory.Next{Any: cardNow.Add(24 * time.Hour)}, Km: 2.345, HasKm: true}
	got, err := json.Marshal(newCard(v, search.All(), cardNow, "https://wattle.example"))
	want := `{"slug":"mei-okafor","name":"Mei Okafor","title":"Psychologist","type":"psychologist","state":"nsw","suburb":"Newtown","postcode":"2042",` +
		`"modes":["video"],"formats":["individual"],"issues":["anxiety","grief"],"approaches":[],"languages":["english"],"gender":"woman",` +
		`"fee_cents":18000,"lowest_fee_cents":9000,"reduced":{"fee_cents":9000,"places_left":2},"gap_cents":7845,"free_consultation":{"minutes":15},` +
		`"accepting":true,"next_available_at":"2026-11-26T12:00:00+11:00","next_service":"free-consultation","distance_km":2.3,"url":"https://wattle.example/therapist/mei-okafor"}`
	if err != nil || string(got) != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	p.Reduced, p.Services, p.Type = &directory.Reduced{Fee: 90_00}, nil, "counsellor"
	got, err = json.Marshal(newCard(search.View{Profile: p}, search.All().With("format", "couple"), cardNow, ""))
	want = `{"slug":"mei-okafor","name":"Mei Okafor","title":"Counsellor","type":"counsellor","state":"nsw","suburb":"Newtown","postcode":"2042",` +
		`"modes":[],"formats":[],"issues":["anxiety","grief"],"approaches":[],"languages":["english"],"gender":"woman",` +
		`"fee_cents":null,"lowest_fee_cents":null,"reduced":null,"gap_cents":null,"free_consultation":null,` +
		`"accepting":true,"next_available_at":null,"next_service":null,"url":"/therapist/mei-okafor"}`
	if err != nil || string(got) != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
