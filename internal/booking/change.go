package booking

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"time"
	"unicode/utf8"

	"wattle/internal/accounts"
	"wattle/internal/booking/availability"
	"wattle/internal/directory"
	"wattle/internal/fault"
	"wattle/internal/pg"
)

// maxCancelNote is the longest note that goes with a cancellation, in characters.
const maxCancelNote = 500

// Cancel ends a booking; a hold is given up. Its time is free at once. The note goes to the other
// side. A repeat by the same side changes nothing.
//
// It returns fault.NotFound when there is no such booking, fault.Conflict once it has begun, is
// over or was cancelled by the other side, fault.Invalid with the field "note" when it is too long.
func (s *Service) Cancel(ctx context.Context, by accounts.Actor, id, note string) (b Booking, err error) {
	if utf8.RuneCountInString(note) > maxCancelNote || !utf8.ValidString(note) {
		return Booking{}, fault.FieldError("note", "Please keep the note to 500 characters.")
	}
	sealed, err := s.seal(note, "cancel_note", id)
	if err != nil {
		return Booking{}, err
	}
	now := s.Clock.Now().Truncate(time.Microsecond)
	err = pg.InTx(ctx, s.DB, func(tx *pg.Tx) error {
		if b, err = s.lock(ctx, tx, id); err != nil {
			return err
		}
		from, to := b.Status, cancelledBy(by)
		if from == to {
			return nil
		}
		if b.LapsedAt(now) {
			return fault.New(fault.Conflict, sayLapsed)
		}
		if from == Held {
			return s.giveUp(ctx, tx, by, &b, now)
		}
		if err := b.Cancel(to, now); err != nil {
			return err
		}
		b.CancelNote = note
		if err := updateCancelled(ctx, tx, &b, sealed, now); err != nil {
			return err
		}
		if err := deleteProposal(ctx, tx, id); err != nil {
			return err
		}
		if err := freeReducedPlaces(ctx, tx, id); err != nil {
			return err
		}
		return record(ctx, tx, by, "cancel", id, from, to, now, task{Task: BookingCancelled{id, b.Version}},
			nextMoved(b.TherapistID))
	})
	if err != nil {
		return Booking{}, err
	}
	return b, nil
}

// cancelledBy is the status a cancellation by the actor leads to. Staff and the system act for the
// practice.
func cancelledBy(by accounts.Actor) Status {
	if by.Role == accounts.RoleClient || by.Role == accounts.RoleAnonymous {
		return CancelledClient
	}
	return CancelledTherapist
}

// giveUp releases a hold before its time.
func (s *Service) giveUp(ctx context.Context, tx *pg.Tx, by accounts.Actor, b *Booking, now time.Time) error {
	if err := b.Release(); err != nil {
		return err
	}
	if err := updateStatus(ctx, tx, b, now); err != nil {
		return err
	}
	if err := released(ctx, tx, by, now, b.ID); err != nil {
		return err
	}
	return addTasks(ctx, tx, now, nextMoved(b.TherapistID))
}

// Reschedule moves a confirmed booking to another start: the same row, the status kept, version
// and calendar sequence one higher. Its own old time is not in the way. A time that the practice
// proposed needs no hours; any other must be on offer. expectedVersion 0 is any.
//
// It returns fault.NotFound when there is no such booking; fault.Conflict when it is not
// confirmed, has begun, has another version, the day is full, or the time is taken or not on
// offer (then with Alternatives).
func (s *Service) Reschedule(ctx context.Context, by accounts.Actor, id string, startsAt time.Time,
	expectedVersion int) (Booking, error) {
	now := s.Clock.Now().Truncate(time.Microsecond)
	b, err := s.Get(ctx, id)
	if err != nil {
		return Booking{}, err
	}
	old := b
	err = pg.InTx(ctx, s.DB, func(tx *pg.Tx) error {
		if _, err := availability.LockCalendar(ctx, tx, b.TherapistID); err != nil {
			return err
		}
		if b, err = s.lock(ctx, tx, id); err != nil {
			return err
		}
		old = b
		if expectedVersion != 0 && b.Version != expectedVersion {
			return fault.New(fault.Conflict, "This booking has changed meanwhile. Please look at it again.")
		}
		return s.moveTx(ctx, tx, by, &b, startsAt.UTC(), now)
	})
	if err = limitFault(err); err == nil {
		return b, nil
	}
	if e, ok := fault.As(err); ok && (e.Message == sayTaken || e.Message == sayOffer || e.Message == sayDayFull) {
		other, more := s.Alternatives(ctx, old, startsAt)
		e.Data, err = other, cmp.Or(more, err)
	}
	return Booking{}, err
}

