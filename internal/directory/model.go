package directory

import (
	"iter"
	"maps"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
)

// model is the read model: every listed profile, in this process. Profiles are never changed in
// place, so that a reader may keep the pointer it was given.
type model struct {
	mu      sync.RWMutex
	byID    map[int64]*Therapist
	bySlug  map[string]*Therapist
	roll    roll   // everybody by name
	state   uint64 // sum of all fingerprints: the same directory has the same state
	demo    int    // how many are fictional
	version atomic.Pointer[string]
}

// replace makes list everything there is.
func (m *model) replace(list []*Therapist) {
	byID, bySlug := make(map[int64]*Therapist, len(list)), make(map[string]*Therapist, len(list))
	var state uint64
	demo := 0
	for _, t := range list {
		byID[t.ID], bySlug[t.Slug] = t, t
		state += mix(t.mark)
		demo += tally(t.Demo)
	}
	byName := rollOf(list)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.byID, m.bySlug, m.roll, m.state, m.demo = byID, bySlug, byName, state, demo
	m.stamp()
}

// apply takes in put and forgets gone. It returns what really changed, for the index.
func (m *model) apply(put []*Therapist, gone []int64) (changed []*Therapist, lost []int64) {
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
	for _, t := range put {
		if old := m.byID[t.ID]; old != nil && old.mark == t.mark {
			// The address, the phone and the like are not in the fingerprint.
			m.rename(t)
			m.demo += tally(t.Demo) - tally(old.Demo)
			m.byID[t.ID], m.bySlug[t.Slug] = t, t
			continue
		}
		m.rename(t)
		m.drop(t.ID)
		m.byID[t.ID], m.bySlug[t.Slug] = t, t
		m.state += mix(t.mark)
		m.demo += tally(t.Demo)
		changed = append(changed, t)
	}
	m.stamp()
	return changed, lost
}

// rename puts a new person, or one with a new name, on the roll.
func (m *model) rename(t *Therapist) {
	old := m.byID[t.ID]
	if old != nil && sameName(old, t) {
		return
	}
	if old != nil {
		m.roll.remove(m.byID, old)
	}
	m.roll.add(m.byID, t)
}

func (m *model) drop(id int64) bool {
	old := m.byID[id]
	if old == nil {
		return false
	}
	m.state -= mix(old.mark)
	m.demo -= tally(old.Demo)
	delete(m.byID, id)
	if m.bySlug[old.Slug] == old {
		delete(m.bySlug, old.Slug)
	}
	return true
}

func tally(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (m *model) stamp() {
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
	defer m.mu.RUnlock()
	t, ok := m.byID[id]
	return t, ok
}

func (m *model) slug(slug string) (*Therapist, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	t, ok := m.bySlug[slug]
	return t, ok
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

// All goes through the listed profiles in the order of their addresses, for sitemaps and counts.
func (d *Directory) All() iter.Seq[*Therapist] {
	d.model.mu.RLock()
	all := slices.Collect(maps.Values(d.model.bySlug))
	d.model.mu.RUnlock()
	slices.SortFunc(all, func(a, b *Therapist) int {
		if a.Slug < b.Slug {
			return -1
		}
		return 1
	})
	return slices.Values(all)
}

// each goes through the listed profiles that keep keeps, in no order. Readers of the model wait for
// nobody while it does; a profile that changes meanwhile may still be given as it was.
func (m *model) each(keep func(*Therapist) bool) iter.Seq[*Therapist] {
	return func(yield func(*Therapist) bool) {
		m.mu.RLock()
		all := make([]*Therapist, 0, len(m.byID))
		for _, t := range m.byID {
			all = append(all, t)
		}
		m.mu.RUnlock()
		for _, t := range all {
			if keep(t) && !yield(t) {
				return
			}
		}
	}
}

// Version names the state of the read model, for ETags: the same directory has the same version in
// every instance. "" before Load.
func (d *Directory) Version() string {
	if v := d.model.version.Load(); v != nil {
		return *v
	}
	return ""
}
