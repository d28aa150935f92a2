package meili

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"

	"wattle/internal/directory"
	"wattle/internal/pg"
)

// batch is how many changed profiles are read at a time.
const batch = 1000

// enough changes left over that a rebuild may swap: the rest is caught up with after it.
const enough = 200

// Keeper brings the engine up to date with Postgres. What it has come to is a snapshot that is kept
// in Postgres, so no change is lost, whoever dies; a change that is sent twice does no harm.
type Keeper struct {
	DB     *pg.DB
	Engine *Engine
	Log    *slog.Logger

	failed atomic.Int64 // runs in all
	away   atomic.Bool  // the last one failed
}

// Run is the handler of Follow. What goes wrong is logged when it begins and tried again at the next
// change or reminder, seconds later: the queue's own patience would leave a mended engine behind for
// half an hour.
func (k *Keeper) Run(ctx context.Context, _ Follow) error {
	err := k.Follow(ctx)
	switch {
	case err == nil && k.away.Swap(false):
		k.Log.Info("Meilisearch follows again")
	case err != nil:
		k.failed.Add(1)
		if !k.away.Swap(true) {
			k.Log.Warn("Meilisearch could not be brought up to date", "error", err)
		}
	}
	return nil
}

// Failed is how many runs went wrong since the start.
func (k *Keeper) Failed() int64 { return k.failed.Load() }

// Follow sends what has changed since the stored snapshot, and fills an index that is not there. The
// snapshot moves only after the engine has said that it made the changes: a task that failed there
// fails here, and is sent again the next time.
func (k *Keeper) Follow(ctx context.Context) error {
	if err := k.Engine.Connect(ctx); err != nil {
		return err
	}
	c, ok, err := readCursor(ctx, k.DB, k.Engine.index)
	if err != nil {
		return err
	}
	there, err := k.Engine.exists(ctx, k.Engine.index)
	if err != nil {
		return err
	}
	if !ok || !there {
		_, err := k.Rebuild(ctx)
		return err
	}
	changes, err := directory.ReadChanges(ctx, k.DB, c.Snapshot)
	if err != nil {
		return err
	}
	if changes.Everything {
		_, err := k.Rebuild(ctx)
		return err
	}
	if err := k.send(ctx, k.Engine.index, changes.IDs); err != nil {
		return err
	}
	return moveCursor(ctx, k.DB, c, changes)
}

// send reads profiles anew and sends them; what is not listed any more is forgotten.
func (k *Keeper) send(ctx context.Context, index string, ids []int64) error {
	for len(ids) > 0 {
		some := ids[:min(batch, len(ids))]
		ids = ids[len(some):]
		list, err := directory.ReadListed(ctx, k.DB, some)
		if err != nil {
			return err
		}
		if err := k.Engine.put(ctx, index, slices.Values(list)); err != nil {
			return err
		}
		if err := k.Engine.drop(ctx, index, missing(some, list)); err != nil {
			return err
		}
	}
	return nil
}

func missing(ids []int64, found []*directory.Profile) []int64 {
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

// Rebuild fills a new index beside the one that is searched, catches up with what changed meanwhile,
// and swaps the two. Searches and changes go on all the time; what was sent to the old index while
// the new one was filled is sent again, because the snapshot goes back to the new one's. It returns
// how many documents there are.
func (k *Keeper) Rebuild(ctx context.Context) (int, error) {
	if err := k.Engine.Connect(ctx); err != nil {
		return 0, err
	}
	index := k.Engine.beside()
	if err := k.Engine.create(ctx, index); err != nil {
		return 0, err
	}
	people, snapshot, err := directory.ReadAllListed(ctx, k.DB)
	if err == nil {
		err = k.Engine.put(ctx, index, slices.Values(people))
	}
	for err == nil {
		var c directory.Changes
		if c, err = directory.ReadChanges(ctx, k.DB, snapshot); err != nil {
			break
		}
		if c.Everything {
			err = errors.New("meili: the whole directory was replaced while its index was built")
			break
		}
		if err = k.send(ctx, index, c.IDs); err != nil {
			break
		}
		if snapshot = c.Snapshot; len(c.IDs) < enough {
			break
		}
	}
	if err == nil {
		err = k.Engine.swap(ctx, index)
	}
	if err != nil {
		return 0, errors.Join(err, k.Engine.remove(context.WithoutCancel(ctx), index))
	}
	return len(people), setCursor(ctx, k.DB, k.Engine.index, snapshot)
}

// cursor is how far an index has come.
type cursor struct {
	Name     string `db:"name"`
	Snapshot string `db:"snapshot"`
	Beat     int64  `db:"beat"`
}

func readCursor(ctx context.Context, db *pg.DB, name string) (c cursor, ok bool, err error) {
	err = db.Get(ctx, &c, `SELECT name, snapshot, beat FROM search_indexes WHERE name = $1`, name)
	if errors.Is(err, sql.ErrNoRows) {
		return c, false, nil
	}
	return c, err == nil, err
}

func setCursor(ctx context.Context, db *pg.DB, name, snapshot string) error {
	return pg.InTx(ctx, db, func(tx *pg.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO search_indexes (name, snapshot, beat) VALUES ($1, $2, 1)
			ON CONFLICT (name) DO UPDATE SET snapshot = excluded.snapshot, beat = search_indexes.beat + 1`, name, snapshot)
		return err
	})
}

// moveCursor moves on from where this run began. Where another has moved it meanwhile, this run was
// late and may have sent what is old by now: its profiles are announced as changed, to be read and
// sent once more in order.
func moveCursor(ctx context.Context, db *pg.DB, from cursor, c directory.Changes) error {
	return pg.InTx(ctx, db, func(tx *pg.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE search_indexes SET snapshot = $1, beat = beat + 1 WHERE name = $2 AND beat = $3`, c.Snapshot, from.Name, from.Beat)
		if err != nil || n == 1 || len(c.IDs) == 0 {
			return err
		}
		return directory.AnnounceTx(ctx, tx, c.IDs)
	})
}
