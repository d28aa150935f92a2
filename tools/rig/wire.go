package rig

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

// Wire is one connection that sends requests byte for byte: nothing is retried or corrected.
type Wire struct {
	addr string
	Conn net.Conn
	in   *bufio.Reader
}

// What can become of a request on a wire.
var (
	ErrRefused = errors.New("connection refused")
	ErrClosed  = errors.New("closed without a byte of an answer")
	errCut     = errors.New("the answer was cut off")
)

// WireLimit bounds one request.
const WireLimit = 30 * time.Second

// NewWire is a wire to an instance; it connects when it sends.
func NewWire(base string) *Wire { return &Wire{addr: strings.TrimPrefix(base, "http://")} }

// Close ends the connection.
func (w *Wire) Close() {
	if w.Conn != nil {
		w.Conn.Close()
		w.Conn = nil
	}
}

// Send writes a request and reads its whole answer, over the open connection where there is one.
func (w *Wire) Send(method string, raw []byte) (a Answer) {
	took := clock.Stopwatch()
	if w.Conn != nil && w.hungUp() {
		w.Close()
	}
	if w.Conn == nil {
		conn, err := net.DialTimeout("tcp", w.addr, 5*time.Second)
		if errors.Is(err, syscall.ECONNREFUSED) {
			return Answer{Err: ErrRefused}
		} else if err != nil {
			return Answer{Err: errors.Join(ErrClosed, err)}
		}
		w.Conn, w.in = conn, bufio.NewReader(conn)
	}
	a = w.exchange(method, raw)
	a.Took = took()
	if a.Err != nil || a.Header.Get("Connection") == "close" {
		w.Close()
	}
	return a
}

// hungUp reports whether the server closed the idle connection. Every client checks that before reuse.
func (w *Wire) hungUp() bool {
	w.Conn.SetReadDeadline(Now().Add(100 * time.Microsecond)) //nolint:errcheck // the read fails then
	_, err := w.in.Peek(1)
	var late net.Error
	return !errors.As(err, &late) || !late.Timeout()
}

func (w *Wire) exchange(method string, raw []byte) Answer {
	w.Conn.SetDeadline(Now().Add(WireLimit)) //nolint:errcheck // the read fails then
	_, writing := w.Conn.Write(raw)
	// A server may answer and close before it has read everything.
	if _, err := w.in.Peek(1); err != nil {
		var late net.Error
		if errors.As(err, &late) && late.Timeout() {
			return Answer{Err: err}
		}
		return Answer{Err: errors.Join(ErrClosed, writing)}
	}
	res, err := http.ReadResponse(w.in, &http.Request{Method: method})
	if err != nil {
		return Answer{Err: errors.Join(errCut, err)}
	}
	a := Answer{Status: res.StatusCode, Header: res.Header}
	if a.Body, err = io.ReadAll(res.Body); err != nil {
		a.Err = errors.Join(errCut, err)
	}
	if res.Close {
		a.Header.Set("Connection", "close")
	}
	return a
}
