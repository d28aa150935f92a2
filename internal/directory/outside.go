package directory

import (
	"context"

	"wattle/internal/pg"
)

// Changes are what has been committed since a snapshot, for followers outside this process such as a
// search engine, which keep the snapshot they have come to in Postgres.
type Changes struct {
	Snapshot   string  // give it to the next ReadChanges
	IDs        []int64 // profiles that changed, each once
	Everything bool    // rows were swept away unseen, or a bulk load asks for it: read everything anew
}

// ReadChanges reads what has become visible since the snapshot since, transactions that committed
// late among it.
func ReadChanges(ctx context.Context, db *pg.DB, since string) (Changes, error) {
	c, err := readChanges(ctx, db, since)
	return Changes{Snapshot: c.snap, IDs: c.ids, Everything: c.everything}, err
}

// ReadListed reads those of ids that are listed, from Postgres. Whoever is missing is not listed.
func ReadListed(ctx context.Context, q pg.Queryer, ids []int64) ([]*Therapist, error) {
	return readListedOf(ctx, q, ids)
}

// ReadPeople reads every listed profile and the snapshot they were read with, as of one moment. They are
// kept packed, each unpacked when it is their turn.
func ReadPeople(ctx context.Context, db *pg.DB) (p People, snapshot string, err error) {
	all, snapshot, err := gather(ctx, db)
	return peopleOf(all.end()), snapshot, err
}

// gather reads every listed profile, and packs each while the next ones are read.
func gather(ctx context.Context, db *pg.DB) (*gathering, string, error) {
	var p *packing
	snapshot, err := eachListed(ctx, db, func() func(*Therapist) {
		p.end() // of a reading that was undone
		p = newPacking()
		return p.take
	})
	return p.end(), snapshot, err
}

// eachListed reads every listed profile, one after the other, and returns the snapshot they were read
// with, as of one moment. begin gives who takes them in; it is called anew where Postgres undid the
// reading and asks for a repeat, as a standby does, so that nobody is taken in twice.
func eachListed(ctx context.Context, db *pg.DB, begin func() (take func(*Therapist))) (snapshot string, err error) {
	err = pg.InTx(ctx, db, func(tx *pg.Tx) (err error) {
		take := begin()
		if snapshot, err = beginReading(ctx, tx); err == nil {
			err = eachRow(ctx, tx, take, listedAll)
		}
		return err
	})
	return snapshot, err
}

// ReadAllListed is ReadPeople unpacked, for tests and benchmarks: a profile takes several times the memory.
func ReadAllListed(ctx context.Context, db *pg.DB) (list []*Therapist, snapshot string, err error) {
	snapshot, err = eachListed(ctx, db, func() func(*Therapist) {
		list = nil
		return func(t *Therapist) { list = append(list, t) }
	})
	return list, snapshot, err
}

// AnnounceTx tells every follower of the feed that these profiles should be read again.
func AnnounceTx(ctx context.Context, tx *pg.Tx, ids []int64) error {
	_, err := tx.Exec(ctx, `INSERT INTO directory_changes (therapist_id) SELECT unnest($1::bigint[])`, pg.Int64s(ids))
	return err
}
