package taxonomy

// Unit is a phrase or word of a query with all its meanings; an unknown word has none.
type Unit struct {
	Text  string // normalised, with corrected spelling
	Found []Found
}

// Units parses free text like Expand but keeps phrases apart: a search requires every unit and any
// meaning of each ("porn" is intimacy or screens). Stop words and meaningless phrases are dropped.
// Found is shared and must not be changed.
func Units(text string) []Unit { return unitsOf(respell(Tokens(text))) }

func unitsOf(tokens []string) []Unit {
	dict, folded := allPhrases(), stems(tokens)
	var out []Unit
	for i := 0; i < len(tokens); {
		n, found := dict.at(folded[i:])
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

// longQuery is the number of words above which slightWords are plain English.
const longQuery = 4
