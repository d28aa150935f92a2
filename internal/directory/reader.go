package directory

import (
	"database/sql"
	"hash/crc64"
	"strconv"
	"strings"
	"time"

	"wattle/internal/pg"
)

// reader turns rows into profiles. It keeps one copy of each slug, and of each list of them, that many
// profiles share.
type reader struct {
	words map[string]string
	lists map[string][]string
	sum   []byte
}

func newReader() *reader {
	return &reader{words: map[string]string{}, lists: map[string][]string{}}
}

// The destinations of a scan that share what they read.
type (
	listInto struct {
		*reader
		list *[]string
	}
	wordInto struct {
		*reader
		word *string
	}
)

func (i listInto) Scan(src any) error {
	*i.list = i.reader.list(textOf(src))
	return nil
}

func (i wordInto) Scan(src any) error {
	*i.word = i.reader.word(textOf(src))
	return nil
}

func destinations[T any](r *reader, row *T, columns []column[T]) []any {
	out := make([]any, 0, len(columns)+6)
	for _, c := range columns {
		dest := c.field(row)
		switch f := dest.(type) {
		case *[]string:
			dest = listInto{r, f}
		case *string:
			if c.shared {
				dest = wordInto{r, f}
			}
		}
		out = append(out, dest)
	}
	return out
}

// read reads a row that ends with profileSelect; the columns before it go into before.
func (r *reader) read(rows *pg.Rows, before ...any) (*Profile, error) {
	var e Entry
	var left int
	var next [3]sql.NullTime
	var services, credentials string
	dest := append(before, destinations(r, &e, profileColumns)...)
	if err := rows.Scan(append(dest, &left, &next[0], &next[1], &next[2], &services, &credentials)...); err != nil {
		return nil, err
	}
	p := e.Profile
	p.Updated = p.Updated.UTC()
	if p.Reduced != nil {
		p.Reduced.For, p.Reduced.Left = r.word(p.Reduced.For), left
	}
	p.Next = Next{Any: utc(next[0]), Evening: utc(next[1]), Weekend: utc(next[2])}
	var err error
	if p.Services, err = splitRows(r, services, serviceColumns); err != nil {
		return nil, err
	}
	if _, ok := NextService(&p); !ok {
		p.Next = Next{} // no service that a card could book
	}
	p.Credentials, err = splitRows(r, credentials, credentialColumns)
	p.mark = r.fingerprint(&e, &p, services, credentials)
	return &p, err
}

func utc(t sql.NullTime) time.Time {
	if !t.Valid {
		return time.Time{}
	}
	return t.Time.UTC()
}

func (r *reader) word(s string) string {
	if w, ok := r.words[s]; ok {
		return w
	}
	s = strings.Clone(s)
	r.words[s] = s
	return s
}

func (r *reader) list(joined string) []string {
	if joined == "" {
		return nil
	}
	if list, ok := r.lists[joined]; ok {
		return list
	}
	out := make([]string, 0, 1+strings.Count(joined, ","))
	for v := range strings.SplitSeq(joined, ",") {
		out = append(out, r.word(v))
	}
	r.lists[strings.Clone(joined)] = out
	return out
}

// splitRows takes the text of joinedRows apart.
func splitRows[T any](r *reader, joined string, columns []column[T]) ([]T, error) {
	if joined == "" {
		return nil, nil
	}
	out := make([]T, 0, 1+strings.Count(joined, rowMark))
	for row := range strings.SplitSeq(joined, rowMark) {
		var one T
		at := 0
		for text := range strings.SplitSeq(row, fieldMark) {
			if err := r.set(columns[at].field(&one), text, columns[at].shared); err != nil {
				return nil, err
			}
			at++
		}
		out = append(out, one)
	}
	return out, nil
}

var crcTable = crc64.MakeTable(crc64.ECMA)

// fingerprint sums up everything public of a profile, so that equal directories have equal versions in
// every instance.
func (r *reader) fingerprint(e *Entry, p *Profile, services, credentials string) uint64 {
	b := r.sum[:0]
	for _, c := range profileColumns {
		b = append(appendField(b, c.field(e)), 0)
	}
	left := 0
	if p.Reduced != nil {
		left = p.Reduced.Left
	}
	b = append(append(b, services...), 0)
	b = append(append(b, credentials...), 0)
	for _, n := range []int64{int64(left), instant(p.Next.Any), instant(p.Next.Evening), instant(p.Next.Weekend)} {
		b = append(strconv.AppendInt(b, n, 36), 0)
	}
	r.sum = b
	return crc64.Checksum(b, crcTable)
}

func appendField(b []byte, field any) []byte {
	switch f := field.(type) {
	case *string:
		return append(b, *f...)
	case *[]string:
		for _, s := range *f {
			b = append(append(b, s...), ',')
		}
		return b
	case *time.Time:
		return strconv.AppendInt(b, instant(*f), 36)
	case reducedFee:
		if f.Reduced != nil {
			b = strconv.AppendInt(b, int64(f.Reduced.Fee), 36)
		}
		return b
	case reducedFor:
		if f.Reduced != nil {
			b = append(b, f.Reduced.For...)
		}
		return b
	}
	switch v := value(field).(type) {
	case string:
		return append(b, v...)
	case bool:
		return strconv.AppendBool(b, v)
	case float64:
		return strconv.AppendFloat(b, v, 'g', -1, 64)
	case int64:
		return strconv.AppendInt(b, v, 36)
	}
	return b
}

func instant(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}
