package booking

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/fault"
	"wattle/internal/pg"
)

// asking plans a hold without placing it.
func (h *house) asking(req HoldRequest) *asking {
	h.t.Helper()
	now := h.clock.Now()
	p, _, err := h.plannedWith(ctx, &req)
	h.must(err)
	d, err := h.draft(p, req, now)
	h.must(err)
	return &asking{ctx: ctx, by: accounts.Anonymous, d: &d, now: now, done: make(chan struct{})}
}

// practices makes n of them.
func (h *house) practices(n int) (ids []int64) {
	for range n {
		ids = append(ids, h.practice())
	}
	return ids
}

// begin opens a transaction that keeps its locks until the returned function ends it.
func (h *house) begin(query string, args ...any) (end func()) {
	h.t.Helper()
	ready, release, done := make(chan struct{}), make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		_ = pg.InTx(ctx, h.DB, func(tx *pg.Tx) error {
			_, err := tx.Exec(ctx, query, args...)
			if err != nil {
				h.t.Error(err)
			}
			close(ready)
			<-release
			return fmt.Errorf("given up")
		})
	}()
	<-ready
	return func() { close(release); <-done }
}

// atRest expects the gate to come to rest: whoever ran the last batch looks once more for others.
func (h *house) atRest() {
	h.t.Helper()
	for range 400 {
		h.gate.mu.Lock()
		running, waiting := h.gate.running, len(h.gate.waiting)
		h.gate.mu.Unlock()
		if running == 0 && waiting == 0 {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	h.t.Error("the gate does not come to rest")
}

func TestHoldsThatComeTogetherShareATransaction(t *testing.T) {
	h := newHouse(t)
	var batch []*asking
	for i, id := range h.practices(8) {
		req := h.ask(id, i, 2*time.Hour)
		if i%2 == 0 {
			req.IdempotencyKey = fmt.Sprint("key ", i)
		}
		batch = append(batch, h.asking(req))
	}
	h.placeBatch(batch)
	for i, a := range batch {
		if a.err != nil || a.got != placed {
			t.Errorf("%d: %v, %v", i, a.got, a.err)
		}
	}
	if n := h.count(`SELECT count(DISTINCT xid) FROM audit_entries WHERE action = 'booking.hold'`); n != 1 {
		t.Errorf("%d transactions", n)
	}
	for _, what := range []string{`audit_entries WHERE action = 'booking.hold'`, `outbox_tasks WHERE kind = 'booking.held'`, `bookings WHERE status = 'held'`} {
		if n := h.count(`SELECT count(*) FROM ` + what); n != 8 {
			t.Errorf("%d of %s", n, what)
		}
	}
}

// Whichever way a hold is placed, the same rows stand there afterwards.
func TestAHoldPlacedTogetherIsTheOnePlacedAlone(t *testing.T) {
	h := newHouse(t)
	ids := h.practices(2)
	h.exec(`UPDATE services SET buffer_before = 15`)
	req := h.ask(ids[0], 1, 2*time.Hour)
	req.IdempotencyKey, req.Phone, req.Name, req.Note = "k", "0412345678", `Sam "O'Brien\`+"\u00e9 {a,b} NULL", "{\"x\": \\\\ 1}\nNULL"
	a := h.asking(req)
	got, err := h.insertHold(ctx, accounts.Anonymous, a.d, a.now)
	if err != nil || got != placed {
		t.Fatal(got, err)
	}
	alone, err := h.Get(ctx, a.d.ID)
	h.must(err)
	rows := func() (list []string) {
		h.must(h.DB.Select(ctx, &list, `
			SELECT (to_jsonb(b) - 'note' - 'client_phone')::text FROM bookings b WHERE id = $1
			UNION SELECT (to_jsonb(e) - 'id' - 'xid')::text FROM audit_entries e WHERE subject = 'booking ' || $1
			UNION SELECT (to_jsonb(o) - 'id')::text FROM outbox_tasks o WHERE payload->>'ID' = $1 ORDER BY 1`, a.d.ID))
		return list
	}
	want := rows()
	h.exec(`DELETE FROM bookings`)
	h.exec(`DELETE FROM outbox_tasks WHERE kind = 'booking.held'`)

	again, other := h.asking(req), h.asking(h.ask(ids[1], 2, 3*time.Hour))
	again.d.ID = a.d.ID
	h.placeBatch([]*asking{other, again})
	if have := rows(); len(have) != 3 || !slices.Equal(have, want) {
		t.Errorf("together %q\nalone    %q", have, want)
	}
	together, err := h.Get(ctx, a.d.ID)
	h.must(err)
	if together != alone {
		t.Errorf("%+v\n%+v", together, alone)
	}
}

func TestEachOfABatchGetsItsOwnAnswer(t *testing.T) {
	h := newHouse(t)
	ids := h.practices(9)
	at := 2 * time.Hour
	h.hold(ids[1], 90, at+HoldFor) // overlaps, and still stands below
	h.clock.Advance(HoldFor)
	h.exec(`UPDATE bookings SET held_until = held_until + interval '1 hour'`)
	h.hold(ids[2], 91, at)
	h.exec(`UPDATE bookings SET held_until = $1 WHERE therapist_id = $2`, h.clock.Now(), ids[2])
	used := h.ask(ids[6], 92, 5*time.Hour)
	used.IdempotencyKey = "used"
	_, err := h.Hold(ctx, accounts.Anonymous, used)
	h.must(err)
	used.StartsAt = monday.Add(at)
	locked := h.ask(ids[7], 93, at)
	locked.IdempotencyKey = "locked"

	var batch []*asking
	for i, id := range ids {
		req := h.ask(id, i, at)
		switch i {
		case 6:
			req = used
		case 7:
			req = locked
		}
		batch = append(batch, h.asking(req))
	}
	h.exec(`UPDATE therapists SET listing = 'suspended' WHERE id = $1`, ids[3])
	h.exec(`UPDATE practices SET availability_version = availability_version + 1 WHERE therapist_id = $1`, ids[4])
	h.exec(`UPDATE practices SET daily_cap = 3 WHERE therapist_id = $1`, ids[5])
	end := h.begin(`SELECT pg_advisory_xact_lock($1)`, keyLock(batch[7].d.key))
	defer end()

	got, err := h.insertHolds(batch)
	h.must(err)
	want := []outcome{placed, taken, alone, alone, alone, alone, alone, alone, placed}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if n := h.count(`SELECT count(*) FROM bookings WHERE id = ANY($1)`, pg.Strings{batch[0].d.ID, batch[8].d.ID}); n != 2 {
		t.Errorf("%d placed", n)
	}
}

func TestWhatOneHoldWaitsForKeepsNobodyElse(t *testing.T) {
	for name, lock := range map[string]func(h *house, id int64) (end func()){
		"a practice that is being changed": func(h *house, id int64) func() {
			return h.begin(`SELECT FROM practices WHERE therapist_id = $1 FOR UPDATE`, id)
		},
		"a time that somebody is just taking": func(h *house, id int64) func() {
			h.hold(id, 90, 4*time.Hour)
			return h.begin(`UPDATE bookings SET busy = tstzrange($2, $3), during = tstzrange($2, $3) WHERE therapist_id = $1`,
				id, monday.Add(2*time.Hour), monday.Add(150*time.Minute))
		},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			var batch []*asking
			ids := h.practices(5)
			for i, id := range ids {
				batch = append(batch, h.asking(h.ask(id, i, 2*time.Hour)))
			}
			end := lock(h, ids[2])
			go h.placeBatch(batch)
			for i, a := range batch {
				if i == 2 {
					continue
				}
				<-a.done
				if a.err != nil || a.got != placed {
					t.Errorf("%d: %v, %v", i, a.got, a.err)
				}
			}
			select {
			case <-batch[2].done:
				t.Error("the one that has to wait did not")
			default:
			}
			end()
			<-batch[2].done
			if batch[2].err != nil || batch[2].got != placed {
				t.Errorf("afterwards: %v, %v", batch[2].got, batch[2].err)
			}
			h.sound()
		})
	}
}

func TestABatchTakesOneOfAPracticeAndOneOfAKey(t *testing.T) {
	var g gate
	g.running = 1
	add := func(practice int64, key string) {
		d := &draft{Booking: Booking{TherapistID: practice}}
		if key != "" {
			d.key = []byte(key)
		}
		g.waiting = append(g.waiting, &asking{d: d})
	}
	for i := range int64(70) {
		add(i%40, "")
	}
	add(50, "a")
	add(51, "a")
	add(52, "b")
	var sizes []int
	for batch := g.take(); batch != nil; batch = g.take() {
		seen := map[any]bool{}
		for _, a := range batch {
			if seen[a.d.TherapistID] || a.d.key != nil && seen[string(a.d.key)] {
				t.Errorf("twice in a batch: %d %q", a.d.TherapistID, a.d.key)
			}
			seen[a.d.TherapistID], seen[string(a.d.key)] = true, true
		}
		sizes = append(sizes, len(batch))
	}
	if !slices.Equal(sizes, []int{batchSize, batchSize, 8, 1}) {
		t.Errorf("%v", sizes)
	}
	if g.running != 0 {
		t.Errorf("%d still run", g.running)
	}
}

func TestACrowdAtManyPracticesSharesTransactions(t *testing.T) {
	h := newHouse(t)
	ids := h.practices(16)
	for i, id := range ids { // the plans are known from here on
		h.hold(id, i, 2*time.Hour)
	}
	crowd(16, func(i int) {
		for k := range 9 {
			h.hold(ids[i], 100+i, 3*time.Hour+time.Duration(k)*30*time.Minute)
		}
	})
	holds := h.count(`SELECT count(*) FROM audit_entries WHERE action = 'booking.hold'`)
	transactions := h.count(`SELECT count(DISTINCT xid) FROM audit_entries WHERE action = 'booking.hold'`)
	if holds != 160 || transactions > 120 {
		t.Errorf("%d holds in %d transactions", holds, transactions)
	}
	h.atRest()
	h.sound()
}

func TestTheCrowdIsToldWhatTheDatabaseDecided(t *testing.T) {
	span := func(practice int64, from, to int) *asking {
		d := &draft{Booking: Booking{TherapistID: practice, BusyFrom: monday.Add(minutes(from)), BusyTo: monday.Add(minutes(to))}}
		return &asking{d: d, done: make(chan struct{})}
	}
	for name, c := range map[string]struct {
		wants *asking
		told  bool
	}{
		"the same time":           {span(1, 60, 90), true},
		"part of it":              {span(1, 75, 105), true},
		"right after it":          {span(1, 90, 120), false},
		"right before it":         {span(1, 30, 60), false},
		"the same time elsewhere": {span(2, 60, 90), false},
	} {
		var g gate
		other := span(3, 60, 90)
		g.waiting = []*asking{c.wants, other}
		a := span(1, 60, 90)
		a.got = placed
		g.tell(a)
		select {
		case <-c.wants.done:
			if !c.told || c.wants.got != taken || len(g.waiting) != 1 {
				t.Errorf("%s: told %v, %d wait", name, c.wants.got, len(g.waiting))
			}
		default:
			if c.told || len(g.waiting) != 2 {
				t.Errorf("%s: not told", name)
			}
		}
		newer := span(1, 60, 90)
		newer.d.version = 2
		g.waiting = []*asking{newer}
		if g.tell(a); len(g.waiting) != 1 {
			t.Errorf("%s: whoever planned with other hours was told", name)
		}
	}
}

// What one of them could not have may be free a moment later, so nobody else is told of it.
func TestARefusalIsToldToNobodyElse(t *testing.T) {
	h := newHouse(t)
	id := h.practice()
	h.hold(id, 1, 2*time.Hour)
	a, w := h.asking(h.ask(id, 2, 2*time.Hour)), h.asking(h.ask(id, 3, 2*time.Hour))
	other := &Service{DB: h.DB, Clock: h.Clock, Box: h.Box, Log: h.Log} // whose gate nobody else uses
	other.gate.waiting = []*asking{w}
	other.placeBatch([]*asking{a})
	if a.got != taken || len(other.gate.waiting) != 1 {
		t.Errorf("%v, %d wait", a.got, len(other.gate.waiting))
	}
}

func TestWhoGivesUpAtTheGateHasAskedForNothing(t *testing.T) {
	h := newHouse(t)
	a := h.asking(h.ask(h.practice(), 1, 2*time.Hour))
	gone, cancel := context.WithCancel(ctx)
	a.ctx = gone
	h.gate.running = batches // others are being served
	left := make(chan error)
	go func() { _, err := h.place(a); left <- err }()
	for waiting := 0; waiting == 0; {
		h.gate.mu.Lock()
		waiting = len(h.gate.waiting)
		h.gate.mu.Unlock()
	}
	cancel()
	if err := <-left; !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	h.gate.running = 1
	if batch := h.gate.take(); batch != nil {
		t.Errorf("%d are served all the same", len(batch))
	}
	if n := h.count(`SELECT count(*) FROM bookings`); n != 0 {
		t.Errorf("%d bookings", n)
	}
}

func TestAPanicInABatchIsAnErrorForEachOfIt(t *testing.T) {
	h := newHouse(t)
	var batch []*asking
	for i, id := range h.practices(3) {
		batch = append(batch, h.asking(h.ask(id, i, 2*time.Hour)))
	}
	h.Service.Box = nil // sealing the notes panics
	h.placeBatch(batch)
	for _, a := range batch {
		<-a.done
		if a.err == nil || fault.Of(a.err) != fault.Internal {
			t.Errorf("%v", a.err)
		}
	}
}

func TestADeadDatabaseLeavesNobodyAtTheGate(t *testing.T) {
	h := newHouse(t)
	ids := h.practices(8)
	for i, id := range ids {
		h.hold(id, i, 2*time.Hour)
	}
	h.must(h.DB.Close())
	crowd(32, func(i int) {
		_, err := h.Hold(ctx, accounts.Anonymous, h.ask(ids[i%8], i, 3*time.Hour))
		if err == nil || fault.Of(err) == fault.Conflict {
			t.Errorf("%v", err)
		}
	})
	h.atRest()
}
