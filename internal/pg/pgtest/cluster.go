package pgtest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"wattle/internal/pg"
	"wattle/internal/pg/private"
	"wattle/migrations"
)

// layout is increased when this package changes what is in the seed.
const layout = "1"

// memoryNeeded is the space for a cluster and its databases.
const memoryNeeded = 1 << 30

// startCluster copies the seed to memory and runs it until this process ends.
func startCluster() (*private.Cluster, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	home, err := privateDir(os.TempDir())
	if err != nil {
		return nil, err
	}
	memory, err := privateDir(memoryDir())
	if err != nil {
		return nil, err
	}
	unlock, err := lock(filepath.Join(home, "lock"))
	if err != nil {
		return nil, err
	}
	defer unlock()
	sweep(memory)
	seed, err := seedIn(ctx, home)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(memory, "run-")
	if err != nil {
		return nil, err
	}
	copySeed := exec.Command("cp", "-a", filepath.Join(seed, "data"), filepath.Join(seed, "ready"), dir)
	if out, err := copySeed.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("copying the seed: %w\n%s", err, out)
	}
	c, err := private.Start(ctx, private.Options{Dir: dir, Volatile: true, Settings: map[string]string{
		"max_connections": "300", "shared_buffers": "64MB", "max_wal_size": "128MB",
	}})
	if err != nil {
		os.RemoveAll(dir)
		return nil, err
	}
	return c, removeAfter(dir, c.PID())
}

// seedIn returns the directory of a stopped cluster that holds the migrated template. It builds one if
// none exists for these migrations, and removes older ones.
func seedIn(ctx context.Context, home string) (string, error) {
	sum, err := fingerprint()
	if err != nil {
		return "", err
	}
	seed := filepath.Join(home, "seed-"+sum)
	if _, err := os.Stat(filepath.Join(seed, "finished")); err == nil {
		return seed, nil
	}
	old, _ := filepath.Glob(filepath.Join(home, "seed-*"))
	for _, dir := range old {
		os.RemoveAll(dir)
	}
	if err := makeSeed(ctx, seed); err != nil {
		return "", err
	}
	return seed, os.WriteFile(filepath.Join(seed, "finished"), nil, 0o600)
}

func makeSeed(ctx context.Context, seed string) error {
	c, err := private.Start(ctx, private.Options{Dir: seed, Settings: map[string]string{"fsync": "off"}})
	if err != nil {
		return err
	}
	defer c.Stop()
	create := `CREATE DATABASE ` + template + ` OWNER wattle_owner TEMPLATE template0`
	if err := pg.Administer(ctx, c.URL("postgres", "postgres"), create); err != nil {
		return err
	}
	return pg.Migrate(ctx, c.URL("wattle_owner", template), slog.New(slog.DiscardHandler))
}

// fingerprint is a hash of the migrations.
func fingerprint() (string, error) {
	names, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		return "", err
	}
	h := sha256.New()
	fmt.Fprintln(h, layout)
	for _, name := range names {
		b, err := fs.ReadFile(migrations.FS, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(h, "%s %d\n%s", name, len(b), b)
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8]), nil
}

// memoryDir is /dev/shm if it has enough space (in containers it often has 64 MB).
func memoryDir() string {
	var st syscall.Statfs_t
	if err := syscall.Statfs("/dev/shm", &st); err == nil && st.Bavail*uint64(st.Bsize) >= memoryNeeded {
		return "/dev/shm"
	}
	return os.TempDir()
}

// privateDir creates or checks a directory that only this user can access.
func privateDir(parent string) (string, error) {
	dir := filepath.Join(parent, fmt.Sprintf("wattle-test-%d", os.Geteuid()))
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", err
	}
	st, err := os.Lstat(dir)
	if err != nil {
		return "", err
	}
	if !st.IsDir() || st.Mode().Perm() != 0o700 || int(st.Sys().(*syscall.Stat_t).Uid) != os.Geteuid() {
		return "", fmt.Errorf("%s is not a private directory of this user", dir)
	}
	return dir, nil
}

// lock waits for an exclusive file lock, which ends with the process.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}

// sweep removes clusters whose process and remover were both killed, so that their lock is free.
func sweep(memory string) {
	dirs, _ := filepath.Glob(filepath.Join(memory, "run-*"))
	for _, dir := range dirs {
		f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			continue
		}
		if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			os.RemoveAll(dir)
		}
		f.Close()
	}
}

// removeAfter starts a shell that waits for this process to end, which closes the pipe, and then for the
// server, which the kernel stops, and then removes the directory.
func removeAfter(dir string, pid int) error {
	const script = `trap '' INT TERM HUP; read -r _; i=0
while [ $i -lt 200 ] && kill -0 "$2" 2>/dev/null; do sleep 0.05; i=$((i+1)); done; rm -rf "$1"`
	cmd := exec.Command("/bin/sh", "-c", script, "sh", dir, fmt.Sprint(pid))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	lifelines = append(lifelines, pipe)
	return cmd.Start()
}

// lifelines holds our ends of the removers' pipes. Without a reference the garbage collector would close
// them and the clusters would be removed.
var lifelines []io.Closer
