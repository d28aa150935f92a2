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

// ErrNoPostgres says what to do when the machine has no Postgres server.
var ErrNoPostgres = errors.New("no Postgres server (15 or newer) is on this machine: run `sudo apt-get install -y postgresql`, or set DATABASE_URL to one elsewhere")

// Where Debian puts its servers, and what is run to learn whether user namespaces work.
var installed, probe = "/usr/lib/postgresql", "/bin/true"

// minMajor is the oldest Postgres that serves.
const minMajor = 15

// findPostgres returns the directory of the newest server's programs, or of the one that made the
// data directory, since another major version cannot read it.
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
		return filepath.Dir(p), nil // not Debian's layout
	}
	if want != 0 && len(dirs) > 0 {
		return "", fmt.Errorf("the data in %s were made by Postgres %d, which is not on this machine: run `sudo apt-get install -y postgresql-%d`", data, want, want)
	}
	return "", ErrNoPostgres
}

// identity is whom the server runs as: Postgres refuses to run as root.
type identity struct {
	uid, gid int  // of its files, seen from here
	inside   int  // uid that a user namespace shows it; 0 = no namespace
	drop     bool // run as uid outright
}

// serverIdentity decides: an ordinary user runs the server as themself. Root runs it in a user
// namespace that shows root's files as an ordinary user's; where namespaces are forbidden, as
// Debian's postgres (or nobody), who then must be able to reach dir.
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
	try := exec.Command(probe)
	try.SysProcAttr = inside.attr(syscall.SIGKILL)
	if _, err := onLockedThread(try.Output); err == nil {
		return inside, nil
	}
	account.drop = true
	return account, account.canReach(dir)
}

// serverAccount is an account that exists, because initdb looks its name up.
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

// attr starts a process as the identity, in a process group of its own (Ctrl-C is ours to
// handle), that gets sig when this process ends.
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

// own gives dir's files to the identity where they are another's, as after a change of identity.
func (id identity) own(dir string) error {
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

// canReach says in a sentence why the identity could not use dir.
func (id identity) canReach(dir string) error {
	for p := filepath.Dir(dir); ; p = filepath.Dir(p) {
		st, err := os.Stat(p)
		if err != nil {
			return err
		}
		s := st.Sys().(*syscall.Stat_t)
		if st.Mode().Perm()&0o001 == 0 && int(s.Uid) != id.uid {
			return fmt.Errorf("this machine lets root run Postgres only as another account, which cannot enter %s: set WATTLE_DATA to a directory it can reach, such as /var/lib/wattle", p)
		}
		if p == "/" {
			return nil
		}
	}
}

// socketDir is where the server's socket lies: beside the data, or, where that path would exceed
// the kernel's 107 bytes, in a directory of ours under the system's temporary one.
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
		return "", fmt.Errorf("%s is not a directory of ours alone", s)
	}
	return s, nil
}

// clearLeftovers makes way for a start. A server that still runs on the data is on its way out
// (its process was killed): it is asked again and waited for. A pid file whose process is dead, a
// zombie or another program is removed; a live server's never is.
func clearLeftovers(ctx context.Context, data string) error {
	path := filepath.Join(data, "postmaster.pid")
	for asked := false; ; asked = true {
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
		if !asked {
			syscall.Kill(pid, syscall.SIGINT) //nolint:errcheck // it may have just ended
		}
		if err := sleep(ctx, 20*time.Millisecond); err != nil {
			return fmt.Errorf("an older server (process %d) does not end: %w", pid, err)
		}
	}
}

// pidIn is the process a pid file names; 0 when there is no such file or no number in it.
func pidIn(path string) int {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	line, _, _ := strings.Cut(string(b), "\n")
	pid, _ := strconv.Atoi(strings.TrimSpace(line))
	return pid
}

// runsServer reports whether pid is a living postmaster on data.
func runsServer(pid int, data string) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	if _, after, ok := strings.Cut(string(stat), ") "); ok && (strings.HasPrefix(after, "Z") || strings.HasPrefix(after, "X")) {
		return false
	}
	cmdline, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return true // alive and not ours to judge
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
