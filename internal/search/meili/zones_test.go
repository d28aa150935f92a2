package meili

import (
	"slices"
	"testing"

	"wattle/internal/directory"
)

// A search keeps the zones that it began with.
func TestNewZonesDoNotChangeThoseOfASearch(t *testing.T) {
	x := &Index{}
	x.addZones([]*directory.Profile{{Zone: "Australia/Perth"}})
	held := x.zonesNow()
	x.addZones([]*directory.Profile{{Zone: "Australia/Sydney"}, {Zone: "Australia/Perth"}, {Zone: "Australia/Sydney"}})
	if got := x.zonesNow(); !slices.Equal(got, []string{"Australia/Perth", "Australia/Sydney"}) {
		t.Errorf("zones %v", got)
	}
	if !slices.Equal(held, []string{"Australia/Perth"}) {
		t.Errorf("the search has %v", held)
	}
}
