package guides

import (
	"regexp"
	"strings"
)

// claim matches whatever makes a sentence need a source: numbers in figures or words (from three; one
// and two are plain English), money, percentages, laws and months.
var claim = regexp.MustCompile(`[0-9$%{]|\bActs?\b` +
	`|\b(January|February|March|April|May|June|July|August|September|October|November|December)\b` +
	`|\b(?i:laws?|lawful|unlawful|legal|illegal|per cent|dollars?|cents?` +
	`|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|hundred|thousand|million)\b`)

// sentenceEnd matches a full stop, question or exclamation mark with any closing quotes, before a
// space.
var sentenceEnd = regexp.MustCompile(`[.?!][”’"')]*\s+`)

// reference matches "[id]" or "[id, other]"; cited matches a sentence that ends with one.
var (
	reference = regexp.MustCompile(` ?\[([a-z0-9-]+(?:, ?[a-z0-9-]+)*)\]([.,;:?!]?)`)
	cited     = regexp.MustCompile(`\[[a-z0-9-]+(?:, ?[a-z0-9-]+)*\][.?!:;]?[”’"')]*$`)
)

// sentences splits text into sentences.
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

// isClaim reports whether a sentence needs a source. References do not count as its text.
func isClaim(sentence string) bool {
	return claim.MatchString(reference.ReplaceAllString(sentence, "$2"))
}

// references lists the source ids in a text, in order, with repetitions.
func references(text string) (ids []string) {
	for _, m := range reference.FindAllStringSubmatch(text, -1) {
		for _, id := range strings.Split(m[1], ",") {
			ids = append(ids, strings.TrimSpace(id))
		}
	}
	return ids
}

// unsourced lists the claims that do not end with a source. Headings cannot carry a reference, so they
// must not make claims.
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
