package directory

import (
	"context"
	"log/slog"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"wattle/internal/pg"
)

// Index is what the read model keeps up to date: a search engine, or nothing but a counter. It holds
// exactly the listed profiles it was given.
type Index interface {
	// Replace makes all the whole directory.
	Replace(ctx context.Context, all []*Profile) error
	// Apply adds or replaces put and removes gone.
	Apply(ctx context.Context, put []*Profile, gone []int64) error
}

// Model is the read model: every listed profile, in this process, following Postgres. Fill it by field
// name, Load it, and keep Run going. Profiles it returns are shared: do not change them.
type Model struct {
	DB    *pg.DB
	Log   *slog.Logger
	Index Index

	feed    feed
	mu      sync.RWMutex
	byID    map[int64]*Profile
	bySlug  map[string]*Profile
	names   names
	state   uint64 // sum of all fingerprints: equal directories have equal states
	demo    int    // how many are fictional
	version atomic.Pointer[string]
}

// replace makes all the whole read model.
func (m *Model) replace(all []*Profile) {
	byID, bySlug := make(map[int64]*Profile, len(all)), make(map[string]*Profile, len(all))
	var state uint64
	demo := 0
	for _, p := range all {
		byID[p.ID], bySlug[p.Slug] = p, p
		state += mix(p.mark)
		demo += count(p.Demo)
	}
	byName := namesOf(all)
	m.mu.Lock()
	defer m.mu.Unlock()
	m.byID, m.bySlug, m.names, m.state, m.demo = byID, bySlug, byName, state, demo
}

// apply adds or replaces put and removes gone. It returns what really changed, for the index.
func (m *Model) apply(put []*Profile, gone []int64) (changed []*Profile, lost []int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.byID == nil {
		m.byID, m.bySlug = map[int64]*Profile{}, map[string]*Profile{}
	}
	for _, id := range gone {
		if old := m.byID[id]; old != nil {
			m.names.remove(old)
			m.drop(old)
			lost = append(lost, id)
		}
	}
	for _, p := range put {
		old := m.byID[p.ID]
		if old == nil || old.mark != p.mark {
			changed = append(changed, p)
		}
		m.rename(old, p)
		if old != nil {
			m.drop(old)
		}
		m.byID[p.ID], m.bySlug[p.Slug] = p, p
		m.state += mix(p.mark)
		m.demo += count(p.Demo)
	}
	return changed, lost
}

// rename updates the names where they changed: a booking, which renews a profile, does not touch them.
func (m *Model) rename(old, p *Profile) {
	if old != nil && old.GivenName == p.GivenName && old.FamilyName == p.FamilyName {
		return
	}
	if old != nil {
		m.names.remove(old)
	}
	m.names.add(p)
}

func (m *Model) drop(old *Profile) {
	m.state -= mix(old.mark)
	m.demo -= count(old.Demo)
	delete(m.byID, old.ID)
	if m.bySlug[old.Slug] == old {
		delete(m.bySlug, old.Slug)
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// publish makes the present state the version that Version returns. It runs once the index has the
// change too: a page rendered from the old index must not carry the new version's ETag.
func (m *Model) publish() {
	m.mu.RLock()
	defer m.mu.RUnlock()
	v := strconv.FormatUint(m.state, 36) + "-" + strconv.FormatInt(int64(len(m.byID)), 36)
	m.version.Store(&v)
}

// mix spreads a fingerprint (SplitMix64), so that sums of fingerprints do not cancel out.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// ByID finds a listed profile in the read model, without SQL.
func (m *Model) ByID(id int64) (*Profile, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	p, ok := m.byID[id]
	return p, ok
}

// BySlug finds a listed profile in the read model, without SQL.
func (m *Model) BySlug(slug string) (*Profile, bool) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	p, ok := m.bySlug[slug]
	return p, ok
}

// Show gives a listed profile by its slug: from the read model, or from Postgres while the read model is
// not fresh. It returns fault.NotFound for a profile that is not listed.
func (m *Model) Show(ctx context.Context, slug string) (*Profile, error) {
	p, ok := m.BySlug(slug)
	if !m.Fresh() {
		stored, err := GetSlug(ctx, m.DB, slug)
		if err != nil {
			return nil, err
		}
		p, ok = stored, stored.Listing == Listed
	}
	if !ok {
		return nil, notListed()
	}
	return p, nil
}

// StillListed keeps the ids of profiles that are listed: all of them while the read model is fresh, else
// those that Postgres has listed at this moment.
func (m *Model) StillListed(ctx context.Context, ids []int64) ([]int64, error) {
	if m.Fresh() || len(ids) == 0 {
		return ids, nil
	}
	var listed []int64
	const query = `SELECT id FROM therapists WHERE listing = 'listed' AND id = ANY ($1)`
	if err := m.DB.Select(ctx, &listed, query, pg.Int64s(ids)); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id int64) bool { return !slices.Contains(listed, id) }), nil
}

// Named lists the ids of at most n listed people whose name, normalised, begins with prefix: given name
// first or family name first.
func (m *Model) Named(prefix string, n int) []int64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.names.startingWith(prefix, n)
}

// Len is how many profiles are listed.
func (m *Model) Len() int {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return len(m.byID)
}

// Fictional says whether any listed profile is fictional: the site then says so on every page.
func (m *Model) Fictional() bool {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.demo > 0
}

// All is the listed profiles in no order.
func (m *Model) All() []*Profile {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return slices.Collect(maps.Values(m.byID))
}

// AllBySlug is the listed profiles in the order of their slugs.
func (m *Model) AllBySlug() []*Profile {
	all := m.All()
	slices.SortFunc(all, func(a, b *Profile) int { return strings.Compare(a.Slug, b.Slug) })
	return all
}

// Version names the state of the read model, for ETags: equal directories have equal versions, in every
// instance. It is "" before Load.
func (m *Model) Version() string {
	if v := m.version.Load(); v != nil {
		return *v
	}
	return ""
}

// Static makes a read model that holds these profiles and follows nothing, for previews and tests.
func Static(all ...*Profile) *Model {
	m := &Model{}
	m.feed.init()
	m.feed.heard.Store(math.MaxInt64) // always fresh
	m.replace(all)
	return m
}
