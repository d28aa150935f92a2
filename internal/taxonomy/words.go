package taxonomy

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// maxTokens is the number of words of a query that are read.
const maxTokens = 40

// Normalise folds text for comparison: lower case, no diacritics or apostrophes ("can't" becomes
// "cant"), other punctuation as single spaces.
func Normalise(text string) string {
	if plain(text) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	gap := false
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(text, " ")) {
		switch {
		case unicode.Is(unicode.Mn, r), isApostrophe(r):
		case unicode.IsLetter(r), unicode.IsDigit(r):
			if gap && b.Len() > 0 {
				b.WriteByte(' ')
			}
			gap = false
			b.WriteRune(unicode.ToLower(r))
		default:
			gap = true
		}
	}
	return b.String()
}

// plain reports whether text is normalised already. This common case needs no allocation.
func plain(text string) bool {
	last := byte(' ')
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c == ' ' && last == ' ' || c != ' ' && (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return false
		}
		last = c
	}
	return last != ' ' || text == ""
}

func isApostrophe(r rune) bool {
	return r == '\'' || r == '’' || r == '‘' || r == 'ʼ' || r == '`' || r == '´'
}

// Tokens splits a text into normalised words.
func Tokens(text string) []string {
	tokens := strings.Fields(Normalise(text))
	return tokens[:min(len(tokens), maxTokens)]
}

// spellings maps misspelt phrases to tokens, and knows the longest such phrase in tokens.
type spellings struct {
	right   map[string][]string
	longest int
}

var loadSpellings = sync.OnceValue(func() spellings {
	s := spellings{right: map[string][]string{}}
	for _, r := range rows("spellings.tsv") {
		wrong := Tokens(r["wrong"])
		s.right[strings.Join(wrong, " ")] = Tokens(r["right"])
		s.longest = max(s.longest, len(wrong))
	}
	return s
})

// respell replaces American spelling and the misspellings of spellings.tsv ("counselor", "councillor"),
// longest first, left to right, once.
func respell(tokens []string) []string {
	s := loadSpellings()
	out := make([]string, 0, len(tokens))
	for i := 0; i < len(tokens); {
		n, right := s.at(tokens[i:])
		out = append(out, right...)
		i += n
	}
	return out
}

func (s spellings) at(tokens []string) (n int, right []string) {
	for n = min(s.longest, len(tokens)); n > 0; n-- {
		if right, ok := s.right[join(tokens[:n])]; ok {
			return n, right
		}
	}
	return 1, tokens[:1]
}

func join(tokens []string) string {
	if len(tokens) == 1 {
		return tokens[0]
	}
	return strings.Join(tokens, " ")
}

// stem removes plural endings. It applies to both sides of a comparison and is never shown.
func stem(word string) string {
	n := len(word)
	switch {
	case n > 4 && strings.HasSuffix(word, "ies"):
		return word[:n-3] + "y"
	case n > 3 && word[n-1] == 's' && !strings.HasSuffix(word, "ss") && !strings.HasSuffix(word, "us") && !strings.HasSuffix(word, "is"):
		return word[:n-1]
	}
	return word
}

func stems(tokens []string) []string {
	out := make([]string, len(tokens))
	for i, t := range tokens {
		out[i] = stem(t)
	}
	return out
}

// StopWords lists the stop words, sorted.
func StopWords() []string { return slices.Sorted(maps.Keys(stopWords())) }

// stopWords are meaningless in a search for a therapist once phrases are recognised.
var stopWords = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(`a an the and or of for in on at to from by with without my me i im ive id am is are was be been being it its
		this that these those you your we our us he she his her him they them their who whom whose which what when where why how
		need needs needing want wants wanting look looking find finding search searching see seeing talk talking someone somebody anyone
		can could would should will do does did dont have has having had get gets getting got go going cant not no nor
		help helps helping support supports please near nearby around close local area
		therapy therapies therapist therapists counselling treatment treatments treat treating practitioner practitioners professional
		professionals provider providers clinic clinics clinician practice practices session sessions appointment appointments service services
		issue issues problem problems feel feels feeling feelings deal dealing suffer suffering struggle struggling experience experienced
		experiencing specialist specialists specialise specialises specialising specialised expert experts best good great top
		really very so too much lot just about after before during like some any all new australia australian`) {
		out[w] = true
	}
	return out
})
