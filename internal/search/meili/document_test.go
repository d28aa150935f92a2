package meili

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"wattle/internal/directory"
	"wattle/internal/search/indextest"
)

// given are the attributes that the engine may hold. All of it is on the public page.
var given = []string{"id", "name", "names", "terms", "place", "headline", "bio", "state", "type", "issue", "mode", "language", "gender", "approach",
	"format", "funding", "group", "affirming", "faith", "access", "reduced", "free_consultation", "accepting", "practises", "zone", "postcode",
	"gap_fee", "gap_minutes", "next_any", "next_evening", "next_weekend", "low_individual", "low_couple",
	"turn_sun", "turn_mon", "turn_tue", "turn_wed", "turn_thu", "turn_fri", "turn_sat", "_geo"}

// fields says for every field of a profile whether the engine gets it. The test fails on a new field until it is
// listed here: what is true must be public.
var fields = map[string]bool{
	"ID": true, "GivenName": true, "FamilyName": true, "Type": true, "Gender": true, "State": true, "Suburb": true, "Postcode": true, "Lat": true,
	"Lng": true, "Zone": true, "Headline": true, "Bio": true, "Issues": true, "AlsoIssues": true, "Approaches": true, "ClientGroups": true,
	"Languages": true, "Affirming": true, "Faiths": true, "Access": true, "Funding": true, "Accepting": true, "Reduced": true, "Services": true,
	"Credentials": true, "Next": true,
	"Slug": false, "Listing": false, "Demo": false, "Honorific": false, "Registrar": false, "Supervisor": false, "Portrait": false,
	"PractisingSince": false, "Identities": false, "Policy": false, "Version": false, "Updated": false, "mark": false,
}

func TestTheEngineGetsOnlyWhatIsAllowed(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range indextest.People(300, 1) {
		for attribute := range maps.Keys(documentOf(p)) {
			seen[attribute] = true
			if !slices.Contains(given, attribute) {
				t.Fatalf("the engine gets %q: if it is public, allow it here", attribute)
			}
		}
	}
	for _, attribute := range given {
		if !seen[attribute] {
			t.Errorf("%q is allowed and never used", attribute)
		}
	}
}

func TestEveryFieldOfAProfileIsListed(t *testing.T) {
	kind := reflect.TypeFor[directory.Profile]()
	for i := range kind.NumField() {
		if _, ok := fields[kind.Field(i).Name]; !ok {
			t.Errorf("the field %s is new: list whether the engine gets it", kind.Field(i).Name)
		}
	}
}

// Each private field holds a word of its own; the document contains none of them.
func TestNoPrivateFieldIsInTheDocument(t *testing.T) {
	p := indextest.People(1, 2)[0]
	canaries := []string{}
	v := reflect.ValueOf(p).Elem()
	for name, public := range fields {
		f := v.FieldByName(name)
		if public || !f.CanSet() || f.Kind() != reflect.String {
			continue
		}
		canary := "canary" + strings.ToLower(name)
		f.SetString(canary)
		canaries = append(canaries, canary)
	}
	p.Identities = []string{"canaryidentities"}
	p.Credentials[0].Number, p.Credentials[0].Conditions = "canarynumber", "canaryconditions"
	text, err := json.Marshal(documentOf(p))
	if err != nil || len(canaries) < 5 {
		t.Fatal(err, canaries)
	}
	if i := strings.Index(string(text), "canary"); i >= 0 {
		t.Errorf("the document holds %s", text[i:min(len(text), i+30)])
	}
}

func TestOnlyCredentialsLeadToAProfession(t *testing.T) {
	counsellor := &directory.Profile{ID: 1, Type: "counsellor", GivenName: "Tomasz", FamilyName: "Kowalski", State: "nsw", Zone: "Australia/Sydney",
		Headline: "Psychologist-informed help", Bio: "I once worked beside a psychologist and a psychiatrist, with anxious people."}
	d := documentOf(counsellor)
	for _, attribute := range []string{inTerms, inHeadline, inBio} {
		if text := d[attribute].(string); strings.Contains(text, "psych") {
			t.Errorf("%s holds %q", attribute, text)
		}
	}
	if text := d[inBio].(string); !strings.Contains(text, "anxious") {
		t.Errorf("the rest of the text is gone: %q", text)
	}
	if text := documentOf(&directory.Profile{Type: "clinical-psychologist", State: "nsw"})[inTerms].(string); !strings.Contains(text, "psychologist") {
		t.Errorf("a clinical psychologist is not found as one: %q", text)
	}
}
