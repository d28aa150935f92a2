package memindex

import "math/bits"

// digits are the binary digits of many counters at once: bit p of the word for digit d is that digit
// of the p-th counter. Adding a therapist's values to all counters is a few operations a word.
type digits [digitCount]uint64

// digitCount is enough for counting a hundred million.
const digitCount = 27

// add adds ones whose digit is the d-th.
func (n *digits) add(d int, carry uint64) {
	for ; carry != 0; d++ {
		n[d], carry = n[d]^carry, n[d]&carry
	}
}

// add8 adds eight words at once: bits are added in threes to a sum and a carry, so that only every
// eighth word reaches the digits beyond the third.
func (n *digits) add8(a, b, c, d, e, f, g, h uint64) {
	var t1, t2, q1, q2, eight uint64
	t1, n[0] = addThree(n[0], a, b)
	t2, n[0] = addThree(n[0], c, d)
	q1, n[1] = addThree(n[1], t1, t2)
	t1, n[0] = addThree(n[0], e, f)
	t2, n[0] = addThree(n[0], g, h)
	q2, n[1] = addThree(n[1], t1, t2)
	eight, n[2] = addThree(n[2], q1, q2)
	n.add(3, eight)
}

func addThree(a, b, c uint64) (carry, sum uint64) {
	u := a ^ b
	return a&b | u&c, u ^ c
}

// countEach looks at every value of everybody in a set.
func (s *scratch) countEach(t *table, set []uint64, by int32) {
	s.each = empty(s.each, t.stride)
	s.slots = members(s.slots[:0], set)
	list := s.slots
	for ; len(list) >= 8; list = list[8:] {
		var at [8]int
		for i := range at {
			at[i] = int(list[i]) * t.stride
		}
		for w := range s.each {
			rows := t.rows[w:]
			s.each[w].add8(rows[at[0]], rows[at[1]], rows[at[2]], rows[at[3]], rows[at[4]], rows[at[5]], rows[at[6]], rows[at[7]])
		}
	}
	for _, slot := range list {
		for w, m := range t.row(slot) {
			s.each[w].add(0, m)
		}
	}
	for w := range s.each {
		for d, m := range s.each[w] {
			for ; m != 0; m &= m - 1 {
				s.sum[w<<6+bits.TrailingZeros64(m)] += by << d
			}
		}
	}
}
