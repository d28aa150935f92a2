package meili

import (
	"slices"
	"testing"

	"wattle/internal/directory"
)

// Going through a large directory takes a second, and every search asks for the zones.
func TestSearchesDoNotWaitWhileZonesAreLearnt(t *testing.T) {
	x := &Index{}
	x.learnZones(slices.Values([]*directory.Profile{{Zone: "Australia/Perth"}}))
	held := x.zonesNow()
	x.learnZones(func(yield func(*directory.Profile) bool) {
		for _, zone := range []string{"Australia/Sydney", "Australia/Perth", "Australia/Sydney"} {
			if !x.mu.TryLock() {
				t.Fatal("a search would wait")
			}
			x.mu.Unlock()
			if !yield(&directory.Profile{Zone: zone}) {
				return
			}
		}
	})
	if got := x.zonesNow(); !slices.Equal(got, []string{"Australia/Perth", "Australia/Sydney"}) {
		t.Errorf("zones %v", got)
	}
	if !slices.Equal(held, []string{"Australia/Perth"}) {
		t.Errorf("a search that goes on holds %v", held)
	}
}
