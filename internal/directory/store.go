package directory

import (
	"context"
	"database/sql"
	"hash/crc64"
	"strconv"
	"strings"
	"time"

	"wattle/internal/fault"
	"wattle/internal/money"
	"wattle/internal/pg"
)

// profileColumns reads a whole profile as one row: what belongs to it is joined into text, lists
// with commas (slugs hold none), fields with U+001F and rows with U+001E, which names are freed of.
// Identities and faiths leave the database only while they are consented to. The places are counted
// with FILTER, because a second condition tempts a planner without statistics into reading the whole
// index of free places for every profile.
const profileColumns = `t.id, t.slug, t.listing, t.accepting, t.demo, t.given_name, t.family_name, t.honorific, t.type, t.registrar,
	t.supervisor, t.email, t.gender, t.state, t.suburb, t.postcode, t.street, t.lat, t.lng, t.zone, t.video_url, t.phone, t.headline, t.bio,
	t.portrait, t.practising_since, array_to_string(t.issues, ','), array_to_string(t.also_issues, ','), array_to_string(t.approaches, ','),
	array_to_string(t.client_groups, ','), array_to_string(t.languages, ','), array_to_string(t.affirming, ','),
	CASE WHEN t.identities = '{}' THEN '' ELSE (SELECT coalesce(string_agg(v, ',' ORDER BY n), '')
		FROM unnest(t.identities) WITH ORDINALITY AS i (v, n) WHERE v = ANY (t.consented)) END,
	CASE WHEN t.faiths = '{}' THEN '' ELSE (SELECT coalesce(string_agg(v, ',' ORDER BY n), '')
		FROM unnest(t.faiths) WITH ORDINALITY AS i (v, n) WHERE v = ANY (t.consented)) END,
	array_to_string(t.access, ','), array_to_string(t.funding, ','), t.policy, t.reduced_fee_cents, t.reduced_for, t.version, t.updated_at,
	(SELECT count(*) FILTER (WHERE r.booking_id IS NULL) FROM reduced_places r WHERE r.therapist_id = t.id),
	n.next_any, n.next_evening, n.next_weekend,
	(SELECT coalesce(string_agg(concat_ws(E'\x1f', s.id, s.slug, translate(s.name, E'\x1e\x1f', ''), s.kind, s.format, s.minutes, s.fee_cents,
		array_to_string(s.modes, ','), s.buffer_before, s.buffer_after), E'\x1e' ORDER BY s.position, s.id), '')
		FROM services s WHERE s.therapist_id = t.id AND s.active),
	(SELECT coalesce(string_agg(concat_ws(E'\x1f', c.kind, translate(c.number, E'\x1e\x1f', ''), translate(c.registration_type, E'\x1e\x1f', ''),
		translate(array_to_string(c.endorsements, ','), E'\x1e\x1f', ''), translate(c.level, E'\x1e\x1f', ''), translate(c.conditions, E'\x1e\x1f', ''),
		coalesce(c.first_registered::text, ''), coalesce(c.expires_on::text, ''), c.checked_on::text, c.next_check_on::text), E'\x1e' ORDER BY c.id), '')
		FROM credentials c WHERE c.therapist_id = t.id)`

const profileFrom = ` FROM therapists t LEFT JOIN next_times n ON n.therapist_id = t.id `

// Get reads a profile whatever its listing, from Postgres: the word that bookings go by. It
// returns fault.NotFound when there is none.
func Get(ctx context.Context, q pg.Queryer, id int64) (*Therapist, error) {
	return one(readProfiles(ctx, q, `WHERE t.id = $1`, id))
}

// GetSlug is Get by the profile's address.
func GetSlug(ctx context.Context, q pg.Queryer, slug string) (*Therapist, error) {
	return one(readProfiles(ctx, q, `WHERE t.slug = $1`, slug))
}

func one(list []*Therapist, err error) (*Therapist, error) {
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, notListed()
	}
	return list[0], nil
}

func notListed() error { return fault.New(fault.NotFound, "There is no such therapist here.") }

// readListedOf reads those of ids that are listed.
func readListedOf(ctx context.Context, q pg.Queryer, ids []int64) ([]*Therapist, error) {
	if len(ids) == 1 {
		return readRows(ctx, q, listedOne, ids[0])
	}
	return readRows(ctx, q, listedOf, pg.Int64s(ids))
}

