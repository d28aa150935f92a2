package booking

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/booking/availability"
	"wattle/internal/booking/calendar"
	"wattle/internal/clock"
	"wattle/internal/directory"
	"wattle/internal/fault"
	"wattle/internal/pg"
	"wattle/internal/pg/pgtest"
	"wattle/internal/seal"
)

var ctx = context.Background()

// monday is 2 November 2026, 09:00 in Sydney; the practices of the tests are open from 09:00 to
// 17:00 on every day.
var monday = time.Date(2026, 11, 1, 22, 0, 0, 0, time.UTC)

// house is a database with practices, and the service under test at a clock of its own.
type house struct {
	*Service
	t     testing.TB
	clock *clock.Fixed
	next  int
}

func newHouse(t testing.TB) *house {
	t.Helper()
	box, err := seal.New([][]byte{[]byte("0123456789abcdef0123456789abcdef")})
	if err != nil {
		t.Fatal(err)
	}
	at := clock.At(monday)
	db := pgtest.New(t)
	return &house{t: t, clock: at, Service: &Service{DB: db, Clock: at, Box: box, Log: slog.New(slog.DiscardHandler),
		Availability: &availability.Service{DB: db, Clock: at}}}
}

func (h *house) exec(query string, args ...any) {
	h.t.Helper()
	h.must(pg.Once(ctx, h.DB, func(c *pg.Conn) error {
		_, err := c.Exec(ctx, query, args...)
		return err
	}))
}

func (h *house) count(query string, args ...any) (n int) {
	h.t.Helper()
	h.must(h.DB.Get(ctx, &n, query, args...))
	return n
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// open9to5 is every day's hours, with an hour's notice and sixty days' horizon.
func open9to5() calendar.Availability {
	a := calendar.Availability{NoticeMinutes: 60, HorizonDays: 60, StepMinutes: 15, OpenOnHolidays: true}
	for d := time.Sunday; d <= time.Saturday; d++ {
		a.Weekly = append(a.Weekly, calendar.Hours{Weekday: d, Start: 540, End: 1020})
	}
	return a
}

// practice makes a listed practice in Sydney whose free call lasts 20 minutes with 10 after it.
func (h *house) practice(change ...func(a *calendar.Availability)) int64 {
	h.t.Helper()
	h.next++
	a := open9to5()
	for _, c := range change {
		c(&a)
	}
	id := h.therapist(fmt.Sprintf("therapist-%d", h.next))
	h.service(id, directory.FreeConsultation, "consultation", 20, 0, 10, "video", "phone")
	_, err := h.Availability.Set(ctx, accounts.Therapist(id), id, a, 0)
	h.must(err)
	return id
}

func (h *house) therapist(slug string) (id int64) {
	h.t.Helper()
	h.must(pg.Once(ctx, h.DB, func(c *pg.Conn) error {
		return c.Get(ctx, &id, `
			INSERT INTO therapists (slug, listing, accepting, demo, given_name, family_name, honorific, type, registrar, supervisor, email, gender,
				state, suburb, postcode, street, lat, lng, zone, video_url, phone, headline, bio, portrait, practising_since, issues, also_issues,
				approaches, client_groups, languages, affirming, identities, faiths, access, funding, consented, policy, reduced_for, version, created_at, updated_at)
			VALUES ($1, 'listed', true, true, 'Ada', 'Example', '', 'psychologist', false, '', 'ada@example.com', 'woman',
				'nsw', 'Newtown', '2042', '1 King Street', -33.9, 151.2, 'Australia/Sydney', 'https://video.example/ada', '+61290000000', '', '', 1, 2010, '{}', '{}',
				'{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', 'standard', '', 1, $2, $2) RETURNING id`, slug, monday)
	}))
	return id
}

func (h *house) service(therapist int64, slug, kind string, minutes, before, after int, modes ...string) {
	h.t.Helper()
	fee := 0
	if kind != "consultation" {
		fee = 20000
	}
	h.exec(`INSERT INTO services (therapist_id, slug, position, name, kind, format, minutes, fee_cents, modes, buffer_before, buffer_after, active)
		VALUES ($1, $2, 1, $2, $3, 'individual', $4, $5, $6, $7, $8, true)`, therapist, slug, kind, minutes, fee, pg.Strings(modes), before, after)
}

// ask is a request of client number n for a start, minutes after monday 09:00 in Sydney.
func (h *house) ask(therapist int64, client int, at time.Duration) HoldRequest {
	return HoldRequest{TherapistID: therapist, Mode: "video", StartsAt: monday.Add(at), Name: "Sam Example",
		Email: fmt.Sprintf("sam%d@example.com", client), Zone: "Australia/Perth", Note: "A word beforehand."}
}

func (h *house) hold(therapist int64, client int, at time.Duration) Booking {
	h.t.Helper()
	b, err := h.Hold(ctx, accounts.Anonymous, h.ask(therapist, client, at))
	h.must(err)
	return b
}

func (h *house) book(therapist int64, client int, at time.Duration) Booking {
	h.t.Helper()
	b := h.hold(therapist, client, at)
	b, err := h.Confirm(ctx, accounts.Client, b.ID, h.Code(b.ID))
	h.must(err)
	return b
}

// overlaps counts pairs of live bookings of one practice that share a moment: it must be 0.
func (h *house) overlaps() int {
	h.t.Helper()
	return h.count(`
		SELECT count(*) FROM bookings a JOIN bookings b ON a.therapist_id = b.therapist_id AND a.id < b.id AND a.busy && b.busy
		WHERE a.status IN ('held', 'requested', 'pending_payment', 'confirmed', 'completed', 'no_show')
		  AND b.status IN ('held', 'requested', 'pending_payment', 'confirmed', 'completed', 'no_show')`)
}

func wantKind(t testing.TB, err error, kind fault.Kind, field string) *fault.Error {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Fatalf("got %v, want %v", err, kind)
	}
	e, _ := fault.As(err)
	if field != "" && (len(e.Fields) == 0 || e.Fields[0].Name != field) {
		t.Fatalf("got %+v, want field %q", e, field)
	}
	return e
}
