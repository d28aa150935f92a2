package web

import (
	"encoding/hex"
	"errors"
	"net/netip"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"wattle/internal/fault"
	"wattle/internal/ratelimit"
)

// The allowances. No network holds more than three times at once, no address gets more than six
// codes an hour. Reads are counted in the process, writes across all instances.
var (
	readRule  = ratelimit.Rule{Name: "read", Limit: 600, Window: time.Minute}
	writeRule = ratelimit.Rule{Name: "write", Limit: 60, Window: time.Minute}
	mailRule  = ratelimit.Rule{Name: "mail", Limit: 6, Window: time.Hour}

	provenRule = ratelimit.Rule{Name: "proven", Limit: 1, Window: 24 * time.Hour}
)

// holdRule forgets a hold when it lapses.
func (k *Kit) holdRule() ratelimit.Rule {
	return ratelimit.Rule{Name: "hold", Limit: 3, Window: k.HoldFor}
}

// limitReads and limitWrites bound what one network may ask in a while.
func (k *Kit) limitReads(c *gin.Context) error {
	from := k.from(c)
	if k.exempt(from) {
		return nil
	}
	return k.Local.Take(readRule, network(from))
}

func (k *Kit) limitWrites(c *gin.Context, rule ratelimit.Rule) error {
	from := k.from(c)
	if k.exempt(from) {
		return nil
	}
	return k.Shared.Take(c.Request.Context(), rule, k.hashed("network", network(from)))
}

func (k *Kit) hashed(what, value string) string {
	return hex.EncodeToString(k.Box.Sum("ratelimit", what, value)[:16])
}

func (k *Kit) exempt(from netip.Addr) bool {
	return k.LimitsOff || k.ExemptLoopback && from.IsLoopback()
}

// network is what counts as one visitor: an IPv4 address or an IPv6 /64.
func network(a netip.Addr) string {
	if a.Is4() {
		return a.String()
	}
	return prefix(a, 64)
}

// prefix is the network of an address, "" where it has none.
func prefix(a netip.Addr, bits int) string {
	p, err := a.Prefix(bits)
	if err != nil || !p.IsValid() {
		return ""
	}
	return p.String()
}

// WithinAllowance holds a time within the allowances: what one network may try, what it may hold at
// once, and what one e-mail address may be sent. A hold that failed for its own reasons is given back.
func (k *Kit) WithinAllowance(c *gin.Context, email string, hold func() error) error {
	if k.exempt(k.from(c)) {
		return hold()
	}
	ctx := c.Request.Context()
	from, to := k.hashed("network", network(k.from(c))), k.hashed("address", strings.ToLower(strings.TrimSpace(email)))
	for _, take := range []struct {
		rule ratelimit.Rule
		key  string
	}{{writeRule, from}, {k.holdRule(), from}, {mailRule, to}} {
		if err := k.Shared.Take(ctx, take.rule, take.key); err != nil {
			return err
		}
	}
	err := hold()
	switch fault.Of(err) {
	case fault.Invalid, fault.NotFound, fault.Conflict:
		if back := errors.Join(k.Shared.Return(ctx, k.holdRule(), from), k.Shared.Return(ctx, mailRule, to)); back != nil {
			k.Log.WarnContext(ctx, "an allowance was not given back", "error", Scrub(back))
		}
	}
	return err
}

// Proven gives a network its hold back once the client's address is proven, once a booking: many
// people share one address of a mobile network, and a confirmed time is no hoarding.
func (k *Kit) Proven(c *gin.Context, id string) {
	ctx := c.Request.Context()
	if k.exempt(k.from(c)) || k.Shared.Take(ctx, provenRule, k.hashed("booking", id)) != nil {
		return
	}
	if err := k.Shared.Return(ctx, k.holdRule(), k.hashed("network", network(k.from(c)))); err != nil {
		k.Log.WarnContext(ctx, "an allowance was not given back", "error", Scrub(err))
	}
}
