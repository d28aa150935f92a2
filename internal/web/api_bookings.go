package web

import (
	"crypto/sha256"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/accounts"
	"wattle/internal/booking"
	"wattle/internal/directory"
	"wattle/internal/fault"
)

type bookingRequest struct {
	Therapist string    `json:"therapist"`
	Service   string    `json:"service"`
	Mode      string    `json:"mode"`
	StartsAt  time.Time `json:"starts_at"`
	Tier      string    `json:"tier"`
	Client    struct {
		Name     string `json:"name"`
		Email    string `json:"email"`
		Phone    string `json:"phone"`
		Timezone string `json:"timezone"`
	} `json:"client"`
	Note string `json:"note"`
}

type bookingCreated struct {
	ID        string    `json:"id"`
	Status    string    `json:"status"`
	Mode      string    `json:"mode"`
	HowToMeet string    `json:"how_to_meet"`
	HeldUntil time.Time `json:"held_until"`
	Token     string    `json:"token"`
	ManageURL string    `json:"manage_url"`
}

type bookingJSON struct {
	ID               string     `json:"id"`
	Status           string     `json:"status"`
	Therapist        string     `json:"therapist"`
	Service          string     `json:"service"`
	Mode             string     `json:"mode"`
	HowToMeet        string     `json:"how_to_meet"`
	StartsAt         time.Time  `json:"starts_at"`
	EndsAt           time.Time  `json:"ends_at"`
	Timezone         string     `json:"timezone"`
	HeldUntil        *time.Time `json:"held_until,omitempty"`
	CancelledBy      string     `json:"cancelled_by,omitempty"`
	Version          int        `json:"version"`
	ManageURL        string     `json:"manage_url"`
	ProposedStartsAt *time.Time `json:"proposed_starts_at,omitempty"`
}

// apiBook holds a time. The code goes to the address given; confirming needs it.
func (s *Server) apiBook(c *gin.Context) error {
	var req bookingRequest
	raw, err := readJSON(c, &req)
	if err != nil {
		return err
	}
	key, err := idempotencyKey(c)
	if err != nil {
		return err
	}
	if !plainSlug(req.Therapist) {
		return fault.New(fault.NotFound, "There is no such therapist.")
	}
	sum := sha256.Sum256(raw)
	b, err := s.hold(c, booking.HoldRequest{
		Slug: req.Therapist, Service: req.Service, Mode: req.Mode, StartsAt: req.StartsAt, Tier: req.Tier,
		Name: req.Client.Name, Email: req.Client.Email, Phone: req.Client.Phone, Zone: req.Client.Timezone, Note: req.Note,
		IdempotencyKey: key, BodyHash: sum[:],
	})
	if err != nil {
		return inBody(err)
	}
	b.Status = booking.Held // a replayed request answers what the first was told, whatever came after
	meet, err := s.Booking.Meeting(ctx(c), b)
	if err != nil {
		return err
	}
	return writeJSON(c, http.StatusCreated, bookingCreated{
		ID: b.ID, Status: b.Status.Public(), Mode: b.Mode, HowToMeet: meet.Sentence(), HeldUntil: b.HeldUntil,
		Token: s.Booking.ManageToken(b.ID), ManageURL: s.manageURL(b.ID),
	})
}

// inBody names the client's fields as they stand in the body: "client.email".
func inBody(err error) error {
	e, ok := fault.As(err)
	if !ok {
		return err
	}
	for i, f := range e.Fields {
		switch f.Name {
		case "name", "email", "phone", "timezone":
			e.Fields[i].Name = "client." + f.Name
		}
	}
	return err
}

// hold holds a time within the allowances: what one network may try, what it may hold at once, and
// what one address may be sent. What came to nothing is given back.
func (s *Server) hold(c *gin.Context, req booking.HoldRequest) (booking.Booking, error) {
	if s.exempt(s.from(c)) {
		return s.Booking.Hold(ctx(c), accounts.Anonymous, req)
	}
	from, to := s.hashed("network", network(s.from(c))), s.hashed("address", strings.ToLower(strings.TrimSpace(req.Email)))
	if err := s.Shared.Take(ctx(c), writeRule, from); err != nil {
		return booking.Booking{}, err
	}
	if err := s.Shared.Take(ctx(c), holdRule, from); err != nil {
		return booking.Booking{}, err
	}
	err := s.Shared.Take(ctx(c), mailRule, to)
	if err != nil {
		return booking.Booking{}, err
	}
	b, err := s.Booking.Hold(ctx(c), accounts.Anonymous, req)
	switch fault.Of(err) {
	case fault.Invalid, fault.NotFound, fault.Conflict:
		if back := errors.Join(s.Shared.Return(ctx(c), holdRule, from), s.Shared.Return(ctx(c), mailRule, to)); back != nil {
			s.Log.WarnContext(ctx(c), "an allowance was not given back", "error", scrub(back))
		}
	}
	return b, err
}

// proven gives a network its hold back once the client's address is proven, once a booking: many
// people share one address of a mobile network, and a confirmed time is hoarded by nobody.
func (s *Server) proven(c *gin.Context, id string) {
	if s.exempt(s.from(c)) || s.Shared.Take(ctx(c), provenRule, s.hashed("booking", id)) != nil {
		return
	}
	if err := s.Shared.Return(ctx(c), holdRule, s.hashed("network", network(s.from(c)))); err != nil {
		s.Log.WarnContext(ctx(c), "an allowance was not given back", "error", scrub(err))
	}
}

