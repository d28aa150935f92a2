package scan

import (
	"strings"
	"unicode/utf8"

	"wattle/internal/directory"
	"wattle/internal/region"
	"wattle/internal/taxonomy"
)

// The fields in which a word can stand, the best first.
const (
	inName = iota
	inTerms
	inHeadline
	inBio
)

// term is a word of the vocabulary. Its postings are slots in ascending order, two bits of field
// below each; a slot stands once, with its best field.
type term struct {
	text     string
	letters  uint64 // which letters it has, to rule out most typos at once
	length   int    // in runes
	skip     bool   // a stop word: carries no meaning
	title    bool   // names a profession: only credentials may lead there, never a profile's text
	postings []uint32
}

// words is the vocabulary of all profiles.
type words struct {
	byText map[string]int
	terms  []term
	byLen  [][]int32 // terms that a typo may reach, by length
}

func newWords() *words { return &words{byText: map[string]int{}} }

// sameWords says whether two versions of a profile can share their postings.
func sameWords(a, b *directory.Profile) bool {
	return a.GivenName == b.GivenName && a.FamilyName == b.FamilyName && a.Suburb == b.Suburb && a.State == b.State &&
		a.Postcode == b.Postcode && a.Headline == b.Headline && a.Bio == b.Bio
}

// add enters the words of a profile under a slot higher than any before. What somebody helps with,
// speaks or practises is not entered: those words are read as terms, which are bits.
func (w *words) add(slot uint32, t *directory.Profile) {
	w.addText(slot, inName, t.GivenName+" "+t.FamilyName)
	w.addText(slot, inTerms, t.Suburb+" "+t.Postcode+" "+stateNames(t.State))
	w.addText(slot, inHeadline, t.Headline)
	w.addText(slot, inBio, t.Bio)
}

func stateNames(slug string) string {
	s, _ := region.StateBySlug(slug)
	return slug + " " + s.Name
}

func (w *words) addText(slot uint32, field uint32, text string) {
	for token := range strings.FieldsSeq(taxonomy.Normalise(text)) {
		e := &w.terms[w.number(token)]
		if e.skip || e.title && field != inName {
			continue
		}
		if n := len(e.postings); n > 0 && e.postings[n-1]>>2 == slot {
			continue // stands already, with a better field
		}
		e.postings = append(e.postings, slot<<2|field)
	}
}

func (w *words) number(token string) int {
	if i, ok := w.byText[token]; ok {
		return i
	}
	token = strings.Clone(token)
	i := len(w.terms)
	e := term{text: token, letters: letters(token), length: utf8.RuneCountInString(token)}
	meaning := taxonomy.Expand(token)
	e.skip, e.title = meaning.Empty(), len(meaning.Types) > 0
	w.terms = append(w.terms, e)
	w.byText[token] = i
	if !e.skip && !e.title {
		for len(w.byLen) <= e.length {
			w.byLen = append(w.byLen, nil)
		}
		w.byLen[e.length] = append(w.byLen[e.length], int32(i))
	}
	return i
}

func letters(token string) uint64 {
	var m uint64
	for _, r := range token {
		m |= 1 << (uint(r) % 64)
	}
	return m
}

// typos is how many a word of that many letters is forgiven.
func typos(length int) int {
	switch {
	case length >= 9:
		return 2
	case length >= 5:
		return 1
	}
	return 0
}

// near calls yield for every term within the word's typos, with how many there are; the word itself
// is 0 away.
func (w *words) near(word string, yield func(term int, away int)) {
	length := utf8.RuneCountInString(word)
	most := typos(length)
	if most == 0 {
		if i, ok := w.byText[word]; ok {
			yield(i, 0)
		}
		return
	}
	has := letters(word)
	runes := []rune(word)
	for l := max(1, length-most); l <= length+most && l < len(w.byLen); l++ {
		for _, i := range w.byLen[l] {
			e := &w.terms[i]
			if apart(e.letters, has) > most {
				continue
			}
			if away := distance(runes, e.text, most); away <= most {
				yield(int(i), away)
			}
		}
	}
}
