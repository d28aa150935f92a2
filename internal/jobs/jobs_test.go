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
	"wattle/internal/booking/availability"
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

// fixture is a practice open all day, a client and an outbox.
type fixture struct {
	*Jobs
	t         *testing.T
	clock     *clock.Fixed
	runner    *outbox.Runner
	therapist int64
	server    *server
}

// server is a mail server that can be down or refuse an address.
type server struct {
	mu     sync.Mutex
	to     notify.Sender
	down   bool
	refuse string
}

func (g *server) Send(ctx context.Context, m notify.Message) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.down {
		return errors.New("connection refused")
	}
	if m.To.Address == g.refuse {
		return notify.ErrRefused
	}
	return g.to.Send(ctx, m)
}

func (g *server) set(down bool, refuse string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.down, g.refuse = down, refuse
}

func build(t *testing.T) *fixture {
	t.Helper()
	db, at, log := pgtest.New(t), clock.At(monday), slog.New(slog.DiscardHandler)
	box, err := seal.New([][]byte{[]byte("0123456789abcdef0123456789abcdef")})
	must(t, err)
	site, err := notify.NewSite("https://wattle.example", "hello@wattle.example")
	must(t, err)
	layout, err := notify.NewLayout(site, templates.FS)
	must(t, err)
	g := &server{to: &mail.Captured{DB: db}}
	bookings := &booking.Service{DB: db, Clock: at, Box: box, Log: log, Availability: &availability.Service{DB: db, Clock: at}}
	j := &Jobs{DB: db, Clock: at, Log: log, Booking: bookings, Model: &directory.Model{DB: db, Log: log},
		BookingMail: &bookingmail.Composer{DB: db, Clock: at, Booking: bookings, Layout: layout},
		Post:        &notify.Post{DB: db, Clock: at, Sender: g}}
	h := &fixture{Jobs: j, t: t, clock: at, server: g, runner: &outbox.Runner{DB: db, Clock: at, Log: log, Workers: 4}}
	h.addPractice()
	return h
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// addPractice adds a profile that is open all day.
func (h *fixture) addPractice() {
	h.t.Helper()
	call := directory.Service{Slug: directory.FreeConsultation, Name: "Free call", Kind: directory.Consultation,
		Format: "individual", Minutes: 15, Modes: []string{"video", "phone"}}
	p := &directory.Entry{
		Profile: directory.Profile{Slug: "sam-okafor", Listing: directory.Listed, Accepting: true, Demo: true,
			GivenName: "Sam", FamilyName: "Okafor", Type: "psychologist", Gender: "man",
			State: "nsw", Suburb: "Newtown", Postcode: "2042", Zone: "Australia/Sydney", Policy: "standard",
			Services: []directory.Service{call}},
		Contact: directory.Contact{Email: "sam@practice.example", Street: "12 Example Street",
			VideoURL: "https://video.example/sam", Phone: "02 5550 0100"},
	}
	must(h.t, pg.InTx(h.t.Context(), h.DB, func(tx *pg.Tx) error {
		return directory.InsertTx(h.t.Context(), tx, monday, p)
	}))
	a := calendar.Availability{HorizonDays: 60, StepMinutes: 15, OpenOnHolidays: true}
	for d := time.Sunday; d <= time.Saturday; d++ {
		a.Weekly = append(a.Weekly, calendar.Hours{Weekday: d, Start: 0, End: 1440})
	}
	_, err := h.Booking.Availability.Set(h.t.Context(), accounts.Therapist(p.ID), p.ID, a, 0)
	must(h.t, err)
	h.therapist = p.ID
}

// run starts the outbox until the test ends.
func (h *fixture) run() {
	h.t.Helper()
	h.Register(h.runner)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = h.runner.Run(ctx) }()
	h.t.Cleanup(func() { cancel(); <-done })
}

// idle waits until no booking task is due or running.
func (h *fixture) idle() {
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
	h.t.Fatal("the tasks do not finish")
}

// advance moves the clock and runs the tasks that are then due.
func (h *fixture) advance(d time.Duration) {
	h.t.Helper()
	h.clock.Advance(d)
	h.idle()
}

func (h *fixture) hold(in time.Duration) booking.Booking {
	h.t.Helper()
	b, err := h.Booking.Hold(h.t.Context(), accounts.Anonymous, booking.HoldRequest{
		TherapistID: h.therapist, Mode: "video", StartsAt: monday.Add(in),
		Name: "Alex Nguyen", Email: "alex@client.example", Zone: "Australia/Brisbane", Note: "canary note",
	})
	must(h.t, err)
	return b
}

func (h *fixture) book(in time.Duration) booking.Booking {
	h.t.Helper()
	b := h.hold(in)
	h.idle()
	b, err := h.Booking.Confirm(h.t.Context(), accounts.Client, b.ID, h.Booking.Code(b.ID))
	must(h.t, err)
	h.idle()
	return b
}

// mails returns the mails sent since the last call as "to: subject", sorted, and forgets them.
func (h *fixture) mails() []string {
	h.t.Helper()
	var out []string
	must(h.t, h.DB.Select(h.t.Context(), &out, `
		SELECT split_part(to_addr, '@', 1) || ': ' || subject FROM dev_mails ORDER BY to_addr, subject`))
	must(h.t, pg.Once(h.t.Context(), h.DB, func(c *pg.Conn) error {
		_, err := c.Exec(h.t.Context(), `DELETE FROM dev_mails`)
		return err
	}))
	return out
}

