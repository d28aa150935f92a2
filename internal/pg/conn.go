package pg

import (
	"context"
	"database/sql/driver"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/lib/pq"
)

// grace is how long a statement may overrun its context before its socket is shut. lib/pq asks
// the server to cancel, but a frozen server never answers and the caller would wait with it.
const grace = 500 * time.Millisecond

// connector opens connections that notice a dead server before a write is sent over them.
type connector struct {
	pq   *pq.Connector
	sent atomic.Int64 // statements, over all connections
}

func newConnector(url string) (*connector, error) {
	cfg, err := connectorConfig(url)
	if err != nil {
		return nil, err
	}
	c, err := pq.NewConnectorConfig(cfg)
	if err != nil {
		return nil, err
	}
	c.Dialer(&dialer{})
	return &connector{pq: c}, nil
}

// Driver names the driver, as database/sql asks.
func (c *connector) Driver() driver.Driver { return c.pq.Driver() }

// Connect opens one connection and keeps hold of its socket.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	var sock net.Conn
	cn, err := c.pq.Connect(context.WithValue(ctx, sockKey{}, &sock))
	if err != nil {
		return nil, err
	}
	return &liveConn{pqConn: cn.(pqConn), sock: sock, sent: &c.sent}, nil
}

type sockKey struct{}

// dialer shows each socket to the Connect that asked for it; lib/pq's own cancel requests dial
// through it too, without one.
type dialer struct{ net.Dialer }

// DialContext opens a socket.
func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	s, err := d.Dialer.DialContext(ctx, network, address)
	if slot, ok := ctx.Value(sockKey{}).(*net.Conn); ok && err == nil {
		*slot = s
	}
	return s, err
}

// DialTimeout opens a socket within timeout.
func (d *dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

// pqConn is everything of lib/pq's connection that database/sql looks for.
type pqConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
	driver.NamedValueChecker
}

type liveConn struct {
	pqConn
	sock net.Conn
	sent *atomic.Int64
	kept map[string]keptStmt
}

// keptStmt is everything of lib/pq's prepared statement that liveConn uses.
type keptStmt interface {
	driver.StmtQueryContext
	driver.StmtExecContext
}

// Keep, at the beginning of a statement, has each connection prepare it once and keep the plan, inside
// transactions too. It is for the statements of hot verbs; their text must be constant.
const Keep = "/* keep */ "

// keep is the prepared statement of a query that begins with Keep.
func (c *liveConn) keep(ctx context.Context, q string) (keptStmt, error) {
	if st, ok := c.kept[q]; ok {
		return st, nil
	}
	st, err := c.pqConn.PrepareContext(ctx, q)
	if err != nil {
		return nil, err
	}
	if c.kept == nil {
		c.kept = map[string]keptStmt{}
	}
	kept := st.(keptStmt)
	c.kept[q] = kept
	return kept, nil
}

// ResetSession runs when the pool hands the connection out again. A server that went away has
// closed the socket by then; finding that here, before anything is sent, lets the pool open
// another instead of losing a write to it.
func (c *liveConn) ResetSession(ctx context.Context) error {
	if !quiet(c.sock) {
		return driver.ErrBadConn
	}
	return c.pqConn.ResetSession(ctx)
}

// QueryContext runs a query that cannot outlive ctx by more than the grace.
func (c *liveConn) QueryContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Rows, error) {
	defer c.guard(ctx)()
	c.sent.Add(1)
	if strings.HasPrefix(q, Keep) {
		st, err := c.keep(ctx, q)
		if err != nil {
			return nil, err
		}
		return st.QueryContext(ctx, args)
	}
	return c.pqConn.QueryContext(ctx, q, args)
}

// ExecContext runs a statement that cannot outlive ctx by more than the grace.
func (c *liveConn) ExecContext(ctx context.Context, q string, args []driver.NamedValue) (driver.Result, error) {
	defer c.guard(ctx)()
	c.sent.Add(1)
	if strings.HasPrefix(q, Keep) {
		st, err := c.keep(ctx, q)
		if err != nil {
			return nil, err
		}
		return st.ExecContext(ctx, args)
	}
	return c.pqConn.ExecContext(ctx, q, args)
}

// BeginTx opens a transaction whose end cannot outlive ctx by more than the grace either.
func (c *liveConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	defer c.guard(ctx)()
	c.sent.Add(1)
	tx, err := c.pqConn.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	return liveTx{tx, c, ctx}, nil
}

type liveTx struct {
	driver.Tx
	conn *liveConn
	ctx  context.Context
}

// Commit ends the transaction.
func (t liveTx) Commit() error {
	defer t.conn.guard(t.ctx)()
	return t.Tx.Commit()
}

// Rollback gives the transaction up.
func (t liveTx) Rollback() error {
	defer t.conn.guard(t.ctx)()
	return t.Tx.Rollback()
}

// guard shuts the socket soon after ctx ends, unless the returned function was called first.
func (c *liveConn) guard(ctx context.Context) func() {
	if ctx.Done() == nil || c.sock == nil {
		return func() {}
	}
	done := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-done:
		case <-time.After(grace):
			c.sock.SetDeadline(time.Unix(1, 0)) //nolint:errcheck // a closed socket is what we want
		}
	})
	return func() { stop(); close(done) }
}

// quiet reports whether an idle socket is open with nothing to read: the end of file and a
// farewell message both mean that the server is leaving.
func quiet(sock net.Conn) bool {
	s, ok := sock.(syscall.Conn)
	if !ok {
		return true
	}
	raw, err := s.SyscallConn()
	if err != nil {
		return false
	}
	var open bool
	err = raw.Read(func(fd uintptr) bool {
		var b [1]byte
		_, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		open = err == syscall.EAGAIN || err == syscall.EWOULDBLOCK
		return true
	})
	return err == nil && open
}
