package web

import (
	"github.com/gin-gonic/gin"

	"wattle/internal/accounts"
	"wattle/internal/region"
	"wattle/internal/view"
)

// Request says who asks. Middleware makes it once; pages, tags and verbs take it from there.
type Request struct {
	Viewer view.Viewer    // what pages show of the person; zero when signed out
	Actor  accounts.Actor // who acts, for verbs and the audit trail
	Zone   string         // the reader's IANA zone as the address names it; "" when it names none
}

const requestKey = "wattle.request"

// introduce makes the Request. Everyone is anonymous here: a link that opens a booking is checked by
// the page it leads to.
func (k *Kit) introduce(c *gin.Context) {
	req := Request{Actor: accounts.Anonymous}
	if zone := c.Query("tz"); zone != "" {
		if _, ok := region.ZoneByName(zone); ok {
			req.Zone = zone
		}
	}
	c.Set(requestKey, req)
	c.Next()
}

// RequestOf returns who asks.
func RequestOf(c *gin.Context) Request {
	req, _ := c.Value(requestKey).(Request)
	return req
}

// ZoneOr is the reader's zone, or another where the address names none.
func (r Request) ZoneOr(zone string) string {
	if r.Zone != "" {
		return r.Zone
	}
	return zone
}

// tag distinguishes what is rendered for one person from what others see; "" when signed out.
func (r Request) tag() string {
	if !r.Viewer.SignedIn() {
		return ""
	}
	return r.Viewer.Role + "\x00" + r.Viewer.Name + "\x00" + r.Actor.String()
}
