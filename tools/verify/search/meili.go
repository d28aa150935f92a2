// Package search holds the assurance runs of Meilisearch: faults, rebuilds and large directories.
package search

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
	"wattle/tools/verify/rig"
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
func sideBySide(ctx context.Context, h *rig.Deployment) (e *engine, alone, a *rig.Instance, err error) {
	if e, err = newEngine(ctx, h); err != nil {
		return nil, nil, nil, err
	}
	if alone, err = h.Start(ctx, "alone"); err != nil {
		return nil, nil, nil, err
	}
	h.More = e.environment()
	a, err = h.Start(ctx, "A")
	return e, alone, a, err
}

// Meili hurts Meilisearch in four ways while people search.
func Meili(ctx context.Context, t *rig.Trial) error {
	h, err := rig.NewDeployment(t)
	if err != nil {
		return err
	}
	e, alone, a, err := sideBySide(ctx, h)
	if err != nil {
		return err
	}
	c := rig.NewCaller(64)
	if took := awaitEngine(ctx, c, a, "meilisearch", 60*time.Second); took == 0 {
		return fmt.Errorf("no search reached Meilisearch: %s", c.Get(ctx, a.Base+"/readyz"))
	}
	if err := nextFreeMoves(ctx, t, h, c, a, e); err != nil {
		return err
	}
	if err := rebuilt(ctx, t, h, c, a, alone, e); err != nil {
		return err
	}
	self := &searchLoad{c: c, at: alone}
	self.run(ctx, 4*time.Second)
	t.Say("the embedded index alone at %d a second: %s", perSecond, &self.took)
	for _, fault := range []string{"stopped", "frozen", "slow", "500"} {
		if err := hurtOnce(ctx, t, h, c, a, e, fault, self.took.At(0.5)); err != nil {
			return err
		}
	}
	return nil
}

// hurtOnce is one way to be hurt: healthy, hurt, mended, under load all the time.
func hurtOnce(ctx context.Context, t *rig.Trial, h *rig.Deployment, c *rig.Caller, a *rig.Instance, e *engine, fault string, embedded time.Duration) error {
	load := &searchLoad{c: c, at: a}
	loadCtx, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); load.run(loadCtx, time.Minute) }()
	defer func() { stop(); <-done }()
	if err := rig.Pause(ctx, 2*time.Second); err != nil {
		return err
	}
	whom, err := c.Bookable(ctx, a.Base)
	if err != nil || len(whom) == 0 {
		return rig.ErrEmpty
	}
	if err := e.hurt(fault); err != nil {
		return err
	}
	began := clock.Stopwatch()
	opened := awaitEngine(ctx, c, a, "embedded", 2*opensWithin)
	t.Want(opened > 0 && opened <= opensWithin, "%s: given up after %s", fault, rig.OrLate(opened))
	if fault == "frozen" {
		if err := h.Exec(ctx, `UPDATE therapists SET listing = 'suspended' WHERE slug = $1`, whom[0].Slug); err != nil {
			return err
		}
		if err := rig.Pause(ctx, time.Second); err != nil {
			return err
		}
		load.gone.Store(&whom[0].Slug)
	}
	load.calm.Store(true)
	if err := rig.Pause(ctx, hurtFor-began()); err != nil {
		return err
	}
	load.calm.Store(false)
	if err := e.mend(ctx, fault); err != nil {
		return err
	}
	back := awaitEngine(ctx, c, a, "meilisearch", 2*backWithin)
	t.Want(back > 0 && back <= backWithin, "%s: asked again after %s", fault, rig.OrLate(back))
	if err := rig.Pause(ctx, time.Second); err != nil {
		return err
	}
	stop()
	<-done
	t.Say("%s: %s; given up after %s, asked again after %s; given up: %s; hurt or not: %s", fault, &load.how, opened.Round(10*time.Millisecond),
		back.Round(10*time.Millisecond), &load.within, &load.took)
	t.Want(load.how.Get("failed") == 0 && load.how.Get("200 meilisearch") > 0 && load.how.Get("200 embedded") > 0, "%s: %s (%s)", fault, &load.how, load.first())
	t.Want(load.how.Get("shown though suspended") == 0, "%s: somebody suspended appeared %d times", fault, load.how.Get("shown though suspended"))
	ratio := float64(load.within.At(0.5)) / float64(max(1, embedded))
	t.Say("%s: the median once given up is %.2f of the embedded index's own", fault, ratio)
	t.Want(ratio <= besideSelf, "%s: the median once given up is %.2f of the embedded index's own", fault, ratio)
	return nil
}

