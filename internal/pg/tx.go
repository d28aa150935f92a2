package pg

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/jmoiron/sqlx"
)

// retries is how often InTx repeats a transaction that Postgres itself undid.
const retries = 3

// Tx is one transaction.
type Tx struct{ x *sqlx.Tx }

// Conn is one pinned connection: what runs on it is never repeated.
type Conn struct{ x *sqlx.Conn }

// InTx runs fn in one transaction and commits when fn returns nil; an error or a panic rolls back.
// Serialization failures and deadlocks (40001, 40P01) are retried at most three times, so fn must
// not act outside tx. A commit without an answer is fault.Unavailable with ErrUnknown inside and
// is never repeated: the caller's idempotency key decides. fn makes no network call.
func InTx(ctx context.Context, db *DB, fn func(tx *Tx) error) error {
	for try := 0; ; try++ {
		err := inTx(ctx, db, fn)
		if err == nil || !retryable(err) || try == retries {
			return classify(err)
		}
		if err := pause(ctx, try); err != nil {
			return err
		}
	}
}

func inTx(ctx context.Context, db *DB, fn func(tx *Tx) error) error {
	x, err := db.x.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer x.Rollback() //nolint:errcheck // after a commit it does nothing
	if err := fn(&Tx{x}); err != nil {
		return err
	}
	err = x.Commit()
	if err == nil || retryable(err) {
		return err
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return err // refused before COMMIT was sent: rolled back
	}
	if broken(err) || busy(Code(err)) {
		return unknown(err)
	}
	return err // an answer, such as a deferred constraint
}

// pause waits a little longer, and a little differently, each time.
func pause(ctx context.Context, try int) error {
	wait := time.Duration(5<<try) * time.Millisecond
	select {
	case <-time.After(wait/2 + rand.N(wait)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Once runs fn with a pinned connection, for a write of a single statement: one round trip
// instead of three. A break is fault.Unavailable with ErrUnknown inside; nothing is repeated.
// A serialization failure or a deadlock is an answer (nothing was written) and is not retried.
func Once(ctx context.Context, db *DB, fn func(c *Conn) error) error {
	x, err := db.x.Connx(ctx)
	if err != nil {
		return classify(err)
	}
	defer x.Close()
	err = fn(&Conn{x})
	if err != nil && !errors.Is(err, ErrUnknown) && Code(err) == "" && broken(err) {
		return unknown(err)
	}
	return classify(err)
}

// Get reads one row into dest; sql.ErrNoRows when there is none. INSERT … RETURNING may be read so.
func (t *Tx) Get(ctx context.Context, dest any, query string, args ...any) error {
	return classify(t.x.GetContext(ctx, dest, query, plain(args)...))
}

// Select reads all rows into the slice dest points to.
func (t *Tx) Select(ctx context.Context, dest any, query string, args ...any) error {
	return classify(t.x.SelectContext(ctx, dest, query, plain(args)...))
}

// Query reads rows one by one; close them before the next statement.
func (t *Tx) Query(ctx context.Context, query string, args ...any) (*Rows, error) {
	return rows(t.x.QueryxContext(ctx, query, plain(args)...))
}

// Exec runs a statement and says how many rows it touched.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := t.x.ExecContext(ctx, query, plain(args)...)
	if err != nil {
		return 0, classify(err)
	}
	return res.RowsAffected()
}

// Get reads one row into dest; sql.ErrNoRows when there is none. INSERT … RETURNING may be read so.
func (c *Conn) Get(ctx context.Context, dest any, query string, args ...any) error {
	return onConn(c.x.GetContext(ctx, dest, query, plain(args)...))
}

// Select reads all rows into the slice dest points to.
func (c *Conn) Select(ctx context.Context, dest any, query string, args ...any) error {
	return onConn(c.x.SelectContext(ctx, dest, query, plain(args)...))
}

// Query reads rows one by one; close them before the next statement.
func (c *Conn) Query(ctx context.Context, query string, args ...any) (*Rows, error) {
	r, err := c.x.QueryxContext(ctx, query, plain(args)...)
	if err != nil {
		return nil, onConn(err)
	}
	return &Rows{r}, nil
}

// Exec runs a statement and says how many rows it touched.
func (c *Conn) Exec(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := c.x.ExecContext(ctx, query, plain(args)...)
	if err != nil {
		return 0, onConn(err)
	}
	return res.RowsAffected()
}

// onConn reports a statement outside a transaction that got no answer as unknown.
func onConn(err error) error {
	if err != nil && Code(err) == "" && (broken(err) || errors.Is(err, context.DeadlineExceeded)) {
		return unknown(err)
	}
	return classify(err)
}
