package memindex

import (
	"hash/maphash"
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

// term is a word of the vocabulary and where it stands.
type term struct {
	text  string
	skip  bool // a stop word: carries no meaning
	title bool // names a profession: only credentials may lead there, never a profile's text
	postings
}

// words is the vocabulary of all profiles.
type words struct {
	byText map[string]int32
	terms  []term
	byLen  []shelf // words that a typo may reach, by length in letters
	seed   maphash.Seed
}

// shelf holds the words of one length, each with the letters it has, so that most are ruled out as
// typos by one look.
type shelf struct {
	letters []uint64
	terms   []int32
}

func newWords() *words { return &words{byText: map[string]int32{}, seed: maphash.MakeSeed()} }

// sum stands for the words of a profile: two versions with the same can share their postings.
func (w *words) sum(t *directory.Profile) uint64 {
	var h maphash.Hash
	h.SetSeed(w.seed)
	for _, s := range []string{t.GivenName, t.FamilyName, t.Suburb, t.State, t.Postcode, t.Headline, t.Bio} {
		h.WriteString(s)
		h.WriteByte(0)
	}
	return h.Sum64()
}

// add enters the words of a profile under a slot higher than any before. What somebody helps with,
// speaks or practises is not entered: those words are read as terms, which are sets.
func (w *words) add(slot uint32, t *directory.Profile) {
	w.addText(slot, inName, t.GivenName)
	w.addText(slot, inName, t.FamilyName)
	w.addText(slot, inTerms, t.Suburb)
	w.addText(slot, inTerms, t.Postcode)
	w.addText(slot, inTerms, t.State)
	if s, ok := region.StateBySlug(t.State); ok {
		w.addText(slot, inTerms, s.Name)
	}
	w.addText(slot, inHeadline, t.Headline)
	w.addText(slot, inBio, t.Bio)
}

func (w *words) addText(slot uint32, field uint32, text string) {
	for token := range strings.FieldsSeq(taxonomy.Normalise(text)) {
		e := &w.terms[w.number(token)]
		if e.skip || e.title && field != inName {
			continue
		}
		e.add(slot, field)
	}
}

func (w *words) number(token string) int32 {
	if i, ok := w.byText[token]; ok {
		return i
	}
	token = strings.Clone(token)
	i := int32(len(w.terms))
	meaning := taxonomy.Expand(token)
	e := term{text: token, skip: meaning.Empty(), title: len(meaning.Types) > 0}
	w.terms = append(w.terms, e)
	w.byText[token] = i
	if !e.skip && !e.title {
		w.shelve(i)
	}
	return i
}

// shelve makes a word one that typos may reach.
func (w *words) shelve(i int32) {
	text := w.terms[i].text
	n := utf8.RuneCountInString(text)
	for len(w.byLen) <= n {
		w.byLen = append(w.byLen, shelf{})
	}
	s := &w.byLen[n]
	s.letters, s.terms = append(s.letters, letters(text)), append(s.terms, i)
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

// near appends every term within the word's typos, with how many there are; the word itself is 0
// away.
func (w *words) near(list []alternative, word string) []alternative {
	length := utf8.RuneCountInString(word)
	most := typos(length)
	if most == 0 {
		if i, ok := w.byText[word]; ok {
			list = append(list, alternative{term: i})
		}
		return list
	}
	has := letters(word)
	var memory [64]rune
	runes := memory[:0]
	for _, r := range word {
		runes = append(runes, r)
	}
	for l := max(1, length-most); l <= length+most && l < len(w.byLen); l++ {
		for at, m := range w.byLen[l].letters {
			if apart(m, has) > most {
				continue
			}
			i := w.byLen[l].terms[at]
			if away := distance(runes, w.terms[i].text, most); away <= most {
				list = append(list, alternative{term: i, away: uint8(away)})
			}
		}
	}
	return list
}

// trim gives back memory that was kept for growing.
func (w *words) trim() {
	for i := range w.terms {
		w.terms[i].trim()
	}
}
