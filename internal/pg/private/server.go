package private

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// server is a postmaster started by this process.
type server struct {
	pid    int
	exited chan struct{} // closed when it has ended
}

// startServer creates the data directory if it is missing, clears the leftovers of a crash, starts the
// server and waits until it responds.
func startServer(ctx context.Context, c *Cluster) (*server, error) {
	bin, err := findPostgres(filepath.Join(c.dir, "data"))
	if err != nil {
		return nil, err
	}
	id, err := serverIdentity(c.dir)
	if err != nil {
		return nil, err
	}
	if err := initialise(ctx, c, bin, id); err != nil {
		return nil, err
	}
	if _, err := socketDir(c.dir); err != nil {
		return nil, err
	}
	if err := id.chown(c.socket); err != nil {
		return nil, err
	}
	if err := clearLeftovers(ctx, filepath.Join(c.dir, "data")); err != nil {
		return nil, err
	}
	for attempt := 0; ; attempt++ {
		s, err := c.launch(ctx, bin, id)
		if err == nil || ctx.Err() != nil || attempt == 4 {
			return s, err
		}
		// The children of a killed server hold its shared memory for a moment.
		if err := sleep(ctx, time.Duration(200<<attempt)*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// initialise runs initdb once. The ready file marks success; without it, the remains of an interrupted
// initdb are deleted.
func initialise(ctx context.Context, c *Cluster, bin string, id identity) error {
	ready, data := filepath.Join(c.dir, "ready"), filepath.Join(c.dir, "data")
	if _, err := os.Stat(ready); err == nil {
		return id.chown(c.dir)
	}
	if err := os.RemoveAll(data); err != nil {
		return err
	}
	if err := id.chown(c.dir); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust",
		"-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions")
	cmd.Dir, cmd.Env = c.dir, serverEnv()
	cmd.SysProcAttr = id.attr(syscall.SIGKILL)
	out, err := onLockedThread(cmd.CombinedOutput)
	if err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	c.opts.Log.Info("created a private Postgres")
	return os.WriteFile(ready, []byte("initdb finished\n"), 0o600)
}

// launch starts the postmaster and waits until it responds.
func (c *Cluster) launch(ctx context.Context, bin string, id identity) (*server, error) {
	logPath := filepath.Join(c.dir, "log")
	if st, err := os.Stat(logPath); err == nil && st.Size() > 10<<20 {
		os.Remove(logPath) //nolint:errcheck // keeping a long log does no harm
	}
	logFile, err := os.OpenFile(logPath, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer logFile.Close()
	from, _ := logFile.Seek(0, 2)
	cmd := exec.Command(filepath.Join(bin, "postgres"), c.arguments()...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = c.dir, serverEnv(), logFile, logFile
	cmd.SysProcAttr = id.attr(c.stopSignal())
	s, err := spawn(cmd)
	if err != nil {
		return nil, err
	}
	if err := c.await(ctx, s); err != nil {
		s.stop(true)
		return nil, fmt.Errorf("%w\n%s", err, tail(logPath, from))
	}
	return s, nil
}

// stopSignal is the signal for the server when this process dies: a fast shutdown, or an immediate one.
func (c *Cluster) stopSignal() syscall.Signal {
	if c.opts.Volatile {
		return syscall.SIGQUIT
	}
	return syscall.SIGINT
}

// arguments are the server's settings. The log omits error details, which may quote personal values.
func (c *Cluster) arguments() []string {
	set := map[string]string{
		"listen_addresses":        "",
		"unix_socket_directories": c.socket,
		"unix_socket_permissions": "0700",
		"timezone":                "UTC",
		"log_timezone":            "UTC",
		"log_error_verbosity":     "terse",
		"log_min_error_statement": "panic",
		"max_connections":         "100",
		"jit":                     "off",
	}
	if c.opts.Volatile {
		for _, name := range []string{"fsync", "synchronous_commit", "full_page_writes", "autovacuum"} {
			set[name] = "off"
		}
	}
	for k, v := range c.opts.Settings {
		set[k] = v
	}
	args := []string{"-D", filepath.Join(c.dir, "data")}
	for k, v := range set {
		args = append(args, "-c", k+"="+v)
	}
	return args
}

// await waits until the server responds or has failed.
func (c *Cluster) await(ctx context.Context, s *server) error {
	for {
		select {
		case <-s.exited:
			return errors.New("the server stopped immediately")
		case <-ctx.Done():
			return fmt.Errorf("the server did not respond in time: %w", ctx.Err())
		case <-time.After(5 * time.Millisecond):
		}
		if c.responds(ctx, c.URL("postgres", "postgres")) {
			return nil
		}
	}
}

// spawn starts cmd from a thread that lives as long as cmd, because the kernel sends Pdeathsig when the
// starting thread ends, not when the process does.
func spawn(cmd *exec.Cmd) (*server, error) {
	s := &server{exited: make(chan struct{})}
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		err := cmd.Start()
		if err == nil {
			s.pid = cmd.Process.Pid
		}
		started <- err
		if err == nil {
			cmd.Wait() //nolint:errcheck // the server logs why it ended
			close(s.exited)
		}
	}()
	return s, <-started
}

// onLockedThread runs fn on a locked thread, for commands with a Pdeathsig.
func onLockedThread(fn func() ([]byte, error)) ([]byte, error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	return fn()
}

// stop shuts the server down: immediately, or fast with a minute to finish and then immediately.
func (s *server) stop(immediately bool) {
	if !immediately {
		if s.signal(syscall.SIGINT, startLimit) {
			return
		}
	}
	if !s.signal(syscall.SIGQUIT, 5*time.Second) {
		s.signal(syscall.SIGKILL, 5*time.Second)
	}
}

// signal sends sig and reports whether the server stopped within limit.
func (s *server) signal(sig syscall.Signal, limit time.Duration) bool {
	select {
	case <-s.exited:
		return true
	default:
		syscall.Kill(s.pid, sig) //nolint:errcheck // it may have just ended
	}
	select {
	case <-s.exited:
		return true
	case <-time.After(limit):
		return false
	}
}

// serverEnv keeps the user's PG… variables and locale away from the server.
func serverEnv() []string { return []string{"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC"} }

// tail returns the log since offset from, at most the last 2,000 bytes.
func tail(path string, from int64) string {
	b, err := os.ReadFile(path)
	if err != nil || int64(len(b)) < from {
		return ""
	}
	b = b[from:]
	return strings.TrimSpace(string(b[max(0, len(b)-2000):]))
}