// awaitEngine polls /readyz until it names the engine, and answers how long that took; 0 for too long.
func awaitEngine(ctx context.Context, c *rig.Caller, a *rig.Instance, engine string, limit time.Duration) time.Duration {
	took := clock.Stopwatch()
	for took() < limit && ctx.Err() == nil {
		var r struct{ Search string }
		if c.Get(ctx, a.Base+"/readyz").Read(&r) == nil && strings.HasPrefix(r.Search, engine) {
			return max(1, took())
		}
		if rig.Pause(ctx, 20*time.Millisecond) != nil {
			break
		}
	}
	return 0
}

// searchLoad is people searching at a steady pace, whatever comes back.
type searchLoad struct {
	c      *rig.Caller
	at     *rig.Instance
	pace   int // searches a second; 0 for perSecond
	how    rig.Tally
	took   rig.Durations
	within rig.Durations // while calm
	calm   atomic.Bool   // the engine has been given up
	gone   atomic.Pointer[string]

	mu  sync.Mutex
	bad string
}

func (r *searchLoad) run(ctx context.Context, d time.Duration) {
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

func (r *searchLoad) one(ctx context.Context, query string) {
	calm, gone := r.calm.Load(), r.gone.Load()
	a := r.c.Get(ctx, r.at.Base+"/api/v1/therapists?per_page=50&"+query)
	var page struct {
		Engine string
		Total  int
	}
	if a.Status != http.StatusOK || a.Read(&page) != nil {
		r.how.Add("failed")
		r.mu.Lock()
		r.bad = a.String()
		r.mu.Unlock()
		return
	}
	r.how.Add("200 " + page.Engine)
	r.took.Add(a.Took)
	if page.Total == 0 && query == "" {
		r.how.Add("nobody")
	}
	if calm && r.calm.Load() {
		r.within.Add(a.Took)
	}
	if gone != nil && bytes.Contains(a.Body, []byte("/therapist/"+*gone+`"`)) {
		r.how.Add("shown though suspended")
	}
}

func (r *searchLoad) first() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.bad
}

// nextFreeMoves books people's next times and looks into the engine until it has heard.
func nextFreeMoves(ctx context.Context, t *rig.Trial, h *rig.Deployment, c *rig.Caller, a *rig.Instance, e *engine) error {
	var index string
	if err := h.Owner.Get(ctx, &index, `SELECT name FROM search_indexes ORDER BY beat DESC LIMIT 1`); err != nil {
		return err
	}
	list, err := c.Bookable(ctx, a.Base)
	if err != nil || len(list) < 12 {
		return rig.ErrEmpty
	}
	var took rig.Durations
	for n, p := range list[:12] {
		id, err := h.Count(ctx, `SELECT id FROM therapists WHERE slug = $1`, p.Slug)
		if err != nil {
			return err
		}
		next := func() string { return e.next(ctx, c, index, id) }
		before := next()
		s, err := rig.NextSlot(ctx, c, a, p)
		if err != nil {
			return err
		}
		if got, _ := c.Book(ctx, a.Base, rig.Want(p.Slug, s, fmt.Sprintf("moves%02d@example.org", n))); got.Status != http.StatusCreated {
			return fmt.Errorf("booking: %s", got)
		}
		watch := clock.Stopwatch()
		took.Add(rig.Until(ctx, watch, func() bool { now := next(); return now != before && now != "" }))
	}
	t.Say("a booking moves the next free time in Meilisearch after: %s", &took)
	t.Want(took.At(1) <= movesWithin, "a booking moved the next free time in Meilisearch after %s", took.At(1))
	return nil
}

// next is what the engine itself holds as somebody's next free time.
func (e *engine) next(ctx context.Context, c *rig.Caller, index string, id int) string {
	a := c.Do(ctx, http.MethodPost, e.behind+"/multi-search", map[string]any{"queries": []any{map[string]any{"indexUid": index, "q": "",
		"filter": fmt.Sprintf("id = %d", id), "limit": 1}}}, "Authorization", "Bearer "+e.key)
	var r struct {
		Results []struct {
			Hits []struct {
				Next json.Number `json:"next_any"`
			}
		}
	}
	if a.Status != http.StatusOK || a.Read(&r) != nil || len(r.Results) != 1 || len(r.Results[0].Hits) != 1 {
		return ""
	}
	return "at " + r.Results[0].Hits[0].Next.String()
}
