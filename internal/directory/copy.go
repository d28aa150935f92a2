package directory

import (
	"context"
	"iter"
	"time"

	"wattle/internal/fault"
	"wattle/internal/pg"
)

const chunkSize = 2000

// InsertTx adds profiles with their services, credentials, reduced places and next instants. Ids
// that are 0 are set; a version of 0 becomes 1, a profile that never changed changed now; Reduced.Left free places are made. The identities
// and faiths given are taken as consented to.
func InsertTx(ctx context.Context, tx *pg.Tx, now time.Time, list ...*Therapist) error {
	if err := number(ctx, tx, now, list); err != nil {
		return err
	}
	for _, t := range tables {
		if err := t.copy(ctx, tx, now, list); err != nil {
			return err
		}
	}
	return nil
}

// CopyTx is InsertTx for a directory of any size. Ids that are 0 are set by the time it returns.
// The feed gets one row, "read everything anew", instead of one a profile. It returns how many
// there were.
func CopyTx(ctx context.Context, tx *pg.Tx, now time.Time, all iter.Seq[*Therapist]) (int, error) {
	if _, err := tx.Exec(ctx, `SELECT set_config('wattle.bulk', 'on', true)`); err != nil {
		return 0, err
	}
	n, err := copyAll(ctx, tx, now, all)
	if err != nil {
		return n, err
	}
	if _, err := tx.Exec(ctx, `SELECT set_config('wattle.bulk', 'off', true)`); err != nil {
		return n, err
	}
	return n, announceAll(ctx, tx)
}

func announceAll(ctx context.Context, tx *pg.Tx) error {
	_, err := tx.Exec(ctx, `INSERT INTO directory_changes (therapist_id) VALUES (0)`)
	if err == nil {
		_, err = tx.Exec(ctx, `SELECT pg_notify('directory_changes', '')`)
	}
	return err
}

func copyAll(ctx context.Context, tx *pg.Tx, now time.Time, all iter.Seq[*Therapist]) (n int, err error) {
	chunk := make([]*Therapist, 0, chunkSize)
	for t := range all {
		if chunk = append(chunk, t); len(chunk) < chunkSize {
			continue
		}
		if err := InsertTx(ctx, tx, now, chunk...); err != nil {
			return n, err
		}
		n, chunk = n+len(chunk), chunk[:0]
	}
	return n + len(chunk), InsertTx(ctx, tx, now, chunk...)
}

// number gives ids to what has none, and moves the sequences past ids that were given.
func number(ctx context.Context, tx *pg.Tx, now time.Time, list []*Therapist) error {
	var profiles, services []*int64
	for _, t := range list {
		if t.Listing == "" {
			return fault.New(fault.Internal, "A profile without a listing.")
		}
		if t.Version == 0 {
			t.Version = 1
		}
		if t.Updated.IsZero() {
			t.Updated = now
		}
		profiles = append(profiles, &t.ID)
		for i := range t.Services {
			services = append(services, &t.Services[i].ID)
		}
	}
	if err := numberFrom(ctx, tx, "therapists_id_seq", profiles); err != nil {
		return err
	}
	return numberFrom(ctx, tx, "services_id_seq", services)
}

func numberFrom(ctx context.Context, tx *pg.Tx, sequence string, ids []*int64) error {
	var missing []*int64
	var highest int64
	for _, id := range ids {
		if *id == 0 {
			missing = append(missing, id)
		}
		highest = max(highest, *id)
	}
	if highest > 0 {
		const past = `SELECT setval($1::regclass, $2) WHERE $2 > (SELECT coalesce(last_value, 0) FROM pg_sequences
			WHERE (quote_ident(schemaname) || '.' || quote_ident(sequencename))::regclass = $1::regclass)`
		if _, err := tx.Exec(ctx, past, sequence, highest); err != nil {
			return err
		}
	}
	if len(missing) == 0 {
		return nil
	}
	var fresh []int64
	if err := tx.Select(ctx, &fresh, `SELECT nextval($1::regclass) FROM generate_series(1, $2::int)`, sequence, len(missing)); err != nil {
		return err
	}
	for i, id := range missing {
		*id = fresh[i]
	}
	return nil
}

// table is how profiles fill one table: rows of t are handed to yield.
type table struct {
	name    string
	columns []string
	rows    func(t *Therapist, now time.Time, yield func(...any))
}

