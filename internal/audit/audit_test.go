package audit

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"wattle/internal/pg"
	"wattle/internal/pg/pgtest"
)

var (
	ctx = context.Background()
	now = time.Date(2026, 3, 2, 9, 0, 0, 123456000, time.UTC)
)

func record(t *testing.T, db *pg.DB, n int) {
	t.Helper()
	err := pg.InTx(ctx, db, func(tx *pg.Tx) error {
		return Record(ctx, tx, now, Entry{Actor: "client 7", Action: "booking.cancel", Subject: fmt.Sprintf("booking %d", n),
			Before: "confirmed", After: "cancelled"})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func chain(t *testing.T, db *pg.DB) Head {
	t.Helper()
	h, err := Chain(ctx, db, now)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// chainAll repeats Chain until n entries are chained: open transactions of parallel tests hold back the
// server's xmin.
func chainAll(t *testing.T, db *pg.DB, n int64) Head {
	t.Helper()
	for range 500 {
		if h := chain(t, db); h.Seq == n {
			return h
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("%d entries were not chained", n)
	return Head{}
}

func verify(t *testing.T, db *pg.DB, outside ...Head) Report {
	t.Helper()
	r, err := Verify(ctx, db, outside...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAnEntryCommitsWithItsTransaction(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	pg.InTx(ctx, db, func(tx *pg.Tx) error { //nolint:errcheck // rolled back on purpose
		Record(ctx, tx, now, Entry{Subject: "booking 1"}) //nolint:errcheck // see above
		return context.Canceled
	})
	record(t, db, 1)
	got, err := Of(ctx, db, "booking 1", 10)
	if err != nil || len(got) != 1 || got[0].Action != "booking.cancel" || !got[0].At.Equal(now) {
		t.Errorf("%+v %v", got, err)
	}
}

func TestInvalidTextDoesNotFailTheTransaction(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	err := pg.InTx(ctx, db, func(tx *pg.Tx) error {
		return Record(ctx, tx, now, Entry{Reason: "a\x00b\xff" + strings.Repeat("é", 5000), Actor: `"},{`})
	})
	if err != nil {
		t.Fatal(err)
	}
	chainAll(t, db, 1)
	if r := verify(t, db); len(r.Problems) > 0 || r.Head.Seq != 1 {
		t.Errorf("%+v", r)
	}
}

func TestEveryEntryIsChainedOnceUnderConcurrency(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	const writers, each = 4, 50
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				record(t, db, w*each+i)
			}
		})
	}
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		wgChain := sync.WaitGroup{}
		for range 2 {
			wgChain.Go(func() { Chain(ctx, db, now) }) //nolint:errcheck // checked below
		}
		wgChain.Wait()
	}
	h := chainAll(t, db, writers*each)
	if r := verify(t, db, h); len(r.Problems) > 0 || r.Head.Seq != writers*each {
		t.Errorf("%d rows, %v", r.Head.Seq, r.Problems)
	}
}

func TestALateCommitIsChained(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	err := pg.InTx(ctx, db, func(tx *pg.Tx) error {
		if err := Record(ctx, tx, now, Entry{Subject: "early number, late commit"}); err != nil {
			return err
		}
		record(t, db, 2) // commits first
		if h := chain(t, db); h.Seq != 0 {
			t.Errorf("the chain ran ahead of an open transaction to %d", h.Seq)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	chainAll(t, db, 2)
}

func TestTamperingIsDetected(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, tamper, found string }{
		{"no change", `SELECT 1`, ""},
		{"an entry edited", `UPDATE audit_entries SET actor = 'client 8' WHERE id = 3`, "entry 3 was edited"},
		{"an entry's time edited", `UPDATE audit_entries SET at = at + interval '1 microsecond' WHERE id = 3`, "entry 3 was edited"},
		{"an entry deleted", `DELETE FROM audit_entries WHERE id = 3`, "entry 3 was deleted"},
		{"both copies edited", `
			WITH e AS (UPDATE audit_entries SET actor = 'x' WHERE id = 3)
			UPDATE audit_chain SET entry = replace(entry, 'client 7', 'x') WHERE seq = 3`, "row 3 of the chain does not match"},
		{"a row deleted from the middle", `DELETE FROM audit_chain WHERE seq = 3`, "rows 3 to 3 of the chain are missing"},
		{"a gap closed", `
			DELETE FROM audit_chain WHERE seq = 5; UPDATE audit_chain SET seq = 5 WHERE seq = 6`, "row 5 of the chain does not match"},
		{"two rows swapped", `
			UPDATE audit_chain SET seq = seq + 100 WHERE seq IN (2, 3);
			UPDATE audit_chain SET seq = 105 - seq WHERE seq > 100`, "row 2 of the chain does not match"},
		{"the tail deleted from both tables", `
			WITH c AS (DELETE FROM audit_chain WHERE seq > 4) DELETE FROM audit_entries WHERE id > 4`, "the chain was truncated: row 6"},
		{"the tail and the heads deleted", `
			WITH h AS (DELETE FROM audit_heads WHERE seq > 3), c AS (DELETE FROM audit_chain WHERE seq > 3)
			DELETE FROM audit_entries WHERE id > 3`, "the chain was truncated: row 6"},
		{"everything deleted", `
			WITH h AS (DELETE FROM audit_heads), c AS (DELETE FROM audit_chain) DELETE FROM audit_entries`, "the chain was truncated: row 6"},
		{"a row inserted", `INSERT INTO audit_chain VALUES (7, 7, '[]', '\x00')`, "row 7 of the chain does not match"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			db := pgtest.New(t)
			for i := range 6 {
				record(t, db, i)
				if i == 2 {
					chainAll(t, db, 3)
				}
			}
			outside := chainAll(t, db, 6)
			tamper(t, db, c.tamper)
			found := strings.Join(verify(t, db, outside).Problems, "; ")
			if c.found == "" && found != "" || !strings.Contains(found, c.found) {
				t.Errorf("found %q, want %q", found, c.found)
			}
		})
	}
}

// tamper runs query as the owner, with the triggers disabled.
func tamper(t *testing.T, db *pg.DB, query string) {
	t.Helper()
	err := pg.InTx(ctx, pgtest.Owner(t, db), func(tx *pg.Tx) error {
		for _, table := range []string{"audit_entries", "audit_chain", "audit_heads"} {
			if _, err := tx.Exec(ctx, `ALTER TABLE `+table+` DISABLE TRIGGER USER`); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, query)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnOutsideHeadRevealsARewrittenChain(t *testing.T) {
	t.Parallel()
	db := pgtest.New(t)
	record(t, db, 1)
	outside := chainAll(t, db, 1)
	tamper(t, db, `
		WITH h AS (DELETE FROM audit_heads), c AS (DELETE FROM audit_chain) UPDATE audit_entries SET actor = 'x'`)
	chainAll(t, db, 1) // every hash is new and consistent
	if r := verify(t, db); len(r.Problems) > 0 {
		t.Errorf("without an outside head: %v", r.Problems)
	}
	if r := verify(t, db, outside); len(r.Problems) == 0 {
		t.Error("the outside head did not reveal the rewrite")
	}
}
