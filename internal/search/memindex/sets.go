package memindex

import "math/bits"

// A set holds a bit a slot. All sets of a table are equally long.

// sized is a slice of n in old's memory where it fits; what it holds is to be overwritten.
func sized[T any](old []T, n int) []T {
	if cap(old) < n {
		return make([]T, n, n+n/8)
	}
	return old[:n]
}

// empty is sized with nothing in it.
func empty[T any](old []T, n int) []T {
	old = sized(old, n)
	clear(old)
	return old
}

func and(set, a, b []uint64) {
	a, b = a[:len(set)], b[:len(set)]
	for w := range set {
		set[w] = a[w] & b[w]
	}
}

func or(set, with []uint64) {
	with = with[:len(set)]
	for w := range set {
		set[w] |= with[w]
	}
}

func size(set []uint64) (n int) {
	for _, m := range set {
		n += bits.OnesCount64(m)
	}
	return n
}

func isIn(set []uint64, slot int32) bool { return set[slot>>6]>>(slot&63)&1 == 1 }

// members appends the slots of a set.
func members(list []int32, set []uint64) []int32 {
	for w, m := range set {
		for ; m != 0; m &= m - 1 {
			list = append(list, int32(w<<6+bits.TrailingZeros64(m)))
		}
	}
	return list
}

// span is a stretch of words.
type span struct{ from, to int32 }

// gap is how many empty words are not worth a stretch of their own.
const gap = 4

// spans appends the stretches of a set in which it has something.
func spans(list []span, set []uint64) []span {
	end := int32(-gap)
	for w, m := range set {
		switch {
		case m == 0:
			continue
		case int32(w)-end < gap && len(list) > 0:
			list[len(list)-1].to = int32(w) + 1
		default:
			list = append(list, span{int32(w), int32(w) + 1})
		}
		end = int32(w) + 1
	}
	return list
}
