package region

import (
	"math"
	"slices"
	"strings"
	"testing"
)

func labels(places []Place) string {
	var out []string
	for _, p := range places {
		out = append(out, p.Label())
	}
	return strings.Join(out, ", ")
}

func TestEveryPlaceIsValidAndInAustralia(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Places() {
		if _, ok := StateBySlug(p.State); !ok {
			t.Errorf("%s: state %q", p.Name, p.State)
		}
		if math.IsNaN(p.Lat) || p.Lat > -9 || p.Lat < -44 || p.Lng < 96 || p.Lng > 169 {
			t.Errorf("%s lies at %v,%v", p.Label(), p.Lat, p.Lng)
		}
		if p.Postcode != "" && !PostcodeFits(p.Postcode, p.State) {
			t.Errorf("%s: the postcode is another state's", p.Label())
		}
		if p.Postcode != "" && seen[p.Label()] {
			t.Errorf("%s stands twice", p.Label())
		}
		seen[p.Label()] = true
		if _, err := LoadZone(p.Zone()); err != nil {
			t.Errorf("%s: zone: %v", p.Label(), err)
		}
	}
}

func TestPostcodeTableIsBroad(t *testing.T) {
	count := map[string]int{}
	for _, r := range postcodeRows() {
		count[r.State]++
		if len(r.Postcode) != 4 || !isDigits(r.Postcode) {
			t.Errorf("%s: postcode %q", r.Name, r.Postcode)
		}
	}
	for _, s := range States() {
		if count[s.Slug] < 60 {
			t.Errorf("%s has only %d suburbs with a postcode", s.Abbrev, count[s.Slug])
		}
	}
}

func TestSuburbsOfAPostcodeAreClose(t *testing.T) {
	for pc := range loadedGazetteer().byPostcode {
		places := ByPostcode(pc)
		lat, lng := Centre(places)
		for _, p := range places {
			if d := Distance(lat, lng, p.Lat, p.Lng); d > 60 && pc != "5690" {
				t.Errorf("%s lies %.0f km from the middle of its postcode", p.Label(), d)
			}
		}
	}
}

func TestFindIgnoresSpellingVariants(t *testing.T) {
	for _, c := range []struct{ name, state, want string }{
		{"Newtown", "nsw", "Newtown NSW 2042"},
		{"  NEWTOWN ", "nsw", "Newtown NSW 2042"},
		{"saint kilda", "vic", "St Kilda Vic 3182"},
		{"St. Kilda", "vic", "St Kilda Vic 3182"},
		{"Mt Druitt", "nsw", "Mount Druitt NSW 2770"},
		{"o’connor", "act", "O'Connor ACT 2602"},
		{"OConnor", "act", "O'Connor ACT 2602"},
		{"Brighton Le Sands", "nsw", "Brighton-Le-Sands NSW 2216"},
		{"Cañterbury", "vic", "Canterbury Vic 3126"},
		{"Broken Hill", "", "Broken Hill NSW 2880"},
		{"Sunshine Coast", "", "Sunshine Coast Qld"},
		{"Atlantis", "", ""},
		{"", "", ""},
	} {
		if got := labels(Find(c.name, c.state)); got != c.want {
			t.Errorf("Find(%q, %q) = %s, want %s", c.name, c.state, got, c.want)
		}
	}
}

func TestNear(t *testing.T) {
	for _, c := range []struct{ text, state, want string }{
		{"newtown", "nsw", "Newtown NSW 2042"},
		{"newtown nsw", "", "Newtown NSW 2042"},
		{"Newtown, New South Wales", "", "Newtown NSW 2042"},
		{"newtown-2042", "", "Newtown NSW 2042"},
		{"newtown-2042", "nsw", "Newtown NSW 2042"},
		{"Newtown VIC 3220", "", "Newtown Vic 3220"},
		{"newtown vic", "nsw", "Newtown Vic 3220"},
		{"perth", "", "Perth WA 6000"},
		{"perth", "tas", "Perth Tas 7300"},
		{"perth tasmania", "", "Perth Tas 7300"},
		{"st-kilda-3182", "", "St Kilda Vic 3182"},
		{"0872", "", "Yulara NT 0872"},
		{"umina", "", "Umina Beach NSW 2257"},
		{"norfolk island", "", "Norfolk Island NSW 2899"},
		{"Mount Victoria", "", "Mount Victoria NSW 2786"},
		{"nsw", "", ""},
		{"newtown-9999", "", ""},
		{"1111", "", ""},
		{"", "", ""},
		{"\x00\xff", "", ""},
	} {
		got, ambiguous := Near(c.text, c.state)
		if labels(got) != c.want || ambiguous {
			t.Errorf("Near(%q, %q) = %s (ambiguous %v), want %s", c.text, c.state, labels(got), ambiguous, c.want)
		}
	}
}

func TestNearListsTheSuburbsOfAPostcode(t *testing.T) {
	got, ambiguous := Near("2042", "")
	if ambiguous || len(got) != 2 || !strings.Contains(labels(got), "Newtown NSW 2042") || !strings.Contains(labels(got), "Enmore NSW 2042") {
		t.Errorf("Near(2042) = %s, %v", labels(got), ambiguous)
	}
}

