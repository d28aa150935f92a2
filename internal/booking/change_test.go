package booking

import (
	"errors"
	"testing"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/booking/availability"
	"wattle/internal/booking/calendar"
	"wattle/internal/fault"
)

func TestFiveWrongCodesEndTheCodeButNotTheLink(t *testing.T) {
	h := newHouse(t)
	b := h.hold(h.practice(), 1, 2*time.Hour)
	for range CodeTries {
		_, err := h.Confirm(ctx, accounts.Client, b.ID, "no code")
		wantKind(t, err, fault.Invalid, "code")
	}
	_, err := h.Confirm(ctx, accounts.Client, b.ID, h.Code(b.ID))
	if e := wantKind(t, err, fault.TooMany, ""); e.RetryAfter != HoldFor {
		t.Errorf("retry after %v", e.RetryAfter)
	}
	_, err = h.ConfirmByLink(ctx, b.ID, h.ManageToken(b.ID))
	wantKind(t, err, fault.NotFound, "")
	b, err = h.ConfirmByLink(ctx, b.ID, h.LinkToken(b.ID))
	h.must(err)
	if b.Status != Confirmed {
		t.Errorf("%+v", b)
	}
}

func TestALapsedHoldIsNotConfirmedBeforeTheSweep(t *testing.T) {
	h := newHouse(t)
	id := h.practice()
	b := h.hold(id, 1, 2*time.Hour)
	h.clock.Advance(HoldFor)
	_, err := h.Confirm(ctx, accounts.Client, b.ID, h.Code(b.ID))
	wantKind(t, err, fault.Conflict, "")
	_, err = h.Cancel(ctx, accounts.Client, b.ID, "")
	wantKind(t, err, fault.Conflict, "")
	if b, _ = h.Get(ctx, b.ID); b.Status != Held || b.PublicAt(h.clock.Now()) != "expired" {
		t.Errorf("%+v", b)
	}
	h.must(h.ExpireHolds(ctx))
	if b, _ = h.Get(ctx, b.ID); b.Status != Released || b.Version != 2 {
		t.Errorf("%+v", b)
	}
	_, err = h.Confirm(ctx, accounts.Client, b.ID, h.Code(b.ID))
	wantKind(t, err, fault.Conflict, "")
}

func TestASuspendedPracticeConfirmsNothing(t *testing.T) {
	h := newHouse(t)
	b := h.hold(h.practice(), 1, 2*time.Hour)
	h.exec(`UPDATE therapists SET listing = 'suspended'`)
	_, err := h.Confirm(ctx, accounts.Client, b.ID, h.Code(b.ID))
	if e := wantKind(t, err, fault.Conflict, ""); e.Message != sayAway {
		t.Error(e.Message)
	}
}

func TestEachLimitHasItsOwnSentence(t *testing.T) {
	h := newHouse(t)
	ids := []int64{h.practice(), h.practice(), h.practice(), h.practice()}
	refuse := func(therapist int64, at time.Duration, sentence string) {
		t.Helper()
		b := h.hold(therapist, 1, at)
		_, err := h.Confirm(ctx, accounts.Client, b.ID, h.Code(b.ID))
		if e := wantKind(t, err, fault.Conflict, ""); e.Message != sentence {
			t.Errorf("%q, want %q", e.Message, sentence)
		}
		_, err = h.Cancel(ctx, accounts.Client, b.ID, "")
		h.must(err)
	}
	first := h.book(ids[0], 1, 2*time.Hour)
	refuse(ids[0], 4*time.Hour, sayOnePair)
	refuse(ids[1], 2*time.Hour, sayClash)
	h.book(ids[1], 1, 3*time.Hour)
	h.book(ids[2], 1, 4*time.Hour)
	refuse(ids[3], 5*time.Hour, sayThree)
	h.clock.Set(first.Ends)
	h.must(h.Complete(ctx))
	if b, _ := h.Get(ctx, first.ID); b.Status != Completed {
		t.Errorf("%+v", b)
	}
	h.book(ids[3], 1, 5*time.Hour)
}

func TestCancelling(t *testing.T) {
	h := newHouse(t)
	id := h.practice()
	held := h.hold(id, 1, 2*time.Hour)
	held, err := h.Cancel(ctx, accounts.Client, held.ID, "")
	h.must(err)
	if held.Status != Released {
		t.Errorf("%+v", held)
	}
	b := h.book(id, 1, 2*time.Hour)
	one, err := h.Cancel(ctx, accounts.Therapist(id), b.ID, "")
	h.must(err)
	two, err := h.Cancel(ctx, accounts.Therapist(id), b.ID, "")
	h.must(err)
	if one.Version != 3 || two.Version != 3 || two.CancelledBy() != "therapist" {
		t.Errorf("a repeat was not quiet: %+v", two)
	}
	_, err = h.Cancel(ctx, accounts.Client, b.ID, "")
	wantKind(t, err, fault.Conflict, "")
	if n := h.count(`SELECT count(*) FROM outbox_tasks WHERE kind = 'booking.cancelled'`); n != 1 {
		t.Errorf("%d mails", n)
	}
	b = h.book(id, 1, 2*time.Hour)
	p, err := h.Cancellation(ctx, b.ID)
	h.must(err)
	if !p.MayCancel || p.Policy != "standard" || p.FeeNow != 0 || len(p.Steps) != 1 {
		t.Errorf("%+v", p)
	}
	h.clock.Set(b.Starts)
	_, err = h.Cancel(ctx, accounts.Client, b.ID, "")
	wantKind(t, err, fault.Conflict, "")
	if p, _ = h.Cancellation(ctx, b.ID); p.MayCancel {
		t.Errorf("%+v", p)
	}
	_, err = h.Cancel(ctx, accounts.Client, "nothing", "")
	wantKind(t, err, fault.NotFound, "")
}

