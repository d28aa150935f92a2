package directory

import (
	"encoding/json"
	"testing"
	"time"

	"wattle/internal/money"
)

var today = time.Date(2026, 11, 25, 1, 0, 0, 0, time.UTC)

func offer(format string, minutes int, fee money.Cents) Service {
	return Service{Slug: format, Kind: Session, Format: format, Minutes: minutes, Fee: fee, Modes: []string{"video"}}
}

func TestWhichFeeStandsForAPractice(t *testing.T) {
	free := Service{Slug: FreeConsultation, Kind: Consultation, Format: "individual", Minutes: 15}
	group := Service{Kind: Group, Format: "group", Minutes: 90, Fee: 40_00}
	two, none := &Reduced{Fee: 90_00, Left: 2}, &Reduced{Fee: 90_00}
	for name, c := range map[string]struct {
		services    []Service
		reduced     *Reduced
		format      string
		fee, lowest money.Cents
		ok          bool
	}{
		"fifty minutes":                     {[]Service{free, group, offer("individual", 80, 300_00), offer("individual", 50, 180_00)}, nil, "individual", 180_00, 180_00, true},
		"nearest to fifty":                  {[]Service{offer("individual", 30, 100_00), offer("individual", 60, 200_00)}, nil, "individual", 200_00, 200_00, true},
		"of two as near the longer":         {[]Service{offer("individual", 45, 150_00), offer("individual", 55, 190_00)}, nil, "individual", 190_00, 190_00, true},
		"of two as long the first":          {[]Service{offer("individual", 50, 180_00), offer("individual", 50, 160_00)}, nil, "individual", 180_00, 180_00, true},
		"reduced while places are left":     {[]Service{offer("individual", 50, 180_00)}, two, "individual", 180_00, 90_00, true},
		"not when they are gone":            {[]Service{offer("individual", 50, 180_00)}, none, "individual", 180_00, 180_00, true},
		"reduced is never dearer":           {[]Service{offer("individual", 50, 80_00)}, two, "individual", 80_00, 80_00, true},
		"couples' fee":                      {[]Service{offer("individual", 50, 180_00), offer("couple", 80, 290_00)}, two, "couple", 290_00, 290_00, true},
		"no couples":                        {[]Service{offer("individual", 50, 180_00)}, two, "couple", 0, 0, false},
		"families only":                     {[]Service{free, group, offer("family", 60, 240_00)}, two, "individual", 240_00, 240_00, true},
		"free calls and groups never count": {[]Service{free, group, offer("supervision", 60, 200_00)}, two, "individual", 0, 0, false},
	} {
		p := &Therapist{Services: c.services, Reduced: c.reduced}
		fee, ok := FeeOf(p, c.format)
		lowest, ok2 := LowestFee(p, c.format)
		if ok != c.ok || ok2 != c.ok || ok && (fee != c.fee || lowest != c.lowest) {
			t.Errorf("%s: %v %v, lowest %v %v", name, fee, ok, lowest, ok2)
		}
	}
}

func credential(kind string, endorsements ...string) []Credential {
	return []Credential{{Kind: kind, Endorsements: endorsements}}
}

