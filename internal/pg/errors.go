package pg

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/lib/pq"

	"wattle/internal/fault"
)

// ErrUnknown marks a write whose outcome is unknown: the connection broke between the statement and its
// reply. It is wrapped in fault.Unavailable. Never repeat such a write without an idempotency key.
var ErrUnknown = errors.New("pg: the connection broke before the reply, so the outcome is unknown")

// errWrite reports a programming error: DB may repeat a statement.
var errWrite = errors.New("pg: a write on DB may run twice (lib/pq#939): use InTx or Once")

// Code returns the SQLSTATE of the Postgres error in err's chain, or "".
func Code(err error) string {
	if e, ok := errors.AsType[*pq.Error](err); ok {
		return string(e.Code)
	}
	return ""
}

// Constraint returns the name of the violated constraint in err's chain, or "".
func Constraint(err error) string {
	if e, ok := errors.AsType[*pq.Error](err); ok {
		return e.Constraint
	}
	return ""
}

// classify turns errors of an unreachable or busy Postgres into fault.Unavailable and leaves the rest.
func classify(err error) error {
	switch {
	case err == nil, errors.Is(err, sql.ErrNoRows), errors.Is(err, context.Canceled):
		return err
	}
	if _, ok := fault.As(err); ok {
		return err
	}
	if broken(err) || busy(Code(err)) || errors.Is(err, context.DeadlineExceeded) {
		return unavailable("Our records cannot be reached for a moment. Please try again shortly.", err)
	}
	return err
}

// unknown reports a write without a reply.
func unknown(err error) error {
	const msg = "The connection to our records broke before they answered, so we cannot tell whether this was saved. " +
		"Please check before trying again."
	return unavailable(msg, errors.Join(ErrUnknown, err))
}

func unavailable(msg string, err error) error {
	f := fault.Wrap(fault.Unavailable, msg, err)
	f.RetryAfter = 2 * time.Second
	return f
}

// broken reports whether the connection is gone, as opposed to Postgres replying with an error.
func broken(err error) bool {
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, sql.ErrConnDone) || errors.Is(err, net.ErrClosed) {
		return true
	}
	_, isNet := errors.AsType[net.Error](err)
	return isNet && !errors.Is(err, context.DeadlineExceeded)
}

// busy reports whether the SQLSTATE is temporary: connection errors (08), insufficient resources (53),
// shutdown and cancelled statements (57), disk errors (58), lock and idle-transaction timeouts, and
// conflicts that persisted through the retries (40001, 40P01).
func busy(code string) bool {
	if len(code) != 5 {
		return false
	}
	switch code[:2] {
	case "08", "53", "57", "58":
		return true
	}
	switch code {
	case "55P03", "25P03", "40001", "40P01":
		return true
	}
	return false
}

// retryable reports whether Postgres rolled back because of a conflict, so that a retry may succeed.
func retryable(err error) bool {
	code := Code(err)
	return code == "40001" || code == "40P01"
}

var writing = regexp.MustCompile(`(?i)\b(INSERT\s+INTO|DELETE\s+FROM|MERGE\s+INTO|UPDATE\s+(ONLY\s+)?[\w".]+(\s+(AS\s+)?\w+)?\s+SET)\b`)

// checked caches the result for each query, so that a repeated check is one map lookup.
var checked struct {
	sync.Mutex
	m map[string]bool
}

// mustRead rejects a query that writes.
func mustRead(query string) error {
	checked.Lock()
	defer checked.Unlock()
	reads, ok := checked.m[query]
	if !ok {
		if len(checked.m) >= 4096 || checked.m == nil {
			checked.m = map[string]bool{}
		}
		reads = startsReading(query) && !writing.MatchString(query)
		checked.m[query] = reads
	}
	if !reads {
		return errWrite
	}
	return nil
}

func startsReading(query string) bool {
	for line := range strings.Lines(strings.TrimPrefix(query, Keep)) {
		line = strings.TrimLeft(line, " \t\r\n(")
		if line == "" || strings.HasPrefix(line, "--") {
			continue
		}
		end := strings.IndexFunc(line, func(r rune) bool { return r < 'A' || r > 'z' })
		if end < 0 {
			end = len(line)
		}
		switch strings.ToUpper(line[:end]) {
		case "SELECT", "WITH", "VALUES", "SHOW", "TABLE", "EXPLAIN":
			return true
		}
		return false
	}
	return false
}
