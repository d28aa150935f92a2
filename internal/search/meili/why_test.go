package meili

import (
	"slices"
	"testing"

	"wattle/internal/directory"
)

func TestTheReasonsAreToldInPlainWords(t *testing.T) {
	mei := &directory.Profile{Type: "psychologist", GivenName: "Mei", FamilyName: "Nguyen", State: "nsw", Suburb: "Newtown", Postcode: "2042",
		Issues: []string{"panic"}, Languages: []string{"mandarin"}, Headline: "Grief and loss", Bio: "Once beside a psychiatrist in hospitals."}
	for q, want := range map[string][]string{
		"Nguyn worry mandarin": {"Found by name", "Helps with panic attacks", "Speaks Mandarin"},
		"grief newtown":        {"Says “grief” in the headline", "Practises in Newtown"},
		"nsw hospitals":        {"Practises in Newtown", "Says “hospitals” in the profile"},
		"psycholgist":          {"Psychologist"},
		"madarin":              {"Speaks Mandarin"},
		"psychiatrst":          nil, // no one holds a title that is only in a text
		"zzzzzz":               nil,
	} {
		if got := read(q).why(mei); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", q, got, want)
		}
	}
}
