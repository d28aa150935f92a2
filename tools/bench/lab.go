package bookingbench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"

	"wattle/internal/booking"
	"wattle/internal/clock"
	"wattle/internal/pg"
	"wattle/internal/seal"
)

// labNow is when everything in the lab happens: Monday 2 November 2026, 09:00 in Sydney.
var labNow = time.Date(2026, 11, 1, 22, 0, 0, 0, time.UTC)

// lab is a Postgres of its own, durable as in production, with practices open every day from
// 08:00 to 20:00, each with a free call of 20 minutes and 10 after it.
type lab struct {
	cluster *pg.Cluster
	pgbench string
	owner   *pg.DB
	clock   *clock.Fixed
	*booking.Service
}

// inLab runs fn in a lab of n practices and cleans up after it.
func inLab(ctx context.Context, n int, fn func(l *lab) error) error {
	bench, err := findPgbench()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "wattle-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	c, err := pg.StartCluster(ctx, pg.ClusterOptions{Dir: dir, Settings: map[string]string{"max_connections": "100", "shared_buffers": "128MB"}})
	if err != nil {
		return err
	}
	defer c.Stop()
	log := slog.New(slog.DiscardHandler)
	if err := pg.Migrate(ctx, c.OwnerURL(), log); err != nil {
		return err
	}
	l := &lab{cluster: c, pgbench: bench, clock: clock.At(labNow)}
	db, err := pg.Open(ctx, c.AppURL())
	if err != nil {
		return err
	}
	defer db.Close()
	if l.owner, err = pg.Open(ctx, c.OwnerURL()); err != nil {
		return err
	}
	defer l.owner.Close()
	box, err := seal.New([][]byte{bytes.Repeat([]byte("k"), seal.KeySize)})
	if err != nil {
		return err
	}
	l.Service = &booking.Service{DB: db, Clock: l.clock, Box: box, Log: log}
	if err := l.fill(ctx, n); err != nil {
		return err
	}
	return fn(l)
}

// fill makes practices 1 to n.
func (l *lab) fill(ctx context.Context, n int) error {
	for _, statement := range []string{
		`INSERT INTO therapists (id, slug, listing, accepting, demo, given_name, family_name, honorific, type, registrar, supervisor, email, gender,
			state, suburb, postcode, street, lat, lng, zone, video_url, phone, headline, bio, portrait, practising_since, issues, also_issues,
			approaches, client_groups, languages, affirming, identities, faiths, access, funding, consented, policy, reduced_for, version, created_at, updated_at)
		SELECT i, 'practice-' || i, 'listed', true, true, 'Ada', 'Example', '', 'psychologist', false, '', 'ada@example.com', 'woman',
			'nsw', 'Newtown', '2042', '', -33.9, 151.2, 'Australia/Sydney', '', '', '', '', i, 2010, '{}', '{}',
			'{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', 'standard', '', 1, $2::timestamptz, $2::timestamptz FROM generate_series(1, $1::integer) AS i`,
		`INSERT INTO services (therapist_id, slug, position, name, kind, format, minutes, fee_cents, modes, buffer_before, buffer_after, active)
		SELECT i, 'free-consultation', 1, 'Free call', 'consultation', 'individual', 20, 0, '{video,phone}', 0, 10, $2::timestamptz IS NOT NULL FROM generate_series(1, $1::integer) AS i`,
		`INSERT INTO practices (therapist_id, availability_version, notice_minutes, horizon_days, daily_cap, step_minutes, open_on_holidays)
		SELECT i, 1, 60, 60, 0, 5, $2::timestamptz IS NOT NULL FROM generate_series(1, $1::integer) AS i`,
		`INSERT INTO weekly_hours (therapist_id, weekday, start_minute, end_minute, services, modes)
		SELECT i, d, h, h + 330, '{}', CASE WHEN $2::timestamptz IS NOT NULL THEN '{}'::text[] END
		FROM generate_series(1, $1::integer) AS i, generate_series(0, 6) AS d, unnest('{480,870}'::integer[]) AS h`,
	} {
		if err := l.exec(ctx, statement, n, labNow); err != nil {
			return err
		}
	}
	return l.exec(ctx, `ANALYZE`)
}

func (l *lab) exec(ctx context.Context, statement string, args ...any) error {
	return pg.Once(ctx, l.owner, func(c *pg.Conn) error {
		_, err := c.Exec(ctx, statement, args...)
		return err
	})
}

func (l *lab) count(ctx context.Context, query string) (n int, err error) {
	err = l.DB.Get(ctx, &n, query)
	return n, err
}

// findPgbench looks in the path and where Debian keeps it.
func findPgbench() (string, error) {
	if path, err := exec.LookPath("pgbench"); err == nil {
		return path, nil
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/pgbench")
	if len(found) == 0 {
		return "", errors.New("pgbench, the limit of this benchmark, is not on this machine: install postgresql")
	}
	slices.Sort(found)
	return found[len(found)-1], nil
}

var tps = regexp.MustCompile(`(?m)^tps = ([0-9.]+)`)

// initPgbench makes pgbench's tables in a database of their own, at ten times its smallest size.
func (l *lab) initPgbench(ctx context.Context) error {
	if err := pg.Administer(ctx, l.cluster.URL("postgres", "postgres"), `CREATE DATABASE pgbench`); err != nil {
		return err
	}
	out, err := exec.CommandContext(ctx, l.pgbench, "-i", "-q", "-s", "10", l.cluster.URL("postgres", "pgbench")).CombinedOutput()
	if err != nil {
		return fmt.Errorf("pgbench -i: %w\n%s", err, out)
	}
	return nil
}

// runPgbench is transactions a second of pgbench -N -M prepared at 16 connections.
func (l *lab) runPgbench(ctx context.Context, seconds int) (float64, error) {
	cmd := exec.CommandContext(ctx, l.pgbench, "-N", "-M", "prepared", "-n", "-c", "16", "-j", "2", "-T", strconv.Itoa(seconds), l.cluster.URL("postgres", "pgbench"))
	cmd.Stderr = io.Discard
	out, err := cmd.Output()
	if err != nil {
		return 0, fmt.Errorf("pgbench: %w\n%s", err, out)
	}
	m := tps.FindSubmatch(out)
	if m == nil {
		return 0, fmt.Errorf("pgbench said nothing of tps:\n%s", out)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}

// crowd lets n run at once and waits for all.
func crowd(n int, do func(i int)) {
	var wg sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	wg.Wait()
}
