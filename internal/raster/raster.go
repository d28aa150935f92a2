// Package raster turns the drawings of this house into pixels. It understands the part of SVG that
// they are written in: paths, circles, ellipses, rectangles and groups, filled and stroked in plain
// colours. It refuses everything else, so that no drawing loses a piece unseen.
package raster

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
	"strconv"
	"strings"

	"golang.org/x/image/vector"
)

// Draw fills r of dst with the drawing, its viewBox stretched evenly to cover r and centred, over
// what is there. What sticks out is cut off. It fails for what this package does not understand.
func Draw(dst *image.RGBA, r image.Rectangle, svg []byte) error {
	p := &painter{dst: dst, clip: r.Intersect(dst.Bounds())}
	d := xml.NewDecoder(bytes.NewReader(svg))
	looks := []look{{fill: "#000", strokeWidth: 1, fillAlpha: 1, strokeAlpha: 1}}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("raster: %w", err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			l, err := p.element(t, looks[len(looks)-1], r)
			if err != nil {
				return err
			}
			looks = append(looks, l)
		case xml.EndElement:
			looks = looks[:len(looks)-1]
		}
	}
}

// look is how a shape is painted and where: what an element inherits from those around it.
type look struct {
	fill, stroke           string // a colour; "" and "none" for none
	evenOdd, round         bool
	strokeWidth            float64
	dashes                 []float64
	fillAlpha, strokeAlpha float64
	at                     affine
}

type painter struct {
	dst  *image.RGBA
	clip image.Rectangle
	z    vector.Rasterizer
}

// element paints one element and answers the look its children inherit.
func (p *painter) element(t xml.StartElement, l look, r image.Rectangle) (look, error) {
	attrs := map[string]string{}
	for _, a := range t.Attr {
		attrs[a.Name.Local] = a.Value
	}
	if err := l.read(attrs); err != nil {
		return l, err
	}
	var shape []line
	var err error
	switch t.Name.Local {
	case "svg", "symbol":
		l.at, err = cover(attrs["viewBox"], r)
	case "g":
	case "path":
		shape, err = path(attrs["d"])
	case "circle":
		shape = ellipse(num(attrs["cx"]), num(attrs["cy"]), num(attrs["r"]), num(attrs["r"]))
	case "ellipse":
		shape = ellipse(num(attrs["cx"]), num(attrs["cy"]), num(attrs["rx"]), num(attrs["ry"]))
	case "rect":
		shape = rect(num(attrs["x"]), num(attrs["y"]), num(attrs["width"]), num(attrs["height"]), num(attrs["rx"]))
	default:
		err = fmt.Errorf("raster: a drawing with <%s>", t.Name.Local)
	}
	if err == nil && shape != nil {
		err = p.paint(shape, l)
	}
	return l, err
}

func num(s string) float64 {
	v, _ := strconv.ParseFloat(s, 64)
	return v
}

// read takes over what an element says of its look.
func (l *look) read(attrs map[string]string) error {
	for name, v := range attrs {
		switch name {
		case "fill":
			l.fill = v
		case "stroke":
			l.stroke = v
		case "fill-rule":
			l.evenOdd = v == "evenodd"
		case "stroke-linecap":
			l.round = v == "round"
		case "stroke-width":
			l.strokeWidth = num(v)
		case "fill-opacity":
			l.fillAlpha *= num(v)
		case "stroke-opacity":
			l.strokeAlpha *= num(v)
		case "opacity": // of one shape with one colour, as everywhere in the house
			l.fillAlpha *= num(v)
			l.strokeAlpha *= num(v)
		case "stroke-dasharray":
			for _, n := range strings.Fields(v) {
				l.dashes = append(l.dashes, num(n))
			}
		case "transform":
			m, err := transform(v)
			if err != nil {
				return err
			}
			l.at = m.then(l.at)
		case "d", "cx", "cy", "r", "rx", "ry", "x", "y", "width", "height", "viewBox", "xmlns", "id", "stroke-linejoin":
		default:
			return fmt.Errorf("raster: a drawing with %s=", name)
		}
	}
	return nil
}

// paint fills a shape and then strokes it.
func (p *painter) paint(shape []line, l look) error {
	placed := make([]line, len(shape))
	for i, s := range shape {
		placed[i] = s.moved(l.at)
	}
	if l.fill != "" && l.fill != "none" {
		c, err := colour(l.fill, l.fillAlpha)
		if err != nil {
			return err
		}
		filled := placed
		if l.evenOdd {
			filled = wound(placed)
		}
		p.cover(filled, c)
	}
	if l.stroke == "" || l.stroke == "none" {
		return nil
	}
	c, err := colour(l.stroke, l.strokeAlpha)
	if err != nil {
		return err
	}
	scale := l.at.scale()
	pen := pen{radius: l.strokeWidth * scale / 2, round: l.round}
	for _, s := range placed {
		for _, piece := range s.dashed(l.dashes, scale) {
			pen.stroke(piece)
		}
	}
	p.cover(pen.out, c)
	return nil
}

// cover paints what lies inside the closed lines, all wound one way, in one colour.
func (p *painter) cover(lines []line, c color.NRGBA) {
	box := bounds(lines).Intersect(p.clip)
	if box.Empty() {
		return
	}
	p.z.Reset(box.Dx(), box.Dy())
	for _, l := range lines {
		for i, pt := range l.points {
			x, y := near(pt.x-float64(box.Min.X)), near(pt.y-float64(box.Min.Y))
			if i == 0 {
				p.z.MoveTo(x, y)
			} else {
				p.z.LineTo(x, y)
			}
		}
		p.z.ClosePath()
	}
	p.z.Draw(p.dst, box, image.NewUniform(c), image.Point{})
}

// far is how far out, in pixels, a point may lie: further ones are pulled in, for the rasterizer
// counts in small whole numbers. No drawing of ours comes near.
const far = 1 << 12

func near(v float64) float32 { return float32(max(-far, min(far, v))) }

func bounds(lines []line) image.Rectangle {
	left, top, right, bottom := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, l := range lines {
		for _, p := range l.points {
			left, right = min(left, p.x), max(right, p.x)
			top, bottom = min(top, p.y), max(bottom, p.y)
		}
	}
	if left > right {
		return image.Rectangle{}
	}
	edge := func(v float64) int { return int(near(v)) }
	return image.Rect(edge(math.Floor(left)), edge(math.Floor(top)), edge(math.Ceil(right)), edge(math.Ceil(bottom)))
}

// colour reads "#rgb" and "#rrggbb".
func colour(s string, alpha float64) (color.NRGBA, error) {
	hex, ok := strings.CutPrefix(s, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	v, err := strconv.ParseUint(hex, 16, 32)
	if !ok || len(hex) != 6 || err != nil {
		return color.NRGBA{}, fmt.Errorf("raster: a drawing in %q, which is no colour", s)
	}
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), uint8(math.Round(255 * max(0, min(1, alpha))))}, nil
}
