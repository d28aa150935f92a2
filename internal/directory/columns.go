package directory

import (
	"database/sql/driver"
	"reflect"
	"strconv"
	"strings"
	"time"

	"wattle/internal/money"
	"wattle/internal/pg"
)

// column describes one column of a table once: SELECT, scan, INSERT, UPDATE and COPY are all made of it.
type column[T any] struct {
	name   string
	field  func(*T) any // a pointer to the field, or a Scanner and Valuer
	read   string       // SQL that reads it, where that is more than the column itself
	shared bool         // many rows hold the same text: the reader keeps one copy
	fixed  bool         // set by a verb of its own, never by an edit of the profile
}

// profileColumns are the public columns of therapists. Identities and faiths leave the database only
// while their slugs are consented to.
var profileColumns = []column[Entry]{
	{name: "id", field: func(e *Entry) any { return &e.ID }, fixed: true},
	{name: "slug", field: func(e *Entry) any { return &e.Slug }, fixed: true},
	{name: "listing", field: func(e *Entry) any { return &e.Listing }, fixed: true},
	{name: "accepting", field: func(e *Entry) any { return &e.Accepting }, fixed: true},
	{name: "demo", field: func(e *Entry) any { return &e.Demo }, fixed: true},
	{name: "given_name", field: func(e *Entry) any { return &e.GivenName }},
	{name: "family_name", field: func(e *Entry) any { return &e.FamilyName }},
	{name: "honorific", field: func(e *Entry) any { return &e.Honorific }, shared: true},
	{name: "type", field: func(e *Entry) any { return &e.Type }, shared: true},
	{name: "registrar", field: func(e *Entry) any { return &e.Registrar }},
	{name: "supervisor", field: func(e *Entry) any { return &e.Supervisor }},
	{name: "gender", field: func(e *Entry) any { return &e.Gender }, shared: true},
	{name: "state", field: func(e *Entry) any { return &e.State }, shared: true},
	{name: "suburb", field: func(e *Entry) any { return &e.Suburb }, shared: true},
	{name: "postcode", field: func(e *Entry) any { return &e.Postcode }, shared: true},
	{name: "lat", field: func(e *Entry) any { return &e.Lat }},
	{name: "lng", field: func(e *Entry) any { return &e.Lng }},
	{name: "zone", field: func(e *Entry) any { return &e.Zone }, shared: true},
	{name: "headline", field: func(e *Entry) any { return &e.Headline }},
	{name: "bio", field: func(e *Entry) any { return &e.Bio }},
	{name: "portrait", field: func(e *Entry) any { return &e.Portrait }},
	{name: "practising_since", field: func(e *Entry) any { return &e.PractisingSince }},
	{name: "issues", field: func(e *Entry) any { return &e.Issues }},
	{name: "also_issues", field: func(e *Entry) any { return &e.AlsoIssues }},
	{name: "approaches", field: func(e *Entry) any { return &e.Approaches }},
	{name: "client_groups", field: func(e *Entry) any { return &e.ClientGroups }},
	{name: "languages", field: func(e *Entry) any { return &e.Languages }},
	{name: "affirming", field: func(e *Entry) any { return &e.Affirming }},
	{name: "identities", field: func(e *Entry) any { return &e.Identities }, read: consented("identities")},
	{name: "faiths", field: func(e *Entry) any { return &e.Faiths }, read: consented("faiths")},
	{name: "access", field: func(e *Entry) any { return &e.Access }},
	{name: "funding", field: func(e *Entry) any { return &e.Funding }},
	{name: "policy", field: func(e *Entry) any { return &e.Policy }, shared: true},
	{name: "reduced_fee_cents", field: func(e *Entry) any { return reducedFee{&e.Profile} }},
	{name: "reduced_for", field: func(e *Entry) any { return reducedFor{&e.Profile} }},
	{name: "version", field: func(e *Entry) any { return &e.Version }, fixed: true},
	{name: "updated_at", field: func(e *Entry) any { return &e.Updated }, fixed: true},
}

// contactColumns are the private columns of therapists, which the read model never sees.
var contactColumns = []column[Entry]{
	{name: "email", field: func(e *Entry) any { return &e.Email }},
	{name: "street", field: func(e *Entry) any { return &e.Street }},
	{name: "video_url", field: func(e *Entry) any { return &e.VideoURL }},
	{name: "phone", field: func(e *Entry) any { return &e.Phone }},
}

var serviceColumns = []column[Service]{
	{name: "id", field: func(s *Service) any { return &s.ID }},
	{name: "slug", field: func(s *Service) any { return &s.Slug }, shared: true},
	{name: "name", field: func(s *Service) any { return &s.Name }, shared: true},
	{name: "kind", field: func(s *Service) any { return &s.Kind }, shared: true},
	{name: "format", field: func(s *Service) any { return &s.Format }, shared: true},
	{name: "minutes", field: func(s *Service) any { return &s.Minutes }},
	{name: "fee_cents", field: func(s *Service) any { return &s.Fee }},
	{name: "modes", field: func(s *Service) any { return &s.Modes }},
	{name: "buffer_before", field: func(s *Service) any { return &s.BufferBefore }},
	{name: "buffer_after", field: func(s *Service) any { return &s.BufferAfter }},
}

