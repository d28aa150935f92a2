// Package poster draws the pictures that stand beside a link to one of our pages where it is
// shared (Open Graph): 1200 by 630 pixels, in the colours and letters of the site. It is told what
// to print and adds nothing of its own.
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

	"wattle/internal/portrait"
	"wattle/internal/raster"
)

// Wide and High are the size of every picture in pixels, as the large previews ask for.
const (
	Wide = 1200
	High = 630
)

// edition is part of every version: raise it when the drawing changes, so that nobody who kept a
// picture goes on showing the old one.
const edition = "1"

// margin is what stays free of letters at every edge, in pixels.
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
)

// Person is what a profile's picture says.
type Person struct {
	Name     string // as printed on the profile
	Title    string // derived from credentials, never typed
	Place    string // "Newtown NSW 2042"
	Portrait int    // code of package portrait
	Fiction  bool   // says that there is no such person
}

// Guide is what a guide's picture says.
type Guide struct {
	Title   string
	Reading string // "6 minutes to read"
}

// Version names a picture by all that it shows: ten letters that change when the picture does.
func (p Person) Version() string {
	return version(p.Name, p.Title, p.Place, fmt.Sprint(p.Portrait, p.Fiction))
}

// Version names a picture by all that it shows: ten letters that change when the picture does.
func (g Guide) Version() string { return version(g.Title, g.Reading) }

func version(parts ...string) string {
	h := sha256.New()
	for _, p := range append(parts, edition) {
		fmt.Fprintf(h, "%d:%s,", len(p), p)
	}
	return hex.EncodeToString(h.Sum(nil)[:5])
}

// PNG draws the picture. A name in letters that our fonts lack is left out rather than printed as
// boxes; the portrait, the title and the place remain.
func (p Person) PNG() ([]byte, error) {
	c := newCanvas()
	if err := c.face(p.Portrait); err != nil {
		return nil, err
	}
	note := ""
	if p.Fiction {
		note = "Made up, to show what this site does: there is no such person"
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
	if err := raster.Draw(c.RGBA, image.Rect(Wide-430, 210, Wide-30, 455), sprig); err != nil {
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
	marks []image.Rectangle // where letters stand, for the test of the margins
}

func newCanvas() *canvas {
	c := &canvas{RGBA: image.NewRGBA(image.Rect(0, 0, Wide, High))}
	draw.Draw(c.RGBA, c.Bounds(), image.NewUniform(paper), image.Point{}, draw.Src)
	return c
}

// face draws a portrait in the window frame of the site's cards.
func (c *canvas) face(code int) error {
	const wide, high, left, top = 348, 406, 96, 54
	square := image.NewRGBA(image.Rect(0, 0, high, high))
	if err := raster.Draw(square, square.Bounds(), portrait.SVG(portrait.From(code))); err != nil {
		return err
	}
	frame := image.NewRGBA(image.Rect(0, 0, wide, high))
	if err := raster.Draw(frame, frame.Bounds(), window); err != nil {
		return err
	}
	draw.DrawMask(c.RGBA, image.Rect(left, top, left+wide, top+high), square, image.Pt((high-wide)/2, 0), frame, image.Point{}, draw.Over)
	return nil
}

// window is the frame: an arch above, small round corners below.
var window = []byte(`<svg viewBox="0 0 348 406"><path d="M0 174A174 174 0 0 1 348 174V346A60 60 0 0 1 288 406H60A60 60 0 0 1 0 346Z"/></svg>`)

// band is the height of the strip with the site's name, in pixels.
const band = 118

// finish prints what the picture says, draws the strip at the foot and packs the picture.
func (c *canvas) finish(block column, note string) ([]byte, error) {
	strip := image.Rect(0, High-band, Wide, High)
	draw.Draw(c.RGBA, strip, image.NewUniform(ground), image.Point{}, draw.Src)
	if err := raster.Draw(c.RGBA, image.Rect(margin, High-band+27, margin+64, High-band+91), mark); err != nil {
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
