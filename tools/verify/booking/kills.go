package booking

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"wattle/internal/clock"
	"wattle/tools/verify/rig"
)

const (
	streamWorkers = 8
	takeover      = 30 * time.Second
	// handover is the longest until a mail whose sender was killed in the middle of handing it over
	// goes out: after the delivery's lease (20 s) comes the next try.
	handover = 40 * time.Second
)

// kills kills three processes in the middle of a stream of bookings: the one that runs the
// database, one that does not, and the one that took the database over. It answers an instance that
// is left alive.
func kills(ctx context.Context, t *rig.Trial, h *rig.Deployment, c *rig.Caller, mails *rig.Sink, offices []rig.Practice, a, b *rig.Instance) (*rig.Instance, error) {
	s := &stream{Trial: t, c: c, mails: mails, offices: offices, watch: clock.Stopwatch()}
	for round, what := range []string{"A, which runs the database", "A again, which does not", "B, which took the database over"} {
		victim, other := a, b
		if round == 2 {
			victim, other = b, a
		}
		if err := s.kill(ctx, h, what, victim, other); err != nil {
			return nil, err
		}
		fresh, err := h.Start(ctx, fmt.Sprintf("%s%d", victim.Name[:1], round+2))
		if err != nil {
			return nil, err
		}
		if round < 2 {
			a = fresh
		}
	}
	return a, s.judge(ctx, h)
}

// stream is bookings made without end over whichever instance answers.
type stream struct {
	*rig.Trial
	c       *rig.Caller
	mails   *rig.Sink
	offices []rig.Practice
	done    rig.Tally

	mu     sync.Mutex
	placed []rig.Held
	proven []string // ids whose confirmation was answered
	repeat int

	watch   func() time.Duration
	lastBad atomic.Int64 // by watch, when a request went unserved for the last time
}

// kill lets the stream flow, kills the victim in it, and watches the other carry on.
func (s *stream) kill(ctx context.Context, h *rig.Deployment, what string, victim, other *rig.Instance) error {
	flowing, stop := context.WithTimeout(ctx, 6*time.Second)
	defer stop()
	var wg sync.WaitGroup
	for i := range streamWorkers {
		wg.Go(func() { s.flow(flowing, i, victim, other) })
	}
	if err := rig.Pause(ctx, 2*time.Second); err != nil {
		return err
	}
	took, at := clock.Stopwatch(), s.watch()
	victim.Kill()
	wg.Wait()
	if err := other.Ready(ctx); err != nil {
		return err
	}
	inHand, err := h.Count(ctx, `SELECT count(*) FROM deliveries WHERE state = 'sending' AND claimed_at < $1`, clock.System{}.Now().Add(-time.Second))
	if err != nil {
		return err
	}
	limit := takeover
	if inHand > 0 {
		limit = handover
	}
	orphans, all, err := s.recovered(ctx, h, took, limit)
	if err != nil {
		return err
	}
	s.Say("kill -9 of %s: the other serves all again after %.1f s, has its tasks after %.1f s; all done after %.1f s (%d mails were being handed over)",
		what, max(0, time.Duration(s.lastBad.Load())-at).Seconds(), orphans.Seconds(), all.Seconds(), inHand)
	s.Want(orphans <= takeover, "taking over took %.1f s", orphans.Seconds())
	s.Want(all <= limit, "tasks were done only after %.1f s", all.Seconds())
	return nil
}

// recovered waits until no task runs under a dead name, and until none is left.
func (s *stream) recovered(ctx context.Context, h *rig.Deployment, took func() time.Duration, limit time.Duration) (orphans, all time.Duration, err error) {
	for took() < limit+10*time.Second {
		var left struct {
			Orphans int `db:"orphans"`
			Undone  int `db:"undone"`
		}
		now := clock.System{}.Now()
		err := h.Owner.Get(ctx, &left, `SELECT
			(SELECT count(*) FROM outbox_tasks WHERE state = 'running' AND created_at < $1) AS orphans,
			(SELECT count(*) FROM outbox_tasks WHERE state = 'running' OR state = 'waiting' AND (due_at <= $2 OR attempt > 0))
			+ (SELECT count(*) FROM deliveries WHERE state <> 'sent') AS undone`, now.Add(-took()), now)
		if ctx.Err() != nil {
			return 0, 0, ctx.Err()
		}
		if err == nil && orphans == 0 && left.Orphans == 0 {
			orphans = took()
		}
		if err == nil && left.Undone == 0 {
			return orphans, took(), nil
		}
		if err := rig.Pause(ctx, 50*time.Millisecond); err != nil {
			return 0, 0, err
		}
	}
	return rig.OrLate(orphans), time.Hour, nil
}

