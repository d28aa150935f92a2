package pg

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strconv"
	"strings"

	"github.com/lib/pq"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"wattle/migrations"
)

// Migrate applies this binary's migrations to the database at ownerURL. Several instances may call it at
// once: one works under a session lock while the others wait. A database that is newer than the binary
// is left unchanged, so that old and new binaries run together during a deployment.
func Migrate(ctx context.Context, ownerURL string, log *slog.Logger) error {
	db, err := OpenOwner(ownerURL)
	if err != nil {
		return err
	}
	defer db.Close()
	p, err := provider(db)
	if err != nil {
		return fmt.Errorf("pg: loading the migrations: %w", err)
	}
	if pending, err := p.HasPending(ctx); err == nil && !pending {
		return nil
	}
	done, err := p.Up(ctx)
	for _, r := range done {
		log.InfoContext(ctx, "migration applied", "file", r.Source.Path, "ms", r.Duration.Milliseconds())
	}
	if err != nil {
		return classify(fmt.Errorf("pg: migrating: %w", err))
	}
	return nil
}

// SchemaVersion returns the number of the last migration in the database and of the last in the binary.
func SchemaVersion(ctx context.Context, q Queryer) (database, binary int64, err error) {
	err = q.Get(ctx, &database, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`)
	if err != nil {
		return 0, 0, err
	}
	names, err := fs.Glob(migrations.FS, "*.sql")
	for _, name := range names {
		number, _, _ := strings.Cut(name, "_")
		v, _ := strconv.ParseInt(number, 10, 64)
		binary = max(binary, v)
	}
	return database, binary, err
}

func provider(db *sql.DB) (*goose.Provider, error) {
	// Try once a second for up to five minutes.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return nil, err
	}
	return goose.NewProvider(goose.DialectPostgres, db, migrations.FS,
		goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true))
}

// Administer runs one statement as the role in url, outside a transaction and without a statement
// timeout, such as CREATE DATABASE. It is for launchers and tests.
func Administer(ctx context.Context, url, statement string) error {
	db, err := OpenOwner(url)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, statement)
	return err
}

// OpenOwner opens a pool without a statement timeout, for building indexes. The lock timeout still
// applies, because other statements queue behind the one that waits.
func OpenOwner(url string) (*sql.DB, error) {
	cfg, err := pq.NewConfig(url)
	if err != nil {
		return nil, errors.Join(errors.New("pg: invalid DATABASE_OWNER_URL"), err)
	}
	cfg = cfg.Clone()
	cfg.ApplicationName = "wattle migrate"
	cfg.Runtime["lock_timeout"] = fmt.Sprint(LockTimeout.Milliseconds())
	cfg.Runtime["statement_timeout"] = "0"
	cfg.Runtime["TimeZone"] = "UTC"
	c, err := pq.NewConnectorConfig(cfg)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(c), nil
}
