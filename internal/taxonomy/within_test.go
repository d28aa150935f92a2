package taxonomy

import (
	"strings"
	"testing"
)

func TestALabelInASentenceKeepsProperNouns(t *testing.T) {
	for label, want := range map[string]string{
		"Anxiety": "anxiety", "Panic attacks": "panic attacks", "Self-esteem": "self-esteem", "Men's issues": "men's issues", "Pre-marriage": "pre-marriage",
		"OCD": "OCD", "ADHD": "ADHD", "AuDHD": "AuDHD", "LGBTQIA+": "LGBTQIA+", "BPD & emotion regulation": "BPD & emotion regulation",
		"Aboriginal & Torres Strait Islander wellbeing": "Aboriginal & Torres Strait Islander wellbeing", "Trauma & PTSD": "trauma & PTSD",
		"Christian": "Christian", "": "", "A": "a", "Émotion": "Émotion",
	} {
		if got := Within(label); got != want {
			t.Errorf("%q within a sentence is %q, want %q", label, got, want)
		}
	}
	for _, l := range Lists() {
		for _, term := range l.All() {
			got := Within(term.Label)
			if !strings.EqualFold(got, term.Label) || strings.HasPrefix(got, "aboriginal") || strings.Count(got, "") != strings.Count(term.Label, "") {
				t.Errorf("%s: %q became %q", l.Name, term.Label, got)
			}
		}
	}
}
