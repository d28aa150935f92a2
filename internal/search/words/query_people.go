package words

import (
	"slices"
	"wattle/internal/search"
)

// genderWords and what they say of a therapist; of anybody else they say nothing to filter by.
var genderWords = map[string]string{"female": "woman", "woman": "woman", "women": "woman", "lady": "woman", "male": "man", "man": "man", "guy": "man",
	"non binary": "non-binary", "nonbinary": "non-binary", "enby": "non-binary"}

var (
	professions  = wordSet("therapist therapists psychologist psychologists counsellor counsellors psychiatrist psychiatrists practitioner clinician psych psychotherapist psychotherapists shrink professional hypnotherapist")
	wishWords    = wordSet("a prefer preferably is be")
	otherwise    = wordSet("for with who whose about whom my")
	relatives    = wordSet("husband wife partner boyfriend girlfriend mum mums mother father dad son daughter brother sister parents parent kids")
	ownersOfThem = wordSet("my our his her their")
)

// people reads who is meant: a gender counts where it is the therapist's, and "my husband" is part
// of a story, not a wish.
func (r *reading) people() {
	for i, p := range r.pieces {
		key := r.text(p)
		if gender, ok := genderWords[key]; ok {
			r.pieces[i].values, r.pieces[i].quiet = nil, r.anyKnownBut(i)
			if r.ofTherapist(i) {
				r.pieces[i].quiet = false
				r.pieces[i].values = []search.Value{value("gender", gender)}
			}
			continue
		}
		if p.to-p.from == 1 && relatives[key] && i > 0 && ownersOfThem[r.words[p.from-1]] {
			r.forget(i)
			r.pieces[i].quiet = true
		}
	}
}

// anyKnownBut says that a piece other than i asks for something.
func (r *reading) anyKnownBut(i int) bool {
	for j, p := range r.pieces {
		if j != i && p.known() {
			return true
		}
	}
	return false
}

// ofTherapist says that the gender at piece i is asked of the therapist: "female trauma therapist",
// "I'd prefer a woman", or nothing but the word.
func (r *reading) ofTherapist(i int) bool {
	p := r.pieces[i]
	if len(r.pieces) == 1 {
		return true
	}
	for j := p.to; j < min(p.to+4, len(r.words)) && !otherwise[r.words[j]]; j++ {
		if professions[r.words[j]] || r.words[j] == "social" && j+1 < len(r.words) && r.words[j+1] == "worker" {
			return true
		}
	}
	if p.to < len(r.words) && slices.Contains([]string{"only", "preferred", "please"}, r.words[p.to]) {
		return true
	}
	return p.from > 0 && wishWords[r.words[p.from-1]] && r.wishes(p.from)
}

// wishes says that the words before i are about whom to see: "I'd prefer a", "therapist who is a",
// "see a", "talk to a".
func (r *reading) wishes(i int) bool {
	before := r.words[max(0, i-4):i]
	if slices.Contains(before, "prefer") || slices.Contains(before, "preferably") {
		return true
	}
	if slices.ContainsFunc(before, func(w string) bool { return w == "see" || w == "talk" || w == "must" || w == "speak" }) {
		return true
	}
	who := i - 1
	for ; who >= max(0, i-4) && r.words[who] != "who"; who-- {
	}
	for j := who - 1; j >= max(0, who-6) && !otherwise[r.words[j]]; j-- {
		if professions[r.words[j]] || r.words[j] == "someone" || r.words[j] == "somebody" {
			return true
		}
	}
	return false
}
