package directory_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wattle/internal/accounts"
	"wattle/internal/audit"
	"wattle/internal/clock"
	"wattle/internal/directory"
	"wattle/internal/fault"
	"wattle/internal/money"
	"wattle/internal/pg"
	"wattle/internal/pg/pgtest"
	"wattle/internal/search"
	"wattle/internal/search/memindex"
)

var noon = time.Date(2026, 11, 25, 1, 0, 0, 0, time.UTC)

// someone is a listed psychologist in Newtown with everything a profile can have.
func someone(slug string) *directory.Entry {
	day := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	return &directory.Entry{Profile: directory.Profile{
		Slug: slug, Listing: directory.Listed, Accepting: true, Demo: true, GivenName: "Mei", FamilyName: "Okafor", Honorific: "Dr",
		Type: "psychologist", Gender: "woman", State: "nsw", Suburb: "Newtown", Postcode: "2042", Lat: -33.897, Lng: 151.179,
		Zone: "Australia/Sydney", Headline: "Gentle, practical help", Bio: "Fictional, \"quoted\", with a, comma and a {brace}.\nAnd a second line.",
		Portrait: 7, PractisingSince: 2011, Issues: []string{"anxiety", "panic"}, AlsoIssues: []string{"grief"}, Approaches: []string{"cbt"},
		ClientGroups: []string{"adults"}, Languages: []string{"english", "mandarin"}, Affirming: []string{"lgbtqia"},
		Identities: []string{"cald"}, Faiths: []string{"christian"}, Access: []string{"step-free"}, Funding: []string{"medicare"}, Policy: "standard",
		Reduced: &directory.Reduced{Fee: 90_00, For: "students, pensioners", Left: 2},
		Services: []directory.Service{
			{Slug: directory.FreeConsultation, Name: "Free call, no obligation", Kind: directory.Consultation, Format: "individual", Minutes: 15, Modes: []string{"phone", "video"}, BufferAfter: 5},
			{Slug: "session-50", Name: "Session", Kind: directory.Session, Format: "individual", Minutes: 50, Fee: 180_00, Modes: []string{"video", "in-person"}, BufferBefore: 5, BufferAfter: 10},
		},
		Credentials: []directory.Credential{{Kind: "ahpra", Number: "PSY0009990001", RegistrationType: "General", Endorsements: []string{"counselling"},
			Conditions: "", FirstRegistered: day.AddDate(-15, 0, 0), ExpiresOn: day.AddDate(1, 0, 0), CheckedOn: day, NextCheckOn: day.AddDate(0, 1, 0)}},
		Next: directory.Next{Any: noon.Add(3 * time.Hour), Evening: noon.Add(30 * time.Hour)},
	}, Contact: directory.Contact{Email: slug + "@example.com.au", Street: "1 Fictional Street", VideoURL: "https://meet.example.com.au/room", Phone: "0491 570 006"}}
}

func insert(t testing.TB, db *pg.DB, list ...*directory.Entry) {
	t.Helper()
	err := pg.InTx(context.Background(), db, func(tx *pg.Tx) error { return directory.InsertTx(context.Background(), tx, noon, list...) })
	if err != nil {
		t.Fatal(err)
	}
}

