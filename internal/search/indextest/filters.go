package indextest

import (
	"fmt"
	"math/rand/v2"
	"net/url"

	"wattle/internal/region"
	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// Filters makes n random filters without words and with up to five conditions, the same for the same seed. They are
// parsed from queries, so that parsing is tested too.
func Filters(n int, seed uint64) []search.Filter {
	r := rand.New(rand.NewPCG(seed, 11))
	out := make([]search.Filter, n)
	for i := range out {
		v := url.Values{}
		for range r.IntN(6) {
			add(r, v)
		}
		v.Set("sort", pick(r, []string{"relevance", "soonest", "price"}))
		if v.Has("near") && r.IntN(2) == 0 {
			v.Set("sort", "distance")
		}
		v.Set("page", fmt.Sprint(1+r.IntN(3)))
		v.Set("per_page", fmt.Sprint(1+r.IntN(50)))
		f, err := search.Parse(v)
		if err != nil {
			panic(fmt.Sprint(v, err))
		}
		out[i] = f
	}
	return out
}

// add adds a condition.
func add(r *rand.Rand, v url.Values) {
	switch r.IntN(12) {
	case 0, 1, 2, 3:
		addGroup(r, v)
	case 4:
		for range 1 + r.IntN(3) {
			v.Add("issue", pick(r, taxonomy.Issues.Slugs()[:10]))
		}
		v.Set("issue_match", pick(r, []string{"any", "all"}))
	case 5:
		v.Set("max_fee", fmt.Sprint(60+r.IntN(30)*10))
	case 6:
		v.Set("max_gap", fmt.Sprint(r.IntN(20)*10))
	case 7:
		v.Set("near", search.PlaceOf(region.Places()[r.IntN(400)]).Text)
		v.Set("within_km", fmt.Sprint(1+r.IntN(200)))
	case 8:
		v.Add("available", pick(r, []string{"today", "week", "evening", "weekend"}))
	case 9:
		v["format"] = []string{pick(r, []string{"couple", "individual", "group"})}
	case 10:
		v.Set("state", pick(r, []string{"nsw", "act", "vic", "qld"}))
	case 11:
		v["mode"] = []string{pick(r, []string{"video", "phone", "in-person"})}
	}
}

func addGroup(r *rand.Rand, v url.Values) {
	groups := search.Groups()
	g := groups[r.IntN(len(groups)-1)] // the parameter of price is max_fee
	if !g.Many {
		v.Set(g.Name, "true")
		return
	}
	for range 1 + r.IntN(2) {
		v.Add(g.Name, pick(r, g.Values))
	}
}
