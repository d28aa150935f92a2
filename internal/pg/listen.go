package pg

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"
)

// Listen calls fn for every NOTIFY on the channels until ctx ends, over a connection of its own.
// After every connect and reconnect it calls fn(channel, "") for each channel, because what was
// sent in between is lost: a notification is a hint, so look for yourself then, and poll as well.
// fn must be quick. Listen returns ctx's error, or why a channel could not be listened to.
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
			go l.Ping() //nolint:errcheck // finding a dead connection makes the listener reconnect
		case n, ok := <-l.Notify:
			switch {
			case !ok:
				return orDone(ctx, fmt.Errorf("pg: the listener was closed"))
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

// orDone prefers ctx's error, which is the cause when ctx has ended.
func orDone(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}
