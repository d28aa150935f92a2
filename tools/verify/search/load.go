package search

import (
	"bytes"
	"context"
	"sync"
	"sync/atomic"
	"time"

	"wattle/tools/rig"
)

// searches are what the load asks in turn.
var searches = []string{"", "state=nsw", "q=anxiety", "q=nguyen", "issue=grief&mode=video&sort=price",
	"state=vic&max_fee=180",
	"available=week&sort=soonest", "near=newtown+nsw+2042&sort=distance"}

// load is searches at a steady pace, whatever the answers.
type load struct {
	c  *rig.Caller
	at *rig.Instance

	how    rig.Tally
	took   rig.Durations
	within rig.Durations          // of searches while bypassed
	bypass atomic.Bool            // the engine is not asked
	gone   atomic.Pointer[string] // the address of a suspended person
	bad    atomic.Value           // the last failure
}

// start searches until stop is called.
func (l *load) start(ctx context.Context, perSecond int) (stop func()) {
	return rig.Background(ctx, func(ctx context.Context) {
		tick := time.NewTicker(time.Second / time.Duration(perSecond))
		defer tick.Stop()
		var all sync.WaitGroup
		defer all.Wait()
		for n := 0; ; n++ {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			all.Go(func() { l.one(searches[n%len(searches)]) })
		}
	})
}

func (l *load) one(query string) {
	bypassed, gone := l.bypass.Load(), l.gone.Load()
	a := l.c.Get(l.at, "/api/v1/therapists?per_page=50&"+query)
	var page struct {
		Engine string
		Total  int
	}
	if a.Read(&page) != nil {
		l.how.Add("failed")
		l.bad.Store(a.String())
		return
	}
	l.how.Add("200 " + page.Engine)
	l.took.Add(a.Took)
	if page.Total == 0 && query == "" {
		l.how.Add("empty")
	}
	if bypassed && l.bypass.Load() {
		l.within.Add(a.Took)
	}
	if gone != nil && bytes.Contains(a.Body, []byte("/therapist/"+*gone+`"`)) {
		l.how.Add("shown though suspended")
	}
}

// judge misses failed, empty and forbidden answers, and engines that never answered.
func (l *load) judge(t *rig.Trial, when string, engines ...string) {
	for _, name := range []string{"failed", "empty", "shown though suspended"} {
		t.Want(l.how.Get(name) == 0, "%s: %d answers %s (%v)", when, l.how.Get(name), name, l.bad.Load())
	}
	for _, name := range engines {
		t.Want(l.how.Get("200 "+name) > 0, "%s: no answer by the engine %s", when, name)
	}
}
