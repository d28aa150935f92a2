package pg

import (
	"context"
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

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

// Arrays turns rows of equal length on their side: one array parameter a column, for a statement
// that takes many rows through unnest. The statement gives each its type. It takes what Exec takes:
// text, numbers, times, bytes and nil.
func Arrays(rows [][]any) []any {
	out := make([]any, len(rows[0]))
	for c := range out {
		b := make([]byte, 0, 32*len(rows))
		for i, row := range rows {
			b = appendElement(append(b, "{,"[min(i, 1)]), row[c])
		}
		out[c] = string(append(b, '}'))
	}
	return out
}

// appendElement writes one element of an array literal.
func appendElement(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(b, "NULL"...)
	case *string:
		if v == nil {
			return append(b, "NULL"...)
		}
		return appendQuoted(b, *v)
	case string:
		return appendQuoted(b, v)
	case int:
		return strconv.AppendInt(b, int64(v), 10)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case []byte:
		if v == nil {
			return append(b, "NULL"...)
		}
		return append(hex.AppendEncode(append(b, `"\\x`...), v), '"')
	case time.Time:
		return append(v.UTC().AppendFormat(append(b, '"'), "2006-01-02 15:04:05.999999Z"), '"')
	}
	return appendQuoted(b, fmt.Sprint(v))
}

func appendQuoted(b []byte, s string) []byte {
	b = append(b, '"')
	for i := range len(s) {
		if s[i] == '"' || s[i] == '\\' {
			b = append(b, '\\')
		}
		b = append(b, s[i])
	}
	return append(b, '"')
}

// CopyIn streams rows into table (COPY) until next returns false, and counts them. It is some
// ten times as fast as INSERT; a []byte goes to bytea, JSON is a string or json.RawMessage.
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
	_, err = st.ExecContext(ctx) // the end: the server answers for all rows
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
