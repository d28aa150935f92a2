package booking

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"wattle/internal/clock"
	"wattle/tools/verify/rig"
)

const inFlight = 16

// openRequest is a hold whose headers were sent and whose body the server has asked for (100 Continue),
// so that it is in a handler's hands beyond doubt.
type openRequest struct {
	conn net.Conn
	in   *bufio.Reader
	body []byte
}

// begin opens requests that are in flight when the instance is told to stop.
func (l *load) begin(ctx context.Context) (list []*openRequest, err error) {
	c := &StormClient{StormRun: &StormRun{Trial: l.Trial, offices: l.offices}, R: l.Random(uint64(9000 + l.round))}
	for n := range inFlight {
		o := &l.offices[n%len(l.offices)]
		b, err := l.beginOne(ctx, rig.Want(o.Slug, rig.Slot{Starts: c.start(o), Modes: []string{"video"}}, fmt.Sprintf("flight-%d-%d@example.org", l.round, n)))
		if err != nil {
			return list, err
		}
		list = append(list, b)
	}
	return list, nil
}

func (l *load) beginOne(ctx context.Context, r rig.Request) (*openRequest, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, "tcp", strings.TrimPrefix(l.at.Base, "http://"))
	if err != nil {
		return nil, err
	}
	conn.SetDeadline(clock.System{}.Now().Add(rig.WireLimit)) //nolint:errcheck // the read fails then
	b := &openRequest{conn: conn, in: bufio.NewReader(conn), body: body}
	_, err = fmt.Fprintf(conn, "POST /api/v1/bookings HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\nExpect: 100-continue\r\n\r\n", len(body))
	if err != nil {
		return nil, err
	}
	res, err := http.ReadResponse(b.in, nil)
	if err == nil && res.StatusCode != http.StatusContinue {
		err = fmt.Errorf("asked to continue, the instance answered %d", res.StatusCode)
	}
	return b, err
}

// complete sends the bodies between a tenth and a whole second after the signal, and expects whole
// answers.
func (l *load) complete(ctx context.Context, list []*openRequest) {
	var wg sync.WaitGroup
	for n, b := range list {
		wg.Go(func() {
			defer b.conn.Close()
			if rig.Pause(ctx, time.Duration(n+2)*60*time.Millisecond) != nil {
				return
			}
			status, err := b.finish()
			if err != nil || status >= 500 {
				l.done.Add("in flight and dropped")
				l.Miss("a request in flight got no whole answer: %d %v", status, err)
				return
			}
			l.done.Add("in flight and answered")
		})
	}
	wg.Wait()
}

func (b *openRequest) finish() (int, error) {
	if _, err := b.conn.Write(b.body); err != nil {
		return 0, err
	}
	res, err := http.ReadResponse(b.in, nil)
	if err != nil {
		return 0, err
	}
	_, err = io.ReadAll(res.Body)
	return res.StatusCode, err
}