func exec(t testing.TB, db *pg.DB, query string, args ...any) {
	t.Helper()
	err := pg.InTx(context.Background(), db, func(tx *pg.Tx) error {
		_, err := tx.Exec(context.Background(), query, args...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// opened is a read model with the verbs that change it and the searches that read it.
type opened struct {
	*directory.Model
	profiles *directory.Profiles
	search   *search.Service
}

func newModel(db *pg.DB, index search.Index) opened {
	m := &directory.Model{DB: db, Log: slog.New(slog.DiscardHandler), Index: index}
	return opened{m, &directory.Profiles{DB: db, Clock: clock.At(noon), Changed: m.Wake}, &search.Service{Model: m, Index: index, Clock: clock.At(noon)}}
}

func open(t testing.TB, db *pg.DB) opened {
	t.Helper()
	d := newModel(db, memindex.New())
	if err := d.Load(context.Background()); err != nil {
		t.Fatal(err)
	}
	return d
}

// follow reads what there is, now and then as after a hint.
func follow(t testing.TB, d opened) {
	t.Helper()
	read := d.Follow
	if follows.Add(1)%2 == 0 {
		read = func(ctx context.Context) error { return directory.FollowHinted(ctx, d.Model) }
	}
	if err := read(context.Background()); err != nil {
		t.Fatal(err)
	}
}

var follows atomic.Int64

// A hinted reader takes one change of somebody listed in one statement, and leaves everything else to
// the statements that can tell it.
func TestSingleChangeIsReadWithItsProfile(t *testing.T) {
	ctx := context.Background()
	db := pgtest.New(t)
	insert(t, db, someone("first"), someone("second"))
	d := open(t, db)
	ids := map[string]int64{}
	for _, slug := range []string{"first", "second"} {
		p, ok := d.BySlug(slug)
		if !ok {
			t.Fatal(slug)
		}
		ids[slug] = p.ID
	}
	for _, c := range []struct {
		name, change string
		one          string // whose profile comes at once
	}{
		{name: "nothing"},
		{name: "one", change: `UPDATE therapists SET headline = 'one' WHERE slug = 'first'`, one: "first"},
		{name: "two people", change: `UPDATE therapists SET headline = 'two'`},
		{name: "twice the same", change: `UPDATE therapists SET headline = 'a' WHERE slug = 'first'; UPDATE therapists SET headline = 'b' WHERE slug = 'first'`},
		{name: "unlisted", change: `UPDATE therapists SET listing = 'paused' WHERE slug = 'second'`},
		{name: "one while another is unlisted", change: `UPDATE therapists SET listing = 'suspended' WHERE slug = 'second'; UPDATE therapists SET headline = 'c' WHERE slug = 'first'`},
		{name: "listed", change: `UPDATE therapists SET listing = 'listed' WHERE slug = 'second'`, one: "second"},
		{name: "everything", change: `INSERT INTO directory_changes (therapist_id) VALUES (0)`},
		{name: "one and everything", change: `UPDATE therapists SET headline = 'd' WHERE slug = 'first'; INSERT INTO directory_changes (therapist_id) VALUES (0)`},
	} {
		for statement := range strings.SplitSeq(c.change, ";") {
			if strings.TrimSpace(statement) != "" {
				exec(t, db, statement)
			}
		}
		p, err := directory.ReadChangeOfOne(ctx, d.Model)
		if err != nil {
			t.Fatal(c.name, err)
		}
		if (p != nil) != (c.one != "") || p != nil && p.ID != ids[c.one] {
			t.Errorf("%s: %+v is read at once, want %q", c.name, p, c.one)
		}
		if err := directory.FollowHinted(ctx, d.Model); err != nil {
			t.Fatal(c.name, err)
		}
		for slug, id := range ids {
			want, err := directory.Get(ctx, db, id)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := d.BySlug(slug)
			if ok != (want.Listing == directory.Listed) || ok && got.Headline != want.Headline {
				t.Errorf("after %s: %s is %+v", c.name, slug, got)
			}
		}
	}
}

func total(t testing.TB, d opened) int {
	t.Helper()
	p, err := d.search.Search(context.Background(), search.All())
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Results) != min(p.Total, 20) {
		t.Fatalf("%d results of %d", len(p.Results), p.Total)
	}
	return p.Total
}

func TestProfilesRoundTrip(t *testing.T) {
	ctx := context.Background()
	db := pgtest.New(t)
	for i, write := range []func(*directory.Entry){
		func(e *directory.Entry) { insert(t, db, e) },
		func(e *directory.Entry) { copyAll(t, db, slices.Values([]*directory.Entry{e})) },
		func(e *directory.Entry) {
			insert(t, db, e)
			e.Headline, e.Issues, e.Phone, e.Reduced.Fee = "New headline", []string{"grief"}, "0491 570 156", 70_00
			if err := pg.InTx(ctx, db, func(tx *pg.Tx) error { return directory.UpdateTx(ctx, tx, noon.Add(time.Hour), e) }); err != nil {
				t.Fatal(err)
			}
		},
	} {
		e := someone(fmt.Sprintf("mei-okafor-%d", i))
		write(e)
		if e.ID == 0 || e.Services[1].ID == 0 {
			t.Fatal("ids are not set")
		}
		got, err := directory.GetSlug(ctx, db, e.Slug)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(plain(got), plain(&e.Profile)) {
			t.Errorf("read\n%+v\nwritten\n%+v", got, e)
		}
		if contact, err := directory.GetContact(ctx, db, e.ID); err != nil || contact != e.Contact {
			t.Errorf("read %+v, written %+v, %v", contact, e.Contact, err)
		}
	}
}

func TestUpdateRejectsAnOldVersion(t *testing.T) {
	ctx := context.Background()
	db := pgtest.New(t)
	e := someone("edited")
	insert(t, db, e)
	other := *e
	update := func(e *directory.Entry) error {
		return pg.InTx(ctx, db, func(tx *pg.Tx) error { return directory.UpdateTx(ctx, tx, noon, e) })
	}
	if err := update(e); err != nil || e.Version != other.Version+1 {
		t.Fatalf("version %d after %d: %v", e.Version, other.Version, err)
	}
	if err := update(&other); fault.Of(err) != fault.Conflict {
		t.Errorf("an edit of version %d: %v", other.Version, err)
	}
}

// plain copies a profile without its fingerprint.
func plain(t *directory.Profile) directory.Profile {
	c := *t
	v := reflect.ValueOf(&c).Elem()
	out := directory.Profile{}
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() {
			reflect.ValueOf(&out).Elem().Field(i).Set(v.Field(i))
		}
	}
	return out
}

func copyAll(t testing.TB, db *pg.DB, all iter.Seq[*directory.Entry]) {
	t.Helper()
	err := pg.InTx(context.Background(), db, func(tx *pg.Tx) error {
		_, err := directory.CopyTx(context.Background(), tx, noon, all)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestInsertKeepsGivenIDsAndAdvancesTheSequence(t *testing.T) {
	db := pgtest.New(t)
	a, b := someone("given"), someone("numbered")
	a.ID = 40
	insert(t, db, a)
	insert(t, db, b)
	if a.ID != 40 || b.ID <= 40 {
		t.Fatalf("ids %d and %d", a.ID, b.ID)
	}
}

func TestWithdrawnConsentHidesAtOnce(t *testing.T) {
	db := pgtest.New(t)
	p := someone("consents")
	insert(t, db, p)
	d := open(t, db)
	exec(t, db, `UPDATE therapists SET consented = '{cald}' WHERE id = $1`, p.ID)
	follow(t, d)
	got, _ := d.ByID(p.ID)
	if got.Faiths != nil || !slices.Equal(got.Identities, []string{"cald"}) {
		t.Fatalf("faiths %v, identities %v", got.Faiths, got.Identities)
	}
}

func TestModelFollowsEveryTable(t *testing.T) {
	db := pgtest.New(t)
	p := someone("mei")
	insert(t, db, p)
	d := open(t, db)
	for _, c := range []struct {
		change string
		seen   func(*directory.Profile) bool
	}{
		{`UPDATE therapists SET headline = 'New words' WHERE id = $1`, func(t *directory.Profile) bool { return t.Headline == "New words" }},
		{`UPDATE services SET fee_cents = 20000 WHERE therapist_id = $1 AND slug = 'session-50'`, func(t *directory.Profile) bool { return t.Services[1].Fee == 200_00 }},
		{`UPDATE services SET active = false WHERE therapist_id = $1 AND slug = 'session-50'`, func(t *directory.Profile) bool { return len(t.Services) == 1 }},
		{`UPDATE credentials SET endorsements = '{}' WHERE therapist_id = $1`, func(t *directory.Profile) bool { return t.Title() == "Psychologist" }},
		{`DELETE FROM reduced_places WHERE therapist_id = $1 AND place = 2`, func(t *directory.Profile) bool { return t.Reduced.Left == 1 }},
		{`UPDATE reduced_places SET booking_id = 'b' WHERE therapist_id = $1`, func(t *directory.Profile) bool { return t.Reduced.Left == 0 }},
		{`UPDATE next_times SET next_any = next_any + interval '1 hour' WHERE therapist_id = $1`, func(t *directory.Profile) bool { return t.Next.Any.Equal(noon.Add(4 * time.Hour)) }},
		{`DELETE FROM next_times WHERE therapist_id = $1`, func(t *directory.Profile) bool { return t.Next.Any.IsZero() }},
	} {
		before := d.Version()
		exec(t, db, c.change, p.ID)
		follow(t, d)
		if got, ok := d.ByID(p.ID); !ok || !c.seen(got) || d.Version() == before {
			t.Errorf("%s: not followed", c.change)
		}
	}
}

func TestUnchangedNextTimesAreNotAChange(t *testing.T) {
	db := pgtest.New(t)
	p := someone("same")
	insert(t, db, p)
	var before, after int
	count := func(n *int) {
		if err := db.Get(context.Background(), n, `SELECT count(*) FROM directory_changes`); err != nil {
			t.Fatal(err)
		}
	}
	count(&before)
	exec(t, db, `UPDATE next_times SET next_any = next_any, computed_at = $1`, noon.Add(time.Minute))
	if count(&after); after != before {
		t.Fatalf("%d rows became %d", before, after)
	}
}

func TestALateCommitIsNotMissed(t *testing.T) {
	ctx := context.Background()
	db := pgtest.New(t)
	d := open(t, db)
	late := make(chan error)
	wrote, commit := make(chan bool), make(chan bool)
	go func() {
		late <- pg.InTx(ctx, db, func(tx *pg.Tx) error {
			err := directory.InsertTx(ctx, tx, noon, someone("early-row-late-commit"))
			wrote <- true
			<-commit
			return err
		})
	}()
	<-wrote
	insert(t, db, someone("quick"))
	follow(t, d)
	if n := d.Len(); n != 1 {
		t.Fatalf("a commit waits for a transaction that is older: %d listed", n)
	}
	commit <- true
	if err := <-late; err != nil {
		t.Fatal(err)
	}
	follow(t, d)
	if n := d.Len(); n != 2 || total(t, d) != 2 {
		t.Fatalf("the late commit was missed: %d listed", n)
	}
}

func TestAnUnlistedProfileIsGoneEverywhere(t *testing.T) {
	ctx := context.Background()
	db := pgtest.New(t)
	a, b := someone("stays"), someone("goes")
	insert(t, db, a, b)
	one, two := open(t, db), open(t, db)
	admin := accounts.Actor{Role: accounts.RoleAdmin, Account: 9}
	for i, verb := range []func(context.Context, accounts.Actor, int64) error{one.profiles.Suspend, one.profiles.Unlist, one.profiles.Pause} {
		if err := verb(ctx, admin, b.ID); err != nil {
			t.Fatal(err)
		}
		follow(t, one)
		follow(t, two)
		for _, d := range []opened{one, two} {
			if _, err := d.search.Show(ctx, "goes"); fault.Of(err) != fault.NotFound {
				t.Errorf("verb %d: shown with %v", i, err)
			}
			if _, ok := d.ByID(b.ID); ok || total(t, d) != 1 {
				t.Errorf("verb %d: still in the directory", i)
			}
		}
		if got, err := directory.Get(ctx, db, b.ID); err != nil || got.Listing == directory.Listed {
			t.Errorf("verb %d: Postgres has %v, %v", i, got.Listing, err)
		}
		if err := one.profiles.List(ctx, admin, b.ID); err != nil {
			t.Fatal(err)
		}
		follow(t, one)
		follow(t, two)
	}
	if one.Version() != two.Version() || total(t, two) != 2 {
		t.Errorf("versions %s and %s", one.Version(), two.Version())
	}
}

func TestPostgresDecidesWhileTheFeedIsStale(t *testing.T) {
	ctx := context.Background()
	db := pgtest.New(t)
	p, q := someone("shown"), someone("hidden")
	insert(t, db, p, q)
	d := open(t, db)
	exec(t, db, `UPDATE therapists SET listing = 'unlisted' WHERE slug = 'hidden'`)
	if !d.Fresh() {
		t.Fatal("not fresh after loading")
	}
	directory.Silence(d.Model)
	if d.Fresh() {
		t.Fatal("fresh without having heard")
	}
	if _, err := d.search.Show(ctx, "hidden"); fault.Of(err) != fault.NotFound {
		t.Errorf("shown while silent: %v", err)
	}
	if v, err := d.search.Show(ctx, "shown"); err != nil || v.Slug != "shown" {
		t.Errorf("not shown: %v", err)
	}
	page, err := d.search.Search(ctx, search.All())
	if err != nil || len(page.Results) != 1 || page.Results[0].Slug != "shown" {
		t.Errorf("search shows %v, %v", page.Results, err)
	}
}

func TestSweptRowsForceAFullRead(t *testing.T) {
	ctx := context.Background()
	db := pgtest.New(t)
	insert(t, db, someone("first"))
	d, away := open(t, db), open(t, db)
	insert(t, db, someone("second"))
	for range 3 {
		if err := d.Sweep(ctx); err != nil {
			t.Fatal(err)
		}
	}
	var left int
	if err := db.Get(ctx, &left, `SELECT count(*) FROM directory_changes`); err != nil || left != 0 {
		t.Fatalf("%d rows left, %v", left, err)
	}
	follow(t, away)
	if away.Len() != 2 {
		t.Fatalf("%d listed", away.Len())
	}
}

// counting is an index that counts what it is told.
type counting struct {
	search.Index
	replaced, applied int
}

func (c *counting) Replace(ctx context.Context, all []*directory.Profile) error {
	c.replaced++
	return c.Index.Replace(ctx, all)
}

func (c *counting) Apply(ctx context.Context, put []*directory.Profile, gone []int64) error {
	c.applied++
	return c.Index.Apply(ctx, put, gone)
}

// A backup restored on a fresh server brings transaction numbers which that server will not reach
// for years: read literally, they would ask for the whole directory at every look.
func TestRestoredBackupIsReadOnce(t *testing.T) {
	ctx := context.Background()
	db := pgtest.New(t)
	insert(t, db, someone("first"))
	exec(t, db, `INSERT INTO directory_changes (therapist_id) VALUES (0)`)
	exec(t, db, `UPDATE directory_changes SET xid = '1000000000000'`)
	exec(t, db, `UPDATE directory_feed SET swept = '999999999998', horizon = '999999999999'`)
	index := &counting{Index: memindex.New()}
	d := newModel(db, index)
	for range 5 {
		follow(t, d)
	}
	if index.replaced != 1 || index.applied != 0 {
		t.Fatalf("read whole %d times and in part %d times; want once and never", index.replaced, index.applied)
	}
	insert(t, db, someone("second"))
	follow(t, d)
	away := open(t, db)
	insert(t, db, someone("third"))
	if err := d.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	follow(t, d)
	follow(t, away)
	if d.Len() != 3 || away.Len() != 3 {
		t.Fatalf("after the first sweep %d and %d are listed, not 3", d.Len(), away.Len())
	}
	if err := d.Sweep(ctx); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := db.Get(ctx, &left, `SELECT count(*) FROM directory_changes`); err != nil || left != 0 {
		t.Fatalf("%d rows left, %v", left, err)
	}
	follow(t, d)
	before := index.replaced
	insert(t, db, someone("fourth"))
	follow(t, d)
	follow(t, away)
	if d.Len() != 4 || away.Len() != 4 || index.replaced != before {
		t.Fatalf("later %d and %d are listed; read whole %d times more", d.Len(), away.Len(), index.replaced-before)
	}
}

func TestBulkLoadIsOneFeedRow(t *testing.T) {
	db := pgtest.New(t)
	d := open(t, db)
	copyAll(t, db, func(yield func(*directory.Entry) bool) {
		for i := range 4500 {
			if !yield(someone(fmt.Sprintf("p-%d", i))) {
				return
			}
		}
	})
	var rows int
	if err := db.Get(context.Background(), &rows, `SELECT count(*) FROM directory_changes`); err != nil || rows != 1 {
		t.Fatalf("%d rows, %v", rows, err)
	}
	follow(t, d)
	if d.Len() != 4500 || total(t, d) != 4500 {
		t.Fatalf("%d listed", d.Len())
	}
	slugs := 0
	for range d.All() {
		slugs++
	}
	if slugs != 4500 {
		t.Fatalf("All gives %d", slugs)
	}
}

func TestRunNoticesACommit(t *testing.T) {
	db := pgtest.New(t)
	d := open(t, db)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- d.Run(ctx) }()
	insert(t, db, someone("heard-of"))
	for range 200 {
		if d.Len() == 1 {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	if d.Len() != 1 || !d.Fresh() {
		t.Error("not noticed within two seconds")
	}
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Run ended with %v", err)
	}
}

func TestWhoMayChangeAListing(t *testing.T) {
	ctx := context.Background()
	db := pgtest.New(t)
	p := someone("mine")
	insert(t, db, p)
	d := open(t, db)
	me, admin, other := accounts.Therapist(p.ID), accounts.Actor{Role: accounts.RoleAdmin, Account: 1}, accounts.Therapist(p.ID+1)
	for i, c := range []struct {
		verb func(context.Context, accounts.Actor, int64) error
		by   accounts.Actor
		want error
	}{
		{d.profiles.Pause, other, fault.Forbidden}, {d.profiles.Pause, accounts.Client, fault.Forbidden}, {d.profiles.Pause, accounts.Anonymous, fault.Forbidden},
		{d.profiles.Pause, me, nil}, {d.profiles.Pause, me, nil}, {d.profiles.List, other, fault.Forbidden}, {d.profiles.List, me, nil},
		{d.profiles.Suspend, me, fault.Forbidden}, {d.profiles.Unlist, me, fault.Forbidden}, {d.profiles.Suspend, admin, nil}, {d.profiles.List, me, fault.Forbidden},
		{d.profiles.Pause, me, fault.Forbidden}, {d.profiles.List, accounts.System, nil}, {d.profiles.Unlist, accounts.System, nil}, {d.profiles.List, admin, nil},
	} {
		if err := c.verb(ctx, c.by, p.ID); !errors.Is(err, c.want) && (err != nil || c.want != nil) {
			t.Errorf("step %d: %v, want %v", i, err, c.want)
		}
	}
	if err := d.profiles.Pause(ctx, admin, p.ID+100); !errors.Is(err, fault.NotFound) {
		t.Errorf("nobody was paused: %v", err)
	}
	if err := d.profiles.SetAccepting(ctx, me, p.ID, false); err != nil {
		t.Error(err)
	}
	if err := d.profiles.SetAccepting(ctx, other, p.ID, true); !errors.Is(err, fault.Forbidden) {
		t.Errorf("another practice changed it: %v", err)
	}
	entries, err := audit.Of(ctx, db, me.String(), 50)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, e := range entries {
		said = append(said, e.Actor+" "+e.Action)
	}
	id := me.String()
	want := []string{id + " therapist.pause", id + " therapist.list", "admin:account 1 therapist.suspend", "system therapist.list",
		"system therapist.unlist", "admin:account 1 therapist.list", id + " therapist.accepting"}
	if !slices.Equal(said, want) {
		t.Errorf("audited %v, want %v", said, want)
	}
}

func TestPastTimesAreNeverShown(t *testing.T) {
	ctx := context.Background()
	db := pgtest.New(t)
	p := someone("soon")
	insert(t, db, p)
	d := open(t, db)
	now := d.search.Clock.(*clock.Fixed)
	now.Set(p.Next.Any)
	page, err := d.search.Search(ctx, search.All())
	if err != nil || !page.Results[0].Next.Any.IsZero() {
		t.Fatalf("shown: %v, %v", page.Results[0].Next, err)
	}
	d.search.NextTimes = func(_ context.Context, id int64) (directory.Next, error) {
		return directory.Next{Any: now.Now().Add(time.Hour)}, nil
	}
	v, err := d.search.Show(ctx, "soon")
	if err != nil || !v.Next.Any.Equal(p.Next.Any.Add(time.Hour)) {
		t.Fatalf("not recomputed: %v, %v", v.Next, err)
	}
}

func TestSuggest(t *testing.T) {
	db := pgtest.New(t)
	for i := range 5 {
		p := someone(fmt.Sprintf("p-%d", i))
		p.Reduced = nil
		p.Services[1].Fee = money.Cents(170_00 + i*20_00)
		insert(t, db, p)
	}
	d := open(t, db)
	f := search.All().With("max_fee", "150").With("language", "mandarin")
	list, err := d.search.Suggest(context.Background(), f)
	if err != nil || len(list) == 0 {
		t.Fatalf("%v, %v", list, err)
	}
	if s := list[0]; s.Group != "max_fee" || s.Total != 5 || s.Filter.MaxFee.Set || !s.Filter.Has("language", "mandarin") {
		t.Errorf("first is %+v", s)
	}
	if i := slices.IndexFunc(list, func(s search.Suggestion) bool { return s.Text == "Raise the limit to $180" }); i < 0 || list[i].Total != 1 {
		t.Errorf("no smaller step among %+v", list)
	}
	for _, s := range list {
		if s.Group == "language" {
			t.Errorf("%q would bring nobody", s.Text)
		}
	}
}

// Postgres may undo a reading half way and ask for a repeat, as a standby does. Nobody is taken in twice.
func TestRepeatedReadAddsNoOneTwice(t *testing.T) {
	ctx := context.Background()
	db := pgtest.New(t)
	insert(t, db, someone("first"), someone("second"))
	want := open(t, db)
	owner := pgtest.Owner(t, db)
	exec(t, owner, `CREATE SEQUENCE looks`)
	exec(t, owner, `CREATE FUNCTION falter() RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$ BEGIN
		IF nextval('looks') = 2 THEN RAISE EXCEPTION 'conflict with recovery' USING ERRCODE = '40001'; END IF; RETURN true; END $$`)
	exec(t, owner, `ALTER TABLE therapists RENAME TO therapists_all`)
	exec(t, owner, `CREATE VIEW therapists AS SELECT * FROM therapists_all WHERE falter()`)
	exec(t, owner, `GRANT SELECT ON therapists TO PUBLIC`)
	exec(t, owner, `GRANT USAGE ON looks TO PUBLIC`)
	for name, read := range map[string]func() (string, error){
		"Load": func() (string, error) {
			d := newModel(db, memindex.New())
			err := d.Load(ctx)
			return d.Version(), err
		},
		"ReadAllListed": func() (string, error) {
			list, _, err := directory.ReadAllListed(ctx, db)
			return fmt.Sprint(len(list)), err
		},
	} {
		exec(t, owner, `SELECT setval('looks', 1, false)`)
		got, err := read()
		if err != nil {
			t.Fatal(name, err)
		}
		if got != "2" && got != want.Version() {
			t.Errorf("%s: %s, want two people", name, got)
		}
	}
}

// slowIndex says which version is told while it has not taken in a change yet.
type slowIndex struct {
	search.Index
	told func() string
	seen []string
}

func (x *slowIndex) Replace(ctx context.Context, all []*directory.Profile) error {
	x.seen = append(x.seen, x.told())
	return x.Index.Replace(ctx, all)
}

func (x *slowIndex) Apply(ctx context.Context, put []*directory.Profile, gone []int64) error {
	x.seen = append(x.seen, x.told())
	return x.Index.Apply(ctx, put, gone)
}

// A page that is found by the old index must not be kept by the tag of the new version: it would be
// taken for up to date until the minute ends.
func TestVersionIsPublishedAfterTheIndex(t *testing.T) {
	ctx := context.Background()
	db := pgtest.New(t)
	insert(t, db, someone("first"), someone("second"))
	x := &slowIndex{Index: memindex.New()}
	d := newModel(db, x)
	x.told = d.Version
	if err := d.Load(ctx); err != nil {
		t.Fatal(err)
	}
	versions := []string{"", d.Version()}
	for _, change := range []string{`UPDATE therapists SET headline = 'New words' WHERE slug = 'first'`,
		`UPDATE therapists SET listing = 'paused' WHERE slug = 'second'`, `INSERT INTO directory_changes (therapist_id) VALUES (0)`} {
		exec(t, db, change)
		follow(t, d)
		versions = append(versions, d.Version())
	}
	if versions[2] == versions[1] || versions[3] == versions[2] {
		t.Errorf("versions %q: a change has none of its own", versions)
	}
	if !slices.Equal(x.seen, versions[:len(x.seen)]) || len(x.seen) != 4 {
		t.Errorf("while the index takes in a change, the versions are %q; want %q", x.seen, versions)
	}
}
