package search

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"reflect"
	"slices"
	"sync/atomic"
	"time"

	"wattle/internal/clock"
	"wattle/tools/rig"
)

const (
	largePeople    = 100_000
	standInPeople  = 5_000 // the stand-in scans everyone at every search
	largePerSecond = 20
	bookers        = 4
	batch          = 1000 // documents compared by one request
	fillLimit      = 15 * time.Minute
	randomSearches = 200
)

// Large rebuilds the index of a large directory while people search and book. There is never a moment
// without results, and nothing is lost: afterwards the engine holds every next free time as Postgres
// does, and both engines answer random searches alike.
func Large(t *rig.Trial) {
	h, c, people := rig.NewDeployment(t), rig.NewCaller(t, 64), t.Times(largePeople)
	if t.Meilisearch == "" {
		people = t.Times(standInPeople)
	}
	h.Run("seed", "-n", fmt.Sprint(people))
	e, alone, a := sideBySide(h, c, fillLimit)
	whole := total(t, c, alone)
	rebuild(h, c, a)
	now := total(t, c, alone)
	t.Want(now == whole && now > 0, "%d people were listed and %d are", whole, now)
	if awaitEngine(t, c, a, "meilisearch", time.Minute) > time.Minute {
		t.Fail("Meilisearch was not asked again within a minute")
	}
	sameTimes(h, c, e)
	sameAnswers(t, c, a, alone)
}

func total(t *rig.Trial, c *rig.Caller, at *rig.Instance) int {
	var page struct{ Total int }
	t.Must(c.Get(at, "/api/v1/therapists?per_page=1").Read(&page))
	return page.Total
}

// rebuild runs reindex under load.
func rebuild(h *rig.Deployment, c *rig.Caller, a *rig.Instance) {
	l, booked := &load{c: c, at: a}, new(atomic.Int64)
	searched := l.start(h.T.Ctx, largePerSecond)
	stop := rig.Background(h.T.Ctx, func(ctx context.Context) { bookOn(ctx, h.T, c, a, booked) })
	took := clock.Stopwatch()
	h.Run("reindex")
	for booked.Load() <= 50 && took() < time.Minute { // a small directory is rebuilt sooner
		h.Run("reindex")
	}
	searched()
	stop()
	h.T.Say("%d people; rebuilt in %s while %d bookings were made and people searched: %s; searches took %s",
		total(h.T, c, a), took().Round(time.Second), booked.Load(), &l.how, &l.took)
	l.judge(h.T, "during the rebuild")
	h.T.Want(booked.Load() > 50, "only %d bookings were made during the rebuild", booked.Load())
}

// bookOn books one next free time after another, a few at a time, until ctx ends.
func bookOn(ctx context.Context, t *rig.Trial, c *rig.Caller, a *rig.Instance, booked *atomic.Int64) {
	var n atomic.Int64
	for ctx.Err() == nil {
		list := c.People(a, "state=act&accepting=true&free_consultation=true&available=week")
		if len(list) == 0 { // all their times are taken
			t.Pause(time.Second)
		}
		rig.Together(bookers, func(i int) {
			for ; i < len(list) && ctx.Err() == nil; i += bookers {
				if list[i].Next != nil && bookNext(t, c, a, list[i], email(int(n.Add(1)))) {
					booked.Add(1)
				}
			}
		})
	}
}

// sameTimes compares the next free time of everyone listed. The engine may be a moment behind.
func sameTimes(h *rig.Deployment, c *rig.Caller, e *engine) {
	compared, differ := 0, []string(nil)
	took := h.T.Wait(10*time.Second, func() bool {
		compared, differ = 0, nil
		rows := rig.List[struct {
			ID   string `db:"id"`
			Next string `db:"next"`
		}](h, `SELECT t.id::text AS id, coalesce((extract(epoch FROM n.next_any) * 1000000)::bigint::text, '') AS next
			FROM therapists t LEFT JOIN next_times n ON n.therapist_id = t.id WHERE t.listing = 'listed' ORDER BY t.id`)
		for some := range slices.Chunk(rows, batch) {
			var ids []string
			for _, r := range some {
				ids = append(ids, r.ID)
			}
			have := e.times(c, ids...)
			for _, r := range some {
				if next, found := have[r.ID]; !found || next != r.Next {
					differ = append(differ, r.ID)
				}
			}
			compared += len(some)
		}
		return len(differ) == 0
	})
	h.T.Say("%d of %d next free times are the same in Meilisearch and Postgres, after %.1f s",
		compared-len(differ), compared, took.Seconds())
	h.T.Want(len(differ) == 0, "%d next free times differ: %v", len(differ), differ[:min(len(differ), 5)])
}

// result is what both engines must agree on: total, counts, and who is shown in which order.
type result struct {
	Engine  string
	Total   int
	Facets  any
	Results []struct{ Slug string }
}

// sameAnswers sends the same random searches to both instances. Meilisearch may be a second behind, so a
// difference counts when it persists.
func sameAnswers(t *rig.Trial, c *rig.Caller, a, alone *rig.Instance) {
	r, asked, engine := t.Random(3), t.Times(randomSearches), 0
	for range asked {
		query := randomSearch(r)
		var one, other result
		var texts [2][]byte
		took := t.Wait(4*time.Second, func() bool {
			one, other = result{}, result{}
			x, y := c.Get(a, query), c.Get(alone, query)
			t.Must(x.Read(&one))
			t.Must(y.Read(&other))
			texts = [2][]byte{x.Body, y.Body}
			if one.Engine == "meilisearch" {
				engine++
			}
			one.Engine, other.Engine = "", ""
			return reflect.DeepEqual(one, other)
		})
		t.Want(took <= 4*time.Second, "%s is answered as %.300s and as %.300s", query, texts[0], texts[1])
	}
	t.Say("%d random searches are answered by both engines alike, %d answers by Meilisearch", asked, engine)
	t.Want(engine >= asked*9/10, "only %d of %d searches were answered by Meilisearch", engine, asked)
}

// choices are what random searches ask for.
var choices = []struct {
	name   string
	values []string
}{
	{"state", []string{"nsw", "vic", "qld", "wa"}},
	{"type", []string{"psychologist", "counsellor", "clinical-psychologist"}},
	{"issue", []string{"anxiety", "grief", "trauma", "sleep"}}, {"mode", []string{"video", "in-person"}},
	{"format", []string{"couple", "individual"}}, {"max_fee", []string{"120", "180", "240"}},
	{"max_gap", []string{"40", "90"}},
	{"available", []string{"week", "evening", "weekend"}}, {"gender", []string{"woman"}}, {"reduced", []string{"true"}},
	{"sort", []string{"price", "soonest"}}, {"page", []string{"1", "2"}},
}

func randomSearch(r *rand.Rand) string {
	v := url.Values{}
	for _, c := range choices {
		if r.IntN(4) == 0 {
			v.Set(c.name, c.values[r.IntN(len(c.values))])
		}
	}
	return "/api/v1/therapists?" + v.Encode()
}
