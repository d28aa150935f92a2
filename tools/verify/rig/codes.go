package rig

import (
	"regexp"
	"sync"
	"time"
)

// Codes holds the six-digit codes of mails by booking.
type Codes struct{ byBooking sync.Map }

var (
	codeDigits  = regexp.MustCompile(`^(\d{6})\r?\n`)
	codeBooking = regexp.MustCompile(`/booking/([a-z2-7]{26})/confirm\?`)
)

// add takes a mail's text if it holds a code.
func (c *Codes) add(text string) {
	digits, booking := codeDigits.FindStringSubmatch(text), codeBooking.FindStringSubmatch(text)
	if digits != nil && booking != nil {
		c.byBooking.Store(booking[1], digits[1])
	}
}

// Follow reads the captured mails of a deployment until the run ends. A row that commits late may have a
// lower number than rows already read, so each look goes back a little.
func (c *Codes) Follow(h *Deployment) {
	db, last := h.App, int64(0)
	go func() {
		for ; ; h.T.Pause(100 * time.Millisecond) {
			var mails []struct {
				ID   int64  `db:"id"`
				Text string `db:"text_body"`
			}
			err := db.Select(h.T.Ctx, &mails, `SELECT id, text_body FROM dev_mails
				WHERE id > $1 AND subject = 'Your Wattle code' ORDER BY id`, last-200)
			for _, m := range mails {
				c.add(m.Text)
				last = max(last, m.ID)
			}
			if err != nil && h.T.Ctx.Err() != nil {
				return
			}
		}
	}()
}

// Wait is the code of a booking, or "" when no mail brings it within the limit.
func (c *Codes) Wait(t *Trial, booking string, limit time.Duration) (code string) {
	t.Wait(limit, func() bool {
		if found, ok := c.byBooking.Load(booking); ok {
			code = found.(string)
		}
		return code != ""
	})
	return code
}
