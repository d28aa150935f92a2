package search

import (
	"strconv"
	"time"

	"wattle/internal/clock"
	"wattle/tools/rig"
)

const (
	perSecond   = 100
	opensWithin = 2 * time.Second
	backWithin  = 10 * time.Second
	hurtFor     = 6 * time.Second
	movesWithin = 2 * time.Second
	besideSelf  = 1.5 // medians while the engine is bypassed, against an instance without one
)

// Meili injects four faults into Meilisearch while people search.
func Meili(t *rig.Trial) {
	h, c := rig.NewDeployment(t), rig.NewCaller(t, 64)
	e, alone, a := sideBySide(h, c, time.Minute)
	nextFreeMoves(h, c, a, e)
	self := &load{c: c, at: alone}
	stop := self.start(t.Ctx, perSecond)
	t.Pause(4 * time.Second)
	stop()
	t.Say("the embedded index alone at %d a second: %s", perSecond, &self.took)
	for _, fault := range []string{"stopped", "frozen", "slow", "500"} {
		hurtOnce(h, c, a, e, fault, self.took.At(0.5))
	}
}

// hurtOnce is one fault: healthy, hurt, mended, under load all the time.
func hurtOnce(h *rig.Deployment, c *rig.Caller, a *rig.Instance, e *engine, fault string, embedded time.Duration) {
	t, l := h.T, &load{c: c, at: a}
	stop := l.start(t.Ctx, perSecond)
	defer stop()
	t.Pause(2 * time.Second)
	person := c.Bookable(a, 1)[0]
	e.hurt(fault)
	began := clock.Stopwatch()
	opened := awaitEngine(t, c, a, "embedded", 2*opensWithin)
	t.Want(opened <= opensWithin, "%s: bypassed after %s", fault, opened)
	if fault == "frozen" {
		h.Exec(`UPDATE therapists SET listing = 'suspended' WHERE slug = $1`, person.Slug)
		t.Pause(time.Second)
		l.gone.Store(&person.Slug)
	}
	l.bypass.Store(true)
	t.Pause(hurtFor - began())
	l.bypass.Store(false)
	e.mend(c, fault)
	back := awaitEngine(t, c, a, "meilisearch", 2*backWithin)
	t.Want(back <= backWithin, "%s: asked again after %s", fault, back)
	t.Pause(time.Second)
	stop()
	ratio := float64(l.within.At(0.5)) / float64(max(1, embedded))
	t.Say("%s: %s; bypassed after %s, asked again after %s; while bypassed: %s, "+
		"median %.2f of the embedded index's own; in all: %s", fault,
		&l.how, opened.Round(10*time.Millisecond), back.Round(10*time.Millisecond), &l.within, ratio, &l.took)
	l.judge(t, fault, "meilisearch", "embedded")
	t.Want(ratio <= besideSelf, "%s: the median while bypassed is %.2f of the embedded index's own", fault, ratio)
}

// nextFreeMoves books people's next times and reads from the engine until it has heard.
func nextFreeMoves(h *rig.Deployment, c *rig.Caller, a *rig.Instance, e *engine) {
	var took rig.Durations
	for n, p := range c.Bookable(a, 12)[:12] {
		id := strconv.Itoa(h.Count(`SELECT id FROM therapists WHERE slug = $1`, p.Slug))
		before := e.times(c, id)[id]
		if !bookNext(h.T, c, a, p, email(n)) {
			h.T.Fail("%s cannot be booked", p.Slug)
		}
		took.Add(h.T.Wait(15*time.Second, func() bool {
			next, found := e.times(c, id)[id]
			return found && next != before
		}))
	}
	h.T.Say("a booking moves the next free time in Meilisearch after: %s", &took)
	h.T.Want(took.At(1) <= movesWithin, "a booking moved the next free time in Meilisearch after %s", took.At(1))
}
