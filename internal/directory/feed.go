package directory

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"wattle/internal/clock"
	"wattle/internal/pg"
)

const (
	pollEvery  = 250 * time.Millisecond
	staleAfter = 2 * time.Second
	batch      = 1000 // larger changes are read in chunks
)

// feed follows directory_changes. It holds the snapshot of the last reading: what that snapshot could not
// see and the present one can has been committed in between, late or not.
type feed struct {
	once   sync.Once
	watch  func() time.Duration // machine time since the start; the development clock does not move it
	heard  atomic.Int64         // watch() at the last successful reading; 0 for never
	hints  chan struct{}
	mu     sync.Mutex // one reader at a time
	snap   string
	loaded bool
}

func (f *feed) init() {
	f.once.Do(func() {
		f.watch, f.hints = clock.Stopwatch(), make(chan struct{}, 1)
	})
}

func (f *feed) touch() { f.heard.Store(max(1, int64(f.watch()))) }

// Fresh says whether the feed was read within the last two seconds. While it was not, the read model may
// be out of date, and pages ask Postgres who is listed.
func (m *Model) Fresh() bool {
	m.feed.init()
	h := m.feed.heard.Load()
	return h > 0 && m.feed.watch()-time.Duration(h) <= staleAfter
}

// Lag is the time since the feed was last read; since the start before the first reading.
func (m *Model) Lag() time.Duration {
	m.feed.init()
	return m.feed.watch() - time.Duration(m.feed.heard.Load())
}

// Wake hints that there may be changes: call it for notifications on directory_changes.
func (m *Model) Wake() {
	m.feed.init()
	select {
	case m.feed.hints <- struct{}{}:
	default:
	}
}

// Load fills the read model and the index from Postgres.
func (m *Model) Load(ctx context.Context) error {
	m.feed.init()
	m.feed.mu.Lock()
	defer m.feed.mu.Unlock()
	return m.load(ctx)
}

func (m *Model) load(ctx context.Context) error {
	all, snap, err := ReadAllListed(ctx, m.DB)
	if err != nil {
		return err
	}
	m.replace(all)
	if err := m.Index.Replace(ctx, all); err != nil {
		return err
	}
	m.publish()
	m.feed.snap, m.feed.loaded = snap, true
	m.feed.touch()
	return nil
}

// Run follows Postgres until ctx ends: it reads the changes at every hint, and four times a second
// without one. Errors are logged and retried. It returns ctx's error.
func (m *Model) Run(ctx context.Context) error {
	m.feed.init()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	failing, hinted := false, false
	for {
		err := m.follow(ctx, hinted)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && !failing {
			m.Log.Warn("the directory cannot follow Postgres", "error", err)
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			hinted = false
		case <-m.feed.hints:
			hinted = true
		}
	}
}

// Follow applies what has been committed since the last reading; the first call reads everything.
func (m *Model) Follow(ctx context.Context) error { return m.follow(ctx, false) }

// follow tries the single-change statement first after a hint.
func (m *Model) follow(ctx context.Context, hinted bool) error {
	m.feed.init()
	m.feed.mu.Lock()
	defer m.feed.mu.Unlock()
	if !m.feed.loaded {
		return m.load(ctx)
	}
	if hinted {
		if p, snap, err := readChangeOfOne(ctx, m.DB, m.feed.snap); err != nil {
			return err
		} else if p != nil {
			return m.advance(snap, m.update(ctx, []*Profile{p}, nil))
		}
	}
	c, err := ReadChanges(ctx, m.DB, m.feed.snap)
	if err != nil {
		return err
	}
	if c.Everything {
		return m.load(ctx)
	}
	return m.advance(c.Snapshot, m.reread(ctx, c.IDs))
}

// advance records how far the feed has been read, unless the reading failed.
func (m *Model) advance(snap string, err error) error {
	if err == nil {
		m.feed.snap = snap
		m.feed.touch()
	}
	return err
}

// reread reads the profiles of ids again; those no longer listed are removed.
func (m *Model) reread(ctx context.Context, ids []int64) error {
	for len(ids) > 0 {
		some := ids[:min(batch, len(ids))]
		ids = ids[len(some):]
		put, err := ReadListed(ctx, m.DB, some)
		if err != nil {
			return err
		}
		if err := m.update(ctx, put, missing(some, put)); err != nil {
			return err
		}
	}
	return nil
}

func (m *Model) update(ctx context.Context, put []*Profile, gone []int64) error {
	changed, lost := m.apply(put, gone)
	if err := m.Index.Apply(ctx, changed, lost); err != nil {
		m.feed.loaded = false // the index may hold half of it
		return errors.Join(errors.New("directory: the index refused a change"), err)
	}
	m.publish()
	return nil
}

// missing is the ids without a profile in found.
func missing(ids []int64, found []*Profile) []int64 {
	have := make(map[int64]bool, len(found))
	for _, p := range found {
		have[p.ID] = true
	}
	var out []int64
	for _, id := range ids {
		if !have[id] {
			out = append(out, id)
		}
	}
	return out
}

// Sweep deletes the change rows of the period before last. Run it every ten minutes or so: a reader that
// was away for longer than a period reads everything again.
func (m *Model) Sweep(ctx context.Context) error {
	return pg.InTx(ctx, m.DB, func(tx *pg.Tx) error { return sweepChanges(ctx, tx) })
}
