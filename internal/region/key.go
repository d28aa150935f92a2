package region

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// key folds a name for comparison: lower case, no diacritics, no apostrophes or full stops, other
// punctuation as a space, "Saint" as "st" and "Mt" as "mount".
func key(name string) string {
	words := strings.FieldsFunc(fold(name), func(r rune) bool { return r == ' ' })
	for i, w := range words {
		switch w {
		case "saint":
			words[i] = "st"
		case "mt":
			words[i] = "mount"
		}
	}
	return strings.Join(words, " ")
}

func fold(name string) string {
	var b strings.Builder
	b.Grow(len(name))
	for _, r := range norm.NFD.String(strings.ToValidUTF8(name, " ")) {
		switch {
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’', r == '‘', r == '.':
		case unicode.IsLetter(r), unicode.IsDigit(r):
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// slugify formats a name for an address: "St Kilda" becomes "st-kilda".
func slugify(name string) string {
	return strings.Join(strings.Fields(fold(name)), "-")
}
