package booking

import (
	"crypto/rand"
	"errors"
	"testing"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/booking/availability"
	"wattle/internal/fault"
	"wattle/internal/pg"
)

func TestAHoldConfirmedIsABookingAndCancellingFreesIt(t *testing.T) {
	h := newHouse(t)
	id := h.practice()
	cal, err := h.Availability.Slots(ctx, availability.SlotQuery{TherapistID: id})
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
	other := e.Data.(availability.Alternatives)
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

// An unknown booking and a known one with a wrong token are refused alike, and before Postgres is
// asked: a pool that is closed makes every statement an error, so a plain "no such booking" had none.
func TestAWrongTokenIsRefusedBeforeAnyStatement(t *testing.T) {
	h := newHouse(t)
	id := h.practice()
	b, other := h.book(id, 1, 2*time.Hour), h.book(id, 2, 4*time.Hour)
	closed, err := pg.Open(ctx, h.DB.URL())
	h.must(err)
	h.must(closed.Close())
	blind := &Service{DB: closed, Clock: h.Clock, Box: h.Box, Log: h.Log}

	unknown, err := newID(rand.Reader)
	h.must(err)
	wrong := map[string]string{"none": "", "no base64": "?", "short": "AAAA", "another's": h.ManageToken(other.ID), "another practice's": h.PracticeToken(other.ID),
		"the mail's link": h.LinkToken(b.ID), "the code": h.Code(b.ID), "its own, cut": h.ManageToken(b.ID)[:42], "its own, longer": h.ManageToken(b.ID) + "AAAA"}
	for what, token := range wrong {
		for whose, id := range map[string]string{"a known booking": b.ID, "an unknown booking": unknown} {
			_, _, err := blind.Authorise(ctx, id, token)
			if e := wantKind(t, err, fault.NotFound, ""); e.Message != "There is no such booking." {
				t.Errorf("%s, %s token: %q", whose, what, e.Message)
			}
		}
	}
	for what, token := range map[string]string{"none": "", "another's": h.LinkToken(other.ID), "the page's": h.ManageToken(b.ID)} {
		for _, id := range []string{b.ID, unknown} {
			_, err := blind.ConfirmByLink(ctx, id, token)
			if e := wantKind(t, err, fault.NotFound, ""); e.Message != "There is no such booking." || blind.IsLink(id, token) {
				t.Errorf("link %s: %q", what, e.Message)
			}
		}
	}

	// With the right token the closed pool is noticed.
	for _, token := range []string{h.ManageToken(b.ID), h.PracticeToken(b.ID)} {
		if _, _, err := blind.Authorise(ctx, b.ID, token); err == nil || errors.Is(err, fault.NotFound) {
			t.Errorf("a right token gave %v: this test would not see a statement", err)
		}
	}
	if _, err := blind.ConfirmByLink(ctx, b.ID, h.LinkToken(b.ID)); err == nil || errors.Is(err, fault.NotFound) {
		t.Errorf("a right link gave %v", err)
	}
}
