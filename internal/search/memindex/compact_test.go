package memindex

import (
	"context"
	"reflect"
	"slices"
	"testing"
)

// holding is everything a table holds of somebody.
type holding struct {
	said         uint64
	row          []uint64
	low          [2]int32
	steps        [2][lastStep + 1]bool
	next         [3]int64
	gapFee       int32
	rate         rateKey
	zone         string
	place        locality
	lat, lng     float64
	on           vector
	live, inArea bool
	inVocabulary map[string]uint8
}

func (t *table) holds(id int64) holding {
	slot := t.slots[id]
	k := holding{said: t.said[slot], row: slices.Clone(t.row(slot)), gapFee: t.gapFee[slot], zone: t.zones[t.zone[slot]].name, place: t.places.list[t.place[slot]],
		lat: t.lat[slot], lng: t.lng[slot], on: t.on[slot], live: isIn(t.live, slot), inArea: slices.Contains(t.area[cellOf(t.lat[slot], t.lng[slot])], slot),
		inVocabulary: map[string]uint8{}}
	if k.gapFee != none {
		k.rate = t.rates[t.gapOf[slot]]
	}
	for i := range t.low {
		k.low[i] = t.low[i][slot]
		for j := range t.steps[i] {
			k.steps[i][j] = isIn(t.steps[i][j], slot)
		}
	}
	for i := range t.next {
		k.next[i] = t.next[i][slot]
	}
	for i := range t.text.terms {
		if field, ok := t.text.terms[i].find(uint32(slot), nil); ok {
			k.inVocabulary[t.text.terms[i].text] = field
		}
	}
	return k
}

func (t *table) idsOf(slots []int32) (ids []int64) {
	for _, slot := range slots {
		ids = append(ids, t.ids[slot])
	}
	return ids
}

// Of everybody who is left nothing is lost when dead slots are taken out, and nothing of the dead stays.
func TestCompactingKeepsAllThatIsKnownOfEverybody(t *testing.T) {
	ctx := context.Background()
	x, all := New(), listed(population(400, 51))
	if err := x.Replace(ctx, (all)); err != nil {
		t.Fatal(err)
	}
	var gone []int64
	for _, p := range all[:150] {
		gone = append(gone, p.ID)
	}
	if err := x.Apply(ctx, listed(population(400, 52))[200:], gone); err != nil {
		t.Fatal(err)
	}
	old := x.table
	n := old.compacted()
	if old.dead == 0 || n.dead != 0 || len(n.ids) != len(n.slots) || len(n.slots) != len(old.slots) {
		t.Fatalf("%d of %d slots are dead, %d people; before %d", n.dead, len(n.ids), len(n.slots), len(old.slots))
	}
	zones := map[string]bool{}
	for id := range old.slots {
		was, is := old.holds(id), n.holds(id)
		if !reflect.DeepEqual(is, was) {
			t.Fatalf("of %d is known\n%+v\nand was\n%+v", id, is, was)
		}
		zones[is.zone] = true
	}
	if !slices.Equal(n.idsOf(n.soon), old.idsOf(old.soon)) || !slices.Equal(n.total, old.total) || len(zones) < 3 {
		t.Errorf("the order or the counts have changed, or everybody is in the same of %d zones", len(zones))
	}
	for i := range n.text.terms {
		if e := &n.text.terms[i]; e.n == 0 || n.text.byText[e.text] != int32(i) {
			t.Errorf("%q stands %d times, at %d", e.text, e.n, n.text.byText[e.text])
		}
	}
}
