package memindex

import (
	"math"
	"math/bits"
	"slices"
	"sync/atomic"
	"time"

	"wattle/internal/directory"
	"wattle/internal/money"
	"wattle/internal/region"
	"wattle/internal/search"
)

const (
	none  = math.MaxInt32 // no fee
	never = 0             // no instant; none lies as far back
)

// table is the index at one time. A therapist has a slot; columns hold one entry a slot, sets one
// bit a slot.
type table struct {
	slots  map[int64]int32 // id → slot
	ids    []int64
	said   []uint64 // sum of the words that are entered
	dead   int
	live   []uint64
	value  [][]uint64 // by place: who has it; after the facets the price buckets by couples' fees
	rows   []uint64   // the same by slot, stride words each
	stride int
	total  []int32  // by place: how many of the living
	static []string // groups whose values are told by the profile alone

	low    [2][]int32                // lowest fee in cents: individual, couple
	steps  [2][lastStep + 1][]uint64 // whose lowest fee is at most $0, $10, $20, …
	gapFee []int32                   // fee of the individual session
	gapOf  []uint16                  // its entry in rates
	rates  []rateKey                 // what Medicare benefits depend on

	next  [3][]int64 // any, evening, weekend, in microseconds
	zone  []uint16   // entry in zones
	zones []zoneEntry
	hours atomic.Pointer[hours]

	lat, lng []float64
	on       []vector // the same on the unit sphere
	area     cells
	place    []int32 // entry in places
	places   *placeBook

	soon  []int32 // the living by next time and lot, those without one last
	moved []int32 // slots that left their place in soon or have none yet
	bulk  bool    // soon is mended at the end of many changes
	text  *words
}

type zoneEntry struct {
	name string
	loc  *time.Location
}

// rateKey picks a service whose Medicare benefit stands for all of its kind.
type rateKey struct {
	practises string
	minutes   int
	zone      string
}

// formats are the two whose fees a search can be about.
var formats = [2]string{"individual", "couple"}

// newTable has room for n.
func newTable(n int) *table {
	g, _ := search.GroupByName("price")
	values := search.FacetLen() + len(g.Values)
	t := &table{slots: make(map[int64]int32, n), value: make([][]uint64, values), total: make([]int32, values),
		stride: (values + 63) / 64, area: cells{}, places: newPlaceBook(), text: newWords()}
	for _, g := range search.Groups() {
		if g.Name != "available" && g.Name != "price" {
			t.static = append(t.static, g.Name)
		}
	}
	t.reserve(n + n/16)
	return t
}

// reserve makes room for n slots in all.
func (t *table) reserve(n int) {
	t.ids, t.said = slices.Grow(t.ids, n), slices.Grow(t.said, n)
	t.rows = slices.Grow(t.rows, n*t.stride)
	for i := range t.low {
		t.low[i] = slices.Grow(t.low[i], n)
	}
	for i := range t.next {
		t.next[i] = slices.Grow(t.next[i], n)
	}
	t.gapFee, t.gapOf, t.zone = slices.Grow(t.gapFee, n), slices.Grow(t.gapOf, n), slices.Grow(t.zone, n)
	t.lat, t.lng, t.on, t.place = slices.Grow(t.lat, n), slices.Grow(t.lng, n), slices.Grow(t.on, n), slices.Grow(t.place, n)
	t.soon = slices.Grow(t.soon, n)
	t.eachSet(func(set *[]uint64) { *set = slices.Grow(*set, (n+63)/64) })
}

func (t *table) eachSet(do func(set *[]uint64)) {
	do(&t.live)
	for i := range t.value {
		do(&t.value[i])
	}
	for i := range t.steps {
		for j := range t.steps[i] {
			do(&t.steps[i][j])
		}
	}
}

// put renews a therapist in place while the words stay the same: postings only ever grow.
func (t *table) put(p *directory.Profile) {
	slot, ok := t.slots[p.ID]
	said := t.text.sum(p)
	if ok && t.said[slot] != said {
		t.drop(p.ID)
		ok = false
	}
	stays := ok && t.next[0][slot] == micro(p.Next.Any) // where it stands in soon
	if ok {
		if !stays {
			t.leave(slot)
		}
		t.clear(slot)
	} else {
		slot = t.grow()
		t.text.add(uint32(slot), p)
	}
	t.slots[p.ID] = slot
	t.ids[slot], t.said[slot] = p.ID, said
	t.live[slot>>6] |= 1 << (slot & 63)
	t.setValues(slot, p)
	t.setFees(slot, p)
	t.setTimes(slot, p)
	t.setPlace(slot, p)
	if !stays {
		t.enter(slot)
	}
}

