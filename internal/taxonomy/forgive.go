package taxonomy

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// SingleWords lists the words of four letters or more that identify a term on their own, from its label
// and synonyms, normalised. A word may identify several terms. Search engines may correct typos in
// these words.
func SingleWords(l *List, slug string) []string { return singleWords()[Found{l.Name, slug}] }

var singleWords = sync.OnceValue(func() map[Found][]string {
	out := map[Found][]string{}
	add := func(text string) {
		text = Normalise(text)
		units := Units(text)
		if len(units) != 1 || units[0].Text != text || utf8.RuneCountInString(text) < 4 || strings.Contains(text, " ") {
			return
		}
		for _, f := range units[0].Found {
			if !slices.Contains(out[f], text) {
				out[f] = append(out[f], text)
			}
			for _, t := range Issues.All() {
				narrower := Found{Issues.Name, t.Slug}
				if f.List == Issues.Name && t.Parent == f.Slug && !slices.Contains(out[narrower], text) {
					out[narrower] = append(out[narrower], text)
				}
			}
		}
	}
	for _, l := range Lists() {
		for _, t := range l.All() {
			add(t.Label)
			for _, s := range t.Synonyms {
				add(s)
			}
		}
	}
	add("psychologist")
	return out
})

// Typos returns the edit distance of two words: insertions, deletions, substitutions and transpositions
// (optimal string alignment). Above limit it may return any larger number.
func Typos(a, b string, limit int) int {
	var memory [2][longestWord]rune
	x, y := appendRunes(memory[0][:0], a), appendRunes(memory[1][:0], b)
	if len(x)-len(y) > limit || len(y)-len(x) > limit || len(x) > longestWord || len(y) > longestWord {
		return limit + 1
	}
	var rows [3][longestWord + 1]int
	before, last, row := &rows[0], &rows[1], &rows[2]
	for j := range len(y) + 1 {
		last[j] = j
	}
	for i := range x {
		row[0] = i + 1
		least := row[0]
		for j := range y {
			d := min(last[j+1]+1, row[j]+1, last[j]+1)
			if x[i] == y[j] {
				d = min(d, last[j])
			}
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				d = min(d, before[j-1]+1)
			}
			row[j+1] = d
			least = min(least, d)
		}
		if least > limit {
			return limit + 1
		}
		before, last, row = last, row, before
	}
	return last[len(y)]
}

// longestWord is the letters of the longest word in which typos are forgiven.
const longestWord = 64

func appendRunes(list []rune, text string) []rune {
	for _, r := range text {
		list = append(list, r)
	}
	return list
}

// MaxTypos returns the number of typos allowed in a word of that many letters.
func MaxTypos(letters int) int {
	switch {
	case letters >= 9:
		return 2
	case letters >= 5:
		return 1
	}
	return 0
}
