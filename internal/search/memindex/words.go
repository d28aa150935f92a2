package memindex

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
	"unicode/utf8"

	"wattle/internal/directory"
	"wattle/internal/region"
	"wattle/internal/taxonomy"
)

// The fields in which a word can be found, the best first.
const (
	inName = iota
	inTerms
	inHeadline
	inBio
)

// posting is a slot and, in its two lowest bits, the best field the word has there.
type posting uint32

func newPosting(slot int, field uint8) posting { return posting(slot<<2 | int(field)) }

func (p posting) slot() int    { return int(p >> 2) }
func (p posting) field() uint8 { return uint8(p & 3) }

// word is an entry of the vocabulary with its posting list, in ascending order of slots.
type word struct {
	text     string
	stop     bool // a stop word
	title    bool // names a profession: only credentials lead there, never a profile's text
	postings []posting
}

// at finds the position of a slot in the posting list.
func (w *word) at(slot int) (int, bool) {
	return slices.BinarySearchFunc(w.postings, slot,
		func(p posting, slot int) int { return cmp.Compare(p.slot(), slot) })
}

func (w *word) insert(p posting) {
	i, ok := len(w.postings), false
	if i > 0 && w.postings[i-1].slot() >= p.slot() {
		i, ok = w.at(p.slot())
	}
	if ok {
		w.postings[i] = p
	} else {
		w.postings = slices.Insert(w.postings, i, p)
	}
}

func (w *word) remove(slot int) {
	if i, ok := w.at(slot); ok {
		w.postings = slices.Delete(w.postings, i, i+1)
	}
}

// vocabulary is every word of the profiles' texts.
type vocabulary struct {
	byText map[string]int32
	words  []word
	byLen  []sameLength // words that may be reached with typos, by their length in letters
}

// sameLength is the words of one length and a bitmask of the letters of each, which rules out most of them
// before their typos are counted.
type sameLength struct {
	letters []uint64
	words   []int32
}

func newVocabulary() *vocabulary { return &vocabulary{byText: map[string]int32{}} }

// sameWords says that two versions of a profile have the same postings.
func sameWords(a, b *directory.Profile) bool {
	return a.GivenName == b.GivenName && a.FamilyName == b.FamilyName && a.Suburb == b.Suburb && a.State == b.State &&
		a.Postcode == b.Postcode && a.Headline == b.Headline && a.Bio == b.Bio
}

// occurrence is a word of a profile and the best field it is in.
type occurrence struct {
	word  int32
	field uint8
}

// replace changes the postings of a slot from those of one profile to those of another; nil has none.
func (v *vocabulary) replace(slot int, old, p *directory.Profile) {
	was, is := v.occurrences(old), v.occurrences(p)
	for _, o := range was {
		if !slices.Contains(is, o) {
			v.words[o.word].remove(slot)
		}
	}
	for _, o := range is {
		if !slices.Contains(was, o) {
			v.words[o.word].insert(newPosting(slot, o.field))
		}
	}
}

// occurrences lists the words of a profile, each once. Issues, languages and approaches are not among them:
// these are read as terms, which have bitsets.
func (v *vocabulary) occurrences(p *directory.Profile) (out []occurrence) {
	if p == nil {
		return nil
	}
	state, _ := region.StateBySlug(p.State)
	for field, text := range []string{
		inName:     p.GivenName + " " + p.FamilyName,
		inTerms:    strings.Join([]string{p.Suburb, p.Postcode, p.State, state.Name}, " "),
		inHeadline: p.Headline,
		inBio:      p.Bio,
	} {
		for token := range strings.FieldsSeq(taxonomy.Normalise(text)) {
			n := v.number(token)
			if w := &v.words[n]; !w.stop && (!w.title || field == inName) {
				out = append(out, occurrence{n, uint8(field)})
			}
		}
	}
	slices.SortFunc(out, func(a, b occurrence) int {
		return cmp.Or(cmp.Compare(a.word, b.word), cmp.Compare(a.field, b.field))
	})
	return slices.CompactFunc(out, func(a, b occurrence) bool { return a.word == b.word })
}

// number finds a word and adds it if it is new.
func (v *vocabulary) number(token string) int32 {
	if n, ok := v.byText[token]; ok {
		return n
	}
	meaning := taxonomy.Expand(token)
	w := word{text: strings.Clone(token), stop: meaning.Empty(), title: len(meaning.Types) > 0}
	n := v.add(w)
	if !w.stop && !w.title {
		v.allowTypos(n)
	}
	return n
}

func (v *vocabulary) add(w word) int32 {
	n := int32(len(v.words))
	v.words = append(v.words, w)
	v.byText[w.text] = n
	return n
}

// allowTypos makes a word one that may be reached with typos.
func (v *vocabulary) allowTypos(n int32) {
	text := v.words[n].text
	length := utf8.RuneCountInString(text)
	for len(v.byLen) <= length {
		v.byLen = append(v.byLen, sameLength{})
	}
	s := &v.byLen[length]
	s.letters, s.words = append(s.letters, letters(text)), append(s.words, n)
}

func letters(text string) (mask uint64) {
	for _, r := range text {
		mask |= 1 << (uint(r) % 64)
	}
	return mask
}

// leastTypos is a lower bound of the typos between two words, by their letters: a typo removes at most one
// letter and adds at most one.
func leastTypos(a, b uint64) int { return max(bits.OnesCount64(a&^b), bits.OnesCount64(b&^a)) }

// similar is a word within the typos that are forgiven, and how many there are.
type similar struct {
	word  int32
	typos int
}

// similar lists every word within the typos that text is forgiven, including text itself.
func (v *vocabulary) similar(text string) (out []similar) {
	length := utf8.RuneCountInString(text)
	most := taxonomy.MaxTypos(length)
	if most == 0 {
		if n, ok := v.byText[text]; ok {
			out = append(out, similar{word: n})
		}
		return out
	}
	mask := letters(text)
	for l := max(1, length-most); l <= length+most && l < len(v.byLen); l++ {
		for i, m := range v.byLen[l].letters {
			if leastTypos(m, mask) > most {
				continue
			}
			n := v.byLen[l].words[i]
			if typos := taxonomy.Typos(text, v.words[n].text, most); typos <= most {
				out = append(out, similar{n, typos})
			}
		}
	}
	return out
}

// trim releases the capacity that the posting lists no longer need after everything was read in.
func (v *vocabulary) trim() {
	for i := range v.words {
		v.words[i].postings = slices.Clip(slices.Clone(v.words[i].postings))
	}
}
