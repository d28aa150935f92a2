package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"reflect"
	"time"
)

const compared = 200

// rebuilt builds the index anew while people search and book, and then holds the engine's answers to
// those of the embedded index: nothing lost, and never a moment without results.
func rebuilt(ctx context.Context, t *trial, h *house, c *caller, a, alone *instance, e *engine) error {
	load := &rush{c: c, at: a}
	loadCtx, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); load.run(loadCtx, time.Minute) }()
	defer func() { stop(); <-done }()
	booked := make(chan error, 1)
	go func() { booked <- bookSome(ctx, c, a) }()
	for range 2 {
		cmd := h.command("reindex")
		cmd.Env = append(cmd.Env, e.environment()...)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("reindex: %w: %s", err, out)
		}
	}
	if err := <-booked; err != nil {
		return err
	}
	stop()
	<-done
	t.say("built anew twice while people searched and booked: %s, %d answers without anybody", &load.how, load.how.get("nobody"))
	t.want(load.how.get("failed") == 0 && load.how.get("nobody") == 0 && load.how.get("200 meilisearch") > 0, "while it was built anew: %s (%s)", &load.how, load.first())
	return sameAnswers(ctx, t, c, a, alone)
}

// bookSome takes the next times of some people, one after the other.
func bookSome(ctx context.Context, c *caller, a *instance) error {
	list, err := c.bookable(ctx, a.base)
	if err != nil || len(list) < 40 {
		return errEmpty
	}
	for n, p := range list[20:40] {
		s, err := nextSlot(ctx, c, a, p)
		if err != nil {
			return err
		}
		if got, _ := c.book(ctx, a.base, want(p.Slug, s, fmt.Sprintf("rebuilt%02d@example.org", n))); got.status != http.StatusCreated {
			return fmt.Errorf("booking: %s", got)
		}
	}
	return nil
}

// sameAnswers asks the instance with the engine and the one without it the same random questions. The
// engine may be a second behind, so a difference counts when it stays.
func sameAnswers(ctx context.Context, t *trial, c *caller, a, alone *instance) error {
	if err := pause(ctx, 3*time.Second); err != nil {
		return err
	}
	r, asked, engine := t.random(3), t.times(compared), 0
	for range asked {
		query := randomQuery(r)
		for try := 0; ; try++ {
			x, y := c.get(ctx, a.base+query), c.get(ctx, alone.base+query)
			var p, q map[string]any
			if x.read(&p) != nil || y.read(&q) != nil || x.status != http.StatusOK || y.status != http.StatusOK {
				return fmt.Errorf("%s: %s and %s", query, x, y)
			}
			if p["engine"] == "meilisearch" {
				engine++
			}
			if sameList(p, q) {
				break
			}
			if try == 3 {
				t.miss("%s is answered as %.200s and as %.200s", query, x.body, y.body)
				break
			}
			if err := pause(ctx, time.Second); err != nil {
				return err
			}
		}
	}
	t.say("%d random searches are answered by both engines alike, %d by Meilisearch", asked, engine)
	t.want(engine >= asked*9/10, "only %d of %d searches were answered by Meilisearch", engine, asked)
	return nil
}

// sameList compares totals, counts and who is shown in which order.
func sameList(p, q map[string]any) bool {
	return reflect.DeepEqual(p["total"], q["total"]) && reflect.DeepEqual(p["facets"], q["facets"]) && reflect.DeepEqual(slugs(p), slugs(q))
}

func slugs(page map[string]any) (out []string) {
	list, _ := page["results"].([]any)
	for _, v := range list {
		raw, err := json.Marshal(v)
		var one struct{ Slug string }
		if err == nil && json.Unmarshal(raw, &one) == nil {
			out = append(out, one.Slug)
		}
	}
	return out
}

// choices are what random searches ask for.
var choices = []struct {
	name   string
	values []string
}{
	{"state", []string{"nsw", "vic", "qld", "wa"}}, {"type", []string{"psychologist", "counsellor", "clinical-psychologist"}},
	{"issue", []string{"anxiety", "grief", "trauma", "sleep"}}, {"mode", []string{"video", "in-person"}}, {"format", []string{"couple", "individual"}},
	{"max_fee", []string{"120", "180", "240"}}, {"max_gap", []string{"40", "90"}}, {"available", []string{"week", "evening", "weekend"}},
	{"gender", []string{"woman"}}, {"reduced", []string{"true"}}, {"sort", []string{"price", "soonest"}}, {"page", []string{"1", "2"}},
}

func randomQuery(r *rand.Rand) string {
	v := url.Values{}
	for _, c := range choices {
		if r.IntN(4) == 0 {
			v.Set(c.name, c.values[r.IntN(len(c.values))])
		}
	}
	return "/api/v1/therapists?" + v.Encode()
}
