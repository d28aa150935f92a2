package search

import (
	"context"
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
	"wattle/tools/verify/rig"
)

const masterKey = "the-master-key-of-a-verification"

// engine is Meilisearch behind a proxy of ours that can spoil its answers: a real server where
// -meilisearch names its binary, the stand-in otherwise.
type engine struct {
	h      *rig.Deployment
	front  string // what MEILI_URL says
	behind string
	key    string // with the least rights
	cmd    *exec.Cmd
	fault  atomic.Pointer[string]
}

func newEngine(ctx context.Context, h *rig.Deployment) (*engine, error) {
	e := &engine{h: h}
	addr, err := rig.FreeAddr()
	if err != nil {
		return nil, err
	}
	e.behind = "http://" + addr
	if err := e.begin(ctx); err != nil {
		return nil, err
	}
	target, err := url.Parse(e.behind)
	if err != nil {
		return nil, err
	}
	proxy := httputil.NewSingleHostReverseProxy(target)
	proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) { breakOff(w) }
	if e.front, err = serveLocally(h.T, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { e.spoil(w, r, proxy) })); err != nil {
		return nil, err
	}
	return e, e.bootstrap()
}

// serveLocally serves a handler on loopback until the run ends.
func serveLocally(t *rig.Trial, handler http.Handler) (address string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	srv := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	go srv.Serve(l)                 //nolint:errcheck // it ends with the run
	t.After(func() { srv.Close() }) //nolint:errcheck // as above
	return "http://" + l.Addr().String(), nil
}

// begin starts the server on its address, with the data it had.
func (e *engine) begin(ctx context.Context) error {
	addr := strings.TrimPrefix(e.behind, "http://")
	if e.h.T.Meilisearch == "" {
		double := meilitest.New()
		l, err := net.Listen("tcp", addr)
		if err != nil {
			return err
		}
		srv := &http.Server{Handler: double, ReadHeaderTimeout: 5 * time.Second}
		go srv.Serve(l)                     //nolint:errcheck // it ends with the run
		e.h.T.After(func() { srv.Close() }) //nolint:errcheck // as above
		return nil
	}
	log, err := rig.OpenLog(filepath.Join(e.h.Dir, "meilisearch.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	dir := filepath.Join(e.h.Dir, "meilisearch")
	cmd := exec.Command(e.h.T.Meilisearch, "--db-path", dir, "--dump-dir", dir+"-dumps", "--snapshot-dir", dir+"-snapshots", "--http-addr", addr,
		"--no-analytics", "--env", "production", "--log-level", "ERROR")
	cmd.Env = []string{"MEILI_MASTER_KEY=" + masterKey, "HOME=" + e.h.Dir}
	cmd.Dir, cmd.Stdout, cmd.Stderr = e.h.Dir, log.File, log.File
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		return err
	}
	e.cmd = cmd
	e.h.T.After(func() { endProcess(cmd) })
	return e.healthy(ctx)
}

func endProcess(cmd *exec.Cmd) {
	if cmd.ProcessState == nil {
		cmd.Process.Kill() //nolint:errcheck // it may end this moment
		cmd.Wait()         //nolint:errcheck // it was killed
	}
}

func (e *engine) healthy(ctx context.Context) error {
	for range 300 {
		if res, err := http.Get(e.behind + "/health"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		if err := rig.Pause(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("the engine did not get healthy")
}

// bootstrap lets the binary make its own key, as an operator would.
func (e *engine) bootstrap() error {
	cmd := e.h.Command("reindex", "-bootstrap")
	cmd.Env = append(cmd.Env, "MEILI_URL="+e.front, "MEILI_API_KEY="+masterKey)
	out, err := cmd.Output()
	e.key = strings.TrimSpace(string(out))
	if err != nil || e.key == "" {
		return fmt.Errorf("no key was made: %w", err)
	}
	return nil
}

func (e *engine) environment() []string {
	return []string{"MEILI_URL=" + e.front, "MEILI_API_KEY=" + e.key}
}

// spoil is the proxy.
func (e *engine) spoil(w http.ResponseWriter, r *http.Request, onwards http.Handler) {
	fault := ""
	if f := e.fault.Load(); f != nil {
		fault = *f
	}
	switch fault {
	case "stopped":
		breakOff(w)
		return
	case "frozen":
		for e.fault.Load() != nil && r.Context().Err() == nil {
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

// breakOff ends the connection without an answer.
func breakOff(w http.ResponseWriter) {
	if h, ok := w.(http.Hijacker); ok {
		if conn, _, err := h.Hijack(); err == nil {
			conn.Close()
		}
	}
}

// hurt makes the engine stopped, frozen, slow or answering 500: a real one is killed or stopped by a
// signal, the rest is the proxy's.
func (e *engine) hurt(fault string) error {
	switch {
	case e.cmd != nil && fault == "stopped":
		endProcess(e.cmd)
	case e.cmd != nil && fault == "frozen":
		return e.cmd.Process.Signal(syscall.SIGSTOP)
	default:
		e.fault.Store(&fault)
	}
	return nil
}

// mend undoes hurt.
func (e *engine) mend(ctx context.Context, fault string) error {
	switch {
	case e.cmd != nil && fault == "stopped":
		return e.begin(ctx)
	case e.cmd != nil && fault == "frozen":
		return e.cmd.Process.Signal(syscall.SIGCONT)
	}
	e.fault.Store(nil)
	return nil
}
