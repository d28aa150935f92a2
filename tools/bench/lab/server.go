package lab

import (
	"bufio"
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"wattle/tools/rig"
)

const clockTick = time.Second / 100 // of /proc/PID/stat on Linux

// Server is a process of the binary on a database of the lab.
type Server struct {
	*rig.Instance
	*rig.Deployment
	lab     *Lab
	caller  *rig.Caller
	metrics string // the address of its /metrics
}

// Serve starts the binary, with more settings, on a database that it filled with n fictional therapists.
// A database is filled once.
func (l *Lab) Serve(n int, more ...string) *Server {
	name, metrics := fmt.Sprintf("people_%d", n), rig.FreeAddr(l.Trial)
	if l.seeded == nil {
		l.seeded = map[string]bool{}
	}
	if !l.seeded[name] {
		l.create(name)
	}
	h := &rig.Deployment{T: l.Trial, Dir: l.dir, Binary: l.Binary, More: append(more, "WATTLE_METRICS_ADDR="+metrics,
		"DATABASE_URL="+l.Cluster.URL("wattle_app", name), "DATABASE_OWNER_URL="+l.Cluster.URL("wattle_owner", name))}
	if !l.seeded[name] {
		l.Say("seeding %d people", n)
		h.Run("seed", "-n", strconv.Itoa(n))
		l.Administer(name, `VACUUM ANALYZE`)
		l.seeded[name] = true
	}
	h.App, h.Owner = l.Open("wattle_app", name), l.Open("wattle_owner", name)
	l.After(h.Disconnect)
	return &Server{h.Start(name, "-demo=false"), h, l, rig.NewCaller(l.Trial, 1), "http://" + metrics + "/metrics"}
}

// Resident is the memory of the process in bytes, the pages of its file included.
func (s *Server) Resident() int64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.PID()))
	s.lab.Must(err)
	for line := range strings.Lines(string(text)) {
		if kb, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, err := strconv.ParseInt(strings.Fields(kb)[0], 10, 64)
			s.lab.Must(err)
			return n << 10
		}
	}
	s.lab.Fail("/proc/%d/status has no VmRSS", s.PID())
	return 0
}

// CPU is the processor time that the process has used.
func (s *Server) CPU() time.Duration {
	own, _, _, err := processTimes(s.PID())
	s.lab.Must(err)
	return own
}

// CPUWithPostgres adds the processor time of Postgres with all its backends.
func (s *Server) CPUWithPostgres() time.Duration {
	postmaster := s.lab.Cluster.PID()
	own, ended, _, err := processTimes(postmaster)
	s.lab.Must(err)
	sum := s.CPU() + own + ended
	processes, _ := filepath.Glob("/proc/[0-9]*")
	for _, p := range processes {
		pid, _ := strconv.Atoi(filepath.Base(p))
		if own, _, parent, err := processTimes(pid); err == nil && parent == postmaster { // others may end meanwhile
			sum += own
		}
	}
	return sum
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

// Figure is the value of a sample of /metrics, by its name and labels; 0 without such a sample.
func (s *Server) Figure(sample string) (value float64) {
	a := s.caller.Do(http.MethodGet, s.metrics, nil)
	s.lab.Must(a.Err)
	for lines := bufio.NewScanner(bytes.NewReader(a.Body)); lines.Scan(); {
		if name, text, _ := strings.Cut(lines.Text(), " "); name == sample {
			var err error
			value, err = strconv.ParseFloat(text, 64)
			s.lab.Must(err)
		}
	}
	return value
}

// Statements is how many SQL statements the server has sent.
func (s *Server) Statements() float64 {
	n := s.Figure("wattle_db_statements_total")
	s.lab.Want(n > 0, "/metrics has no wattle_db_statements_total")
	return n
}
