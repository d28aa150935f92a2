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
	batch      = 1000 // more changes than this are read by chunks
)

// feed follows directory_changes. It remembers the snapshot it last read with; what that snapshot
// could not see and the present one can is what has been committed in between, late or not.
type feed struct {
	once   sync.Once
	watch  func() time.Duration // machine time since the start; the development clock does not move it
	heard  atomic.Int64         // watch() at the last good reading; 0 for never
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

func (f *feed) hear() { f.heard.Store(max(1, int64(f.watch()))) }

// Fresh says whether Postgres was heard of in the last two seconds. While it was not, the read
// model may be out of date, and pages ask Postgres who is listed.
func (d *Directory) Fresh() bool {
	d.feed.init()
	h := d.feed.heard.Load()
	return h > 0 && d.feed.watch()-time.Duration(h) <= staleAfter
}

// Lag is how long ago Postgres was last heard of; the time since the start before it ever was.
func (d *Directory) Lag() time.Duration {
	d.feed.init()
	return d.feed.watch() - time.Duration(d.feed.heard.Load())
}

// Wake hints that there may be changes: call it for notifications on directory_changes.
func (d *Directory) Wake() {
	d.feed.init()
	select {
	case d.feed.hints <- struct{}{}:
	default:
	}
}

// Load fills the read model and the index from Postgres.
func (d *Directory) Load(ctx context.Context) error {
	d.feed.init()
	d.feed.mu.Lock()
	defer d.feed.mu.Unlock()
	return d.load(ctx)
}

// load reads everything and the snapshot it was read with, in one.
func (d *Directory) load(ctx context.Context) error {
	all, snap, err := gather(ctx, d.DB)
	if err != nil {
		return err
	}
	d.model.replace(all)
	if err := d.Index.Replace(ctx, peopleOf(d.model.records())); err != nil {
		return err
	}
	d.model.stamp()
	d.feed.snap, d.feed.loaded = snap, true
	d.feed.hear()
	return nil
}

// Run follows Postgres until ctx ends: it reads the changes at every hint, and four times a second
// without one. What goes wrong is logged and tried again. It returns ctx's error.
func (d *Directory) Run(ctx context.Context) error {
	d.feed.init()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	wrong, hinted := false, false
	for {
		err := d.follow(ctx, hinted)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil && !wrong {
			d.Log.Warn("the directory cannot follow Postgres", "error", err)
		}
		wrong = err != nil
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
			hinted = false
		case <-d.feed.hints:
			hinted = true
		}
	}
}

// Follow takes in what has been committed since the last reading, everything at the first.
func (d *Directory) Follow(ctx context.Context) error { return d.follow(ctx, false) }

// follow looks for a single change first where it was hinted that there is one.
func (d *Directory) follow(ctx context.Context, hinted bool) error {
	d.feed.init()
	d.feed.mu.Lock()
	defer d.feed.mu.Unlock()
	if !d.feed.loaded {
		return d.load(ctx)
	}
	if hinted {
		if t, snap, err := readChangeOfOne(ctx, d.DB, d.feed.snap); err != nil {
			return err
		} else if t != nil {
			return d.taken(snap, d.apply(ctx, []*Therapist{t}, nil))
		}
	}
	c, err := readChanges(ctx, d.DB, d.feed.snap)
	if err != nil {
		return err
	}
	if c.everything {
		return d.load(ctx)
	}
	return d.taken(c.snap, d.take(ctx, c.ids))
}

// taken notes how far the feed has been read, unless that failed.
func (d *Directory) taken(snap string, err error) error {
	if err == nil {
		d.feed.snap = snap
		d.feed.hear()
	}
	return err
}

// take reads the profiles of ids anew; what is not listed any more is forgotten everywhere.
func (d *Directory) take(ctx context.Context, ids []int64) error {
	for len(ids) > 0 {
		some := ids[:min(batch, len(ids))]
		ids = ids[len(some):]
		put, err := readListedOf(ctx, d.DB, some)
		if err != nil {
			return err
		}
		if err := d.apply(ctx, put, missing(some, put)); err != nil {
			return err
		}
	}
	return nil
}

func (d *Directory) apply(ctx context.Context, put []*Therapist, gone []int64) error {
	changed, lost := d.model.apply(put, gone)
	if err := d.Index.Apply(ctx, changed, lost); err != nil {
		d.feed.loaded = false // the index may hold half of it
		return errors.Join(errors.New("directory: the index did not take in a change"), err)
	}
	d.model.stamp()
	return nil
}

func missing(ids []int64, found []*Therapist) []int64 {
	have := make(map[int64]bool, len(found))
	for _, t := range found {
		have[t.ID] = true
	}
	var out []int64
	for _, id := range ids {
		if !have[id] {
			out = append(out, id)
		}
	}
	return out
}

// Sweep drops the change rows of the period before last. Run it every ten minutes or so: a reader
// that was away for longer than a period reads everything anew.
func (d *Directory) Sweep(ctx context.Context) error {
	return pg.InTx(ctx, d.DB, func(tx *pg.Tx) error { return sweepChanges(ctx, tx) })
}