func TestNearListsTheChoicesForAnAmbiguousName(t *testing.T) {
	for _, name := range []string{"Newtown", "Richmond", "Brighton", "Springfield", "Hamilton"} {
		got, ambiguous := Near(name, "")
		if !ambiguous || len(got) < 2 {
			t.Errorf("Near(%q) = %s, ambiguous %v", name, labels(got), ambiguous)
		}
	}
	if got, ambiguous := Near("newtown", "qld"); !ambiguous || len(got) != 2 {
		t.Errorf("Queensland's two Newtowns = %s, %v", labels(got), ambiguous)
	}
}

func TestEveryPlaceWithAPostcodeIsFoundByItsSlug(t *testing.T) {
	for _, p := range Places() {
		if p.Postcode == "" {
			continue
		}
		if got, _ := Near(p.Slug(), p.State); len(got) != 1 || got[0] != p {
			t.Errorf("Near(%q, %q) = %s", p.Slug(), p.State, labels(got))
		}
	}
}

func TestSuggestCompletesNamesAndPostcodes(t *testing.T) {
	for _, c := range []struct{ prefix, first string }{
		{"newtown", "Newtown"}, {"st k", "St Kilda"}, {"sydn", "Sydney"}, {"mt dr", "Mount Druitt"}, {"melb", "Melbourne"},
	} {
		if got := Suggest(c.prefix, 8); len(got) == 0 || got[0].Name != c.first && !strings.HasPrefix(got[0].Name, c.first) {
			t.Errorf("Suggest(%q) = %s", c.prefix, labels(got))
		}
	}
	if got := Suggest("204", 50); len(got) < 8 || slices.ContainsFunc(got, func(p Place) bool { return !strings.HasPrefix(p.Postcode, "204") }) {
		t.Errorf("Suggest(204) = %s", labels(got))
	}
	if got := Suggest("new", 3); len(got) != 3 {
		t.Errorf("Suggest must stop at n: %s", labels(got))
	}
	if got := Suggest("  ", 3); got != nil {
		t.Errorf("Suggest of nothing = %s", labels(got))
	}
}

func TestDistanceOfKnownPairs(t *testing.T) {
	at := func(name, state string) Place { return Find(name, state)[0] }
	for _, c := range []struct {
		a, b Place
		km   float64
	}{
		{at("Sydney", "nsw"), at("Melbourne", "vic"), 714},
		{at("Perth", "wa"), at("Sydney", "nsw"), 3290},
		{at("Newtown", "nsw"), at("Newtown", "nsw"), 0},
		{at("Brisbane", "qld"), at("Gold Coast", "qld"), 71},
	} {
		if got := Distance(c.a.Lat, c.a.Lng, c.b.Lat, c.b.Lng); math.Abs(got-c.km) > 0.01*c.km+0.001 {
			t.Errorf("%s to %s = %.1f km, want %.0f", c.a.Name, c.b.Name, got, c.km)
		}
	}
}

func TestStateOfPostcode(t *testing.T) {
	for pc, want := range map[string]string{
		"0200": "act", "0800": "nt", "0872": "nt", "1225": "nsw", "2000": "nsw", "2600": "act", "2618": "act",
		"2619": "nsw", "2620": "nsw", "2880": "nsw", "2899": "nsw", "2900": "act", "2921": "nsw", "3000": "vic", "8001": "vic",
		"4000": "qld", "9726": "qld", "5000": "sa", "5950": "sa", "6000": "wa", "6799": "wa", "7000": "tas", "7999": "tas",
		"0000": "", "0100": "", "0300": "", "999": "", "20422": "", "2o42": "", "-200": "", "": "", "٢٠٤٢": "",
	} {
		if s, ok := StateOfPostcode(pc); s.Slug != want || ok != (want != "") {
			t.Errorf("StateOfPostcode(%q) = %q, %v, want %q", pc, s.Slug, ok, want)
		}
	}
	if !PostcodeFits("3644", "nsw") || PostcodeFits("3644", "qld") || PostcodeFits("x", "nsw") {
		t.Error("Barooga NSW has a Victorian postcode, Queensland has not")
	}
}

func TestParseState(t *testing.T) {
	for text, want := range map[string]string{
		"nsw": "nsw", "NSW": "nsw", "N.S.W.": "nsw", "New South Wales": "nsw", " victoria ": "vic", "W.A.": "wa",
		"Australian Capital Territory": "act", "nz": "", "": "",
	} {
		if s, ok := ParseState(text); s.Slug != want || ok != (want != "") {
			t.Errorf("ParseState(%q) = %q", text, s.Slug)
		}
	}
	if got := len(States()); got != 8 {
		t.Errorf("%d states", got)
	}
}

func TestCapitalsAreKnownPlacesInTheirZone(t *testing.T) {
	for _, s := range States() {
		got, ambiguous := Near(s.Capital, "")
		if ambiguous || len(got) != 1 || got[0].State != s.Slug || got[0].Postcode == "" || got[0].Zone() != s.Zone {
			t.Errorf("%s: %s, %v", s.Capital, labels(got), ambiguous)
		}
	}
}

func BenchmarkNear(b *testing.B) {
	for b.Loop() {
		Near("newtown-2042", "nsw")
	}
}
