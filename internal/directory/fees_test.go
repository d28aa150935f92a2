package directory

import (
	"testing"
	"time"

	"wattle/internal/money"
)

var today = time.Date(2026, 11, 25, 1, 0, 0, 0, time.UTC)

func offer(format string, minutes int, fee money.Cents) Service {
	return Service{Slug: format, Kind: Session, Format: format, Minutes: minutes, Fee: fee, Modes: []string{"video"}}
}

func TestFeeOfAndLowestFee(t *testing.T) {
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
		p := &Profile{Services: c.services, Reduced: c.reduced}
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
func TestGapIsFeeMinusBenefitOfTheDay(t *testing.T) {
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
		p := &Profile{Type: c.kind, Credentials: c.creds, Services: []Service{c.service}, Zone: c.zone}
		if gap, ok := Gap(p, c.now); ok != c.ok || gap != c.gap {
			t.Errorf("%s: %v %v, want %v %v", name, gap, ok, c.gap, c.ok)
		}
	}
}

func TestTitlesComeFromCredentials(t *testing.T) {
	for _, c := range []struct {
		p    Profile
		want string
	}{
		{Profile{Type: "clinical-psychologist", Credentials: credential("ahpra", "clinical")}, "Clinical Psychologist"},
		{Profile{Type: "clinical-psychologist", Credentials: credential("ahpra", "Clinical psychology")}, "Clinical Psychologist"},
		{Profile{Type: "clinical-psychologist", Credentials: credential("ahpra")}, "Psychologist"},
		{Profile{Type: "clinical-psychologist", Credentials: credential("ahpra", "clinical neuropsychology")}, "Clinical Neuropsychologist"},
		{Profile{Type: "clinical-psychologist", Credentials: credential("aca", "clinical")}, "Psychologist"},
		{Profile{Type: "psychologist"}, "Psychologist"},
		{Profile{Type: "psychologist", Credentials: credential("ahpra", "counselling")}, "Counselling Psychologist"},
		{Profile{Type: "psychologist", Credentials: credential("ahpra", "educational-and-developmental")}, "Educational and Developmental Psychologist"},
		{Profile{Type: "psychologist", Credentials: credential("ahpra", "Sport & exercise psychology")}, "Sport and Exercise Psychologist"},
		{Profile{Type: "psychologist", Credentials: credential("ahpra", "health", "clinical")}, "Clinical Psychologist"},
		{Profile{Type: "psychologist", Registrar: true}, "Psychologist (Clinical Registrar)"},
		{Profile{Type: "provisional-psychologist"}, "Provisional Psychologist"},
		{Profile{Type: "provisional-psychologist", Supervisor: "Priya Raman"}, "Provisional Psychologist, supervised by Priya Raman"},
		{Profile{Type: "psychiatrist"}, "Psychiatrist"},
		{Profile{Type: "occupational-therapist", Credentials: credential("ota")}, "Occupational Therapist (Mental Health)"},
		{Profile{Type: "occupational-therapist", Credentials: credential("ahpra")}, "Occupational Therapist"},
		{Profile{Type: "mental-health-social-worker", Credentials: credential("amhsw")}, "Accredited Mental Health Social Worker"},
		{Profile{Type: "mental-health-social-worker", Credentials: credential("aasw")}, "Social Worker"},
		{Profile{Type: "social-worker"}, "Social Worker"},
		{Profile{Type: "counsellor", Registrar: true}, "Counsellor"},
		{Profile{Type: "psychotherapist"}, "Psychotherapist"},
	} {
		if got := c.p.FullTitle(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.p, got, c.want)
		}
	}
}

func TestPrintedNameGivesTheProfessionOfADr(t *testing.T) {
	for want, p := range map[string]Profile{
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
