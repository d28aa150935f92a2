// Package poster draws the previews of shared links to our pages (Open Graph): 1200 by 630 pixels, in
// the colours and letters of the site. It prints what it is given and adds nothing.
package poster

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"strings"
	"unicode"
)

// Wide and High are the size of every picture in pixels, the size of a large preview.
const (
	Wide = 1200
	High = 630
)

// edition is part of every version. Raise it when the drawing changes, so that caches fetch the new
// picture.
const edition = "2"

// margin is free of letters at every edge, in pixels.
const margin = 64

// The colours of look.md in the light scheme.
var (
	paper  = color.NRGBA{0xFB, 0xF8, 0xF2, 0xFF}
	ink    = color.NRGBA{0x20, 0x30, 0x2A, 0xFF}
	muted  = color.NRGBA{0x55, 0x63, 0x5C, 0xFF}
	accent = color.NRGBA{0x1E, 0x5B, 0x4A, 0xFF}
	ground = color.NRGBA{0x14, 0x3F, 0x34, 0xFF}
	soft   = color.NRGBA{0xC9, 0xDB, 0xD0, 0xFF}
	white  = color.NRGBA{0xF4, 0xF1, 0xE8, 0xFF}
	mist   = color.NRGBA{0xDF, 0xEA, 0xE2, 0xFF}
)

// Person is the text of a profile's picture.
type Person struct {
	Name     string // as printed on the profile
	Initials string // "AE"; see Initials
	Title    string // derived from credentials, never typed
	Place    string // "Newtown NSW 2042"
	Fiction  bool   // the picture says that there is no such person
}

// Guide is the text of a guide's picture.
type Guide struct {
	Title   string
	Reading string // "6 minutes to read"
}

// Version is a hash of everything the picture shows: ten hexadecimal digits.
func (p Person) Version() string {
	return version(p.Name, p.Initials, p.Title, p.Place, fmt.Sprint(p.Fiction))
}

// Version is a hash of everything the picture shows: ten hexadecimal digits.
func (g Guide) Version() string { return version(g.Title, g.Reading) }

func version(parts ...string) string {
	h := sha256.New()
	for _, p := range append(parts, edition) {
		fmt.Fprintf(h, "%d:%s,", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:5])
}

// Initials are the first letters of a given and a family name: "AE".
func Initials(given, family string) string {
	var out []rune
	for _, name := range []string{given, family} {
		if i := strings.IndexFunc(name, unicode.IsLetter); i >= 0 {
			out = append(out, unicode.ToUpper([]rune(name[i:])[0]))
		}
	}
	return string(out)
}

// PNG draws the picture. A name in letters that our fonts lack is left out rather than printed as
// boxes; the title and the place remain.
func (p Person) PNG() ([]byte, error) {
	c := newCanvas()
	if err := c.initials(p.Initials); err != nil {
		return nil, err
	}
	note := ""
	if p.Fiction {
		note = "Made up to show how this site works: there is no such person"
	}
	return c.finish(p.words(), note)
}

func (p Person) words() column {
	col := column{left: 520, right: Wide - margin, top: margin, bottom: High - band - 40}
	if printable(serif, p.Name) {
		col.add(serif, p.Name, 84, 40, 3, ink, 0)
		col.add(sans, p.Title, 40, 28, 3, accent, 26)
	} else {
		col.add(serif, p.Title, 72, 40, 3, ink, 0)
	}
	col.add(sans, p.Place, 34, 24, 2, muted, 16)
	return col
}

// PNG draws the picture.
func (g Guide) PNG() ([]byte, error) {
	c := newCanvas()
	if err := c.place(sprig, image.Pt(Wide-30-sprigWide, 210)); err != nil {
		return nil, err
	}
	return c.finish(g.words(), "")
}

func (g Guide) words() column {
	col := column{left: margin + 16, right: Wide - 390, top: margin, bottom: High - band - 40}
	col.add(sans, "Guide", 30, 24, 1, accent, 0)
	col.add(serif, g.Title, 84, 40, 5, ink, 18)
	col.add(sans, g.Reading, 34, 24, 1, muted, 28)
	return col
}

// canvas is a picture being drawn.
type canvas struct {
	*image.RGBA
	marks []image.Rectangle // the boxes of printed lines, for the test of the margins
}

func newCanvas() *canvas {
	c := &canvas{RGBA: image.NewRGBA(image.Rect(0, 0, Wide, High))}
	draw.Draw(c.RGBA, c.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	return c
}

// portrait is the disc at the left of a person's picture.
var portrait = disc{centre: image.Pt(280, (High-band)/2), radius: 172}

// initials draws the disc with the letters in its middle; with no printable letters, the sprig.
func (c *canvas) initials(text string) error {
	c.fill(portrait, mist)
	if !printable(serif, text) {
		return c.place(sprig, portrait.centre.Sub(image.Pt(sprigWide/2, sprigHigh/2)))
	}
	p := paragraph{font: serif, text: text, size: 148, least: 60, maxLines: 1, colour: accent}
	b, err := p.fit(portrait.radius*3/2, 1)
	if err != nil {
		return err
	}
	left := portrait.centre.X - width(b.face, text)/2
	c.line(b, text, column{left: left}, portrait.centre.Y-b.step/2)
	return nil
}

// band is the height of the strip with the site's name, in pixels.
const band = 118

// finish prints the text, draws the strip at the foot and encodes the picture.
func (c *canvas) finish(block column, note string) ([]byte, error) {
	strip := image.Rect(0, High-band, Wide, High)
	draw.Draw(c.RGBA, strip, image.NewUniform(ground), image.Point{}, draw.Src)
	if err := c.place(mark, image.Pt(margin, High-band+27)); err != nil {
		return nil, err
	}
	foot := column{left: margin + 82, right: margin + 320, top: High - band + 20, bottom: High - 20}
	foot.add(serif, "Wattle", 50, 50, 1, white, 0)
	side := column{left: margin + 330, right: Wide - margin, top: High - band + 20, bottom: High - 20, toRight: true}
	side.add(sans, note, 26, 20, 2, soft, 0)
	for _, col := range []column{block, foot, side} {
		if err := c.print(col); err != nil {
			return nil, err
		}
	}
	var b bytes.Buffer
	err := png.Encode(&b, c.RGBA)
	return b.Bytes(), err
}