// stillListed keeps the ids that Postgres has listed at this moment.
func stillListed(ctx context.Context, q pg.Queryer, ids []int64) ([]int64, error) {
	var out []int64
	err := q.Select(ctx, &out, `SELECT id FROM therapists WHERE listing = 'listed' AND id = ANY ($1)`, pg.Int64s(ids))
	return out, err
}

// listedOf and listedOne are asked for at every change and take longer to plan than to run. Most
// changes are of one profile; of a list Postgres makes a new plan every time, kept or not.
const listedAll = `SELECT ` + profileColumns + profileFrom + `WHERE t.listing = 'listed'`
const listedOne = pg.Keep + `SELECT ` + profileColumns + profileFrom + `WHERE t.listing = 'listed' AND t.id = $1`
const listedOf = pg.Keep + `SELECT ` + profileColumns + profileFrom + `WHERE t.listing = 'listed' AND t.id = ANY ($1)`

func readProfiles(ctx context.Context, q pg.Queryer, where string, args ...any) ([]*Therapist, error) {
	return readRows(ctx, q, `SELECT `+profileColumns+profileFrom+where, args...)
}

func readRows(ctx context.Context, q pg.Queryer, query string, args ...any) (out []*Therapist, err error) {
	err = eachRow(ctx, q, func(t *Therapist) { out = append(out, t) }, query, args...)
	return out, err
}

// eachRow reads one profile after the other.
func eachRow(ctx context.Context, q pg.Queryer, each func(*Therapist), query string, args ...any) error {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	r := newProfileReader()
	for rows.Next() {
		t, err := r.read(rows)
		if err != nil {
			return err
		}
		each(t)
	}
	return rows.Err()
}

// profileReader keeps one copy of each slug, and of each list of them, that many profiles share.
type profileReader struct {
	words map[string]string
	lists map[string][]string
	sum   []byte
}

func newProfileReader() *profileReader {
	return &profileReader{words: map[string]string{}, lists: map[string][]string{}}
}

// raw is what of a row needs taking apart.
type raw struct {
	lists              [10]string
	reducedFee         sql.NullInt64
	reducedFor         string
	left               int
	any, evening, week sql.NullTime
	services, creds    string
}

// read reads a row that ends with profileColumns; what stands before them goes into before.
func (r *profileReader) read(rows *pg.Rows, before ...any) (*Therapist, error) {
	t, w := &Therapist{}, &raw{}
	err := rows.Scan(append(before, &t.ID, &t.Slug, &t.Listing, &t.Accepting, &t.Demo, &t.GivenName, &t.FamilyName, &t.Honorific, &t.Type, &t.Registrar,
		&t.Supervisor, &t.Email, &t.Gender, &t.State, &t.Suburb, &t.Postcode, &t.Street, &t.Lat, &t.Lng, &t.Zone, &t.VideoURL, &t.Phone,
		&t.Headline, &t.Bio, &t.Portrait, &t.PractisingSince,
		&w.lists[0], &w.lists[1], &w.lists[2], &w.lists[3], &w.lists[4], &w.lists[5], &w.lists[6], &w.lists[7], &w.lists[8], &w.lists[9],
		&t.Policy, &w.reducedFee, &w.reducedFor, &t.Version, &t.Updated, &w.left, &w.any, &w.evening, &w.week, &w.services, &w.creds)...)
	if err != nil {
		return nil, err
	}
	for i, into := range []*[]string{&t.Issues, &t.AlsoIssues, &t.Approaches, &t.ClientGroups, &t.Languages, &t.Affirming,
		&t.Identities, &t.Faiths, &t.Access, &t.Funding} {
		*into = r.list(w.lists[i])
	}
	for _, s := range []*string{&t.Type, &t.Gender, &t.State, &t.Suburb, &t.Postcode, &t.Zone, &t.Policy, &t.Honorific} {
		*s = r.word(*s)
	}
	if w.reducedFee.Valid {
		t.Reduced = &Reduced{Fee: money.Cents(w.reducedFee.Int64), For: r.word(w.reducedFor), Left: w.left}
	}
	t.Updated = t.Updated.UTC()
	t.Next = Next{Any: utc(w.any), Evening: utc(w.evening), Weekend: utc(w.week)}
	if t.Services, err = r.services(w.services); err != nil {
		return nil, err
	}
	if _, ok := NextService(t); !ok {
		t.Next = Next{} // nothing that a card could book
	}
	t.Credentials, err = r.credentials(w.creds)
	t.mark = r.fingerprint(t, w)
	return t, err
}

