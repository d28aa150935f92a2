package booking

import (
	"errors"
	"flag"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/booking/availability"
	"wattle/internal/booking/calendar"
	"wattle/internal/fault"
	"wattle/internal/pg"
	"wattle/internal/pg/pgtest"
)

var ops = flag.Int("booking.ops", 2000, "operations of the random race")

// crowd runs do n times at once and waits for all.
func crowd(n int, do func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	wg.Wait()
}

// holdAll sends the requests of n clients to eight instances at once. Every loser must get fault.Conflict.
func (h *house) holdAll(n int, ask func(i int) HoldRequest) (winners int) {
	h.t.Helper()
	var instances [8]*Service
	for i := range instances {
		instances[i] = &Service{DB: h.DB, Clock: h.Clock, Box: h.Box, Log: h.Log, Availability: h.Availability}
	}
	var won atomic.Int64
	crowd(n, func(i int) {
		_, err := instances[i%len(instances)].Hold(ctx, accounts.Anonymous, ask(i))
		switch {
		case err == nil:
			won.Add(1)
		case !errors.Is(err, fault.Conflict):
			h.t.Errorf("client %d: %v", i, err)
		}
	})
	return int(won.Load())
}

// deadlocks counts the deadlocks that Postgres broke in this database; its statistics lag by a second.
func (h *house) deadlocks() int {
	h.t.Helper()
	h.count(`SELECT 1 FROM pg_sleep(1.2)`)
	return h.count(`SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()`)
}

func (h *house) sound() {
	h.t.Helper()
	if n := h.overlaps(); n != 0 {
		h.t.Errorf("%d overlapping pairs", n)
	}
	if n := h.deadlocks(); n != 0 {
		h.t.Errorf("%d deadlocks", n)
	}
}

// lapsedRounds is how often the race with lapsed holds runs: the fault it watches for showed once in 225.
const lapsedRounds = 500

func everyFive(a *calendar.Availability) { a.StepMinutes = 5 }

func TestOfSixtyFourClientsOneGetsTheSlot(t *testing.T) {
	h := newHouse(t)
	id := h.practice()
	if n := h.holdAll(64, func(i int) HoldRequest { return h.ask(id, i, 2*time.Hour) }); n != 1 {
		t.Errorf("%d winners", n)
	}
	h.sound()
}

func TestTwentySlotsHaveTwentyWinners(t *testing.T) {
	h := newHouse(t)
	id := h.practice(func(a *calendar.Availability) { a.StepMinutes = 30 })
	h.exec(`UPDATE weekly_hours SET end_minute = 1440`)
	if n := h.holdAll(200, func(i int) HoldRequest { return h.ask(id, i, time.Hour+time.Duration(i%20)*30*time.Minute) }); n != 20 {
		t.Errorf("%d winners", n)
	}
	h.sound()
}

func TestOfFortyStartsThatAllOverlapOneWins(t *testing.T) {
	h := newHouse(t)
	id := h.practice(everyFive)
	h.exec(`UPDATE services SET minutes = 210`)
	if n := h.holdAll(200, func(i int) HoldRequest { return h.ask(id, i, time.Hour+time.Duration(i%40)*5*time.Minute) }); n != 1 {
		t.Errorf("%d winners", n)
	}
	h.sound()
}

func TestTwentyStaleHoldsFallToTwentyOfTwoHundredClients(t *testing.T) {
	h := newHouse(t)
	id := h.practice(everyFive)
	h.exec(`UPDATE services SET minutes = 10, buffer_after = 0`)
	for i := range 20 {
		h.hold(id, i, 2*time.Hour+time.Duration(i)*10*time.Minute)
	}
	h.clock.Advance(HoldFor)
	// Half of the clients start between two stale holds and meet both.
	won := h.holdAll(200, func(i int) HoldRequest { return h.ask(id, 100+i, 2*time.Hour+time.Duration(i%40)*5*time.Minute) })
	if won < 10 || won > 20 {
		t.Errorf("%d winners", won)
	}
	h.sound()
	h.exec(`DELETE FROM bookings`)
	for i := range 20 {
		h.hold(id, i, 2*time.Hour+time.Duration(i)*10*time.Minute)
	}
	h.clock.Advance(HoldFor)
	if won = h.holdAll(200, func(i int) HoldRequest { return h.ask(id, 100+i, 2*time.Hour+time.Duration(i%20)*10*time.Minute) }); won != 20 {
		t.Errorf("%d winners, want 20", won)
	}
	h.sound()
}

// dropConstraint leaves a bookings_no_overlap that no row falls under.
func (h *house) dropConstraint() {
	h.t.Helper()
	h.asOwner(
		`ALTER TABLE bookings DROP CONSTRAINT bookings_no_overlap`,
		`ALTER TABLE bookings ADD CONSTRAINT bookings_no_overlap EXCLUDE USING gist (therapist_id WITH =, busy WITH &&) WHERE (status = 'never')`,
	)
}

