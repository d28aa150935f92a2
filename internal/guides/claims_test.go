package guides

import (
	"slices"
	"testing"
)

func TestNumbersLawsAndDatesAreClaims(t *testing.T) {
	for sentence, want := range map[string]bool{
		"You do not have to decide today.":                     false,
		"It may help, and it may not.":                         false,
		"They march on, and act as they like.":                 false,
		"One person cannot do it for two.":                     false,
		"Ten sessions a calendar year.":                        true,
		"It is 10 sessions.":                                   true,
		"It costs $200.":                                       true,
		"A share of 80% comes back.":                           true,
		"Half a per cent.":                                     true,
		"The law asks for a referral.":                         true,
		"That would be unlawful.":                              true,
		"See the Privacy Act.":                                 true,
		"Acts of kindness.":                                    true, // ambiguous at the start of a sentence
		"In the ACT there is another body.":                    false,
		"Since November it must be your own doctor.":           true,
		"You may go in May.":                                   true,
		"Medicare pays {benefit psychologist 50}.":             true,
		"The lawyer knows.":                                    false,
		"Couples counselling brings no rebate [111carry].":     false, // references do not count
		"At home we listen [couples], and we take our time.":   false,
		"There are a hundred reasons, and none of them is you": true,
	} {
		if got := isClaim(sentence); got != want {
			t.Errorf("%q: a claim is %v", sentence, got)
		}
	}
}

func TestSentences(t *testing.T) {
	for text, want := range map[string][]string{
		"":                             nil,
		"One. Two!  Three?":            {"One.", "Two!", "Three?"},
		"It was $149.05 in all. More.": {"It was $149.05 in all.", "More."},
		"“Is it?” she said. “It is.” Then":     {"“Is it?”", "she said.", "“It is.”", "Then"},
		"Ten a year [betacc]. More [a, b-c].":  {"Ten a year [betacc].", "More [a, b-c]."},
		"No end: it goes on, and on; for ever": {"No end: it goes on, and on; for ever"},
	} {
		if got := sentences(text); !slices.Equal(got, want) {
			t.Errorf("%q splits into %q", text, got)
		}
	}
}

func TestUnsourcedClaims(t *testing.T) {
	for _, c := range []struct {
		b   block
		bad bool
	}{
		{block{"You can have 10 a year [betacc].", false}, false},
		{block{"You can have 10 a year [betacc, mbs].", false}, false},
		{block{"Is it 10 [betacc]?", false}, false},
		{block{"You can have 10 a year.", false}, true},
		{block{"You can have 10 [betacc] a year.", false}, true},
		{block{"You can have 10 a year [betacc]. And 10 more in a group.", false}, true},
		{block{"You can have 10 a year. [betacc]", false}, true},
		{block{"You can have some a year.", false}, false},
		{block{"Why 10 a year [betacc]?", true}, true},
		{block{"Why so few?", true}, false},
		{block{"A list’s item of $5 without a stop [betacc]", false}, false},
	} {
		if got := unsourced([]block{c.b}); (len(got) > 0) != c.bad {
			t.Errorf("%q (heading %v): %q", c.b.text, c.b.heading, got)
		}
	}
}

func TestReferences(t *testing.T) {
	got := references("Ten [a]. Twenty [b, c-d]. Not [A] nor [] nor [a b].")
	if !slices.Equal(got, []string{"a", "b", "c-d"}) {
		t.Errorf("references are %q", got)
	}
}
