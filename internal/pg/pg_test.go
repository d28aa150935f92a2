package pg_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"wattle/internal/fault"
	"wattle/internal/pg"
	"wattle/internal/pg/pgtest"
)

var ctx = context.Background()

func exec(t *testing.T, db *pg.DB, query string, args ...any) {
	t.Helper()
	err := pg.Once(ctx, db, func(c *pg.Conn) error {
		_, err := c.Exec(ctx, query, args...)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

func TestTypesSurviveTheRoundTrip(t *testing.T) {
	db := pgtest.Empty(t)
	exec(t, db, `CREATE TABLE things (id bigint PRIMARY KEY, tags text[] NOT NULL, nums bigint[], doc jsonb, raw bytea, at timestamptz, u uuid, n text)`)
	type thing struct {
		ID   int64           `db:"id"`
		Tags pg.Strings      `db:"tags"`
		Nums pg.Int64s       `db:"nums"`
		Doc  json.RawMessage `db:"doc"`
		Raw  []byte          `db:"raw"`
		At   time.Time       `db:"at"`
		U    string          `db:"u"`
		N    *string         `db:"n"`
	}
	at := time.Date(2026, 10, 4, 2, 30, 0, 123456000, time.FixedZone("", 10*3600))
	const u = "0190b4a8-57a6-7cc0-8f4e-0a4b5a1c2d3e"
	exec(t, db, `INSERT INTO things VALUES ($1, $2, $3, $4, $5, $6, $7, NULL)`,
		int64(1), pg.Strings{`a"b,c`, "", "NULL", `back\slash`}, pg.Int64s{1, -2}, json.RawMessage(`{"a":[1]}`), []byte{0, 1, 0xff}, at, u)
	exec(t, db, `INSERT INTO things VALUES ($1, $2, NULL, $3, $4, $5, $6, $7)`,
		2, pg.Strings(nil), `"text"`, nil, at, u, "x")
	var got []thing
	if err := db.Select(ctx, &got, `SELECT * FROM things WHERE id = ANY($1) ORDER BY id`, pg.Int64s{1, 2}); err != nil {
		t.Fatal(err)
	}
	a, b := got[0], got[1]
	if len(a.Tags) != 4 || a.Tags[0] != `a"b,c` || a.Tags[3] != `back\slash` || a.Nums[1] != -2 ||
		string(a.Doc) != `{"a": [1]}` || a.Raw[2] != 0xff || !a.At.Equal(at) || a.At.Location() != time.UTC || a.U != u || a.N != nil {
		t.Errorf("first row came back as %+v", a)
	}
	if b.Tags == nil || len(b.Tags) != 0 || b.Nums != nil || b.Raw != nil || *b.N != "x" {
		t.Errorf("second row came back as %+v", b)
	}
	var many []string
	if err := db.Select(ctx, &many, `SELECT n FROM things WHERE tags && $1 OR n = ANY($2)`, []string{"nope"}, []string{"x"}); err != nil || len(many) != 1 {
		t.Errorf("plain slices as arrays: %v %v", many, err)
	}
}

func TestSessionsHaveTimeoutsAndUseUTC(t *testing.T) {
	db := pgtest.New(t)
	for name, want := range map[string]string{"statement_timeout": "3s", "lock_timeout": "2s", "TimeZone": "UTC",
		"idle_in_transaction_session_timeout": "5s", "application_name": "wattle"} {
		var got string
		if err := db.Get(ctx, &got, `SELECT current_setting($1)`, name); err != nil || got != want {
			t.Errorf("%s = %q (%v), want %q", name, got, err, want)
		}
	}
	if err := db.Get(ctx, new(int), `SELECT 1 WHERE false`); !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("no row gave %v", err)
	}
}

func TestWritesOnThePoolAreRejected(t *testing.T) {
	db := pgtest.Empty(t)
	exec(t, db, `CREATE TABLE things (id int)`)
	for _, q := range []string{
		`INSERT INTO things VALUES (1) RETURNING id`, `DELETE FROM things`, "\n\tupdate things set id = 2 returning id",
		`WITH x AS (INSERT INTO things VALUES (1) RETURNING id) SELECT id FROM x`,
		`WITH x AS (UPDATE things t SET id = 2 RETURNING id) SELECT id FROM x`, `-- SELECT` + "\n" + `TRUNCATE things`,
	} {
		var n []int
		if err := db.Select(ctx, &n, q); err == nil {
			t.Errorf("%q ran on the pool", q)
		}
	}
	for _, q := range []string{`SELECT id FROM things`, "-- why\n\n\tSELECT id FROM things", `(SELECT id FROM things)`, `WITH x AS (SELECT 1 AS updated) SELECT updated FROM x`, `VALUES (1)`} {
		var n []int
		if err := db.Select(ctx, &n, q); err != nil {
			t.Errorf("%q: %v", q, err)
		}
	}
}

func TestInTxRollsBackOnErrorsAndPanics(t *testing.T) {
	db := pgtest.Empty(t)
	exec(t, db, `CREATE TABLE things (id int CONSTRAINT things_are_positive CHECK (id > 0))`)
	add := func(tx *pg.Tx, id int) error {
		_, err := tx.Exec(ctx, `INSERT INTO things VALUES ($1)`, id)
		return err
	}
	boom := errors.New("boom")
	if err := pg.InTx(ctx, db, func(tx *pg.Tx) error { add(tx, 1); return boom }); err != boom {
		t.Errorf("the error became %v", err)
	}
	func() {
		defer func() { _ = recover() }()
		pg.InTx(ctx, db, func(tx *pg.Tx) error { add(tx, 2); panic("boom") }) //nolint:errcheck // it panics
	}()
	err := pg.InTx(ctx, db, func(tx *pg.Tx) error { return add(tx, -1) })
	if pg.Constraint(err) != "things_are_positive" || pg.Code(err) != "23514" || fault.Of(err) != fault.Internal {
		t.Errorf("constraint %q, code %q, %v", pg.Constraint(err), pg.Code(err), err)
	}
	var n int
	if err := db.Get(ctx, &n, `SELECT count(*) FROM things`); err != nil || n != 0 {
		t.Errorf("%d rows stayed (%v)", n, err)
	}
}

func TestARejectedCommitIsNotAnUnknownOutcome(t *testing.T) {
	db := pgtest.Empty(t)
	exec(t, db, `CREATE TABLE things (id int CONSTRAINT things_are_unique UNIQUE DEFERRABLE INITIALLY DEFERRED)`)
	err := pg.InTx(ctx, db, func(tx *pg.Tx) error { _, err := tx.Exec(ctx, `INSERT INTO things VALUES (1), (1)`); return err })
	if pg.Constraint(err) != "things_are_unique" || errors.Is(err, pg.ErrUnknown) {
		t.Errorf("a deferred constraint gave %v", err)
	}
	err = pg.InTx(ctx, db, func(tx *pg.Tx) error {
		tx.Exec(ctx, `SELECT 1/0`) //nolint:errcheck // swallowed on purpose
		return nil
	})
	if err == nil || errors.Is(err, pg.ErrUnknown) {
		t.Errorf("committing a failed transaction gave %v", err)
	}
}

func TestInTxRetriesSerializationFailures(t *testing.T) {
	db := pgtest.Empty(t)
	exec(t, db, `CREATE FUNCTION fail(code text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = code; END $$`)
	for _, code := range []string{"40001", "40P01"} {
		tries := 0
		err := pg.InTx(ctx, db, func(tx *pg.Tx) error {
			if tries++; tries < 3 {
				_, err := tx.Exec(ctx, `SELECT fail($1)`, code)
				return err
			}
			return nil
		})
		if err != nil || tries != 3 {
			t.Errorf("%s: %d tries, %v", code, tries, err)
		}
		tries = 0
		err = pg.InTx(ctx, db, func(tx *pg.Tx) error { tries++; _, err := tx.Exec(ctx, `SELECT fail($1)`, code); return err })
		if tries != 4 || fault.Of(err) != fault.Unavailable || errors.Is(err, pg.ErrUnknown) {
			t.Errorf("%s for ever: %d tries, %v", code, tries, err)
		}
	}
}

func TestTimeoutsAreUnavailable(t *testing.T) {
	db := pgtest.Empty(t)
	err := pg.InTx(ctx, db, func(tx *pg.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL statement_timeout = '20ms'`); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `SELECT pg_sleep(5)`)
		return err
	})
	if fault.Of(err) != fault.Unavailable || pg.Code(err) != "57014" {
		t.Errorf("a slow statement gave %v", err)
	}
	short, cancel := context.WithTimeout(ctx, 30*time.Millisecond)
	defer cancel()
	if err := db.Get(short, new(string), `SELECT pg_sleep(5)::text`); fault.Of(err) != fault.Unavailable {
		t.Errorf("a caller's deadline gave %v", err)
	}
}

func TestCopyIn(t *testing.T) {
	db := pgtest.Empty(t)
	exec(t, db, `CREATE TABLE things (id int, name text, doc jsonb, raw bytea, tags text[])`)
	i := 0
	err := pg.InTx(ctx, db, func(tx *pg.Tx) error {
		n, err := pg.CopyIn(ctx, tx, "public.things", []string{"id", "name", "doc", "raw", "tags"}, func() ([]any, bool) {
			i++
			return []any{i, "tab\there", json.RawMessage(`{"n":"a\\b"}`), []byte{0, 255}, pg.Strings{"a b"}}, i <= 1000
		})
		if n != 1000 {
			t.Errorf("copied %d rows", n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var n int
	err = db.Get(ctx, &n, `SELECT count(*) FROM things WHERE name = E'tab\there' AND doc->>'n' = E'a\\b' AND raw = '\x00ff' AND tags = '{a b}'`)
	if err != nil || n != 1000 {
		t.Errorf("%d rows came through (%v)", n, err)
	}
	err = pg.InTx(ctx, db, func(tx *pg.Tx) error {
		left := 1
		_, err := pg.CopyIn(ctx, tx, "things", []string{"id"}, func() ([]any, bool) { left--; return []any{"not a number"}, left >= 0 })
		return err
	})
	if pg.Code(err) != "22P02" {
		t.Errorf("a bad row gave %v", err)
	}
}

func TestListenReportsNotificationsAndReconnects(t *testing.T) {
	db := pgtest.New(t)
	heard := make(chan string, 10)
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan error)
	go func() {
		ended <- pg.Listen(ctx, pgtest.URL(t, db), []string{"news"}, func(ch, p string) { heard <- ch + ":" + p })
	}()
	want := func(s string) {
		t.Helper()
		select {
		case got := <-heard:
			if got != s {
				t.Fatalf("heard %q, want %q", got, s)
			}
		case <-time.After(5 * time.Second):
			t.Fatalf("heard nothing, want %q", s)
		}
	}
	want("news:")
	exec(t, db, `SELECT pg_notify('news', 'hello')`)
	want("news:hello")
	owner := pgtest.Owner(t, db)
	exec(t, owner, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND usename = current_user`)
	exec(t, db, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()`)
	want("news:")
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("it ended with %v", err)
	}
}

func TestTheApplicationRoleCannotChangeAuditTables(t *testing.T) {
	db := pgtest.New(t)
	for _, q := range []string{`UPDATE audit_entries SET actor = ''`, `DELETE FROM audit_chain`, `TRUNCATE audit_heads`, `DROP TABLE outbox_tasks`, `CREATE TABLE mine (id int)`} {
		for who, db := range map[string]*pg.DB{"application": db, "owner": pgtest.Owner(t, db)} {
			if who == "owner" && q[0] != 'U' && q[0] != 'T' && q[:2] != "DE" {
				continue
			}
			err := pg.Once(ctx, db, func(c *pg.Conn) error { _, err := c.Exec(ctx, q); return err })
			if pg.Code(err) != "42501" {
				t.Errorf("%s, as the %s: %v", q, who, err)
			}
		}
	}
}

func TestStatementsAreCounted(t *testing.T) {
	ctx := context.Background()
	db := pgtest.New(t)
	before := db.Statements()
	var n int
	if err := db.Get(ctx, &n, `SELECT 1`); err != nil {
		t.Fatal(err)
	}
	if got := db.Statements() - before; got != 1 {
		t.Errorf("a SELECT counts %d", got)
	}
	err := pg.InTx(ctx, db, func(tx *pg.Tx) error {
		_, err := tx.Exec(ctx, `SELECT 1`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := db.Statements() - before; got != 3 {
		t.Errorf("a SELECT and a transaction of one count %d", got)
	}
}

func TestAPreparedStatementMayBeReadFromThePool(t *testing.T) {
	db := pgtest.New(t)
	for range 3 {
		var n int
		if err := db.Get(context.Background(), &n, pg.Keep+`SELECT $1::int`, 7); err != nil || n != 7 {
			t.Fatal(n, err)
		}
	}
	if err := db.Get(context.Background(), new(int), pg.Keep+`DELETE FROM therapists RETURNING id`); err == nil {
		t.Error("a write went through")
	}
}
