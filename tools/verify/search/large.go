package search

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"wattle/internal/clock"
	"wattle/tools/verify/rig"
)

const (
	largePeople = 100_000
	someOfThem  = 5_000 // with the stand-in, which goes through everybody at every search
	largePace   = 20    // searches a second
	booking     = 4     // bookings at a time
	atOnce      = 1000  // documents that are compared by one request
	fillLimit   = 15 * time.Minute
)

// Large builds the index of a large directory anew while people search and book all the time. There is
// no moment without results, and nothing is lost: afterwards the engine holds everybody's next free
// time as Postgres does, and random searches are answered by both engines alike.
func Large(ctx context.Context, t *rig.Trial) error {
	h, err := rig.NewDeployment(t)
	if err != nil {
		return err
	}
	people := t.Times(largePeople)
	if t.Meilisearch == "" {
		people = t.Times(someOfThem)
	}
	if out, err := h.Command("seed", "-n", fmt.Sprint(people)).CombinedOutput(); err != nil {
		return fmt.Errorf("seed: %w: %s", err, out)
	}
	e, alone, a, err := sideBySide(ctx, h)
	if err != nil {
		return err
	}
	c := rig.NewCaller(64)
	filled := awaitEngine(ctx, c, a, "meilisearch", fillLimit)
	if filled == 0 {
		return fmt.Errorf("the engine was not filled within %s", fillLimit)
	}
	t.Say("%d people; Meilisearch answers %s after the start", people, filled.Round(time.Second))
	whole := c.Get(ctx, alone.Base+"/api/v1/therapists?per_page=1")
	booked, err := anew(ctx, t, h, c, a, e)
	if err != nil {
		return err
	}
	t.Want(booked > 50, "only %d bookings were made while the index was built anew", booked)
	if now := c.Get(ctx, alone.Base+"/api/v1/therapists?per_page=1"); total(now) != total(whole) || total(now) == 0 {
		t.Miss("%d people were listed and %d are", total(whole), total(now))
	}
	if awaitEngine(ctx, c, a, "meilisearch", time.Minute) == 0 {
		return fmt.Errorf("the engine was not asked again within a minute")
	}
	if err := holdsEveryTime(ctx, t, h, c, e); err != nil {
		return err
	}
	return sameAnswers(ctx, t, c, a, alone)
}

func total(a rig.Answer) int {
	var page struct{ Total int }
	if a.Read(&page) != nil {
		return 0
	}
	return page.Total
}

// anew runs reindex under load and tells how many bookings were made meanwhile.
func anew(ctx context.Context, t *rig.Trial, h *rig.Deployment, c *rig.Caller, a *rig.Instance, e *engine) (booked int64, err error) {
	load := &searchLoad{c: c, at: a, pace: largePace}
	ctx, stop := context.WithCancel(ctx)
	searched := make(chan struct{})
	go func() { defer close(searched); load.run(ctx, fillLimit) }()
	var made atomic.Int64
	ended := make(chan error, 1)
	go func() { ended <- bookOn(ctx, c, a, &made) }()
	took := clock.Stopwatch()
	cmd := h.Command("reindex")
	cmd.Env = append(cmd.Env, e.environment()...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("reindex: %w: %s", err, out)
	}
	stop()
	<-searched
	if wrong := <-ended; err == nil {
		err = wrong
	}
	t.Say("built anew in %s while %d bookings were made and people searched: %s, %d answers without anybody; searches took %s", took().Round(time.Second), made.Load(),
		&load.how, load.how.Get("nobody"), &load.took)
	t.Want(load.how.Get("failed") == 0 && load.how.Get("nobody") == 0, "while it was built anew: %s (%s)", &load.how, load.first())
	return made.Load(), err
}

// bookOn books one next free time after the other, a few at a time, until ctx ends. A time that another
// booking took is no mistake.
func bookOn(ctx context.Context, c *rig.Caller, a *rig.Instance, made *atomic.Int64) error {
	for round := 0; ctx.Err() == nil; round++ {
		list, err := c.People(ctx, a.Base, "state=act&accepting=true&free_consultation=true&available=week")
		if ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
		if len(list) == 0 { // all their times are taken
			if rig.Pause(ctx, time.Second) != nil {
				return nil
			}
			continue
		}
		work := make(chan rig.Person)
		wrong := make(chan error, booking)
		for range booking {
			go func() {
				var first error
				for p := range work {
					if err := bookAnother(ctx, c, a, p, round, made); first == nil && ctx.Err() == nil {
						first = err
					}
				}
				wrong <- first
			}()
		}
		for _, p := range list {
			if p.Next != nil && ctx.Err() == nil {
				work <- p
			}
		}
		close(work)
		for range booking {
			if err := <-wrong; err != nil {
				return err
			}
		}
	}
	return nil
}