func utc(t sql.NullTime) time.Time {
	if !t.Valid {
		return time.Time{}
	}
	return t.Time.UTC()
}

func (r *profileReader) word(s string) string {
	if w, ok := r.words[s]; ok {
		return w
	}
	s = strings.Clone(s)
	r.words[s] = s
	return s
}

func (r *profileReader) list(joined string) []string {
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

func (r *profileReader) services(joined string) ([]Service, error) {
	if joined == "" {
		return nil, nil
	}
	out := make([]Service, 0, 1+strings.Count(joined, "\x1e"))
	for row := range strings.SplitSeq(joined, "\x1e") {
		f := strings.Split(row, "\x1f")
		n, err := numbers(f[0], f[5], f[6], f[8], f[9])
		if err != nil {
			return nil, err
		}
		out = append(out, Service{ID: n[0], Slug: r.word(f[1]), Name: r.word(f[2]), Kind: ServiceKind(r.word(f[3])), Format: r.word(f[4]),
			Minutes: int(n[1]), Fee: money.Cents(n[2]), Modes: r.list(f[7]), BufferBefore: int(n[3]), BufferAfter: int(n[4])})
	}
	return out, nil
}

func numbers(texts ...string) ([]int64, error) {
	out := make([]int64, len(texts))
	for i, t := range texts {
		n, err := strconv.ParseInt(t, 10, 64)
		if err != nil {
			return nil, err
		}
		out[i] = n
	}
	return out, nil
}

func (r *profileReader) credentials(joined string) ([]Credential, error) {
	if joined == "" {
		return nil, nil
	}
	var out []Credential
	for row := range strings.SplitSeq(joined, "\x1e") {
		f := strings.Split(row, "\x1f")
		c := Credential{Kind: r.word(f[0]), Number: f[1], RegistrationType: r.word(f[2]), Endorsements: r.list(f[3]), Level: r.word(f[4]), Conditions: f[5]}
		for i, into := range []*time.Time{&c.FirstRegistered, &c.ExpiresOn, &c.CheckedOn, &c.NextCheckOn} {
			if f[6+i] == "" {
				continue
			}
			d, err := time.Parse(time.DateOnly, f[6+i])
			if err != nil {
				return nil, err
			}
			*into = d
		}
		out = append(out, c)
	}
	return out, nil
}

var crcTable = crc64.MakeTable(crc64.ECMA)

// fingerprint sums up everything public of the row, so that the same directory has the same
// version in every instance.
func (r *profileReader) fingerprint(t *Therapist, w *raw) uint64 {
	b := r.sum[:0]
	for _, s := range []string{t.Slug, t.GivenName, t.FamilyName, t.Honorific, t.Type, t.Supervisor, t.Gender, t.State, t.Suburb, t.Postcode,
		t.Zone, t.Headline, t.Bio, t.Policy, w.reducedFor, w.services, w.creds} {
		b = append(append(b, s...), 0)
	}
	for _, s := range w.lists {
		b = append(append(b, s...), 0)
	}
	for _, n := range []int64{t.ID, int64(t.Version), int64(t.Portrait), int64(t.PractisingSince), w.reducedFee.Int64, int64(w.left),
		instant(t.Next.Any), instant(t.Next.Evening), instant(t.Next.Weekend), int64(t.Lat * 1e6), int64(t.Lng * 1e6), bit(t.Accepting) | bit(t.Registrar)<<1 | bit(t.Demo)<<2} {
		b = append(strconv.AppendInt(b, n, 36), 0)
	}
	r.sum = b
	return crc64.Checksum(b, crcTable)
}

func instant(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func bit(b bool) int64 {
	if b {
		return 1
	}
	return 0
}
