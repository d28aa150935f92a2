package booking

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"wattle/internal/clock"
	"wattle/tools/rig"
)

const (
	streamWorkers = 8
	takeover      = 30 * time.Second
	// handover is the longest until a mail goes out whose sender was killed while handing it over:
	// the delivery's lease (20 s), then the next try.
	handover = 40 * time.Second
)

// stream is a stream of bookings over every instance that answers.
type stream struct {
	*rig.Trial
	h       *rig.Deployment
	c       *rig.Caller
	mails   *rig.Sink
	offices []rig.Practice
	done    rig.Tally

	mu        sync.Mutex
	flows     uint64
	placed    []string // ids of bookings that were answered with 201
	confirmed []string // and of those that were answered as confirmed
}

// kills kills three processes in the middle of a stream of bookings: the one that runs the database,
// one that does not, and the one that took the database over.
func (s *stream) kills(a, b *rig.Instance) {
	s.kill("A, which runs the database", a, b)
	a = s.h.Start("A2")
	s.kill("A again, which does not", a, b)
	a = s.h.Start("A3")
	s.kill("B, which took the database over", b, a)
	s.judge()
}

// kill kills the victim in the middle of the stream and watches the other instance take over.
func (s *stream) kill(what string, victim, other *rig.Instance) {
	flowing := clock.Stopwatch()
	var wg sync.WaitGroup
	for i := range streamWorkers {
		wg.Go(func() { s.flow(i, flowing, victim, other) })
	}
	s.Pause(2 * time.Second)
	took := clock.Stopwatch()
	victim.Kill()
	wg.Wait()
	other.Ready()
	at := rig.Now().Add(-took())
	inHand := s.h.Count(`SELECT count(*) FROM deliveries WHERE state = 'sending' AND claimed_at < $1`,
		rig.Now().Add(-time.Second))
	limit := takeover
	if inHand > 0 {
		limit = handover
	}
	s.Wait(limit, func() bool {
		return s.none(`SELECT count(*) FROM outbox_tasks WHERE state = 'running' AND created_at < $1`, at)
	})
	orphans := took()
	s.Wait(limit, func() bool {
		return s.none(`SELECT
			(SELECT count(*) FROM outbox_tasks WHERE state = 'running' OR state = 'waiting' AND (due_at <= $1 OR attempt > 0))
			+ (SELECT count(*) FROM deliveries WHERE state <> 'sent')`, rig.Now())
	})
	all := took()
	s.Say("kill -9 of %s: the other has its tasks after %.1f s; all done after %.1f s (%d mails were being handed over)",
		what, orphans.Seconds(), all.Seconds(), inHand)
	s.Want(orphans <= takeover, "the takeover took %.1f s", orphans.Seconds())
	s.Want(all <= limit, "tasks were done only after %.1f s", all.Seconds())
}

// none reports whether a query counts 0. An error counts as not yet: the database may be starting.
func (s *stream) none(query string, at time.Time) bool {
	left := -1
	return s.h.Owner.Get(s.Ctx, &left, query, at) == nil && left == 0
}

// flow books for six seconds; every third booking is confirmed with the code of its mail.
func (s *stream) flow(worker int, flowing func() time.Duration, at ...*rig.Instance) {
	s.mu.Lock()
	s.flows++
	stream, r := s.flows, s.Random(1000+s.flows)
	s.mu.Unlock()
	note := func(verb string, a rig.Answer) {
		s.done.Add(fmt.Sprintf("%s %d", verb, a.Status)) // 0 is unanswered
		if a.Status >= 500 && a.Status != http.StatusServiceUnavailable {
			s.Miss("%s answered %s", verb, a)
		}
	}
	for n := 0; flowing() < 6*time.Second && s.Ctx.Err() == nil; n++ {
		i := at[(worker+n)%len(at)]
		if !i.Alive() {
			continue
		}
		a, h := s.c.Book(i, s.offices[r.IntN(len(s.offices))].Call(r, fmt.Sprintf("stream-%d-%d@example.org", stream, n)))
		note("book", a)
		if a.Err != nil || a.Status != http.StatusCreated {
			continue
		}
		s.add(&s.placed, h.ID)
		if n%3 != 0 {
			continue
		}
		code := s.mails.Codes.Wait(s.Trial, h.ID, 3*time.Second)
		if code == "" || !i.Alive() {
			continue
		}
		a = s.c.Change(i, h, "confirm", map[string]any{"code": code})
		note("confirm", a)
		if a.Err == nil && a.Status == http.StatusOK {
			s.add(&s.confirmed, h.ID)
		}
	}
}

func (s *stream) add(list *[]string, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	*list = append(*list, id)
}

// judge compares the database and the mails with what the stream was answered.
func (s *stream) judge() {
	rows := rig.List[struct {
		ID        string `db:"id"`
		Confirmed int    `db:"confirmed"`
	}](s.h, `SELECT id, (confirmed_at IS NOT NULL)::int AS confirmed FROM bookings WHERE client_email LIKE 'stream-%'`)
	type kind struct{ booking, kind string }
	mails, seen, repeats := map[kind]int{}, map[rig.Letter]bool{}, 0
	for _, l := range s.mails.All() {
		if seen[l] {
			repeats++
			continue
		}
		seen[l] = true
		mails[kind{l.Booking, l.Kind}]++
	}
	stored := map[string]int{}
	for _, r := range rows {
		stored[r.ID] = r.Confirmed
		wanted := map[string]int{"Your Wattle": 1, "Your appointment": r.Confirmed, "New appointment": r.Confirmed}
		for name, want := range wanted {
			got := mails[kind{r.ID, name}]
			s.Want(got == want, "booking %s: %d different mails of kind %q instead of %d", r.ID, got, name, want)
		}
	}
	for _, id := range s.placed {
		_, found := stored[id]
		s.Want(found, "booking %s was answered with 201 and is lost", id)
	}
	for _, id := range s.confirmed {
		s.Want(stored[id] == 1, "booking %s was answered as confirmed and is not", id)
	}
	s.Say("%s; stored %d, confirmed %d", &s.done, len(rows), len(s.confirmed))
	s.Say("mails: one for each booking, kind and recipient; repeated under one Message-ID: %d", repeats)
	// Each of the three killed processes had four workers, each with at most one mail in hand.
	s.Want(repeats <= 12, "%d mails were repeated", repeats)
	s.Want(len(s.placed) > 100 && len(s.confirmed) > 20, "too few bookings to prove anything: %d placed, %d confirmed",
		len(s.placed), len(s.confirmed))
	parked := s.h.Count(`SELECT count(*) FROM outbox_tasks WHERE state = 'parked'`)
	s.Want(parked == 0, "%d tasks failed for good", parked)
}
