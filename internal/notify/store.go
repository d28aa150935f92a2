package notify

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"wattle/internal/fault"
	"wattle/internal/pg"
)

// claim starts an attempt to send key and returns its number, or 0 if key has been sent. A claim
// dated in the future was made before the development clock was moved back and is ignored.
func claim(ctx context.Context, db *pg.DB, key, messageID string, now time.Time) (attempt int, err error) {
	err = pg.Once(ctx, db, func(c *pg.Conn) error {
		return c.Get(ctx, &attempt, `
			INSERT INTO deliveries (key, message_id, state, attempt, claimed_at)
			VALUES ($1, $2, 'sending', 1, $3)
			ON CONFLICT (key) DO UPDATE
			SET state = 'sending', attempt = deliveries.attempt + 1, claimed_at = excluded.claimed_at
			WHERE deliveries.state = 'failed'
			   OR deliveries.state = 'sending' AND (deliveries.claimed_at <= $4 OR deliveries.claimed_at > $5)
			RETURNING attempt`, key, messageID, now, now.Add(-Lease), now.Add(Lease))
	})
	if errors.Is(err, sql.ErrNoRows) {
		return 0, settled(ctx, db, key)
	}
	return attempt, err
}

// settled returns nil if key has been sent, and fault.Unavailable while another worker sends it.
func settled(ctx context.Context, db *pg.DB, key string) error {
	var state string
	if err := db.Get(ctx, &state, `SELECT state FROM deliveries WHERE key = $1`, key); err != nil {
		return err
	}
	if state == "sent" {
		return nil
	}
	return fault.New(fault.Unavailable, "This mail is being sent.")
}

// finish records the result of an attempt. A worker whose attempt was taken over may not mark it as
// failed, but an accepted mail counts as sent whichever worker sent it.
func finish(ctx context.Context, db *pg.DB, key string, attempt int, sent bool, now time.Time) error {
	return pg.Once(ctx, db, func(c *pg.Conn) error {
		if sent {
			_, err := c.Exec(ctx, `
				UPDATE deliveries SET state = 'sent', sent_at = $2 WHERE key = $1 AND state <> 'sent'`, key, now)
			return err
		}
		_, err := c.Exec(ctx, `
			UPDATE deliveries SET state = 'failed' WHERE key = $1 AND attempt = $2 AND state = 'sending'`, key, attempt)
		return err
	})
}

func forget(ctx context.Context, db *pg.DB, before time.Time) error {
	return pg.Once(ctx, db, func(c *pg.Conn) error {
		_, err := c.Exec(ctx, `DELETE FROM deliveries WHERE state = 'sent' AND sent_at < $1`, before)
		return err
	})
}
