package memindex

import (
	"math"
	"slices"

	"wattle/internal/region"
)

// place is where a therapist practises, in degrees and as a point on the unit sphere.
type place struct{ lat, lng, x, y, z float64 }

func placeAt(lat, lng float64) place {
	a, b := lat*math.Pi/180, lng*math.Pi/180
	return place{lat, lng, math.Cos(a) * math.Cos(b), math.Cos(a) * math.Sin(b), math.Sin(a)}
}

// cell is a tenth of a degree each way.
type cell struct{ lat, lng int16 }

func cellOf(lat, lng float64) cell {
	return cell{int16(math.Floor(lat * 10)), int16(math.Floor(lng * 10))}
}

func (p place) cell() cell { return cellOf(p.lat, p.lng) }

// cells lists the slots in each cell.
type cells map[cell][]int32

func (c cells) add(at cell, slot int) { c[at] = append(c[at], int32(slot)) }

func (c cells) remove(at cell, slot int) {
	list := c[at]
	if i := slices.Index(list, int32(slot)); i >= 0 {
		list[i] = list[len(list)-1]
		c[at] = list[:len(list)-1]
	}
	if len(c[at]) == 0 {
		delete(c, at)
	}
}

// circle is everything within km of a place. The square of the straight line through the Earth, a few
// multiplications, decides for nearly everyone; close to the limit region.Distance decides.
type circle struct {
	place
	km      float64
	in, out float64 // squares of the line below which a place is inside, and beyond which it is outside
}

func circleOf(lat, lng, km float64) *circle {
	line := 2 * math.Sin(min(math.Pi/2, km/(2*6371)))
	return &circle{placeAt(lat, lng), km, line*line*(1-1e-6) - 1e-14, line*line*(1+1e-6) + 1e-14}
}

func (c *circle) distance(p *place) float64 { return region.Distance(c.lat, c.lng, p.lat, p.lng) }

func (c *circle) contains(p *place) bool {
	x, y, z := p.x-c.x, p.y-c.y, p.z-c.z
	line := x*x + y*y + z*z
	return line < c.in || line < c.out && c.distance(p) <= c.km
}

// within adds to b the slots inside a circle. It visits the cells of the box around the circle.
func (t *table) within(c *circle, b bitset) {
	const perDegree = 111 // kilometres, rounded down: the box is never too small
	lat := c.km/perDegree + 0.01
	lng := lat / max(0.05, math.Cos((math.Abs(c.lat)+lat)*math.Pi/180))
	from, to := cellOf(c.lat-lat, c.lng-lng), cellOf(c.lat+lat, c.lng+lng)
	for at := from; at.lat <= to.lat; at.lat++ {
		for at.lng = from.lng; at.lng <= to.lng; at.lng++ {
			for _, slot := range t.cells[at] {
				if c.contains(&t.places[slot]) {
					b.add(int(slot))
				}
			}
		}
	}
}
