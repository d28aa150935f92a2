// Package private runs a Postgres server for development, tests and benchmarks. The server keeps its data
// in one directory and listens on a Unix socket only.
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

// startLimit is how long a cluster may take to start, including crash recovery, or to stop.
const startLimit = 60 * time.Second

// Options configure a private cluster.
type Options struct {
	Dir      string            // created with mode 0700 if missing
	Volatile bool              // for tests: no fsync, and no checkpoint when stopping
	Settings map[string]string // further server settings
	Log      *slog.Logger      // nil: no log
}

// Cluster is a private Postgres on a Unix socket that only this user can reach. The first process to use
// a directory starts the server, which ends with that process even if it is killed. Other processes join
// it, and one of them restarts it when the first process has ended.
type Cluster struct {
	opts   Options
	dir    string // absolute
	socket string // directory of the socket
	cancel context.CancelFunc
	ended  chan struct{}

	mu     sync.Mutex
	lock   *os.File // held by the process that runs the server
	server *server  // nil in a process that joined
}

// Start starts the cluster in opts.Dir, or joins it if another process runs it. It returns once the server
// accepts connections and has the database wattle with its two roles. It returns ErrNoPostgres if
// Postgres is not installed.
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
			return nil, fmt.Errorf("pg: the private Postgres in %s is run by another process and does not respond: %w",
				c.dir, err)
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

// startOrJoin makes one attempt. done is false while another process holds the lock and its server does
// not respond yet.
func (c *Cluster) startOrJoin(ctx context.Context) (done bool, err error) {
	held, err := c.tryLock()
	if err != nil {
		return false, err
	}
	if held {
		return true, c.start(ctx)
	}
	return c.responds(ctx, c.AppURL()), nil
}

// start runs the server and creates the database and its roles. The caller holds the lock.
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

// keep restarts the server if it dies, and takes over when the process that ran it ends.
func (c *Cluster) keep(ctx context.Context) {
	defer close(c.ended)
	for {
		c.mu.Lock()
		s := c.server
		c.mu.Unlock()
		if s != nil {
			select {
			case <-s.exited:
				c.opts.Log.Warn("the private Postgres has ended; restarting it")
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
		c.opts.Log.Error("restarting the private Postgres failed", "error", err)
	}
	return err
}

// Stop stops the server if this process runs it, and waits up to a minute for it to shut down.
func (c *Cluster) Stop() {
	c.cancel()
	<-c.ended
	c.mu.Lock()
	s := c.server
	c.mu.Unlock()
	if s != nil {
		s.stop(c.opts.Volatile)
		if filepath.Dir(c.socket) != c.dir {
			os.Remove(c.socket) //nolint:errcheck // an empty directory in the temporary directory
		}
	}
	c.release()
}

// Owner reports whether this process runs the server, rather than having joined it.
func (c *Cluster) Owner() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.server != nil
}

// PID returns the server's process id, or 0 in a process that joined.
func (c *Cluster) PID() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.server == nil {
		return 0
	}
	return c.server.pid
}

// AppURL is the URL for the application's role.
func (c *Cluster) AppURL() string { return c.URL("wattle_app", "wattle") }

// OwnerURL is the URL for the role that owns the tables and migrates.
func (c *Cluster) OwnerURL() string { return c.URL("wattle_owner", "wattle") }

// URL is the URL of a database for a role; postgres is the superuser.
func (c *Cluster) URL(role, database string) string {
	q := url.Values{"host": {c.socket}, "user": {role}, "sslmode": {"disable"}}
	return "postgres:///" + database + "?" + q.Encode()
}

// tryLock tries to take the directory's lock and reports whether this process has it. The kernel releases
// it when the process ends, even after kill -9. The server does not inherit it.
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

// responds reports whether the server at url accepts a connection.
func (c *Cluster) responds(ctx context.Context, url string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	return withSQL(url, func(db *sql.DB) error { return db.PingContext(ctx) }) == nil
}

// bootstrap creates the roles and the database if they are missing.
func (c *Cluster) bootstrap(ctx context.Context) error {
	return withSQL(c.URL("postgres", "postgres"), func(db *sql.DB) error {
		for _, step := range []struct{ missing, create string }{
			{`SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wattle_owner')`, `CREATE ROLE wattle_owner LOGIN`},
			{`SELECT NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'wattle_app')`, `CREATE ROLE wattle_app LOGIN`},
			{`SELECT NOT EXISTS (SELECT FROM pg_database WHERE datname = 'wattle')`,
				`CREATE DATABASE wattle OWNER wattle_owner`},
		} {
			var missing bool
			if err := db.QueryRowContext(ctx, step.missing).Scan(&missing); err != nil {
				return err
			}
			if !missing {
				continue
			}
			if _, err := db.ExecContext(ctx, step.create); err != nil {
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
