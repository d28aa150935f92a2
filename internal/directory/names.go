package directory

import (
	"cmp"
	"slices"
	"strings"

	"wattle/internal/taxonomy"
)

// names lists the listed people by name for completing what is typed: sorted by given name, and sorted by
// family name.
type names [2][]nameEntry

type nameEntry struct {
	key string // normalised
	id  int64
}

func compareNames(a, b nameEntry) int {
	return cmp.Or(strings.Compare(a.key, b.key), cmp.Compare(a.id, b.id))
}

// entriesOf is a profile's entry in each list.
func entriesOf(p *Profile) [2]nameEntry {
	return [2]nameEntry{
		{taxonomy.Normalise(p.GivenName + " " + p.FamilyName), p.ID},
		{taxonomy.Normalise(p.FamilyName + " " + p.GivenName), p.ID},
	}
}

func namesOf(all []*Profile) (out names) {
	for i := range out {
		out[i] = make([]nameEntry, len(all))
	}
	for at, p := range all {
		for i, e := range entriesOf(p) {
			out[i][at] = e
		}
	}
	for i := range out {
		slices.SortFunc(out[i], compareNames)
	}
	return out
}

func (n *names) add(p *Profile) {
	for i, e := range entriesOf(p) {
		at, _ := slices.BinarySearchFunc(n[i], e, compareNames)
		n[i] = slices.Insert(n[i], at, e)
	}
}

func (n *names) remove(p *Profile) {
	for i, e := range entriesOf(p) {
		if at, ok := slices.BinarySearchFunc(n[i], e, compareNames); ok {
			n[i] = slices.Delete(n[i], at, at+1)
		}
	}
}

// startingWith is at most n ids of people whose name begins with prefix, by given name first.
func (n *names) startingWith(prefix string, most int) []int64 {
	var out []int64
	for _, list := range n {
		at, _ := slices.BinarySearchFunc(list, nameEntry{key: prefix}, compareNames)
		for ; at < len(list) && len(out) < most && strings.HasPrefix(list[at].key, prefix); at++ {
			if !slices.Contains(out, list[at].id) {
				out = append(out, list[at].id)
			}
		}
	}
	return out
}
