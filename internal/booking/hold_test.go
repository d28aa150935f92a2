package booking

import (
	"errors"
	"strings"
	"testing"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/booking/availability"
	"wattle/internal/booking/calendar"
	"wattle/internal/directory"
	"wattle/internal/fault"
	"wattle/internal/pg"
)

func TestInvalidFieldsAreNamed(t *testing.T) {
	h := newHouse(t)
	id := h.practice()
	for name, c := range map[string]struct {
		field  string
		change func(r *HoldRequest)
	}{
		"no name":            {"name", func(r *HoldRequest) { r.Name = "  " }},
		"a long name":        {"name", func(r *HoldRequest) { r.Name = strings.Repeat("é", 101) }},
		"a name with a link": {"name", func(r *HoldRequest) { r.Name = "buy https://example.com" }},
		"no address":         {"email", func(r *HoldRequest) { r.Email = "" }},
		"half an address":    {"email", func(r *HoldRequest) { r.Email = "sam@example" }},
		"two addresses":      {"email", func(r *HoldRequest) { r.Email = "sam@example.com,kim@example.com" }},
		"a line break":       {"email", func(r *HoldRequest) { r.Email = "sam@example.com\nBcc: kim@example.com" }},
		"a long address":     {"email", func(r *HoldRequest) { r.Email = "sam@" + strings.Repeat("a.", 130) + "com" }},
		"no number to call":  {"phone", func(r *HoldRequest) { r.Mode = "phone" }},
		"a wrong number":     {"phone", func(r *HoldRequest) { r.Phone = "12345" }},
		"no such zone":       {"timezone", func(r *HoldRequest) { r.Zone = "Mars/Olympus" }},
		"a long note":        {"note", func(r *HoldRequest) { r.Note = strings.Repeat("x", 1001) }},
		"no mode of two":     {"mode", func(r *HoldRequest) { r.Mode = "" }},
		"a mode not offered": {"mode", func(r *HoldRequest) { r.Mode = "in-person" }},
		"a reduced fee":      {"tier", func(r *HoldRequest) { r.Tier = "reduced" }},
		"a past time":        {"starts_at", func(r *HoldRequest) { r.StartsAt = monday.Add(-time.Hour) }},
		"within the notice":  {"starts_at", func(r *HoldRequest) { r.StartsAt = monday.Add(45 * time.Minute) }},
		"off the grid":       {"starts_at", func(r *HoldRequest) { r.StartsAt = monday.Add(2*time.Hour + time.Minute) }},
		"with seconds":       {"starts_at", func(r *HoldRequest) { r.StartsAt = monday.Add(2*time.Hour + time.Second) }},
		"at night":           {"starts_at", func(r *HoldRequest) { r.StartsAt = monday.Add(12 * time.Hour) }},
		"past the horizon":   {"starts_at", func(r *HoldRequest) { r.StartsAt = monday.Add(61*24*time.Hour + 2*time.Hour) }},
	} {
		req := h.ask(id, 1, 2*time.Hour)
		c.change(&req)
		_, err := h.Hold(ctx, accounts.Anonymous, req)
		if e, ok := fault.As(err); !ok || e.Kind != fault.Invalid || len(e.Fields) != 1 || e.Fields[0].Name != c.field {
			t.Errorf("%s: got %+v", name, err)
		}
	}
	all := HoldRequest{TherapistID: id, StartsAt: monday.Add(2 * time.Hour)}
	_, err := h.Hold(ctx, accounts.Anonymous, all)
	if e := wantKind(t, err, fault.Invalid, "mode"); len(e.Fields) != 3 {
		t.Errorf("all complaints at once: %+v", e.Fields)
	}
	if n := h.count(`SELECT count(*) FROM bookings`); n != 0 {
		t.Errorf("%d bookings", n)
	}
}

