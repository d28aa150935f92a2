package guides

import (
	"regexp"
	"strings"
)

// claim finds what makes a sentence a claim that needs a source: a number in figures or words (from
// three up: one and two are plain English), money, a share, a law, a month.
var claim = regexp.MustCompile(`[0-9$%{]|\bActs?\b` +
	`|\b(January|February|March|April|May|June|July|August|September|October|November|December)\b` +
	`|\b(?i:laws?|lawful|unlawful|legal|illegal|per cent|dollars?|cents?` +
	`|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|hundred|thousand|million)\b`)

// sentenceEnd is a full stop, question or exclamation mark with what closes it, before a space.
var sentenceEnd = regexp.MustCompile(`[.?!][”’"')]*\s+`)

// reference is "[id]" or "[id, other]"; cited is a sentence that ends with one.
var (
	reference = regexp.MustCompile(` ?\[([a-z0-9-]+(?:, ?[a-z0-9-]+)*)\]([.,;:?!]?)`)
	cited     = regexp.MustCompile(`\[[a-z0-9-]+(?:, ?[a-z0-9-]+)*\][.?!:;]?[”’"')]*$`)
)

// sentences takes a run of text apart.
func sentences(text string) (out []string) {
	for text = strings.TrimSpace(text); text != ""; {
		end := len(text)
		if at := sentenceEnd.FindStringIndex(text); at != nil {
			end = at[1]
		}
		out = append(out, strings.TrimSpace(text[:end]))
		text = text[end:]
	}
	return out
}

// isClaim reports whether a sentence needs a source. Its references are no part of what it says.
func isClaim(sentence string) bool {
	return claim.MatchString(reference.ReplaceAllString(sentence, "$2"))
}

// references lists the ids that a text refers to, in order, each as often as it stands there.
func references(text string) (ids []string) {
	for _, m := range reference.FindAllStringSubmatch(text, -1) {
		for _, id := range strings.Split(m[1], ",") {
			ids = append(ids, strings.TrimSpace(id))
		}
	}
	return ids
}

// unsourced lists the sentences that make a claim and do not end with its source. A heading can
// carry no reference, so it may make none.
func unsourced(blocks []block) (out []string) {
	for _, b := range blocks {
		for _, s := range sentences(b.text) {
			if isClaim(s) && (b.heading || !cited.MatchString(s)) {
				out = append(out, s)
			}
		}
	}
	return out
}
