package outbox

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"
)

// heartbeat reports that this runner is alive, removes dead runners and releases their tasks.
func (r *Runner) heartbeat(ctx context.Context) error {
	if r.id != 0 {
		alive, err := beat(ctx, r.DB, r.id)
		if err != nil {
			return err
		}
		if !alive {
			r.id = 0 // removed as dead after a long pause: register again
		}
	}
	if r.id == 0 {
		host, _ := os.Hostname()
		id, err := register(ctx, r.DB, fmt.Sprintf("%s/%d", host, os.Getpid()), r.Clock.Now())
		if err != nil {
			return err
		}
		r.id = id
	}
	return r.removeDead(ctx)
}

// removeDead removes runners whose beat has not changed for deadAfter heartbeats. It counts its own
// heartbeats instead of comparing clocks, which may differ between machines.
func (r *Runner) removeDead(ctx context.Context) error {
	all, err := runners(ctx, r.DB)
	if err != nil {
		return err
	}
	seen, dead := map[int64]observation{}, []runnerBeat{}
	for _, b := range all {
		o := observation{beat: b.Beat}
		if old, ok := r.seen[b.ID]; ok && old.beat == b.Beat && b.ID != r.id {
			o.unchanged = old.unchanged + 1
		}
		if o.unchanged >= deadAfter {
			dead = append(dead, b)
		}
		seen[b.ID] = o
	}
	r.seen = seen
	if len(dead) > 0 {
		r.Log.Warn("outbox: removing dead runners", "count", len(dead))
		if err := remove(ctx, r.DB, dead); err != nil {
			return err
		}
	}
	return releaseOrphans(ctx, r.DB, r.id, r.runningIDs(), r.Clock.Now())
}

// runningIDs are the ids of the tasks that this runner is running.
func (r *Runner) runningIDs() []int64 {
	ids := []int64{}
	r.running.Range(func(k, _ any) bool {
		ids = append(ids, k.(int64))
		return true
	})
	return ids
}

// drain waits for running tasks, cancels those that take longer than drainFor, and deregisters.
func (r *Runner) drain(busy *sync.WaitGroup, cancel context.CancelFunc) {
	done := make(chan struct{})
	go func() { busy.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(drainFor):
		cancel()
		select {
		case <-done:
		case <-time.After(time.Second):
		}
	}
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Second)
	defer stop()
	if err := deregister(ctx, r.DB, r.id, r.Clock.Now()); err != nil {
		r.Log.Warn("outbox: deregistering failed", "error", err)
	}
}
