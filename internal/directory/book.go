package directory

import (
	"math"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/s2"
)

// book numbers the words that profiles share, and knows how their prose sounds, so that a profile
// takes little memory. Words are never taken out: a book lives until the directory is read anew. So it
// learns mostWords and no more, for among them are names that practices give as they like.
type book struct {
	mu      sync.Mutex // over writing
	numbers map[string]int
	words   atomic.Pointer[[]string] // appended to; what a reader has stays as it is
	prose   *s2.Dict                 // nil where there is too little prose to learn from
}

// mostSample is how much prose a book learns from, in bytes: what one dictionary can hold.
const mostSample = s2.MaxDictSize

// mostWords is how many words a book learns by itself: all slugs and places, and many names of services.
const mostWords = 1 << 15

// newBook makes a book that has seen some prose of the directory it is for.
func newBook(sample []byte) *book {
	b := &book{numbers: map[string]int{}}
	b.words.Store(&[]string{})
	b.prose = s2.MakeDict(sample[:min(len(sample), mostSample)], nil)
	return b
}

// number is a word's number, learnt where it is new and there is room; false for a word of no number.
func (b *book) number(word string) (n int, ok bool) { return b.lookUp(word, mostWords) }

// always is the number of a word of a closed list, which is learnt however full the book is.
func (b *book) always(word string) uint32 {
	n, _ := b.lookUp(word, math.MaxInt)
	return uint32(n)
}

func (b *book) lookUp(word string, room int) (n int, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	n, ok = b.numbers[word]
	if !ok && len(b.numbers) < room {
		word, ok = strings.Clone(word), true
		words := *b.words.Load()
		n = len(words)
		words = append(words, word)
		b.numbers[word] = n
		b.words.Store(&words)
	}
	return n, ok
}

func (b *book) word(n uint32) string { return (*b.words.Load())[n] }

// tighten packs prose by what of it the book has seen; nil where that gains nothing.
func (b *book) tighten(s string) []byte {
	if b.prose == nil || s == "" {
		return nil
	}
	packed := b.prose.EncodeBetter(nil, []byte(s))
	if len(packed) >= len(s) {
		return nil
	}
	return packed
}

// loosen gives the prose back.
func (b *book) loosen(packed string) string {
	out, err := b.prose.Decode(nil, []byte(packed))
	if err != nil {
		panic("directory: a profile's prose was damaged in memory: " + err.Error())
	}
	return string(out)
}

// record is a profile as the read model keeps it. It is never changed: a profile that changes has
// another.
type record struct {
	data string
	book *book
	id   int64
	mark uint64

	// What most are passed over by, without unpacking.
	state, profession uint32  // words of the book
	lat, lng          float32 // to a few metres
	accepting, demo   bool
}

func (b *book) record(t *Therapist) *record {
	c := coder{book: b}
	c.profile(t)
	return &record{data: string(c.out), book: b, id: t.ID, mark: t.mark,
		state: b.always(t.State), profession: b.always(t.Type), lat: float32(t.Lat), lng: float32(t.Lng), accepting: t.Accepting, demo: t.Demo}
}

// therapist unpacks the profile.
func (r *record) therapist() *Therapist {
	t := &Therapist{}
	c := coder{book: r.book, words: *r.book.words.Load(), in: r.data, reading: true}
	c.profile(t)
	t.mark = r.mark
	return t
}

// reader unpacks profiles one after the other in the same memory, each without its Bio.
type reader struct {
	t        Therapist
	elements []string
}

// read gives a profile that holds until the next one is read.
func (r *reader) read(from *record) *Therapist {
	c := coder{book: from.book, words: *from.book.words.Load(), in: from.data, reading: true, brief: true, spare: r.elements}
	c.profile(&r.t)
	r.t.mark, r.elements = from.mark, c.elementsRead
	return &r.t
}

// name gives the profile's name alone.
func (r *record) name() (given, family string) {
	c, t := coder{in: r.data, reading: true}, Therapist{}
	c.heading(&t)
	return t.GivenName, t.FamilyName
}

func (r *record) slug() string {
	c, t := coder{in: r.data, reading: true}, Therapist{}
	c.heading(&t)
	return t.Slug
}
