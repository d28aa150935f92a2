package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"wattle/internal/clock"
)

const (
	perSecond   = 100
	opensWithin = 2 * time.Second
	backWithin  = 10 * time.Second
	hurtFor     = 6 * time.Second
	movesWithin = 2 * time.Second
	besideSelf  = 1.5 // medians while the engine is given up, against an instance without one
)

// searches are what the load asks in turn.
var searches = []string{"", "state=nsw", "q=anxiety", "q=nguyen", "issue=grief&mode=video&sort=price", "state=vic&max_fee=180", "available=week&sort=soonest",
	"near=newtown+nsw+2042&sort=distance"}

// sideBySide starts Meilisearch, an instance that knows nothing of it, and one that asks it.
func (h *house) sideBySide(ctx context.Context) (e *engine, alone, a *instance, err error) {
	if e, err = h.newEngine(ctx); err != nil {
		return nil, nil, nil, err
	}
	if alone, err = h.start(ctx, "alone"); err != nil {
		return nil, nil, nil, err
	}
	h.more = e.environment()
	a, err = h.start(ctx, "A")
	return e, alone, a, err
}

// meiliRun hurts Meilisearch in four ways while people search.
func meiliRun(ctx context.Context, t *trial) error {
	h, err := newHouse(t)
	if err != nil {
		return err
	}
	e, alone, a, err := h.sideBySide(ctx)
	if err != nil {
		return err
	}
	c := newCaller(64)
	if took := awaitEngine(ctx, c, a, "meilisearch", 60*time.Second); took == 0 {
		return fmt.Errorf("no search reached Meilisearch: %s", c.get(ctx, a.base+"/readyz"))
	}
	if err := nextFreeMoves(ctx, t, h, c, a, e); err != nil {
		return err
	}
	if err := rebuilt(ctx, t, h, c, a, alone, e); err != nil {
		return err
	}
	self := &rush{c: c, at: alone}
	self.run(ctx, 4*time.Second)
	t.say("the embedded index alone at %d a second: %s", perSecond, &self.took)
	for _, fault := range []string{"stopped", "frozen", "slow", "500"} {
		if err := hurtOnce(ctx, t, h, c, a, e, fault, self.took.at(0.5)); err != nil {
			return err
		}
	}
	return nil
}

// hurtOnce is one way to be hurt: healthy, hurt, mended, under load all the time.
func hurtOnce(ctx context.Context, t *trial, h *house, c *caller, a *instance, e *engine, fault string, embedded time.Duration) error {
	load := &rush{c: c, at: a}
	loadCtx, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); load.run(loadCtx, time.Minute) }()
	defer func() { stop(); <-done }()
	if err := pause(ctx, 2*time.Second); err != nil {
		return err
	}
	whom, err := c.bookable(ctx, a.base)
	if err != nil || len(whom) == 0 {
		return errEmpty
	}
	if err := e.hurt(fault); err != nil {
		return err
	}
	began := clock.Stopwatch()
	opened := awaitEngine(ctx, c, a, "embedded", 2*opensWithin)
	t.want(opened > 0 && opened <= opensWithin, "%s: given up after %s", fault, orLate(opened))
	if fault == "frozen" {
		if err := h.exec(ctx, `UPDATE therapists SET listing = 'suspended' WHERE slug = $1`, whom[0].Slug); err != nil {
			return err
		}
		if err := pause(ctx, time.Second); err != nil {
			return err
		}
		load.gone.Store(&whom[0].Slug)
	}
	load.calm.Store(true)
	if err := pause(ctx, hurtFor-began()); err != nil {
		return err
	}
	load.calm.Store(false)
	if err := e.mend(ctx, fault); err != nil {
		return err
	}
	back := awaitEngine(ctx, c, a, "meilisearch", 2*backWithin)
	t.want(back > 0 && back <= backWithin, "%s: asked again after %s", fault, orLate(back))
	if err := pause(ctx, time.Second); err != nil {
		return err
	}
	stop()
	<-done
	t.say("%s: %s; given up after %s, asked again after %s; given up: %s; hurt or not: %s", fault, &load.how, opened.Round(10*time.Millisecond),
		back.Round(10*time.Millisecond), &load.within, &load.took)
	t.want(load.how.get("failed") == 0 && load.how.get("200 meilisearch") > 0 && load.how.get("200 embedded") > 0, "%s: %s (%s)", fault, &load.how, load.first())
	t.want(load.how.get("shown though suspended") == 0, "%s: somebody suspended appeared %d times", fault, load.how.get("shown though suspended"))
	ratio := float64(load.within.at(0.5)) / float64(max(1, embedded))
	t.say("%s: the median once given up is %.2f of the embedded index's own", fault, ratio)
	t.want(ratio <= besideSelf, "%s: the median once given up is %.2f of the embedded index's own", fault, ratio)
	return nil
}

