package demo

import (
	"math"
	"sort"
	"sync"

	"wattle/internal/region"
)

// gazette holds the places of one state with their cumulative weights.
type gazette struct {
	places []region.Place
	upTo   []float64
}

var gazettes = sync.OnceValue(readGazettes)

// readGazettes keeps the places with a known postcode. Larger places are likelier, but less than in
// proportion, so that the directory is not all capital cities.
func readGazettes() map[string]*gazette {
	out := map[string]*gazette{}
	for _, p := range region.Places() {
		if p.Postcode == "" || math.IsNaN(p.Lat) {
			continue
		}
		g := out[p.State]
		if g == nil {
			g = &gazette{}
			out[p.State] = g
		}
		sum := 0.0
		if n := len(g.upTo); n > 0 {
			sum = g.upTo[n-1]
		}
		g.places = append(g.places, p)
		g.upTo = append(g.upTo, sum+math.Sqrt(float64(min(max(p.Population, 1500), 40_000))))
	}
	return out
}

func (g *gazette) draw(d dice) region.Place {
	at := d.Float64() * g.upTo[len(g.upTo)-1]
	i := sort.Search(len(g.upTo)-1, func(i int) bool { return g.upTo[i] > at })
	return g.places[i]
}

var capitals = map[string][2]float64{
	"nsw": {-33.87, 151.21}, "vic": {-37.81, 144.96}, "qld": {-27.47, 153.02}, "sa": {-34.93, 138.60},
	"wa": {-31.95, 115.86}, "tas": {-42.88, 147.33}, "act": {-35.28, 149.13}, "nt": {-12.46, 130.84},
}

// rural reports whether a place is far from its capital and not itself a city.
func rural(p region.Place) bool {
	c := capitals[p.State]
	return p.Population < 60_000 && region.Distance(p.Lat, p.Lng, c[0], c[1]) > 60
}

// jitter moves a point by up to about 300 m, so that the practices of a suburb do not share one dot.
func jitter(d dice, p region.Place) (lat, lng float64) {
	round := func(v float64) float64 { return math.Round(v*1e5) / 1e5 }
	return round(p.Lat + (d.Float64()-0.5)*0.005), round(p.Lng + (d.Float64()-0.5)*0.006)
}

// street returns an address that does not exist.
func street(d dice) string {
	out := pick(d, "", "", "Suite 2, ", "Level 1, ", "Room 4, ", "Shop 3, ", "Unit 5, ", "Suite 11, ")
	out += itoa(d.between(2, 240)) + " " + pick(d, lines("streets.txt")...)
	return out + " " + pick(d, "Lane", "Walk", "Parade", "Close", "Mews", "Rise", "Terrace")
}

// phone returns a number of the ranges reserved for fiction (ACMA's numbers for use in radio, books, film
// and television): landlines 5550 xxxx and 7010 xxxx of each area, and six mobiles.
func phone(d dice, state string) string {
	if d.chance(35) {
		return pick(d, "0491 570 006", "0491 570 156", "0491 570 157", "0491 570 158", "0491 570 159", "0491 570 110")
	}
	area := map[string]string{"nsw": "02", "act": "02", "vic": "03", "tas": "03", "qld": "07"}[state]
	if area == "" {
		area = "08"
	}
	return area + " " + pick(d, "5550", "7010") + " " + padded(d.IntN(10_000), 4)
}
