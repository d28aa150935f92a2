// Package rig starts the real binary for benchmarks and assurance runs and drives it: instances on one
// database, an HTTP client, a mail sink, and the record of what a run found.
package rig

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"wattle/internal/clock"
	"wattle/internal/pg"
	"wattle/internal/pg/private"
)

// startLimit is how long an instance may take to be ready.
const startLimit = 90 * time.Second

// Deployment is a data directory with its private database and the instances on it.
type Deployment struct {
	T      *Trial
	Dir    string
	Binary string
	More   []string // further environment

	// Once an instance is ready: the database as the application's role and as the owner.
	App, Owner       *pg.DB
	AppURL, OwnerURL string
}

// Instance is one process of the binary.
type Instance struct {
	*Process
	t    *Trial
	Name string
	Base string        // http://127.0.0.1:port
	Took time.Duration // from its start until it was ready
}

// NewDeployment makes the data directory, in memory where the machine has such a place.
func NewDeployment(t *Trial, more ...string) *Deployment {
	root := "/dev/shm"
	if _, err := os.Stat(root); err != nil {
		root = ""
	}
	dir, err := os.MkdirTemp(root, "wattle-verify-")
	t.Must(err)
	h := &Deployment{T: t, Dir: dir, Binary: t.Binary, More: more}
	t.After(func() {
		h.Disconnect()
		if t.Keep {
			t.Say("data and logs stay in %s", dir)
			return
		}
		os.RemoveAll(dir)
	})
	return h
}

// TwoInstances is a deployment with the demo directory and two instances; the first runs the database.
func TwoInstances(t *Trial, more ...string) (h *Deployment, a, b *Instance) {
	h = NewDeployment(t, more...)
	return h, h.Start("A"), h.Start("B")
}

// Start starts an instance, with further arguments of serve, and waits until it is ready.
func (h *Deployment) Start(name string, args ...string) *Instance {
	addr := FreeAddr(h.T)
	cmd := h.Command(append([]string{"serve"}, args...)...)
	cmd.Env = append([]string{"WATTLE_BASE_URL=http://localhost:8080"}, cmd.Env...)
	cmd.Env = append(cmd.Env, "WATTLE_ADDR="+addr)
	i := &Instance{t: h.T, Name: name, Base: "http://" + addr}
	i.Process = StartProcess(h.T, cmd, filepath.Join(h.Dir, name+".log"))
	i.Took = i.Ready()
	h.connect()
	return i
}

// Command is the binary with a clean environment and this deployment's data.
func (h *Deployment) Command(args ...string) *exec.Cmd {
	cmd := exec.Command(h.Binary, args...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + h.Dir, "TMPDIR=" + os.TempDir(),
		"WATTLE_DATA=" + filepath.Join(h.Dir, "var")}, h.More...)
	return cmd
}

// Run runs the binary to its end; an error of it fails the run.
func (h *Deployment) Run(args ...string) {
	if out, err := h.Command(args...).CombinedOutput(); err != nil {
		h.T.Fail("wattle %v: %v\n%s", args, err, out)
	}
}

// Ready waits until /readyz answers 200, and returns how long that took.
func (i *Instance) Ready() (took time.Duration) {
	took = i.t.Wait(startLimit, func() bool {
		res, err := http.Get(i.Base + "/readyz")
		if err != nil {
			return !i.Alive()
		}
		res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
	if took > startLimit || !i.Alive() {
		i.t.Fail("instance %s is not ready:\n%s", i.Name, i.Tail())
	}
	return took
}

// connect opens the database for both roles; joining the cluster tells its addresses.
func (h *Deployment) connect() {
	if h.App != nil {
		return
	}
	c, err := private.Start(h.T.Ctx, private.Options{Dir: filepath.Join(h.Dir, "var", "postgres")})
	h.T.Must(err)
	c.Stop() // it was joined only for its addresses
	h.AppURL, h.OwnerURL = c.AppURL(), c.OwnerURL()
	// Counting queries may take longer than the product's.
	const patient = "&statement_timeout=120000&lock_timeout=30000"
	h.Owner, err = pg.Open(h.T.Ctx, h.OwnerURL+patient)
	h.T.Must(err)
	h.App, err = pg.Open(h.T.Ctx, h.AppURL+patient)
	h.T.Must(err)
}

// Disconnect closes the database.
func (h *Deployment) Disconnect() {
	if h.App != nil {
		h.App.Close()
		h.Owner.Close()
		h.App, h.Owner = nil, nil
	}
}

// Exec runs one statement as the owner of the tables.
func (h *Deployment) Exec(statement string, args ...any) {
	h.T.Must(pg.InTx(h.T.Ctx, h.Owner, func(tx *pg.Tx) error {
		_, err := tx.Exec(h.T.Ctx, statement, args...)
		return err
	}))
}

// Ask reads one value of a query as the owner of the tables.
func Ask[T any](h *Deployment, query string, args ...any) (value T) {
	h.T.Must(h.Owner.Get(h.T.Ctx, &value, query, args...))
	return value
}

// List reads the rows of a query as the owner of the tables.
func List[T any](h *Deployment, query string, args ...any) (rows []T) {
	h.T.Must(h.Owner.Select(h.T.Ctx, &rows, query, args...))
	return rows
}

// Count is the number a query answers.
func (h *Deployment) Count(query string, args ...any) int { return Ask[int](h, query, args...) }

// Overlaps counts pairs of live bookings of one practice that share a moment, buffers included.
func (h *Deployment) Overlaps() int {
	return h.Count(`
		SELECT count(*) FROM bookings a
		JOIN bookings b ON b.therapist_id = a.therapist_id AND b.id > a.id AND b.busy && a.busy
		WHERE a.status IN ('held', 'requested', 'pending_payment', 'confirmed', 'completed', 'no_show')
		  AND b.status IN ('held', 'requested', 'pending_payment', 'confirmed', 'completed', 'no_show')`)
}

// Sound misses overlapping bookings and everything that wattle check finds.
func (h *Deployment) Sound() {
	practices := h.Overlaps()
	clients := h.Count(`SELECT count(*) FROM bookings a
		JOIN bookings b ON b.client_id = a.client_id AND b.id > a.id AND b.during && a.during
		WHERE a.status = 'confirmed' AND b.status = 'confirmed'`)
	live := h.Count(`SELECT count(*) FROM bookings WHERE status IN ('held', 'confirmed')`)
	h.T.Say("live bookings: %d; overlaps of practices: %d, of clients: %d", live, practices, clients)
	h.T.Want(practices+clients == 0, "%d overlaps of practices, %d of clients", practices, clients)
	if out, err := h.Command("check").CombinedOutput(); err != nil {
		h.T.Miss("wattle check: %v\n%s", err, out)
	} else {
		h.T.Say("wattle check: clean")
	}
}

// Settled waits until no task is due at now, and misses parked tasks and those that take longer.
func (h *Deployment) Settled(now time.Time, limit time.Duration) {
	const due = `SELECT count(*) FROM outbox_tasks WHERE state = 'running' OR state = 'waiting' AND due_at <= $1`
	took := h.T.Wait(limit, func() bool { return h.Count(due, now) == 0 })
	h.T.Want(took <= limit, "tasks are still due after %s", limit)
	parked := List[string](h, `SELECT kind || ': ' || last_error FROM outbox_tasks WHERE state = 'parked'`)
	h.T.Say("tasks done after %.1f s; parked: %d", took.Seconds(), len(parked))
	h.T.Want(len(parked) == 0, "tasks failed for good: %q", parked)
}

// Now is the machine's time.
func Now() time.Time { return clock.System{}.Now() }
