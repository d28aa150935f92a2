package notify

import (
	"context"
	"errors"
	"fmt"
	"time"

	"wattle/internal/clock"
	"wattle/internal/fault"
	"wattle/internal/pg"
)

// SendFor bounds one hand-over; Lease is after how long a hand-over without an end counts as
// broken off. The lease is longer, so a living worker never loses its claim.
const (
	SendFor = 15 * time.Second
	Lease   = 20 * time.Second
	KeptFor = 90 * 24 * time.Hour // a sent delivery is remembered; tasks are forgotten far earlier
)

// Post hands messages over, each key once.
//
// What it promises (I17): a message whose acceptance was recorded is never sent again, and two
// workers never send one key at the same time. The order is claim (committed), send, record. A
// process killed before it sends leaves a claim that ends with its lease, and the mail goes out
// then: none is lost. A process killed between the server's answer and the record, or a connection
// that broke before the answer, leaves it unknown whether the mail was accepted; SMTP cannot be
// asked. The mail is then repeated under the same Message-ID, by which mailbox servers drop it and
// the captured mails of development keep one row.
type Post struct {
	DB     *pg.DB
	Clock  clock.Clock
	Sender Sender
}

// Deliver sends m unless its key was sent before. It returns nil when m is sent or was,
// fault.Unavailable when it should be tried again later, ErrRefused when the server wants it never.
// Once begun it finishes although ctx ends, so that stopping leaves nothing unknown.
func (p *Post) Deliver(ctx context.Context, m Message) error {
	attempt, err := claim(ctx, p.DB, m.Key, m.ID, p.Clock.Now())
	if err != nil || attempt == 0 {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), SendFor)
	defer cancel()
	sent := p.Sender.Send(ctx, m)
	if errors.Is(sent, ErrUnsure) {
		return fault.Wrap(fault.Unavailable, "The mail server did not answer.", sent)
	}
	if err := p.record(ctx, m.Key, attempt, sent == nil); err != nil {
		return err
	}
	if sent != nil && !errors.Is(sent, ErrRefused) {
		return fault.Wrap(fault.Unavailable, "The mail server cannot be reached.", sent)
	}
	return sent
}

// record tries for a while: a lost record of a sent mail is the one way to send it twice.
func (p *Post) record(ctx context.Context, key string, attempt int, sent bool) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	for wait := 50 * time.Millisecond; ; wait *= 2 {
		err := finish(ctx, p.DB, key, attempt, sent, p.Clock.Now())
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("notify: outcome not recorded: %w", err)
		case <-time.After(wait):
		}
	}
}

// Forget removes deliveries that were sent longer ago than KeptFor.
func (p *Post) Forget(ctx context.Context) error {
	return forget(ctx, p.DB, p.Clock.Now().Add(-KeptFor))
}
