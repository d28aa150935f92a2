package pg

import "context"

// UnsafeExec is what DB must never offer: a write that database/sql may repeat.
func UnsafeExec(ctx context.Context, db *DB, query string, args ...any) error {
	_, err := db.x.ExecContext(ctx, query, args...)
	return err
}
