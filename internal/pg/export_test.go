package pg

import "context"

// UnsafeExec is what DB must never offer: a write that database/sql may repeat.
func UnsafeExec(ctx context.Context, db *DB, query string, args ...any) error {
	_, err := db.x.ExecContext(ctx, query, args...)
	return err
}

// WithoutNamespaces makes the launcher believe that user namespaces are forbidden.
func WithoutNamespaces() (restore func()) {
	probe = "/bin/false"
	return func() { probe = "/bin/true" }
}

// WithServersIn makes the launcher look for servers in dir.
func WithServersIn(dir string) (restore func()) {
	old := installed
	installed = dir
	return func() { installed = old }
}
