package taxonomy

// Unit is one phrase or word of a query. Found holds everything it may mean; it is empty for a word
// that was not recognised.
type Unit struct {
	Text  string // normalised and respelt
	Found []Found
}

// Units reads free text as Expand does and keeps what belongs together apart: a search asks for
// every unit, and for any of a unit's meanings ("porn" is intimacy or screens). Stop words and
// phrases that mean nothing are left out. Found is shared: do not change it.
func Units(text string) []Unit { return unitsOf(respell(Tokens(text))) }

func unitsOf(tokens []string) []Unit {
	book, folded := thePhrases(), stems(tokens)
	var out []Unit
	for i := 0; i < len(tokens); {
		n, found := book.at(folded[i:])
		switch {
		case n == 1 && len(tokens) > longQuery && slightWords[tokens[i]]:
		case n > 0 && len(found) > 0:
			out = append(out, Unit{Text: join(tokens[i : i+n]), Found: found})
		case n == 0 && !stopWords()[tokens[i]]:
			out = append(out, Unit{Text: tokens[i]})
		}
		i += max(n, 1)
	}
	return out
}

// longQuery is the number of words beyond which a query is a sentence, in which slightWords are
// plain English.
const longQuery = 4
