package words

import (
	"slices"
	"strings"

	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// ranks order what a phrase may mean where it means several things: "students" are a client group
// before they are an issue.
var ranks = []string{"group", "issue", "approach", "language", "faith", "affirming", "access", "mode", "funding"}

// leftWords mean something in the lists and something else to most who type them.
var leftWords = wordSet(`remote women deaf mobile text private senior creative doctor doctors group family partner partners mother mothers
	father fathers mum mums dad dads parents music free single individual trust performance bullying bullied english french german flying driving`)

// quietWords say something only together with what stands beside them.
var quietWords = wordSet(`speaks speak speaking fluent language languages offers offering offer takes taking take accepts accepting accept uses
	using use via per only prefer preferably preferred must trained does do available availability open who whose that person people
	know knows time times thing things hate always lately anymore again still keep keeps think thinking months weeks course friendly
	informed registered experienced recommended recommend old older younger actually maybe probably ones other others same own
	someone also and or but then if not hi hello thanks thank regional anywhere somewhere`)

func wordSet(text string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields(text) {
		out[w] = true
	}
	return out
}

// slightFrom is the number of words beyond which slight words ("did", "act") are plain English.
const slightFrom = 4

// readTerm reads the longest phrase of the lists.
func readTerm(words []string, i int) (piece, bool) {
	w := words[i]
	n, found := taxonomy.Lead(words[i:])
	p := piece{from: i, to: i + max(n, 1)}
	switch {
	case n == 1 && taxonomy.Slight(w):
		if i+1 < len(words) && therapyWords[words[i+1]] {
			p.values = chosenOf(w, found)
			return p, p.known()
		}
		p.quiet = len(words) > slightFrom
		return p, p.quiet
	case w == "under" && !(i+1 < len(words) && (words[i+1] == dollarMark || amount.MatchString(words[i+1]))):
		p.quiet = true
		return p, true
	case n == 0 && (taxonomy.StopWord(w) || quietWords[w]) || n > 0 && len(found) == 0:
		p.quiet = true
		return p, true
	case n == 0 || n == 1 && leftWords[w] && !spoken(words, i):
		return p, false
	}
	p.values = chosenOf(strings.Join(words[i:i+n], " "), found)
	p.weak = n == 1 && taxonomy.AlsoName(w) && !spoken(words, i)
	return p, p.known()
}

var therapyWords = wordSet("therapy therapist therapists counselling")

// spoken says that a word is a language by what stands around it.
func spoken(words []string, i int) bool {
	before := i > 0 && slices.Contains([]string{"speaks", "speak", "speaking"}, words[i-1])
	return before || i+1 < len(words) && words[i+1] == "speaking"
}

// chosenOf decides which of a phrase's meanings it asks for: its professions, and one kind of thing.
// A kind of session comes first, then what the phrase is the name of, then the ranks.
func chosenOf(phrase string, found []taxonomy.Found) []search.Value {
	out := valuesOf(found, func(f taxonomy.Found) bool { return f.List == "type" })
	session := func(f taxonomy.Found) bool { return f.List == "format" && (f.Slug != "assessment" || len(found) == 1) }
	if some := valuesOf(found, session); len(some) > 0 {
		return append(out, some...)
	}
	named := func(f taxonomy.Found) bool { return phrase == nameOf(f) }
	for _, which := range []func(taxonomy.Found) bool{named, func(taxonomy.Found) bool { return true }} {
		for _, rank := range ranks {
			if some := valuesOf(found, func(f taxonomy.Found) bool { return f.List == rank && which(f) }); len(some) > 0 {
				return append(out, some...)
			}
		}
	}
	return append(out, valuesOf(found, func(f taxonomy.Found) bool { return f.List == "gender" })...)
}

func valuesOf(found []taxonomy.Found, which func(taxonomy.Found) bool) []search.Value {
	var out []search.Value
	for _, f := range found {
		if which(f) {
			out = append(out, value(f.List, f.Slug))
		}
	}
	return out
}

// nameOf is a term's label as it would be typed.
func nameOf(f taxonomy.Found) string {
	label, _, _ := strings.Cut(search.Label(f.List, f.Slug), " (")
	return taxonomy.Normalise(label)
}

// negators turn what follows into what is not wanted.
var negators = wordSet("not no without except never avoid dont isnt")

// negations makes words again of what is not wanted ("not online", "don't want a man"), and keeps
// the word that says so with it. "No waiting list" is a wish of its own.
func (r *reading) negations() {
	for i, p := range r.pieces {
		if p.to-p.from > 1 || !negators[r.words[p.from]] || p.known() {
			continue
		}
		for j := i + 1; j < len(r.pieces) && j <= i+3; j++ {
			if r.pieces[j].known() {
				r.forget(j)
				r.pieces[i].quiet = false
				break
			}
		}
	}
}

// honorifics stand before a name.
var honorifics = wordSet("dr doctor prof professor mr mrs ms miss mx")

// names makes words again of what may be somebody's name: what follows an honorific, and words side
// by side each of which is a name or unknown ("Emma Preston", "Christian Young").
func (r *reading) names() {
	for i := range r.pieces {
		if p := r.pieces[i]; p.to-p.from == 1 && honorifics[r.words[p.from]] {
			for j := i + 1; j < len(r.pieces) && j <= i+3 && r.nameLike(j); j++ {
				r.forget(j)
			}
		}
	}
	for i := 0; i < len(r.pieces); {
		j := i
		for j < len(r.pieces) && r.nameLike(j) {
			j++
		}
		for k := i; k < j && j-i > 1; k++ {
			r.forget(k)
		}
		i = max(j, i+1)
	}
	r.weigh()
}

// nameLike says that a piece could be part of a name.
func (r *reading) nameLike(i int) bool {
	p := r.pieces[i]
	if p.to-p.from > 1 || p.quiet {
		return false
	}
	return p.unknown() || !p.sure && (p.weak || p.spot != "") && taxonomy.AlsoName(r.words[p.from])
}

// weigh drops weak pieces that nothing speaks for: a term that is also a name counts beside another
// term, a place without "in" only where every word is understood.
func (r *reading) weigh() {
	strong, content := false, 0
	for _, p := range r.pieces {
		strong = strong || p.known() && !p.weak
		if !p.quiet {
			content++
		}
	}
	for i, p := range r.pieces {
		city := p.weak && capital(r.words[p.from])
		if p.weak && (!strong && !(content == 1 && city) || p.spot != "" && !city) {
			r.forget(i)
		}
	}
	unknown := slices.ContainsFunc(r.pieces, piece.unknown)
	for i, p := range r.pieces {
		if p.spot != "" && !p.sure && unknown {
			r.forget(i)
		}
	}
}

// issues decides what several issues together ask for: two are both meant, unless "or" stands
// between; of more any will do. A phrase with two meanings cannot be one of several.
func (r *reading) issues() {
	var at []int
	for i, p := range r.pieces {
		if slices.ContainsFunc(p.values, func(v search.Value) bool { return v.Group == "issue" }) {
			at = append(at, i)
		}
	}
	if len(at) < 2 {
		return
	}
	for _, i := range at {
		if n := len(r.pieces[i].values); n > 1 && !slices.ContainsFunc(r.pieces[i].values, func(v search.Value) bool { return v.Group == "type" }) {
			r.forget(i)
		}
	}
	if len(at) == 2 && r.pieces[at[0]].known() && r.pieces[at[1]].known() &&
		!slices.Contains(r.words[r.pieces[at[0]].to:r.pieces[at[1]].from], "or") && !slices.Equal(r.pieces[at[0]].values, r.pieces[at[1]].values) {
		r.pieces[at[1]].values = append(slices.Clone(r.pieces[at[1]].values), value("issue_match", "all"))
	}
}
