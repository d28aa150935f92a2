package raster

import (
	"fmt"
	"image"
	"math"
	"strings"
)

type point struct{ x, y float64 }

func (p point) plus(q point) point               { return point{p.x + q.x, p.y + q.y} }
func (p point) minus(q point) point              { return point{p.x - q.x, p.y - q.y} }
func (p point) times(f float64) point            { return point{p.x * f, p.y * f} }
func (p point) towards(q point, t float64) point { return p.plus(q.minus(p).times(t)) }
func (p point) length() float64                  { return math.Hypot(p.x, p.y) }

// affine is a placement as SVG writes it: x' = ax + cy + e, y' = bx + dy + f.
type affine struct{ a, b, c, d, e, f float64 }

func (m affine) apply(p point) point {
	return point{m.a*p.x + m.c*p.y + m.e, m.b*p.x + m.d*p.y + m.f}
}

// then is m first and n after it.
func (m affine) then(n affine) affine {
	return affine{n.a*m.a + n.c*m.b, n.b*m.a + n.d*m.b, n.a*m.c + n.c*m.d, n.b*m.c + n.d*m.d,
		n.a*m.e + n.c*m.f + n.e, n.b*m.e + n.d*m.f + n.f}
}

// scale is by how much lengths grow; our drawings grow evenly.
func (m affine) scale() float64 { return math.Sqrt(math.Abs(m.a*m.d - m.b*m.c)) }

// cover places a viewBox so that it covers r, centred.
func cover(box string, r image.Rectangle) (affine, error) {
	v, err := numbers(box)
	if err != nil || len(v) != 4 || v[2] <= 0 || v[3] <= 0 {
		return affine{}, fmt.Errorf("raster: a drawing with the box %q", box)
	}
	k := max(float64(r.Dx())/v[2], float64(r.Dy())/v[3])
	x := float64(r.Min.X) + (float64(r.Dx())-k*v[2])/2
	y := float64(r.Min.Y) + (float64(r.Dy())-k*v[3])/2
	return affine{k, 0, 0, k, x - k*v[0], y - k*v[1]}, nil
}

// transform reads matrix(…) and rotate(…).
func transform(s string) (affine, error) {
	name, rest, _ := strings.Cut(s, "(")
	v, err := numbers(strings.TrimSuffix(rest, ")"))
	switch {
	case err != nil:
	case name == "matrix" && len(v) == 6:
		return affine{v[0], v[1], v[2], v[3], v[4], v[5]}, nil
	case name == "rotate" && len(v) == 3:
		sin, cos := math.Sincos(v[0] * math.Pi / 180)
		return affine{cos, sin, -sin, cos, v[1] - cos*v[1] + sin*v[2], v[2] - sin*v[1] - cos*v[2]}, nil
	}
	return affine{}, fmt.Errorf("raster: a drawing placed by %q", s)
}
