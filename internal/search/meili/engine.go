// Package meili searches with Meilisearch. The engine stores public profile fields only and answers with ids,
// which the search service checks against the read model. The embedded index counts the facets and answers
// whenever the engine does not.
package meili

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	meilisearch "github.com/meilisearch/meilisearch-go"
)

// taskWait is the longest time that a change may take in the engine.
const taskWait = 2 * time.Minute

// Engine is a Meilisearch server and one index in it.
type Engine struct {
	client   meilisearch.ServiceManager
	mu       sync.Mutex
	known    atomic.Bool           // Connect has succeeded
	settings *meilisearch.Settings // Connect sets these two
	index    string                // the one that is searched
}

// Dial makes an engine from an address and a key. It does not contact the server.
func Dial(address, key string) *Engine {
	transport := &http.Transport{
		DialContext:         (&net.Dialer{Timeout: 2 * time.Second}).DialContext,
		MaxIdleConns:        64,
		MaxIdleConnsPerHost: 64,
		IdleConnTimeout:     30 * time.Second,
	}
	client := meilisearch.New(strings.TrimSuffix(address, "/"), meilisearch.WithAPIKey(key), meilisearch.DisableRetries(),
		meilisearch.WithCustomClient(&http.Client{Timeout: 30 * time.Second, Transport: transport}))
	return &Engine{client: client, index: prefix}
}

// version is the first two numbers of a server's version.
type version struct{ major, minor int }

func (v version) before(major, minor int) bool {
	return v.major < major || v.major == major && v.minor < minor
}

// The oldest supported server.
const leastMajor, leastMinor = 1, 18

// Version asks for the version of the server. For an old server or a refused key the error is a sentence for the
// operator.
func (e *Engine) Version(ctx context.Context) (string, error) {
	text, _, err := e.version(ctx)
	return text, err
}

func (e *Engine) version(ctx context.Context) (text string, v version, err error) {
	got, err := e.client.VersionWithContext(ctx)
	if err != nil {
		return e.unreported(ctx, redact(err))
	}
	text = got.PkgVersion
	parts := strings.SplitN(text, ".", 3)
	if len(parts) == 3 {
		v.major, _ = strconv.Atoi(parts[0])
		v.minor, _ = strconv.Atoi(parts[1])
	}
	if v.before(leastMajor, leastMinor) {
		return text, v, &tooOld{text}
	}
	return text, v, nil
}

// unreported is the version of a server that accepts a key limited to some indexes but does not report its
// version to it. Only servers from 1.50 on do that.
func (e *Engine) unreported(ctx context.Context, refusal error) (string, version, error) {
	if !errors.As(refusal, new(*refused)) {
		return "", version{}, refusal
	}
	if _, err := e.client.ListIndexesWithContext(ctx, &meilisearch.IndexesQuery{Limit: 1}); err != nil {
		return "", version{}, redact(err)
	}
	return "not reported to this key", version{1, 50}, nil
}

// multi sends queries as one request and returns as many answers.
func (e *Engine) multi(ctx context.Context, queries ...*meilisearch.SearchRequest) (
	[]meilisearch.SearchResponse, error) {
	for _, q := range queries {
		q.IndexUID = e.index
	}
	r, err := e.client.MultiSearchWithContext(ctx, &meilisearch.MultiSearchRequest{Queries: queries})
	if err != nil {
		return nil, redact(err)
	}
	if len(r.Results) != len(queries) {
		return nil, errors.New("meili: fewer answers than queries")
	}
	return r.Results, nil
}

// wait waits until a task has ended. A failed task is an error: the server accepts changes before it knows
// whether it can make them.
func (e *Engine) wait(ctx context.Context, info *meilisearch.TaskInfo, err error) error {
	if err != nil {
		return redact(err)
	}
	ctx, cancel := context.WithTimeout(ctx, taskWait)
	defer cancel()
	task, err := e.client.WaitForTaskWithContext(ctx, info.TaskUID, 20*time.Millisecond)
	if err != nil {
		return redact(err)
	}
	if task.Status != meilisearch.TaskStatusSucceeded {
		return &TaskError{Type: string(task.Type), Status: string(task.Status), Code: task.Error.Code}
	}
	return nil
}

// TaskError is a change that the engine accepted and could not make.
type TaskError struct{ Type, Status, Code string }

func (t *TaskError) Error() string {
	return fmt.Sprintf("meili: the engine's task %s ended as %s (%s)", t.Type, t.Status, t.Code)
}

// redact removes from an error what may contain the words of a search: the errors of the client library contain
// the request and the answer.
func redact(err error) error {
	var m *meilisearch.Error
	if !errors.As(err, &m) {
		if errors.Is(err, context.DeadlineExceeded) {
			return errors.New("meili: no answer in time")
		}
		return errors.New("meili: no answer")
	}
	switch m.ErrCode {
	case meilisearch.MeilisearchTimeoutError:
		return errors.New("meili: no answer in time")
	case meilisearch.MeilisearchCommunicationError:
		return errors.New("meili: no answer")
	}
	if m.StatusCode == http.StatusUnauthorized || m.StatusCode == http.StatusForbidden {
		return &refused{m.MeilisearchApiError.Code}
	}
	return &badStatus{m.StatusCode, m.MeilisearchApiError.Code}
}

// Misconfigured reports whether an error comes from the settings, so that a retry cannot help. Its text is a
// sentence for the operator.
func Misconfigured(err error) bool {
	return errors.As(err, new(*refused)) || errors.As(err, new(*tooOld))
}

// tooOld is a server that is not supported.
type tooOld struct{ version string }

func (o *tooOld) Error() string {
	return fmt.Sprintf("MEILI_URL leads to Meilisearch %q, but Wattle needs %d.%d or newer: "+
		"upgrade it, or unset MEILI_URL to use the embedded index",
		o.version, leastMajor, leastMinor)
}

// refused is a key without the rights needed.
type refused struct{ code string }

func (r *refused) Error() string {
	return "Meilisearch refuses MEILI_API_KEY (" + r.code + "): " +
		"wattle reindex -bootstrap makes a key with the rights that are needed"
}

// badStatus is any other error answer.
type badStatus struct {
	status int
	code   string
}

func (a *badStatus) Error() string {
	return fmt.Sprintf("meili: answered with status %d (%s)", a.status, a.code)
}
