package booking

import (
	"errors"
	"slices"
	"testing"
	"time"

	"wattle/internal/fault"
)

var everyStatus = []Status{Held, Requested, PendingPayment, Confirmed, Released, Lapsed, Declined, CancelledClient, CancelledTherapist, Completed, NoShow}

// legal is assurance.md's machine B, written out once more.
var legal = map[[2]Status]bool{
	{Requested, Confirmed}: true, {Requested, Held}: true, {Requested, Declined}: true, {Requested, Lapsed}: true,
	{Held, PendingPayment}: true, {Held, Confirmed}: true, {Held, Released}: true,
	{PendingPayment, Confirmed}: true, {PendingPayment, Released}: true, {PendingPayment, CancelledClient}: true, {PendingPayment, CancelledTherapist}: true,
	{Confirmed, CancelledClient}: true, {Confirmed, CancelledTherapist}: true, {Confirmed, Completed}: true, {Confirmed, NoShow}: true,
	{Completed, NoShow}: true, {NoShow, Completed}: true,
}

func TestOnlyTheEdgesOfTheMachineExist(t *testing.T) {
	for _, from := range everyStatus {
		for _, to := range everyStatus {
			b := Booking{Status: from, Version: 4}
			err := b.move(to)
			switch {
			case legal[[2]Status{from, to}]:
				if err != nil || b.Status != to || b.Version != 5 {
					t.Errorf("%s → %s: %v, version %d", from, to, err, b.Version)
				}
			case !errors.Is(err, fault.Conflict) || b.Status != from || b.Version != 4:
				t.Errorf("%s → %s was let through or changed something: %v", from, to, err)
			}
		}
	}
}

func TestVerbsFollowTheEdgesAndCheckTheirTimes(t *testing.T) {
	start := monday.Add(2 * time.Hour)
	verbs := []struct {
		name string
		do   func(b *Booking, now time.Time) error
		to   Status
		when [3]bool // allowed before, during, after the booking
		from []Status
	}{
		{"Confirm", func(b *Booking, now time.Time) error { return b.Confirm(9, now) }, Confirmed, [3]bool{true, true, true}, []Status{Held, Requested, PendingPayment}},
		{"Release", func(b *Booking, _ time.Time) error { return b.Release() }, Released, [3]bool{true, true, true}, []Status{Held, PendingPayment}},
		{"Cancel by client", func(b *Booking, now time.Time) error { return b.Cancel(CancelledClient, now) }, CancelledClient, [3]bool{true, false, false}, []Status{Confirmed}},
		{"Cancel by therapist", func(b *Booking, now time.Time) error { return b.Cancel(CancelledTherapist, now) }, CancelledTherapist, [3]bool{true, false, false}, []Status{Confirmed}},
		{"Complete", (*Booking).Complete, Completed, [3]bool{false, false, true}, []Status{Confirmed, NoShow}},
		{"Missed", (*Booking).Missed, NoShow, [3]bool{false, false, true}, []Status{Confirmed, Completed}},
		{"Reschedule", func(b *Booking, now time.Time) error { return b.Reschedule(start.Add(time.Hour), now) }, Confirmed, [3]bool{true, false, false}, []Status{Confirmed}},
	}
	for _, v := range verbs {
		for _, from := range everyStatus {
			if from == PendingPayment {
				continue // has no times of its own in this release
			}
			for i, now := range []time.Time{start.Add(-time.Hour), start, start.Add(20 * time.Minute)} {
				b := Booking{Status: from, Version: 1, Starts: start, Ends: start.Add(20 * time.Minute), HeldUntil: start.Add(time.Hour)}
				err := v.do(&b, now)
				want := v.when[i] && slices.Contains(asStrings(v.from), string(from))
				if want && (err != nil || b.Status != v.to || b.Version != 2) || !want && (!errors.Is(err, fault.Conflict) || b.Version != 1) {
					t.Errorf("%s from %s at %d: %v, %+v", v.name, from, i, err, b)
				}
			}
		}
	}
}

func asStrings(list []Status) (out []string) {
	for _, s := range list {
		out = append(out, string(s))
	}
	return out
}

func TestAHoldLapsesToTheSecond(t *testing.T) {
	b := Booking{Status: Held, HeldUntil: monday}
	if b.LapsedAt(monday.Add(-time.Nanosecond)) || !b.LapsedAt(monday) || b.PublicAt(monday) != "expired" {
		t.Error("a hold ends at HeldUntil, not before or after")
	}
	if err := b.Confirm(1, monday); !errors.Is(err, fault.Conflict) {
		t.Errorf("%v", err)
	}
}

func TestADisputeEndsAfterSevenDays(t *testing.T) {
	b := Booking{Status: Completed, Ends: monday}
	if err := b.Missed(monday.Add(7 * 24 * time.Hour)); err != nil {
		t.Error(err)
	}
	if err := b.Complete(monday.Add(7*24*time.Hour + 1)); !errors.Is(err, fault.Conflict) {
		t.Errorf("%v", err)
	}
}

func TestPublicStatusesHideReleasesAndNameCancellers(t *testing.T) {
	for status, want := range map[Status]string{Released: "expired", Lapsed: "expired", CancelledClient: "cancelled", CancelledTherapist: "cancelled", NoShow: "no_show", Held: "held"} {
		if got := status.Public(); got != want {
			t.Errorf("%s is shown as %s", status, got)
		}
	}
	if c, th := (&Booking{Status: CancelledClient}).CancelledBy(), (&Booking{Status: CancelledTherapist}).CancelledBy(); c != "client" || th != "therapist" {
		t.Error(c, th)
	}
}
