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

// prefix begins the name of every index of Wattle; keys are limited to it.
const prefix = "wattle_therapists"

// shape is the version of the documents. Increase it when they change and the settings do not.
const shape = 1

const (
	chunk    = 2000 // documents in a request
	inFlight = 5    // requests sent before the first is waited for
)

// nameOf is the name of the index with these settings. It contains their fingerprint, so that two versions of Wattle
// side by side each use an index of their own; the newer version fills its index when it starts.
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

// Connect checks the server's version and the key and selects the index. After a success it does nothing. See
// Misconfigured for its errors.
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

// exists reports whether the server has an index.
func (e *Engine) exists(ctx context.Context, index string) (bool, error) {
	_, err := e.client.GetIndexWithContext(ctx, index)
	var m *meilisearch.Error
	if errors.As(err, &m) && m.StatusCode == http.StatusNotFound {
		return false, nil
	}
	if err != nil {
		return false, redact(err)
	}
	return true, nil
}

// create makes an empty index with the settings.
func (e *Engine) create(ctx context.Context, index string) error {
	info, err := e.client.CreateIndexWithContext(ctx, &meilisearch.IndexConfig{Uid: index, PrimaryKey: atID})
	if err := e.wait(ctx, info, err); err != nil {
		return err
	}
	info, err = e.client.Index(index).UpdateSettingsWithContext(ctx, e.settings)
	return e.wait(ctx, info, err)
}

// put adds or replaces documents and waits until they can be found. The engine batches the requests in flight.
func (e *Engine) put(ctx context.Context, index string, people iter.Seq[*directory.Profile]) error {
	key := atID
	var sent []*meilisearch.TaskInfo
	wait := func() error {
		for _, info := range sent {
			if err := e.wait(ctx, info, nil); err != nil {
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
			return redact(err)
		}
		docs = docs[:0]
		if sent = append(sent, info); len(sent) < inFlight {
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

// drop removes documents; missing ones are ignored.
func (e *Engine) drop(ctx context.Context, index string, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.FormatInt(id, 10)
	}
	info, err := e.client.Index(index).DeleteDocumentsWithContext(ctx, texts, nil)
	return e.wait(ctx, info, err)
}

// newName is a name for an index that is being filled.
func (e *Engine) newName() string {
	b := make([]byte, 6)
	rand.Read(b)
	return e.index + "_" + hex.EncodeToString(b)
}

// swap atomically replaces the index in use with a filled one, and removes the old one.
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
		return redact(err)
	}
	pair := &meilisearch.SwapIndexesParams{Indexes: []string{e.index, filled}}
	if _, err := e.client.SwapIndexesWithContext(ctx, []*meilisearch.SwapIndexesParams{pair}); err != nil {
		return redact(err)
	}
	if err := e.waitForSwap(ctx, fresh.CreatedAt); err != nil {
		return err
	}
	return e.remove(ctx, filled)
}

// waitForSwap waits until the index in use is the one created at a time. The task of a swap belongs to no index, so
// a key limited to some indexes cannot read it.
func (e *Engine) waitForSwap(ctx context.Context, created time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, taskWait)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		now, err := e.client.GetIndexWithContext(ctx, e.index)
		if err != nil {
			return redact(err)
		}
		if now.CreatedAt.Equal(created) {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.New("meili: the index was not swapped in time")
		}
	}
}

func (e *Engine) remove(ctx context.Context, index string) error {
	info, err := e.client.DeleteIndexWithContext(ctx, index)
	return e.wait(ctx, info, err)
}

// Tidy removes the indexes of other versions and of interrupted rebuilds. Instances of an older version continue
// with their embedded index.
func (e *Engine) Tidy(ctx context.Context) error {
	all, err := e.client.ListIndexesWithContext(ctx, &meilisearch.IndexesQuery{Limit: 1000})
	if err != nil {
		return redact(err)
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

// actions are the rights that Wattle needs. Newer servers refuse the first to a key limited to some indexes.
var actions = []string{"version", "search", "documents.add", "documents.delete", "indexes.create", "indexes.get",
	"indexes.delete", "indexes.swap", "settings.update", "tasks.get"}

// Bootstrap makes a key with the least rights, limited to Wattle's indexes. It needs an engine dialled with a key that
// may make keys, such as the master key.
func (e *Engine) Bootstrap(ctx context.Context) (key string, err error) {
	wanted := &meilisearch.Key{Name: "wattle", Description: "Wattle's own indexes", Actions: actions,
		Indexes: []string{prefix + "*"}}
	made, err := e.client.CreateKeyWithContext(ctx, wanted)
	var m *meilisearch.Error
	if errors.As(err, &m) && m.MeilisearchApiError.Code == "index_scoped_api_key_with_global_action" {
		wanted.Actions = actions[1:]
		made, err = e.client.CreateKeyWithContext(ctx, wanted)
	}
	if err != nil {
		return "", redact(err)
	}
	return made.Key, nil
}
