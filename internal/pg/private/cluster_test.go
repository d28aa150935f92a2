package private_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	osexec "os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"wattle/internal/pg"
	"wattle/internal/pg/private"
)

// tempDir is a directory with a short path, in memory where that is possible.
var ctx = context.Background()

func tempDir(t *testing.T) string {
	t.Helper()
	parent := "/dev/shm"
	if _, err := os.Stat(parent); err != nil {
		parent = ""
	}
	dir, err := os.MkdirTemp(parent, "cluster")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func startIn(t *testing.T, dir string) *private.Cluster {
	t.Helper()
	c, err := private.Start(ctx, private.Options{Dir: dir, Settings: map[string]string{"fsync": "off"}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// put writes a mark and want reads it: what a cluster holds must outlive the way it ended.
func put(t *testing.T, c *private.Cluster, mark string) {
	t.Helper()
	must(t, pg.Administer(ctx, c.OwnerURL(), `CREATE TABLE IF NOT EXISTS marks (mark text)`))
	must(t, pg.Administer(ctx, c.OwnerURL(), `INSERT INTO marks VALUES ('`+mark+`')`))
}

func wantMarks(t *testing.T, c *private.Cluster, want string) {
	t.Helper()
	db, err := pg.Open(ctx, c.OwnerURL())
	must(t, err)
	defer db.Close()
	var got string
	must(t, db.Get(ctx, &got, `SELECT string_agg(mark, ' ' ORDER BY mark) FROM marks`))
	if got != want {
		t.Errorf("the cluster holds %q, want %q", got, want)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for range 1000 {
		if ok() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("never came true: %s", what)
}

func gone(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }

func TestAClusterIsPrivateAndPersistent(t *testing.T) {
	dir := filepath.Join(tempDir(t), "postgres")
	c := startIn(t, dir)
	put(t, c, "a")
	st, err := os.Stat(dir)
	if err != nil || st.Mode().Perm() != 0o700 {
		t.Errorf("its directory: %v %v", st.Mode(), err)
	}
	for url, want := range map[string]string{c.AppURL(): "wattle_app ", c.OwnerURL(): "wattle_owner "} {
		db, err := pg.Open(ctx, url)
		must(t, err)
		var got string
		must(t, db.Get(ctx, &got, `SELECT current_user || ' ' || current_setting('listen_addresses')`))
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
		db.Close()
	}
	must(t, pg.Migrate(ctx, c.OwnerURL(), slog.New(slog.DiscardHandler)))
	pid := c.PID()
	c.Stop()
	if !gone(pid) {
		t.Error("the server outlived Stop")
	}
	c = startIn(t, dir)
	defer c.Stop()
	wantMarks(t, c, "a")
	db, err := pg.Open(ctx, c.AppURL())
	must(t, err)
	defer db.Close()
	have, newest, err := pg.SchemaVersion(ctx, db)
	if err != nil || have != newest || have == 0 {
		t.Errorf("schema %d of %d, %v", have, newest, err)
	}
}

func TestASecondProcessJoinsAndTakesOver(t *testing.T) {
	dir := tempDir(t)
	first := startIn(t, dir)
	put(t, first, "a")
	second, third := startIn(t, dir), startIn(t, dir)
	defer second.Stop()
	defer third.Stop()
	if !first.Owner() || second.Owner() || third.Owner() || second.AppURL() != first.AppURL() {
		t.Error("the second did not join the first")
	}
	wantMarks(t, second, "a")
	first.Stop()
	eventually(t, "one of the others runs it", func() bool { return second.Owner() != third.Owner() })
	eventually(t, "it answers", func() bool { return pg.Administer(ctx, third.OwnerURL(), `SELECT 1`) == nil })
	wantMarks(t, third, "a")
}

func TestAKilledServerIsRestarted(t *testing.T) {
	c := startIn(t, tempDir(t))
	defer c.Stop()
	put(t, c, "a")
	old := c.PID()
	must(t, syscall.Kill(old, syscall.SIGKILL))
	eventually(t, "another runs and answers", func() bool {
		return c.PID() != old && pg.Administer(ctx, c.OwnerURL(), `SELECT 1`) == nil
	})
	wantMarks(t, c, "a")
}

// TestChildCluster is the process that the next test kills; by itself it has nothing to do.
func TestChildCluster(t *testing.T) {
	dir := os.Getenv("PG_CHILD_CLUSTER")
	if dir == "" {
		return
	}
	c := startIn(t, dir)
	put(t, c, "a")
	must(t, os.WriteFile(filepath.Join(dir, "child-is-up"), fmt.Append(nil, c.PID()), 0o600))
	select {}
}

func TestTheServerStopsWithItsProcessAndCanBeRestarted(t *testing.T) {
	dir := tempDir(t)
	child := osexec.Command(os.Args[0], "-test.run=^TestChildCluster$")
	child.Env = append(os.Environ(), "PG_CHILD_CLUSTER="+dir)
	must(t, child.Start())
	var pid int
	eventually(t, "the child is up", func() bool {
		b, err := os.ReadFile(filepath.Join(dir, "child-is-up"))
		n, _ := fmt.Sscan(string(b), &pid)
		return err == nil && n == 1
	})
	must(t, child.Process.Kill())
	child.Wait() //nolint:errcheck // it was killed
	c := startIn(t, dir)
	defer c.Stop()
	wantMarks(t, c, "a")
	if c.PID() == pid {
		t.Error("the old server lives on")
	}
}

func TestLeftoversDoNotPreventAStart(t *testing.T) {
	dir := tempDir(t)
	must(t, os.MkdirAll(filepath.Join(dir, "data", "base"), 0o700)) // an initdb that was killed
	c := startIn(t, dir)
	put(t, c, "a")
	c.Stop()
	pidFile := filepath.Join(dir, "data", "postmaster.pid")
	for name, pid := range map[string]int{"a dead process": 1 << 22, "another program": os.Getpid()} {
		must(t, os.WriteFile(pidFile, fmt.Appendf(nil, "%d\n%s\n1\n5432\n", pid, filepath.Join(dir, "data")), 0o600))
		c := startIn(t, dir)
		t.Log(name)
		wantMarks(t, c, "a")
		c.Stop()
	}
}

func TestALongPathMovesTheSocket(t *testing.T) {
	dir := filepath.Join(tempDir(t), strings.Repeat("very-long/", 12), "with a space, and a comma")
	c := startIn(t, dir)
	defer c.Stop()
	if strings.Contains(c.AppURL(), "very-long") {
		t.Errorf("the socket's path is too long: %s", c.AppURL())
	}
	put(t, c, "a")
	wantMarks(t, c, "a")
}

func TestRootWithoutNamespacesRunsAsAnotherAccount(t *testing.T) {
	if os.Geteuid() != 0 {
		return // an ordinary user runs the server as themself: the other tests show that
	}
	dir := tempDir(t)
	must(t, os.Chmod(dir, 0o755)) // root's temporary directories are closed to the account
	c := startIn(t, filepath.Join(dir, "in"))
	put(t, c, "a")
	c.Stop()
	restore := private.WithoutNamespaces()
	c = startIn(t, filepath.Join(dir, "in"))
	wantMarks(t, c, "a")
	put(t, c, "b")
	c.Stop()
	must(t, os.Mkdir(filepath.Join(dir, "closed"), 0o700))
	_, err := private.Start(ctx, private.Options{Dir: filepath.Join(dir, "closed", "in")})
	if err == nil || !strings.Contains(err.Error(), "set WATTLE_DATA") {
		t.Errorf("an unreachable directory gave %v", err)
	}
	restore()
	c = startIn(t, filepath.Join(dir, "in"))
	defer c.Stop()
	wantMarks(t, c, "a b")
}

func TestAMissingPostgresIsExplained(t *testing.T) {
	t.Setenv("PATH", "")
	defer private.WithServersIn(t.TempDir())()
	_, err := private.Start(ctx, private.Options{Dir: tempDir(t)})
	if !errors.Is(err, private.ErrNoPostgres) || !strings.Contains(err.Error(), "sudo apt-get install -y postgresql") {
		t.Errorf("it said %v", err)
	}
}

func TestInstancesMayMigrateConcurrently(t *testing.T) {
	c := startIn(t, tempDir(t))
	defer c.Stop()
	done := make(chan error)
	for range 4 {
		go func() { done <- pg.Migrate(ctx, c.OwnerURL(), slog.New(slog.DiscardHandler)) }()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