func TestHoldsThatAreRefused(t *testing.T) {
	h := newHouse(t)
	id := h.practice()
	h.service(id, "individual", "session", 50, 0, 10, "video")
	h.hold(id, 1, 2*time.Hour) // the plan is known from here on

	_, err := h.Hold(ctx, accounts.Anonymous, HoldRequest{Slug: "nobody"})
	wantKind(t, err, fault.NotFound, "")
	req := h.ask(id, 2, 3*time.Hour)
	req.Service = "nothing"
	_, err = h.Hold(ctx, accounts.Anonymous, req)
	wantKind(t, err, fault.NotFound, "")
	req.Service = "individual"
	_, err = h.Hold(ctx, accounts.Anonymous, req)
	if e := wantKind(t, err, fault.Invalid, "service"); e.Message != "Paid sessions can't be booked online here yet." {
		t.Error(e.Message)
	}
	cal, err := h.Availability.Slots(ctx, availability.SlotQuery{TherapistID: id, Service: "individual", Days: 2})
	h.must(err)
	if len(cal.Days) != 2 || cal.Days[0].Slots != nil || cal.Reason != availability.SayPaid {
		t.Errorf("%+v", cal)
	}
	h.exec(`UPDATE therapists SET accepting = false`)
	_, err = h.Hold(ctx, accounts.Anonymous, h.ask(id, 2, 3*time.Hour))
	wantKind(t, err, fault.Conflict, "")
	if cal, _ = h.Availability.Slots(ctx, availability.SlotQuery{TherapistID: id}); cal.Reason != availability.SayFull {
		t.Errorf("%+v", cal)
	}
	for _, listing := range []directory.Listing{directory.Draft, directory.Paused, directory.Unlisted, directory.Suspended} {
		h.exec(`UPDATE therapists SET accepting = true, listing = $1`, string(listing))
		_, err = h.Hold(ctx, accounts.Anonymous, h.ask(id, 2, 3*time.Hour))
		wantKind(t, err, fault.NotFound, "")
		_, err = h.Availability.Slots(ctx, availability.SlotQuery{TherapistID: id})
		wantKind(t, err, fault.NotFound, "")
	}
}

func TestAHoldFollowsThePracticeItWasPlannedWith(t *testing.T) {
	h := newHouse(t)
	id := h.practice()
	h.hold(id, 1, 2*time.Hour)
	h.exec(`UPDATE services SET minutes = 30, buffer_before = 15`)
	if b := h.hold(id, 2, 4*time.Hour); b.Minutes() != 30 || !b.BusyFrom.Equal(monday.Add(225*time.Minute)) {
		t.Errorf("planned with the old service: %+v", b)
	}
	a := open9to5()
	for i := range a.Weekly {
		a.Weekly[i].Start = 720
	}
	req := h.ask(id, 3, 150*time.Minute)
	d := h.draftOf(req)
	_, err := h.Availability.Set(ctx, accounts.Therapist(id), id, a, 1)
	h.must(err)
	if err := h.placeDraft(d); !errors.Is(err, errChanged) {
		t.Errorf("a draft of the old hours: %v", err)
	}
	_, err = h.Hold(ctx, accounts.Anonymous, req)
	if e := wantKind(t, err, fault.Invalid, "starts_at"); e.Message != sayOffer || len(e.Data.(availability.Alternatives)) != 3 {
		t.Errorf("%+v", e)
	}
	h.hold(id, 3, 6*time.Hour)
}

// draftOf plans a hold without placing it.
func (h *house) draftOf(req HoldRequest) draft {
	h.t.Helper()
	p, err := h.Availability.Practice(ctx, "", req.TherapistID, nil)
	h.must(err)
	d, err := h.draft(p, req, h.clock.Now())
	h.must(err)
	d.stale = true
	return d
}

func (h *house) placeDraft(d draft) error {
	return pg.InTx(ctx, h.DB, func(tx *pg.Tx) error { return h.place(ctx, tx, accounts.Anonymous, &d, h.clock.Now()) })
}

// Between planning and placing, everything the plan rests on may change. Then nothing is placed.
func TestADraftOfAChangedPracticeIsNotPlaced(t *testing.T) {
	for _, change := range []string{
		`UPDATE therapists SET listing = 'suspended'`, `UPDATE therapists SET accepting = false`, `UPDATE therapists SET zone = 'Australia/Perth'`,
		`UPDATE services SET active = false`, `UPDATE services SET minutes = 25`, `UPDATE services SET buffer_after = 0`, `UPDATE services SET modes = '{phone}'`,
		`UPDATE calendars SET availability_version = availability_version + 1`,
	} {
		h := newHouse(t)
		d := h.draftOf(h.ask(h.practice(), 1, 2*time.Hour))
		h.exec(change)
		if err := h.placeDraft(d); !errors.Is(err, errChanged) {
			t.Errorf("%s: %v", change, err)
		}
		if n := h.count(`SELECT count(*) FROM bookings`) + h.count(`SELECT count(*) FROM audit_entries WHERE action = 'booking.hold'`); n != 0 {
			t.Errorf("%s: %d rows", change, n)
		}
	}
}

