package words

import (
	"slices"
	"strings"

	"wattle/internal/search"
	"wattle/internal/taxonomy"
)

// ranks orders the lists of an ambiguous phrase: "students" is a client group before it is an issue.
var ranks = []string{"group", "issue", "approach", "language", "faith", "affirming", "access", "mode", "funding"}

// plainWords are in the lists but usually mean something else.
var plainWords = wordSet(`remote women deaf mobile text private senior creative doctor doctors group family partner partners mother mothers
	father fathers mum mums dad dads parents music free single individual trust performance bullying bullied english french german flying driving`)

// quietWords carry meaning only together with their neighbours.
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

// slightFrom is the number of words above which slight words ("did", "act") are plain English.
const slightFrom = 4

// readTerm takes the longest phrase found in the taxonomy.
func readTerm(words []string, i int) (token, bool) {
	w := words[i]
	n, found := taxonomy.Lead(words[i:])
	p := token{from: i, to: i + max(n, 1)}
	switch {
	case n == 1 && taxonomy.Slight(w):
		if i+1 < len(words) && therapyWords[words[i+1]] {
			p.values = resolve(w, found)
			return p, p.known()
		}
		p.quiet = len(words) > slightFrom
		return p, p.quiet
	case w == "under" && !(i+1 < len(words) && (words[i+1] == dollarMark || amountWord.MatchString(words[i+1]))):
		p.quiet = true
		return p, true
	case n == 0 && (taxonomy.StopWord(w) || quietWords[w]) || n > 0 && len(found) == 0:
		p.quiet = true
		return p, true
	case n == 0 || n == 1 && plainWords[w] && !spoken(words, i):
		return p, false
	}
	p.values = resolve(strings.Join(words[i:i+n], " "), found)
	p.weak = n == 1 && taxonomy.AlsoName(w) && !spoken(words, i)
	return p, p.known()
}

var therapyWords = wordSet("therapy therapist therapists counselling")

// spoken reports whether the neighbours of a word make it a language.
func spoken(words []string, i int) bool {
	before := i > 0 && slices.Contains([]string{"speaks", "speak", "speaking"}, words[i-1])
	return before || i+1 < len(words) && words[i+1] == "speaking"
}

// resolve picks the values of an ambiguous phrase: its professions, and one other list. A kind of
// session comes first, then an exact label, then the order of ranks.
func resolve(phrase string, found []taxonomy.Found) []search.Value {
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

// nameOf returns the label of a term as it would be typed.
func nameOf(f taxonomy.Found) string {
	label, _, _ := strings.Cut(search.Label(f.List, f.Slug), " (")
	return taxonomy.Normalise(label)
}

// negators exclude what follows.
var negators = wordSet("not no without except never avoid dont isnt")

// negations turns excluded terms ("not online", "don't want a man") back into words and keeps the
// negator with them. "No waiting list" is a phrase of its own.
func (r *reading) negations() {
	for i, p := range r.tokens {
		if p.to-p.from > 1 || !negators[r.words[p.from]] || p.known() {
			continue
		}
		for j := i + 1; j < len(r.tokens) && j <= i+3; j++ {
			if r.tokens[j].known() {
				r.unset(j)
				r.tokens[i].quiet = false
				break
			}
		}
	}
}

// honorifics precede a name.
var honorifics = wordSet("dr doctor prof professor mr mrs ms miss mx")

// names turns possible personal names back into words: words after an honorific, and runs of words that
// are each a name or unknown ("Emma Preston", "Christian Young").
func (r *reading) names() {
	for i := range r.tokens {
		if p := r.tokens[i]; p.to-p.from == 1 && honorifics[r.words[p.from]] {
			for j := i + 1; j < len(r.tokens) && j <= i+3 && r.nameLike(j); j++ {
				r.unset(j)
			}
		}
	}
	for i := 0; i < len(r.tokens); {
		j := i
		for j < len(r.tokens) && r.nameLike(j) {
			j++
		}
		for k := i; k < j && j-i > 1; k++ {
			r.unset(k)
		}
		i = max(j, i+1)
	}
	r.weigh()
}

// nameLike reports whether a token may be part of a name.
func (r *reading) nameLike(i int) bool {
	p := r.tokens[i]
	if p.to-p.from > 1 || p.quiet {
		return false
	}
	return p.unknown() || !p.sure && (p.weak || p.place != "") && taxonomy.AlsoName(r.words[p.from])
}

// weigh drops weak tokens without support: a term that is also a name needs another term beside it; a
// place without "in" counts only where every other word is known.
func (r *reading) weigh() {
	strong, content := false, 0
	for _, p := range r.tokens {
		strong = strong || p.known() && !p.weak
		if !p.quiet {
			content++
		}
	}
	for i, p := range r.tokens {
		city := p.weak && capital(r.words[p.from])
		if p.weak && (!strong && !(content == 1 && city) || p.place != "" && !city) {
			r.unset(i)
		}
	}
	unknown := slices.ContainsFunc(r.tokens, token.unknown)
	for i, p := range r.tokens {
		if p.place != "" && !p.sure && unknown {
			r.unset(i)
		}
	}
}

// issues combines several issues: two must both match unless "or" is between them; of three or more any
// may match. An ambiguous phrase cannot be one of several.
func (r *reading) issues() {
	var at []int
	for i, p := range r.tokens {
		if slices.ContainsFunc(p.values, func(v search.Value) bool { return v.Group == "issue" }) {
			at = append(at, i)
		}
	}
	if len(at) < 2 {
		return
	}
	for _, i := range at {
		values := r.tokens[i].values
		if len(values) > 1 && !slices.ContainsFunc(values, func(v search.Value) bool { return v.Group == "type" }) {
			r.unset(i)
		}
	}
	if len(at) > 2 {
		return
	}
	first, second := &r.tokens[at[0]], &r.tokens[at[1]]
	if first.known() && second.known() && !slices.Contains(r.words[first.to:second.from], "or") &&
		!slices.Equal(first.values, second.values) {
		second.values = append(slices.Clone(second.values), value("issue_match", "all"))
	}
}
