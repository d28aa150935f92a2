package raster

import (
	"fmt"
	"math"
	"strconv"
)

// line is a run of straight pieces; curves are broken into them.
type line struct {
	points []point
	closed bool
}

func (l line) moved(m affine) line {
	out := line{make([]point, len(l.points)), l.closed}
	for i, p := range l.points {
		out.points[i] = m.apply(p)
	}
	return out
}

// pieces is into how many straight pieces a curve is broken: enough at ten times its size.
const pieces = 16

// scanner reads the numbers and letters of a path.
type scanner struct {
	text string
	at   int
}

func (s *scanner) skip() {
	for s.at < len(s.text) && (s.text[s.at] == ' ' || s.text[s.at] == ',' || s.text[s.at] == '\n' || s.text[s.at] == '\t') {
		s.at++
	}
}

// command is the next letter, or 0 where a number or the end comes.
func (s *scanner) command() byte {
	s.skip()
	if s.at < len(s.text) && (s.text[s.at]|0x20) >= 'a' && (s.text[s.at]|0x20) <= 'z' {
		s.at++
		return s.text[s.at-1]
	}
	return 0
}

// number reads one number: "0q1.5.3-6" holds 0, 1.5, .3 and -6.
func (s *scanner) number() (float64, error) {
	s.skip()
	from, dot := s.at, false
	for ; s.at < len(s.text); s.at++ {
		switch c := s.text[s.at]; {
		case c >= '0' && c <= '9':
			continue
		case (c == '-' || c == '+') && s.at == from:
			continue
		case c == '.' && !dot:
			dot = true
			continue
		}
		break
	}
	return strconv.ParseFloat(s.text[from:s.at], 64)
}

func (s *scanner) done() bool {
	s.skip()
	return s.at == len(s.text)
}

