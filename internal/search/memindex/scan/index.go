// Package scan is the oracle of the embedded index: the same answers by one pass over everybody.
// Therapists stand in blocks of 64; for every value of every filter a block holds one word with a bit
// a therapist, so that the pass answers a search, its total and all its counts exactly. It shares no
// code with package memindex, and serves tests and benchmarks only.
package scan

import (
	"context"
	"math"
	"sync"
	"time"

	"wattle/internal/directory"
	"wattle/internal/money"
	"wattle/internal/region"
	"wattle/internal/search"
)

const (
	blockSize = 64
	none      = math.MaxInt32 // no fee
	never     = 0             // no instant; none lies as far back
	wasteful  = 4096          // dead slots that are worth compacting
)

// Index holds the listed therapists. It is safe for concurrent use.
type Index struct {
	mu     sync.RWMutex
	slots  map[int64]int // id → slot
	who    []*directory.Profile
	ids    []int64
	dead   int
	live   []uint64 // a word a block
	bits   []uint64 // stride words a block
	stride int
	static []string    // groups whose bits are here
	low    [2][]int32  // lowest fee in cents: individual, couple
	gapFee []int32     // fee of the individual session
	gapOf  []uint16    // its entry in rates
	rates  []rateKey   // what Medicare benefits depend on
	next   [3][]int64  // any, evening, weekend, in microseconds
	zone   []uint16    // entry in zones
	zones  []zoneEntry // few
	lat    []float64
	lng    []float64
	text   *words
	pool   sync.Pool // *scratch
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

// New makes an empty index.
func New() *Index {
	x := &Index{stride: search.FacetLen() + len(coupleBuckets())}
	for _, g := range search.Groups() {
		if g.Name != "available" && g.Name != "price" {
			x.static = append(x.static, g.Name)
		}
	}
	x.reset(0)
	return x
}

// coupleBuckets stand after the facets: the price buckets by couples' fees.
func coupleBuckets() []string {
	g, _ := search.GroupByName("price")
	return g.Values
}

func (x *Index) reset(n int) {
	blocks := (n + blockSize - 1) / blockSize
	x.slots = make(map[int64]int, n)
	x.who, x.ids = make([]*directory.Profile, 0, n), make([]int64, 0, n)
	x.live = make([]uint64, 0, blocks)
	x.bits = make([]uint64, 0, blocks*x.stride)
	x.low = [2][]int32{make([]int32, 0, n), make([]int32, 0, n)}
	x.next = [3][]int64{make([]int64, 0, n), make([]int64, 0, n), make([]int64, 0, n)}
	x.gapFee, x.gapOf, x.zone = make([]int32, 0, n), make([]uint16, 0, n), make([]uint16, 0, n)
	x.lat, x.lng = make([]float64, 0, n), make([]float64, 0, n)
	x.rates, x.zones, x.dead = nil, nil, 0
	x.text = newWords()
}

// Replace makes all the whole directory.
func (x *Index) Replace(_ context.Context, all []*directory.Profile) error {
	fresh := New()
	fresh.reset(len(all))
	for _, t := range all {
		fresh.put(t)
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.adopt(fresh)
	return nil
}

// adopt takes over everything of another index but its lock and pool.
func (x *Index) adopt(o *Index) {
	x.slots, x.who, x.ids, x.dead, x.live, x.bits = o.slots, o.who, o.ids, o.dead, o.live, o.bits
	x.low, x.gapFee, x.gapOf, x.rates = o.low, o.gapFee, o.gapOf, o.rates
	x.next, x.zone, x.zones, x.lat, x.lng, x.text = o.next, o.zone, o.zones, o.lat, o.lng, o.text
}

// Apply adds or renews put and forgets gone.
func (x *Index) Apply(_ context.Context, put []*directory.Profile, gone []int64) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, id := range gone {
		x.drop(id)
	}
	for _, t := range put {
		x.put(t)
	}
	if x.dead > wasteful && x.dead > len(x.who)/4 {
		x.compact()
	}
	return nil
}

// compact builds the index anew without its dead slots.
func (x *Index) compact() {
	fresh := New()
	fresh.reset(len(x.slots))
	for _, t := range x.who {
		if t != nil {
			fresh.put(t)
		}
	}
	x.adopt(fresh)
}

func (x *Index) drop(id int64) {
	slot, ok := x.slots[id]
	if !ok {
		return
	}
	delete(x.slots, id)
	x.who[slot] = nil
	x.dead++
	x.live[slot/blockSize] &^= 1 << (slot % blockSize)
}

// put renews a therapist in place while the words stay the same: postings only ever grow.
func (x *Index) put(t *directory.Profile) {
	slot, ok := x.slots[t.ID]
	if ok && !sameWords(x.who[slot], t) {
		x.drop(t.ID)
		ok = false
	}
	if !ok {
		slot = x.grow()
		x.text.add(uint32(slot), t)
	}
	x.slots[t.ID] = slot
	x.who[slot], x.ids[slot] = t, t.ID
	x.live[slot/blockSize] |= 1 << (slot % blockSize)
	x.setBits(slot, t)
	x.setColumns(slot, t)
}

// grow adds an empty slot.
func (x *Index) grow() int {
	slot := len(x.who)
	if slot%blockSize == 0 {
		x.live = append(x.live, 0)
		x.bits = append(x.bits, make([]uint64, x.stride)...)
	}
	x.who, x.ids = append(x.who, nil), append(x.ids, 0)
	for i := range x.low {
		x.low[i] = append(x.low[i], none)
	}
	for i := range x.next {
		x.next[i] = append(x.next[i], never)
	}
	x.gapFee, x.gapOf, x.zone = append(x.gapFee, none), append(x.gapOf, 0), append(x.zone, 0)
	x.lat, x.lng = append(x.lat, 0), append(x.lng, 0)
	return slot
}

func (x *Index) setBits(slot int, t *directory.Profile) {
	row := x.row(slot / blockSize)
	bit := uint64(1) << (slot % blockSize)
	for i := range row {
		row[i] &^= bit
	}
	for _, g := range x.static {
		for _, v := range search.Traits(t, g) {
			if p, ok := search.FacetIndex(g, v); ok {
				row[p] |= bit
			}
		}
	}
	from, _ := search.FacetRange("price")
	for i, format := range formats {
		low, ok := directory.LowestFee(t, format)
		x.low[i][slot] = none
		if !ok {
			continue
		}
		x.low[i][slot] = cents(low)
		p, _ := search.FacetIndex("price", directory.Bucket(low))
		if i == 1 {
			p += search.FacetLen() - from
		}
		row[p] |= bit
	}
}

// formats are the two whose fees a search can be about.
var formats = [2]string{"individual", "couple"}

func (x *Index) row(block int) []uint64 { return x.bits[block*x.stride : (block+1)*x.stride] }

func (x *Index) setColumns(slot int, t *directory.Profile) {
	for i, at := range []time.Time{t.Next.Any, t.Next.Evening, t.Next.Weekend} {
		x.next[i][slot] = never
		if !at.IsZero() {
			x.next[i][slot] = at.UnixMicro()
		}
	}
	x.lat[slot], x.lng[slot] = t.Lat, t.Lng
	x.zone[slot] = x.zoneNumber(t.Zone)
	x.gapFee[slot] = none
	if s, ok := directory.FeeService(t, "individual"); ok && s.Format == "individual" {
		x.gapFee[slot] = cents(s.Fee)
		x.gapOf[slot] = x.rateNumber(rateKey{t.Practises(), s.Minutes, t.Zone})
	}
}

func (x *Index) zoneNumber(name string) uint16 {
	for i, z := range x.zones {
		if z.name == name {
			return uint16(i)
		}
	}
	loc, err := region.LoadZone(name)
	if err != nil {
		loc = time.UTC
	}
	x.zones = append(x.zones, zoneEntry{name, loc})
	return uint16(len(x.zones) - 1)
}

func (x *Index) rateNumber(k rateKey) uint16 {
	for i, r := range x.rates {
		if r == k {
			return uint16(i)
		}
	}
	x.rates = append(x.rates, k)
	return uint16(len(x.rates) - 1)
}

// Len is how many therapists there are.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.slots)
}

// cents fits any fee a service can have; none stays beyond it.
func cents(c money.Cents) int32 { return int32(min(c, none-1)) }
