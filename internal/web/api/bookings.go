package api

import (
	"crypto/sha256"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/accounts"
	"wattle/internal/booking"
	"wattle/internal/booking/availability"
	"wattle/internal/directory"
	"wattle/internal/fault"
	"wattle/internal/web"
	"wattle/internal/web/profile"
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

// bookingHold holds a time. The code goes to the address given; confirming needs it.
func (s *API) bookingHold(c *gin.Context) error {
	var req bookingRequest
	raw, err := web.ReadJSON(c, &req)
	if err != nil {
		return err
	}
	key, err := idempotencyKey(c)
	if err != nil {
		return err
	}
	if !profile.IsSlug(req.Therapist) {
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
	meet, err := s.Booking.Meeting(c.Request.Context(), b)
	if err != nil {
		return err
	}
	return web.WriteJSON(c, http.StatusCreated, bookingCreated{
		ID: b.ID, Status: b.Status.Public(), Mode: b.Mode, HowToMeet: meet.Sentence(), HeldUntil: b.HeldUntil,
		Token: s.Booking.ManageToken(b.ID), ManageURL: s.manageURL(b.ID),
	})
}

// hold holds a time within the allowances.
func (s *API) hold(c *gin.Context, req booking.HoldRequest) (b booking.Booking, err error) {
	err = s.WithinAllowance(c, req.Email, func() error {
		b, err = s.Booking.Hold(c.Request.Context(), web.RequestOf(c).Actor, req)
		return err
	})
	return b, err
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
func (s *API) bearer(c *gin.Context) (booking.Booking, accounts.Actor, error) {
	scheme, token, _ := strings.Cut(c.GetHeader("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		c.Header("WWW-Authenticate", "Bearer")
		return booking.Booking{}, accounts.Actor{}, fault.New(fault.Unauthorised,
			"Send the booking's token as Authorization: Bearer.")
	}
	b, actor, err := s.Booking.Authorise(c.Request.Context(), c.Param("id"), strings.TrimSpace(token))
	if err == nil && actor.Role != accounts.RoleClient {
		err = fault.New(fault.NotFound, "There is no such booking.")
	}
	return b, actor, err
}

func (s *API) bookingShow(c *gin.Context) error {
	b, _, err := s.bearer(c)
	if err != nil {
		return err
	}
	return s.writeBooking(c, b)
}

func (s *API) writeBooking(c *gin.Context, b booking.Booking) error {
	meet, err := s.Booking.Meeting(c.Request.Context(), b)
	if err != nil {
		return err
	}
	t, err := directory.Get(c.Request.Context(), s.Booking.DB, b.TherapistID)
	if err != nil {
		return err
	}
	now, zone := s.Clock.Now(), web.ZoneOf(b.Zone)
	out := bookingJSON{
		ID: b.ID, Status: b.PublicAt(now), Therapist: t.Slug, Service: b.Service, Mode: b.Mode, HowToMeet: meet.Sentence(),
		StartsAt: b.Starts.In(zone), EndsAt: b.Ends.In(zone), Timezone: b.Zone, CancelledBy: b.CancelledBy(),
		Version: b.Version, ManageURL: s.manageURL(b.ID),
	}
	if b.Status == booking.Held {
		out.HeldUntil = &b.HeldUntil
	}
	if p, ok, err := s.Booking.Proposal(c.Request.Context(), b.ID); err != nil {
		return err
	} else if ok {
		at := p.Starts.In(zone)
		out.ProposedStartsAt = &at
	}
	return web.WriteJSON(c, http.StatusOK, out)
}

// bookingConfirm proves the address with the code from the mail.
func (s *API) bookingConfirm(c *gin.Context) error {
	b, actor, err := s.bearer(c)
	if err != nil {
		return err
	}
	var req struct {
		Code string `json:"code"`
	}
	if _, err := web.ReadJSON(c, &req); err != nil {
		return err
	}
	if b, err = s.Booking.Confirm(c.Request.Context(), actor, b.ID, req.Code); err != nil {
		return err
	}
	s.Proven(c, b.ID)
	return s.writeBooking(c, b)
}

func (s *API) bookingCancel(c *gin.Context) error {
	b, actor, err := s.bearer(c)
	if err != nil {
		return err
	}
	if err := web.NoBody(c); err != nil {
		return err
	}
	if b, err = s.Booking.Cancel(c.Request.Context(), actor, b.ID, ""); err != nil {
		return err
	}
	return s.writeBooking(c, b)
}

func (s *API) bookingReschedule(c *gin.Context) error {
	b, actor, err := s.bearer(c)
	if err != nil {
		return err
	}
	var req struct {
		StartsAt time.Time `json:"starts_at"`
		Version  int       `json:"version"`
	}
	if _, err := web.ReadJSON(c, &req); err != nil {
		return err
	}
	if req.StartsAt.IsZero() {
		return fault.FieldError("starts_at", "Give the new time, such as 2026-12-01T17:00:00+11:00.")
	}
	if b, err = s.Booking.Reschedule(c.Request.Context(), actor, b.ID, req.StartsAt, req.Version); err != nil {
		return err
	}
	return s.writeBooking(c, b)
}

func (s *API) bookingCancellation(c *gin.Context) error {
	b, _, err := s.bearer(c)
	if err != nil {
		return err
	}
	p, err := s.Booking.Cancellation(c.Request.Context(), b.ID)
	if err != nil {
		return err
	}
	type step struct {
		Until       time.Time `json:"until"`
		RefundCents int64     `json:"refund_cents"`
	}
	steps := []step{}
	for _, st := range p.Steps {
		steps = append(steps, step{st.Until.In(web.ZoneOf(b.Zone)), int64(st.Refund)})
	}
	return web.WriteJSON(c, http.StatusOK, map[string]any{
		"may_cancel": p.MayCancel, "policy": p.Policy, "sentence": p.Sentence,
		"fee_cents": int64(p.FeeNow), "refund_cents": int64(p.RefundNow), "steps": steps,
	})
}

func (s *API) manageURL(id string) string {
	return s.BaseURL + "/booking/" + id + "?t=" + url.QueryEscape(s.Booking.ManageToken(id))
}

// Alternatives are the other times that a 409 offers, and how many they are.
func Alternatives(e *fault.Error) (any, int) {
	alts, ok := e.Data.(availability.Alternatives)
	if !ok {
		return nil, 0
	}
	type other struct {
		StartsAt time.Time `json:"starts_at"`
		EndsAt   time.Time `json:"ends_at"`
	}
	out := []other{}
	for _, a := range alts {
		out = append(out, other{a.Starts, a.Ends})
	}
	return out, len(out)
}
