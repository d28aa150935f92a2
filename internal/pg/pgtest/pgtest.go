// Package pgtest gives every test a real, empty or migrated Postgres database of its own.
//
// Each test binary runs a private cluster in memory (/dev/shm), started by the first test that
// asks. It ends with the binary however that ends, and its files go with it. The migrated cluster
// that it is copied from is kept under the temporary directory and made again when a migration
// changes, so a binary waits about 0.2 s and a database takes about 20 ms.
package pgtest

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wattle/internal/pg"
	"wattle/internal/pg/private"
)

const template = "template_wattle"

var (
	start   = sync.OnceValues(startCluster)
	counter atomic.Int64
)

// New opens a freshly migrated database as the application's role, which may not change tables
// and only adds to tables of record. It is dropped when the test ends.
func New(t testing.TB) *pg.DB {
	t.Helper()
	return open(t, "wattle_app", template)
}

// Empty opens a database without tables, as its owner.
func Empty(t testing.TB) *pg.DB {
	t.Helper()
	return open(t, "wattle_owner", "template0")
}

// URL is the address of db, for what opens connections of its own.
func URL(t testing.TB, db *pg.DB) string {
	t.Helper()
	return db.URL()
}

// Owner opens another pool on db's database as the role that owns the tables, for tests that do
// what the application may not.
func Owner(t testing.TB, db *pg.DB) *pg.DB {
	t.Helper()
	var name string
	ctx := context.Background()
	if err := db.Get(ctx, &name, `SELECT current_database()`); err != nil {
		t.Fatal(err)
	}
	o, err := pg.Open(ctx, cluster(t).URL("wattle_owner", name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Close() })
	return o
}

func cluster(t testing.TB) *private.Cluster {
	t.Helper()
	c, err := start()
	if err != nil {
		t.Fatalf("the tests need a private Postgres: %v", err)
	}
	return c
}

func open(t testing.TB, role, from string) *pg.DB {
	t.Helper()
	c := cluster(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	name := fmt.Sprintf("test_%d", counter.Add(1))
	admin := c.URL("postgres", "postgres")
	if err := pg.Administer(ctx, admin, `CREATE DATABASE `+name+` OWNER wattle_owner TEMPLATE `+from+` STRATEGY FILE_COPY`); err != nil {
		t.Fatalf("making a test database: %v", err)
	}
	t.Cleanup(func() {
		if err := pg.Administer(context.Background(), admin, `DROP DATABASE `+name+` WITH (FORCE)`); err != nil {
			t.Errorf("dropping a test database: %v", err)
		}
	})
	db, err := pg.Open(ctx, c.URL(role, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}
