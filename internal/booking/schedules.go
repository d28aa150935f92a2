package booking

import (
	"context"
	"slices"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/pg"
)

// How often the schedules run. A lapsed hold frees its time without them; they only make that visible.
const (
	ExpireEvery   = 2 * time.Second
	CompleteEvery = 30 * time.Second
	ForgetEvery   = time.Hour
)

// batch is how many rows a schedule takes in one transaction.
const batch = 500

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
