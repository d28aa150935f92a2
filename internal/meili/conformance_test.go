package meili

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"wattle/internal/directory"
	"wattle/internal/directory/indextest"
	"wattle/internal/memindex"
)

// bare is an engine without breaker and net, as a directory.Index: what the suite judges.
type bare struct {
	*Engine
	zones []string
	all   map[int64]*directory.Therapist
}

func (b *bare) Search(ctx context.Context, f directory.Filter, now time.Time) (directory.Result, error) {
	return b.Engine.Search(ctx, f, now, b.zones, func(id int64) (*directory.Therapist, bool) { t, ok := b.all[id]; return t, ok })
}

func (b *bare) Replace(ctx context.Context, all []*directory.Therapist) error {
	b.all = map[int64]*directory.Therapist{}
	for _, t := range all {
		b.all[t.ID] = t
		if !slices.Contains(b.zones, t.Zone) {
			b.zones = append(b.zones, t.Zone)
		}
	}
	if err := b.create(ctx, b.index); err != nil {
		return err
	}
	return b.put(ctx, b.index, all)
}

func (b *bare) Apply(ctx context.Context, put []*directory.Therapist, gone []int64) error {
	if err := b.put(ctx, b.index, put); err != nil {
		return err
	}
	return b.drop(ctx, b.index, gone)
}

// engines are the servers the suite runs against: the double always, a real one where MEILI_URL
// leads to one. Each test has an index of its own.
func engines(t *testing.T) map[string]*bare {
	t.Helper()
	out := map[string]*bare{}
	if url := os.Getenv("MEILI_URL"); url != "" {
		out["real"] = connect(t, url, os.Getenv("MEILI_API_KEY"))
	}
	return out
}

func connect(t *testing.T, url, key string) *bare {
	t.Helper()
	ctx := context.Background()
	e := Dial(url, key)
	if err := e.Connect(ctx); err != nil {
		t.Fatal(err)
	}
	e.index = fmt.Sprintf("%s_test_%x", prefix, rand.Uint64())
	t.Cleanup(func() {
		if err := e.remove(ctx, e.index); err != nil {
			t.Error(err)
		}
	})
	return &bare{Engine: e}
}

func filled(t *testing.T, x directory.Index, all []*directory.Therapist) directory.Index {
	t.Helper()
	if err := x.Replace(context.Background(), all); err != nil {
		t.Fatal(err)
	}
	return x
}

// Filters without words find the same people in the same order with the same counts, whatever the
// clock says: to the last id.
func TestFiltersFindTheSameAsTheEmbeddedIndex(t *testing.T) {
	ctx := context.Background()
	for name, e := range engines(t) {
		all := indextest.People(700, 3)
		embedded := filled(t, memindex.New(), all)
		filled(t, e, all)
		clocks, found := indextest.Clocks(), 0
		for i, f := range indextest.Filters(160, 5) {
			now := clocks[i%len(clocks)]
			if d := indextest.Same(ctx, embedded, e, f, now, all); d != "" {
				t.Errorf("%s: %q at %s: %s", name, f.Encode(), now.Format(time.RFC3339), d)
			}
			if r, err := embedded.Search(ctx, f, now); err == nil {
				found += r.Total
			}
		}
		if found == 0 {
			t.Fatal("the random filters found nobody at all")
		}
	}
}
