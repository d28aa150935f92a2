package raster

import "math"

// pen collects the outline of strokes: every piece wound the same way, so that pieces which
// overlap add up instead of cancelling out.
type pen struct {
	radius float64
	round  bool // ends; the joints always are
	out    []line
}

func (p *pen) stroke(l line) {
	pts := l.points
	if l.closed {
		pts = append(pts[:len(pts):len(pts)], pts[0])
	}
	for i := 1; i < len(pts); i++ {
		p.segment(pts[i-1], pts[i])
		if i < len(pts)-1 || l.closed {
			p.dot(pts[i])
		}
	}
	if p.round && !l.closed {
		p.dot(pts[0])
		p.dot(pts[len(pts)-1])
	}
}

// segment is a straight piece with square ends.
func (p *pen) segment(a, b point) {
	d := b.minus(a)
	n := d.length()
	if n == 0 {
		return
	}
	side := point{-d.y, d.x}.times(p.radius / n)
	p.out = append(p.out, line{points: []point{a.plus(side), a.minus(side), b.minus(side), b.plus(side)}, closed: true})
}

// dot is a round joint or end, wound as segments are.
func (p *pen) dot(at point) {
	n := max(8, int(p.radius*2)+6)
	l := line{closed: true, points: make([]point, n)}
	for i := range n {
		s, c := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		l.points[i] = point{at.x + p.radius*c, at.y + p.radius*s}
	}
	p.out = append(p.out, l)
}

// dashed cuts a line into dashes; lengths grow by scale. Without any it is whole.
func (l line) dashed(dashes []float64, scale float64) []line {
	if len(dashes) < 2 || len(l.points) < 2 {
		return []line{l}
	}
	pts := l.points
	if l.closed {
		pts = append(pts[:len(pts):len(pts)], pts[0])
	}
	var out []line
	on, left, at := true, dashes[0]*scale, 0
	run := []point{pts[0]}
	for i := 1; i < len(pts); {
		from, to := run[len(run)-1], pts[i]
		if n := to.minus(from).length(); n < left {
			run, left = append(run, to), left-n
			i++
			continue
		} else {
			run = append(run, from.towards(to, left/n))
		}
		if on {
			out = append(out, line{points: run})
		}
		at = (at + 1) % len(dashes)
		on, left, run = !on, max(dashes[at]*scale, 0.01), []point{run[len(run)-1]}
	}
	if on && len(run) > 1 {
		out = append(out, line{points: run})
	}
	return out
}

// area is positive for lines wound like those of a pen.
func (l line) area() float64 {
	sum := 0.0
	for i, p := range l.points {
		q := l.points[(i+1)%len(l.points)]
		sum += p.x*q.y - q.x*p.y
	}
	return sum / 2
}

// wound turns lines so that filling them by winding leaves the holes which the even-odd rule
// leaves: what lies inside an odd number of others runs against them.
func wound(lines []line) []line {
	out := make([]line, len(lines))
	for i, l := range lines {
		inside := 0
		for j, other := range lines {
			if i != j && other.holds(l.points[0]) {
				inside++
			}
		}
		out[i] = l
		if (l.area() > 0) != (inside%2 == 0) {
			out[i].points = reversed(l.points)
		}
	}
	return out
}

func reversed(pts []point) []point {
	out := make([]point, len(pts))
	for i, p := range pts {
		out[len(pts)-1-i] = p
	}
	return out
}

// holds reports whether a point lies inside.
func (l line) holds(p point) bool {
	in := false
	for i, a := range l.points {
		b := l.points[(i+1)%len(l.points)]
		if (a.y > p.y) != (b.y > p.y) && p.x < (b.x-a.x)*(p.y-a.y)/(b.y-a.y)+a.x {
			in = !in
		}
	}
	return in
}