func numbers(text string) ([]float64, error) {
	var out []float64
	for s := (scanner{text: text}); !s.done(); {
		v, err := s.number()
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

// arity is how many numbers each command takes.
var arity = map[byte]int{'m': 2, 'l': 2, 'h': 1, 'v': 1, 'c': 6, 's': 4, 'q': 4, 't': 2, 'a': 7, 'z': 0}

// walker follows a path.
type walker struct {
	lines    []line
	at, bend point // where it is; the last control point, from which S and T go on
	bendOf   byte  // the kind of curve that left it: 'c', 'q' or 0
}

// path reads the d attribute: every command of SVG.
func path(d string) ([]line, error) {
	s, w := scanner{text: d}, walker{}
	var last byte
	for !s.done() {
		c := s.command()
		if c == 0 { // the same again, a further pair after M being a line
			c = last
			if c|0x20 == 'm' {
				c--
			}
		}
		n, ok := arity[c|0x20]
		if !ok || c == last && n == 0 || last == 0 && c|0x20 != 'm' {
			return nil, fmt.Errorf("raster: a path with %q at %d", c, s.at)
		}
		var v [7]float64
		for i := range n {
			var err error
			if v[i], err = s.number(); err != nil {
				return nil, fmt.Errorf("raster: a path at %d: %w", s.at, err)
			}
		}
		w.step(c, v)
		last = c
	}
	return w.lines, nil
}

// step does one command.
func (w *walker) step(c byte, v [7]float64) {
	from := point{}
	if c >= 'a' {
		from = w.at
	}
	p := func(i int) point { return point{v[i], v[i+1]}.plus(from) }
	kind := byte(0)
	switch c | 0x20 {
	case 'm':
		w.lines = append(w.lines, line{points: []point{p(0)}})
		w.at = p(0)
	case 'l':
		w.to(p(0))
	case 'h':
		w.to(point{v[0] + from.x, w.at.y})
	case 'v':
		w.to(point{w.at.x, v[0] + from.y})
	case 'c':
		kind = 'c'
		w.cube(p(0), p(2), p(4))
	case 's':
		first := w.mirrored('c')
		kind = 'c'
		w.cube(first, p(0), p(2))
	case 'q':
		kind = 'q'
		w.quad(p(0), p(2))
	case 't':
		mid := w.mirrored('q')
		kind = 'q'
		w.quad(mid, p(0))
	case 'a':
		w.arc(v[0], v[1], v[2], v[3] != 0, v[4] != 0, p(5))
	case 'z':
		l := &w.lines[len(w.lines)-1]
		l.closed, w.at = true, l.points[0]
	}
	w.bendOf = kind
}

func (w *walker) to(p point) {
	if l := &w.lines[len(w.lines)-1]; l.closed { // a line goes on from where one was closed
		w.lines = append(w.lines, line{points: []point{w.at}})
	}
	l := &w.lines[len(w.lines)-1]
	l.points = append(l.points, p)
	w.at = p
}

func (w *walker) mirrored(kind byte) point {
	if w.bendOf != kind {
		return w.at
	}
	return w.at.plus(w.at.minus(w.bend))
}

func (w *walker) cube(b, c, d point) {
	a := w.at
	for i := 1; i <= pieces; i++ {
		t := float64(i) / pieces
		ab, bc, cd := a.towards(b, t), b.towards(c, t), c.towards(d, t)
		w.to(ab.towards(bc, t).towards(bc.towards(cd, t), t))
	}
	w.at, w.bend = d, c
}

func (w *walker) quad(b, c point) {
	a := w.at
	for i := 1; i <= pieces; i++ {
		t := float64(i) / pieces
		w.to(a.towards(b, t).towards(b.towards(c, t), t))
	}
	w.at, w.bend = c, b
}

// arc is SVG's elliptical arc (SVG 2, appendix B.2.4).
func (w *walker) arc(rx, ry, turn float64, large, sweep bool, to point) {
	from := w.at
	rx, ry = math.Abs(rx), math.Abs(ry)
	if rx == 0 || ry == 0 || from == to {
		w.to(to)
		return
	}
	sin, cos := math.Sincos(turn * math.Pi / 180)
	half := from.minus(to).times(0.5)
	x, y := cos*half.x+sin*half.y, -sin*half.x+cos*half.y
	if k := x*x/(rx*rx) + y*y/(ry*ry); k > 1 {
		rx, ry = rx*math.Sqrt(k), ry*math.Sqrt(k)
	}
	k := math.Sqrt(max(0, (rx*rx*ry*ry-rx*rx*y*y-ry*ry*x*x)/(rx*rx*y*y+ry*ry*x*x)))
	if large == sweep {
		k = -k
	}
	cx, cy := k*rx*y/ry, -k*ry*x/rx
	start := math.Atan2((y-cy)/ry, (x-cx)/rx)
	angle := math.Atan2((-y-cy)/ry, (-x-cx)/rx) - start
	if sweep && angle < 0 {
		angle += 2 * math.Pi
	} else if !sweep && angle > 0 {
		angle -= 2 * math.Pi
	}
	mid := from.plus(to).times(0.5)
	for i := 1; i < 4*pieces; i++ {
		s, c := math.Sincos(start + angle*float64(i)/(4*pieces))
		px, py := rx*c+cx, ry*s+cy
		w.to(point{cos*px - sin*py + mid.x, sin*px + cos*py + mid.y})
	}
	w.to(to)
}

func ellipse(cx, cy, rx, ry float64) []line {
	l := line{closed: true}
	for i := range 3 * pieces {
		s, c := math.Sincos(2 * math.Pi * float64(i) / (3 * pieces))
		l.points = append(l.points, point{cx + rx*c, cy + ry*s})
	}
	return []line{l}
}

// rect has round corners of radius r.
func rect(x, y, wide, high, r float64) []line {
	l := line{closed: true}
	for i, corner := range []point{{x + wide - r, y + high - r}, {x + r, y + high - r}, {x + r, y + r}, {x + wide - r, y + r}} {
		for j := range pieces + 1 {
			s, c := math.Sincos(math.Pi / 2 * (float64(i) + float64(j)/pieces))
			l.points = append(l.points, point{corner.x + r*c, corner.y + r*s})
		}
	}
	return []line{l}
}
