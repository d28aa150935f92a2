package pg

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"
)

// Listen calls fn for every NOTIFY on the channels until ctx ends, over its own connection. After each
// connect and reconnect it also calls fn(channel, "") for each channel, because notifications sent
// while disconnected are lost. A notification is only a hint: read the data then, and poll as well. fn
// must return quickly. Listen returns ctx's error or the reason why listening failed.
func Listen(ctx context.Context, url string, channels []string, fn func(channel, payload string)) error {
	l := pq.NewListener(url, 100*time.Millisecond, 5*time.Second, nil)
	defer l.Close()
	defer context.AfterFunc(ctx, func() { l.Close() })()
	for _, ch := range channels {
		if err := l.Listen(ch); err != nil {
			return orDone(ctx, fmt.Errorf("pg: listening on %s: %w", ch, err))
		}
		fn(ch, "")
	}
	return dispatch(ctx, l, channels, fn)
}

func dispatch(ctx context.Context, l *pq.Listener, channels []string, fn func(channel, payload string)) error {
	check := time.NewTicker(10 * time.Second)
	defer check.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-check.C:
			go l.Ping() //nolint:errcheck // a failed ping makes the listener reconnect
		case n, ok := <-l.Notify:
			switch {
			case !ok:
				return orDone(ctx, fmt.Errorf("pg: the listener is closed"))
			case n != nil:
				fn(n.Channel, n.Extra)
			default:
				for _, ch := range channels {
					fn(ch, "")
				}
			}
		}
	}
}

// orDone returns ctx's error if ctx has ended, since that is the cause.
func orDone(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}
