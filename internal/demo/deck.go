package demo

import "math/rand/v2"

// deck deals values so that every block of people holds each value in its exact share: small
// directories are as mixed as large ones.
type deck[T any] struct {
	seed, salt uint64
	cards      []T
	order      []int
	block      int
}

// share is a value and its number of cards in a deck.
type share[T any] struct {
	value T
	cards int
}

func newDeck[T any](seed, salt uint64, shares ...share[T]) *deck[T] {
	d := &deck[T]{seed: seed, salt: salt, block: -1}
	for _, s := range shares {
		for range s.cards {
			d.cards = append(d.cards, s.value)
		}
	}
	return d
}

// at returns the card of person i. Calls must be in ascending order, since each block is shuffled once.
func (d *deck[T]) at(i int) T {
	block := i / len(d.cards)
	if block != d.block {
		d.block = block
		d.order = rand.New(rand.NewPCG(d.seed^d.salt<<32, uint64(block)+d.salt)).Perm(len(d.cards))
	}
	return d.cards[d.order[i%len(d.cards)]]
}

// dice is one person's random source.
type dice struct{ *rand.Rand }

func newDice(seed uint64, person int) dice {
	return dice{rand.New(rand.NewPCG(seed, uint64(person)*0x9e3779b97f4a7c15+1))}
}

// chance is true with a probability of pct per cent.
func (d dice) chance(pct int) bool { return d.IntN(100) < pct }

// between returns a whole number from lo to hi inclusive.
func (d dice) between(lo, hi int) int { return lo + d.IntN(hi-lo+1) }

// pick returns a random element.
func pick[T any](d dice, from ...T) T { return from[d.IntN(len(from))] }

// weighted returns a random value in proportion to its cards.
func weighted[T any](d dice, shares []share[T]) T {
	total := 0
	for _, s := range shares {
		total += s.cards
	}
	n := d.IntN(total)
	for _, s := range shares {
		if n -= s.cards; n < 0 {
			return s.value
		}
	}
	return shares[len(shares)-1].value
}

// some returns n distinct values, or all if there are fewer.
func some(d dice, from []string, n int) []string {
	out := make([]string, 0, n)
	for _, i := range d.Perm(len(from)) {
		if len(out) == n {
			break
		}
		out = append(out, from[i])
	}
	return out
}
