package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/booking"
	"wattle/internal/booking/calendar"
	"wattle/internal/clock"
	"wattle/internal/directory"
	"wattle/internal/mail"
	"wattle/internal/notify"
	"wattle/internal/notify/bookingmail"
	"wattle/internal/outbox"
	"wattle/internal/pg"
	"wattle/internal/pg/pgtest"
	"wattle/internal/seal"
	"wattle/templates"
)

// monday is 23 November 2026, 9:00 am in Sydney.
var monday = time.Date(2026, 11, 22, 22, 0, 0, 0, time.UTC)

// house is a practice open all day, a client, and an outbox that runs.
type house struct {
	*Jobs
	t         *testing.T
	clock     *clock.Fixed
	runner    *outbox.Runner
	therapist int64
	away      *gate
}

// gate is a mail server that may be away, or refuse an address for good.
type gate struct {
	mu     sync.Mutex
	to     notify.Sender
	away   bool
	refuse string
	tries  int
}

func (g *gate) Send(ctx context.Context, m notify.Message) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tries++
	if g.away {
		return errors.New("connection refused")
	}
	if m.To.Address == g.refuse {
		return notify.ErrRefused
	}
	return g.to.Send(ctx, m)
}

func (g *gate) set(away bool, refuse string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.away, g.refuse = away, refuse
}

func build(t *testing.T) *house {
	t.Helper()
	db, at, log := pgtest.New(t), clock.At(monday), slog.New(slog.DiscardHandler)
	box, err := seal.New([][]byte{[]byte("0123456789abcdef0123456789abcdef")})
	must(t, err)
	site, err := notify.NewSite("https://wattle.example", "hello@wattle.example")
	must(t, err)
	layout, err := notify.NewLayout(site, templates.FS)
	must(t, err)
	g := &gate{to: &mail.Captured{DB: db}}
	bookings := &booking.Service{DB: db, Clock: at, Box: box, Log: log}
	j := &Jobs{DB: db, Clock: at, Log: log, Booking: bookings, Model: &directory.Model{DB: db, Log: log},
		BookingMail: &bookingmail.Composer{DB: db, Clock: at, Booking: bookings, Layout: layout},
		Post:        &notify.Post{DB: db, Clock: at, Sender: g}}
	h := &house{Jobs: j, t: t, clock: at, away: g, runner: &outbox.Runner{DB: db, Clock: at, Log: log, Workers: 4}}
	h.settle()
	return h
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// settle makes the practice.
func (h *house) settle() {
	h.t.Helper()
	p := &directory.Entry{Profile: directory.Profile{Slug: "sam-okafor", Listing: directory.Listed, Accepting: true, Demo: true, GivenName: "Sam", FamilyName: "Okafor",
		Type: "psychologist", Gender: "man", State: "nsw", Suburb: "Newtown", Postcode: "2042", Zone: "Australia/Sydney", Policy: "standard",
		Services: []directory.Service{{Slug: directory.FreeConsultation, Name: "Free call", Kind: directory.Consultation, Format: "individual",
			Minutes: 15, Modes: []string{"video", "phone"}}}},
		Contact: directory.Contact{Email: "sam@practice.example", Street: "12 Example Street", VideoURL: "https://video.example/sam",
			Phone: "02 5550 0100"}}
	must(h.t, pg.InTx(h.t.Context(), h.DB, func(tx *pg.Tx) error { return directory.InsertTx(h.t.Context(), tx, monday, p) }))
	a := calendar.Availability{HorizonDays: 60, StepMinutes: 15, OpenOnHolidays: true}
	for d := time.Sunday; d <= time.Saturday; d++ {
		a.Weekly = append(a.Weekly, calendar.Hours{Weekday: d, Start: 0, End: 1440})
	}
	_, err := h.Booking.SetAvailability(h.t.Context(), accounts.Therapist(p.ID), p.ID, a, 0)
	must(h.t, err)
	h.therapist = p.ID
}

// run starts the outbox until the test ends.
func (h *house) run() {
	h.t.Helper()
	h.Register(h.runner)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = h.runner.Run(ctx) }()
	h.t.Cleanup(func() { cancel(); <-done })
}

