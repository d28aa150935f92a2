package directory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/audit"
	"wattle/internal/clock"
	"wattle/internal/fault"
	"wattle/internal/pg"
)

// Profiles performs the verbs that change profiles. Fill it by field name; use it through a pointer.
type Profiles struct {
	DB    *pg.DB
	Clock clock.Clock

	// NextTimes derives the next instants of therapists within the transaction that changes what they
	// rest on. Booking provides it.
	NextTimes func(ctx context.Context, tx *pg.Tx, now time.Time, ids ...int64) error

	// Changed is called after a change was committed: this process's read model then looks at once; the
	// others hear of it by the feed. Optional.
	Changed func()
}

// List shows a profile and lets clients book it. A therapist may only undo their own pause; vetting and
// administrators may list any profile. It returns fault.Forbidden or fault.NotFound. Listing a listed
// profile does nothing.
func (p *Profiles) List(ctx context.Context, by accounts.Actor, id int64) error {
	return p.setListing(ctx, by, id, Listed)
}

// Pause hides a profile at the practice's request; bookings stand. Errors as List.
func (p *Profiles) Pause(ctx context.Context, by accounts.Actor, id int64) error {
	return p.setListing(ctx, by, id, Paused)
}

// Unlist hides a profile whose vetting ended or lapsed. Administrators and the system only.
func (p *Profiles) Unlist(ctx context.Context, by accounts.Actor, id int64) error {
	return p.setListing(ctx, by, id, Unlisted)
}

// Suspend hides a profile at once and refuses every new hold. Administrators and the system only.
func (p *Profiles) Suspend(ctx context.Context, by accounts.Actor, id int64) error {
	return p.setListing(ctx, by, id, Suspended)
}

// SetAccepting records whether the practice accepts new clients. The practice, administrators and the
// system may change it; errors as List.
func (p *Profiles) SetAccepting(ctx context.Context, by accounts.Actor, id int64, accepting bool) error {
	return p.change(ctx, by, id, "accepting", func(s *standing) (before, after string, allowed bool) {
		before, s.Accepting = acceptingWord(s.Accepting), accepting
		return before, acceptingWord(accepting), staff(by) || by.Manages(id)
	})
}

func acceptingWord(accepting bool) string {
	if accepting {
		return "accepting"
	}
	return "not accepting"
}

func (p *Profiles) setListing(ctx context.Context, by accounts.Actor, id int64, to Listing) error {
	return p.change(ctx, by, id, listingVerbs[to], func(s *standing) (before, after string, allowed bool) {
		allowed = mayChange(by, id, s.Listing, to)
		before, s.Listing = string(s.Listing), to
		return before, string(to), allowed
	})
}

// change applies set to a profile's standing, derives what depends on it and records the change. It then
// wakes this process's reader; other processes read the feed.
func (p *Profiles) change(ctx context.Context, by accounts.Actor, id int64, verb string,
	set func(s *standing) (before, after string, allowed bool)) error {
	err := pg.InTx(ctx, p.DB, func(tx *pg.Tx) error {
		s, err := lockProfile(ctx, tx, id)
		if err != nil {
			return err
		}
		before, after, allowed := set(&s)
		if !allowed {
			return fault.New(fault.Forbidden, "You may not change this profile.")
		}
		if before == after {
			return nil
		}
		now := p.Clock.Now()
		if _, err := tx.Exec(ctx, `UPDATE therapists SET listing = $2, accepting = $3, version = version + 1,
			updated_at = $4 WHERE id = $1`, id, string(s.Listing), s.Accepting, now); err != nil {
			return err
		}
		if p.NextTimes != nil {
			if err := p.NextTimes(ctx, tx, now, id); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, now, audit.Entry{Actor: by.String(), Action: "therapist." + verb,
			Subject: fmt.Sprint("therapist:", id), Before: before, After: after})
	})
	if p.Changed != nil {
		p.Changed()
	}
	return err
}

var listingVerbs = map[Listing]string{Listed: "list", Paused: "pause", Unlisted: "unlist", Suspended: "suspend"}

// mayChange holds the rule: staff may do anything; a practice may pause its profile and undo its own
// pause.
func mayChange(by accounts.Actor, id int64, from, to Listing) bool {
	if staff(by) {
		return true
	}
	between := func(l Listing) bool { return l == Listed || l == Paused }
	return by.Manages(id) && between(from) && between(to)
}

func staff(by accounts.Actor) bool {
	return by.Role == accounts.RoleAdmin || by.Role == accounts.RoleSystem
}

// standing is the state that the verbs check.
type standing struct {
	Listing   Listing `db:"listing"`
	Accepting bool    `db:"accepting"`
}

// lockProfile locks the practice's calendar first, as a hold does, and then the profile: against the same
// edit elsewhere, but not against foreign keys.
func lockProfile(ctx context.Context, tx *pg.Tx, id int64) (standing, error) {
	var s standing
	if _, err := tx.Exec(ctx, `SELECT 1 FROM calendars WHERE therapist_id = $1 FOR UPDATE`, id); err != nil {
		return s, err
	}
	err := tx.Get(ctx, &s, `SELECT listing, accepting FROM therapists WHERE id = $1 FOR NO KEY UPDATE`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return s, notListed()
	}
	return s, err
}
