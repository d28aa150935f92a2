package poster

import (
	"bytes"
	_ "embed" // the ornaments
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
)

// The ornaments are the symbols of the same name in static/img/art.svg, rendered at the size they are
// printed at. Render them again when a symbol changes.

//go:embed art/mark.png
var mark []byte

//go:embed art/sprig.png
var sprig []byte

// sprigWide and sprigHigh are the size of the sprig in pixels.
const (
	sprigWide = 400
	sprigHigh = 245
)

// place draws an ornament with its top left corner at a point. It decodes the file each time: pictures
// are drawn seldom and cached.
func (c *canvas) place(file []byte, at image.Point) error {
	img, err := png.Decode(bytes.NewReader(file))
	if err != nil {
		return err
	}
	draw.Draw(c.RGBA, img.Bounds().Add(at), img, image.Point{}, draw.Over)
	return nil
}

// fill colours the shape of a mask.
func (c *canvas) fill(mask image.Image, colour color.Color) {
	draw.DrawMask(c.RGBA, mask.Bounds(), image.NewUniform(colour), image.Point{}, mask, mask.Bounds().Min, draw.Over)
}

// disc is a mask: a filled circle with a smooth edge.
type disc struct {
	centre image.Point
	radius int // pixels
}

// ColorModel is part of image.Image.
func (d disc) ColorModel() color.Model { return color.AlphaModel }

// Bounds is part of image.Image.
func (d disc) Bounds() image.Rectangle {
	r := image.Pt(d.radius, d.radius)
	return image.Rectangle{Min: d.centre.Sub(r), Max: d.centre.Add(r)}
}

// At is part of image.Image: the share of the pixel that lies inside, by its distance from the edge.
func (d disc) At(x, y int) color.Color {
	away := math.Hypot(float64(x-d.centre.X)+0.5, float64(y-d.centre.Y)+0.5)
	inside := min(1, max(0, float64(d.radius)-away+0.5))
	return color.Alpha{A: uint8(math.Round(255 * inside))}
}
