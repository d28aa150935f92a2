package booking

import (
	"context"
	"slices"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/booking/calendar"
	"wattle/internal/directory"
	"wattle/internal/pg"
)

// How often the schedules run. A lapsed hold frees its time without them; they only make that visible.
const (
	ExpireEvery   = 2 * time.Second
	CompleteEvery = 30 * time.Second
	SweepEvery    = 5 * time.Second
	ForgetEvery   = time.Hour
)

// batch is how many rows a schedule takes in one transaction.
const batch = 500

// sweepRounds bounds one sweep to half a million practices; the next goes on.
const sweepRounds = 1000

// ExpireHolds releases the holds that ran out, so that pages and next instants show the time.
func (s *Service) ExpireHolds(ctx context.Context) error {
	return s.untilShort(ctx, func(tx *pg.Tx, now time.Time) (int, error) {
		list, err := releaseAllStale(ctx, tx, batch, now)
		if err != nil {
			return 0, err
		}
		var therapists []int64
		for _, l := range list {
			therapists = append(therapists, l.TherapistID)
			if err := released(ctx, tx, accounts.System, now, l.ID); err != nil {
				return 0, err
			}
		}
		// In order, since two instances may add tasks of the same keys.
		slices.Sort(therapists)
		for _, id := range slices.Compact(therapists) {
			if err := addTasks(ctx, tx, now, nextMoved(id)); err != nil {
				return 0, err
			}
		}
		return len(list), nil
	})
}

// Complete closes the confirmed bookings that have ended, which also frees the client's places.
func (s *Service) Complete(ctx context.Context) error {
	return s.untilShort(ctx, func(tx *pg.Tx, now time.Time) (int, error) {
		list, err := endedBookings(ctx, tx, batch, now)
		if err != nil {
			return 0, err
		}
		for i := range list {
			b, err := s.open(&list[i])
			if err != nil {
				return 0, err
			}
			if err := b.Complete(now); err != nil {
				return 0, err
			}
			if err := updateStatus(ctx, tx, &b, now); err != nil {
				return 0, err
			}
			if err := record(ctx, tx, accounts.System, "complete", b.ID, Confirmed, Completed, now); err != nil {
				return 0, err
			}
		}
		return len(list), nil
	})
}

