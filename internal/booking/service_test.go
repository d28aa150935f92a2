package booking

import (
	"testing"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/fault"
)

func TestAHoldConfirmedIsABookingAndCancellingFreesIt(t *testing.T) {
	h := newHouse(t)
	id := h.practice()
	cal, err := h.Slots(ctx, SlotQuery{TherapistID: id})
	h.must(err)
	first := cal.Days[0].Slots[0]
	if len(cal.Days) != 14 || !first.Starts.Equal(monday.Add(time.Hour)) || len(first.Modes) != 2 {
		t.Fatalf("%d days, first slot %+v", len(cal.Days), first)
	}
	b := h.hold(id, 1, 2*time.Hour)
	if b.Status != Held || !b.HeldUntil.Equal(monday.Add(15*time.Minute)) || b.Version != 1 {
		t.Fatalf("%+v", b)
	}
	stored, err := h.Get(ctx, b.ID)
	h.must(err)
	if stored != b {
		t.Fatalf("stored\n%+v, answered\n%+v", stored, b)
	}
	_, err = h.Hold(ctx, accounts.Anonymous, h.ask(id, 2, 2*time.Hour+15*time.Minute))
	e := wantKind(t, err, fault.Conflict, "")
	other := e.Data.(Alternatives)
	if len(other) != 3 || !other[0].Starts.Equal(monday.Add(90*time.Minute)) && !other[0].Starts.Equal(monday.Add(75*time.Minute)) {
		t.Fatalf("alternatives %v", other)
	}
	b, err = h.Confirm(ctx, accounts.Client, b.ID, h.Code(b.ID))
	h.must(err)
	if b.Status != Confirmed || b.ClientID == 0 || b.Version != 2 {
		t.Fatalf("%+v", b)
	}
	again, err := h.Confirm(ctx, accounts.Client, b.ID, "")
	h.must(err)
	if again != b {
		t.Fatalf("a repeat gave %+v", again)
	}
	b, err = h.Cancel(ctx, accounts.Client, b.ID, "Sorry.")
	h.must(err)
	if b.Status != CancelledClient || b.CancelNote != "Sorry." {
		t.Fatalf("%+v", b)
	}
	h.hold(id, 2, 2*time.Hour+15*time.Minute)
	if n := h.count(`SELECT count(*) FROM audit_entries WHERE subject = $1`, "booking "+b.ID); n != 3 {
		t.Errorf("%d audit rows", n)
	}
}