// The benefits are those of 1 July 2026 (domain facts §3).
func TestTheGapIsTheFeeLessTheBenefitOfTheDay(t *testing.T) {
	july := time.Date(2026, 6, 30, 14, 0, 0, 0, time.UTC) // 1 July in Sydney, 30 June in Perth
	for name, c := range map[string]struct {
		kind    string
		creds   []Credential
		service Service
		zone    string
		now     time.Time
		gap     money.Cents
		ok      bool
	}{
		"clinical":                       {"clinical-psychologist", credential("ahpra", "clinical"), offer("individual", 50, 250_00), "", today, 250_00 - 149_05, true},
		"clinical without endorsement":   {"clinical-psychologist", credential("ahpra"), offer("individual", 50, 250_00), "", today, 250_00 - 101_55, true},
		"psychologist":                   {"psychologist", credential("ahpra"), offer("individual", 50, 180_00), "", today, 78_45, true},
		"other endorsements do not lift": {"psychologist", credential("ahpra", "counselling"), offer("individual", 50, 180_00), "", today, 78_45, true},
		"short item":                     {"psychologist", credential("ahpra"), offer("individual", 45, 180_00), "", today, 180_00 - 72_00, true},
		"occupational therapist":         {"occupational-therapist", append(credential("ahpra"), credential("ota")...), offer("individual", 50, 190_00), "", today, 100_50, true},
		"without OTA's endorsement":      {"occupational-therapist", credential("ahpra"), offer("individual", 50, 190_00), "", today, 0, false},
		"social worker, accredited":      {"mental-health-social-worker", credential("amhsw"), offer("individual", 50, 150_00), "", today, 60_50, true},
		"not accredited":                 {"mental-health-social-worker", credential("aasw"), offer("individual", 50, 150_00), "", today, 0, false},
		"social worker":                  {"social-worker", credential("aasw"), offer("individual", 50, 150_00), "", today, 0, false},
		"counsellor":                     {"counsellor", credential("aca"), offer("individual", 50, 110_00), "", today, 0, false},
		"provisional":                    {"provisional-psychologist", credential("ahpra"), offer("individual", 50, 80_00), "", today, 0, false},
		"never below zero":               {"psychologist", credential("ahpra"), offer("individual", 50, 90_00), "", today, 0, true},
		"couples":                        {"psychologist", credential("ahpra"), offer("couple", 50, 250_00), "", today, 0, false},
		"1 July in Sydney":               {"psychologist", credential("ahpra"), offer("individual", 50, 180_00), "Australia/Sydney", july, 78_45, true},
		"still 30 June in Perth":         {"psychologist", credential("ahpra"), offer("individual", 50, 180_00), "Australia/Perth", july, 180_00 - 98_95, true},
	} {
		if c.zone == "" {
			c.zone = "Australia/Sydney"
		}
		p := &Therapist{Type: c.kind, Credentials: c.creds, Services: []Service{c.service}, Zone: c.zone}
		if gap, ok := Gap(p, c.now); ok != c.ok || gap != c.gap {
			t.Errorf("%s: %v %v, want %v %v", name, gap, ok, c.gap, c.ok)
		}
	}
}

func TestTitlesComeFromCredentials(t *testing.T) {
	for _, c := range []struct {
		p    Therapist
		want string
	}{
		{Therapist{Type: "clinical-psychologist", Credentials: credential("ahpra", "clinical")}, "Clinical Psychologist"},
		{Therapist{Type: "clinical-psychologist", Credentials: credential("ahpra", "Clinical psychology")}, "Clinical Psychologist"},
		{Therapist{Type: "clinical-psychologist", Credentials: credential("ahpra")}, "Psychologist"},
		{Therapist{Type: "clinical-psychologist", Credentials: credential("ahpra", "clinical neuropsychology")}, "Clinical Neuropsychologist"},
		{Therapist{Type: "clinical-psychologist", Credentials: credential("aca", "clinical")}, "Psychologist"},
		{Therapist{Type: "psychologist"}, "Psychologist"},
		{Therapist{Type: "psychologist", Credentials: credential("ahpra", "counselling")}, "Counselling Psychologist"},
		{Therapist{Type: "psychologist", Credentials: credential("ahpra", "educational-and-developmental")}, "Educational and Developmental Psychologist"},
		{Therapist{Type: "psychologist", Credentials: credential("ahpra", "Sport & exercise psychology")}, "Sport and Exercise Psychologist"},
		{Therapist{Type: "psychologist", Credentials: credential("ahpra", "health", "clinical")}, "Clinical Psychologist"},
		{Therapist{Type: "psychologist", Registrar: true}, "Psychologist (Clinical Registrar)"},
		{Therapist{Type: "provisional-psychologist"}, "Provisional Psychologist"},
		{Therapist{Type: "provisional-psychologist", Supervisor: "Priya Raman"}, "Provisional Psychologist, supervised by Priya Raman"},
		{Therapist{Type: "psychiatrist"}, "Psychiatrist"},
		{Therapist{Type: "occupational-therapist", Credentials: credential("ota")}, "Occupational Therapist (Mental Health)"},
		{Therapist{Type: "occupational-therapist", Credentials: credential("ahpra")}, "Occupational Therapist"},
		{Therapist{Type: "mental-health-social-worker", Credentials: credential("amhsw")}, "Accredited Mental Health Social Worker"},
		{Therapist{Type: "mental-health-social-worker", Credentials: credential("aasw")}, "Social Worker"},
		{Therapist{Type: "social-worker"}, "Social Worker"},
		{Therapist{Type: "counsellor", Registrar: true}, "Counsellor"},
		{Therapist{Type: "psychotherapist"}, "Psychotherapist"},
	} {
		if got := c.p.FullTitle(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.p, got, c.want)
		}
	}
}

