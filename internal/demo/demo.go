// Package demo makes the demo directory: any number of fictional therapists with profiles, hours
// and bookings, the same for the same seed. Nobody in it exists; every profile is marked as demo.
package demo

import (
	"context"
	"time"

	"wattle/internal/pg"
)

// Notice is what every page and answer about a demo profile says.
const Notice = "This is a demonstration directory: every person, address and number in it is fictional."

// Size and DefaultSeed are what development starts with.
const (
	Size               = 400
	DefaultSeed uint64 = 20_26
)

// Options say what to make.
type Options struct {
	N    int       // how many therapists
	Seed uint64    // the same number and seed make the same people
	Now  time.Time // the moment the directory is as of: calendars and bookings lie around it

	// Recompute derives the next free times of these therapists; it is called after everything is
	// committed, a few hundred at a time. nil leaves that to the sweep.
	Recompute func(ctx context.Context, therapistIDs []int64) error
	// Progress is told how many are done: first as they are written, then as their next free times
	// are derived ("written", "derived"). nil is silence.
	Progress func(stage string, done, of int)
}

const (
	chunk       = 1000 // people copied at a time
	deriveChunk = 250
)

// Seed adds a demo directory in one transaction and then derives next free times. In an empty
// database the same options make the same data to the byte. The caller refuses production.
func Seed(ctx context.Context, db *pg.DB, o Options) error {
	if o.Progress == nil {
		o.Progress = func(string, int, int) {}
	}
	var ids []int64
	err := pg.InTx(ctx, db, func(tx *pg.Tx) (err error) {
		ids, err = fillTables(ctx, tx, o)
		return err
	})
	if err != nil || o.Recompute == nil {
		return err
	}
	for from := 0; from < len(ids); from += deriveChunk {
		to := min(from+deriveChunk, len(ids))
		if err := o.Recompute(ctx, ids[from:to]); err != nil {
			return err
		}
		o.Progress("derived", to, len(ids))
	}
	return nil
}

func fillTables(ctx context.Context, tx *pg.Tx, o Options) ([]int64, error) {
	g := newGenerator(o.Seed, o.Now)
	if err := g.continueFrom(ctx, tx); err != nil {
		return nil, err
	}
	var ids []int64
	for done := 0; done < o.N; {
		n := min(chunk, o.N-done)
		people := make([]*person, n)
		for i := range people {
			people[i] = g.next()
			ids = append(ids, people[i].ID)
		}
		if err := store(ctx, tx, o.Now, people, g.takeClients()); err != nil {
			return nil, err
		}
		done += n
		o.Progress("written", done, o.N)
	}
	return ids, nil
}

// generator makes people one after the other.
type generator struct {
	seed         uint64
	now          time.Time
	count        int
	therapistID  int64 // last given
	serviceID    int64
	clientNumber int // last used in a client's address
	states       *deck[string]
	types        *deck[string]
	genders      *deck[string]
	communities  *deck[*community]
	fates        *deck[fate]
	slugs        map[string]bool
	headlines    map[string]bool
	used         []int           // how often each fragment was said
	chosen       []int           // and each option within
	worded       map[string]bool // every wording so far
	recent       []*client
	clients      []*client // since the last takeClients
}

func newGenerator(seed uint64, now time.Time) *generator {
	var people []share[*community]
	for _, c := range communities() {
		people = append(people, share[*community]{c, c.cards})
	}
	return &generator{
		seed: seed, now: now.UTC().Truncate(time.Second),
		states: newDeck(seed, 1, stateShares...), types: newDeck(seed, 2, typeShares...), genders: newDeck(seed, 3, genderShares...),
		communities: newDeck(seed, 4, people...), fates: newDeck(seed, 5, fateShares...),
		slugs: map[string]bool{}, headlines: map[string]bool{}, used: make([]int, fragments().size), worded: map[string]bool{}, chosen: make([]int, fragments().options),
	}
}

// next is the next person, complete.
func (g *generator) next() *person {
	i := g.count
	g.count++
	d, a := newDice(g.seed, i), anchors[i]
	p := g.profile(d, i, a)
	p.endorse(d)
	p.offer(d, a)
	p.work(d, g.now, a)
	if evening, weekend := p.calendar.reaches(); evening || weekend {
		p.Access = append(p.Access, "evenings-weekends")
	}
	g.number(p)
	g.write(d, p)
	g.fill(d, p)
	return p
}

// number gives ids in order.
func (g *generator) number(p *person) {
	g.therapistID++
	p.ID, p.Version = g.therapistID, 1
	for i := range p.Services {
		g.serviceID++
		p.Services[i].ID = g.serviceID
	}
}

func (g *generator) takeClients() []*client {
	out := g.clients
	g.clients = nil
	return out
}
