package pg_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"wattle/internal/fault"
	"wattle/internal/pg"
	"wattle/internal/pg/pgtest"
)

// finProxy stands before Postgres. When armed, it lets one message that contains the words
// through, waits for the server's answer, and closes the client's connection cleanly instead of
// passing the answer on: the write has happened and nobody says so.
type finProxy struct {
	upstream string
	armed    atomic.Pointer[string]
	cuts     atomic.Int64
	conns    sync.WaitGroup
}

// behindFIN opens a pool through a proxy to db's database.
func behindFIN(t *testing.T, db *pg.DB) (*pg.DB, *finProxy) {
	t.Helper()
	u, err := url.Parse(pgtest.URL(t, db))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	p := &finProxy{upstream: filepath.Join(q.Get("host"), ".s.PGSQL.5432")}
	dir, err := os.MkdirTemp("", "fin") // t.TempDir has the test's name in it: too long, and commas
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	l, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	go p.serve(l)
	q.Set("host", dir)
	u.RawQuery = q.Encode()
	through, err := pg.Open(ctx, u.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { through.Close(); l.Close(); p.conns.Wait() })
	return through, p
}

func (p *finProxy) arm(words string) { p.armed.Store(&words) }

func (p *finProxy) serve(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		p.conns.Go(func() { p.pass(c) })
	}
}

func (p *finProxy) pass(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("unix", p.upstream)
	if err != nil {
		return
	}
	defer server.Close()
	var cut atomic.Bool
	go func() {
		buf := make([]byte, 64<<10)
		for {
			n, err := client.Read(buf)
			if words := p.armed.Load(); words != nil && bytes.Contains(buf[:n], []byte(*words)) && p.armed.CompareAndSwap(words, nil) {
				cut.Store(true)
			}
			if _, werr := server.Write(buf[:n]); err != nil || werr != nil {
				server.Close()
				return
			}
		}
	}()
	buf := make([]byte, 64<<10)
	for {
		n, err := server.Read(buf)
		if cut.Load() && n > 0 {
			p.cuts.Add(1)
			return // the answer is here and goes nowhere: FIN
		}
		if _, werr := client.Write(buf[:n]); err != nil || werr != nil {
			return
		}
	}
}

func rowsOf(t *testing.T, db *pg.DB) (n int) {
	t.Helper()
	if err := db.Get(ctx, &n, `SELECT count(*) FROM things`); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestAWriteWithoutAReplyIsReportedAndNotRepeated(t *testing.T) {
	insert := func(ex pg.Execer) error {
		_, err := ex.Exec(ctx, `INSERT INTO things (id) VALUES ($1)`, 1)
		return err
	}
	returning := func(ex pg.Execer) error {
		return ex.Get(ctx, new(int), `INSERT INTO things (id) VALUES ($1) RETURNING id`, 1)
	}
	inTx := func(write func(pg.Execer) error) func(*pg.DB) error {
		return func(db *pg.DB) error { return pg.InTx(ctx, db, func(tx *pg.Tx) error { return write(tx) }) }
	}
	once := func(write func(pg.Execer) error) func(*pg.DB) error {
		return func(db *pg.DB) error { return pg.Once(ctx, db, func(c *pg.Conn) error { return write(c) }) }
	}
	for _, c := range []struct {
		name    string
		words   string
		write   func(*pg.DB) error
		rows    int
		unknown bool
	}{
		{"Once, Exec", "INSERT", once(insert), 1, true},
		{"Once, RETURNING", "INSERT", once(returning), 1, true},
		{"InTx, the commit", "COMMIT", inTx(insert), 1, true},
		{"InTx, a statement before the commit", "INSERT", inTx(insert), 0, false},
		{"InTx, RETURNING before the commit", "INSERT", inTx(returning), 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			direct := pgtest.Empty(t)
			exec(t, direct, `CREATE TABLE things (id int)`)
			through, proxy := behindFIN(t, direct)
			for range 10 {
				before := rowsOf(t, direct)
				proxy.arm(c.words)
				err := c.write(through)
				if fault.Of(err) != fault.Unavailable || errors.Is(err, pg.ErrUnknown) != c.unknown {
					t.Fatalf("the break was reported as %v", err)
				}
				if n := rowsOf(t, direct) - before; n != c.rows {
					t.Fatalf("%d rows were written, want %d", n, c.rows)
				}
			}
			if proxy.cuts.Load() != 10 {
				t.Errorf("%d cuts", proxy.cuts.Load())
			}
			if err := c.write(through); err != nil {
				t.Errorf("the pool did not recover: %v", err)
			}
		})
	}
}