func TestDrNeverStandsWithoutItsProfession(t *testing.T) {
	for want, p := range map[string]Therapist{
		"Mei Okafor":                            {Type: "psychologist"},
		"Dr Mei Okafor (Psychologist)":          {Type: "psychologist", Honorific: "Dr", Registrar: true},
		"Dr Mei Okafor (Counsellor)":            {Type: "counsellor", Honorific: "Dr"},
		"Dr Mei Okafor":                         {Type: "psychiatrist", Honorific: "Dr"},
		"Dr Mei Okafor (Clinical Psychologist)": {Type: "clinical-psychologist", Honorific: "Dr", Credentials: credential("ahpra", "clinical")},
	} {
		p.GivenName, p.FamilyName = "Mei", "Okafor"
		if got := p.PrintedName(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestTheCardIsTheContractsTherapist(t *testing.T) {
	p := &Therapist{Slug: "mei-okafor", Type: "psychologist", Credentials: credential("ahpra"), GivenName: "Mei", FamilyName: "Okafor", State: "nsw", Suburb: "Newtown",
		Postcode: "2042", Zone: "Australia/Sydney", Gender: "woman", Issues: []string{"anxiety"}, AlsoIssues: []string{"grief", "anxiety"},
		Languages: []string{"english"}, Accepting: true, Reduced: &Reduced{Fee: 90_00, Left: 2},
		Services: []Service{{Slug: FreeConsultation, Kind: Consultation, Format: "individual", Minutes: 15, Modes: []string{"phone"}}, offer("individual", 50, 180_00)}}
	v := View{Therapist: p, Next: Next{Any: today.Add(24 * time.Hour)}, Km: 2.345, HasKm: true}
	got, err := json.Marshal(v.Card(Everybody(), today, "https://wattle.example"))
	want := `{"slug":"mei-okafor","name":"Mei Okafor","title":"Psychologist","type":"psychologist","state":"nsw","suburb":"Newtown","postcode":"2042",` +
		`"modes":["video"],"formats":["individual"],"issues":["anxiety","grief"],"approaches":[],"languages":["english"],"gender":"woman",` +
		`"fee_cents":18000,"lowest_fee_cents":9000,"reduced":{"fee_cents":9000,"places_left":2},"gap_cents":7845,"free_consultation":{"minutes":15},` +
		`"accepting":true,"next_available_at":"2026-11-26T12:00:00+11:00","next_service":"free-consultation","distance_km":2.3,"url":"https://wattle.example/therapist/mei-okafor"}`
	if err != nil || string(got) != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
	p.Reduced, p.Services, p.Type = &Reduced{Fee: 90_00}, nil, "counsellor"
	got, err = json.Marshal(View{Therapist: p}.Card(Everybody().With("format", "couple"), today, ""))
	want = `{"slug":"mei-okafor","name":"Mei Okafor","title":"Counsellor","type":"counsellor","state":"nsw","suburb":"Newtown","postcode":"2042",` +
		`"modes":[],"formats":[],"issues":["anxiety","grief"],"approaches":[],"languages":["english"],"gender":"woman",` +
		`"fee_cents":null,"lowest_fee_cents":null,"reduced":null,"gap_cents":null,"free_consultation":null,` +
		`"accepting":true,"next_available_at":null,"next_service":null,"url":"/therapist/mei-okafor"}`
	if err != nil || string(got) != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

func TestFreeTodayEndsAtThePracticesMidnight(t *testing.T) {
	perth, _ := time.LoadLocation("Australia/Perth")
	sydney, _ := time.LoadLocation("Australia/Sydney")
	n := Next{Any: time.Date(2026, 11, 25, 14, 30, 0, 0, time.UTC)} // 1:30 on the 26th in Sydney, 22:30 on the 25th in Perth
	if n.Free("today", sydney, today) || !n.Free("today", perth, today) {
		t.Error("midnight is not the practice's")
	}
	if Midnight(sydney, time.Date(2026, 10, 3, 20, 0, 0, 0, time.UTC)).Sub(time.Date(2026, 10, 3, 14, 0, 0, 0, time.UTC)) != 23*time.Hour {
		t.Error("the day on which summer time begins has 23 hours")
	}
	if !(Next{Any: today.Add(Week)}).Free("week", sydney, today) || (Next{Any: today.Add(Week + 1)}).Free("week", sydney, today) || (Next{Any: today}).Free("week", sydney, today) {
		t.Error("a week is 7 × 24 hours from now")
	}
}
