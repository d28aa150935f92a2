// Package portrait draws the fictional people of the demo directory as flat illustrations, which cannot be
// mistaken for photographs. The same person looks the same on every machine.
package portrait

import "strings"

// Look is how a person presents. It limits the choice of hair, beards and clothes.
type Look int

// The looks.
const (
	Feminine Look = iota
	Masculine
	Neutral
)

// Texture is the texture of the hair.
type Texture int

// The textures, from straight to tightly coiled.
const (
	Straight Texture = iota
	Wavy
	Curly
	Coily
)

// Cover is a head covering.
type Cover int

// The covers. Bare shows the hair.
const (
	Bare Cover = iota
	Hijab
	Turban
	Kippah
	Headwrap
)

// Person describes the person to draw. The seed decides everything that the other fields leave open.
type Person struct {
	Seed    int // 0 to 32,767
	Look    Look
	Skin    int // 0 the fairest, 7 the deepest
	Hair    int // 0 black, 1 dark brown, 2 brown, 3 chestnut, 4 red, 5 fair
	Texture Texture
	Age     int // 0 under 35, 1 under 48, 2 under 60, 3 older
	Cover   Cover
}

// Code packs a person into one non-negative 32-bit number for the column portrait.
func (p Person) Code() int {
	code := p.Seed & 0x7fff
	code = code<<2 | int(p.Look)&3
	code = code<<3 | p.Skin&7
	code = code<<3 | p.Hair&7
	code = code<<2 | int(p.Texture)&3
	code = code<<2 | p.Age&3
	return code<<3 | int(p.Cover)&7
}

// From reverses Code. Every number yields a person who can be drawn.
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
	p.Hair = min(take(3), len(colours()["hair"])-1)
	p.Skin = take(3)
	p.Look = Look(min(take(2), int(Neutral)))
	p.Seed = take(15)
	return p
}

// SVG draws the person as a square image of at most 2.5 KB. It has no title: the page that shows it
// names the person.
func SVG(p Person) []byte {
	d := newDrawing(p)
	backdrop := d.backdrop()
	behind, over := d.headdress()
	return []byte(strings.Join([]string{
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" stroke-linecap="round" stroke-linejoin="round">`,
		backdrop, `<g transform="matrix(1.16 0 0 1.16 -8 -4.5)">`,
		behind, d.clothes(), d.head(), d.features(), over, d.spectacles(), `</g></svg>`,
	}, ""))
}
