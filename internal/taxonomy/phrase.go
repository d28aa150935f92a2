package taxonomy

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// MaxWords bounds what is read of a query.
const MaxWords = maxTokens

// WordsOf are a text's words, normalised and respelt. more says that there were further ones, which
// are left out.
func WordsOf(text string) (words []string, more bool) {
	all := strings.Fields(Normalise(text))
	return respell(all[:min(len(all), maxTokens)]), len(all) > maxTokens
}

// Lead is the longest known phrase with which the words begin and what it may mean; n is 0 where
// they begin with none. A phrase such as "near me" is known and means nothing. Found is shared: do
// not change it.
func Lead(words []string) (n int, found []Found) {
	book := thePhrases()
	return book.at(stems(words[:min(len(words), book.longest)]))
}

// StopWord says that a word carries no meaning in a search for a therapist ("the", "therapist").
func StopWord(word string) bool { return stopWords()[word] }

// Slight says that a word is an abbreviation or the like which is also plain English ("did", "act").
func Slight(word string) bool { return slightWords[word] }

// AlsoName says that a word which means a place or a term is a person's given or family name too
// ("Preston", "Christian"): read as a name it must ask for nothing.
func AlsoName(word string) bool { return theNames()[word] }

// Names lists those words, sorted.
func Names() []string { return slices.Sorted(maps.Keys(theNames())) }

var theNames = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for _, r := range rows("names.tsv") {
		out[r["word"]] = true
	}
	return out
})