// moveTx moves a locked booking within the caller's transaction, which holds the calendar's lock.
func (s *Service) moveTx(ctx context.Context, tx *pg.Tx, by accounts.Actor, b *Booking, start, now time.Time) error {
	if err := b.movable(now); err != nil {
		return err
	}
	if b.Starts.Equal(start) {
		return nil
	}
	p, err := s.planForMove(ctx, tx, b, start, now)
	if err != nil {
		return err
	}
	if err := b.Reschedule(start, now); err != nil {
		return err
	}
	b.Zone = p.ZoneName
	w := p.Times.Zone.Wall(start)
	if err := s.releaseStale(ctx, tx, b.TherapistID, now); err != nil {
		return err
	}
	n, err := moveBooking(ctx, tx, b, w, p.Times.DailyCap, now)
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, sayDayFull)
	}
	if err != nil {
		return err
	}
	if err := deleteProposal(ctx, tx, b.ID); err != nil {
		return err
	}
	tasks := append([]task{{Task: BookingRescheduled{b.ID, b.Version}}}, reminders(b, now)...)
	return record(ctx, tx, by, "reschedule", b.ID, b.Status, b.Status, now, append(tasks, nextMoved(b.TherapistID))...)
}

// planForMove reads the practice under the calendar's lock and checks that its hours allow the start. A
// time that the practice itself proposed only has to be in the future.
func (s *Service) planForMove(ctx context.Context, tx *pg.Tx, b *Booking, start,
	now time.Time) (*availability.Practice, error) {
	p, err := availability.PracticeOf(ctx, tx, "", b.TherapistID, nil, now)
	if err != nil {
		return nil, err
	}
	if l := directory.Listing(p.Listing); l != directory.Listed && l != directory.Paused {
		return nil, fault.New(fault.Conflict, sayAway)
	}
	proposal, ok, err := standing(ctx, tx, b)
	if err != nil {
		return nil, err
	}
	if ok && proposal.Starts.Equal(start) && start.After(now) {
		return p, nil
	}
	service, found := availability.FindService(p.Services, b.Service)
	service.Minutes = b.Minutes() // the promise's length, whatever the service became
	if !found || !p.Times.Offers(availability.Planned(&service), b.Mode, start, now) {
		return nil, fault.New(fault.Conflict, sayOffer)
	}
	return p, nil
}

// Proposal is another time that the practice proposed. It reserves nothing.
type Proposal struct {
	BookingID string    `db:"booking_id"`
	Starts    time.Time `db:"starts_at"`
	Ends      time.Time `db:"-"`
	Version   int       `db:"version"` // of the booking it was made for
}

// Propose suggests another time to the client, who accepts by rescheduling to it. It needs no
// hours, but must be in the future and free at the moment.
//
// It returns fault.Forbidden unless the actor is the booking's practice, fault.NotFound when
// there is no such booking, fault.Conflict when it cannot be moved or the time is taken,
// fault.Invalid with the field "starts_at" for a time that is past or not a whole minute.
func (s *Service) Propose(ctx context.Context, by accounts.Actor, id string,
	startsAt time.Time) (p Proposal, err error) {
	now := s.Clock.Now().Truncate(time.Microsecond)
	startsAt = startsAt.UTC()
	if !startsAt.After(now) || !startsAt.Truncate(time.Minute).Equal(startsAt) {
		return Proposal{}, fault.FieldError("starts_at", "Please propose a time that lies ahead.")
	}
	err = pg.InTx(ctx, s.DB, func(tx *pg.Tx) error {
		b, err := s.lock(ctx, tx, id)
		if err != nil {
			return err
		}
		if !availability.MayManage(by, b.TherapistID) || by.Role == accounts.RoleSystem {
			return fault.New(fault.Forbidden, "Only the practice can propose another time.")
		}
		if err := b.movable(now); err != nil {
			return err
		}
		moved := b
		if err := moved.Reschedule(startsAt, now); err != nil {
			return err
		}
		if taken, _, err := lookAt(ctx, tx, &moved, now); err != nil || taken {
			return cmp.Or[error](err, fault.New(fault.Conflict, "Another booking is in the way of that time."))
		}
		p = Proposal{id, moved.Starts, moved.Ends, b.Version}
		if err := upsertProposal(ctx, tx, &p, now); err != nil {
			return err
		}
		return record(ctx, tx, by, "propose", id, b.Status, b.Status, now, task{Task: BookingProposed{id, b.Version}})
	})
	if err != nil {
		return Proposal{}, err
	}
	return p, nil
}

// Proposal reads the standing proposal: one made for the booking as it is now.
func (s *Service) Proposal(ctx context.Context, id string) (Proposal, bool, error) {
	b, err := s.Get(ctx, id)
	if err != nil {
		return Proposal{}, false, err
	}
	p, ok, err := standing(ctx, s.DB, &b)
	return p, ok && p.Starts.After(s.Clock.Now()), err
}

func standing(ctx context.Context, q pg.Queryer, b *Booking) (Proposal, bool, error) {
	p, err := proposalOf(ctx, q, b.ID)
	if errors.Is(err, sql.ErrNoRows) {
		return Proposal{}, false, nil
	}
	p.Starts = p.Starts.UTC()
	p.Ends = p.Starts.Add(b.Ends.Sub(b.Starts))
	return p, err == nil && p.Version == b.Version && b.Status == Confirmed, err
}
