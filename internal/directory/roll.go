package directory

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"wattle/internal/taxonomy"
)

// roll is the listed people by name, given name first and family name first, for completing what is
// typed. It holds ids alone: the names stand in the records. It changes only with names, so that a
// booking, which renews a profile, does not touch it.
type roll [2][]int64

// nameKey is a name as it is looked up: normalised, in one of the two orders.
func nameKey(r *record, order int) string {
	given, family := r.name()
	if order == 0 {
		return taxonomy.Normalise(given + " " + family)
	}
	return taxonomy.Normalise(family + " " + given)
}

func sameName(a, b *record) bool {
	givenA, familyA := a.name()
	givenB, familyB := b.name()
	return givenA == givenB && familyA == familyB
}

// rollOf sorts everybody.
func rollOf(list []*record) roll {
	type entry struct {
		key string
		id  int64
	}
	var out roll
	all := make([]entry, len(list))
	for order := range out {
		for i, r := range list {
			all[i] = entry{nameKey(r, order), r.id}
		}
		slices.SortFunc(all, func(a, b entry) int { return cmp.Or(strings.Compare(a.key, b.key), cmp.Compare(a.id, b.id)) })
		out[order] = make([]int64, len(all))
		for i, e := range all {
			out[order][i] = e.id
		}
	}
	return out
}

// place is where a key and id stand or would stand. Everybody on the roll must be in byID.
func (r *roll) place(byID map[int64]*record, order int, key string, id int64) int {
	list := r[order]
	return sort.Search(len(list), func(i int) bool {
		return cmp.Or(strings.Compare(nameKey(byID[list[i]], order), key), cmp.Compare(list[i], id)) >= 0
	})
}

func (r *roll) add(byID map[int64]*record, p *record) {
	for order := range r {
		r[order] = slices.Insert(r[order], r.place(byID, order, nameKey(p, order), p.id), p.id)
	}
}

// remove takes somebody off who is still in byID.
func (r *roll) remove(byID map[int64]*record, p *record) {
	for order := range r {
		if i := r.place(byID, order, nameKey(p, order), p.id); i < len(r[order]) && r[order][i] == p.id {
			r[order] = slices.Delete(r[order], i, i+1)
		}
	}
}

// named lists the ids of at most n people whose name begins so, in either order.
func (m *model) named(prefix string, n int) []int64 {
	m.mu.RLock()
	defer m.mu.RUnlock()
	var out []int64
	for order := range m.roll {
		list := m.roll[order]
		for i := m.roll.place(m.byID, order, prefix, 0); i < len(list) && len(out) < n; i++ {
			if !strings.HasPrefix(nameKey(m.byID[list[i]], order), prefix) {
				break
			}
			if !slices.Contains(out, list[i]) {
				out = append(out, list[i])
			}
		}
	}
	return out
}
