package booking

import (
	"context"
	"fmt"

	"wattle/internal/pg"
)

// holdsQuery calls the function of migration 5, which is many holds in one transaction.
const holdsQuery = pg.Keep + `SELECT hold_bookings(
	key_locks => $1, planned_versions => $2, ids => $3, therapists => $4, service_ids => $5, services => $6, modes => $7, tiers => $8,
	prices_cents => $9, lengths => $10, buffers_before => $11, buffers_after => $12, starts => $13, wall_starts => $14,
	zones => $15, zone_offsets => $16, held_until => $17, client_names => $18, client_emails => $19, client_zones => $20,
	client_phones => $21, notes => $22, idem_hashes => $23, body_hashes => $24, actors => $25, asked_at => $26,
	mail_kinds => $27, mail_payloads => $28, attempts => $29)`

// insertHolds answers for each hold of a batch. What Postgres refused as a whole leaves every hold
// to be placed alone; an outcome that nobody knows is an error, and is never repeated.
// So is a panic, which would otherwise leave strangers waiting at the gate.
func (s *Service) insertHolds(batch []*asking) (out []outcome, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("booking: placing %d holds panicked: %v", len(batch), v)
		}
	}()
	rows := make([][]any, len(batch))
	for i, a := range batch {
		args, err := s.holdArgs(a.by, a.d, a.now)
		if err != nil {
			return nil, err
		}
		rows[i] = args
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(batch[0].ctx), batchLimit)
	defer cancel()
	var got pg.Strings
	err = pg.Once(ctx, s.DB, func(c *pg.Conn) error { return c.Get(ctx, &got, holdsQuery, pg.Arrays(rows)...) })
	out = make([]outcome, len(batch))
	for i := range out {
		switch {
		case err == nil:
			out[i] = outcomes[got[i]]
		case refusedWhole(err):
			out[i] = alone
		default:
			return nil, err
		}
	}
	return out, nil
}

// refusedWhole says whether Postgres undid a batch for what one of its holds met: a constraint, a
// lock that somebody kept for long, or a ring of waiting.
func refusedWhole(err error) bool {
	switch pg.Code(err) {
	case "23505", "23503", "23514", "23P01", "55P03", "40001", "40P01":
		return true
	}
	return false
}