// untilShort repeats a batch, each in its own transaction, until one is not full.
func (s *Service) untilShort(ctx context.Context, fn func(tx *pg.Tx, now time.Time) (int, error)) error {
	for n := batch; n == batch; {
		now := s.Clock.Now().Truncate(time.Microsecond)
		err := pg.InTx(ctx, s.DB, func(tx *pg.Tx) (err error) {
			n, err = fn(tx, now)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ForgetKeys forgets the idempotency keys of more than a day ago.
func (s *Service) ForgetKeys(ctx context.Context) error {
	now := s.Clock.Now()
	return forgetKeys(ctx, s.DB, now.Add(-keyKept), now)
}

// UnprovenKept is how long the details of an unconfirmed hold are kept: three months answer a complaint,
// and after that they serve no purpose (APP 11.2).
const UnprovenKept = 90 * 24 * time.Hour

// ForgetUnproven erases name, address, number and note of holds that were never confirmed, once
// they are older than UnprovenKept. The booking itself stays, without its person.
func (s *Service) ForgetUnproven(ctx context.Context) error {
	return s.untilShort(ctx, func(tx *pg.Tx, now time.Time) (int, error) {
		return forgetUnproven(ctx, tx, batch, now.Add(-UnprovenKept), now)
	})
}

// SweepNext derives the next instants that time alone has made wrong: one has passed or is nearer than
// the notice, midnight moved the horizon, the clock was moved back, or they were never derived.
func (s *Service) SweepNext(ctx context.Context) error {
	for range sweepRounds {
		ids, err := dueNext(ctx, s.DB, batch, s.Clock.Now())
		if err != nil || len(ids) == 0 {
			return err
		}
		if err := s.RecomputeNext(ctx, ids); err != nil {
			return err
		}
		if len(ids) < batch {
			return nil
		}
	}
	return nil
}

// RecomputeNext derives the next instants of therapists from their hours and bookings. A therapist
// who is not listed, takes no new clients or offers nothing bookable has none.
func (s *Service) RecomputeNext(ctx context.Context, therapistIDs []int64) error {
	ids := slices.Clone(therapistIDs)
	slices.Sort(ids)
	for part := range slices.Chunk(slices.Compact(ids), batch) {
		now := s.Clock.Now().Truncate(time.Microsecond)
		if err := pg.InTx(ctx, s.DB, func(tx *pg.Tx) error { return RecomputeNextTx(ctx, tx, now, part...) }); err != nil {
			return err
		}
	}
	return nil
}

// RecomputeNextTx is RecomputeNext inside another verb's transaction, for at most a few hundred
// therapists: what changes a listing derives the next instants with it.
func RecomputeNextTx(ctx context.Context, tx *pg.Tx, now time.Time, ids ...int64) error {
	if err := lockNext(ctx, tx, ids); err != nil {
		return err
	}
	in, err := ReadInputs(ctx, tx, ids, now)
	if err != nil {
		return err
	}
	var found, anyTime, evenings, weekends, checks pg.Int64s
	in.Derive(func(id int64, next calendar.Next, check int64) {
		found, checks = append(found, id), append(checks, check)
		anyTime, evenings, weekends = append(anyTime, int64(next.Any)), append(evenings, int64(next.Evening)), append(weekends, int64(next.Weekend))
	})
	return saveNext(ctx, tx, found, anyTime, evenings, weekends, checks, now)
}

// Inputs are what the next instants of some therapists are derived from: hours and bookings.
type Inputs struct {
	list []*practice
	now  time.Time
}

// ReadInputs reads them as of now; ids that do not exist are left out.
func ReadInputs(ctx context.Context, q pg.Queryer, ids []int64, now time.Time) (Inputs, error) {
	list, err := practicesOf(ctx, q, ids, now)
	if err != nil {
		return Inputs{}, err
	}
	return Inputs{list, now}, nil
}

// Derive works out the next starts of each therapist in turn, and the second since 1970 at which to look again.
func (in Inputs) Derive(each func(therapistID int64, next calendar.Next, check int64)) {
	var plan calendar.Plan
	for _, p := range in.list {
		next, check := p.next(&plan, in.now)
		each(p.ID, next, check)
	}
}

// next is a practice's next starts, and when to look again. plan is reused from practice to practice.
func (p *practice) next(plan *calendar.Plan, now time.Time) (calendar.Next, int64) {
	var service *calendar.Service
	if s := p.button(); s != nil {
		service = planned(s)
	}
	return plan.NextOf(&p.times, service, now)
}

// instants is n as the directory shows it.
func instants(n calendar.Next) directory.Next {
	return directory.Next{Any: instant(n.Any), Evening: instant(n.Evening), Weekend: instant(n.Weekend)}
}

func instant(m calendar.Minute) time.Time {
	if m == 0 {
		return time.Time{}
	}
	return m.Time()
}

// button is the service that a card's button books: the free consultation, since paid sessions
// cannot be booked here yet. nil when nothing can be booked.
func (p *practice) button() *directory.Service {
	if !p.listed() || !p.Accepting {
		return nil
	}
	for i := range p.services {
		if p.services[i].Slug == directory.FreeConsultation && p.services[i].Kind == directory.Consultation {
			return &p.services[i]
		}
	}
	return nil
}

// LiveNext derives a therapist's next instants now, for a card whose stored ones have passed. It
// returns fault.NotFound when there is no such therapist.
func (s *Service) LiveNext(ctx context.Context, therapistID int64) (directory.Next, error) {
	p, err := s.practiceWith(ctx, "", therapistID, new(string))
	if err != nil {
		return directory.Next{}, err
	}
	now := s.Clock.Now()
	next, _ := p.next(new(calendar.Plan), now)
	return instants(next), nil
}
