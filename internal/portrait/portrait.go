// Package portrait draws the people of the demo directory: flat illustrations, plainly not
// photographs, the same for the same person on every machine.
package portrait

import (
	"math/rand/v2"
	"strings"
)

// Look is how a person presents; it decides among hair, beards and clothes.
type Look int

// The looks.
const (
	Feminine Look = iota
	Masculine
	Neutral
)

// Texture is how the hair falls.
type Texture int

// The textures, from straight to tightly coiled.
const (
	Straight Texture = iota
	Wavy
	Curly
	Coily
)

// Cover is what is worn on the head.
type Cover int

// The covers. Bare shows the hair.
const (
	Bare Cover = iota
	Hijab
	Turban
	Kippah
	Headwrap
)

// Person is what a portrait is drawn from. The seed settles everything the other fields leave open.
type Person struct {
	Seed    int // 0 to 32,767
	Look    Look
	Skin    int // 0 the fairest, 7 the deepest
	Hair    int // 0 black, 1 dark brown, 2 brown, 3 chestnut, 4 red, 5 fair
	Texture Texture
	Age     int // 0 under 35, 1 under 48, 2 under 60, 3 older
	Cover   Cover
}

// Code packs a person into one non-negative 32-bit number, as the column portrait keeps it.
func (p Person) Code() int {
	code := p.Seed & 0x7fff
	code = code<<2 | int(p.Look)&3
	code = code<<3 | p.Skin&7
	code = code<<3 | p.Hair&7
	code = code<<2 | int(p.Texture)&3
	code = code<<2 | p.Age&3
	return code<<3 | int(p.Cover)&7
}

// From unpacks what Code packed. Any number gives a person who can be drawn.
func From(code int) Person {
	take := func(bits int) int {
		v := code & (1<<bits - 1)
		code >>= bits
		return v
	}
	var p Person
	p.Cover = Cover(min(take(3), int(Headwrap)))
	p.Age = take(2)
	p.Texture = Texture(take(2))
	p.Hair = min(take(3), len(hairTones)-1)
	p.Skin = take(3)
	p.Look = Look(min(take(2), int(Neutral)))
	p.Seed = take(15)
	return p
}

// SVG draws the person as a square image of at most 2.5 KB. It carries no title: the page that
// shows it says whose portrait it is.
func SVG(p Person) []byte {
	s := newSitter(p)
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" stroke-linecap="round" stroke-linejoin="round">`)
	b.WriteString(s.backdrop())
	head := s.headdress()
	b.WriteString(`<g transform="matrix(1.16 0 0 1.16 -8 -4.5)">`)
	b.WriteString(head.behind)
	b.WriteString(s.body())
	b.WriteString(s.head())
	b.WriteString(s.features())
	b.WriteString(head.over)
	b.WriteString(s.spectacles())
	b.WriteString(`</g></svg>`)
	return []byte(b.String())
}

// sitter is a person with every choice made.
type sitter struct {
	Person
	rng        *rand.Rand
	skin       skinTone
	hair, lock string // hair and its darker strands
	jaw, chin  float64
	beard      string
	top, trim  string // clothes
	accent     string
}

func newSitter(p Person) *sitter {
	s := &sitter{Person: p, rng: rand.New(rand.NewPCG(uint64(p.Seed), 0x77a771e))}
	s.skin = skinTones[p.Skin]
	s.hair, s.lock = s.hairColour()
	s.jaw = 10.5 + s.rng.Float64()*3
	s.chin = 64.5 + s.rng.Float64()*2
	if p.Look == Masculine {
		s.jaw += 1.6
		s.chin += 0.8
	}
	outfit := outfits[s.rng.IntN(len(outfits))]
	s.top, s.trim, s.accent = outfit[0], outfit[1], outfit[2]
	s.beard = s.chooseBeard()
	return s
}

// one picks one of several.
func (s *sitter) one(from ...string) string { return from[s.rng.IntN(len(from))] }

// chance is true pct times in a hundred.
func (s *sitter) chance(pct int) bool { return s.rng.IntN(100) < pct }