// The price is frozen with the hold, and a reduced fee takes one of the counted places with it. The place
// is free again when the booking ends early.
func TestAReducedHoldTakesAPlaceAndGivesItBack(t *testing.T) {
	h := newHouse(t)
	id := h.practice()
	h.exec(`INSERT INTO reduced_places (therapist_id, place) SELECT $1, n FROM generate_series(1, 2) AS n`, id)
	reduced := func(client int, at time.Duration) draft {
		d := h.draftOf(h.ask(id, client, at))
		d.Tier, d.Price = Reduced, priceOf(directory.Service{Fee: 200_00}, Reduced, 90_00)
		return d
	}
	taken := func() int { return h.count(`SELECT count(*) FROM reduced_places WHERE booking_id IS NOT NULL`) }
	first, second, third := reduced(1, 2*time.Hour), reduced(2, 3*time.Hour), reduced(3, 4*time.Hour)
	h.must(h.placeDraft(first))
	h.must(h.placeDraft(second))
	if err := h.placeDraft(third); !errors.Is(err, errTaken) || taken() != 2 {
		t.Fatalf("the third of two places: %v, %d taken", err, taken())
	}
	b, err := h.Get(ctx, first.ID)
	h.must(err)
	if b.Price != 90_00 || b.Tier != Reduced {
		t.Errorf("%+v", b)
	}
	_, err = h.Cancel(ctx, accounts.Client, first.ID, "")
	h.must(err)
	h.must(h.placeDraft(third))
	h.clock.Advance(HoldFor)
	h.must(h.ExpireHolds(ctx))
	if n := taken(); n != 0 {
		t.Errorf("%d places are taken by holds that ran out", n)
	}
}

func TestAKeyAnswersTheSameBookingForADay(t *testing.T) {
	h := newHouse(t)
	id := h.practice()
	req := h.ask(id, 1, 2*time.Hour)
	req.IdempotencyKey = "k"
	first, err := h.Hold(ctx, accounts.Anonymous, req)
	h.must(err)
	h.clock.Advance(20 * time.Minute)
	h.must(h.ExpireHolds(ctx))
	again, err := h.Hold(ctx, accounts.Anonymous, req)
	h.must(err)
	if again.ID != first.ID || !again.HeldUntil.Equal(first.HeldUntil) || again.Status != Released {
		t.Errorf("%+v", again)
	}
	other := req
	other.Note = "something else"
	_, err = h.Hold(ctx, accounts.Anonymous, other)
	wantKind(t, err, fault.Invalid, "")
	other = req
	other.StartsAt = other.StartsAt.Add(time.Hour)
	_, err = h.Hold(ctx, accounts.Anonymous, other)
	wantKind(t, err, fault.Invalid, "")
	h.clock.Advance(24 * time.Hour)
	req.StartsAt = req.StartsAt.Add(48 * time.Hour)
	late, err := h.Hold(ctx, accounts.Anonymous, req)
	h.must(err)
	if late.ID == first.ID {
		t.Error("a key of the day before was remembered")
	}
	h.clock.Advance(25 * time.Hour)
	h.must(h.ForgetKeys(ctx))
	if n := h.count(`SELECT count(*) FROM bookings WHERE idem_hash IS NOT NULL`); n != 0 {
		t.Errorf("%d keys are kept too long", n)
	}
}

func TestDetailsOfUnconfirmedHoldsAreErased(t *testing.T) {
	h := newHouse(t)
	id := h.practice()
	kept := h.book(id, 1, 2*time.Hour)
	req := h.ask(id, 2, 3*time.Hour)
	req.Phone, req.Note = "0412 345 678", "A note"
	b, err := h.Hold(ctx, accounts.Anonymous, req)
	h.must(err)
	h.clock.Advance(UnprovenKept - time.Hour)
	h.must(h.ExpireHolds(ctx))
	h.must(h.ForgetUnproven(ctx))
	b, err = h.Get(ctx, b.ID)
	h.must(err)
	if b.ClientName == "" || b.Note == "" {
		t.Errorf("forgotten too early: %+v", b)
	}
	h.clock.Advance(2 * time.Hour)
	h.must(h.ForgetUnproven(ctx))
	b, err = h.Get(ctx, b.ID)
	h.must(err)
	if b.ClientName+b.ClientEmail+b.ClientPhone+b.Note != "" {
		t.Errorf("kept too long: %+v", b)
	}
	kept, err = h.Get(ctx, kept.ID)
	h.must(err)
	if kept.ClientName == "" {
		t.Error("a confirmed booking lost its client")
	}
}

