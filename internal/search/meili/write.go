package meili

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash/fnv"
	"iter"
	"net/http"
	"strconv"
	"strings"
	"time"

	meilisearch "github.com/meilisearch/meilisearch-go"

	"wattle/internal/directory"
)

// prefix begins the name of every index Wattle makes; keys are limited to it.
const prefix = "wattle_therapists"

// shape changes when documents are made differently for the same settings.
const shape = 1

// chunk is how many documents go in one request, ahead how many requests are not waited for.
const (
	chunk = 2000
	ahead = 5
)

// nameOf is the index of these settings. Its name carries their fingerprint, so that two versions of
// Wattle side by side each search an index they understand; the newer one fills its own when it starts.
func nameOf(s *meilisearch.Settings) string {
	h := fnv.New64a()
	text, err := json.Marshal(s)
	if err != nil {
		panic(err)
	}
	h.Write(text)
	h.Write([]byte{shape})
	return prefix + "_" + strconv.FormatUint(h.Sum64(), 36)
}

// Connect checks the server's version and key and picks the index; once it has, it does nothing.
// See Mistaken for its errors.
func (e *Engine) Connect(ctx context.Context) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.known.Load() {
		return nil
	}
	_, v, err := e.version(ctx)
	if err != nil {
		return err
	}
	e.settings = settingsFor(v)
	e.index = nameOf(e.settings)
	e.known.Store(true)
	return nil
}

// exists says whether an index is there.
func (e *Engine) exists(ctx context.Context, index string) (bool, error) {
	_, err := e.client.GetIndexWithContext(ctx, index)
	var m *meilisearch.Error
	if errors.As(err, &m) && m.StatusCode == http.StatusNotFound {
		return false, nil
	}
	if err != nil {
		return false, plain(err)
	}
	return true, nil
}

// create makes an empty index with the settings.
func (e *Engine) create(ctx context.Context, index string) error {
	info, err := e.client.CreateIndexWithContext(ctx, &meilisearch.IndexConfig{Uid: index, PrimaryKey: atID})
	if err := e.done(ctx, info, err); err != nil {
		return err
	}
	info, err = e.client.Index(index).UpdateSettingsWithContext(ctx, e.settings)
	return e.done(ctx, info, err)
}

// put adds or renews documents and waits until they can be found. A few requests are sent ahead, which
// the engine takes together.
func (e *Engine) put(ctx context.Context, index string, people iter.Seq[*directory.Profile]) error {
	key := atID
	var sent []*meilisearch.TaskInfo
	wait := func() error {
		for _, info := range sent {
			if err := e.done(ctx, info, nil); err != nil {
				return err
			}
		}
		sent = sent[:0]
		return nil
	}
	docs := make([]document, 0, chunk)
	send := func() error {
		info, err := e.client.Index(index).AddDocumentsWithContext(ctx, docs, &meilisearch.DocumentOptions{PrimaryKey: &key})
		if err != nil {
			return plain(err)
		}
		docs = docs[:0]
		if sent = append(sent, info); len(sent) < ahead {
			return nil
		}
		return wait()
	}
	for t := range people {
		if docs = append(docs, documentOf(t)); len(docs) == chunk {
			if err := send(); err != nil {
				return err
			}
		}
	}
	if len(docs) > 0 {
		if err := send(); err != nil {
			return err
		}
	}
	return wait()
}

// drop forgets documents; one that is not there is forgotten already.
func (e *Engine) drop(ctx context.Context, index string, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.FormatInt(id, 10)
	}
	info, err := e.client.Index(index).DeleteDocumentsWithContext(ctx, texts, nil)
	return e.done(ctx, info, err)
}

// beside is a name for an index that is being filled.
func (e *Engine) beside() string {
	b := make([]byte, 6)
	rand.Read(b)
	return e.index + "_" + hex.EncodeToString(b)
}

// swap puts a filled index in the place of the one that is searched, at once, and removes what was
// there before. No search in between finds nothing.
func (e *Engine) swap(ctx context.Context, filled string) error {
	there, err := e.exists(ctx, e.index)
	if err != nil {
		return err
	}
	if !there {
		if err := e.create(ctx, e.index); err != nil {
			return err
		}
	}
	fresh, err := e.client.GetIndexWithContext(ctx, filled)
	if err != nil {
		return plain(err)
	}
	if _, err := e.client.SwapIndexesWithContext(ctx, []*meilisearch.SwapIndexesParams{{Indexes: []string{e.index, filled}}}); err != nil {
		return plain(err)
	}
	if err := e.arrived(ctx, fresh.CreatedAt); err != nil {
		return err
	}
	return e.remove(ctx, filled)
}

// arrived waits until the index that is searched is the one made at a moment. The task of a swap
// belongs to no index, so a key that is limited to some cannot look at it.
func (e *Engine) arrived(ctx context.Context, made time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, taskWait)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		now, err := e.client.GetIndexWithContext(ctx, e.index)
		if err != nil {
			return plain(err)
		}
		if now.CreatedAt.Equal(made) {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.New("meili: the new index did not come into its place")
		}
	}
}

func (e *Engine) remove(ctx context.Context, index string) error {
	info, err := e.client.DeleteIndexWithContext(ctx, index)
	return e.done(ctx, info, err)
}

// Tidy removes the indexes of other versions and of rebuilds that were broken off. An older instance
// that still runs goes on with its embedded index.
func (e *Engine) Tidy(ctx context.Context) error {
	all, err := e.client.ListIndexesWithContext(ctx, &meilisearch.IndexesQuery{Limit: 1000})
	if err != nil {
		return plain(err)
	}
	for _, i := range all.Results {
		if i.UID != e.index && strings.HasPrefix(i.UID, prefix) {
			if err := e.remove(ctx, i.UID); err != nil {
				return err
			}
		}
	}
	return nil
}

// actions are the rights Wattle needs, and no others. Newer servers tell their version to nobody whose
// key is limited to some indexes, so it goes without saying there.
var actions = []string{"version", "search", "documents.add", "documents.delete", "indexes.create", "indexes.get", "indexes.delete", "indexes.swap",
	"settings.update", "tasks.get"}

// Bootstrap makes a key with the least rights, limited to Wattle's indexes. The engine must have been
// dialled with a key that may make keys, such as the master key.
func (e *Engine) Bootstrap(ctx context.Context) (key string, err error) {
	wanted := &meilisearch.Key{Name: "wattle", Description: "What Wattle needs of its own indexes", Actions: actions, Indexes: []string{prefix + "*"}}
	made, err := e.client.CreateKeyWithContext(ctx, wanted)
	var m *meilisearch.Error
	if errors.As(err, &m) && m.MeilisearchApiError.Code == "index_scoped_api_key_with_global_action" {
		wanted.Actions = actions[1:]
		made, err = e.client.CreateKeyWithContext(ctx, wanted)
	}
	if err != nil {
		return "", plain(err)
	}
	return made.Key, nil
}
