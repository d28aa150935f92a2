package main

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

// house is one WATTLE_DATA with its private database and the instances on it.
type house struct {
	t    *trial
	dir  string
	more []string // further environment

	app, owner *pg.DB // the application's role and the owner's, once an instance is ready
}

// instance is one process of the binary.
type instance struct {
	house *house
	name  string
	base  string // http://127.0.0.1:port
	cmd   *exec.Cmd
	log   *logFile
	ended chan struct{}
}

// newHouse makes the data directory, in memory where the machine has such a place.
func newHouse(t *trial, more ...string) (*house, error) {
	root := "/dev/shm"
	if _, err := os.Stat(root); err != nil {
		root = ""
	}
	dir, err := os.MkdirTemp(root, "wattle-verify-")
	if err != nil {
		return nil, err
	}
	h := &house{t: t, dir: dir, more: more}
	t.after(func() {
		if h.app != nil {
			h.app.Close()
			h.owner.Close()
		}
		if t.keep {
			t.say("data and logs stay in %s", dir)
			return
		}
		os.RemoveAll(dir)
	})
	return h, nil
}

// twoInstances is a house with the demo directory and two instances, ready; the first runs the database.
func twoInstances(ctx context.Context, t *trial, more ...string) (h *house, a, b *instance, err error) {
	if h, err = newHouse(t, more...); err != nil {
		return nil, nil, nil, err
	}
	if a, err = h.start(ctx, "A"); err != nil {
		return nil, nil, nil, err
	}
	b, err = h.start(ctx, "B")
	return h, a, b, err
}

// freeAddr is a loopback address nobody listens on.
func freeAddr() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// start starts an instance and waits until it is ready.
func (h *house) start(ctx context.Context, name string) (*instance, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	i, err := h.launch(name, addr)
	if err != nil {
		return nil, err
	}
	if err := i.ready(ctx); err != nil {
		return nil, err
	}
	return i, h.connect(ctx)
}

// launch starts the process without waiting for it.
func (h *house) launch(name, addr string) (*instance, error) {
	log, err := openLog(filepath.Join(h.dir, name+".log"))
	if err != nil {
		return nil, err
	}
	i := &instance{house: h, name: name, base: "http://" + addr, log: log, ended: make(chan struct{})}
	i.cmd = h.command("serve")
	i.cmd.Env = append(i.cmd.Env, "WATTLE_ADDR="+addr, "WATTLE_BASE_URL=http://localhost:8080")
	i.cmd.Env = append(i.cmd.Env, h.more...)
	i.cmd.Stdout, i.cmd.Stderr = log.File, log.File
	if err := i.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		i.cmd.Wait() //nolint:errcheck // the state says how it ended
		log.Close()
		close(i.ended)
	}()
	h.t.after(func() { i.stop() }) //nolint:errcheck // it is gone either way
	return i, nil
}

// command is the binary with a clean environment and this house's data.
func (h *house) command(args ...string) *exec.Cmd {
	cmd := exec.Command(h.t.binary, args...)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + h.dir, "TMPDIR=" + os.TempDir(), "WATTLE_DATA=" + filepath.Join(h.dir, "var")}
	// An interrupt typed at a terminal goes to verify alone, which then ends what it started.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// check runs wattle check and answers what it printed.
func (h *house) check() (string, error) {
	cmd := h.command("check")
	cmd.Env = append(cmd.Env, h.more...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// ready waits until /readyz says so.
func (i *instance) ready(ctx context.Context) error {
	took := clock.Stopwatch()
	for {
		if res, err := http.Get(i.base + "/readyz"); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-i.ended:
			return fmt.Errorf("instance %s ended instead of getting ready:\n%s", i.name, i.log.tail())
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
		if took() > startLimit {
			return fmt.Errorf("instance %s was not ready after %s:\n%s", i.name, startLimit, i.log.tail())
		}
	}
}

// connect opens the database for both roles; joining the cluster tells its addresses.
func (h *house) connect(ctx context.Context) error {
	if h.app != nil {
		return nil
	}
	c, err := private.Start(ctx, private.Options{Dir: filepath.Join(h.dir, "var", "postgres")})
	if err != nil {
		return err
	}
	c.Stop() // it was joined only to learn its addresses
	if h.owner, err = pg.Open(ctx, patient(c.OwnerURL())); err != nil {
		return err
	}
	h.app, err = pg.Open(ctx, patient(c.AppURL()))
	return err
}

// patient gives counting queries more time than the product takes.
func patient(url string) string { return url + "&statement_timeout=120000&lock_timeout=30000" }

// stop ends the process by SIGTERM, by SIGKILL when that takes too long, and answers the exit code.
func (i *instance) stop() (code int, took time.Duration) {
	watch := clock.Stopwatch()
	if i.alive() {
		i.cmd.Process.Signal(syscall.SIGTERM) //nolint:errcheck // it may end this moment
	}
	select {
	case <-i.ended:
	case <-time.After(stopLimit):
		i.kill()
	}
	return i.cmd.ProcessState.ExitCode(), watch()
}

// kill ends the process as a power cut would.
func (i *instance) kill() {
	if i.alive() {
		i.cmd.Process.Kill() //nolint:errcheck // it may end this moment
	}
	<-i.ended
}

func (i *instance) alive() bool {
	select {
	case <-i.ended:
		return false
	default:
		return true
	}
}

// exec runs one statement as the owner of the tables.
func (h *house) exec(ctx context.Context, statement string, args ...any) error {
	return pg.InTx(ctx, h.owner, func(tx *pg.Tx) error {
		_, err := tx.Exec(ctx, statement, args...)
		return err
	})
}

// count is the one number a query answers.
func (h *house) count(ctx context.Context, query string, args ...any) (n int, err error) {
	return n, h.owner.Get(ctx, &n, query, args...)
}

// logFile is what an instance writes. The process gets the file itself: a pipe would stay open for
// as long as any child of a killed process holds it.
type logFile struct{ *os.File }

func openLog(path string) (*logFile, error) {
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

func (l *logFile) tail() string {
	lines := strings.Split(strings.TrimSpace(l.String()), "\n")
	return strings.Join(lines[max(0, len(lines)-20):], "\n")
}

var errEmpty = errors.New("the directory has too few bookable people for this run")