func (h *fixture) want(want ...string) {
	h.t.Helper()
	got := h.mails()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		h.t.Errorf("sent\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

const day = 24 * time.Hour

func TestABookingSendsItsCodeConfirmationAndReminders(t *testing.T) {
	h := build(t)
	h.run()
	b := h.hold(3 * day)
	h.idle()
	var text string
	must(t, h.DB.Get(t.Context(), &text, `SELECT text_body FROM dev_mails`))
	link := "https://wattle.example/booking/" + b.ID + "/confirm?t=" + h.Booking.LinkToken(b.ID)
	if !strings.HasPrefix(text, h.Booking.Code(b.ID)+"\n") || !strings.Contains(text, link) {
		t.Errorf("the code's mail:\n%s", text)
	}
	h.want("alex: Your Wattle code")
	_, err := h.Booking.Confirm(t.Context(), accounts.Client, b.ID, h.Booking.Code(b.ID))
	must(t, err)
	h.idle()
	h.want(
		"alex: Your appointment on Thu 26 Nov, 8:00 am (Brisbane time)",
		"sam: New appointment on Thu 26 Nov, 9:00 am (Sydney time)")
	h.advance(day - time.Second)
	h.want()
	h.advance(time.Second)
	h.want(
		"alex: Reminder: your appointment on Thu 26 Nov, 8:00 am (Brisbane time)",
		"sam: Reminder: your appointment on Thu 26 Nov, 9:00 am (Sydney time)")
	h.advance(46 * time.Hour)
	if got := h.mails(); len(got) != 2 {
		t.Errorf("two hours before: %v", got)
	}
	h.advance(3 * day)
	h.want()
}

func TestACancellationNotifiesBothSidesAndStopsTheReminders(t *testing.T) {
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
		t.Error("the letter must mention the message without its text and withdraw the calendar entry")
	}
	h.want(
		"alex: Cancelled: your appointment on Thu 26 Nov, 8:00 am (Brisbane time)",
		"sam: Cancelled: your appointment on Thu 26 Nov, 9:00 am (Sydney time)")
	h.advance(4 * day)
	h.want()
}

func TestAMoveSendsTheNewTimeAndRemindsOfThatTimeOnly(t *testing.T) {
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
	h.want(
		"alex: Moved: your appointment is now on Sat 28 Nov, 8:00 am (Brisbane time)",
		"sam: Moved: your appointment is now on Sat 28 Nov, 9:00 am (Sydney time)")
	h.advance(day) // the reminder of the earlier time
	h.want()
	h.advance(2 * day)
	if got := h.mails(); len(got) != 2 || !strings.Contains(got[0], "Sat 28 Nov") {
		t.Errorf("reminders %v", got)
	}
}

func TestAProposalIsSentWhileItStands(t *testing.T) {
	h := build(t)
	h.run()
	b := h.book(3 * day)
	h.mails()
	_, err := h.Booking.Propose(t.Context(), accounts.Therapist(h.therapist), b.ID, monday.Add(4*day))
	must(t, err)
	h.idle()
	h.want("alex: Another time for your appointment: Fri 27 Nov, 8:00 am (Brisbane time)")
}

func TestAMailServerOutageNeitherLosesNorRepeatsMail(t *testing.T) {
	h := build(t)
	h.run()
	b := h.book(3 * day)
	h.mails()
	h.server.set(true, "")
	_, err := h.Booking.Reschedule(t.Context(), accounts.Client, b.ID, monday.Add(5*day), 0)
	must(t, err)
	h.idle()
	for range 6 {
		h.advance(10 * time.Minute)
	}
	h.want()
	h.server.set(false, "")
	h.advance(40 * time.Minute)
	if got := h.mails(); len(got) != 2 {
		t.Errorf("sent %v", got)
	}
	h.advance(2 * time.Hour)
	h.want()
}

func TestOutdatedMailIsNotSentAfterAnOutage(t *testing.T) {
	h := build(t)
	h.run()
	h.server.set(true, "")
	b := h.hold(3 * day)
	h.idle()
	_, err := h.Booking.Confirm(t.Context(), accounts.Client, b.ID, h.Booking.Code(b.ID))
	must(t, err)
	h.idle()
	_, err = h.Booking.Cancel(t.Context(), accounts.Client, b.ID, "")
	must(t, err)
	h.idle()
	h.server.set(false, "")
	h.advance(time.Hour)
	h.want(
		"alex: Cancelled: your appointment on Thu 26 Nov, 8:00 am (Brisbane time)",
		"sam: Cancelled: your appointment on Thu 26 Nov, 9:00 am (Sydney time)")
}

func TestARefusedAddressDoesNotStopTheOtherLetter(t *testing.T) {
	h := build(t)
	h.server.set(false, "alex@client.example")
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

// If the clock jumps past both reminders, only the later one is sent.
func TestALateReminderIsSkippedForTheNext(t *testing.T) {
	h := build(t)
	h.run()
	h.book(3 * day)
	h.mails()
	h.advance(3*day - time.Hour)
	if got := h.mails(); len(got) != 2 {
		t.Errorf("sent %v", got)
	}
}

func TestAnExpiredCodeIsNotSent(t *testing.T) {
	h := build(t)
	h.server.set(true, "")
	h.run()
	h.hold(3 * day)
	h.idle()
	h.server.set(false, "")
	h.advance(booking.HoldFor)
	h.want()
}

func TestTasksOfAnErasedBookingDoNothing(t *testing.T) {
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

func TestSchedulesExpireHoldsAndChainTheAudit(t *testing.T) {
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
	t.Error("the hold was not released or the audit was not chained")
}
