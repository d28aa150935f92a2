package rig

import (
	"context"
	"time"
)

// Overlap is a pair of live bookings of one practice that share a moment, buffers included.
type Overlap struct {
	Therapist int64     `db:"therapist_id"`
	One       string    `db:"one"`
	Other     string    `db:"other"`
	From      time.Time `db:"starts"`
}

const overlapQuery = `
	SELECT a.therapist_id, a.id AS one, b.id AS other, lower(a.during) AS starts
	FROM bookings a JOIN bookings b ON b.therapist_id = a.therapist_id AND b.id > a.id AND b.busy && a.busy
	WHERE a.status IN ('held', 'requested', 'pending_payment', 'confirmed', 'completed', 'no_show')
	  AND b.status IN ('held', 'requested', 'pending_payment', 'confirmed', 'completed', 'no_show')
	ORDER BY a.therapist_id, a.id, b.id`

// Overlaps lists pairs of live bookings of one practice that share a moment.
func (h *Deployment) Overlaps(ctx context.Context) (list []Overlap, err error) {
	return list, h.Owner.Select(ctx, &list, overlapQuery)
}

// ClientOverlaps counts pairs of confirmed bookings of one proven client at the same time.
func (h *Deployment) ClientOverlaps(ctx context.Context) (int, error) {
	return h.Count(ctx, `SELECT count(*) FROM bookings a JOIN bookings b ON b.client_id = a.client_id AND b.id > a.id AND b.during && a.during
		WHERE a.status = 'confirmed' AND b.status = 'confirmed'`)
}
