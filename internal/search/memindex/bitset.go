package memindex

import (
	"iter"
	"math/bits"
)

// bitset holds one bit for each slot. All bitsets of a table have the same length.
type bitset []uint64

func (b bitset) has(slot int) bool { return b[slot>>6]>>(slot&63)&1 == 1 }

func (b bitset) add(slot int) { b[slot>>6] |= 1 << (slot & 63) }

func (b bitset) remove(slot int) { b[slot>>6] &^= 1 << (slot & 63) }

// and keeps the slots that are in other too.
func (b bitset) and(other bitset) {
	other = other[:len(b)]
	for i := range b {
		b[i] &= other[i]
	}
}

// or adds the slots of other.
func (b bitset) or(other bitset) {
	other = other[:len(b)]
	for i := range b {
		b[i] |= other[i]
	}
}

func (b bitset) size() (n int) {
	for _, word := range b {
		n += bits.OnesCount64(word)
	}
	return n
}

// slots yields the slots in ascending order.
func (b bitset) slots() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, word := range b {
			for ; word != 0; word &= word - 1 {
				if !yield(i<<6 + bits.TrailingZeros64(word)) {
					return
				}
			}
		}
	}
}

// filter keeps the slots for which keep is true.
func (b bitset) filter(keep func(slot int) bool) {
	for slot := range b.slots() {
		if !keep(slot) {
			b.remove(slot)
		}
	}
}

// block is a word of a bitset that is not zero, and its place.
type block struct {
	at   int
	word uint64
}

// blocks lists the words that are not zero. Counting a small result visits only these.
func (b bitset) blocks() []block {
	out := make([]block, 0, len(b))
	for i, word := range b {
		if word != 0 {
			out = append(out, block{i, word})
		}
	}
	return out
}

// common counts the slots that blocks and a bitset share.
func common(blocks []block, b bitset) (n int32) {
	for _, c := range blocks {
		n += int32(bits.OnesCount64(c.word & b[c.at]))
	}
	return n
}
