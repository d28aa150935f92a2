package demo

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// fragment is one or two sentences with alternatives, and the tags a person must have (or, after
// "!", must not have) to say them.
type fragment struct {
	id        int
	need, bar []string
	text      []piece
}

// piece is literal text or a choice among texts.
type piece struct {
	literal string
	choices [][]piece
	id      int // of a choice: where writer.chosen counts its options
}

// library holds the fragments by section: "open", "issue anxiety", "approach act", …
type library struct {
	sections map[string][]*fragment
	size     int // fragments
	options  int // of all choices
}

var fragments = sync.OnceValue(func() *library {
	l := &library{sections: map[string][]*fragment{}}
	for _, name := range strings.Fields("open ways issues1 issues2 approaches groups paths closing more headlines") {
		l.read(name + ".txt")
	}
	return l
})

func (l *library) read(name string) {
	section := ""
	for _, line := range lines(name) {
		if head, ok := strings.CutPrefix(line, "## "); ok {
			section = head
			continue
		}
		f := &fragment{id: l.size}
		if rest, ok := strings.CutPrefix(line, "["); ok {
			tags, text, _ := strings.Cut(rest, "] ")
			line = text
			f.tag(tags)
		}
		f.text, _ = parsePieces(line, 0)
		l.number(f.text)
		l.size++
		l.sections[section] = append(l.sections[section], f)
	}
}

// number assigns each choice its counters.
func (l *library) number(text []piece) {
	for i := range text {
		if text[i].choices == nil {
			continue
		}
		text[i].id = l.options
		l.options += len(text[i].choices)
		for _, option := range text[i].choices {
			l.number(option)
		}
	}
}

func (f *fragment) tag(list string) {
	for _, t := range strings.Fields(list) {
		if not, ok := strings.CutPrefix(t, "!"); ok {
			f.bar = append(f.bar, not)
		} else {
			f.need = append(f.need, t)
		}
	}
}

// parsePieces reads "a {b|c {d|e}} f" up to the end or, inside braces, to "|" or "}".
func parsePieces(s string, depth int) (out []piece, rest string) {
	for s != "" {
		stops := "{"
		if depth > 0 {
			stops = "{|}"
		}
		i := strings.IndexAny(s, stops)
		if i < 0 {
			return append(out, piece{literal: s}), ""
		}
		if i > 0 {
			out = append(out, piece{literal: s[:i]})
		}
		if s[i] != '{' {
			return out, s[i:]
		}
		choice := piece{}
		for s = s[i:]; s != "" && s[0] != '}'; {
			var option []piece
			option, s = parsePieces(s[1:], depth+1)
			choice.choices = append(choice.choices, option)
		}
		out, s = append(out, choice), strings.TrimPrefix(s, "}")
	}
	return out, ""
}

// writer writes for one person. It repeats no fragment and prefers those used least in the directory.
type writer struct {
	dice
	used    []int           // by fragment, shared by all writers of a directory
	chosen  []int           // by option of a choice, likewise
	worded  map[string]bool // wordings used, likewise
	mine    map[int]bool
	tags    map[string]bool
	replace *strings.Replacer
}

func (w *writer) fits(f *fragment) bool {
	for _, t := range f.need {
		if !w.tags[t] {
			return false
		}
	}
	for _, t := range f.bar {
		if w.tags[t] {
			return false
		}
	}
	return !w.mine[f.id]
}

// say words a fragment of a section, or returns "" if none fits.
func (w *writer) say(section string) string {
	var found *fragment
	ties := 0
	for _, f := range fragments().sections[section] {
		if !w.fits(f) || found != nil && w.used[f.id] > w.used[found.id] {
			continue
		}
		if found == nil || w.used[f.id] < w.used[found.id] {
			ties = 0
		}
		if ties++; w.IntN(ties) == 0 {
			found = f
		}
	}
	if found == nil {
		return ""
	}
	w.used[found.id]++
	w.mine[found.id] = true
	return w.expand(found)
}

// said returns how often the least used of the fitting fragments of a section was used.
func (w *writer) said(section string) int {
	least := 1 << 30
	for _, f := range fragments().sections[section] {
		if w.fits(f) {
			least = min(least, w.used[f.id])
		}
	}
	return least
}

// expand words a fragment in a way not used before, if a few tries find one.
func (w *writer) expand(f *fragment) string {
	text := ""
	for try := range 6 {
		var b strings.Builder
		w.write(&b, f.text, try == 0)
		if text = b.String(); !w.worded[text] {
			break
		}
	}
	w.worded[text] = true
	return strings.ReplaceAll(w.replace.Replace(text), "?.", "?")
}

// write words the pieces with the least used options, or with random ones if not evenly.
func (w *writer) write(b *strings.Builder, list []piece, evenly bool) {
	for _, p := range list {
		switch {
		case p.choices == nil:
			b.WriteString(p.literal)
		case evenly:
			w.write(b, p.choices[w.option(p)], evenly)
		default:
			w.write(b, p.choices[w.IntN(len(p.choices))], evenly)
		}
	}
}

// option returns one of the options chosen least so far.
func (w *writer) option(p piece) int {
	counts := w.chosen[p.id : p.id+len(p.choices)]
	best, ties := 0, 0
	for i, n := range counts {
		if n > counts[best] {
			continue
		}
		if n < counts[best] {
			ties = 0
		}
		if ties++; w.IntN(ties) == 0 {
			best = i
		}
	}
	counts[best]++
	return best
}

// capital returns s with its first letter in upper case.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
