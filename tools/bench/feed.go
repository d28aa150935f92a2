package main

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"time"

	"wattle/internal/clock"
	"wattle/internal/directory"
	"wattle/internal/pg"
	"wattle/internal/search"
	"wattle/internal/search/memindex"
	"wattle/tools/bench/lab"
	"wattle/tools/rig"
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
func following(p *population) {
	x := &observed{memindex.New(), make(chan int64, 1)}
	d := p.searchOver(x)
	p.Must(d.Model.Load(p.Ctx))
	p.After(rig.Background(p.Ctx, func(ctx context.Context) { d.Model.Run(ctx) }))
	p.After(rig.Background(p.Ctx, func(ctx context.Context) {
		pg.Listen(ctx, p.db.URL(), []string{"directory_changes"}, func(string, string) { d.Model.Wake() })
	}))
	p.latency(x)
	p.storm(d)
}

// latency is the median time from the answer to a commit until the change can be searched.
func (p *population) latency(x *observed) {
	var ours, limit []time.Duration
	r := rand.New(rand.NewPCG(9, 9))
	for range singles {
		limit = append(limit, lab.Time(func() {
			var one int
			p.Must(p.db.Get(p.Ctx, &one, `SELECT 1`))
		}))
		id := p.all[r.IntN(len(p.all))].ID
		p.touch(id)
		ours = append(ours, lab.Time(func() {
			for got := int64(0); got != id; {
				select {
				case got = <-x.applied:
				case <-time.After(5 * time.Second):
					p.Fail("a change did not arrive within five seconds")
				}
			}
		}))
	}
	a, b := lab.Median(ours), lab.Median(limit)
	p.Report(lab.Result{Name: "commit-to-searchable", Ratio: lab.Ratio(a, b), Ours: lab.Short(a),
		Limit: "SELECT 1 in " + lab.Short(b)}.AtMost(5))
}

func (p *population) touch(id int64) {
	p.Must(pg.Once(p.Ctx, p.db, func(c *pg.Conn) error {
		_, err := c.Exec(p.Ctx, `UPDATE therapists SET accepting = NOT accepting, version = version + 1 WHERE id = $1`, id)
		return err
	}))
}

// storm has writers change people at random and counts those that still differ between the read model
// and Postgres five seconds later.
func (p *population) storm(d *search.Service) {
	rig.Together(writers, func(w int) {
		r := rand.New(rand.NewPCG(uint64(w), 9))
		for range writes / writers {
			p.touch(p.all[r.IntN(len(p.all))].ID)
		}
	})
	lost := 0
	p.Wait(5*time.Second, func() bool {
		lost = p.differing(d)
		return lost == 0
	})
	p.Report(lab.Result{Name: "changes-lost", Ratio: float64(lost),
		Ours: fmt.Sprintf("%d changes under %d writers", writes, writers), Limit: "those that Postgres has"}.AtMost(0))
}

// differing counts profiles that differ between the read model or its index and Postgres.
func (p *population) differing(d *search.Service) (wrong int) {
	var rows []struct {
		ID        int64 `db:"id"`
		Version   int   `db:"version"`
		Accepting bool  `db:"accepting"`
	}
	p.Must(p.db.Select(p.Ctx, &rows, `SELECT id, version, accepting FROM therapists WHERE listing = 'listed'`))
	accepting := 0
	for _, r := range rows {
		if t, ok := d.Model.ByID(r.ID); !ok || t.Version != r.Version {
			wrong++
		}
		if r.Accepting {
			accepting++
		}
	}
	found, err := d.Search(p.Ctx, search.All().With("accepting", "true"))
	p.Must(err)
	return wrong + max(accepting-found.Total, found.Total-accepting)
}

// coldStart is F5: loading the directory against reading the rows that it is made of.
func coldStart(p *population) {
	var ours, limit []time.Duration
	for range 3 {
		watch := clock.Stopwatch()
		rows := p.readRows()
		limit = append(limit, watch())
		watch = clock.Stopwatch()
		d := p.searchOver(memindex.New())
		p.Must(d.Model.Load(p.Ctx))
		ours = append(ours, watch())
		if d.Model.Len() != len(p.all) || rows < d.Model.Len() {
			p.Fail("%d people and %d rows were read", d.Model.Len(), rows)
		}
	}
	a, b := lab.Median(ours), lab.Median(limit)
	p.Report(lab.Result{Name: "cold-start", Ratio: lab.Ratio(a, b), Limit: "reading their rows in " + lab.Short(b),
		Ours: fmt.Sprintf("%d people in %s", len(p.all), lab.Short(a))}.AtMost(5))
}

// directoryRows are the tables of the directory as they are.
var directoryRows = []string{
	`SELECT t.*, n.* FROM therapists t LEFT JOIN next_times n ON n.therapist_id = t.id WHERE t.listing = 'listed'`,
	`SELECT s.* FROM services s JOIN therapists t ON t.id = s.therapist_id WHERE t.listing = 'listed' AND s.active`,
	`SELECT c.* FROM credentials c JOIN therapists t ON t.id = c.therapist_id WHERE t.listing = 'listed'`,
	`SELECT r.* FROM reduced_places r JOIN therapists t ON t.id = r.therapist_id WHERE t.listing = 'listed'`,
}

// readRows reads the directory's rows and returns their number.
func (p *population) readRows() (n int) {
	p.Must(pg.InTx(p.Ctx, p.db, func(tx *pg.Tx) error {
		if _, err := tx.Exec(p.Ctx, `SET LOCAL statement_timeout = '60s'`); err != nil {
			return err
		}
		for _, query := range directoryRows {
			read, err := readAll(p.Ctx, tx, query)
			if err != nil {
				return err
			}
			n += read
		}
		return nil
	}))
	return n
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
