package region

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// Find lists the places with a name, the most populous first. Case, diacritics and punctuation do not
// matter; "Saint" equals "St" and "Mt" equals "Mount". An empty state means any.
func Find(name, state string) []Place {
	g := loadedGazetteer()
	return g.pick(g.named(name, state))
}

// ByPostcode lists the known suburbs of a postcode, the most populous first. A postcode missing from
// the table may still exist.
func ByPostcode(postcode string) []Place {
	g := loadedGazetteer()
	return g.pick(g.byPostcode[postcode])
}

// Suggest completes a name ("newt", "st k") or postcode ("204") with at most n places: exact names
// first, then by population.
func Suggest(prefix string, n int) []Place {
	g, k := loadedGazetteer(), key(prefix)
	if k == "" || n <= 0 {
		return nil
	}
	var at []int
	if isDigits(k) {
		at = g.postcodePrefix(k)
	} else {
		at = g.namePrefix(k)
	}
	slices.SortStableFunc(at, func(a, b int) int {
		return cmp.Or(cmp.Compare(g.rank(a, k), g.rank(b, k)), g.compare(a, b))
	})
	return g.pick(at[:min(n, len(at))])
}

func (g *gazetteer) namePrefix(k string) []int {
	var out []int
	from, _ := slices.BinarySearch(g.keys, k)
	for _, name := range g.keys[from:] {
		if !strings.HasPrefix(name, k) {
			break
		}
		out = append(out, g.byKey[name]...)
	}
	return out
}

func (g *gazetteer) postcodePrefix(k string) []int {
	var out []int
	for pc, list := range g.byPostcode {
		if strings.HasPrefix(pc, k) {
			out = append(out, list...)
		}
	}
	return out
}

// rank puts exact names before prefix matches.
func (g *gazetteer) rank(i int, k string) int {
	if key(g.all[i].Name) == k {
		return 0
	}
	return 1
}

// compare orders places by population, then name, state and postcode, so that lists are stable.
func (g *gazetteer) compare(a, b int) int {
	p, q := &g.all[a], &g.all[b]
	return cmp.Or(cmp.Compare(q.Population, p.Population), cmp.Compare(p.Name, q.Name),
		cmp.Compare(p.State, q.State), cmp.Compare(p.Postcode, q.Postcode))
}

func (g *gazetteer) pick(at []int) []Place {
	if len(at) == 0 {
		return nil
	}
	at = slices.Clone(at)
	slices.SortStableFunc(at, g.compare)
	out := make([]Place, len(at))
	for i, j := range at {
		out[i] = g.all[j]
	}
	return out
}

// Distance returns the great-circle distance in kilometres between two points in degrees (haversine on
// a sphere of 6,371 km, accurate to half a per cent).
func Distance(lat1, lng1, lat2, lng2 float64) float64 {
	const rad = math.Pi / 180
	sLat, sLng := math.Sin((lat2-lat1)*rad/2), math.Sin((lng2-lng1)*rad/2)
	h := sLat*sLat + math.Cos(lat1*rad)*math.Cos(lat2*rad)*sLng*sLng
	return 2 * 6371 * math.Asin(math.Sqrt(min(1, h)))
}

// Centre returns the mean position of several places, NaN for none.
func Centre(places []Place) (lat, lng float64) {
	var s points
	for _, p := range places {
		s = s.and(p)
	}
	return s.centre()
}

func isDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
