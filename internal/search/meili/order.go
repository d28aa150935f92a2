package meili

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"wattle/internal/region"
	"wattle/internal/search"
)

// sorts is the engine's sort for f as of now; nil by relevance, where the ranking rules end with the soonest
// time and rotated does the rest.
func sorts(f search.Filter, words bool, now time.Time) []string {
	soonest := []string{instants[0] + ":asc", turns[search.RotationDay(now)] + ":asc", atID + ":asc"}
	switch {
	case f.Sort == search.Price:
		return append([]string{lowFee[priced(f)] + ":asc"}, soonest...)
	case f.Sort == search.Distance && !f.Near.IsZero():
		from := fmt.Sprintf("_geoPoint(%s, %s):asc", number(f.Near.Lat), number(f.Near.Lng))
		return append([]string{from}, soonest...)
	case f.Sort == "" && words:
		return nil
	}
	return soonest
}

// found is a hit of the engine.
type found struct {
	ID    int64    `json:"id"`
	Next  *float64 `json:"next_any"`
	Low   *float64 `json:"low_individual"`
	LowOf *float64 `json:"low_couple"`
	Score float64  `json:"_rankingScore"` // by relevance only: how well the words are met
	Geo   struct {
		Lat float64 `json:"lat"`
		Lng float64 `json:"lng"`
	} `json:"_geo"`
}

// key orders hits as the embedded index does: by what was asked for, then by the soonest time, then by the
// rotation of the day.
type key struct {
	first, next float64
	turn        uint64
	id          int64
}

func (a key) compare(b key) int {
	return cmp.Or(cmp.Compare(a.first, b.first), cmp.Compare(a.next, b.next), cmp.Compare(a.turn, b.turn),
		cmp.Compare(a.id, b.id))
}

func (h found) key(f search.Filter, now time.Time) key {
	k := key{next: math.Inf(1), turn: search.RotationRank(h.ID, search.RotationDay(now)), id: h.ID}
	if h.Next != nil && *h.Next > float64(now.UnixMicro()) {
		k.next = *h.Next
	}
	switch {
	case f.Sort == search.Price:
		k.first = math.Inf(1)
		if low := [2]*float64{h.Low, h.LowOf}[priced(f)]; low != nil {
			k.first = *low
		}
	case f.Sort == search.Distance && !f.Near.IsZero():
		k.first = h.km(f)
	}
	return k
}

func (h found) km(f search.Filter) float64 {
	return region.Distance(f.Near.Lat, f.Near.Lng, h.Geo.Lat, h.Geo.Lng)
}

// mostLapsed bounds the passed instants in the index. They are renewed every minute; an index with more is too
// far behind to be used.
const mostLapsed = 1000

// reach is the window of hits with a time to come that a page needs: any of the lapsed hits may come before
// the page.
func reach(f search.Filter, lapsed int) (offset, limit int) {
	from := (f.Page - 1) * f.PerPage
	offset = max(0, from-lapsed)
	return offset, from + f.PerPage - offset
}

// merge sorts the lapsed hits into the fresh ones, as hits without a time, and cuts out the page. offset is
// where fresh begins among all fresh hits.
func merge(f search.Filter, now time.Time, fresh []found, offset int, lapsed []found) []found {
	if len(lapsed) == 0 {
		return fresh
	}
	by := func(a, b found) int { return a.key(f, now).compare(b.key(f, now)) }
	lapsed = slices.Clone(lapsed)
	slices.SortFunc(lapsed, by)
	var all []found
	i := 0
	for _, h := range fresh {
		for ; i < len(lapsed) && by(lapsed[i], h) < 0; i++ {
			all = append(all, lapsed[i])
		}
		all = append(all, h)
	}
	all = append(all, lapsed[i:]...)
	from := min(len(all), (f.Page-1)*f.PerPage-offset)
	return all[from:min(len(all), from+f.PerPage)]
}

// mostInBlock bounds the hits by relevance that are rotated together. The engine's ranking rules are fixed and
// end with one day's rotation, so tied hits are sorted here. Pages are cut from whole blocks, so that the pages
// of a day fit together. Relevance decides only for words that are no filter, such as names; in a directory of
// 100,000 about as many people share a common name and the same time.
const mostInBlock = 300

// blocks is the block that a page is in: as many whole pages as fit into mostInBlock.
func blocks(f search.Filter) (offset, limit int) {
	limit = max(1, mostInBlock/f.PerPage) * f.PerPage
	return (f.Page - 1) * f.PerPage / limit * limit, limit
}

// rotated sorts tied hits of a block, those with the same words and time, into the order of the day, and cuts
// out the page. The block begins at offset.
func rotated(f search.Filter, now time.Time, block []found, offset int) []found {
	day := search.RotationDay(now)
	for from := 0; from < len(block); {
		to := from + 1
		for to < len(block) && block[to].tiedWith(block[from]) {
			to++
		}
		slices.SortFunc(block[from:to], func(a, b found) int {
			return cmp.Compare(search.RotationRank(a.ID, day), search.RotationRank(b.ID, day))
		})
		from = to
	}
	from := min(len(block), (f.Page-1)*f.PerPage-offset)
	return block[from:min(len(block), from+f.PerPage)]
}

func (h found) tiedWith(other found) bool {
	if h.Next == nil || other.Next == nil {
		return h.Score == other.Score && h.Next == other.Next
	}
	return h.Score == other.Score && *h.Next == *other.Next
}
