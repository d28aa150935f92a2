package lab

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"wattle/internal/clock"
)

const (
	readyWithin = time.Minute
	clockTick   = time.Second / 100 // of /proc/PID/stat on Linux
)

// Server is a process of the binary on a database of the lab.
type Server struct {
	Lab     *Lab
	Base    string // http://127.0.0.1:PORT
	metrics string // the address of its /metrics
	cmd     *exec.Cmd
	Ready   time.Duration // from its start to /readyz
}

// settings are the environment of the binary on a database: nothing of ours but the path.
func (l *Lab) settings(database string) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + l.dir, "TMPDIR=" + os.TempDir(), "WATTLE_DATA=" + filepath.Join(l.dir, "data"),
		"DATABASE_URL=" + l.Cluster.URL("wattle_app", database), "DATABASE_OWNER_URL=" + l.Cluster.URL("wattle_owner", database)}
}

// People is a database that the binary filled with n fictional therapists; it is filled once.
func (l *Lab) People(ctx context.Context, n int) (string, error) {
	if name := l.seeded[n]; name != "" {
		return name, nil
	}
	name := fmt.Sprintf("people_%d", n)
	if err := l.create(ctx, name); err != nil {
		return "", err
	}
	Say("seeding %d people", n)
	cmd := exec.CommandContext(ctx, l.Binary, "seed", "-n", strconv.Itoa(n))
	cmd.Env = l.settings(name)
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("seed: %w\n%s", err, out)
	}
	if l.seeded == nil {
		l.seeded = map[int]string{}
	}
	l.seeded[n] = name
	return name, l.Administer(ctx, name, `VACUUM ANALYZE`)
}

// Serve starts the binary on a database, with more settings, and waits until it is ready.
func (l *Lab) Serve(ctx context.Context, database string, more ...string) (*Server, error) {
	addr, err := freeAddress()
	if err != nil {
		return nil, err
	}
	metrics, err := freeAddress()
	if err != nil {
		return nil, err
	}
	s := &Server{Lab: l, Base: "http://" + addr, metrics: "http://" + metrics + "/metrics"}
	s.cmd = exec.CommandContext(ctx, l.Binary, "serve", "-demo=false")
	s.cmd.Env = append(l.settings(database), "WATTLE_ADDR="+addr, "WATTLE_METRICS_ADDR="+metrics)
	s.cmd.Env = append(s.cmd.Env, more...)
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	watch := clock.Stopwatch()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for !answers(s.Base + "/readyz") {
		if watch() > readyWithin || ctx.Err() != nil {
			s.Stop()
			return nil, fmt.Errorf("the server was not ready within %s", readyWithin)
		}
		time.Sleep(2 * time.Millisecond)
	}
	s.Ready = watch()
	return s, nil
}

// Stop ends the process.
func (s *Server) Stop() {
	s.cmd.Process.Signal(syscall.SIGTERM) //nolint:errcheck // it may end this moment
	s.cmd.Wait()                          //nolint:errcheck // it was ended
}

func answers(url string) bool {
	r, err := http.Get(url)
	if err != nil {
		return false
	}
	r.Body.Close()
	return r.StatusCode == http.StatusOK
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// Resident is the memory of the process in bytes, the pages of its file included.
func (s *Server) Resident() (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if kb, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, err := strconv.ParseInt(strings.Fields(kb)[0], 10, 64)
			return n << 10, err
		}
	}
	return 0, fmt.Errorf("/proc/%d/status has no VmRSS", s.cmd.Process.Pid)
}

// Cpu is the processor time that the process has used.
func (s *Server) Cpu() (time.Duration, error) {
	own, _, _, err := processTimes(s.cmd.Process.Pid)
	return own, err
}

// CpuWithPostgres adds the processor time of Postgres with all its backends.
func (s *Server) CpuWithPostgres() (time.Duration, error) {
	sum, err := s.Cpu()
	if err != nil {
		return 0, err
	}
	postmaster := s.Lab.Cluster.PID()
	own, ended, _, err := processTimes(postmaster)
	if err != nil {
		return 0, err
	}
	sum += own + ended
	processes, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return 0, err
	}
	for _, p := range processes {
		pid, _ := strconv.Atoi(filepath.Base(p))
		if own, _, parent, err := processTimes(pid); err == nil && parent == postmaster { // others may end meanwhile
			sum += own
		}
	}
	return sum, nil
}

// processTimes reads /proc/PID/stat: processor time of a process and of its ended children, and its
// parent.
func processTimes(pid int) (own, ended time.Duration, parent int, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, 0, 0, err
	}
	_, rest, _ := strings.Cut(string(text), ") ") // the name may hold spaces
	f := strings.Fields(rest)                     // from field 3, the state
	if len(f) < 15 {
		return 0, 0, 0, fmt.Errorf("/proc/%d/stat is too short", pid)
	}
	ticks := func(i int) time.Duration {
		n, _ := strconv.Atoi(f[i])
		return time.Duration(n) * clockTick
	}
	parent, err = strconv.Atoi(f[1])
	return ticks(11) + ticks(12), ticks(13) + ticks(14), parent, err
}

// Figures is /metrics: the value of each sample by its name and labels.
func (s *Server) Figures() (map[string]float64, error) {
	res, err := http.Get(s.metrics)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	all := map[string]float64{}
	lines := bufio.NewScanner(res.Body)
	for lines.Scan() {
		if name, value, _ := strings.Cut(lines.Text(), " "); name != "#" {
			if n, err := strconv.ParseFloat(value, 64); err == nil {
				all[name] = n
			}
		}
	}
	return all, lines.Err()
}

// Statements is how many SQL statements the server has sent.
func (s *Server) Statements() (float64, error) {
	all, err := s.Figures()
	n, ok := all["wattle_db_statements_total"]
	if err == nil && !ok {
		err = errors.New("/metrics has no wattle_db_statements_total")
	}
	return n, err
}

// Browser asks as one does: compressed, over kept connections. It does not follow redirects.
func Browser(connections int) *http.Client {
	return &http.Client{
		Timeout:       30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{MaxIdleConns: 2 * connections, MaxIdleConnsPerHost: connections, DisableCompression: true},
	}
}

// Page gets one page as a browser does and discards it.
func Page(ctx context.Context, c *http.Client, url string) (status int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, err
	}
	req.Header.Set("Accept-Encoding", "gzip, deflate, br, zstd")
	res, err := c.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}