func TestNothingPersonalLeavesTheBooking(t *testing.T) {
	h := newHouse(t)
	id := h.practice()
	req := h.ask(id, 1, 2*time.Hour)
	req.Name, req.Phone, req.Note, req.Mode = "Canary Name", "0412 345 678", "Canary note", "phone"
	b, err := h.Hold(ctx, accounts.Anonymous, req)
	h.must(err)
	b, err = h.Confirm(ctx, accounts.Client, b.ID, h.Code(b.ID))
	h.must(err)
	if b.ClientPhone != "+61412345678" || b.Note != "Canary note" {
		t.Errorf("%+v", b)
	}
	_, err = h.Cancel(ctx, accounts.Client, b.ID, "Canary reason")
	h.must(err)
	for _, table := range []string{"outbox_tasks", "audit_entries"} {
		if n := h.count(`SELECT count(*) FROM ` + table + ` x WHERE x::text ~* 'canary|sam1|412345678'`); n != 0 {
			t.Errorf("%d rows of %s hold personal values", n, table)
		}
	}
	if n := h.count(`SELECT count(*) FROM bookings WHERE encode(note, 'escape') || encode(client_phone, 'escape') || encode(cancel_note, 'escape') ~* 'canary|412345678'`); n != 0 {
		t.Error("note or phone are stored as they are")
	}
	if n := h.count(`SELECT count(*) FROM bookings x WHERE x::text LIKE '%' || $1 || '%'`, h.Code(b.ID)); n != 0 {
		t.Error("the code is stored")
	}
}

func TestTwoServicesKeepTheirOwnBuffers(t *testing.T) {
	h := newHouse(t)
	id := h.practice(everyFive) // 20 minutes, 10 after
	h.service(id, "long-call", "consultation", 40, 15, 0, "video")
	h.hold(id, 1, 2*time.Hour) // busy until 2:30
	long := h.ask(id, 2, 160*time.Minute)
	long.Service = "long-call" // busy from 2:25
	_, err := h.Hold(ctx, accounts.Anonymous, long)
	wantKind(t, err, fault.Conflict, "")
	long.StartsAt = monday.Add(165 * time.Minute) // busy 2:30 to 3:25
	_, err = h.Hold(ctx, accounts.Anonymous, long)
	h.must(err)
	_, err = h.Hold(ctx, accounts.Anonymous, h.ask(id, 3, 200*time.Minute))
	wantKind(t, err, fault.Conflict, "")
	h.hold(id, 3, 205*time.Minute)
	cal, err := h.Availability.Slots(ctx, availability.SlotQuery{TherapistID: id, Service: "long-call", Days: 1})
	h.must(err)
	if first := cal.Days[0].Slots[0].Starts; !first.Equal(monday.Add(60 * time.Minute)) {
		t.Errorf("first %v", first)
	}
	if n := len(cal.Days[0].Slots); n != 5+36 { // 60 to 80 minutes, then 250 (235 + 15) to 440 less 15
		t.Logf("%d slots of the long call", n)
	}
	if n := h.overlaps(); n != 0 {
		t.Errorf("%d overlaps", n)
	}
}

func TestAnHourThatComesTwiceIsTwoTimes(t *testing.T) {
	h := newHouse(t)
	// Clocks go back on 4 April 2027: 02:30 comes at 15:30Z (AEDT) and at 16:30Z (AEST).
	h.clock.Set(time.Date(2027, 4, 2, 0, 0, 0, 0, time.UTC))
	id := h.practice(func(a *calendar.Availability) {
		a.Weekly = []calendar.Hours{{Weekday: time.Sunday, Start: 0, End: 300}}
	})
	first := time.Date(2027, 4, 3, 15, 30, 0, 0, time.UTC)
	for i, at := range []time.Time{first, first.Add(time.Hour)} {
		req := h.ask(id, i, 0)
		req.StartsAt = at
		b, err := h.Hold(ctx, accounts.Anonymous, req)
		h.must(err)
		if n := h.count(`SELECT zone_offset FROM bookings WHERE id = $1 AND wall_start = '2027-04-04 02:30'`, b.ID); n != (11-i)*3600 {
			t.Errorf("offset %d", n)
		}
	}
	cal, err := h.Availability.Slots(ctx, availability.SlotQuery{TherapistID: id, From: calendar.MakeDay(2027, 4, 4), Days: 1})
	h.must(err)
	if s := cal.Days[0].Slots; len(s) != 17 {
		t.Errorf("%d slots", len(s))
	}
}
