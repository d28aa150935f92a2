package main

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"wattle/internal/clock"
	"wattle/internal/directory"
	"wattle/internal/pg"
	"wattle/internal/search"
	"wattle/internal/search/memindex"
	"wattle/tools/bench/lab"
)

const (
	singles = 300  // commits, each waited for
	writers = 4    // at once
	writes  = 5000 // by all writers
)

// observed is an index that reports which changes can be searched.
type observed struct {
	search.Index
	applied chan int64 // ids
}

func (t *observed) Apply(ctx context.Context, put []*directory.Profile, gone []int64) error {
	err := t.Index.Apply(ctx, put, gone)
	for _, profile := range put {
		select {
		case t.applied <- profile.ID:
		default: // no one waits
		}
	}
	return err
}

// following is F4: the time from a commit until the index has the change, and the changes that get lost.
func following(ctx context.Context, p *population) (results []lab.Result, err error) {
	x := &observed{memindex.New(), make(chan int64, 1)}
	d := p.searchOver(x)
	if err := d.Model.Load(ctx); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	var background sync.WaitGroup
	background.Go(func() { d.Model.Run(ctx) })
	background.Go(func() {
		pg.Listen(ctx, p.db.URL(), []string{"directory_changes"}, func(string, string) { d.Model.Wake() })
	})
	defer background.Wait()
	defer stop()
	result, err := p.latency(ctx, x)
	if err != nil {
		return nil, err
	}
	lost, err := p.storm(ctx, d)
	return []lab.Result{result, {Name: "changes-lost", Ratio: float64(lost), Ours: fmt.Sprintf("%d changes under %d writers", writes, writers),
		Limit: "those that Postgres has", Goal: "0 lost", Met: lost == 0}}, err
}

// latency is the median time from the answer to a commit until the change can be searched.
func (p *population) latency(ctx context.Context, x *observed) (lab.Result, error) {
	var ours, limit []time.Duration
	r := rand.New(rand.NewPCG(9, 9))
	for range singles {
		watch := clock.Stopwatch()
		var one int
		if err := p.db.Get(ctx, &one, `SELECT 1`); err != nil {
			return lab.Result{}, err
		}
		limit = append(limit, watch())
		id := p.all[r.IntN(len(p.all))].ID
		if err := p.touch(ctx, id); err != nil {
			return lab.Result{}, err
		}
		watch = clock.Stopwatch()
		for got := int64(0); got != id; {
			select {
			case got = <-x.applied:
			case <-time.After(5 * time.Second):
				return lab.Result{}, fmt.Errorf("a change did not arrive within five seconds")
			}
		}
		ours = append(ours, watch())
	}
	a, b := lab.Middle(ours), lab.Middle(limit)
	ratio := float64(a) / float64(b)
	return lab.Result{Name: "commit-to-searchable", Ratio: ratio, Ours: lab.Short(a), Limit: "SELECT 1 in " + lab.Short(b), Goal: "≤ 5 ×", Met: ratio <= 5}, nil
}

func (p *population) touch(ctx context.Context, id int64) error {
	return pg.Once(ctx, p.db, func(c *pg.Conn) error {
		_, err := c.Exec(ctx, `UPDATE therapists SET accepting = NOT accepting, version = version + 1 WHERE id = $1`, id)
		return err
	})
}

// storm has writers change people at random and counts those that still differ between the read model
// and Postgres five seconds later.
func (p *population) storm(ctx context.Context, d *search.Service) (lost int, err error) {
	var group sync.WaitGroup
	failed := make([]error, writers)
	for w := range writers {
		group.Go(func() {
			r := rand.New(rand.NewPCG(uint64(w), 9))
			for range writes / writers {
				if err := p.touch(ctx, p.all[r.IntN(len(p.all))].ID); err != nil {
					failed[w] = err
					return
				}
			}
		})
	}
	group.Wait()
	for _, err := range failed {
		if err != nil {
			return 0, err
		}
	}
	watch := clock.Stopwatch()
	for {
		if lost, err = p.compare(ctx, d); err != nil || lost == 0 || watch() > 5*time.Second {
			return lost, err
		}
	}
}

// compare counts profiles that differ between the read model or its index and Postgres.
func (p *population) compare(ctx context.Context, d *search.Service) (wrong int, err error) {
	var rows []struct {
		ID        int64 `db:"id"`
		Version   int   `db:"version"`
		Accepting bool  `db:"accepting"`
	}
	if err := p.db.Select(ctx, &rows, `SELECT id, version, accepting FROM therapists WHERE listing = 'listed'`); err != nil {
		return 0, err
	}
	accepting := 0
	for _, r := range rows {
		if t, ok := d.Model.ByID(r.ID); !ok || t.Version != r.Version {
			wrong++
		}
		if r.Accepting {
			accepting++
		}
	}
	found, err := d.Search(ctx, search.All().With("accepting", "true"))
	return wrong + max(accepting-found.Total, found.Total-accepting), err
}

// coldStart is F5: loading the directory against reading the rows that it is made of.
func coldStart(ctx context.Context, p *population) ([]lab.Result, error) {
	var ours, limit []time.Duration
	for range 3 {
		watch := clock.Stopwatch()
		rows, err := p.readRows(ctx)
		if err != nil {
			return nil, err
		}
		limit = append(limit, watch())
		watch = clock.Stopwatch()
		d := p.searchOver(memindex.New())
		if err := d.Model.Load(ctx); err != nil {
			return nil, err
		}
		ours = append(ours, watch())
		if d.Model.Len() != len(p.all) || rows < d.Model.Len() {
			return nil, fmt.Errorf("%d people and %d rows were read", d.Model.Len(), rows)
		}
	}
	a, b := lab.Middle(ours), lab.Middle(limit)
	ratio := float64(a) / float64(b)
	return []lab.Result{{Name: "cold-start", Ratio: ratio, Ours: fmt.Sprintf("%d people in %s", len(p.all), lab.Short(a)),
		Limit: "reading their rows in " + lab.Short(b), Goal: "≤ 5 ×", Met: ratio <= 5}}, nil
}

// readRows reads the tables of the directory as they are.
func (p *population) readRows(ctx context.Context) (n int, err error) {
	err = pg.InTx(ctx, p.db, func(tx *pg.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL statement_timeout = '60s'`); err != nil {
			return err
		}
		for _, query := range []string{
			`SELECT t.*, n.* FROM therapists t LEFT JOIN next_times n ON n.therapist_id = t.id WHERE t.listing = 'listed'`,
			`SELECT s.* FROM services s JOIN therapists t ON t.id = s.therapist_id WHERE t.listing = 'listed' AND s.active`,
			`SELECT c.* FROM credentials c JOIN therapists t ON t.id = c.therapist_id WHERE t.listing = 'listed'`,
			`SELECT r.* FROM reduced_places r JOIN therapists t ON t.id = r.therapist_id WHERE t.listing = 'listed'`,
		} {
			read, err := readAll(ctx, tx, query)
			if err != nil {
				return err
			}
			n += read
		}
		return nil
	})
	return n, err
}

func readAll(ctx context.Context, tx *pg.Tx, query string) (n int, err error) {
	rows, err := tx.Query(ctx, query)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return 0, err
	}
	raw, into := make([]sql.RawBytes, len(columns)), make([]any, len(columns))
	for i := range raw {
		into[i] = &raw[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return 0, err
		}
		n++
	}
	return n, rows.Err()
}
