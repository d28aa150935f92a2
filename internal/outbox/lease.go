package outbox

import (
	"context"
	"fmt"
	"os"
	"sync"
	"time"
)

// live beats, looks at the others' beats, and takes back what the dead left.
func (r *Runner) live(ctx context.Context) error {
	if r.id != 0 {
		alive, err := beat(ctx, r.DB, r.id)
		if err != nil {
			return err
		}
		if !alive {
			r.id = 0 // thought dead, after a long stop: a new life under a new number
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
	return r.watch(ctx)
}

func (r *Runner) watch(ctx context.Context) error {
	all, err := pulses(ctx, r.DB)
	if err != nil {
		return err
	}
	next, dead := map[int64]look{}, []pulse{}
	for _, p := range all {
		l := look{beat: p.Beat}
		if old, ok := r.seen[p.ID]; ok && old.beat == p.Beat && p.ID != r.id {
			l.still = old.still + 1
		}
		if l.still >= deadAfter {
			dead = append(dead, p)
		}
		next[p.ID] = l
	}
	r.seen = next
	if len(dead) > 0 {
		r.Log.Warn("outbox: taking over from dead instances", "count", len(dead))
		if err := bury(ctx, r.DB, dead); err != nil {
			return err
		}
	}
	return orphans(ctx, r.DB, r.id, r.held(), r.Clock.Now())
}

// held are the ids of the tasks that run here.
func (r *Runner) held() []int64 {
	ids := []int64{}
	r.running.Range(func(k, _ any) bool {
		ids = append(ids, k.(int64))
		return true
	})
	return ids
}

// drain waits for running tasks, cancels what takes too long, and leaves.
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
	if err := leave(ctx, r.DB, r.id, r.Clock.Now()); err != nil {
		r.Log.Warn("outbox: leaving", "error", err)
	}
}
