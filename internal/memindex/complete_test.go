package memindex

import (
	"context"
	"slices"
	"strings"
	"testing"

	"wattle/internal/directory"
	"wattle/internal/taxonomy"
)

func TestNamesAreCompleted(t *testing.T) {
	x := built(t)
	for begun, want := range map[string][]int64{
		"ma": {3, 4}, "mart": {3, 4}, "marti": {3}, "Ngu": {1}, "ng": {1, 4}, "mei ng": {1}, "ng mei": {1}, "o'b": {5}, "Siobhán": {5}, "siobhan ob": {5},
		"": nil, "emdr": nil, "newtown": nil, "zz": nil, "mei zz": nil,
	} {
		if got := x.Names(begun, 10); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", begun, got, want)
		}
	}
	if got := x.Names("ma", 1); !slices.Equal(got, []int64{3}) {
		t.Errorf("one of two: %v", got)
	}
	if err := x.Apply(context.Background(), nil, []int64{3}); err != nil {
		t.Fatal(err)
	}
	if got := x.Names("ma", 10); !slices.Equal(got, []int64{4}) {
		t.Errorf("after somebody left: %v", got)
	}
}

func TestSuburbsWithPeopleInThemAreCompleted(t *testing.T) {
	x := built(t)
	newtown, brunswick := directory.Locality{Suburb: "Newtown", State: "nsw", Postcode: "2042", Therapists: 5}, directory.Locality{Suburb: "Brunswick", State: "vic", Postcode: "3056", Therapists: 1}
	for begun, want := range map[string][]directory.Locality{
		"n": {newtown}, "NEWT": {newtown}, "bru": {brunswick}, "3": {brunswick}, "2042": {newtown}, "20420": nil, "": nil, "syd": nil,
	} {
		if got := x.Localities(begun, 10); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", begun, got, want)
		}
	}
	if err := x.Apply(context.Background(), nil, []int64{4}); err != nil {
		t.Fatal(err)
	}
	if got := x.Localities("bru", 10); got != nil {
		t.Errorf("nobody is left there: %v", got)
	}
}

// Completion finds whom looking at everybody finds, also after many changes.
func TestCompletionEqualsLookingAtEverybody(t *testing.T) {
	ctx := context.Background()
	x, all := New(), listed(population(800, 41))
	if err := x.Replace(ctx, all[:400]); err != nil {
		t.Fatal(err)
	}
	for i := 400; i < len(all); i += 7 {
		if err := x.Apply(ctx, all[i:min(i+7, len(all))], nil); err != nil {
			t.Fatal(err)
		}
	}
	for _, begun := range []string{"m", "ma", "mar", "kow", "g", "o"} {
		var want []string
		for _, p := range all {
			for w := range strings.FieldsSeq(taxonomy.Normalise(p.GivenName + " " + p.FamilyName)) {
				if strings.HasPrefix(w, begun) {
					want = append(want, p.GivenName+" "+p.FamilyName)
					break
				}
			}
		}
		slices.Sort(want)
		var got []string
		for _, id := range x.Names(begun, 1000) {
			p := x.table.who[x.table.slots[id]]
			got = append(got, p.GivenName+" "+p.FamilyName)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %d names, by hand %d", begun, len(got), len(want))
		}
	}
}
