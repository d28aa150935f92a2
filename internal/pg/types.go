package pg

import (
	"context"
	"database/sql/driver"
	"encoding/binary"
	"fmt"
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
// that takes many rows through unnest. A column holds strings (text[]), integers (bigint[]), times
// (timestamptz[]) or bytes (bytea[], where nil is NULL); anything else panics. The arrays travel in
// Postgres's binary form, which it reads in a fraction of the time of text.
func Arrays(rows [][]any) []any {
	out := make([]any, len(rows[0]))
	for c := range out {
		b := make([]byte, 0, 20+24*len(rows))
		b = binary.BigEndian.AppendUint32(b, 1) // dimensions
		b = binary.BigEndian.AppendUint32(b, 1) // there may be NULLs
		b = binary.BigEndian.AppendUint32(b, elementType(rows[0][c]))
		b = binary.BigEndian.AppendUint32(b, uint32(len(rows)))
		b = binary.BigEndian.AppendUint32(b, 1) // the first index
		for _, row := range rows {
			b = appendElement(b, row[c])
		}
		out[c] = b
	}
	return out
}

// elementType is the OID (pg_type.dat) of the type that a Go value becomes.
func elementType(v any) uint32 {
	switch v.(type) {
	case string:
		return 25
	case int, int64:
		return 20
	case time.Time:
		return 1184
	case []byte:
		return 17
	}
	panic(fmt.Sprintf("pg: no array of %T", v))
}

// epoch is where Postgres counts microseconds from.
var epoch = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro()

// appendElement writes one element: its length, -1 for NULL, and its bytes.
func appendElement(b []byte, v any) []byte {
	number := func(n int64) []byte {
		return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(b, 8), uint64(n))
	}
	switch v := v.(type) {
	case string:
		return append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...)
	case int:
		return number(int64(v))
	case int64:
		return number(v)
	case time.Time:
		return number(v.UnixMicro() - epoch)
	case []byte:
		if v == nil {
			return binary.BigEndian.AppendUint32(b, 1<<32-1)
		}
		return append(binary.BigEndian.AppendUint32(b, uint32(len(v))), v...)
	}
	panic(fmt.Sprintf("pg: no array of %T", v))
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
