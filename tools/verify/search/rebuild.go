package search

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"reflect"
	"time"

	"wattle/tools/verify/rig"
)

const compared = 200

// rebuilt builds the index anew while people search and book, and then holds the engine's answers to
// those of the embedded index: nothing lost, and never a moment without results.
func rebuilt(ctx context.Context, t *rig.Trial, h *rig.Deployment, c *rig.Caller, a, alone *rig.Instance, e *engine) error {
	load := &searchLoad{c: c, at: a}
	loadCtx, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); load.run(loadCtx, time.Minute) }()
	defer func() { stop(); <-done }()
	booked := make(chan error, 1)
	go func() { booked <- bookSome(ctx, c, a) }()
	for range 2 {
		cmd := h.Command("reindex")
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
	t.Say("built anew twice while people searched and booked: %s, %d answers without anybody", &load.how, load.how.Get("nobody"))
	t.Want(load.how.Get("failed") == 0 && load.how.Get("nobody") == 0 && load.how.Get("200 meilisearch") > 0, "while it was built anew: %s (%s)", &load.how, load.first())
	return sameAnswers(ctx, t, c, a, alone)
}

// bookSome takes the next times of some people, one after the other.
func bookSome(ctx context.Context, c *rig.Caller, a *rig.Instance) error {
	list, err := c.Bookable(ctx, a.Base)
	if err != nil || len(list) < 40 {
		return rig.ErrEmpty
	}
	for n, p := range list[20:40] {
		s, err := rig.NextSlot(ctx, c, a, p)
		if err != nil {
			return err
		}
		if got, _ := c.Book(ctx, a.Base, rig.Want(p.Slug, s, fmt.Sprintf("rebuilt%02d@example.org", n))); got.Status != http.StatusCreated {
			return fmt.Errorf("booking: %s", got)
		}
	}
	return nil
}

// sameAnswers asks the instance with the engine and the one without it the same random questions. The
// engine may be a second behind, so a difference counts when it stays.
func sameAnswers(ctx context.Context, t *rig.Trial, c *rig.Caller, a, alone *rig.Instance) error {
	if err := rig.Pause(ctx, 3*time.Second); err != nil {
		return err
	}
	r, asked, engine := t.Random(3), t.Times(compared), 0
	for range asked {
		query := randomQuery(r)
		for try := 0; ; try++ {
			x, y := c.Get(ctx, a.Base+query), c.Get(ctx, alone.Base+query)
			var p, q map[string]any
			if x.Read(&p) != nil || y.Read(&q) != nil || x.Status != http.StatusOK || y.Status != http.StatusOK {
				return fmt.Errorf("%s: %s and %s", query, x, y)
			}
			if p["engine"] == "meilisearch" {
				engine++
			}
			if sameList(p, q) {
				break
			}
			if try == 3 {
				t.Miss("%s is answered as %.200s and as %.200s", query, x.Body, y.Body)
				break
			}
			if err := rig.Pause(ctx, time.Second); err != nil {
				return err
			}
		}
	}
	t.Say("%d random searches are answered by both engines alike, %d by Meilisearch", asked, engine)
	t.Want(engine >= asked*9/10, "only %d of %d searches were answered by Meilisearch", engine, asked)
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
