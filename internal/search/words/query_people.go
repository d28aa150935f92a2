package words

import (
	"slices"
	"wattle/internal/search"
)

// genderWords map words to genders. They count only where they describe the therapist.
var genderWords = map[string]string{"female": "woman", "woman": "woman", "women": "woman", "lady": "woman", "male": "man", "man": "man", "guy": "man",
	"non binary": "non-binary", "nonbinary": "non-binary", "enby": "non-binary"}

var (
	meetVerbs   = wordSet("see talk must speak")
	professions = wordSet("therapist therapists psychologist psychologists counsellor counsellors psychiatrist psychiatrists practitioner clinician psych psychotherapist psychotherapists shrink professional hypnotherapist")
	preferWords = wordSet("a prefer preferably is be")
	breakWords  = wordSet("for with who whose about whom my")
	relatives   = wordSet("husband wife partner boyfriend girlfriend mum mums mother father dad son daughter brother sister parents parent kids")
	possessives = wordSet("my our his her their")
)

// people resolves who a word describes: a gender counts where it is the therapist's, and "my husband"
// is part of a story, not a filter.
func (r *reading) people() {
	for i, p := range r.tokens {
		key := r.text(p)
		if gender, ok := genderWords[key]; ok {
			r.tokens[i].values, r.tokens[i].quiet = nil, r.anyKnownBut(i)
			if r.ofTherapist(i) {
				r.tokens[i].quiet = false
				r.tokens[i].values = []search.Value{value("gender", gender)}
			}
			continue
		}
		if p.to-p.from == 1 && relatives[key] && i > 0 && possessives[r.words[p.from-1]] {
			r.unset(i)
			r.tokens[i].quiet = true
		}
	}
}

// anyKnownBut reports whether a token other than i has a value.
func (r *reading) anyKnownBut(i int) bool {
	for j, p := range r.tokens {
		if j != i && p.known() {
			return true
		}
	}
	return false
}

// ofTherapist reports whether the gender at token i is the therapist's: "female trauma therapist", "I'd
// prefer a woman", or the word alone.
func (r *reading) ofTherapist(i int) bool {
	p := r.tokens[i]
	if len(r.tokens) == 1 {
		return true
	}
	for j := p.to; j < min(p.to+4, len(r.words)) && !breakWords[r.words[j]]; j++ {
		if professions[r.words[j]] || r.words[j] == "social" && j+1 < len(r.words) && r.words[j+1] == "worker" {
			return true
		}
	}
	if p.to < len(r.words) && slices.Contains([]string{"only", "preferred", "please"}, r.words[p.to]) {
		return true
	}
	return p.from > 0 && preferWords[r.words[p.from-1]] && r.prefersBefore(p.from)
}

// prefersBefore reports whether the words before i ask for a kind of therapist: "I'd prefer a",
// "therapist who is a", "see a", "talk to a".
func (r *reading) prefersBefore(i int) bool {
	before := r.words[max(0, i-4):i]
	if slices.Contains(before, "prefer") || slices.Contains(before, "preferably") {
		return true
	}
	if slices.ContainsFunc(before, func(w string) bool { return meetVerbs[w] }) {
		return true
	}
	who := i - 1
	for ; who >= max(0, i-4) && r.words[who] != "who"; who-- {
	}
	for j := who - 1; j >= max(0, who-6) && !breakWords[r.words[j]]; j-- {
		if professions[r.words[j]] || r.words[j] == "someone" || r.words[j] == "somebody" {
			return true
		}
	}
	return false
}
