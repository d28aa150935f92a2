package booking

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"

	"wattle/internal/clock"
	"wattle/tools/rig"
)

const (
	stormClients = 32
	stormWork    = 20_000
)

// Storm lets 32 clients book, confirm, move and cancel at random over two instances, then asks
// Postgres whether any two bookings overlap.
func Storm(t *rig.Trial) {
	mails := rig.NewSink(t)
	h, a, b := rig.TwoInstances(t, mails.Environment()...)
	offices := h.OpenWide()
	var email atomic.Int64
	w := &rig.Crowd{T: t, C: rig.NewCaller(t, stormClients), Codes: &mails.Codes, CodeTime: 10 * time.Second, Unsure: true,
		At: func(r *rand.Rand) *rig.Instance { return []*rig.Instance{a, b}[r.IntN(2)] },
		Any: func(r *rand.Rand) rig.Request {
			return offices[r.IntN(len(offices))].Any(r, fmt.Sprintf("storm%02d@example.org", email.Add(1)%stormClients))
		},
		Move: func(r *rand.Rand, slug string) time.Time {
			for i := range offices {
				if offices[i].Slug == slug {
					return offices[i].Start(r)
				}
			}
			return time.Time{}
		}}
	took, total := clock.Stopwatch(), t.Times(stormWork)
	var begun atomic.Int64
	rig.Together(stormClients, func(i int) {
		for v := w.Visitor(uint64(i)); begun.Add(1) <= int64(total) && t.Ctx.Err() == nil; {
			v.Step()
		}
	})
	t.Say("%d operations by %d clients in %.0f s: %s", total, stormClients, took().Seconds(), &w.Took)
	t.Say("%s", &w.Done)
	for _, verb := range []string{"book 201", "confirm 200", "reschedule 200", "cancel 200", "book 409",
		"reschedule 409"} {
		t.Want(w.Done.Get(verb) >= total/500, "too few %q for the storm to prove anything", verb)
	}
	h.Settled(rig.Now(), time.Minute)
	h.Sound()
}
