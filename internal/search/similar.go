package search

import (
	"cmp"
	"slices"
	"time"

	"wattle/internal/directory"
	"wattle/internal/money"
	"wattle/internal/region"
)

// The ways in which somebody alike can be better for a client.
const (
	Cheaper = "cheaper"
	Sooner  = "sooner"
	Nearer  = "nearer"
)

// Alternative is somebody like a therapist who is better in one way.
type Alternative struct {
	View
	Way    string
	Fee    money.Cents // of Cheaper: the lowest fee a client can really get
	Saving money.Cents // of Cheaper: by how much
}

// MinSaving is the difference in fee worth telling: below it nobody is called cheaper.
const MinSaving = money.Cents(10_00)

// Alternatives picks, for each way, who of the candidates is most like v: who helps with an issue
// of v's focus, can be met in a way that v can, and takes new clients. Of those equally alike it is
// the cheapest, soonest or nearest, and of those equal in that too, whose turn it is on the day. Nobody
// stands twice. Nearer goes by the client's own place, and without one there is none. Nothing else
// counts, and nobody can pay for it.
func Alternatives(v View, candidates []View, near Place, day time.Weekday) []Alternative {
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

// alternative says whether c is alike and better in the way.
func alternative(v, c View, way string, near Place) (Alternative, bool) {
	a := Alternative{View: c, Way: way}
	if c.ID == v.ID || !c.Accepting || shared(v.Issues, c.AllIssues()) == 0 || shared(v.Modes(), c.Modes()) == 0 {
		return a, false
	}
	switch way {
	case Cheaper:
		theirs, ok := directory.LowestFee(v.Profile, "individual")
		fee, has := directory.LowestFee(c.Profile, "individual")
		a.Fee, a.Saving = fee, theirs-fee
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

// better orders two alternatives of one way: the more alike first.
func better(v View, a, b Alternative, day time.Weekday) int {
	return cmp.Or(
		cmp.Compare(likeness(v.Profile, b.Profile), likeness(v.Profile, a.Profile)),
		cmp.Compare(a.Fee, b.Fee),
		byTime(a, b),
		cmp.Compare(a.Km, b.Km),
		cmp.Compare(RotationRank(a.ID, day), RotationRank(b.ID, day)), cmp.Compare(a.ID, b.ID))
}

func byTime(a, b Alternative) int {
	if a.Way != Sooner {
		return 0
	}
	return a.Next.Any.Compare(b.Next.Any)
}

// likeness counts what two therapists have in common: an issue of the focus twice, the profession,
// an approach, a client group and a language besides English once.
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
