package taxonomy

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// MaxWords is the number of words of a query that are read.
const MaxWords = maxTokens

// WordsOf returns the words of a text, normalised and with corrected spelling. more reports whether
// words beyond MaxWords were dropped.
func WordsOf(text string) (words []string, more bool) {
	all := strings.Fields(Normalise(text))
	return respell(all[:min(len(all), maxTokens)]), len(all) > maxTokens
}

// Lead returns the length and meanings of the longest known phrase at the start of words; n is 0 if
// there is none. A phrase such as "near me" is known but has no meaning. Found is shared and must not
// be changed.
func Lead(words []string) (n int, found []Found) {
	dict := allPhrases()
	return dict.at(stems(words[:min(len(words), dict.longest)]))
}

// StopWord reports whether a word is meaningless in a search for a therapist ("the", "therapist").
func StopWord(word string) bool { return stopWords()[word] }

// Slight reports whether a word is an abbreviation that is also plain English ("did", "act").
func Slight(word string) bool { return slightWords[word] }

// AlsoName reports whether a word for a place or term is also a personal name ("Preston", "Christian").
func AlsoName(word string) bool { return nameWords()[word] }

// Names lists those words, sorted.
func Names() []string { return slices.Sorted(maps.Keys(nameWords())) }

var nameWords = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for _, r := range rows("names.tsv") {
		out[r["word"]] = true
	}
	return out
})
