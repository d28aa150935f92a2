package private

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// ErrNoPostgres means that no Postgres server is installed. Its message says what to do.
var ErrNoPostgres = errors.New("no Postgres server (15 or newer) is on this machine: " +
	"run `sudo apt-get install -y postgresql`, or set DATABASE_URL to one elsewhere")

// installed is where Debian installs Postgres; probe is run to test user namespaces. Tests change both.
var installed, probe = "/usr/lib/postgresql", "/bin/true"

// minMajor is the oldest supported version.
const minMajor = 15

// findPostgres returns the bin directory of the newest installed version, or of the version that created
// the data directory, since no other major version can read it.
func findPostgres(data string) (string, error) {
	var want int
	if b, err := os.ReadFile(filepath.Join(data, "PG_VERSION")); err == nil {
		want, _ = strconv.Atoi(strings.TrimSpace(string(b)))
	}
	found, best := "", 0
	dirs, _ := filepath.Glob(filepath.Join(installed, "*", "bin"))
	for _, dir := range dirs {
		major, err := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
		if err != nil || major < minMajor || (want != 0 && major != want) || major <= best {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, "postgres")); err == nil {
			found, best = dir, major
		}
	}
	if found != "" {
		return found, nil
	}
	if p, err := exec.LookPath("initdb"); err == nil && len(dirs) == 0 {
		return filepath.Dir(p), nil // not a Debian layout
	}
	if want != 0 && len(dirs) > 0 {
		return "", fmt.Errorf("the data in %s needs Postgres %d, which is not on this machine: "+
			"run `sudo apt-get install -y postgresql-%[2]d`", data, want)
	}
	return "", ErrNoPostgres
}

// identity is the user the server runs as. Postgres refuses to run as root.
type identity struct {
	uid, gid int  // of its files, outside a namespace
	inside   int  // uid inside a user namespace; 0: no namespace
	drop     bool // switch to uid without a namespace
}

// serverIdentity chooses the user. A process that is not root runs the server as itself. Root runs it in a
// user namespace that maps root to an ordinary user. If namespaces are not allowed, the server runs as
// the account postgres or nobody, which must be able to reach dir.
func serverIdentity(dir string) (identity, error) {
	uid, gid := os.Geteuid(), os.Getegid()
	if uid != 0 {
		return identity{uid: uid, gid: gid}, nil
	}
	account, err := serverAccount()
	if err != nil {
		return identity{}, err
	}
	inside := identity{uid: uid, gid: gid, inside: account.uid}
	cmd := exec.Command(probe)
	cmd.SysProcAttr = inside.attr(syscall.SIGKILL)
	if _, err := onLockedThread(cmd.Output); err == nil {
		return inside, nil
	}
	account.drop = true
	return account, account.canReach(dir)
}

// serverAccount returns an existing account, because initdb looks up its name.
func serverAccount() (identity, error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err1 == nil && err2 == nil && uid != 0 {
			return identity{uid: uid, gid: gid}, nil
		}
	}
	return identity{}, errors.New("root cannot run Postgres, and there is no account postgres or nobody to run it as")
}

// attr runs a process as the identity. The process gets sig when this process ends. It has its own process
// group, so that Ctrl-C does not reach it directly.
func (id identity) attr(sig syscall.Signal) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: sig}
	switch {
	case id.inside != 0:
		a.Cloneflags = syscall.CLONE_NEWUSER
		a.UidMappings = []syscall.SysProcIDMap{{ContainerID: id.inside, HostID: id.uid, Size: 1}}
		a.GidMappings = []syscall.SysProcIDMap{{ContainerID: id.inside, HostID: id.gid, Size: 1}}
	case id.drop:
		a.Credential = &syscall.Credential{Uid: uint32(id.uid), Gid: uint32(id.gid)}
	}
	return a
}

// chown gives dir's files to the identity, if they belong to another user after a change of identity.
func (id identity) chown(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		st, err := os.Lstat(path)
		if err != nil {
			return nil
		}
		if int(st.Sys().(*syscall.Stat_t).Uid) == id.uid {
			return nil
		}
		return os.Lchown(path, id.uid, id.gid)
	})
}

// canReach returns an error that explains why the identity cannot reach dir.
func (id identity) canReach(dir string) error {
	for p := filepath.Dir(dir); ; p = filepath.Dir(p) {
		st, err := os.Stat(p)
		if err != nil {
			return err
		}
		s := st.Sys().(*syscall.Stat_t)
		if st.Mode().Perm()&0o001 == 0 && int(s.Uid) != id.uid {
			return fmt.Errorf("this machine lets root run Postgres only as another account, which cannot enter %s: "+
				"set WATTLE_DATA to a directory it can reach, such as /var/lib/wattle", p)
		}
		if p == "/" {
			return nil
		}
	}
}

// socketDir is the directory of the server's socket: next to the data or, if that path exceeds the
// kernel's limit of 107 bytes, in the temporary directory.
func socketDir(dir string) (string, error) {
	const name = "/.s.PGSQL.5432"
	s := filepath.Join(dir, "socket")
	if len(s)+len(name) > 107 || strings.ContainsAny(s, ",\"\\ @") {
		sum := sha256.Sum256([]byte(dir))
		s = filepath.Join(os.TempDir(), fmt.Sprintf("wattle-%d-%x", os.Geteuid(), sum[:6]))
		if len(s)+len(name) > 107 {
			s = filepath.Join("/tmp", filepath.Base(s))
		}
	}
	if err := os.Mkdir(s, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	st, err := os.Lstat(s)
	if err != nil {
		return "", err
	}
	owner := int(st.Sys().(*syscall.Stat_t).Uid)
	if !st.IsDir() || st.Mode().Perm() != 0o700 || (owner != os.Geteuid() && os.Geteuid() != 0) {
		return "", fmt.Errorf("%s is not a private directory of this user", s)
	}
	return s, nil
}

// clearLeftovers prepares for a start. A server that still runs on the data is shutting down, because the
// process that ran it was killed: it is signalled again and waited for. A pid file is removed if its
// process is dead, a zombie or another program, and never while a server is alive.
func clearLeftovers(ctx context.Context, data string) error {
	path := filepath.Join(data, "postmaster.pid")
	for signalled := false; ; signalled = true {
		pid := pidIn(path)
		if pid == 0 {
			return nil
		}
		if !runsServer(pid, data) {
			if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			return nil
		}
		if !signalled {
			syscall.Kill(pid, syscall.SIGINT) //nolint:errcheck // it may have just ended
		}
		if err := sleep(ctx, 20*time.Millisecond); err != nil {
			return fmt.Errorf("an older server (process %d) does not stop: %w", pid, err)
		}
	}
}

// pidIn returns the process id in a pid file, or 0 if there is none.
func pidIn(path string) int {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(b), "\n")
	pid, _ := strconv.Atoi(strings.TrimSpace(line))
	return pid
}

// runsServer reports whether pid is a live postmaster that uses data.
func runsServer(pid int, data string) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	if strings.HasPrefix(state, "Z") || strings.HasPrefix(state, "X") { // zombie or dead
		return false
	}
	cmdline, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return true // alive, but not readable
	}
	args := strings.Split(string(cmdline), "\x00")
	if filepath.Base(args[0]) != "postgres" {
		return false
	}
	for _, a := range args {
		if a == data {
			return true
		}
	}
	return false
}
