// Package pg is the only door to Postgres: opening, transactions, migrations, notifications and
// the private cluster of a development machine.
//
// There is no Exec on DB on purpose. database/sql repeats a statement when lib/pq reports a bad
// connection, and lib/pq reports one when the server closes cleanly after the write but before
// its answer (lib/pq#939): two rows and no error. Writes therefore run in InTx, or for a single
// statement in Once, which report the break instead of repeating.
package pg

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Limits of every connection that Open makes. A value in the URL wins over each of them.
const (
	PoolSize         = 16
	StatementTimeout = 3 * time.Second
	LockTimeout      = 2 * time.Second
	IdleInTxTimeout  = 5 * time.Second
)

// Queryer reads: DB, Tx and Conn are Queryers.
type Queryer interface {
	Get(ctx context.Context, dest any, query string, args ...any) error
	Select(ctx context.Context, dest any, query string, args ...any) error
	Query(ctx context.Context, query string, args ...any) (*Rows, error)
}

// Execer reads and writes: Tx and Conn are Execers, DB is not.
type Execer interface {
	Queryer
	Exec(ctx context.Context, query string, args ...any) (int64, error)
}

// DB is a pool of connections for reading, and the start of every InTx and Once.
type DB struct {
	x    *sqlx.DB
	url  string
	sent *atomic.Int64
}

// Open makes a pool of 16 connections to the Postgres at url and proves that it answers.
// It returns fault.Unavailable when the server does not.
//
// Single statements take one round trip (binary_parameters): []byte goes to bytea as it is, so
// JSON must be passed as a string or json.RawMessage, never as []byte.
func Open(ctx context.Context, url string) (*DB, error) {
	c, err := newConnector(url)
	if err != nil {
		return nil, fmt.Errorf("pg: the database's address: %w", err)
	}
	pool := sql.OpenDB(c)
	pool.SetMaxOpenConns(PoolSize)
	pool.SetMaxIdleConns(PoolSize)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	db := &DB{x: sqlx.NewDb(pool, "postgres"), url: url, sent: &c.sent}
	if err := db.Ping(ctx); err != nil {
		pool.Close()
		return nil, err
	}
	return db, nil
}

// URL is the address that Open was given; Listen wants it for a connection of its own.
func (db *DB) URL() string { return db.url }

// Close ends the pool.
func (db *DB) Close() error { return db.x.Close() }

// Stats describes the pool, for metrics.
func (db *DB) Stats() sql.DBStats { return db.x.Stats() }

// Statements is how many have been sent so far over all connections of the pool, beginnings of
// transactions among them.
func (db *DB) Statements() int64 { return db.sent.Load() }

// Ping asks the server for a sign of life; fault.Unavailable when there is none.
func (db *DB) Ping(ctx context.Context) error { return classify(db.x.PingContext(ctx)) }

// Get reads one row into dest (sqlx rules, `db` tags); sql.ErrNoRows when there is none.
func (db *DB) Get(ctx context.Context, dest any, query string, args ...any) error {
	if err := mustRead(query); err != nil {
		return err
	}
	return classify(db.x.GetContext(ctx, dest, query, plain(args)...))
}

// Select reads all rows into the slice dest points to.
func (db *DB) Select(ctx context.Context, dest any, query string, args ...any) error {
	if err := mustRead(query); err != nil {
		return err
	}
	return classify(db.x.SelectContext(ctx, dest, query, plain(args)...))
}

// Query reads rows one by one; close them.
func (db *DB) Query(ctx context.Context, query string, args ...any) (*Rows, error) {
	if err := mustRead(query); err != nil {
		return nil, err
	}
	return rows(db.x.QueryxContext(ctx, query, plain(args)...))
}

// Rows are the rows of a query, read one by one with Next and Scan or StructScan. Close them.
type Rows struct{ *sqlx.Rows }

// Err is what ended the reading, if anything did.
func (r *Rows) Err() error { return classify(r.Rows.Err()) }

func rows(r *sqlx.Rows, err error) (*Rows, error) {
	if err != nil {
		return nil, classify(err)
	}
	return &Rows{r}, nil
}

// plain turns raw JSON into text: as []byte it would be sent in binary, which jsonb refuses.
func plain(args []any) []any {
	for i, a := range args {
		if raw, ok := a.(json.RawMessage); ok && raw != nil {
			args[i] = string(raw)
		}
	}
	return args
}

// connectorConfig is url's settings with ours where it says nothing.
func connectorConfig(url string) (pq.Config, error) {
	cfg, err := pq.NewConfig(url)
	if err != nil {
		return cfg, err
	}
	cfg = cfg.Clone()
	if cfg.ApplicationName == "" {
		cfg.ApplicationName = "wattle"
	}
	cfg.BinaryParameters = true
	for name, limit := range map[string]time.Duration{
		"statement_timeout":                   StatementTimeout,
		"lock_timeout":                        LockTimeout,
		"idle_in_transaction_session_timeout": IdleInTxTimeout,
	} {
		if cfg.Runtime[name] == "" {
			cfg.Runtime[name] = fmt.Sprint(limit.Milliseconds())
		}
	}
	cfg.Runtime["TimeZone"] = "UTC"
	return cfg, nil
}