func TestReschedulingKeepsTheRow(t *testing.T) {
	h := newHouse(t)
	id := h.practice()
	b := h.book(id, 1, 2*time.Hour)
	moved, err := h.Reschedule(ctx, accounts.Client, b.ID, monday.Add(135*time.Minute), b.Version)
	h.must(err) // overlaps its own old time
	if moved.Status != Confirmed || moved.Version != 3 || moved.Sequence != 1 || moved.Minutes() != 20 {
		t.Errorf("%+v", moved)
	}
	stored, _ := h.Get(ctx, b.ID)
	if stored != moved {
		t.Errorf("stored\n%+v, answered\n%+v", stored, moved)
	}
	if n := h.count(`SELECT count(*) FROM bookings WHERE wall_start = '2026-11-02 11:15' AND practice_day = '2026-11-02'`); n != 1 {
		t.Error("the promise by the wall clock did not move")
	}
	_, err = h.Reschedule(ctx, accounts.Client, b.ID, monday.Add(4*time.Hour), b.Version)
	wantKind(t, err, fault.Conflict, "")
	h.book(id, 2, 4*time.Hour)
	_, err = h.Reschedule(ctx, accounts.Client, b.ID, monday.Add(4*time.Hour+15*time.Minute), 0)
	if e := wantKind(t, err, fault.Conflict, ""); e.Message != sayTaken || len(e.Data.(availability.Alternatives)) != 3 {
		t.Errorf("%+v", e)
	}
	_, err = h.Reschedule(ctx, accounts.Client, b.ID, monday.Add(11*time.Hour), 0)
	if e := wantKind(t, err, fault.Conflict, ""); e.Message != sayOffer || len(e.Data.(availability.Alternatives)) != 3 {
		t.Errorf("%+v", e)
	}
	same, err := h.Reschedule(ctx, accounts.Client, b.ID, moved.Starts, 0)
	h.must(err)
	if same.Version != moved.Version {
		t.Error("moving to where it is counted as a change")
	}
	stale := h.hold(id, 3, 5*time.Hour)
	h.clock.Advance(HoldFor)
	_, err = h.Reschedule(ctx, accounts.Client, b.ID, stale.Starts, 0)
	h.must(err)
	held := h.hold(id, 3, 7*time.Hour)
	_, err = h.Reschedule(ctx, accounts.Client, held.ID, monday.Add(6*time.Hour), 0)
	wantKind(t, err, fault.Conflict, "")
	// Reminders: 48 hours is past for all of them; two hours before each time.
	if n := h.count(`SELECT count(*) FROM outbox_tasks WHERE kind = 'booking.reminder' AND payload->>'ID' = $1`, b.ID); n != 2 {
		t.Errorf("%d reminders", n)
	}
	if _, ok, _ := h.Current(ctx, b.ID, 2); ok {
		t.Error("a reminder of an old version would be sent")
	}
}

func TestReschedulingRespectsTheDailyCap(t *testing.T) {
	h := newHouse(t)
	id := h.practice(func(a *calendar.Availability) { a.DailyCap = 1 })
	b := h.book(id, 1, 2*time.Hour)
	h.book(id, 2, 26*time.Hour)
	_, err := h.Reschedule(ctx, accounts.Client, b.ID, monday.Add(28*time.Hour), 0)
	if e := wantKind(t, err, fault.Conflict, ""); e.Message != sayDayFull {
		t.Error(e.Message)
	}
	_, err = h.Reschedule(ctx, accounts.Client, b.ID, monday.Add(4*time.Hour), 0)
	h.must(err)
	_, err = h.Reschedule(ctx, accounts.Client, b.ID, monday.Add(50*time.Hour), 0)
	h.must(err)
	h.hold(id, 3, 4*time.Hour)
}

