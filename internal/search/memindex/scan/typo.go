package scan

import "math/bits"

// apart is a lower bound of the typos between two words by their letters: one typo takes away at
// most one letter and brings at most one.
func apart(a, b uint64) int {
	return max(bits.OnesCount64(a&^b), bits.OnesCount64(b&^a))
}

// distance counts the typos between two words (insertions, deletions, substitutions and swaps of
// neighbours: optimal string alignment). Beyond most it may give any greater number.
func distance(a []rune, other string, most int) int {
	var buf [64]rune
	b := buf[:0]
	for _, r := range other {
		b = append(b, r)
	}
	if len(a)-len(b) > most || len(b)-len(a) > most {
		return most + 1
	}
	var rows [3][65]int
	if len(b) > 64 {
		return most + 1
	}
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(b) + 1 {
		last[j] = j
	}
	for i, x := range a {
		row[0] = i + 1
		least := row[0]
		for j, y := range b {
			cost := 1
			if x == y {
				cost = 0
			}
			d := min(last[j]+cost, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x == b[j-1] && a[i-1] == y {
				d = min(d, before[j-1]+1)
			}
			row[j+1] = d
			least = min(least, d)
		}
		if least > most {
			return most + 1
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