// dropLock puts a view over a function in the place of calendars: Postgres does not lock the rows of a
// function, so FOR UPDATE reads without waiting.
func (h *house) dropLock() {
	h.t.Helper()
	h.asOwner(
		`ALTER TABLE calendars RENAME TO real_calendars`,
		`CREATE FUNCTION unlocked_calendars() RETURNS SETOF real_calendars LANGUAGE sql STABLE AS 'SELECT * FROM real_calendars'`,
		`CREATE VIEW calendars AS SELECT * FROM unlocked_calendars()`,
		`GRANT SELECT, UPDATE ON calendars TO PUBLIC`,
	)
	lock := func(tx *pg.Tx) error { _, err := availability.LockCalendar(ctx, tx, 1); return err }
	h.must(pg.InTx(ctx, h.DB, func(tx *pg.Tx) error {
		h.must(lock(tx))
		return pg.InTx(ctx, h.DB, lock) // would time out
	}))
}

func (h *house) asOwner(statements ...string) {
	h.t.Helper()
	owner := pgtest.Owner(h.t, h.DB)
	for _, s := range statements {
		h.must(pg.Once(ctx, owner, func(c *pg.Conn) error { _, err := c.Exec(ctx, s); return err }))
	}
}

// overlapIn runs the race of 64 clients for one time, up to some rounds, and reports whether an overlap got
// through. Each hold first reads whether the time is free, so a control may take a few rounds to fail.
func (h *house) overlapIn(rounds int, id int64) bool {
	h.t.Helper()
	for round := range rounds {
		h.holdAll(64, func(i int) HoldRequest { return h.ask(id, 64*round+i, 2*time.Hour+time.Duration(round%6)*time.Hour) })
		if h.overlaps() > 0 {
			h.t.Logf("overlaps after %d rounds", round+1)
			return true
		}
		h.exec(`DELETE FROM bookings`)
	}
	return false
}

// The negative control: without the constraint the same race must fail, with the lock and without it, or
// the tests above prove nothing.
func TestWithoutTheConstraintOverlapsGetThrough(t *testing.T) {
	for _, locked := range []bool{true, false} {
		h := newHouse(t)
		id := h.practice(everyFive)
		h.dropConstraint()
		if !locked {
			h.dropLock()
		}
		if !h.overlapIn(50, id) {
			t.Errorf("no overlap without the constraint (lock: %v): the race tests are blind", locked)
		}
	}
}

// The constraint is the backstop: it holds when the lock fails.
func TestWithoutTheLockTheConstraintHolds(t *testing.T) {
	h := newHouse(t)
	id := h.practice(everyFive)
	h.dropLock()
	if h.overlapIn(10, id) {
		t.Error("an overlap got through")
	}
	h.sound()
}

func TestFiftyRequestsOfOneKeyAreOneBooking(t *testing.T) {
	h := newHouse(t)
	id := h.practice()
	var ids sync.Map
	req := h.ask(id, 1, 2*time.Hour)
	req.IdempotencyKey = "a key of the client's"
	crowd(50, func(int) {
		b, err := h.Hold(ctx, accounts.Anonymous, req)
		if err != nil {
			t.Errorf("%v", err)
		}
		ids.Store(b.ID, b)
	})
	n := 0
	ids.Range(func(any, any) bool { n++; return true })
	if stored := h.count(`SELECT count(*) FROM bookings`); n != 1 || stored != 1 {
		t.Errorf("%d answers, %d bookings", n, stored)
	}
	if mails := h.count(`SELECT count(*) FROM outbox_tasks WHERE kind = 'booking.held'`); mails != 1 {
		t.Errorf("%d mails", mails)
	}
	h.sound()
}

func TestADailyCapOfThreeLetsThreeThrough(t *testing.T) {
	h := newHouse(t)
	id := h.practice(func(a *calendar.Availability) { a.DailyCap, a.StepMinutes = 3, 5 })
	h.exec(`UPDATE services SET minutes = 10, buffer_after = 0`)
	if n := h.holdAll(40, func(i int) HoldRequest { return h.ask(id, i, time.Hour+time.Duration(i)*10*time.Minute) }); n != 3 {
		t.Errorf("%d winners", n)
	}
	h.clock.Advance(HoldFor)
	if n := h.holdAll(40, func(i int) HoldRequest { return h.ask(id, i, 2*time.Hour+time.Duration(i%30)*10*time.Minute) }); n != 3 {
		t.Errorf("%d winners after the holds went stale", n)
	}
	h.sound()
}