// TestDatabaseSQLRepeatsAWriteByItself is the negative control: database/sql by itself writes twice and says all is
// well. If a new lib/pq mends that (lib/pq#939), this test says so.
func TestDatabaseSQLRepeatsAWriteByItself(t *testing.T) {
	direct := pgtest.Empty(t)
	exec(t, direct, `CREATE TABLE things (id int)`)
	through, proxy := behindFIN(t, direct)
	proxy.arm("INSERT")
	err := pg.UnsafeExec(ctx, through, `INSERT INTO things (id) VALUES ($1)`, 1)
	if n := rowsOf(t, direct); err != nil || n != 2 {
		t.Errorf("%d rows, error %v: the trap has changed, look again at the rules for writes", n, err)
	}
}

func TestReadsAreRetriedAfterABreak(t *testing.T) {
	direct := pgtest.Empty(t)
	through, proxy := behindFIN(t, direct)
	proxy.arm("SELECT 42")
	var n int
	if err := through.Get(ctx, &n, `SELECT 42`); err != nil || n != 42 {
		t.Errorf("%d %v", n, err)
	}
}

func TestADeadConnectionIsDetectedBeforeAWrite(t *testing.T) {
	db := pgtest.Empty(t)
	exec(t, db, `CREATE TABLE things (id int)`)
	for i := range 5 {
		for range 3 { // several idle connections
			hold := make(chan struct{})
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					pg.Once(ctx, db, func(c *pg.Conn) error { <-hold; return c.Get(ctx, new(int), `SELECT 1`) }) //nolint:errcheck // only to open it
				})
			}
			close(hold)
			wg.Wait()
		}
		other := pgtest.Owner(t, db)
		var n int
		err := pg.InTx(ctx, other, func(tx *pg.Tx) error {
			return tx.Get(ctx, &n, `SELECT count(pg_terminate_backend(pid, 1000)) FROM pg_stat_activity
				WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		})
		if err != nil || n == 0 {
			t.Fatalf("%d connections ended: %v", n, err)
		}
		exec(t, db, `INSERT INTO things VALUES ($1)`, i) // fails the test on any error
	}
	if n := rowsOf(t, db); n != 5 {
		t.Errorf("%d rows", n)
	}
}

// TestAFrozenServerDoesNotBlockTheCaller stops the server's process behind one connection.
func TestAFrozenServerDoesNotBlockTheCaller(t *testing.T) {
	db := pgtest.Empty(t)
	err := pg.Once(ctx, db, func(c *pg.Conn) error {
		var pid int
		if err := c.Get(ctx, &pid, `SELECT pg_backend_pid()`); err != nil {
			t.Fatal(err)
		}
		syscall.Kill(pid, syscall.SIGSTOP)       //nolint:errcheck // else the test fails below
		defer syscall.Kill(pid, syscall.SIGCONT) //nolint:errcheck // else the cluster's end takes it
		short, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
		defer cancel()
		return c.Get(short, new(int), `SELECT 1`)
	})
	if fault.Of(err) != fault.Unavailable {
		t.Errorf("a frozen server gave %v", err)
	}
	if err := db.Get(ctx, new(int), `SELECT 1`); err != nil {
		t.Errorf("the pool did not recover: %v", err)
	}
}
