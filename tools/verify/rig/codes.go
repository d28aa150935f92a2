package rig

import (
	"context"
	"regexp"
	"sync"
	"time"
)

// Codes reads the six digits of captured mails as they come in, by booking.
type Codes struct {
	mu   sync.Mutex
	code map[string]string
}

var (
	codeDigits  = regexp.MustCompile(`^(\d{6})\r?\n`)
	codeBooking = regexp.MustCompile(`/booking/([a-z2-7]{26})/confirm\?`)
)

func (c *Codes) of(booking string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.code[booking]
}

// add takes a mail's text, when it holds a code.
func (c *Codes) add(text string) {
	digits, booking := codeDigits.FindStringSubmatch(text), codeBooking.FindStringSubmatch(text)
	if digits == nil || booking == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.code == nil {
		c.code = map[string]string{}
	}
	c.code[booking[1]] = digits[1]
}

// Follow reads the captured mails until ctx ends. Rows that commit late have lower numbers than
// those read already, so each look goes back a little.
func (c *Codes) Follow(ctx context.Context, h *Deployment) {
	last := int64(0)
	for Pause(ctx, 100*time.Millisecond) == nil {
		var mails []struct {
			ID   int64  `db:"id"`
			Text string `db:"text_body"`
		}
		if h.App.Select(ctx, &mails, `SELECT id, text_body FROM dev_mails WHERE id > $1 AND subject = 'Your Wattle code' ORDER BY id`, last-200) != nil {
			continue
		}
		for _, m := range mails {
			c.add(m.Text)
			last = max(last, m.ID)
		}
	}
}

// Wait is the code of a booking, "" when no mail brought it within the limit.
func (c *Codes) Wait(ctx context.Context, booking string, limit time.Duration) string {
	for ; limit > 0; limit -= 50 * time.Millisecond {
		if code := c.of(booking); code != "" || Pause(ctx, 50*time.Millisecond) != nil {
			return code
		}
	}
	return ""
}
