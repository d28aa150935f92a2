package availability

import (
	"context"
	"slices"
	"strconv"
	"time"
	"wattle/internal/booking/calendar"
	"wattle/internal/directory"
	"wattle/internal/outbox"
	"wattle/internal/pg"
)

// SweepEvery is how often next instants are checked for the passing of time.
const SweepEvery = 5 * time.Second

// sweepBatch is how many therapists a transaction derives; sweepRounds bounds one sweep to half a million.
const sweepBatch, sweepRounds = 500, 1000

// NextMoved is the task that derives the next instants of a therapist after a change.
type NextMoved struct{ TherapistID int64 }

// Kind names the task in the outbox.
func (NextMoved) Kind() string { return "booking.next_moved" }

// Key lets one waiting task stand for several changes.
func (t NextMoved) Key() outbox.Option { return outbox.Key(strconv.FormatInt(t.TherapistID, 10)) }

// SweepNext derives the next instants that time alone has made wrong: one has passed or is nearer than
// the notice, midnight moved the horizon, the clock was moved back, or they were never derived.
func (s *Service) SweepNext(ctx context.Context) error {
	for range sweepRounds {
		ids, err := dueNext(ctx, s.DB, sweepBatch, s.Clock.Now())
		if err != nil || len(ids) == 0 {
			return err
		}
		if err := s.RecomputeNext(ctx, ids); err != nil {
			return err
		}
		if len(ids) < sweepBatch {
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
	for part := range slices.Chunk(slices.Compact(ids), sweepBatch) {
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
		anyTime, evenings, weekends = append(anyTime, int64(next.Any)), append(evenings,
			int64(next.Evening)), append(weekends, int64(next.Weekend))
	})
	return saveNext(ctx, tx, found, anyTime, evenings, weekends, checks, now)
}

// Inputs are what the next instants of some therapists are derived from: hours and bookings.
type Inputs struct {
	list []*Practice
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
func (p *Practice) next(plan *calendar.Plan, now time.Time) (calendar.Next, int64) {
	var service *calendar.Service
	if s := p.button(); s != nil {
		service = Planned(s)
	}
	return plan.NextOf(&p.Times, service, now)
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
func (p *Practice) button() *directory.Service {
	if !p.Listed() || !p.Accepting {
		return nil
	}
	for i := range p.Services {
		if p.Services[i].Slug == directory.FreeConsultation && p.Services[i].Kind == directory.Consultation {
			return &p.Services[i]
		}
	}
	return nil
}

// LiveNext derives a therapist's next instants now, for a card whose stored ones have passed. It
// returns fault.NotFound when there is no such therapist.
func (s *Service) LiveNext(ctx context.Context, therapistID int64) (directory.Next, error) {
	p, err := s.Practice(ctx, "", therapistID, new(string))
	if err != nil {
		return directory.Next{}, err
	}
	now := s.Clock.Now()
	next, _ := p.next(new(calendar.Plan), now)
	return instants(next), nil
}