func idempotencyKey(c *gin.Context) (string, error) {
	keys := c.Request.Header.Values("Idempotency-Key")
	if len(keys) > 1 || len(keys) == 1 && (len(keys[0]) > 200 || !printable(keys[0])) {
		return "", fault.New(fault.Malformed, "Idempotency-Key must be one value of at most 200 printable characters.").
			With("Idempotency-Key", "This must be at most 200 printable characters.")
	}
	return c.GetHeader("Idempotency-Key"), nil
}

func printable(s string) bool {
	for _, r := range s {
		if r < 0x20 || r > 0x7e {
			return false
		}
	}
	return true
}

// bearer finds the booking whose client's token was sent; a wrong token is the same as no booking.
// The practice's token opens pages alone: there it can propose another time, but not move a client.
func (s *Server) bearer(c *gin.Context) (booking.Booking, accounts.Actor, error) {
	scheme, token, _ := strings.Cut(c.GetHeader("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		c.Header("WWW-Authenticate", "Bearer")
		return booking.Booking{}, accounts.Actor{}, fault.New(fault.Unauthorised, "Send the booking's token as Authorization: Bearer.")
	}
	b, actor, err := s.Booking.Authorise(ctx(c), c.Param("id"), strings.TrimSpace(token))
	if err == nil && actor.Role != accounts.RoleClient {
		err = fault.New(fault.NotFound, "There is no such booking.")
	}
	return b, actor, err
}

func (s *Server) apiBooking(c *gin.Context) error {
	b, _, err := s.bearer(c)
	if err != nil {
		return err
	}
	return s.writeBooking(c, b)
}

func (s *Server) writeBooking(c *gin.Context, b booking.Booking) error {
	meet, err := s.Booking.Meeting(ctx(c), b)
	if err != nil {
		return err
	}
	t, err := directory.Get(ctx(c), s.Booking.DB, b.TherapistID)
	if err != nil {
		return err
	}
	now, zone := s.Clock.Now(), zoneOf(b.Zone)
	out := bookingJSON{
		ID: b.ID, Status: b.PublicAt(now), Therapist: t.Slug, Service: b.Service, Mode: b.Mode, HowToMeet: meet.Sentence(),
		StartsAt: b.Starts.In(zone), EndsAt: b.Ends.In(zone), Timezone: b.Zone, CancelledBy: b.CancelledBy(), Version: b.Version,
		ManageURL: s.manageURL(b.ID),
	}
	if b.Status == booking.Held {
		out.HeldUntil = &b.HeldUntil
	}
	if p, ok, err := s.Booking.Proposal(ctx(c), b.ID); err != nil {
		return err
	} else if ok {
		at := p.Starts.In(zone)
		out.ProposedStartsAt = &at
	}
	return writeJSON(c, http.StatusOK, out)
}

// apiConfirm proves the address with the code from the mail.
func (s *Server) apiConfirm(c *gin.Context) error {
	b, actor, err := s.bearer(c)
	if err != nil {
		return err
	}
	var req struct {
		Code string `json:"code"`
	}
	if _, err := readJSON(c, &req); err != nil {
		return err
	}
	if b, err = s.Booking.Confirm(ctx(c), actor, b.ID, req.Code); err != nil {
		return err
	}
	s.proven(c, b.ID)
	return s.writeBooking(c, b)
}

func (s *Server) apiCancel(c *gin.Context) error {
	b, actor, err := s.bearer(c)
	if err != nil {
		return err
	}
	if err := noBody(c); err != nil {
		return err
	}
	if b, err = s.Booking.Cancel(ctx(c), actor, b.ID, ""); err != nil {
		return err
	}
	return s.writeBooking(c, b)
}

func (s *Server) apiReschedule(c *gin.Context) error {
	b, actor, err := s.bearer(c)
	if err != nil {
		return err
	}
	var req struct {
		StartsAt time.Time `json:"starts_at"`
		Version  int       `json:"version"`
	}
	if _, err := readJSON(c, &req); err != nil {
		return err
	}
	if req.StartsAt.IsZero() {
		return fault.FieldError("starts_at", "Give the new time, such as 2026-12-01T17:00:00+11:00.")
	}
	if b, err = s.Booking.Reschedule(ctx(c), actor, b.ID, req.StartsAt, req.Version); err != nil {
		return err
	}
	return s.writeBooking(c, b)
}

func (s *Server) apiCancellation(c *gin.Context) error {
	b, _, err := s.bearer(c)
	if err != nil {
		return err
	}
	p, err := s.Booking.Cancellation(ctx(c), b.ID)
	if err != nil {
		return err
	}
	type step struct {
		Until       time.Time `json:"until"`
		RefundCents int64     `json:"refund_cents"`
	}
	steps := []step{}
	for _, st := range p.Steps {
		steps = append(steps, step{st.Until.In(zoneOf(b.Zone)), int64(st.Refund)})
	}
	return writeJSON(c, http.StatusOK, map[string]any{
		"may_cancel": p.MayCancel, "policy": p.Policy, "sentence": p.Sentence,
		"fee_cents": int64(p.FeeNow), "refund_cents": int64(p.RefundNow), "steps": steps,
	})
}

func (s *Server) manageURL(id string) string {
	return s.BaseURL + "/booking/" + id + "?t=" + url.QueryEscape(s.Booking.ManageToken(id))
}

// alternativesJSON is what a 409 offers besides.
func alternativesJSON(e *fault.Error) any {
	alts, ok := e.Data.(booking.Alternatives)
	if !ok {
		return nil
	}
	type other struct {
		StartsAt time.Time `json:"starts_at"`
		EndsAt   time.Time `json:"ends_at"`
	}
	out := []other{}
	for _, a := range alts {
		out = append(out, other{a.Starts, a.Ends})
	}
	return out
}
