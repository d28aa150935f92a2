package memindex

import (
	"math"
	"slices"

	"wattle/internal/region"
)

// cell is a tenth of a degree each way.
type cell struct{ lat, lng int16 }

// cells lists who is in each cell.
type cells map[cell][]int32

func cellOf(lat, lng float64) cell {
	return cell{int16(math.Floor(lat * 10)), int16(math.Floor(lng * 10))}
}

func (c cells) add(at cell, slot int32) { c[at] = append(c[at], slot) }

func (c cells) remove(at cell, slot int32) {
	list := c[at]
	if i := slices.Index(list, slot); i >= 0 {
		list[i] = list[len(list)-1]
		c[at] = list[:len(list)-1]
	}
	if len(c[at]) == 0 {
		delete(c, at)
	}
}

// vector is a point on the unit sphere.
type vector struct{ x, y, z float64 }

func onSphere(lat, lng float64) vector {
	lat, lng = lat*math.Pi/180, lng*math.Pi/180
	return vector{math.Cos(lat) * math.Cos(lng), math.Cos(lat) * math.Sin(lng), math.Sin(lat)}
}

// circle is everything within km of a point. The straight line through the Earth decides for nearly
// everybody; where it comes out close to the limit the distance itself does, so that the answer is
// always that of region.Distance.
type circle struct {
	lat, lng, km float64
	at           vector
	sure, maybe  float64 // squares of the line's length below which all and beyond which none are within
	south, north float64 // degrees
	west, east   float64
}

func newCircle(lat, lng, km float64) *circle {
	const perDegree = 111 // kilometres, rounded down: the box is never too small
	c := &circle{lat: lat, lng: lng, km: km, at: onSphere(lat, lng)}
	line := 2 * math.Sin(min(math.Pi/2, km/(2*6371)))
	c.sure, c.maybe = line*line*(1-1e-6)-1e-14, line*line*(1+1e-6)+1e-14
	dLat := km/perDegree + 0.01
	dLng := dLat / max(0.05, math.Cos((math.Abs(lat)+dLat)*math.Pi/180))
	c.south, c.north, c.west, c.east = lat-dLat, lat+dLat, lng-dLng, lng+dLng
	return c
}

func (c *circle) away(lat, lng float64) float64 { return region.Distance(c.lat, c.lng, lat, lng) }

func (c *circle) holds(t *table, slot int32) bool {
	v := t.on[slot]
	dx, dy, dz := v.x-c.at.x, v.y-c.at.y, v.z-c.at.z
	line := dx*dx + dy*dy + dz*dz
	return line < c.sure || line < c.maybe && c.away(t.lat[slot], t.lng[slot]) <= c.km
}

// within enters everybody in the circle into an empty set.
func (c *circle) within(t *table, set []uint64) {
	from, to := cellOf(c.south, c.west), cellOf(c.north, c.east)
	if (int(to.lat-from.lat)+1)*(int(to.lng-from.lng)+1) > len(t.area) {
		for at, list := range t.area {
			if at.lat >= from.lat && at.lat <= to.lat && at.lng >= from.lng && at.lng <= to.lng {
				c.enter(t, set, list)
			}
		}
		return
	}
	for lat := from.lat; lat <= to.lat; lat++ {
		for lng := from.lng; lng <= to.lng; lng++ {
			c.enter(t, set, t.area[cell{lat, lng}])
		}
	}
}

func (c *circle) enter(t *table, set []uint64, list []int32) {
	for _, slot := range list {
		if c.holds(t, slot) {
			set[slot>>6] |= 1 << (slot & 63)
		}
	}
}
