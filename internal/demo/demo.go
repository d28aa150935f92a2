// Package demo generates the demo directory: any number of fictional therapists with profiles, hours and
// bookings, deterministic for a seed. Every profile is marked as demo.
package demo

import (
	"context"
	"time"

	"wattle/internal/pg"
)

// DefaultSeed is the seed of the development directory.
const DefaultSeed uint64 = 20_26

// Options configure the generated directory.
type Options struct {
	N    int       // number of therapists
	Seed uint64    // equal N and Seed yield equal people
	Now  time.Time // calendars and bookings are relative to this time

	// Recompute derives the next free times of these therapists, a few hundred per call, after the commit.
	// If nil, the sweep does it.
	Recompute func(ctx context.Context, therapistIDs []int64) error
	// Progress receives the progress of the stages "written" and "derived". Optional.
	Progress func(stage string, done, of int)
}

const (
	chunk       = 1000 // people copied at a time
	deriveChunk = 250
)

// Seed adds a demo directory in one transaction and then derives the next free times. In an empty
// database equal options yield identical data. The caller must refuse production.
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

// generator creates people one by one.
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
	used         []int           // uses of each fragment
	chosen       []int           // uses of each option
	worded       map[string]bool // all wordings so far
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
		states: newDeck(seed, 1, stateShares...), types: newDeck(seed, 2, typeShares...),
		genders:     newDeck(seed, 3, genderShares...),
		communities: newDeck(seed, 4, people...), fates: newDeck(seed, 5, fateShares...),
		slugs: map[string]bool{}, headlines: map[string]bool{}, worded: map[string]bool{},
		used: make([]int, fragments().size), chosen: make([]int, fragments().options),
	}
}

// next generates the next person.
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

// number assigns ids in order.
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
