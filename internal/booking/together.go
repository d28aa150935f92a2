package booking

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"time"

	"wattle/internal/accounts"
)

// Holds that are asked for at the same time are placed together: the transaction, its planning and
// its flush are paid once for all of them. A hold that comes alone waits for nobody.
const (
	batches   = 2  // at a time; more would only make each smaller
	batchSize = 32 // holds in one transaction
)

// batchLimit ends a batch whose database stopped answering; its holds are then unknown.
const batchLimit = 5 * time.Second

// asking is a hold on its way to the database.
type asking struct {
	ctx  context.Context
	by   accounts.Actor
	d    *draft
	now  time.Time
	got  outcome
	err  error
	done chan struct{}
}

// gate gathers holds while others are being placed.
type gate struct {
	mu      sync.Mutex
	waiting []*asking
	running int
}

// place puts a hold through the gate and waits for its outcome.
func (s *Service) place(a *asking) (outcome, error) {
	if err := a.ctx.Err(); err != nil {
		return taken, err
	}
	a.done = make(chan struct{})
	g := &s.gate
	g.mu.Lock()
	g.waiting = append(g.waiting, a)
	first := g.running < batches
	if first {
		g.running++
	}
	g.mu.Unlock()
	if first {
		s.drainGate(a)
	}
	select {
	case <-a.done:
	case <-a.ctx.Done():
		if g.leave(a) {
			return taken, a.ctx.Err()
		}
		<-a.done // it is on its way: only the database knows what becomes of it
	}
	return a.got, a.err
}

// leave takes a hold back that nobody has begun to place; false when it is too late for that.
func (g *gate) leave(a *asking) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	i := slices.Index(g.waiting, a)
	if i < 0 {
		return false
	}
	g.waiting = slices.Delete(g.waiting, i, i+1)
	return true
}

// drainGate places batches until nobody waits. Once the hold that began it has its outcome, another
// goroutine goes on, so that nobody serves strangers for long.
func (s *Service) drainGate(own *asking) {
	for {
		s.gate.gather()
		batch := s.gate.take()
		if batch == nil {
			return
		}
		s.placeBatch(batch)
		if own == nil {
			continue
		}
		select {
		case <-own.done:
			go s.drainGate(nil)
			return
		default:
		}
	}
}

// gather lets those come who are about to: a batch's callers have their answers and ask again.
func (g *gate) gather() {
	for n := -1; ; {
		g.mu.Lock()
		now := len(g.waiting)
		g.mu.Unlock()
		if now == n || now >= batchSize {
			return
		}
		n = now
		runtime.Gosched()
	}
}

// take is the next batch, first come first served, at most one hold of a practice; nil ends the
// run of whoever asks.
func (g *gate) take() []*asking {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) == 0 {
		g.running--
		return nil
	}
	batch := make([]*asking, 0, min(len(g.waiting), batchSize))
	rest := g.waiting[:0]
	for _, a := range g.waiting {
		if len(batch) < batchSize && !together(batch, a) {
			batch = append(batch, a)
		} else {
			rest = append(rest, a)
		}
	}
	clear(g.waiting[len(rest):])
	g.waiting = rest
	return batch
}

// together says whether a may not be in the batch: another of its practice or key is.
func together(batch []*asking, a *asking) bool {
	for _, b := range batch {
		if b.d.TherapistID == a.d.TherapistID || a.d.key != nil && string(b.d.key) == string(a.d.key) {
			return true
		}
	}
	return false
}

// placeBatch answers every hold of a batch. Those that need more than an insert go on alone, outside
// the gate, where they may wait without keeping anybody.
func (s *Service) placeBatch(batch []*asking) {
	answers, err := s.insertHolds(batch)
	for i, a := range batch {
		if err == nil && answers[i] == alone {
			go s.placeAlone(a)
			continue
		}
		if a.err = err; err == nil {
			if a.got = answers[i]; a.got == placed {
				s.gate.tell(a)
			}
		}
		close(a.done)
	}
}

// placeAlone answers a hold by itself. A panic is its error, as insertHolds makes it one.
func (s *Service) placeAlone(a *asking) {
	defer close(a.done)
	defer func() {
		if v := recover(); v != nil {
			a.err = fmt.Errorf("booking: placing a hold panicked: %v", v)
		}
	}()
	if a.got, a.err = s.insertHold(a.ctx, a.by, a.d, a.now); a.err == nil && a.got == placed {
		s.gate.tell(a)
	}
}

// tell answers those still waiting who want what a has just been given: they are too late. Of a crowd
// at one time few reach the database. What a could not have says nothing to them: it may have become
// free since the database looked, by a cancellation or because a hold ran out.
func (g *gate) tell(a *asking) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = slices.DeleteFunc(g.waiting, func(w *asking) bool {
		if w.d.TherapistID != a.d.TherapistID || w.d.version != a.d.version || !w.overlaps(a) {
			return false
		}
		w.got = taken
		close(w.done)
		return true
	})
}

func (a *asking) overlaps(b *asking) bool {
	return a.d.BusyFrom.Before(b.d.BusyTo) && b.d.BusyFrom.Before(a.d.BusyTo)
}
