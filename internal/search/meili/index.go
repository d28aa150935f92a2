package meili

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"wattle/internal/clock"
	"wattle/internal/directory"
	"wattle/internal/outbox"
	"wattle/internal/pg"
	"wattle/internal/search"
)

// Embedded is the index inside the process. It also counts the facets of the pages that the engine finds.
type Embedded interface {
	search.Index
	// Counts gives the total and the facet counts of f as of now.
	Counts(ctx context.Context, f search.Filter, now time.Time) (int, search.Facets, error)
}

// Index is the engine with the embedded index as its fallback. The engine answers while it does so within
// Budget and is known to be up to date; otherwise the embedded index does, and the page is the same. Fill it
// by field name and keep Run going.
type Index struct {
	Engine   *Engine
	Embedded Embedded // holds the whole directory as well
	DB       *pg.DB
	Clock    clock.Clock
	Log      *slog.Logger
	Who      func(id int64) (*directory.Profile, bool) // the read model, for the reasons beside a hit

	gate     breaker
	answered atomic.Int64 // searches

	mu    sync.Mutex
	zones []string
	watch func() time.Duration // machine time, independent of the development clock
	beat  int64                // of the cursor: how often the engine was brought up to date
	moved time.Duration        // watch() when beat last changed
	known bool                 // the engine was up to date at some time since the start
}

// Search asks the engine and, if it does not answer in time, the embedded index. The facets are always those of
// the embedded index. So is the total, except for words, which the engine matches in its own way.
func (x *Index) Search(ctx context.Context, f search.Filter, now time.Time) (search.Result, error) {
	if x.Why() != "" {
		return x.Embedded.Search(ctx, f, now)
	}
	limited, cancel := context.WithTimeout(ctx, Budget)
	defer cancel()
	r, err := x.Engine.Search(limited, f, now, x.zonesNow(), x.Who)
	switch {
	case err == nil:
		x.gate.succeeded()
		x.answered.Add(1)
		return x.counted(ctx, r, f, now)
	case ctx.Err() != nil || errors.Is(err, errBehind): // the caller has gone, or the clock was moved
	case x.gate.fail():
		x.Log.Warn("Meilisearch does not answer searches; using the embedded index", "error", err)
	}
	return x.Embedded.Search(ctx, f, now)
}

// counted adds what the embedded index counts to a result of the engine.
func (x *Index) counted(ctx context.Context, r search.Result, f search.Filter, now time.Time) (search.Result, error) {
	total, facets, err := x.Embedded.Counts(ctx, f, now)
	if f.Q == "" {
		r.Total = total
	}
	r.Facets = facets
	return r, err
}

// Replace makes all the whole directory of the embedded index. The engine follows Postgres separately.
func (x *Index) Replace(ctx context.Context, all []*directory.Profile) error {
	x.addZones(all)
	if err := x.Embedded.Replace(ctx, all); err != nil {
		return err
	}
	return x.hint(ctx)
}

// Apply changes the embedded index and enqueues the task that updates the engine.
func (x *Index) Apply(ctx context.Context, put []*directory.Profile, gone []int64) error {
	x.addZones(put)
	if err := x.Embedded.Apply(ctx, put, gone); err != nil {
		return err
	}
	if len(put)+len(gone) == 0 {
		return nil
	}
	return x.hint(ctx)
}

// addZones adds the zones of profiles to those that searches compare times in.
func (x *Index) addZones(profiles []*directory.Profile) {
	x.mu.Lock()
	defer x.mu.Unlock()
	zones := slices.Clone(x.zones) // searches use the old slice
	for _, p := range profiles {
		if !slices.Contains(zones, p.Zone) {
			zones = append(zones, p.Zone)
		}
	}
	x.zones = zones
}

func (x *Index) zonesNow() []string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.zones
}

// hint enqueues the task that updates the engine. A failure loses nothing: the schedule enqueues it as well, and
// the snapshot in Postgres says what to send.
func (x *Index) hint(ctx context.Context) error {
	if err := Enqueue(ctx, x.DB, x.Clock.Now()); err != nil && ctx.Err() == nil {
		x.Log.Warn("Meilisearch will be updated later", "error", err)
	}
	return ctx.Err()
}

// Follow is the task that brings the engine up to date with Postgres. At most one is waiting and one running, so
// changes reach the engine in order, and a batch is as large as the previous one took.
type Follow struct{}

// Kind is the name of the task.
func (Follow) Kind() string { return "meili.follow" }

// Enqueue adds a Follow unless one is waiting.
func Enqueue(ctx context.Context, db *pg.DB, now time.Time) error {
	return pg.Once(ctx, db, func(c *pg.Conn) error {
		return outbox.Add(ctx, c, now, Follow{}, outbox.Key("one"))
	})
}

// EnqueueEvery is the interval at which a Follow is added without a change.
const EnqueueEvery = 5 * time.Second

// Why says why the embedded index answers, for display; "" when the engine does.
func (x *Index) Why() string {
	if !x.Engine.known.Load() || !x.gate.allow() {
		return "Meilisearch does not answer"
	}
	lag, known := x.Lag()
	switch {
	case !known:
		return "Meilisearch is not known to be up to date yet"
	case lag > staleAfter:
		return "Meilisearch is not up to date"
	}
	return ""
}

// Lag is the time since the engine was last known to be up to date; known is false if it never was.
func (x *Index) Lag() (lag time.Duration, known bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.watch == nil || !x.known {
		return 0, false
	}
	return x.watch() - x.moved, true
}

// Stats are searches that the engine answered, searches it failed, and how often the breaker opened.
func (x *Index) Stats() (answered int64, failed, opened int) {
	_, opened, failed = x.gate.figures()
	return x.answered.Load(), failed, opened
}

// Run watches the progress of the engine, and probes it while the breaker is open, until ctx ends.
func (x *Index) Run(ctx context.Context) error {
	x.look(ctx)
	looks, probes := time.NewTicker(watchEvery), time.NewTicker(probeEvery)
	defer looks.Stop()
	defer probes.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-looks.C:
			x.look(ctx)
		case <-probes.C:
			if !x.gate.allow() {
				x.probe(ctx)
			}
		}
	}
}

// look reads the beat. If the reading fails, the lag grows.
func (x *Index) look(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, watchEvery)
	defer cancel()
	if x.Engine.Connect(limited) != nil {
		return
	}
	c, ok, err := readCursor(ctx, x.DB, x.Engine.index)
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.watch == nil {
		x.watch = clock.Stopwatch()
	}
	if err != nil || !ok || x.known && c.Beat == x.beat {
		return
	}
	// The age of the first beat is unknown; the lag counts from the next one.
	if x.beat != 0 && c.Beat != x.beat {
		x.known, x.moved = true, x.watch()
	}
	x.beat = c.Beat
}

// probe asks for one page.
func (x *Index) probe(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, Budget)
	defer cancel()
	_, err := x.Engine.Search(ctx, search.All(), x.Clock.Now(), x.zonesNow(), nil)
	if x.gate.probed(err == nil || errors.Is(err, errBehind)) {
		x.Log.Info("Meilisearch answers searches again")
	}
}
