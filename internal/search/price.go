package search

import (
	"time"

	"wattle/internal/directory"
	"wattle/internal/money"
)

// GapFor returns the gap that searches show and compare: none for couples' fees.
func GapFor(t *directory.Profile, format string, now time.Time) (money.Cents, bool) {
	if format == "couple" {
		return 0, false
	}
	return directory.Gap(t, now)
}

// PriceBucket returns the value of the group price for a lowest fee; upper bounds are exclusive.
func PriceBucket(lowest money.Cents) string {
	for _, b := range []struct {
		below money.Cents
		value string
	}{{100_00, "0-100"}, {150_00, "100-150"}, {200_00, "150-200"}, {250_00, "200-250"}} {
		if lowest < b.below {
			return b.value
		}
	}
	return "250-"
}
