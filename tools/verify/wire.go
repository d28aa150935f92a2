package main

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"wattle/internal/clock"
)

// wire is one connection on which requests are written as they are, so that nothing is repeated or
// mended on the way.
type wire struct {
	addr string
	conn net.Conn
	in   *bufio.Reader
}

// What became of a request on a wire.
var (
	errRefused = errors.New("nobody listens")
	errClosed  = errors.New("closed without a byte of an answer")
	errCut     = errors.New("the answer was cut off")
)

// wireLimit bounds one request.
const wireLimit = 30 * time.Second

func newWire(base string) *wire { return &wire{addr: strings.TrimPrefix(base, "http://")} }

func (w *wire) close() {
	if w.conn != nil {
		w.conn.Close()
		w.conn = nil
	}
}

func (w *wire) dial() error {
	conn, err := net.DialTimeout("tcp", w.addr, 5*time.Second)
	if err != nil {
		if errors.Is(err, syscall.ECONNREFUSED) {
			return errRefused
		}
		return errors.Join(errClosed, err)
	}
	w.conn, w.in = conn, bufio.NewReader(conn)
	return nil
}

// send writes a request and reads its whole answer, over the open connection where there is one.
func (w *wire) send(method string, raw []byte) answer {
	took := clock.Stopwatch()
	if w.conn != nil && w.hungUp() {
		w.close()
	}
	if w.conn == nil {
		if err := w.dial(); err != nil {
			return answer{err: err}
		}
	}
	a := w.exchange(method, raw)
	a.took = took()
	if a.err != nil || a.header.Get("Connection") == "close" {
		w.close()
	}
	return a
}

// hungUp says whether the server closed the idle connection, which every client looks for before
// it uses one again.
func (w *wire) hungUp() bool {
	w.conn.SetReadDeadline(clock.System{}.Now().Add(100 * time.Microsecond)) //nolint:errcheck // the read fails then
	_, err := w.in.Peek(1)
	var late net.Error
	return !errors.As(err, &late) || !late.Timeout()
}

func (w *wire) exchange(method string, raw []byte) answer {
	w.conn.SetDeadline(clock.System{}.Now().Add(wireLimit)) //nolint:errcheck // the read fails then
	_, writing := w.conn.Write(raw)
	// A server may answer and close before it has read everything.
	if _, err := w.in.Peek(1); err != nil {
		var late net.Error
		if errors.As(err, &late) && late.Timeout() {
			return answer{err: err}
		}
		return answer{err: errors.Join(errClosed, writing)}
	}
	res, err := http.ReadResponse(w.in, &http.Request{Method: method})
	if err != nil {
		return answer{err: errors.Join(errCut, err)}
	}
	a := answer{status: res.StatusCode, header: res.Header}
	if a.body, err = io.ReadAll(res.Body); err != nil {
		a.err = errors.Join(errCut, err)
	}
	if res.Close {
		a.header.Set("Connection", "close")
	}
	return a
}
