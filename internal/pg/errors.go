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

// ErrUnknown marks a write whose outcome nobody can know: the connection broke between the
// statement and its answer. It comes inside fault.Unavailable. Never repeat such a write without
// an idempotency key.
var ErrUnknown = errors.New("pg: the connection broke before the answer, so the outcome is unknown")

// errWrite is a programming mistake: DB repeats what it runs.
var errWrite = errors.New("pg: a write on DB may run twice (lib/pq#939): use InTx or Once")

// Code is the SQLSTATE of the Postgres error in err's chain, or "".
func Code(err error) string {
	if e, ok := errors.AsType[*pq.Error](err); ok {
		return string(e.Code)
	}
	return ""
}

// Constraint is the name of the constraint that err says was violated, or "".
func Constraint(err error) string {
	if e, ok := errors.AsType[*pq.Error](err); ok {
		return e.Constraint
	}
	return ""
}

// classify turns "Postgres cannot serve this now" into fault.Unavailable and leaves the rest.
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

// unknown is the report of a write without an answer.
func unknown(err error) error {
	const msg = "The connection to our records broke before they answered, so we cannot tell whether this was saved. Please check before trying again."
	return unavailable(msg, errors.Join(ErrUnknown, err))
}

func unavailable(msg string, err error) error {
	f := fault.Wrap(fault.Unavailable, msg, err)
	f.RetryAfter = 2 * time.Second
	return f
}

// broken reports whether the connection is gone, as against an answer that says no.
func broken(err error) bool {
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, sql.ErrConnDone) || errors.Is(err, net.ErrClosed) {
		return true
	}
	_, isNet := errors.AsType[net.Error](err)
	return isNet && !errors.Is(err, context.DeadlineExceeded)
}

// busy reports whether the SQLSTATE means "not now": connection trouble (08), no resources (53),
// shutdown and cancelled statements (57), disk trouble (58), locks and idle transactions that took
// too long, and conflicts that outlived their retries (40001, 40P01).
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

// again reports whether Postgres undid the transaction and asks for a repeat.
func again(err error) bool {
	code := Code(err)
	return code == "40001" || code == "40P01"
}

var writing = regexp.MustCompile(`(?i)\b(INSERT\s+INTO|DELETE\s+FROM|MERGE\s+INTO|UPDATE\s+(ONLY\s+)?[\w".]+(\s+(AS\s+)?\w+)?\s+SET)\b`)

// checked remembers queries that were looked at, so that the check costs a map look-up.
var checked struct {
	sync.Mutex
	m map[string]bool
}

// mustRead refuses a query that writes.
func mustRead(query string) error {
	checked.Lock()
	defer checked.Unlock()
	reads, known := checked.m[query]
	if !known {
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
