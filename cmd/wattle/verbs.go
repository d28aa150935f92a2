package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"time"

	"wattle/internal/clock"
	"wattle/internal/demo"
	"wattle/internal/outbox"
	"wattle/internal/pg"
)

func version(_ context.Context, args []string) error {
	if err := parse(flag.NewFlagSet("version", flag.ContinueOnError), args); err != nil {
		return err
	}
	fmt.Printf("wattle %s, %s, %s/%s\n", versionText(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}

func migrate(ctx context.Context, args []string) error {
	if err := parse(flag.NewFlagSet("migrate", flag.ContinueOnError), args); err != nil {
		return err
	}
	return withApp(ctx, func(a *app) error {
		have, want, err := pg.SchemaVersion(ctx, a.db)
		if err == nil {
			fmt.Printf("the tables are at step %d; this version knows %d\n", have, want)
		}
		return err
	})
}

// withApp opens the app for one verb and closes it afterwards.
func withApp(ctx context.Context, do func(*app) error) error {
	say := newProgress(os.Stderr)
	a, err := openApp(ctx, say)
	if err != nil {
		return err
	}
	defer a.db.Close()
	say.done()
	return do(a)
}

func seed(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("seed", flag.ContinueOnError)
	n := fs.Int("n", demoPeople, "how many therapists")
	s := fs.Uint64("seed", demo.DefaultSeed, "the same seed makes the same people")
	replace := fs.Bool("replace", false, "remove the fictional people of an earlier seed first")
	if err := parse(fs, args); err != nil {
		return err
	}
	if *n < 1 || *n > 1_000_000 {
		fmt.Fprintln(os.Stderr, "wattle seed: -n must be between 1 and 1000000")
		return errUsage
	}
	return withApp(ctx, func(a *app) error {
		if a.config.Production() {
			return errors.New("seed makes fictional people and refuses production")
		}
		if *replace {
			if err := a.unseed(ctx); err != nil {
				return err
			}
		}
		done, err := a.seedIfEmpty(ctx, *n, *s)
		if err == nil && !done {
			return errors.New("the directory is not empty: -replace removes the fictional people and their bookings first")
		}
		if err == nil {
			fmt.Printf("%d fictional therapists are in the directory\n", *n)
		}
		return err
	})
}

// seedIfEmpty fills an empty directory. Instances that start together take turns by an advisory lock,
// which one connection holds while another does the work.
func (a *app) seedIfEmpty(ctx context.Context, n int, seed uint64) (done bool, err error) {
	err = pg.InTx(ctx, a.db.DB, func(tx *pg.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT set_config('lock_timeout', '0', true), set_config('statement_timeout', '0', true),
			set_config('idle_in_transaction_session_timeout', '0', true)`); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock(hashtext('wattle seed'))`); err != nil {
			return err
		}
		var empty bool
		if err := tx.Get(ctx, &empty, `SELECT NOT EXISTS (SELECT FROM therapists)`); err != nil || !empty {
			return err
		}
		done = true
		return demo.Seed(ctx, a.db.DB, demo.Options{N: n, Seed: seed, Now: a.clock.Now(),
			Recompute: a.booking.Availability.RecomputeNext, Progress: seedProgress()})
	})
	return done, err
}

// seedProgress prints the progress of a long seeding about once a second.
func seedProgress() func(stage string, done, of int) {
	took, last := clock.Stopwatch(), time.Second
	return func(stage string, done, of int) {
		if t := took(); t-last >= time.Second {
			last = t
			fmt.Fprintf(os.Stderr, "wattle:   %d of %d %s\n", done, of, stage)
		}
	}
}

// unseed deletes the fictional people with all their data. Real profiles stay.
func (a *app) unseed(ctx context.Context) error {
	return pg.InTx(ctx, a.db.DB, func(tx *pg.Tx) error {
		for _, statement := range []string{
			`SELECT set_config('statement_timeout', '0', true)`,
			`DELETE FROM bookings WHERE therapist_id IN (SELECT id FROM therapists WHERE demo)`,
			`DELETE FROM therapists WHERE demo`,
		} {
			if _, err := tx.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
}

// admin lists tasks that failed for good and retries them.
func admin(ctx context.Context, args []string) error {
	fs := flag.NewFlagSet("admin", flag.ContinueOnError)
	retry := fs.Int64("retry", 0, "put the parked task with this number back to work")
	if err := parse(fs, args); err != nil {
		return err
	}
	return withApp(ctx, func(a *app) error {
		if *retry != 0 {
			return pg.InTx(ctx, a.db.DB, func(tx *pg.Tx) error { return outbox.Retry(ctx, tx, *retry, a.clock.Now()) })
		}
		parked, err := outbox.ListParked(ctx, a.db, 100)
		if err != nil {
			return err
		}
		for _, p := range parked {
			fmt.Printf("%d  %s\n", p.ID, p.Kind)
		}
		fmt.Printf("%d parked; wattle admin -retry NUMBER puts one back to work\n", len(parked))
		return nil
	})
}
