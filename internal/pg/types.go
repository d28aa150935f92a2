package pg

import (
	"context"
	"database/sql/driver"
	"fmt"
	"strings"

	"github.com/lib/pq"
)

// Strings is a text[] column. NULL scans as nil; nil is written as the empty array.
type Strings []string

// Scan reads the column.
func (s *Strings) Scan(src any) error { return (*pq.StringArray)(s).Scan(src) }

// Value writes the column.
func (s Strings) Value() (driver.Value, error) {
	if s == nil {
		return "{}", nil
	}
	return pq.StringArray(s).Value()
}

// Int64s is a bigint[] column. NULL scans as nil; nil is written as the empty array.
type Int64s []int64

// Scan reads the column.
func (s *Int64s) Scan(src any) error { return (*pq.Int64Array)(s).Scan(src) }

// Value writes the column.
func (s Int64s) Value() (driver.Value, error) {
	if s == nil {
		return "{}", nil
	}
	return pq.Int64Array(s).Value()
}

// CopyIn streams rows into table with COPY until next returns false, and returns their number. It is
// about ten times as fast as INSERT. A []byte becomes bytea; pass JSON as a string or json.RawMessage.
func CopyIn(ctx context.Context, tx *Tx, table string, columns []string, next func() ([]any, bool)) (int64, error) {
	st, err := tx.x.PrepareContext(ctx, copyStatement(table, columns))
	if err != nil {
		return 0, classify(err)
	}
	defer st.Close()
	var n int64
	for row, more := next(); more; row, more = next() {
		if _, err := st.ExecContext(ctx, plain(row)...); err != nil {
			return n, classify(fmt.Errorf("copying row %d into %s: %w", n, table, err))
		}
		n++
	}
	_, err = st.ExecContext(ctx) // ends the COPY; the server reports errors here
	return n, classify(err)
}

// copyStatement quotes table (which may carry a schema) and columns.
func copyStatement(table string, columns []string) string {
	parts := strings.Split(table, ".")
	for i, p := range parts {
		parts[i] = pq.QuoteIdentifier(p)
	}
	quoted := make([]string, len(columns))
	for i, c := range columns {
		quoted[i] = pq.QuoteIdentifier(c)
	}
	return "COPY " + strings.Join(parts, ".") + " (" + strings.Join(quoted, ", ") + ") FROM STDIN"
}