func TestAProposalIsAcceptedByMovingToIt(t *testing.T) {
	h := newHouse(t)
	id := h.practice()
	b := h.book(id, 1, 2*time.Hour)
	night := monday.Add(11 * time.Hour)
	_, err := h.Propose(ctx, accounts.Client, b.ID, night)
	wantKind(t, err, fault.Forbidden, "")
	_, err = h.Propose(ctx, accounts.Therapist(id+1), b.ID, night)
	wantKind(t, err, fault.Forbidden, "")
	_, err = h.Propose(ctx, accounts.Therapist(id), b.ID, monday.Add(-time.Hour))
	wantKind(t, err, fault.Invalid, "starts_at")
	h.book(id, 2, 4*time.Hour)
	_, err = h.Propose(ctx, accounts.Therapist(id), b.ID, monday.Add(4*time.Hour+15*time.Minute))
	wantKind(t, err, fault.Conflict, "")
	_, err = h.Propose(ctx, accounts.Therapist(id), b.ID, night)
	h.must(err)
	if p, ok, _ := h.Proposal(ctx, b.ID); !ok || !p.Starts.Equal(night) || p.Ends.Sub(p.Starts) != 20*time.Minute {
		t.Errorf("%+v", p)
	}
	moved, err := h.Reschedule(ctx, accounts.Client, b.ID, night, 0)
	h.must(err)
	if _, ok, _ := h.Proposal(ctx, b.ID); ok || !moved.Starts.Equal(night) {
		t.Error("the proposal is still valid")
	}
	_, err = h.Reschedule(ctx, accounts.Client, b.ID, night.Add(time.Hour), 0)
	wantKind(t, err, fault.Conflict, "")
}

func TestTokensOpenTheBookingToTheirHolders(t *testing.T) {
	h := newHouse(t)
	id := h.practice()
	b := h.hold(id, 1, 2*time.Hour)
	_, who, err := h.Authorise(ctx, b.ID, h.ManageToken(b.ID))
	h.must(err)
	if who != accounts.Client {
		t.Errorf("%v", who)
	}
	_, who, err = h.Authorise(ctx, b.ID, h.PracticeToken(b.ID))
	h.must(err)
	if who != accounts.Therapist(id) {
		t.Errorf("%v", who)
	}
	other := h.hold(id, 2, 3*time.Hour)
	for _, token := range []string{"", "x", h.ManageToken(other.ID), h.LinkToken(b.ID), h.ManageToken(b.ID) + "A"} {
		if _, _, err := h.Authorise(ctx, b.ID, token); !errors.Is(err, fault.NotFound) {
			t.Errorf("%q: %v", token, err)
		}
	}
}

func TestTheMeetingPlaceIsShownOnceConfirmed(t *testing.T) {
	h := newHouse(t)
	b := h.hold(h.practice(), 1, 2*time.Hour)
	m, err := h.Meeting(ctx, b)
	h.must(err)
	if m.VideoURL+m.Street+m.Phone != "" || m.Sentence() != "By video: the link comes with your confirmation." {
		t.Errorf("%+v", m)
	}
	b, err = h.Confirm(ctx, accounts.Client, b.ID, h.Code(b.ID))
	h.must(err)
	if m, _ = h.Meeting(ctx, b); m.Sentence() != "By video: https://video.example/ada" {
		t.Error(m.Sentence())
	}
	b.Mode = "in-person"
	if m, _ = h.Meeting(ctx, b); m.Sentence() != "In person: 1 King Street, Newtown NSW 2042" {
		t.Error(m.Sentence())
	}
}

func TestABookingCanMoveThoughThePracticeTakesNoNewClients(t *testing.T) {
	h := newHouse(t)
	id := h.practice()
	b := h.book(id, 1, 2*time.Hour)
	for _, change := range []string{`UPDATE therapists SET accepting = false WHERE id = $1`, `UPDATE therapists SET listing = 'paused' WHERE id = $1`} {
		h.exec(change, id)
		cal, err := h.Availability.Slots(ctx, availability.SlotQuery{TherapistID: id, Mode: b.Mode, Moving: b.Moving()})
		h.must(err)
		var own, other bool
		for _, d := range cal.Days {
			for _, s := range d.Slots {
				own = own || s.Starts.Equal(b.Starts)
				other = other || !s.Starts.Equal(b.Starts)
			}
		}
		if !own || !other || cal.Reason != "" {
			t.Errorf("after %s: own time free %v, others %v, reason %q", change, own, other, cal.Reason)
		}
		if fresh, err := h.Availability.Slots(ctx, availability.SlotQuery{TherapistID: id, Mode: b.Mode}); err == nil && fresh.Reason == "" {
			t.Errorf("after %s a new client is offered times", change)
		}
		b, err = h.Reschedule(ctx, accounts.Client, b.ID, b.Starts.Add(time.Hour), 0)
		h.must(err)
	}
}

func TestTwoClientsMayChooseTheSameKey(t *testing.T) {
	h := newHouse(t)
	id := h.practice()
	one, two := h.ask(id, 1, 2*time.Hour), h.ask(id, 2, 4*time.Hour)
	one.IdempotencyKey, two.IdempotencyKey = "1", "1"
	a, err := h.Hold(ctx, accounts.Anonymous, one)
	h.must(err)
	b, err := h.Hold(ctx, accounts.Anonymous, two)
	h.must(err)
	if a.ID == b.ID {
		t.Error("one client was given the other's booking")
	}
}