func (w table) copy(ctx context.Context, tx *pg.Tx, now time.Time, list []*Therapist) error {
	var rows [][]any
	for _, t := range list {
		w.rows(t, now, func(row ...any) { rows = append(rows, row) })
	}
	if len(rows) == 0 {
		return nil
	}
	next := 0
	_, err := pg.CopyIn(ctx, tx, w.name, w.columns, func() ([]any, bool) {
		if next == len(rows) {
			return nil, false
		}
		next++
		return rows[next-1], true
	})
	return err
}

var tables = []table{
	{"therapists", []string{"id", "slug", "listing", "accepting", "demo", "given_name", "family_name", "honorific", "type", "registrar",
		"supervisor", "email", "gender", "state", "suburb", "postcode", "street", "lat", "lng", "zone", "video_url", "phone", "headline", "bio",
		"portrait", "practising_since", "issues", "also_issues", "approaches", "client_groups", "languages", "affirming", "identities", "faiths",
		"access", "funding", "consented", "policy", "reduced_fee_cents", "reduced_for", "version", "created_at", "updated_at"}, profileRow},
	{"services", []string{"id", "therapist_id", "slug", "position", "name", "kind", "format", "minutes", "fee_cents", "modes",
		"buffer_before", "buffer_after", "active"}, serviceRows},
	{"credentials", []string{"therapist_id", "kind", "number", "registration_type", "endorsements", "level", "conditions",
		"first_registered", "expires_on", "checked_on", "next_check_on"}, credentialRows},
	{"reduced_places", []string{"therapist_id", "place"}, placeRows},
	{"next_times", []string{"therapist_id", "next_any", "next_evening", "next_weekend", "computed_at"}, nextRows},
}

func profileRow(t *Therapist, now time.Time, yield func(...any)) {
	var fee any
	var reducedFor string
	if t.Reduced != nil {
		fee, reducedFor = int64(t.Reduced.Fee), t.Reduced.For
	}
	s := func(l []string) pg.Strings { return pg.Strings(l) }
	consented := append(append([]string{}, t.Identities...), t.Faiths...)
	yield(t.ID, t.Slug, string(t.Listing), t.Accepting, t.Demo, t.GivenName, t.FamilyName, t.Honorific, t.Type, t.Registrar,
		t.Supervisor, t.Email, t.Gender, t.State, t.Suburb, t.Postcode, t.Street, t.Lat, t.Lng, t.Zone, t.VideoURL, t.Phone, t.Headline, t.Bio,
		t.Portrait, t.PractisingSince, s(t.Issues), s(t.AlsoIssues), s(t.Approaches), s(t.ClientGroups), s(t.Languages), s(t.Affirming),
		s(t.Identities), s(t.Faiths), s(t.Access), s(t.Funding), s(consented), t.Policy, fee, reducedFor, t.Version, now, t.Updated)
}

func serviceRows(t *Therapist, _ time.Time, yield func(...any)) {
	for i, s := range t.Services {
		yield(s.ID, t.ID, s.Slug, i+1, s.Name, string(s.Kind), s.Format, s.Minutes, int64(s.Fee), pg.Strings(s.Modes), s.BufferBefore, s.BufferAfter, true)
	}
}

func credentialRows(t *Therapist, _ time.Time, yield func(...any)) {
	for _, c := range t.Credentials {
		yield(t.ID, c.Kind, c.Number, c.RegistrationType, pg.Strings(c.Endorsements), c.Level, c.Conditions,
			date(c.FirstRegistered), date(c.ExpiresOn), date(c.CheckedOn), date(c.NextCheckOn))
	}
}

func placeRows(t *Therapist, _ time.Time, yield func(...any)) {
	if t.Reduced == nil {
		return
	}
	for i := range t.Reduced.Left {
		yield(t.ID, i+1)
	}
}

func nextRows(t *Therapist, now time.Time, yield func(...any)) {
	if t.Next != (Next{}) {
		yield(t.ID, null(t.Next.Any), null(t.Next.Evening), null(t.Next.Weekend), now)
	}
}

func date(d time.Time) any {
	if d.IsZero() {
		return nil
	}
	return d.Format(time.DateOnly)
}

func null(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}
