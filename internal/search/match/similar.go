package match

import (
	"cmp"
	"slices"
	"time"

	"wattle/internal/directory"
	"wattle/internal/money"
	"wattle/internal/region"
	"wattle/internal/search"
)

// The ways in which a similar therapist can be the better choice.
const (
	Cheaper = "cheaper"
	Sooner  = "sooner"
	Nearer  = "nearer"
)

// Alternative is a similar therapist who is better in one way.
type Alternative struct {
	search.View
	Way    string
	Fee    money.Cents // Cheaper: the lowest fee available
	Saving money.Cents // Cheaper: the difference in fee
}

// MinSaving is the smallest difference in fee that counts as cheaper.
const MinSaving = money.Cents(10_00)

// Alternatives picks the most similar candidate for each way. A candidate must share an issue of v's
// focus and a mode, and accept new clients. Ties go to the cheapest, soonest or nearest, then to the
// daily rotation. No therapist appears twice. Nearer requires the client's own place. Nothing else
// counts, and places cannot be bought.
func Alternatives(v search.View, candidates []search.View, near search.Place, day time.Weekday) []Alternative {
	var out []Alternative
	for _, way := range []string{Cheaper, Sooner, Nearer} {
		best, found := Alternative{}, false
		for _, c := range candidates {
			a, ok := alternative(v, c, way, near)
			if !ok || slices.ContainsFunc(out, func(o Alternative) bool { return o.ID == c.ID }) {
				continue
			}
			if !found || better(v, a, best, day) < 0 {
				best, found = a, true
			}
		}
		if found {
			out = append(out, best)
		}
	}
	return out
}

// alternative reports whether c is similar to v and better in the given way.
func alternative(v, c search.View, way string, near search.Place) (Alternative, bool) {
	a := Alternative{View: c, Way: way}
	if c.ID == v.ID || !c.Accepting || shared(v.Issues, c.AllIssues()) == 0 || shared(v.Modes(), c.Modes()) == 0 {
		return a, false
	}
	switch way {
	case Cheaper:
		current, ok := directory.LowestFee(v.Profile, "individual")
		fee, has := directory.LowestFee(c.Profile, "individual")
		a.Fee, a.Saving = fee, current-fee
		return a, ok && has && a.Saving >= MinSaving
	case Sooner:
		_, free := c.FreeConsult()
		return a, free && !c.Next.Any.IsZero() && (v.Next.Any.IsZero() || c.Next.Any.Before(v.Next.Any))
	}
	if near.IsZero() || !slices.Contains(c.Modes(), "in-person") {
		return a, false
	}
	a.Km, a.HasKm = region.Distance(near.Lat, near.Lng, c.Lat, c.Lng), true
	return a, a.Km < region.Distance(near.Lat, near.Lng, v.Lat, v.Lng)
}

// better orders two alternatives of the same way, the more similar first.
func better(v search.View, a, b Alternative, day time.Weekday) int {
	return cmp.Or(
		cmp.Compare(likeness(v.Profile, b.Profile), likeness(v.Profile, a.Profile)),
		cmp.Compare(a.Fee, b.Fee),
		byTime(a, b),
		cmp.Compare(a.Km, b.Km),
		cmp.Compare(search.RotationRank(a.ID, day), search.RotationRank(b.ID, day)), cmp.Compare(a.ID, b.ID))
}

func byTime(a, b Alternative) int {
	if a.Way != Sooner {
		return 0
	}
	return a.Next.Any.Compare(b.Next.Any)
}

// likeness counts what two therapists share: two points for an issue of a's focus, one for the
// profession, each approach, each client group, and each language other than English.
func likeness(a, b *directory.Profile) int {
	n := 2*shared(a.Issues, b.AllIssues()) + shared(a.Approaches, b.Approaches) + shared(a.ClientGroups, b.ClientGroups)
	if a.Type == b.Type {
		n++
	}
	for _, l := range a.Languages {
		if l != "english" && slices.Contains(b.Languages, l) {
			n++
		}
	}
	return n
}

func shared(a, b []string) int {
	n := 0
	for _, v := range a {
		if slices.Contains(b, v) {
			n++
		}
	}
	return n
}
