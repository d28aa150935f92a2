// Package private runs a Postgres server of its own for development, tests and benchmarks: on a Unix socket
// only, in the directory it is given.
package private

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"
	"wattle/internal/pg"
)

// startLimit is how long a cluster may take to come up (crash recovery included) or to go down.
const startLimit = 60 * time.Second

// Options say where a private cluster lives and how careful it is.
type Options struct {
	Dir      string            // its own directory; made when missing, mode 0700
	Volatile bool              // tests: no fsync, and a stop without a checkpoint
	Settings map[string]string // further settings of the server
	Log      *slog.Logger      // may be nil
}

// Cluster is a private Postgres on a Unix socket that nobody else can reach. The first process to
// ask for a directory starts the server and keeps it until it ends, however it ends; further
// processes join it, and one of them starts it anew when the first has gone.
type Cluster struct {
	opts   Options
	dir    string // absolute
	socket string // directory of the socket
	cancel context.CancelFunc
	ended  chan struct{}

	mu     sync.Mutex
	lock   *os.File // held by the owner
	server *server  // run by the owner
}

// Start starts the cluster in opts.Dir, or joins it when another process runs it, and
// returns once it answers and holds the database wattle with its two roles. Without a Postgres on
// the machine it returns ErrNoPostgres.
func Start(ctx context.Context, opts Options) (*Cluster, error) {
	c, err := newCluster(opts)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	for {
		done, err := c.startOrJoin(ctx)
		if err != nil {
			c.release()
			return nil, fmt.Errorf("pg: the private Postgres in %s: %w", c.dir, err)
		}
		if done {
			break
		}
		if err := sleep(ctx, 20*time.Millisecond); err != nil {
			return nil, fmt.Errorf("pg: the private Postgres in %s belongs to another process and does not answer: %w", c.dir, err)
		}
	}
	keep, stop := context.WithCancel(context.Background())
	c.cancel, c.ended = stop, make(chan struct{})
	go c.keep(keep)
	return c, nil
}

func newCluster(opts Options) (*Cluster, error) {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	dir, err := filepath.Abs(opts.Dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return nil, err
	}
	socket, err := socketDir(dir)
	if err != nil {
		return nil, err
	}
	return &Cluster{opts: opts, dir: dir, socket: socket}, nil
}

// startOrJoin is one try: done is false while another process holds the lock and its server does
// not answer yet.
func (c *Cluster) startOrJoin(ctx context.Context) (done bool, err error) {
	held, err := c.tryLock()
	if err != nil {
		return false, err
	}
	if held {
		return true, c.start(ctx)
	}
	return c.answers(ctx, c.AppURL()), nil
}

// start runs the server as the lock's holder and makes the database and its roles.
func (c *Cluster) start(ctx context.Context) error {
	s, err := startServer(ctx, c)
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.server = s
	c.mu.Unlock()
	return c.bootstrap(ctx)
}

// keep starts the server again when it dies, and takes over when the process that ran it ends.
func (c *Cluster) keep(ctx context.Context) {
	defer close(c.ended)
	for {
		c.mu.Lock()
		s := c.server
		c.mu.Unlock()
		if s != nil {
			select {
			case <-s.exited:
				c.opts.Log.Warn("the private Postgres ended; starting it again")
			case <-ctx.Done():
				return
			}
		} else if held, err := c.tryLock(); err != nil || !held {
			if sleep(ctx, 100*time.Millisecond) != nil {
				return
			}
			continue
		}
		if err := c.restart(ctx); err != nil && sleep(ctx, time.Second) != nil {
			return
		}
	}
}

func (c *Cluster) restart(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	err := c.start(ctx)
	if err != nil && ctx.Err() == nil {
		c.opts.Log.Error("the private Postgres does not start", "error", err)
	}
	return err
}

// Stop ends the server if this process runs it, waiting at most a minute for it to shut down.
func (c *Cluster) Stop() {
	c.cancel()
	<-c.ended
	c.mu.Lock()
	s := c.server
	c.mu.Unlock()
	if s != nil {
		s.stop(c.opts.Volatile)
		if filepath.Dir(c.socket) != c.dir {
			os.Remove(c.socket) //nolint:errcheck // an empty directory in the temporary one
		}
	}
	c.release()
}

// Owner reports whether this process runs the server, as against having joined it.
func (c *Cluster) Owner() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.server != nil
}

// PID is the server's process id; 0 in a process that joined.
func (c *Cluster) PID() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.server == nil {
		return 0
	}
	return c.server.pid
}

// AppURL is the address for the application's role, OwnerURL for the role that migrates.
func (c *Cluster) AppURL() string { return c.URL("wattle_app", "wattle") }

// OwnerURL is the address for the role that owns the tables.
func (c *Cluster) OwnerURL() string { return c.URL("wattle_owner", "wattle") }

// URL is the address of any database for any role; postgres is the superuser.
func (c *Cluster) URL(role, database string) string {
	q := url.Values{"host": {c.socket}, "user": {role}, "sslmode": {"disable"}}
	return "postgres:///" + database + "?" + q.Encode()
}

// tryLock takes the directory's lock unless this or another process has it. The kernel drops it
// with the process, kill -9 included; the server does not inherit it.
func (c *Cluster) tryLock() (bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lock != nil {
		return true, nil
	}
	f, err := os.OpenFile(filepath.Join(c.dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return false, err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return false, nil
		}
		return false, err
	}
	c.lock = f
	return true, nil
}

func (c *Cluster) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.lock != nil {
		c.lock.Close()
		c.lock = nil
	}
}

// answers reports whether a connection to url can be made now.
func (c *Cluster) answers(ctx context.Context, url string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	return withSQL(url, func(db *sql.DB) error { return db.PingContext(ctx) }) == nil
}

// bootstrap makes the roles and the database where they are missing.
func (c *Cluster) bootstrap(ctx context.Context) error {
	return withSQL(c.URL("postgres", "postgres"), func(db *sql.DB) error {
		for _, step := range []struct{ missing, make string }{
			{`SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wattle_owner')`, `CREATE ROLE wattle_owner LOGIN`},
			{`SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wattle_app')`, `CREATE ROLE wattle_app LOGIN`},
			{`SELECT NOT EXISTS (SELECT FROM pg_database WHERE datname = 'wattle')`, `CREATE DATABASE wattle OWNER wattle_owner`},
		} {
			var missing bool
			if err := db.QueryRowContext(ctx, step.missing).Scan(&missing); err != nil {
				return err
			}
			if !missing {
				continue
			}
			if _, err := db.ExecContext(ctx, step.make); err != nil {
				return err
			}
		}
		return nil
	})
}

func withSQL(url string, fn func(db *sql.DB) error) error {
	db, err := pg.OpenOwner(url)
	if err != nil {
		return err
	}
	defer db.Close()
	return fn(db)
}

// sleep waits for d or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
