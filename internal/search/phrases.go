package search

import (
	"sync"

	"wattle/internal/region"
	"wattle/internal/taxonomy"
)

// also is the pseudo group of issues outside the focus, for wording only.
const also = "also"

// frame returns the text around the values of a group in a reason, "" for a group without any.
func frame(group string) (before, after string) {
	if group == also {
		return "Also works with ", ""
	}
	g := table().byName[group]
	return g.before, g.after
}

// inWords overrides labels that read badly inside a sentence.
var inWords = map[string]string{
	"approach/tapping": "tapping (Emotional Freedom)", "approach/gottman": "the Gottman method",
	"approach/imago":                     "Imago therapy",
	"approach/motivational-interviewing": "motivational interviewing",
	"approach/mindfulness-based":         "mindfulness-based therapy (MBCT)",
	"approach/trauma-focused-cbt":        "trauma-focused CBT", "approach/prolonged-exposure": "prolonged exposure",
	"approach/interpersonal": "interpersonal therapy (IPT)",
	"approach/hypnotherapy":  "hypnotherapy", "approach/sex-therapy": "sex therapy",
	"issue/lgbtqia": "LGBTQIA+ matters", "issue/premarital": "preparing for marriage",
	"issue/study":      "student life & study",
	"group/fifo-rural": "FIFO and rural people", "group/justice-system": "people in the justice system",
	"reduced/true": "A reduced place is left", "free_consultation/true": "Offers a free first call",
	"accepting/true": "Takes new clients",
}

// whole overrides complete sentences.
var whole = map[string]string{"language/auslan": "Signs Auslan"}

// wordOf names a value inside a sentence.
func wordOf(group, value string) string {
	if words, ok := inWords[group+"/"+value]; ok {
		return words
	}
	switch group {
	case "language", "faith":
		return Label(group, value)
	case "state":
		s, _ := region.StateBySlug(value)
		return s.Within()
	case also:
		return wordOf("issue", value)
	case "approach":
		if word := taxonomy.Within(Label(group, value)); word != Label(group, value) {
			return word + " therapy"
		}
	}
	return taxonomy.Within(Label(group, value))
}

// sentence is the reason for a single value.
func sentence(group, value string) string {
	if words, ok := whole[group+"/"+value]; ok {
		return words
	}
	switch before, after := frame(group); {
	case before != "":
		return before + wordOf(group, value) + after
	case after != "": // the label starts the sentence
		return Label(group, value) + after
	}
	if words, ok := inWords[group+"/"+value]; ok {
		return words
	}
	return Label(group, value)
}

// wording is a value's text: alone, and in a list with others of its group.
type wording struct{ alone, among string }

// wordings caches the text of every value, since searches look them up.
var wordings = sync.OnceValue(func() map[Value]wording {
	out := map[Value]wording{}
	for _, g := range Groups() {
		for _, v := range g.Values {
			out[Value{g.Name, v}] = wording{sentence(g.Name, v), wordOf(g.Name, v)}
		}
	}
	for _, v := range taxonomy.Issues.Slugs() {
		out[Value{also, v}] = wording{sentence(also, v), wordOf(also, v)}
	}
	return out
})

// phrase is the reason for the values of a group that are met. It names at most maxNamed of them and is
// "" for none.
func phrase(group string, values []string, met func(string) bool) string {
	var named [maxNamed]string
	n := 0
	for _, v := range values {
		if !met(v) {
			continue
		}
		if n < maxNamed {
			named[n] = v
		}
		n++
	}
	switch n {
	case 0:
		return ""
	case 1:
		return wordings()[Value{group, named[0]}].alone
	}
	return several(group, named[:min(n, maxNamed)], n > maxNamed)
}

// several lists more than one value: "Helps with anxiety, grief and sleep".
func several(group string, named []string, more bool) string {
	var memory [128]byte
	before, after := frame(group)
	b := append(memory[:0], before...)
	for i, v := range named {
		words := wordings()[Value{group, v}]
		switch {
		case i == 0 && before == "": // the label starts the sentence
			b = append(b, Label(group, v)...)
			continue
		case i > 0 && i == len(named)-1 && !more:
			b = append(b, " and "...)
		case i > 0:
			b = append(b, ", "...)
		}
		b = append(b, words.among...)
	}
	if more {
		b = append(b, " and more"...)
	}
	return string(append(b, after...))
}
