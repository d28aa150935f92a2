package memindex

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"time"

	"wattle/internal/directory"
	"wattle/internal/money"
	"wattle/internal/region"
	"wattle/internal/search"
)

const noFee = math.MaxInt32

// formats are the two session formats whose fee a search can be about.
var formats = [2]string{"individual", "couple"}

// The columns of a table's next instants.
const (
	nextAny = iota
	nextEvening
	nextWeekend
)

// table is the content of the index. Every therapist has a slot: an entry in each column, a bit in each
// bitset. The slot of a therapist who has left is used again.
type table struct {
	slots    map[int64]int // by id
	free     []int         // slots without a therapist
	live     bitset        // slots with one
	ids      []int64
	profiles []*directory.Profile

	// values holds the therapists that have a value, by search.FacetIndex. The price buckets there are those
	// of the individual fee; those of the couple fee follow at the end.
	values []bitset

	fees  [2][]int32 // lowest fee in cents, by format; noFee for none
	gaps  []gap
	rates []rate

	next  [3][]int64 // instants in microseconds since 1970, 0 for none
	zone  []uint16   // index in zones
	zones []zone

	places []place
	cells  cells

	words *vocabulary
}

type zone struct {
	name string
	loc  *time.Location
}

// gap is the session whose gap after Medicare a search can limit: its fee in cents (noFee for none) and its
// rate's index in rates.
type gap struct {
	fee  int32
	rate uint16
}

// rate is what a Medicare benefit depends on besides the date.
type rate struct {
	practises string
	minutes   int
	zone      string
}

// newTable has capacity for n therapists.
func newTable(n int) *table {
	from, to := search.FacetRange("price")
	t := &table{
		slots: make(map[int64]int, n), live: make(bitset, 0, n/64+1),
		ids: make([]int64, 0, n), profiles: make([]*directory.Profile, 0, n),
		values: make([]bitset, search.FacetLen()+to-from),
		gaps:   make([]gap, 0, n), zone: make([]uint16, 0, n), places: make([]place, 0, n),
		cells: cells{}, words: newVocabulary(),
	}
	for i := range t.values {
		t.values[i] = make(bitset, 0, n/64+1)
	}
	for i := range t.fees {
		t.fees[i] = make([]int32, 0, n)
	}
	for i := range t.next {
		t.next[i] = make([]int64, 0, n)
	}
	return t
}

// tableOf builds a table. Profiles of one state and profession get neighbouring slots, so that the results of
// the most common filters fill few words of a bitset.
func tableOf(all []*directory.Profile) *table {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b *directory.Profile) int {
		return cmp.Or(strings.Compare(a.State, b.State), strings.Compare(a.Type, b.Type), cmp.Compare(a.ID, b.ID))
	})
	t := newTable(len(all))
	for _, p := range all {
		t.put(p)
	}
	t.words.trim()
	return t
}

// put adds a therapist or replaces one with the same id.
func (t *table) put(p *directory.Profile) {
	slot, ok := t.slots[p.ID]
	if ok {
		t.clear(slot)
	} else {
		slot = t.allocate()
		t.slots[p.ID] = slot
	}
	if old := t.profiles[slot]; old == nil || !sameWords(old, p) {
		t.words.replace(slot, old, p)
	}
	t.ids[slot], t.profiles[slot] = p.ID, p
	t.live.add(slot)
	t.setValues(slot, p)
	t.setFees(slot, p)
	t.setTimes(slot, p)
	t.setPlace(slot, p)
}

// drop removes a therapist; an unknown id is ignored.
func (t *table) drop(id int64) {
	slot, ok := t.slots[id]
	if !ok {
		return
	}
	t.clear(slot)
	t.words.replace(slot, t.profiles[slot], nil)
	t.live.remove(slot)
	t.profiles[slot] = nil
	delete(t.slots, id)
	t.free = append(t.free, slot)
}

// allocate returns a free slot, a new one when none is free.
func (t *table) allocate() int {
	if n := len(t.free); n > 0 {
		slot := t.free[n-1]
		t.free = t.free[:n-1]
		return slot
	}
	slot := len(t.ids)
	if slot&63 == 0 {
		t.live = append(t.live, 0)
		for i := range t.values {
			t.values[i] = append(t.values[i], 0)
		}
	}
	t.ids, t.profiles = append(t.ids, 0), append(t.profiles, nil)
	for i := range t.fees {
		t.fees[i] = append(t.fees[i], noFee)
	}
	for i := range t.next {
		t.next[i] = append(t.next[i], 0)
	}
	t.gaps, t.zone, t.places = append(t.gaps, gap{fee: noFee}), append(t.zone, 0), append(t.places, place{})
	return slot
}

// clear removes a slot from the bitsets of the values and from its cell.
func (t *table) clear(slot int) {
	for _, value := range t.values {
		value.remove(slot)
	}
	t.cells.remove(t.places[slot].cell(), slot)
}

func (t *table) setValues(slot int, p *directory.Profile) {
	for _, g := range search.Groups() {
		for _, v := range g.Of(p) {
			if place, ok := search.FacetIndex(g.Name, v); ok {
				t.values[place].add(slot)
			}
		}
	}
}

func (t *table) setFees(slot int, p *directory.Profile) {
	for i, format := range formats {
		t.fees[i][slot] = noFee
		if low, ok := directory.LowestFee(p, format); ok {
			t.fees[i][slot] = cents(low)
			t.values[bucketPlace(i, search.PriceBucket(low))].add(slot)
		}
	}
	t.gaps[slot] = gap{fee: noFee}
	if s, ok := directory.FeeService(p, formats[0]); ok && s.Format == formats[0] {
		t.gaps[slot] = gap{cents(s.Fee), indexOf(&t.rates, rate{p.Practises(), s.Minutes, p.Zone})}
	}
}

// bucketPlace is the place in values of a price bucket of a format's fee.
func bucketPlace(format int, bucket string) int {
	place, _ := search.FacetIndex("price", bucket)
	return place + bucketOffset(format)
}

// bucketOffset leads from a price bucket's facet place to its place in values.
func bucketOffset(format int) int {
	from, _ := search.FacetRange("price")
	return format * (search.FacetLen() - from)
}

func (t *table) setTimes(slot int, p *directory.Profile) {
	for i, at := range [3]time.Time{nextAny: p.Next.Any, nextEvening: p.Next.Evening, nextWeekend: p.Next.Weekend} {
		t.next[i][slot] = 0
		if !at.IsZero() {
			t.next[i][slot] = at.UnixMicro()
		}
	}
	t.zone[slot] = t.zoneIndex(p.Zone)
}

func (t *table) setPlace(slot int, p *directory.Profile) {
	t.places[slot] = placeAt(p.Lat, p.Lng)
	t.cells.add(t.places[slot].cell(), slot)
}

func (t *table) zoneIndex(name string) uint16 {
	for i, z := range t.zones {
		if z.name == name {
			return uint16(i)
		}
	}
	loc, err := region.LoadZone(name)
	if err != nil {
		loc = time.UTC
	}
	t.zones = append(t.zones, zone{name, loc})
	return uint16(len(t.zones) - 1)
}

// indexOf finds an entry in a short list and adds it if it is new.
func indexOf[T comparable](list *[]T, entry T) uint16 {
	i := slices.Index(*list, entry)
	if i < 0 {
		i = len(*list)
		*list = append(*list, entry)
	}
	return uint16(i)
}

// cents clamps a fee, so that it stays below noFee.
func cents(c money.Cents) int32 { return int32(min(c, noFee-1)) }
