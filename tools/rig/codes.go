package rig

import (
	"regexp"
	"sync"
	"time"
)

// Codes collects the six-digit codes of mails by booking.
type Codes struct{ byBooking sync.Map }

var (
	codeDigits  = regexp.MustCompile(`(?m)^(\d{6})\r?$`)
	codeBooking = regexp.MustCompile(`/booking/([a-z2-7]{26})/confirm\?`)
)

// codeIn is the booking and the code in a mail's text.
func codeIn(text string) (booking, code string, found bool) {
	digits, link := codeDigits.FindStringSubmatch(text), codeBooking.FindStringSubmatch(text)
	if digits == nil || link == nil {
		return "", "", false
	}
	return link[1], digits[1], true
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

// Codes is the codes in the captured mails of a development instance by booking.
func (h *Deployment) Codes() map[string]string {
	codes := map[string]string{}
	const mails = `SELECT text_body FROM dev_mails WHERE subject = 'Your Wattle code' ORDER BY id`
	for _, text := range List[string](h, mails) {
		if booking, code, found := codeIn(text); found {
			codes[booking] = code
		}
	}
	return codes
}

// CodeOf is the code in the captured mails to an address, or "" while there is none.
func (h *Deployment) CodeOf(email string) string {
	for _, text := range List[string](h, `SELECT text_body FROM dev_mails WHERE to_addr = $1`, email) {
		if m := codeDigits.FindStringSubmatch(text); m != nil {
			return m[1]
		}
	}
	return ""
}