func bookAnother(ctx context.Context, c *rig.Caller, a *rig.Instance, p rig.Person, round int, made *atomic.Int64) error {
	s, err := rig.NextSlot(ctx, c, a, p)
	if err != nil {
		return nil //nolint:nilerr // it was taken since the list was made
	}
	switch got, _ := c.Book(ctx, a.Base, rig.Want(p.Slug, s, fmt.Sprintf("large%d.%s@example.org", round, p.Slug))); got.Status {
	case http.StatusCreated:
		made.Add(1)
	case http.StatusConflict, http.StatusTooManyRequests:
	default:
		if ctx.Err() == nil {
			return fmt.Errorf("booking: %s", got)
		}
	}
	return nil
}

// holdsEveryTime compares the next free time of everybody listed. The engine may be a moment behind.
func holdsEveryTime(ctx context.Context, t *rig.Trial, h *rig.Deployment, c *rig.Caller, e *engine) error {
	for try := 0; ; try++ {
		compared, differ, err := timesThatDiffer(ctx, h, c, e)
		if err != nil {
			return err
		}
		if len(differ) > 0 && try < 10 {
			if err := rig.Pause(ctx, time.Second); err != nil {
				return err
			}
			continue
		}
		t.Say("%d next free times stand in Meilisearch as in Postgres, after %d looks", compared-len(differ), try+1)
		t.Want(len(differ) == 0, "%d next free times differ: %v", len(differ), differ[:min(len(differ), 5)])
		return nil
	}
}

func timesThatDiffer(ctx context.Context, h *rig.Deployment, c *rig.Caller, e *engine) (compared int, differ []int64, err error) {
	var index string
	if err := h.Owner.Get(ctx, &index, `SELECT name FROM search_indexes ORDER BY beat DESC LIMIT 1`); err != nil {
		return 0, nil, err
	}
	var rows []struct {
		ID   int64  `db:"id"`
		Next string `db:"next"`
	}
	if err := h.Owner.Select(ctx, &rows, `SELECT t.id, coalesce((extract(epoch FROM n.next_any) * 1000000)::bigint::text, '') AS next
		FROM therapists t LEFT JOIN next_times n ON n.therapist_id = t.id WHERE t.listing = 'listed' ORDER BY t.id`); err != nil {
		return 0, nil, err
	}
	for len(rows) > 0 {
		some := rows[:min(atOnce, len(rows))]
		rows = rows[len(some):]
		ids := make([]string, len(some))
		for i, r := range some {
			ids[i] = fmt.Sprint(r.ID)
		}
		have, err := e.times(ctx, c, index, ids)
		if err != nil {
			return 0, nil, err
		}
		for _, r := range some {
			compared++
			if next, ok := have[r.ID]; !ok || next != r.Next {
				differ = append(differ, r.ID)
			}
		}
	}
	return compared, differ, nil
}

// times are the next free times that the engine itself holds of people, "" for none.
func (e *engine) times(ctx context.Context, c *rig.Caller, index string, ids []string) (map[int64]string, error) {
	a := c.Do(ctx, http.MethodPost, e.behind+"/multi-search", map[string]any{"queries": []any{map[string]any{"indexUid": index, "q": "",
		"filter": "id IN [" + strings.Join(ids, ",") + "]", "limit": len(ids)}}}, "Authorization", "Bearer "+e.key)
	var r struct {
		Results []struct {
			Hits []struct {
				ID   int64
				Next json.Number `json:"next_any"`
			}
		}
	}
	if err := a.Read(&r); err != nil || a.Status != http.StatusOK || len(r.Results) != 1 {
		return nil, fmt.Errorf("the engine's times: %s", a)
	}
	out := map[int64]string{}
	for _, hit := range r.Results[0].Hits {
		out[hit.ID] = hit.Next.String()
	}
	return out, nil
}
