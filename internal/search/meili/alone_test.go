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

// alone is the engine without breaker and fallback, in an index of its own, which is filled once.
type alone struct {
	engine *Engine
	zones  []string
	who    map[int64]*directory.Profile
}

// dialAlone makes an index with a random name at a server.
func dialAlone(ctx context.Context, url, key string) (*alone, error) {
	e := Dial(url, key)
	if err := e.Connect(ctx); err != nil {
		return nil, err
	}
	name := make([]byte, 8)
	rand.Read(name) //nolint:errcheck // it never fails
	e.index = prefix + "_alone_" + hex.EncodeToString(name)
	return &alone{engine: e}, nil
}

func (a *alone) Close(ctx context.Context) error { return a.engine.remove(ctx, a.engine.index) }

func (a *alone) Version(ctx context.Context) (string, error) { return a.engine.Version(ctx) }

func (a *alone) Search(ctx context.Context, f search.Filter, now time.Time) (search.Result, error) {
	return a.engine.Search(ctx, f, now, a.zones, func(id int64) (*directory.Profile, bool) { t, ok := a.who[id]; return t, ok })
}

func (a *alone) Replace(ctx context.Context, all []*directory.Profile) error {
	a.who = make(map[int64]*directory.Profile, len(all))
	if err := a.engine.create(ctx, a.engine.index); err != nil {
		return err
	}
	return a.engine.put(ctx, a.engine.index, a.noted(slices.Values(all)))
}

func (a *alone) Apply(ctx context.Context, put []*directory.Profile, gone []int64) error {
	if err := a.engine.put(ctx, a.engine.index, a.noted(slices.Values(put))); err != nil {
		return err
	}
	return a.engine.drop(ctx, a.engine.index, gone)
}

// noted remembers the people it passes on.
func (a *alone) noted(people iter.Seq[*directory.Profile]) iter.Seq[*directory.Profile] {
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