// idle waits until no task that is not periodic is due or runs.
func (h *house) idle() {
	h.t.Helper()
	h.runner.Wake()
	for range 300 {
		var n int
		must(h.t, h.DB.Get(h.t.Context(), &n, `SELECT count(*) FROM outbox_tasks
			WHERE kind LIKE 'booking.%' AND (state = 'running' OR state = 'waiting' AND due_at <= $1)`, h.clock.Now()))
		if n == 0 {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	h.t.Fatal("tasks do not come to an end")
}

// advance moves the clock and lets the outbox do what falls due.
func (h *house) advance(d time.Duration) {
	h.t.Helper()
	h.clock.Advance(d)
	h.idle()
}

func (h *house) hold(in time.Duration) booking.Booking {
	h.t.Helper()
	b, err := h.Booking.Hold(h.t.Context(), accounts.Anonymous, booking.HoldRequest{TherapistID: h.therapist, Mode: "video", StartsAt: monday.Add(in),
		Name: "Alex Nguyen", Email: "alex@client.example", Zone: "Australia/Brisbane", Note: "canary note"})
	must(h.t, err)
	return b
}

func (h *house) book(in time.Duration) booking.Booking {
	h.t.Helper()
	b := h.hold(in)
	h.idle()
	b, err := h.Booking.Confirm(h.t.Context(), accounts.Client, b.ID, h.Booking.Code(b.ID))
	must(h.t, err)
	h.idle()
	return b
}

// mails are what was sent since the last call, oldest first, as "to: subject".
func (h *house) mails() []string {
	h.t.Helper()
	var out []string
	must(h.t, h.DB.Select(h.t.Context(), &out, `SELECT split_part(to_addr, '@', 1) || ': ' || subject FROM dev_mails ORDER BY to_addr, subject`))
	must(h.t, pg.Once(h.t.Context(), h.DB, func(c *pg.Conn) error {
		_, err := c.Exec(h.t.Context(), `DELETE FROM dev_mails`)
		return err
	}))
	return out
}

func (h *house) want(want ...string) {
	h.t.Helper()
	got := h.mails()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		h.t.Errorf("sent\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

const day = 24 * time.Hour

func TestABookingIsToldFromItsCodeToItsReminders(t *testing.T) {
	h := build(t)
	h.run()
	b := h.hold(3 * day)
	h.idle()
	var text string
	must(t, h.DB.Get(t.Context(), &text, `SELECT text_body FROM dev_mails`))
	if !strings.HasPrefix(text, h.Booking.Code(b.ID)+"\n") || !strings.Contains(text, "https://wattle.example/booking/"+b.ID+"/confirm?t="+h.Booking.LinkToken(b.ID)) {
		t.Errorf("the code's mail:\n%s", text)
	}
	h.want("alex: Your Wattle code")
	_, err := h.Booking.Confirm(t.Context(), accounts.Client, b.ID, h.Booking.Code(b.ID))
	must(t, err)
	h.idle()
	h.want("alex: Your appointment on Thu 26 Nov, 8:00 am (Brisbane time)", "sam: New appointment on Thu 26 Nov, 9:00 am (Sydney time)")
	h.advance(day - time.Second)
	h.want()
	h.advance(time.Second)
	h.want("alex: Reminder: your appointment on Thu 26 Nov, 8:00 am (Brisbane time)", "sam: Reminder: your appointment on Thu 26 Nov, 9:00 am (Sydney time)")
	h.advance(46 * time.Hour)
	if got := h.mails(); len(got) != 2 {
		t.Errorf("two hours before: %v", got)
	}
	h.advance(3 * day)
	h.want()
}

func TestCancellingTellsBothAndSilencesTheReminders(t *testing.T) {
	h := build(t)
	h.run()
	b := h.book(3 * day)
	h.mails()
	_, err := h.Booking.Cancel(t.Context(), accounts.Therapist(h.therapist), b.ID, "canary message")
	must(t, err)
	h.idle()
	var body string
	must(t, h.DB.Get(t.Context(), &body, `SELECT string_agg(text_body || html_body || attachments::text, '') FROM dev_mails`))
	if strings.Contains(body, "canary") || !strings.Contains(body, "Sam left you a message.") || !strings.Contains(body, "METHOD:CANCEL") {
		t.Error("the cancellation must name the message, keep it to itself and withdraw the entry")
	}
	h.want("alex: Cancelled: your appointment on Thu 26 Nov, 8:00 am (Brisbane time)", "sam: Cancelled: your appointment on Thu 26 Nov, 9:00 am (Sydney time)")
	h.advance(4 * day)
	h.want()
}

func TestMovingTellsTheNewTimeAndRemindsOfItAlone(t *testing.T) {
	h := build(t)
	h.run()
	b := h.book(3 * day)
	h.mails()
	b, err := h.Booking.Reschedule(t.Context(), accounts.Client, b.ID, monday.Add(5*day), 0)
	must(t, err)
	h.idle()
	var sequence string
	must(t, h.DB.Get(t.Context(), &sequence, `SELECT substring(attachments->0->>'body' FROM 'SEQUENCE:(\d+)') FROM dev_mails LIMIT 1`))
	if sequence != fmt.Sprint(b.Sequence) || b.Sequence == 0 {
		t.Errorf("SEQUENCE %s of %d", sequence, b.Sequence)
	}
	h.want("alex: Moved: your appointment is now on Sat 28 Nov, 8:00 am (Brisbane time)", "sam: Moved: your appointment is now on Sat 28 Nov, 9:00 am (Sydney time)")
	h.advance(day) // the earlier time's reminder
	h.want()
	h.advance(2 * day)
	if got := h.mails(); len(got) != 2 || !strings.Contains(got[0], "Sat 28 Nov") {
		t.Errorf("reminders %v", got)
	}
}

func TestAProposalIsToldWhileItStands(t *testing.T) {
	h := build(t)
	h.run()
	b := h.book(3 * day)
	h.mails()
	_, err := h.Booking.Propose(t.Context(), accounts.Therapist(h.therapist), b.ID, monday.Add(4*day))
	must(t, err)
	h.idle()
	h.want("alex: Another time for your appointment: Fri 27 Nov, 8:00 am (Brisbane time)")
}

func TestAnAbsentMailServerLosesNothingAndDoublesNothing(t *testing.T) {
	h := build(t)
	h.run()
	b := h.book(3 * day)
	h.mails()
	h.away.set(true, "")
	_, err := h.Booking.Reschedule(t.Context(), accounts.Client, b.ID, monday.Add(5*day), 0)
	must(t, err)
	h.idle()
	for range 6 {
		h.advance(10 * time.Minute)
	}
	h.want()
	h.away.set(false, "")
	h.advance(40 * time.Minute)
	if got := h.mails(); len(got) != 2 {
		t.Errorf("sent %v", got)
	}
	h.advance(2 * time.Hour)
	h.want()
}

func TestNewsThatWasOvertakenWhileTheServerWasAwayIsNotTold(t *testing.T) {
	h := build(t)
	h.run()
	h.away.set(true, "")
	b := h.hold(3 * day)
	h.idle()
	_, err := h.Booking.Confirm(t.Context(), accounts.Client, b.ID, h.Booking.Code(b.ID))
	must(t, err)
	h.idle()
	_, err = h.Booking.Cancel(t.Context(), accounts.Client, b.ID, "")
	must(t, err)
	h.idle()
	h.away.set(false, "")
	h.advance(time.Hour)
	h.want("alex: Cancelled: your appointment on Thu 26 Nov, 8:00 am (Brisbane time)", "sam: Cancelled: your appointment on Thu 26 Nov, 9:00 am (Sydney time)")
}

func TestARefusedAddressKeepsNoNewsFromTheOtherSide(t *testing.T) {
	h := build(t)
	h.away.set(false, "alex@client.example")
	h.run()
	b := h.hold(3 * day)
	h.idle()
	_, err := h.Booking.Confirm(t.Context(), accounts.Client, b.ID, h.Booking.Code(b.ID))
	must(t, err)
	h.idle()
	h.want("sam: New appointment on Thu 26 Nov, 9:00 am (Sydney time)")
	var parked []string
	must(t, h.DB.Select(t.Context(), &parked, `SELECT kind || ' ' || last_error FROM outbox_tasks WHERE state = 'parked' ORDER BY id`))
	if len(parked) != 2 || strings.Contains(fmt.Sprint(parked), "@") {
		t.Errorf("parked %v", parked)
	}
}

// A clock that jumps past both reminders brings the later one only: two at once say nothing more.
func TestALateReminderGivesWayToTheNext(t *testing.T) {
	h := build(t)
	h.run()
	h.book(3 * day)
	h.mails()
	h.advance(3*day - time.Hour)
	if got := h.mails(); len(got) != 2 {
		t.Errorf("sent %v", got)
	}
}

func TestACodeThatCannotBeUsedAnyMoreIsNotSent(t *testing.T) {
	h := build(t)
	h.away.set(true, "")
	h.run()
	h.hold(3 * day)
	h.idle()
	h.away.set(false, "")
	h.advance(booking.HoldFor)
	h.want()
}

func TestAnErasedBookingIsNoError(t *testing.T) {
	h := build(t)
	for name, run := range map[string]func() error{
		"held":        func() error { return h.held(t.Context(), booking.BookingHeld{ID: "gone", Version: 1}) },
		"confirmed":   func() error { return h.confirmed(t.Context(), booking.BookingConfirmed{ID: "gone", Version: 1}) },
		"rescheduled": func() error { return h.rescheduled(t.Context(), booking.BookingRescheduled{ID: "gone", Version: 1}) },
		"cancelled":   func() error { return h.cancelled(t.Context(), booking.BookingCancelled{ID: "gone", Version: 1}) },
		"proposed":    func() error { return h.proposed(t.Context(), booking.BookingProposed{ID: "gone", Version: 1}) },
		"reminder":    func() error { return h.reminder(t.Context(), booking.Reminder{ID: "gone", Version: 1, Hours: 2}) },
	} {
		if err := run(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSchedulesReleaseHoldsAndChainTheAudit(t *testing.T) {
	h := build(t)
	h.run()
	b := h.hold(3 * day)
	h.idle()
	h.clock.Advance(booking.HoldFor)
	for range 300 {
		h.runner.Wake()
		now, err := h.Booking.Get(t.Context(), b.ID)
		must(t, err)
		var behind int
		must(t, h.DB.Get(t.Context(), &behind, `SELECT (SELECT count(*) FROM audit_entries) - (SELECT count(*) FROM audit_chain)`))
		if now.Status == booking.Released && behind == 0 {
			return
		}
		h.clock.Advance(time.Second)
		time.Sleep(20 * time.Millisecond)
	}
	t.Error("the hold was not released or the audit not chained")
}
