package meili

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"iter"
	"slices"
	"time"

	"wattle/internal/directory"
	"wattle/internal/search"
)

// Alone is the engine without breaker and net, in an index of its own beside the site's: what the
// suite judges and benchmarks measure. Nothing else may change while it is searched.
type Alone struct {
	engine *Engine
	zones  []string
	who    map[int64]*directory.Profile
}

// DialAlone makes an index of a random name at a server. Close it.
func DialAlone(ctx context.Context, url, key string) (*Alone, error) {
	e := Dial(url, key)
	if err := e.Connect(ctx); err != nil {
		return nil, err
	}
	name := make([]byte, 8)
	rand.Read(name) //nolint:errcheck // it never fails
	e.index = prefix + "_alone_" + hex.EncodeToString(name)
	return &Alone{engine: e}, nil
}

// Close removes the index.
func (a *Alone) Close(ctx context.Context) error { return a.engine.remove(ctx, a.engine.index) }

// Version is the server's.
func (a *Alone) Version(ctx context.Context) (string, error) { return a.engine.Version(ctx) }

// Search asks the engine.
func (a *Alone) Search(ctx context.Context, f search.Filter, now time.Time) (search.Result, error) {
	return a.engine.Search(ctx, f, now, a.zones, func(id int64) (*directory.Profile, bool) { t, ok := a.who[id]; return t, ok })
}

// Replace makes the index and fills it. It works once.
func (a *Alone) Replace(ctx context.Context, all []*directory.Profile) error {
	a.who = make(map[int64]*directory.Profile, len(all))
	if err := a.engine.create(ctx, a.engine.index); err != nil {
		return err
	}
	return a.engine.put(ctx, a.engine.index, a.noted(slices.Values(all)))
}

// Apply adds or renews put and forgets gone.
func (a *Alone) Apply(ctx context.Context, put []*directory.Profile, gone []int64) error {
	if err := a.engine.put(ctx, a.engine.index, a.noted(slices.Values(put))); err != nil {
		return err
	}
	return a.engine.drop(ctx, a.engine.index, gone)
}

// noted remembers people on their way.
func (a *Alone) noted(people iter.Seq[*directory.Profile]) iter.Seq[*directory.Profile] {
	return func(yield func(*directory.Profile) bool) {
		for t := range people {
			a.who[t.ID] = t
			if !slices.Contains(a.zones, t.Zone) {
				a.zones = append(a.zones, t.Zone)
			}
			if !yield(t) {
				return
			}
		}
	}
}
