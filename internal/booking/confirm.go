package booking

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/directory"
	"wattle/internal/fault"
	"wattle/internal/pg"
)

// Sentences of the limits on free consultations.
const (
	sayOnePair = "You already have a free call booked with this practice. Cancel or move that one first."
	sayThree   = "You already have three free calls booked. Cancel one of them first, or have it."
	sayClash   = "You already have a booking at that time."
	sayDayFull = "That day is full."
	sayAway    = "This practice can't be booked at the moment."
)

// Confirm proves the client's address with the code of the mail and makes the hold a promise. A
// repeat changes nothing.
//
// It returns fault.NotFound when there is no such booking; fault.Invalid with the field "code"
// for a wrong code, and fault.TooMany once five were wrong (the mail's link still works);
// fault.Conflict when the hold ran out, the practice was unlisted, or the client has a free call
// with this practice, three open ones, or a booking at that time already.
func (s *Service) Confirm(ctx context.Context, by accounts.Actor, id, code string) (Booking, error) {
	return s.confirm(ctx, by, id, func(b *Booking) error {
		switch {
		case b.CodeTries >= CodeTries:
			e := fault.New(fault.TooMany, "Five wrong codes were entered, so the code no longer works. Please use the link in our e-mail instead.")
			e.RetryAfter = max(time.Second, b.HeldUntil.Sub(s.Clock.Now()))
			return e
		case !sameCode(code, s.Code(b.ID)):
			return wrongCode(CodeTries - 1 - b.CodeTries)
		}
		return nil
	})
}

// errCode marks a wrong code, which is counted although the confirmation fails.
var errCode = errors.New("a wrong code")

func wrongCode(left int) error {
	e := fault.FieldError("code", fmt.Sprintf("That is not the code from our e-mail. You can try %d more times.", left))
	switch left {
	case 0:
		e.Fields[0].Message = "That is not the code from our e-mail. Please use the link in it instead."
	case 1:
		e.Fields[0].Message = "That is not the code from our e-mail. You can try once more."
	}
	e.Err = errCode
	return e
}

// ConfirmByLink confirms with the token of the mail's link. It returns what Confirm does, and
// fault.NotFound for a wrong token. Only a POST may come here: mail scanners follow links.
func (s *Service) ConfirmByLink(ctx context.Context, id, token string) (Booking, error) {
	if !s.holds(token, purposeLink, id) {
		return Booking{}, fault.New(fault.NotFound, "There is no such booking.")
	}
	return s.confirm(ctx, accounts.Client, id, func(*Booking) error { return nil })
}

// confirm runs one confirmation; prove returns an error unless the address is proven.
func (s *Service) confirm(ctx context.Context, by accounts.Actor, id string,
	prove func(*Booking) error) (b Booking, err error) {
	now := s.Clock.Now().Truncate(time.Microsecond)
	var refused error
	err = pg.InTx(ctx, s.DB, func(tx *pg.Tx) error {
		refused = nil
		if b, err = s.lock(ctx, tx, id); err != nil {
			return err
		}
		if b.Status == Confirmed {
			return nil
		}
		if refused = s.provable(&b, now, prove); errors.Is(refused, errCode) {
			return addCodeTry(ctx, tx, id, now)
		}
		if refused != nil {
			return nil
		}
		return s.confirmTx(ctx, tx, by, &b, now)
	})
	if err = limitFault(err); err == nil {
		err = refused
	}
	if err != nil {
		return Booking{}, err
	}
	return b, nil
}

// provable checks the hold before the code: a client must not be asked to retry the code of a dead hold.
func (s *Service) provable(b *Booking, now time.Time, prove func(*Booking) error) error {
	try := *b
	if err := try.Confirm(0, now); err != nil {
		return err
	}
	return prove(b)
}

// confirmTx confirms within the caller's transaction. The client's row is held until it ends, so
// that two confirmations of one person see each other; the indexes decide all the same.
func (s *Service) confirmTx(ctx context.Context, tx *pg.Tx, by accounts.Actor, b *Booking, now time.Time) error {
	listing, err := lockListing(ctx, tx, b.TherapistID)
	if err != nil {
		return err
	}
	if l := directory.Listing(listing); l != directory.Listed && l != directory.Paused {
		return fault.New(fault.Conflict, sayAway)
	}
	client, err := provenClient(ctx, tx, b.ClientEmail, now)
	if err != nil {
		return err
	}
	openPlace := 0
	if b.Service == directory.FreeConsultation {
		if openPlace, err = freeOpenPlace(ctx, tx, client); err != nil {
			return err
		}
		if openPlace == 0 {
			return fault.New(fault.Conflict, sayThree)
		}
	}
	if err := b.Confirm(client, now); err != nil {
		return err
	}
	if err := updateConfirmed(ctx, tx, b, openPlace, now); err != nil {
		return err
	}
	tasks := append([]task{{Task: BookingConfirmed{b.ID, b.Version}}}, reminders(b, now)...)
	return record(ctx, tx, by, "confirm", b.ID, Held, Confirmed, now, tasks...)
}

// limitFault turns the name of a violated constraint into a sentence for people.
func limitFault(err error) error {
	sentence := map[string]string{
		"bookings_one_free_per_pair": sayOnePair,
		"bookings_three_free_open":   sayThree,
		"bookings_client_no_overlap": sayClash,
		"bookings_no_overlap":        sayTaken,
		"bookings_day_place":         sayDayFull,
	}[pg.Constraint(err)]
	if err == nil || sentence == "" {
		return err
	}
	return fault.Wrap(fault.Conflict, sentence, err)
}

// lock reads a booking and keeps it from changing until the transaction ends.
func (s *Service) lock(ctx context.Context, tx *pg.Tx, id string) (Booking, error) {
	if id == "" || strings.ContainsRune(id, 0) {
		return Booking{}, fault.New(fault.NotFound, "There is no such booking.")
	}
	r, err := lockBooking(ctx, tx, id)
	if err != nil {
		return Booking{}, missing(err)
	}
	return s.open(&r)
}