// flow books until ctx ends; every third booking is confirmed with the code of its mail.
func (s *stream) flow(ctx context.Context, worker int, at ...*rig.Instance) {
	s.mu.Lock()
	s.repeat++
	c := &StormClient{StormRun: &StormRun{Trial: s.Trial, C: s.c, offices: s.offices}, R: s.Random(uint64(1000 + s.repeat))}
	s.mu.Unlock()
	for n := 0; ctx.Err() == nil; n++ {
		i := at[(worker+n)%len(at)]
		if !i.Alive() {
			continue
		}
		o := &s.offices[c.R.IntN(len(s.offices))]
		r := rig.Want(o.Slug, rig.Slot{Starts: c.start(o), Modes: []string{"video"}}, fmt.Sprintf("stream-%d-%d-%d@example.org", s.repeat, worker, n))
		// Not under ctx: a request that was begun is awaited.
		a, h := s.c.Book(context.WithoutCancel(ctx), i.Base, r)
		s.note("book", a)
		if a.Err != nil || a.Status != http.StatusCreated {
			continue
		}
		s.add(&s.placed, h)
		if n%3 == 0 {
			s.confirm(ctx, i, h)
		}
	}
}

func (s *stream) add(list *[]rig.Held, h rig.Held) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*list = append(*list, h)
}

func (s *stream) note(verb string, a rig.Answer) {
	if a.Err != nil || a.Status >= 500 {
		s.lastBad.Store(int64(s.watch()))
	}
	if a.Err != nil {
		s.done.Add(verb + " unanswered")
		return
	}
	s.done.Add(fmt.Sprintf("%s %d", verb, a.Status))
	if a.Status >= 500 && a.Status != http.StatusServiceUnavailable {
		s.Miss("%s answered %s", verb, a)
	}
}

func (s *stream) confirm(ctx context.Context, at *rig.Instance, h rig.Held) {
	code := s.mails.Codes.Wait(ctx, h.ID, 3*time.Second)
	if code == "" || !at.Alive() {
		return
	}
	a := s.c.Change(context.WithoutCancel(ctx), at.Base, h, "confirm", map[string]string{"code": code})
	s.note("confirm", a)
	if a.Err == nil && a.Status == http.StatusOK {
		s.mu.Lock()
		s.proven = append(s.proven, h.ID)
		s.mu.Unlock()
	}
}

// judge holds the database and the mails against what the stream was answered.
func (s *stream) judge(ctx context.Context, h *rig.Deployment) error {
	var rows []struct {
		ID        string `db:"id"`
		Confirmed bool   `db:"confirmed"`
	}
	err := h.Owner.Select(ctx, &rows, `SELECT id, confirmed_at IS NOT NULL AS confirmed FROM bookings WHERE client_email LIKE 'stream-%'`)
	if err != nil {
		return err
	}
	stored := map[string]bool{}
	for _, r := range rows {
		stored[r.ID] = r.Confirmed
	}
	for _, p := range s.placed {
		_, found := stored[p.ID]
		s.Want(found, "booking %s was answered with 201 and is lost", p.ID)
	}
	for _, id := range s.proven {
		s.Want(stored[id], "booking %s was answered as confirmed and is not", id)
	}
	seen, repeats := countLetters(s.mails.All())
	for _, r := range rows {
		s.once(seen, r.ID, "code", 1)
		n := 0
		if r.Confirmed {
			n = 1
		}
		s.once(seen, r.ID, "confirmed", n)
		s.once(seen, r.ID, "new", n)
	}
	s.Say("%s; stored %d, confirmed %d", &s.done, len(rows), len(s.proven))
	s.Say("mails: each exactly once by booking, kind and recipient; repeated under the same Message-ID, since the sender died before noting it: %d", repeats)
	// Each of the three killed processes had four workers, each with at most one mail in hand.
	s.Want(repeats <= 12, "%d mails were repeated", repeats)
	s.Want(len(s.placed) > 100 && len(s.proven) > 20, "the stream was too thin to show anything: %d placed, %d confirmed", len(s.placed), len(s.proven))
	parked, err := h.Count(ctx, `SELECT count(*) FROM outbox_tasks WHERE state = 'parked'`)
	s.Want(parked == 0, "%d tasks failed for good", parked)
	return err
}

type letterKey struct{ booking, kind string }

// countLetters counts different mails (by recipient and Message-ID) of each booking and kind, and
// how often one was handed over again.
func countLetters(all []rig.Letter) (seen map[letterKey]int, repeats int) {
	seen = map[letterKey]int{}
	once := map[rig.Letter]bool{}
	for _, l := range all {
		if once[l] {
			repeats++
			continue
		}
		once[l] = true
		seen[letterKey{l.Booking, l.Kind}]++
	}
	return seen, repeats
}

func (s *stream) once(seen map[letterKey]int, id, kind string, want int) {
	got := seen[letterKey{id, kind}]
	s.Want(got == want, "booking %s: %d different mails of kind %s instead of %d", id, got, kind, want)
}
