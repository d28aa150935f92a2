package searchbench

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"wattle/internal/bench"
	"wattle/internal/clock"
)

const (
	mostMemory = 250 << 20
	mostStart  = time.Second
)

// instance is F12: a real instance, as an operator starts it, on the lab's Postgres.
func instance(ctx context.Context, l *lab) ([]bench.Result, error) {
	if err := l.administer(ctx, "postgres", `CREATE DATABASE small OWNER wattle_owner`); err != nil {
		return nil, err
	}
	db, _, err := l.seed(ctx, "small", smallPeople)
	if err != nil {
		return nil, err
	}
	db.Close()
	var starts []time.Duration
	for range 3 {
		took, _, err := l.serve(ctx, "small", nil)
		if err != nil {
			return nil, err
		}
		starts = append(starts, took)
	}
	took, used, err := l.serve(ctx, "wattle", searchAll)
	if err != nil {
		return nil, err
	}
	start := bench.Middle(starts)
	return []bench.Result{
		{Name: "memory-of-an-instance", Ratio: float64(used) / mostMemory, Ours: fmt.Sprintf("%d MB resident with %d people, after searches; ready in %s", used>>20, len(l.all), short(took)),
			Limit: "250 MB", Goal: "≤ 1", Met: used <= mostMemory},
		{Name: "warm-start", Ratio: float64(start) / float64(mostStart), Ours: fmt.Sprintf("ready with %d people in %s", smallPeople, short(start)), Limit: "1 s", Goal: "≤ 1", Met: start <= mostStart},
	}, nil
}

// serve runs an instance until it has answered, and tells how long it took to be ready and how much
// memory it holds at the end.
func (l *lab) serve(ctx context.Context, database string, ask func(base string) error) (ready time.Duration, used int64, err error) {
	addr, err := freeAddress()
	if err != nil {
		return 0, 0, err
	}
	cmd, err := l.Instance(ctx, "DATABASE_URL="+l.cluster.URL("wattle_app", database), "DATABASE_OWNER_URL="+l.cluster.URL("wattle_owner", database),
		"WATTLE_ADDR="+addr, "WATTLE_DATA="+filepath.Join(l.dir, "data"))
	if err != nil {
		return 0, 0, err
	}
	watch := clock.Stopwatch()
	if err := cmd.Start(); err != nil {
		return 0, 0, err
	}
	defer func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	}()
	base := "http://" + addr
	for !answers(base + "/readyz") {
		if watch() > time.Minute {
			return 0, 0, fmt.Errorf("the instance was not ready within a minute")
		}
		time.Sleep(2 * time.Millisecond)
	}
	ready = watch()
	if ask != nil {
		err = ask(base)
	}
	if err == nil {
		used, err = resident(cmd.Process.Pid)
	}
	return ready, used, err
}

func answers(url string) bool {
	r, err := http.Get(url)
	if err != nil {
		return false
	}
	r.Body.Close()
	return r.StatusCode == http.StatusOK
}

// searchAll looks at several hundred pages.
func searchAll(base string) error {
	for i := range 40 {
		for _, s := range shapes {
			if !s.typo && !answers(fmt.Sprintf("%s/therapists?%s&page=%d", base, s.query, i+1)) {
				return fmt.Errorf("no answer for %q", s.query)
			}
		}
	}
	return nil
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// resident is the memory that a process holds, in bytes.
func resident(pid int) (int64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if kb, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, err := strconv.ParseInt(strings.Fields(kb)[0], 10, 64)
			return n << 10, err
		}
	}
	return 0, fmt.Errorf("the kernel does not say how much memory process %d holds", pid)
}
