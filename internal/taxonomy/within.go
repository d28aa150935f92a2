package taxonomy

import (
	"strings"
	"unicode"
)

// proper lists first words of labels that keep their capital: peoples, faiths, places, Auslan and
// Medicare.
var proper = map[string]bool{"Aboriginal": true, "Auslan": true, "Australian": true, "Buddhist": true,
	"Catholic": true, "Christian": true, "Hindu": true, "Jewish": true, "Medicare": true, "Muslim": true,
	"Sikh": true, "Torres": true}

// Within formats a label inside a sentence: "Panic attacks" becomes "panic attacks"; abbreviations
// (OCD, AuDHD) and names (Aboriginal, Christian) stay.
func Within(label string) string {
	first, _, _ := strings.Cut(label, " ")
	if proper[first] {
		return label
	}
	for i, r := range first {
		if i > 0 && unicode.IsUpper(r) || r >= 0x80 {
			return label
		}
	}
	return strings.ToLower(first) + label[len(first):]
}
