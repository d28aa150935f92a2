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

// batch is the number of changed profiles read at a time.
const batch = 1000

// swapBelow is the number of outstanding changes below which a rebuild may swap; Follow sends the rest.
const swapBelow = 200

// Keeper brings the engine up to date with Postgres. Its progress is a snapshot stored in Postgres, so that a crash
// loses no change; sending a change twice is harmless.
type Keeper struct {
	DB     *pg.DB
	Engine *Engine
	Log    *slog.Logger

	failed atomic.Int64 // runs in all
	away   atomic.Bool  // the last one failed
}

// Run handles Follow. It logs the first error of a series and returns nil: the next change or the schedule retries
// within seconds, while the backoff of the queue would leave the engine behind for half an hour.
func (k *Keeper) Run(ctx context.Context, _ Follow) error {
	err := k.Follow(ctx)
	switch {
	case err == nil && k.away.Swap(false):
		k.Log.Info("Meilisearch is up to date again")
	case err != nil:
		k.failed.Add(1)
		if !k.away.Swap(true) {
			k.Log.Warn("Meilisearch could not be updated", "error", err)
		}
	}
	return nil
}

// Failed is the number of failed runs since the start.
func (k *Keeper) Failed() int64 { return k.failed.Load() }

// Follow sends what has changed since the stored snapshot, and fills a missing index. The snapshot advances only
// after the engine has made the changes; a failed task is an error, and its changes are sent again next time.
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

// send reads profiles again and sends them; those no longer listed are removed.
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

// Rebuild fills a new index, catches up with the changes made meanwhile, and swaps it with the one in use. Searches
// and changes go on: the snapshot is set back to that of the new index, so that changes sent to the old one
// meanwhile are sent again. It returns the number of documents.
func (k *Keeper) Rebuild(ctx context.Context) (int, error) {
	if err := k.Engine.Connect(ctx); err != nil {
		return 0, err
	}
	index := k.Engine.newName()
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
			err = errors.New("meili: the whole directory was replaced during the rebuild")
			break
		}
		if err = k.send(ctx, index, c.IDs); err != nil {
			break
		}
		if snapshot = c.Snapshot; len(c.IDs) < swapBelow {
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

// cursor is the progress of an index.
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

// moveCursor advances the cursor from where this run began. If another run has moved it meanwhile, this one may have
// sent outdated profiles: they are announced as changed, to be sent again in order.
func moveCursor(ctx context.Context, db *pg.DB, from cursor, c directory.Changes) error {
	return pg.InTx(ctx, db, func(tx *pg.Tx) error {
		n, err := tx.Exec(ctx, `UPDATE search_indexes SET snapshot = $1, beat = beat + 1 WHERE name = $2 AND beat = $3`,
			c.Snapshot, from.Name, from.Beat)
		if err != nil || n == 1 || len(c.IDs) == 0 {
			return err
		}
		return directory.AnnounceTx(ctx, tx, c.IDs)
	})
}