// awaitEngine polls /readyz until it names the engine, and answers how long that took; 0 for too long.
func awaitEngine(ctx context.Context, c *caller, a *instance, engine string, limit time.Duration) time.Duration {
	took := clock.Stopwatch()
	for took() < limit && ctx.Err() == nil {
		var r struct{ Search string }
		if c.get(ctx, a.base+"/readyz").read(&r) == nil && strings.HasPrefix(r.Search, engine) {
			return max(1, took())
		}
		if pause(ctx, 20*time.Millisecond) != nil {
			break
		}
	}
	return 0
}

// rush is people searching at a steady pace, whatever comes back.
type rush struct {
	c      *caller
	at     *instance
	pace   int // searches a second; 0 for perSecond
	how    tally
	took   spans
	within spans       // while calm
	calm   atomic.Bool // the engine has been given up
	gone   atomic.Pointer[string]

	mu  sync.Mutex
	bad string
}

func (r *rush) run(ctx context.Context, d time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	pace := r.pace
	if pace == 0 {
		pace = perSecond
	}
	tick := time.NewTicker(time.Second / time.Duration(pace))
	defer tick.Stop()
	var all sync.WaitGroup
	defer all.Wait()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		all.Go(func() { r.one(context.WithoutCancel(ctx), searches[n%len(searches)]) })
	}
}

func (r *rush) one(ctx context.Context, query string) {
	calm, gone := r.calm.Load(), r.gone.Load()
	a := r.c.get(ctx, r.at.base+"/api/v1/therapists?per_page=50&"+query)
	var page struct {
		Engine string
		Total  int
	}
	if a.status != http.StatusOK || a.read(&page) != nil {
		r.how.add("failed")
		r.mu.Lock()
		r.bad = a.String()
		r.mu.Unlock()
		return
	}
	r.how.add("200 " + page.Engine)
	r.took.add(a.took)
	if page.Total == 0 && query == "" {
		r.how.add("nobody")
	}
	if calm && r.calm.Load() {
		r.within.add(a.took)
	}
	if gone != nil && bytes.Contains(a.body, []byte("/therapist/"+*gone+`"`)) {
		r.how.add("shown though suspended")
	}
}

func (r *rush) first() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.bad
}

// nextFreeMoves books people's next times and looks into the engine until it has heard.
func nextFreeMoves(ctx context.Context, t *trial, h *house, c *caller, a *instance, e *engine) error {
	var index string
	if err := h.owner.Get(ctx, &index, `SELECT name FROM search_indexes ORDER BY beat DESC LIMIT 1`); err != nil {
		return err
	}
	list, err := c.bookable(ctx, a.base)
	if err != nil || len(list) < 12 {
		return errEmpty
	}
	var took spans
	for n, p := range list[:12] {
		id, err := h.count(ctx, `SELECT id FROM therapists WHERE slug = $1`, p.Slug)
		if err != nil {
			return err
		}
		next := func() string { return e.next(ctx, c, index, id) }
		before := next()
		s, err := nextSlot(ctx, c, a, p)
		if err != nil {
			return err
		}
		if got, _ := c.book(ctx, a.base, want(p.Slug, s, fmt.Sprintf("moves%02d@example.org", n))); got.status != http.StatusCreated {
			return fmt.Errorf("booking: %s", got)
		}
		watch := clock.Stopwatch()
		took.add(until(ctx, watch, func() bool { now := next(); return now != before && now != "" }))
	}
	t.say("a booking moves the next free time in Meilisearch after: %s", &took)
	t.want(took.at(1) <= movesWithin, "a booking moved the next free time in Meilisearch after %s", took.at(1))
	return nil
}

// next is what the engine itself holds as somebody's next free time.
func (e *engine) next(ctx context.Context, c *caller, index string, id int) string {
	a := c.do(ctx, http.MethodPost, e.behind+"/multi-search", map[string]any{"queries": []any{map[string]any{"indexUid": index, "q": "",
		"filter": fmt.Sprintf("id = %d", id), "limit": 1}}}, "Authorization", "Bearer "+e.key)
	var r struct {
		Results []struct {
			Hits []struct {
				Next json.Number `json:"next_any"`
			}
		}
	}
	if a.status != http.StatusOK || a.read(&r) != nil || len(r.Results) != 1 || len(r.Results[0].Hits) != 1 {
		return ""
	}
	return "at " + r.Results[0].Hits[0].Next.String()
}