var credentialColumns = []column[Credential]{
	{name: "kind", field: func(c *Credential) any { return &c.Kind }, shared: true},
	{name: "number", field: func(c *Credential) any { return &c.Number }},
	{name: "registration_type", field: func(c *Credential) any { return &c.RegistrationType }, shared: true},
	{name: "endorsements", field: func(c *Credential) any { return &c.Endorsements }},
	{name: "level", field: func(c *Credential) any { return &c.Level }, shared: true},
	{name: "conditions", field: func(c *Credential) any { return &c.Conditions }},
	{name: "first_registered", field: func(c *Credential) any { return &c.FirstRegistered }},
	{name: "expires_on", field: func(c *Credential) any { return &c.ExpiresOn }},
	{name: "checked_on", field: func(c *Credential) any { return &c.CheckedOn }},
	{name: "next_check_on", field: func(c *Credential) any { return &c.NextCheckOn }},
}

// consented reads the slugs of a list that stand in consented too.
func consented(column string) string {
	return `CASE WHEN t.` + column + ` = '{}' THEN '' ELSE (SELECT coalesce(string_agg(v, ',' ORDER BY n), '')
		FROM unnest(t.` + column + `) WITH ORDINALITY AS i (v, n) WHERE v = ANY (t.consented)) END`
}

// selectList is the columns of the table alias as a SELECT reads them. Lists are joined with commas,
// since slugs hold none.
func selectList[T any](alias string, columns []column[T]) string {
	var row T
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.read
		if c.read != "" {
			continue
		}
		out[i] = alias + "." + c.name
		if _, ok := c.field(&row).(*[]string); ok {
			out[i] = "array_to_string(" + out[i] + ", ',')"
		}
	}
	return strings.Join(out, ", ")
}

// The marks between the fields and rows of joined text. Names are stripped of them.
const fieldMark, rowMark = "\x1f", "\x1e"

// joinedRows reads all rows of a child table as one text.
func joinedRows[T any](alias string, columns []column[T], from string) string {
	var row T
	fields := make([]string, len(columns))
	for i, c := range columns {
		fields[i] = alias + "." + c.name + "::text"
		if _, ok := c.field(&row).(*[]string); ok {
			fields[i] = "array_to_string(" + alias + "." + c.name + ", ',')"
		}
		fields[i] = "coalesce(translate(" + fields[i] + `, E'\x1e\x1f', ''), '')`
	}
	return `(SELECT coalesce(string_agg(concat_ws(E'\x1f', ` + strings.Join(fields, ", ") + `), E'\x1e' ` + from + `)`
}

func namesOfColumns[T any](columns []column[T]) []string {
	out := make([]string, len(columns))
	for i, c := range columns {
		out[i] = c.name
	}
	return out
}

func valuesOf[T any](row *T, columns []column[T]) []any {
	out := make([]any, len(columns))
	for i, c := range columns {
		out[i] = value(c.field(row))
	}
	return out
}

// value is what a field holds, as Postgres takes it; nil for a zero time.
func value(field any) any {
	switch f := field.(type) {
	case driver.Valuer:
		return f
	case *[]string:
		return pg.Strings(*f)
	case *time.Time:
		if f.IsZero() {
			return nil
		}
		return *f
	}
	switch v := reflect.ValueOf(field).Elem(); v.Kind() {
	case reflect.String:
		return v.String()
	case reflect.Bool:
		return v.Bool()
	case reflect.Float64:
		return v.Float()
	default:
		return v.Int()
	}
}

// set fills a field from its text in a joined row.
func (r *reader) set(field any, text string, shared bool) (err error) {
	switch f := field.(type) {
	case *[]string:
		*f = r.list(text)
		return nil
	case *time.Time:
		if text != "" {
			*f, err = time.Parse(time.DateOnly, text)
		}
		return err
	}
	v := reflect.ValueOf(field).Elem()
	if v.Kind() == reflect.String {
		if shared {
			text = r.word(text)
		}
		v.SetString(text)
		return nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	v.SetInt(n)
	return err
}

// reducedFee and reducedFor are the two columns behind Profile.Reduced; a NULL fee means none.
type (
	reducedFee struct{ *Profile }
	reducedFor struct{ *Profile }
)

func (f reducedFee) Scan(src any) error {
	if cents, ok := src.(int64); ok {
		f.Reduced = &Reduced{Fee: money.Cents(cents)}
	}
	return nil
}

func (f reducedFee) Value() (driver.Value, error) {
	if f.Reduced == nil {
		return nil, nil
	}
	return int64(f.Reduced.Fee), nil
}

func (f reducedFor) Scan(src any) error {
	if f.Reduced != nil {
		f.Reduced.For = textOf(src)
	}
	return nil
}

func (f reducedFor) Value() (driver.Value, error) {
	if f.Reduced == nil {
		return "", nil
	}
	return f.Reduced.For, nil
}

func textOf(src any) string {
	switch s := src.(type) {
	case []byte:
		return string(s)
	case string:
		return s
	}
	return ""
}