// Holds that ran out keep their places of the day until they are released. Three clients who take three
// free times at once must never be refused for them.
func TestLapsedHoldsUnderADailyCapRefuseNoOne(t *testing.T) {
	h := newHouse(t)
	id := h.practice(func(a *calendar.Availability) { a.DailyCap, a.StepMinutes = 3, 5 })
	h.exec(`UPDATE services SET minutes = 10, buffer_after = 0`)
	for round := range lapsedRounds {
		for i := range 3 {
			h.hold(id, 10*round+i, 2*time.Hour+time.Duration(i)*10*time.Minute)
		}
		h.exec(`UPDATE bookings SET held_until = $1`, h.clock.Now())
		n := h.holdAll(3, func(i int) HoldRequest { return h.ask(id, 10*round+5+i, 4*time.Hour+time.Duration(i)*10*time.Minute) })
		if n != 3 {
			t.Fatalf("round %d: %d of 3 were placed", round, n)
		}
		h.exec(`DELETE FROM bookings`)
	}
	h.sound()
}

func TestAClientConfirmsThreeFreeCallsAndOneAPractice(t *testing.T) {
	h := newHouse(t)
	var held []Booking
	for i := range 12 {
		held = append(held, h.hold(h.practice(), 1, 2*time.Hour+time.Duration(i)*30*time.Minute))
	}
	if n := h.confirmAll(held); n != 3 {
		t.Errorf("%d of 12 confirmed, want three", n)
	}
	one := h.practice()
	held = nil
	for i := range 8 {
		held = append(held, h.hold(one, 2, time.Duration(2+i)*30*time.Minute))
	}
	if n := h.confirmAll(held); n != 1 {
		t.Errorf("%d confirmed with one practice", n)
	}
	held = nil
	for range 6 {
		held = append(held, h.hold(h.practice(), 3, 5*time.Hour))
	}
	if n := h.confirmAll(held); n != 1 {
		t.Errorf("%d confirmed at one time", n)
	}
	h.sound()
}

func (h *house) confirmAll(held []Booking) int {
	var won atomic.Int64
	crowd(len(held), func(i int) {
		_, err := h.Confirm(ctx, accounts.Client, held[i].ID, h.Code(held[i].ID))
		switch {
		case err == nil:
			won.Add(1)
		case !errors.Is(err, fault.Conflict):
			h.t.Errorf("%v", err)
		}
	})
	return int(won.Load())
}

// Thirty-two people hold, confirm, cancel and move at random in five calendars with services of
// mixed lengths and buffers, while the clock moves on and schedules run.
func TestRandomOperationsNeverOverlap(t *testing.T) {
	h := newHouse(t)
	h.Service.Log = nil
	var ids []int64
	for i := range 5 {
		id := h.practice(everyFive)
		h.exec(`UPDATE services SET minutes = $2, buffer_before = $3, buffer_after = $4 WHERE therapist_id = $1`, id, 10+5*i, 5*(i%3), 5*(i%2))
		h.service(id, "long-call", "consultation", 45+10*i, 15, 5*i, "video")
		ids = append(ids, id)
	}
	var left atomic.Int64
	left.Store(int64(*ops))
	var done [5]atomic.Int64
	crowd(32, func(i int) {
		r := rand.New(rand.NewPCG(uint64(i), 42))
		var mine []Booking
		for left.Add(-1) >= 0 {
			verb, err := h.anything(r, ids, &mine)
			switch fault.Of(err) {
			case fault.Internal, fault.Unavailable:
				if err != nil {
					t.Errorf("verb %d: %v", verb, err)
				}
			}
			if err == nil {
				done[verb].Add(1)
			}
		}
	})
	t.Logf("%d operations: %d holds, %d confirmed, %d cancelled, %d moved, %d sweeps", *ops, done[0].Load(), done[1].Load(), done[2].Load(), done[3].Load(), done[4].Load())
	if done[0].Load() == 0 || done[1].Load() == 0 || done[2].Load() == 0 || done[3].Load() == 0 {
		t.Error("some verb never succeeded")
	}
	h.sound()
}

// anything runs one random verb.
func (h *house) anything(r *rand.Rand, ids []int64, mine *[]Booking) (verb int, err error) {
	at := time.Hour + time.Duration(r.IntN(600))*5*time.Minute
	if verb = []int{0, 0, 0, 1, 1, 2, 3, 3, 4}[r.IntN(9)]; len(*mine) == 0 && verb < 4 {
		verb = 0
	}
	var b *Booking
	if len(*mine) > 0 {
		b = &(*mine)[r.IntN(len(*mine))]
	}
	switch verb {
	case 0:
		req := h.ask(ids[r.IntN(len(ids))], r.IntN(1<<30), at)
		req.Service = []string{"", "long-call"}[r.IntN(2)]
		got, err := h.Hold(ctx, accounts.Anonymous, req)
		if err == nil {
			*mine = append(*mine, got)
		}
		return verb, err
	case 1:
		_, err = h.Confirm(ctx, accounts.Client, b.ID, h.Code(b.ID))
	case 2:
		_, err = h.Cancel(ctx, accounts.Client, b.ID, "")
	case 3:
		_, err = h.Reschedule(ctx, accounts.Client, b.ID, monday.Add(at), 0)
	case 4:
		h.clock.Advance(time.Duration(r.IntN(20)) * time.Second)
		err = h.ExpireHolds(ctx)
	}
	return verb, err
}
