package region

import (
	"math"
	"slices"
	"strconv"
	"sync"
)

// Place is a suburb, town or city. Coordinates are the centre of the locality (GeoNames, CC BY 4.0),
// never a street address.
type Place struct {
	Name       string
	State      string // slug
	Postcode   string // four digits, or "" if unknown
	Lat, Lng   float64
	Population int // for ranking only; 0 if unknown
}

// Slug formats the place for an address: "newtown-2042", or "newtown" without a postcode.
func (p Place) Slug() string {
	if p.Postcode == "" {
		return slugify(p.Name)
	}
	return slugify(p.Name) + "-" + p.Postcode
}

// Label formats the place: "Newtown NSW 2042".
func (p Place) Label() string {
	label := p.Name
	if s, ok := StateBySlug(p.State); ok {
		label += " " + s.Abbrev
	}
	if p.Postcode != "" {
		label += " " + p.Postcode
	}
	return label
}

// Zone returns the IANA zone of the place.
func (p Place) Zone() string {
	zone, _ := ZoneFor(p.State, p.Postcode, p.Name)
	return zone
}

// gazetteer holds all places with their indexes.
type gazetteer struct {
	all        []Place
	byKey      map[string][]int // folded name
	byPostcode map[string][]int
	keys       []string // sorted, for prefixes
}

var loadedGazetteer = sync.OnceValue(loadGazetteer)

// Places lists all places. The slice is shared and must not be changed.
func Places() []Place { return loadedGazetteer().all }

func loadGazetteer() *gazetteer {
	g := &gazetteer{byKey: map[string][]int{}, byPostcode: map[string][]int{}}
	for _, r := range rows("places.tsv") {
		g.add(Place{Name: r[0], State: r[1], Lat: number(r[2]), Lng: number(r[3]), Population: int(number(r[4]))})
	}
	for _, r := range rows("regions.tsv") {
		g.add(Place{Name: r[0], State: r[1], Lat: number(r[2]), Lng: number(r[3])})
	}
	g.addPostcodes(postcodeRows())
	for k := range g.byKey {
		g.keys = append(g.keys, k)
	}
	slices.Sort(g.keys)
	return g
}

func (g *gazetteer) add(p Place) int {
	i := len(g.all)
	g.all = append(g.all, p)
	k := key(p.Name)
	g.byKey[k] = append(g.byKey[k], i)
	return i
}

// postcodeRow is a line of postcodes.tsv; located if it has a coordinate of its own.
type postcodeRow struct {
	Place
	located bool
}

func postcodeRows() []postcodeRow {
	var out []postcodeRow
	for _, r := range rows("postcodes.tsv") {
		row := postcodeRow{Place: Place{Postcode: r[0], Name: r[1], State: r[2]}, located: r[3] != ""}
		if row.located {
			row.Lat, row.Lng = number(r[3]), number(r[4])
		}
		out = append(out, row)
	}
	return out
}

// addPostcodes adds postcodes to the places and suburbs missing from the gazetteer. A suburb without a
// coordinate gets the mean of its postcode's other suburbs.
func (g *gazetteer) addPostcodes(table []postcodeRow) {
	middle := g.middles(table)
	for _, row := range table {
		near := row.Place
		if !row.located {
			near.Lat, near.Lng = middle[row.Postcode].centre()
		}
		i, ok := g.nearest(near)
		if !ok {
			i = g.add(near)
		}
		g.all[i].Name, g.all[i].Postcode = row.Name, row.Postcode // our spelling: "St Kilda", not "Saint Kilda"
		g.byPostcode[row.Postcode] = append(g.byPostcode[row.Postcode], i)
	}
	for _, list := range g.byPostcode {
		slices.SortStableFunc(list, g.compare)
	}
}

// middles sums the certain coordinates of each postcode.
func (g *gazetteer) middles(table []postcodeRow) map[string]points {
	out := map[string]points{}
	for _, row := range table {
		p := row.Place
		if same := g.named(row.Name, row.State); !row.located {
			if len(same) != 1 {
				continue
			}
			p = g.all[same[0]]
		}
		out[row.Postcode] = out[row.Postcode].and(p)
	}
	return out
}

// nearest finds the closest place with the same name and state. A place more than 60 km away is a
// different one.
func (g *gazetteer) nearest(p Place) (int, bool) {
	best, at := 60.0, -1
	for _, i := range g.named(p.Name, p.State) {
		if d := Distance(p.Lat, p.Lng, g.all[i].Lat, g.all[i].Lng); d < best && g.all[i].Postcode == "" {
			best, at = d, i
		}
	}
	return at, at >= 0
}

func (g *gazetteer) named(name, state string) []int {
	var out []int
	for _, i := range g.byKey[key(name)] {
		if state == "" || g.all[i].State == state {
			out = append(out, i)
		}
	}
	return out
}

// points is a sum of coordinates.
type points struct {
	lat, lng float64
	n        int
}

func (s points) and(p Place) points { return points{s.lat + p.Lat, s.lng + p.Lng, s.n + 1} }

func (s points) centre() (lat, lng float64) {
	if s.n == 0 {
		return math.NaN(), math.NaN()
	}
	return s.lat / float64(s.n), s.lng / float64(s.n)
}

func number(text string) float64 {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		panic(err)
	}
	return f
}
