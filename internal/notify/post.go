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

// SendFor limits one attempt to send. Lease is when an attempt without a result counts as dead; it
// is longer than SendFor, so a live worker keeps its claim. KeepFor is how long a sent delivery is
// remembered, which is far longer than its task.
const (
	SendFor = 15 * time.Second
	Lease   = 20 * time.Second
	KeepFor = 90 * 24 * time.Hour
)

// Post sends each message once, by its key.
//
// The guarantee (I17): a message whose acceptance was recorded is never sent again, and two workers
// never send one key at the same time. The order is claim (committed), send, record. If a process
// dies before sending, its claim expires with the lease and the mail is then sent, so none is lost.
// If a process dies between the server's reply and the record, or the connection breaks before the
// reply, the outcome is unknown and SMTP offers no way to ask. The mail is then sent again with the
// same Message-ID, which mailbox servers use to drop duplicates; the development mailbox does too.
type Post struct {
	DB     *pg.DB
	Clock  clock.Clock
	Sender Sender
}

// Deliver sends m unless its key has been sent. It returns nil once m has been sent,
// fault.Unavailable if the caller should retry later, and ErrRefused if the server will never
// accept m. An attempt that has begun continues after ctx ends, so that a shutdown leaves no
// unknown outcome.
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

// record retries for ten seconds: losing the record of a sent mail would send it twice.
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
			return fmt.Errorf("notify: recording the outcome: %w", err)
		case <-time.After(wait):
		}
	}
}

// Forget deletes deliveries sent more than KeepFor ago.
func (p *Post) Forget(ctx context.Context) error {
	return forget(ctx, p.DB, p.Clock.Now().Add(-KeepFor))
}
