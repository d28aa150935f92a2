package directory

import (
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// model is the read model: every listed profile, in this process, packed.
type model struct {
	mu      sync.RWMutex
	byID    map[int64]*record
	bySlug  map[string]*record
	book    *book
	roll    roll   // everybody by name
	state   uint64 // sum of all fingerprints: the same directory has the same state
	demo    int    // how many are fictional
	version atomic.Pointer[string]
	lately  lately
}

// replace makes what has been gathered everything there is.
func (m *model) replace(g *gathering) {
	all := g.end()
	byID, bySlug := make(map[int64]*record, len(all)), make(map[string]*record, len(all))
	var state uint64
	demo := 0
	for _, r := range all {
		byID[r.id], bySlug[r.slug()] = r, r
		state += mix(r.mark)
		demo += tally(r.demo)
	}
	byName := rollOf(all)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.byID, m.bySlug, m.book, m.roll, m.state, m.demo = byID, bySlug, g.book, byName, state, demo
	m.lately.forget()
}

// apply takes in put and forgets gone. It returns what really changed, for the index.
func (m *model) apply(put []*Therapist, gone []int64) (changed []*Therapist, lost []int64) {
	records := m.pack(put)
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, id := range gone {
		if old := m.byID[id]; old != nil {
			m.roll.remove(m.byID, old)
		}
		if m.drop(id) {
			lost = append(lost, id)
		}
	}
	for i, r := range records {
		// The address, the phone and the like are not in the fingerprint.
		if old := m.byID[r.id]; old == nil || old.mark != r.mark {
			changed = append(changed, put[i])
		}
		m.rename(r)
		m.drop(r.id)
		m.byID[r.id], m.bySlug[r.slug()] = r, r
		m.state += mix(r.mark)
		m.demo += tally(r.demo)
	}
	return changed, lost
}

// pack packs profiles while readers go on. There is one writer at a time.
func (m *model) pack(put []*Therapist) []*record {
	if m.book == nil {
		m.replace(&gathering{})
	}
	out := make([]*record, len(put))
	for i, t := range put {
		out[i] = m.book.record(t)
	}
	return out
}

// rename puts a new person, or one with a new name, on the roll.
func (m *model) rename(r *record) {
	old := m.byID[r.id]
	if old != nil && sameName(old, r) {
		return
	}
	if old != nil {
		m.roll.remove(m.byID, old)
	}
	m.roll.add(m.byID, r)
}

func (m *model) drop(id int64) bool {
	old := m.byID[id]
	if old == nil {
		return false
	}
	m.state -= mix(old.mark)
	m.demo -= tally(old.demo)
	delete(m.byID, id)
	if slug := old.slug(); m.bySlug[slug] == old {
		delete(m.bySlug, slug)
	}
	return true
}

func tally(b bool) int {
	if b {
		return 1
	}
	return 0
}

// stamp makes the state the version that is told. It is done when the index has the change too: what the
// old index has found must not be kept by the tag of the new version.
func (m *model) stamp() {
	m.mu.RLock()
	defer m.mu.RUnlock()
	v := strconv.FormatUint(m.state, 36) + "-" + strconv.FormatInt(int64(len(m.byID)), 36)
	m.version.Store(&v)
}

// mix spreads a fingerprint (SplitMix64), so that sums of them do not cancel out.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func (m *model) id(id int64) (*Therapist, bool) {
	m.mu.RLock()
	r := m.byID[id]
	m.mu.RUnlock()
	return m.lately.of(r)
}

func (m *model) slug(slug string) (*Therapist, bool) {
	m.mu.RLock()
	r := m.bySlug[slug]
	m.mu.RUnlock()
	return m.lately.of(r)
}

// ByID finds a listed profile in the read model, without SQL.
func (d *Directory) ByID(id int64) (*Therapist, bool) { return d.model.id(id) }

// BySlug finds a listed profile in the read model, without SQL.
func (d *Directory) BySlug(slug string) (*Therapist, bool) { return d.model.slug(slug) }

// Len is how many profiles are listed.
func (d *Directory) Len() int {
	d.model.mu.RLock()
	defer d.model.mu.RUnlock()
	return len(d.model.byID)
}

// Fictional says whether anybody listed is made up: the site then says so on every page.
func (d *Directory) Fictional() bool {
	d.model.mu.RLock()
	defer d.model.mu.RUnlock()
	return d.model.demo > 0
}

// All goes through the listed profiles in the order of their addresses, for sitemaps and counts. Each
// comes without its Bio and holds until the next one comes.
func (d *Directory) All() iter.Seq[*Therapist] {
	type place struct {
		slug string
		*record
	}
	d.model.mu.RLock()
	all := make([]place, 0, len(d.model.bySlug))
	for slug, r := range d.model.bySlug {
		all = append(all, place{slug, r})
	}
	d.model.mu.RUnlock()
	slices.SortFunc(all, func(a, b place) int { return strings.Compare(a.slug, b.slug) })
	return func(yield func(*Therapist) bool) {
		var one reader
		for _, p := range all {
			if !yield(one.read(p.record)) {
				return
			}
		}
	}
}

// each goes through the listed profiles that keep keeps, in no order; whom skip passes over is not even
// unpacked. Each comes without its Bio and holds until the next one comes. Readers of the model wait for nobody while it does; a profile that
// changes meanwhile may still be given as it was.
func (m *model) each(skip func(*record) bool, keep func(*Therapist) bool) iter.Seq[*Therapist] {
	return func(yield func(*Therapist) bool) {
		var one reader
		for _, r := range m.records() {
			if skip(r) {
				continue
			}
			if t := one.read(r); keep(t) && !yield(t) {
				return
			}
		}
	}
}

func (m *model) records() []*record {
	m.mu.RLock()
	defer m.mu.RUnlock()
	all := make([]*record, 0, len(m.byID))
	for _, r := range m.byID {
		all = append(all, r)
	}
	return all
}

// Version names the state of the read model, for ETags: the same directory has the same version in
// every instance. "" before Load.
func (d *Directory) Version() string {
	if v := d.model.version.Load(); v != nil {
		return *v
	}
	return ""
}
