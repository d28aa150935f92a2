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
	return p.inTx(ctx, func(tx *pg.Tx) error { return p.ListTx(ctx, tx, by, id) })
}

// Pause hides a profile at the practice's request; bookings stand. Errors as List.
func (p *Profiles) Pause(ctx context.Context, by accounts.Actor, id int64) error {
	return p.inTx(ctx, func(tx *pg.Tx) error { return p.changeListing(ctx, tx, by, id, Paused) })
}

// Unlist hides a profile whose vetting ended or lapsed. Administrators and the system only.
func (p *Profiles) Unlist(ctx context.Context, by accounts.Actor, id int64) error {
	return p.inTx(ctx, func(tx *pg.Tx) error { return p.UnlistTx(ctx, tx, by, id) })
}

// Suspend hides a profile at once and refuses every new hold. Administrators and the system only.
func (p *Profiles) Suspend(ctx context.Context, by accounts.Actor, id int64) error {
	return p.inTx(ctx, func(tx *pg.Tx) error { return p.SuspendTx(ctx, tx, by, id) })
}

// inTx runs a verb and wakes this process's reader; the others hear of it by the feed.
func (p *Profiles) inTx(ctx context.Context, verb func(tx *pg.Tx) error) error {
	err := pg.InTx(ctx, p.DB, verb)
	if p.Changed != nil {
		p.Changed()
	}
	return err
}

// ListTx is List inside another verb's transaction.
func (p *Profiles) ListTx(ctx context.Context, tx *pg.Tx, by accounts.Actor, id int64) error {
	return p.changeListing(ctx, tx, by, id, Listed)
}

// UnlistTx is Unlist inside another verb's transaction.
func (p *Profiles) UnlistTx(ctx context.Context, tx *pg.Tx, by accounts.Actor, id int64) error {
	return p.changeListing(ctx, tx, by, id, Unlisted)
}

// SuspendTx is Suspend inside another verb's transaction.
func (p *Profiles) SuspendTx(ctx context.Context, tx *pg.Tx, by accounts.Actor, id int64) error {
	return p.changeListing(ctx, tx, by, id, Suspended)
}

// SetAccepting records whether the practice accepts new clients. The practice, administrators and the
// system may change it; errors as List.
func (p *Profiles) SetAccepting(ctx context.Context, by accounts.Actor, id int64, accepting bool) error {
	return p.inTx(ctx, func(tx *pg.Tx) error {
		was, err := lockProfile(ctx, tx, id)
		if err != nil {
			return err
		}
		if !staff(by) && !by.Manages(id) {
			return forbidden()
		}
		if was.Accepting == accepting {
			return nil
		}
		now := p.Clock.Now()
		if err := writeAccepting(ctx, tx, id, accepting, now); err != nil {
			return err
		}
		return p.changed(ctx, tx, now, id, audit.Entry{Actor: by.String(), Action: "therapist.accepting",
			Before: acceptingWord(was.Accepting), After: acceptingWord(accepting)})
	})
}

func acceptingWord(accepting bool) string {
	if accepting {
		return "accepting"
	}
	return "not accepting"
}

func (p *Profiles) changeListing(ctx context.Context, tx *pg.Tx, by accounts.Actor, id int64, to Listing) error {
	was, err := lockProfile(ctx, tx, id)
	if err != nil {
		return err
	}
	if !mayChange(by, id, was.Listing, to) {
		return forbidden()
	}
	if was.Listing == to {
		return nil
	}
	now := p.Clock.Now()
	if err := writeListing(ctx, tx, id, to, now); err != nil {
		return err
	}
	return p.changed(ctx, tx, now, id, audit.Entry{Actor: by.String(), Action: "therapist." + listingVerbs[to],
		Before: string(was.Listing), After: string(to)})
}

// changed derives what rests on the listing and records the change.
func (p *Profiles) changed(ctx context.Context, tx *pg.Tx, now time.Time, id int64, e audit.Entry) error {
	if p.NextTimes != nil {
		if err := p.NextTimes(ctx, tx, now, id); err != nil {
			return err
		}
	}
	e.Subject = fmt.Sprint("therapist:", id)
	return audit.Record(ctx, tx, now, e)
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

func forbidden() error { return fault.New(fault.Forbidden, "You may not change this profile.") }

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

func writeListing(ctx context.Context, tx *pg.Tx, id int64, to Listing, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE therapists SET listing = $2, version = version + 1, updated_at = $3 WHERE id = $1`, id, string(to), now)
	return err
}

func writeAccepting(ctx context.Context, tx *pg.Tx, id int64, accepting bool, now time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE therapists SET accepting = $2, version = version + 1, updated_at = $3 WHERE id = $1`, id, accepting, now)
	return err
}
