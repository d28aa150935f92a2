// Package rig starts the real binary for the assurance runs and drives it: instances on one database,
// an HTTP client, a mail sink, and the record of what a run found.
package rig

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"wattle/internal/clock"
	"wattle/internal/pg"
	"wattle/internal/pg/private"
)

// startLimit is how long an instance may take to be ready; stopLimit to end after SIGTERM.
const (
	startLimit = 90 * time.Second
	stopLimit  = 30 * time.Second
)

// Deployment is one WATTLE_DATA with its private database and the instances on it.
type Deployment struct {
	T    *Trial
	Dir  string
	More []string // further environment

	App, Owner *pg.DB // the application's role and the owner's, once an instance is ready
}

// Instance is one process of the binary.
type Instance struct {
	house *Deployment
	Name  string
	Base  string // http://127.0.0.1:port
	cmd   *exec.Cmd
	Log   *logFile
	ended chan struct{}
}

// NewDeployment makes the data directory, in memory where the machine has such a place.
func NewDeployment(t *Trial, more ...string) (*Deployment, error) {
	root := "/dev/shm"
	if _, err := os.Stat(root); err != nil {
		root = ""
	}
	dir, err := os.MkdirTemp(root, "wattle-verify-")
	if err != nil {
		return nil, err
	}
	h := &Deployment{T: t, Dir: dir, More: more}
	t.After(func() {
		if h.App != nil {
			h.App.Close()
			h.Owner.Close()
		}
		if t.Keep {
			t.Say("data and logs stay in %s", dir)
			return
		}
		os.RemoveAll(dir)
	})
	return h, nil
}

// TwoInstances is a house with the demo directory and two instances, ready; the first runs the database.
func TwoInstances(ctx context.Context, t *Trial, more ...string) (h *Deployment, a, b *Instance, err error) {
	if h, err = NewDeployment(t, more...); err != nil {
		return nil, nil, nil, err
	}
	if a, err = h.Start(ctx, "A"); err != nil {
		return nil, nil, nil, err
	}
	b, err = h.Start(ctx, "B")
	return h, a, b, err
}

// FreeAddr is a loopback address nobody listens on.
func FreeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// Start starts an instance and waits until it is ready.
func (h *Deployment) Start(ctx context.Context, name string) (*Instance, error) {
	addr, err := FreeAddr()
	if err != nil {
		return nil, err
	}
	i, err := h.launch(name, addr)
	if err != nil {
		return nil, err
	}
	if err := i.Ready(ctx); err != nil {
		return nil, err
	}
	return i, h.connect(ctx)
}

// launch starts the process without waiting for it.
func (h *Deployment) launch(name, addr string) (*Instance, error) {
	log, err := OpenLog(filepath.Join(h.Dir, name+".log"))
	if err != nil {
		return nil, err
	}
	i := &Instance{house: h, Name: name, Base: "http://" + addr, Log: log, ended: make(chan struct{})}
	i.cmd = h.Command("serve")
	i.cmd.Env = append(i.cmd.Env, "WATTLE_ADDR="+addr, "WATTLE_BASE_URL=http://localhost:8080")
	i.cmd.Env = append(i.cmd.Env, h.More...)
	i.cmd.Stdout, i.cmd.Stderr = log.File, log.File
	if err := i.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		i.cmd.Wait() //nolint:errcheck // the state says how it ended
		log.Close()
		close(i.ended)
	}()
	h.T.After(func() { i.Stop() }) //nolint:errcheck // it is gone either way
	return i, nil
}

// Command is the binary with a clean environment and this house's data.
func (h *Deployment) Command(args ...string) *exec.Cmd {
	cmd := exec.Command(h.T.Binary, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + h.Dir, "TMPDIR=" + os.TempDir(), "WATTLE_DATA=" + filepath.Join(h.Dir, "var")}
	// An interrupt typed at a terminal goes to verify alone, which then ends what it started.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// Check runs wattle check and answers what it printed.
func (h *Deployment) Check() (string, error) {
	cmd := h.Command("check")
	cmd.Env = append(cmd.Env, h.More...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// Ready waits until /readyz says so.
func (i *Instance) Ready(ctx context.Context) error {
	took := clock.Stopwatch()
	for {
		if res, err := http.Get(i.Base + "/readyz"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-i.ended:
			return fmt.Errorf("instance %s ended instead of getting ready:\n%s", i.Name, i.Log.Tail())
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
		if took() > startLimit {
			return fmt.Errorf("instance %s was not ready after %s:\n%s", i.Name, startLimit, i.Log.Tail())
		}
	}
}

// connect opens the database for both roles; joining the cluster tells its addresses.
func (h *Deployment) connect(ctx context.Context) error {
	if h.App != nil {
		return nil
	}
	c, err := private.Start(ctx, private.Options{Dir: filepath.Join(h.Dir, "var", "postgres")})
	if err != nil {
		return err
	}
	c.Stop() // it was joined only to learn its addresses
	if h.Owner, err = pg.Open(ctx, patient(c.OwnerURL())); err != nil {
		return err
	}
	h.App, err = pg.Open(ctx, patient(c.AppURL()))
	return err
}

// patient gives counting queries more time than the product takes.
func patient(url string) string { return url + "&statement_timeout=120000&lock_timeout=30000" }

// Stop ends the process by SIGTERM, by SIGKILL when that takes too long, and answers the exit code.
func (i *Instance) Stop() (code int, took time.Duration) {
	watch := clock.Stopwatch()
	if i.Alive() {
		i.cmd.Process.Signal(syscall.SIGTERM) //nolint:errcheck // it may end this moment
	}
	select {
	case <-i.ended:
	case <-time.After(stopLimit):
		i.Kill()
	}
	return i.cmd.ProcessState.ExitCode(), watch()
}

// Kill ends the process as a power cut would.
func (i *Instance) Kill() {
	if i.Alive() {
		i.cmd.Process.Kill() //nolint:errcheck // it may end this moment
	}
	<-i.ended
}

// Alive reports whether the process still runs.
func (i *Instance) Alive() bool {
	select {
	case <-i.ended:
		return false
	default:
		return true
	}
}

// Exec runs one statement as the owner of the tables.
func (h *Deployment) Exec(ctx context.Context, statement string, args ...any) error {
	return pg.InTx(ctx, h.Owner, func(tx *pg.Tx) error {
		_, err := tx.Exec(ctx, statement, args...)
		return err
	})
}

// Count is the one number a query answers.
func (h *Deployment) Count(ctx context.Context, query string, args ...any) (n int, err error) {
	return n, h.Owner.Get(ctx, &n, query, args...)
}

// logFile is what an instance writes. The process gets the file itself: a pipe would stay open for
// as long as any child of a killed process holds it.
type logFile struct{ *os.File }

// OpenLog opens the file for a process's output.
func OpenLog(path string) (*logFile, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	return &logFile{f}, err
}

// String is everything written so far.
func (l *logFile) String() string {
	text, err := os.ReadFile(l.Name())
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// Tail is the last twenty lines.
func (l *logFile) Tail() string {
	lines := strings.Split(strings.TrimSpace(l.String()), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}

// ErrEmpty says that a run found too little to work with.
var ErrEmpty = errors.New("the directory has too few bookable people for this run")
