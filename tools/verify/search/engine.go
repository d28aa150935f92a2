// Package search holds the assurance runs of Meilisearch: faults, and a rebuild of a large directory.
package search

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"wattle/internal/search/meili/meilitest"
	"wattle/tools/rig"
)

const masterKey = "the-master-key-of-a-verification"

// engine is Meilisearch behind a proxy that injects faults: a real server where -meilisearch names its
// binary, the stand-in otherwise.
type engine struct {
	h      *rig.Deployment
	front  string // MEILI_URL
	behind *rig.Instance
	key    string // with the least rights
	real   *rig.Process
	fault  atomic.Value // a string
}

// newEngine starts the engine and adds it to the deployment's settings.
func newEngine(h *rig.Deployment, c *rig.Caller) *engine {
	e := &engine{h: h, behind: &rig.Instance{Base: "http://" + rig.FreeAddr(h.T)}}
	e.fault.Store("")
	e.begin(c)
	target, err := url.Parse(e.behind.Base)
	h.T.Must(err)
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { hangUp(w) }
	e.front = serve(h.T, "127.0.0.1:0", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		e.spoil(w, r, proxy)
	}))
	cmd := h.Command("reindex", "-bootstrap") // as an operator would
	cmd.Env = append(cmd.Env, "MEILI_URL="+e.front, "MEILI_API_KEY="+masterKey)
	out, err := cmd.Output()
	if e.key = strings.TrimSpace(string(out)); err != nil || e.key == "" {
		h.T.Fail("no key was made: %v", err)
	}
	return e
}

// serve serves a handler on loopback until the run ends.
func serve(t *rig.Trial, addr string, handler http.Handler) (base string) {
	l, err := net.Listen("tcp", addr)
	t.Must(err)
	srv := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go srv.Serve(l)                 //nolint:errcheck // it ends with the run
	t.After(func() { srv.Close() }) //nolint:errcheck // as above
	return "http://" + l.Addr().String()
}

// begin starts the server on its address, with the data it had.
func (e *engine) begin(c *rig.Caller) {
	t, addr := e.h.T, strings.TrimPrefix(e.behind.Base, "http://")
	if t.Meilisearch == "" {
		serve(t, addr, meilitest.New())
		return
	}
	dir := filepath.Join(e.h.Dir, "meilisearch")
	cmd := exec.Command(t.Meilisearch, "--db-path", dir, "--dump-dir", dir+"-dumps", "--snapshot-dir", dir+"-snapshots",
		"--http-addr", addr, "--no-analytics", "--env", "production", "--log-level", "ERROR")
	cmd.Env, cmd.Dir = []string{"MEILI_MASTER_KEY=" + masterKey, "HOME=" + e.h.Dir}, e.h.Dir
	e.real = rig.StartProcess(t, cmd, dir+".log")
	if t.Wait(15*time.Second, func() bool { return c.Get(e.behind, "/health").Status == http.StatusOK }) > 15*time.Second {
		t.Fail("Meilisearch is not healthy:\n%s", e.real.Tail())
	}
}

// spoil passes a request on, or what the fault makes of it.
func (e *engine) spoil(w http.ResponseWriter, r *http.Request, onwards http.Handler) {
	switch e.fault.Load() {
	case "stopped":
		hangUp(w)
		return
	case "frozen":
		for e.fault.Load() != "" && r.Context().Err() == nil {
			time.Sleep(20 * time.Millisecond)
		}
	case "slow":
		time.Sleep(2 * time.Second)
	case "500":
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	onwards.ServeHTTP(w, r)
}

// hangUp closes the connection without an answer.
func hangUp(w http.ResponseWriter) {
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			conn.Close()
		}
	}
}

// hurt makes the engine stopped, frozen, slow or answering 500. A real one is killed or stopped by a
// signal; the proxy does the rest.
func (e *engine) hurt(fault string) {
	switch {
	case e.real != nil && fault == "stopped":
		e.real.Kill()
	case e.real != nil && fault == "frozen":
		e.real.Signal(syscall.SIGSTOP)
	default:
		e.fault.Store(fault)
	}
}

// mend undoes hurt.
func (e *engine) mend(c *rig.Caller, fault string) {
	switch {
	case e.real != nil && fault == "stopped":
		e.begin(c)
	case e.real != nil && fault == "frozen":
		e.real.Signal(syscall.SIGCONT)
	}
	e.fault.Store("")
}

// times are the next free times that the engine holds of people, "" for none.
func (e *engine) times(c *rig.Caller, ids ...string) map[string]string {
	index := rig.Ask[string](e.h, `SELECT name FROM search_indexes ORDER BY beat DESC LIMIT 1`)
	var r struct {
		Results []struct {
			Hits []struct {
				ID   json.Number
				Next json.Number `json:"next_any"`
			}
		}
	}
	query := map[string]any{"indexUid": index, "q": "",
		"filter": "id IN [" + strings.Join(ids, ",") + "]", "limit": len(ids)}
	e.h.T.Must(c.Do(http.MethodPost, e.behind.Base+"/multi-search", map[string]any{"queries": []any{query}},
		"Authorization", "Bearer "+e.key).Read(&r))
	out := map[string]string{}
	for _, result := range r.Results {
		for _, hit := range result.Hits {
			out[hit.ID.String()] = hit.Next.String()
		}
	}
	return out
}

// awaitEngine polls /readyz until it names the engine, and returns how long that took.
func awaitEngine(t *rig.Trial, c *rig.Caller, a *rig.Instance, engine string, limit time.Duration) time.Duration {
	return t.Wait(limit, func() bool {
		var r struct{ Search string }
		return c.Get(a, "/readyz").Read(&r) == nil && strings.HasPrefix(r.Search, engine)
	})
}

// sideBySide starts Meilisearch, an instance without it and one with it, and waits until it answers.
func sideBySide(h *rig.Deployment, c *rig.Caller, limit time.Duration) (e *engine, alone, a *rig.Instance) {
	e = newEngine(h, c)
	alone = h.Start("alone")
	h.More = append(h.More, "MEILI_URL="+e.front, "MEILI_API_KEY="+e.key)
	a = h.Start("A")
	took := awaitEngine(h.T, c, a, "meilisearch", limit)
	if took > limit {
		h.T.Fail("no search reaches Meilisearch: %s", c.Get(a, "/readyz"))
	}
	h.T.Say("Meilisearch answers %s after the start", took.Round(time.Second))
	return e, alone, a
}

// bookNext takes a person's next time, unless another booking took it first, and reports whether it did.
func bookNext(t *rig.Trial, c *rig.Caller, a *rig.Instance, p rig.Person, email string) bool {
	s, found := c.SlotAt(a, p.Slug, *p.Next)
	if !found {
		return false
	}
	got, _ := c.Book(a, rig.Want(p.Slug, s, email))
	switch got.Status {
	case http.StatusCreated, http.StatusConflict, http.StatusTooManyRequests:
	default:
		t.Miss("booking: %s", got)
	}
	return got.Status == http.StatusCreated
}

func email(n int) string { return fmt.Sprintf("search%06d@example.org", n) }