// grow adds an empty slot.
func (t *table) grow() int32 {
	slot := len(t.ids)
	if slot&63 == 0 {
		t.eachSet(func(set *[]uint64) { *set = append(*set, 0) })
		if h := t.hours.Load(); h != nil {
			h.grow()
		}
	}
	t.ids, t.said = append(t.ids, 0), append(t.said, 0)
	for range t.stride {
		t.rows = append(t.rows, 0)
	}
	for i := range t.low {
		t.low[i] = append(t.low[i], none)
	}
	for i := range t.next {
		t.next[i] = append(t.next[i], never)
	}
	t.gapFee, t.gapOf, t.zone = append(t.gapFee, none), append(t.gapOf, 0), append(t.zone, 0)
	t.lat, t.lng, t.on, t.place = append(t.lat, 0), append(t.lng, 0), append(t.on, vector{}), append(t.place, 0)
	return int32(slot)
}

func (t *table) drop(id int64) {
	slot, ok := t.slots[id]
	if !ok {
		return
	}
	t.leave(slot)
	t.clear(slot)
	delete(t.slots, id)
	t.dead++
	t.live[slot>>6] &^= 1 << (slot & 63)
	if h := t.hours.Load(); h != nil {
		h.clear(slot)
	}
}

// clear takes a slot out of every set that tells its values, and out of its cell.
func (t *table) clear(slot int32) {
	word, bit := slot>>6, uint64(1)<<(slot&63)
	row := t.row(slot)
	for w, m := range row {
		for ; m != 0; m &= m - 1 {
			p := w<<6 + bits.TrailingZeros64(m)
			t.value[p][word] &^= bit
			t.total[p]--
		}
		row[w] = 0
	}
	for i := range t.steps {
		for j := range t.steps[i] {
			t.steps[i][j][word] &^= bit
		}
	}
	t.area.remove(cellOf(t.lat[slot], t.lng[slot]), slot)
}

func (t *table) row(slot int32) []uint64 {
	return t.rows[int(slot)*t.stride : (int(slot)+1)*t.stride]
}

// has enters a slot into the set of a value, once.
func (t *table) has(slot int32, place int) {
	row, bit := t.row(slot), uint64(1)<<(place&63)
	if row[place>>6]&bit != 0 {
		return
	}
	row[place>>6] |= bit
	t.value[place][slot>>6] |= 1 << (slot & 63)
	t.total[place]++
}

func (t *table) setValues(slot int32, p *directory.Profile) {
	for _, g := range t.static {
		for _, v := range search.Traits(p, g) {
			if place, ok := search.FacetIndex(g, v); ok {
				t.has(slot, place)
			}
		}
	}
}

func (t *table) setFees(slot int32, p *directory.Profile) {
	from, _ := search.FacetRange("price")
	for i, format := range formats {
		low, ok := directory.LowestFee(p, format)
		t.low[i][slot] = none
		if !ok {
			continue
		}
		t.setLow(slot, i, cents(low))
		place, _ := search.FacetIndex("price", directory.Bucket(low))
		t.has(slot, place+i*(search.FacetLen()-from))
	}
	t.gapFee[slot] = none
	if s, ok := directory.FeeService(p, formats[0]); ok && s.Format == formats[0] {
		t.gapFee[slot] = cents(s.Fee)
		t.gapOf[slot] = number(&t.rates, rateKey{p.Practises(), s.Minutes, p.Zone})
	}
}

func (t *table) setTimes(slot int32, p *directory.Profile) {
	for i, at := range []time.Time{p.Next.Any, p.Next.Evening, p.Next.Weekend} {
		t.next[i][slot] = micro(at)
	}
	t.zone[slot] = t.zoneNumber(p.Zone)
	if h := t.hours.Load(); h != nil {
		h.take(t, slot)
	}
}

func micro(at time.Time) int64 {
	if at.IsZero() {
		return never
	}
	return at.UnixMicro()
}

func (t *table) setPlace(slot int32, p *directory.Profile) {
	t.lat[slot], t.lng[slot] = p.Lat, p.Lng
	t.on[slot] = onSphere(p.Lat, p.Lng)
	t.area.add(cellOf(p.Lat, p.Lng), slot)
	t.place[slot] = t.places.enter(p)
}

// zoneNumber knows the few zones there are. With a new one the hours known so far are void.
func (t *table) zoneNumber(name string) uint16 {
	for i, z := range t.zones {
		if z.name == name {
			return uint16(i)
		}
	}
	loc, err := region.LoadZone(name)
	if err != nil {
		loc = time.UTC
	}
	t.zones = append(t.zones, zoneEntry{name, loc})
	t.hours.Store(nil)
	return uint16(len(t.zones) - 1)
}

// number is the place of an entry in a short list, added when it is new.
func number[T comparable](list *[]T, entry T) uint16 {
	i := slices.Index(*list, entry)
	if i < 0 {
		i = len(*list)
		*list = append(*list, entry)
	}
	return uint16(i)
}

// cents fits any fee a service can have; none stays beyond it.
func cents(c money.Cents) int32 { return int32(min(c, none-1)) }
